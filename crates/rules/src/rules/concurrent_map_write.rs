//! Goroutines that run at the same time write to the same map without a lock.

use deferlint_semantics::body::{
    BinaryOperator, BindingId, Body, ExpressionId, ExpressionKind, FunctionId, Span, StatementId,
    StatementKind,
};
use deferlint_semantics::context::{Builtin, Context};

use crate::goroutines::{Goroutine, goroutines, may_feed, may_take_turns};
use crate::map_writes::{map_writes, targets};
use crate::places::{is_nil, is_plain_path};
use crate::{Category, Findings, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "concurrent-map-write",
    category: Category::Maps,
    severity: Severity::Warning,
    is_default: true,
    fix: FixAvailability::None,
    page: include_str!("../../../../docs/rules/concurrent-map-write.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let goroutines = goroutines(context);
    if goroutines.is_empty() {
        return;
    }
    let mut writes = shared_writes(context, &goroutines);
    writes.retain(|write| !is_guarded(context, *write));
    let mut reported: Vec<SharedWrite> = Vec::new();
    for write in &writes {
        if reported.iter().any(|other| is_same_map(context, *other, *write)) {
            continue;
        }
        if let Some(at_once) = at_the_same_time(context, *write, &writes) {
            report(context, findings, *write, at_once);
            reported.push(*write);
        }
    }
}

/// A write of a goroutine to a map that it didn't declare itself.
#[derive(Clone, Copy)]
struct SharedWrite {
    goroutine: Goroutine,
    /// Where the write stands: `m[k]`, or the call of `delete` or `clear`.
    at: ExpressionId,
    /// The map: a variable, or a field reached from one.
    map: ExpressionId,
}

/// Why two writes can happen at the same time.
#[derive(Clone, Copy)]
enum AtOnce {
    /// A loop starts the goroutine again and again.
    Loop,
    /// Another goroutine writes to the map here.
    Other(ExpressionId),
}

fn report(context: &Context<'_>, findings: &mut Findings<'_>, write: SharedWrite, at_once: AtOnce) {
    let body = context.body;
    let literal = write.goroutine.literal;
    let map = body.text_of(body[write.map].span);
    let who = match at_once {
        AtOnce::Loop => "the goroutines of this loop",
        AtOnce::Other(_) => "two goroutines",
    };
    let recovers = context.deferred_calls(literal).iter().any(|deferred| {
        let recovery = context.recovery_of(deferred.call);
        recovery.is_some_and(|recovery| recovery.recovers.is_yes())
    });
    let recover = if recovers {
        "which the recover here can't stop"
    } else {
        "which no recover stops"
    };
    let finding = findings.report(
        body[write.at].span,
        format!(
            "{who} write to `{map}` at the same time: the process may end with `fatal error: concurrent map writes`, \
             {recover}\nlock a mutex around every access, or let one goroutine do all of them"
        ),
    );
    let started = &body[write.goroutine.statement].span;
    let started = Span::new(started.start, body[literal].parameters_span.end);
    finding.related(started, "the goroutine is started here");
    if let AtOnce::Other(other) = at_once {
        finding.related(body[other].span, "another goroutine writes to the map here");
    }
}

fn shared_writes(context: &Context<'_>, goroutines: &[Goroutine]) -> Vec<SharedWrite> {
    let body = context.body;
    let elements = map_writes(context)
        .into_iter()
        .map(|write| (write.target, write.map));
    let deletions = body.expression_ids().filter_map(|call| {
        let deletes = matches!(context.builtin_call(call)?, Builtin::Delete | Builtin::Clear);
        let map = body.unparenthesized(*body.call_of(call)?.1.first()?);
        (deletes && context.is_map(&context.type_of(map)).is_yes()).then_some((call, map))
    });
    let mut writes: Vec<_> = elements
        .chain(deletions)
        .filter_map(|(at, map)| {
            let goroutine = goroutines
                .iter()
                .find(|goroutine| goroutine.literal == body[at].function)?;
            let is_shared = is_plain_path(body, map) && is_declared_outside(body, map, goroutine.literal);
            is_shared.then_some(SharedWrite {
                goroutine: *goroutine,
                at,
                map,
            })
        })
        .collect();
    writes.sort_by_key(|write| body[write.at].span.start);
    writes
}

fn is_declared_outside(body: &Body, map: ExpressionId, literal: FunctionId) -> bool {
    body.root_binding(map)
        .is_none_or(|root| !body.is_within(body[root].function, literal))
}

fn is_same_map(context: &Context<'_>, one: SharedWrite, other: SharedWrite) -> bool {
    let body = context.body;
    body.root_binding(one.map) == body.root_binding(other.map)
        && body.text_of(body[one.map].span) == body.text_of(body[other.map].span)
}

/// True when the goroutine may not be alone in looking after the write: it locks something, waits for something before
/// it, or writes only when it is a certain one.
fn is_guarded(context: &Context<'_>, write: SharedWrite) -> bool {
    let body = context.body;
    let literal = write.goroutine.literal;
    let span = body[literal].span;
    let before = Span::new(span.start, body[write.at].span.start);
    let is_inside = |function: FunctionId| body.is_within(function, literal);
    may_take_turns(context, before, &is_inside) || is_for_one_of_them(context, write)
}

/// True behind `if i == 0`, for a variable that isn't the goroutine's own.
fn is_for_one_of_them(context: &Context<'_>, write: SharedWrite) -> bool {
    let body = context.body;
    let place = body[write.at].span;
    let compares = |condition: ExpressionId| match body[body.unparenthesized(condition)].kind {
        ExpressionKind::Binary {
            operator: BinaryOperator::Equal,
            left,
            right,
        } => {
            let is_given = |side: ExpressionId| {
                body.binding_of(side).is_some_and(|variable| {
                    let variable = &body[variable];
                    variable.statement.is_none() || variable.function != write.goroutine.literal
                })
            };
            !is_nil(context, left) && !is_nil(context, right) && (is_given(left) || is_given(right))
        }
        _ => false,
    };
    body[write.goroutine.literal]
        .statements
        .iter()
        .any(|statement| match body[*statement].kind {
            StatementKind::If { condition, then, .. } => {
                body[then].span.contains(place) && compares(condition)
            }
            _ => false,
        })
}

fn at_the_same_time(context: &Context<'_>, write: SharedWrite, writes: &[SharedWrite]) -> Option<AtOnce> {
    if is_started_again(context, write) {
        return Some(AtOnce::Loop);
    }
    let mut others = writes.iter().filter(|other| is_same_map(context, **other, write));
    others
        .find(|other| runs_beside(context, write.goroutine, other.goroutine, write.map))
        .map(|other| AtOnce::Other(other.at))
}

/// True when a loop starts the goroutine several times, and nothing in its turns waits for it or replaces the map.
fn is_started_again(context: &Context<'_>, write: SharedWrite) -> bool {
    let body = context.body;
    let Goroutine {
        statement,
        literal,
        starter,
    } = write.goroutine;
    let Some(loop_) = context.flow(starter).in_loop(body, statement) else {
        return false;
    };
    let span = body[loop_].span;
    turns_often(body, loop_)
        && lasts(body, write.map, span)
        && !may_take_turns(context, span, &|function| function == starter)
        && !may_feed(context, loop_, literal)
        && !is_started_once(body, statement, loop_)
}

/// False for a loop that is seen to turn once, and for one that isn't a `for` statement.
fn turns_often(body: &Body, loop_: StatementId) -> bool {
    match body[loop_].kind {
        StatementKind::For { .. } => true,
        StatementKind::Range { operand, .. } => match &body[body.unparenthesized(operand)].kind {
            ExpressionKind::Composite { elements, .. } => elements.len() > 1,
            ExpressionKind::Literal(_) => body.text_of(body[operand].span) != "1",
            _ => true,
        },
        _ => false,
    }
}

/// True when the map is the same one as long as the statements in a span run: its variable is declared outside, and
/// neither it nor a field on the way is assigned there.
fn lasts(body: &Body, map: ExpressionId, span: Span) -> bool {
    let text = body.text_of(body[map].span);
    let is_outside = |root: BindingId| {
        let mut uses = body[root].uses.iter();
        !span.contains(body[root].span)
            && !uses.any(|use_| use_.access.assigns() && span.contains(body[use_.expression].span))
    };
    let replaces = |target: ExpressionId| {
        let assigned = body.text_of(body[target].span);
        text.strip_prefix(assigned)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let mut statements = body.statement_ids().filter(|id| span.contains(body[*id].span));
    body.root_binding(map).is_none_or(is_outside)
        && !statements.any(|id| targets(body, id).iter().any(|target| replaces(*target)))
}

/// True when the statement runs under a condition on something that the loop assigns: `if !started { started = true }`.
fn is_started_once(body: &Body, statement: StatementId, loop_: StatementId) -> bool {
    let span = body[loop_].span;
    let inside = body
        .enclosing_statements(statement)
        .take_while(|around| *around != loop_);
    let conditions: Vec<_> = inside
        .filter_map(|around| match body[around].kind {
            StatementKind::If { condition, .. } => Some(body[condition].span),
            _ => None,
        })
        .collect();
    let is_in_condition = |text: &str| {
        body.expressions.iter().any(|expression| {
            conditions
                .iter()
                .any(|condition| condition.contains(expression.span))
                && body.text_of(expression.span) == text
        })
    };
    let mut statements = body.statement_ids().filter(|id| span.contains(body[*id].span));
    !conditions.is_empty()
        && statements.any(|id| {
            let mut targets = targets(body, id).iter();
            targets.any(|target| is_in_condition(body.text_of(body[*target].span)))
        })
}

/// True when one goroutine is started while another one, started before it by the same function, may still run.
fn runs_beside(context: &Context<'_>, later: Goroutine, earlier: Goroutine, map: ExpressionId) -> bool {
    let body = context.body;
    let flow = context.flow(later.starter);
    let (start, end) = (body[earlier.statement].span, body[later.statement].span);
    if earlier.starter != later.starter || start.end > end.start {
        return false;
    }
    let reaches = match (flow.point(earlier.statement), flow.point(later.statement)) {
        (Some(earlier), Some(later)) => flow.is_reachable(earlier) && flow.reaches(earlier, later),
        _ => false,
    };
    let between = Span::new(start.end, end.start);
    reaches
        && lasts(body, map, between)
        && !may_take_turns(context, between, &|function| function == later.starter)
}
