//! A function returns between taking a lock and deferring its release.

use deferlint_semantics::body::{Body, FunctionId, Span, StatementId, StatementKind};
use deferlint_semantics::context::{Action, Context, DeferredRelease, ResourceKind};
use deferlint_semantics::control_flow::{Exit, Hold, Holding, HoldingFacts, Pending};
use deferlint_semantics::effects::Role;
use deferlint_text::TextEdit;

use crate::fixes::{indentation, line_end, newline, statement_lines};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "return-before-defer",
    category: Category::Defer,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/return-before-defer.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    if hands_on_by_name(context.body) {
        return;
    }
    for function in context.body.function_ids() {
        for deferred in context.deferred_releases(function) {
            let kind = deferred.operation.resource.kind;
            if kind == ResourceKind::Channel || !has_return_before(context, function, deferred.statement) {
                continue;
            }
            let start = match kind {
                ResourceKind::WaitGroup if is_added_before(context, function, &deferred) => Hold::Held(None),
                _ => Hold::Untouched,
            };
            let Some(facts) = context.holding(function, &deferred.operation.resource, start) else {
                continue;
            };
            if let Some(taken) = taken_at(context, function, &facts, &deferred) {
                report(context, findings, function, &facts, &deferred, taken);
            }
        }
    }
}

/// True for a function whose name says that it locks: it may leave the unlock to its caller.
fn hands_on_by_name(body: &Body) -> bool {
    let name = body[Body::DECLARED].name.as_deref().unwrap_or_default();
    let name = name.to_ascii_lowercase();
    name.contains("lock") || name.contains("acquire")
}

/// What the function owes from here on.
#[derive(Clone, Copy)]
enum Taken {
    /// A lock that this statement takes.
    By(StatementId),
    /// A `Done` for the `Add` before the goroutine was started.
    AtStart,
}

fn has_return_before(context: &Context<'_>, function: FunctionId, defer: StatementId) -> bool {
    let body = context.body;
    body[function].statements.iter().any(|statement| {
        matches!(body[*statement].kind, StatementKind::Return(_))
            && body[*statement].span.end <= body[defer].span.start
    })
}

/// True for the `Done` of a goroutine's literal, when the function around it adds to the wait group before it starts it.
fn is_added_before(context: &Context<'_>, function: FunctionId, deferred: &DeferredRelease) -> bool {
    let body = context.body;
    let Role::Goroutine { statement } = context.frames().role(function) else {
        return false;
    };
    let around = body[statement].function;
    let mut operations = body
        .expression_ids()
        .filter(|call| body.is_within(around, body[*call].function))
        .filter_map(|call| context.operation(call))
        .filter(|operation| operation.resource == deferred.operation.resource);
    let mut is_added = false;
    // Where the functions around it call `Done` as well, they may do so for the goroutine.
    let is_left_alone = operations.all(|operation| {
        let call = &body[operation.call];
        is_added |= call.function == around && call.span.end <= body[statement].span.start;
        operation.action != Action::Release
    });
    is_added && is_left_alone
}

/// Where what the `defer` statement gives back was taken, when that is certain and stands in the same list of statements.
fn taken_at(
    context: &Context<'_>,
    function: FunctionId,
    facts: &HoldingFacts,
    deferred: &DeferredRelease,
) -> Option<Taken> {
    let body = context.body;
    let defer = deferred.statement;
    match facts.at(context.flow(function).point(defer)?)? {
        Holding {
            hold: Hold::Held(taken),
            pending: Pending::Nothing,
        } => match taken {
            Some(call) => {
                let mut around = body.enclosing_statements(body.statement_of(call)?);
                let same_list = |id: &StatementId| {
                    body[*id].parent == body[defer].parent && body[*id].scope == body[defer].scope
                };
                around.find(same_list).map(Taken::By)
            }
            None => {
                let is_counted = deferred.operation.resource.kind == ResourceKind::WaitGroup;
                (is_counted && body[defer].parent == body[function].block).then_some(Taken::AtStart)
            }
        },
        _ => None,
    }
}

fn report(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    function: FunctionId,
    facts: &HoldingFacts,
    deferred: &DeferredRelease,
    taken: Taken,
) {
    let body = context.body;
    let owner = body.text_of(body[deferred.operation.operand].span);
    let message = match deferred.operation.resource.kind {
        ResourceKind::WaitGroup => format!(
            "the `defer` that calls `{owner}.Done` hasn't run when this returns, and `{owner}.Wait` waits forever\n\
             defer it before the return"
        ),
        _ => format!(
            "`{owner}` stays locked when this returns: the `defer` that unlocks it hasn't run\n\
             defer it before the return"
        ),
    };
    for statement in returns_while_held(context, function, facts, deferred, taken) {
        let finding = findings.report(body[statement].span, message.clone());
        if let Taken::By(taken) = taken {
            finding.related(body[taken].span, "taken here");
        }
        finding.related(body[deferred.statement].span, "deferred here");
        finding.fix(move_up(context, function, deferred, taken));
    }
}

/// The `return` statements before the `defer` that every path reaches with the resource held.
fn returns_while_held(
    context: &Context<'_>,
    function: FunctionId,
    facts: &HoldingFacts,
    deferred: &DeferredRelease,
    taken: Taken,
) -> Vec<StatementId> {
    let body = context.body;
    let flow = context.flow(function);
    let before = body[deferred.statement].span.start;
    let hands_it_on = |statement: StatementId| match &body[statement].kind {
        StatementKind::Return(results) => {
            let mut results = results.iter();
            results.any(|result| !context.is_function(&context.type_of(*result)).is_no())
        }
        _ => true,
    };
    let exits = flow.exits().into_iter().filter_map(|exit| match exit {
        Exit::Return(statement) if body[statement].span.end <= before => {
            let holding = facts.at(flow.point_of_exit(exit)?)?;
            let is_same = match (holding.hold, taken) {
                (Hold::Held(Some(call)), Taken::By(taken)) => body[taken].span.contains(body[call].span),
                (Hold::Held(None), Taken::AtStart) => true,
                _ => false,
            };
            (is_same && holding.pending == Pending::Nothing && !hands_it_on(statement)).then_some(statement)
        }
        _ => None,
    });
    exits.collect()
}

/// Moves the `defer` right behind what takes the lock, or to the start of the goroutine. `None` where something between
/// the two places would meet it: another `defer`, or another call of the same mutex's methods.
fn move_up(
    context: &Context<'_>,
    function: FunctionId,
    deferred: &DeferredRelease,
    taken: Taken,
) -> Option<Fix> {
    let body = context.body;
    let defer = body[deferred.statement].span;
    let block = body[function].block?;
    let StatementKind::Defer(call) = body[deferred.statement].kind else {
        return None;
    };
    if body.unparenthesized(call) != deferred.operation.call {
        return None;
    }
    let (start, title) = match taken {
        Taken::By(statement) if matches!(body[statement].kind, StatementKind::Expression(_)) => {
            (body[statement].span.end, "Defer it right behind the lock")
        }
        Taken::By(_) => return None,
        Taken::AtStart => (body[block].span.start, "Defer it first"),
    };
    let between = Span::new(start, defer.start);
    let meets_another = body[function].statements.iter().any(|statement| {
        between.contains(body[*statement].span) && matches!(body[*statement].kind, StatementKind::Defer(_))
    });
    let meets_the_same = body.expression_ids().any(|id| {
        between.contains(body[id].span)
            && context
                .operation(id)
                .is_some_and(|operation| operation.resource.path == deferred.operation.resource.path)
    });
    let below = line_end(body, start) + newline(body).len() as u32;
    let next = body[function]
        .statements
        .iter()
        .find(|statement| **statement != block && body[**statement].span.start >= start)?;
    if meets_another || meets_the_same || body[*next].span.start < below {
        return None;
    }
    let mut edit = TextEdit::builder();
    let indentation = indentation(body, body[*next].span.start);
    edit.insert(
        below,
        format!("{indentation}{}{}", body.text_of(defer), newline(body)),
    );
    edit.delete(statement_lines(body, deferred.statement)?.in_file(0));
    Some(Fix::unsafe_(title, edit.finish().ok()?))
}
