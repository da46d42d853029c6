//! What is given back twice: by a statement, and by a deferred call when the function ends.

use deferlint_semantics::body::{
    Body, ExpressionId, ExpressionKind, FunctionId, StatementId, StatementKind, UnaryOperator,
};
use deferlint_semantics::context::{Action, Context, DeferredRelease, Operation, ResourceKind};
use deferlint_semantics::control_flow::{Exit, Hold, HoldingFacts, Pending};
use deferlint_text::TextEdit;

use crate::fixes::statement_without_comment;

/// A release that another one follows for certain.
pub(crate) struct Twice {
    /// The statement that gives it back.
    pub(crate) first: Operation,
    /// The deferred call that does so again.
    pub(crate) deferred: DeferredRelease,
    /// The `return` at which it does, when what was given back is taken again on other ways.
    pub(crate) at: Option<StatementId>,
}

/// What a function gives back by a statement and again by a deferred call, in the order of the text.
pub(crate) fn released_twice(
    context: &Context<'_>,
    function: FunctionId,
    is_asked: impl Fn(ResourceKind) -> bool,
) -> Vec<Twice> {
    let mut found: Vec<Twice> = Vec::new();
    for deferred in context.deferred_releases(function) {
        let resource = &deferred.operation.resource;
        let explicit: Vec<_> = releases_by_statement(context, function)
            .filter(|operation| operation.resource == *resource)
            .collect();
        if !is_asked(resource.kind) || explicit.is_empty() {
            continue;
        }
        let Some(facts) = context.holding(function, resource, Hold::Untouched) else {
            continue;
        };
        let certain: Vec<_> = explicit
            .iter()
            .filter(|operation| is_last(context, function, &facts, &deferred, operation))
            .collect();
        let elsewhere = explicit
            .iter()
            .filter(|operation| !certain.iter().any(|known| known.call == operation.call))
            .flat_map(|operation| {
                let returns = returns_released(context, function, &facts, &deferred, operation);
                returns.into_iter().map(move |at| (operation, Some(at)))
            });
        let all = certain
            .iter()
            .map(|operation| (*operation, None))
            .chain(elsewhere);
        found.extend(all.map(|(first, at)| Twice {
            first: first.clone(),
            deferred: deferred.clone(),
            at,
        }));
    }
    found
}

/// The statements of a function that consist of a call that gives something back.
fn releases_by_statement<'a>(
    context: &'a Context<'_>,
    function: FunctionId,
) -> impl Iterator<Item = Operation> + 'a {
    let body = context.body;
    body[function]
        .statements
        .iter()
        .filter_map(move |statement| match body[*statement].kind {
            StatementKind::Expression(call) => context.operation(call),
            _ => None,
        })
        .filter(|operation| operation.action == Action::Release)
}

/// True when the deferred call stands by before a release, and nothing comes between that release and it.
fn is_last(
    context: &Context<'_>,
    function: FunctionId,
    facts: &HoldingFacts,
    deferred: &DeferredRelease,
    release: &Operation,
) -> bool {
    let flow = context.flow(function);
    let Some(point) = flow.point_of_expression(context.body, release.call) else {
        return false;
    };
    facts.at(point).is_some_and(|before| {
        let is_known =
            release.resource.kind != ResourceKind::ReadLock || matches!(before.hold, Hold::Held(_));
        is_known && before.pending == Pending::Release(deferred.statement)
    }) && facts.is_last_before_every_exit(flow, point)
}

/// The `return` statements that every path reaches with the resource given back by `release`, and the deferred call
/// standing by.
fn returns_released(
    context: &Context<'_>,
    function: FunctionId,
    facts: &HoldingFacts,
    deferred: &DeferredRelease,
    release: &Operation,
) -> Vec<StatementId> {
    let flow = context.flow(function);
    let returns = flow.exits().into_iter().filter_map(|exit| match exit {
        Exit::Return(statement) => Some((statement, flow.point_of_exit(exit)?)),
        _ => None,
    });
    let is_released = |(statement, point)| {
        let holding = facts.at(point)?;
        (holding.hold == Hold::Released(Some(release.call))
            && holding.pending == Pending::Release(deferred.statement))
        .then_some(statement)
    };
    returns.filter_map(is_released).collect()
}

/// Takes away a release that stands right before a `return` or the function's end, so that the deferred call is the only
/// one. `None` elsewhere, and where what is returned is found by calls: they would run while it is held.
pub(crate) fn delete_release(body: &Body, release: ExpressionId) -> Option<TextEdit> {
    let statement = body.statement_of(release)?;
    let around = body[statement].parent?;
    let StatementKind::Block(statements) = &body[around].kind else {
        return None;
    };
    let index = statements.iter().position(|other| *other == statement)?;
    let is_at_end = match statements.get(index + 1).map(|next| &body[*next].kind) {
        None => body[body[statement].function].block == Some(around),
        Some(StatementKind::Return(results)) => !results.iter().any(|result| runs_code(body, *result)),
        Some(_) => false,
    };
    let deleted = statement_without_comment(body, statement).filter(|_| is_at_end)?;
    let mut edit = TextEdit::builder();
    edit.delete(deleted.in_file(0));
    edit.finish().ok()
}

fn runs_code(body: &Body, expression: ExpressionId) -> bool {
    let span = body[expression].span;
    body.expression_ids().any(|id| {
        let is_code = matches!(
            body[id].kind,
            ExpressionKind::Call { .. }
                | ExpressionKind::Unary {
                    operator: UnaryOperator::Receive,
                    ..
                }
        );
        is_code && span.contains(body[id].span)
    })
}
