//! Spans and questions that many rules share.

use deferlint_semantics::body::{
    Body, ExpressionId, ExpressionKind, FunctionId, Span, StatementId, StatementKind,
};
use deferlint_semantics::context::{Context, DeferredCall};

/// Where a finding about a `defer` statement is drawn: `defer func()` for a literal, the statement otherwise.
pub(crate) fn defer_span(body: &Body, deferred: DeferredCall) -> Span {
    let span = body[deferred.statement].span;
    match deferred.literal {
        Some(literal) => Span::new(span.start, body[literal].parameters_span.end),
        None => span,
    }
}

/// True when the `return` can run after the `defer`, so that the deferred call runs at it.
pub(crate) fn runs_at(
    context: &Context<'_>,
    function: FunctionId,
    deferred: StatementId,
    at: StatementId,
) -> bool {
    let flow = context.flow(function);
    match (flow.point(deferred), flow.point(at)) {
        (Some(deferred), Some(at)) => flow.is_reachable(deferred) && flow.reaches(deferred, at),
        _ => false,
    }
}

/// The `return` statements of a function with their results, in the order of the text.
pub(crate) fn returns(
    body: &Body,
    function: FunctionId,
) -> impl Iterator<Item = (StatementId, &[ExpressionId])> {
    body[function]
        .statements
        .iter()
        .filter_map(|statement| match &body[*statement].kind {
            StatementKind::Return(results) => Some((*statement, &**results)),
            _ => None,
        })
}

/// True for the predeclared `nil`.
pub(crate) fn is_nil(context: &Context<'_>, expression: ExpressionId) -> bool {
    context.is_builtin(expression, "nil")
}

/// True for `maps.Clone(m)`.
pub(crate) fn is_clone_of_map(context: &Context<'_>, call: ExpressionId) -> bool {
    let Some((function, _)) = context.body.call_of(call) else {
        return false;
    };
    match &context.body[context.body.unparenthesized(function)].kind {
        ExpressionKind::Selector { operand, field, .. } => {
            field == "Clone"
                && context
                    .imported_package(*operand)
                    .is_some_and(|path| path == "maps")
        }
        _ => false,
    }
}
