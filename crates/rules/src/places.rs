//! Spans and questions that many rules share.

use deferlint_semantics::Name;
use deferlint_semantics::body::{
    Body, ExpressionId, ExpressionKind, FunctionId, Parent, Span, StatementId, StatementKind,
};
use deferlint_semantics::context::{Callee, Context, DeferredCall};

/// Where a finding about a `defer` statement is drawn: `defer func()` for a literal, the statement otherwise.
pub(crate) fn defer_span(body: &Body, deferred: DeferredCall) -> Span {
    let span = body[deferred.statement].span;
    match deferred.literal {
        Some(literal) => Span::new(span.start, body[literal].parameters_span.end),
        None => span,
    }
}

/// Where a literal is drawn: `func(...)`, without its block.
pub(crate) fn parameters_span(body: &Body, function: FunctionId) -> Span {
    Span::new(body[function].span.start, body[function].parameters_span.end)
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

/// A call `x.m()` of a method without arguments: the `x`, and the name with its place.
pub(crate) fn plain_method_call(body: &Body, call: ExpressionId) -> Option<(ExpressionId, &Name, Span)> {
    let (function, arguments) = body.call_of(call)?;
    match &body[body.unparenthesized(function)].kind {
        ExpressionKind::Selector {
            operand,
            field,
            field_span,
        } if arguments.is_empty() => Some((*operand, field, *field_span)),
        _ => None,
    }
}

/// The call that stands alone as the statement just before another one in the same list of statements.
pub(crate) fn call_before(body: &Body, statement: StatementId) -> Option<(StatementId, ExpressionId)> {
    let found = &body[statement];
    let mut before = body[found.function].statements.iter().rev().filter(|id| {
        let other = &body[**id];
        other.parent == found.parent && other.scope == found.scope && other.span.end <= found.span.start
    });
    let previous = *before.next()?;
    match body[previous].kind {
        StatementKind::Expression(call) => Some((previous, call)),
        _ => None,
    }
}

/// False when the called method is known to be none of package sync: it may do anything in spite of its name.
pub(crate) fn may_be_of_sync(context: &Context<'_>, call: ExpressionId) -> bool {
    match context.callee(call) {
        Callee::Method(method) => method.package == "sync",
        Callee::Unknown | Callee::InterfaceMethod(_) => true,
        _ => false,
    }
}

/// True for names and fields of names, which mean the same place wherever they are written and nothing is assigned.
pub(crate) fn is_plain_path(body: &Body, expression: ExpressionId) -> bool {
    match body[body.unparenthesized(expression)].kind {
        ExpressionKind::Name { .. } => true,
        ExpressionKind::Selector { operand, .. } => is_plain_path(body, operand),
        _ => false,
    }
}

/// The expression with all parentheses that stand around it.
pub(crate) fn with_parentheses(body: &Body, mut expression: ExpressionId) -> ExpressionId {
    while let Parent::Expression(outer) = body[expression].parent {
        if !matches!(body[outer].kind, ExpressionKind::Parenthesized(_)) {
            break;
        }
        expression = outer;
    }
    expression
}
