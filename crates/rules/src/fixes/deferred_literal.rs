//! Puts statements into a deferred function literal.

use deferlint_semantics::body::{
    BindingKind, Body, ExpressionId, ExpressionKind, FunctionId, Span, StatementId, StatementKind,
};

use crate::recovery::value_of;

use super::layout::{INDENT, newline};

/// `defer func() { ... }()` around whole lines that are indented as if they stood at `indentation`; the first line
/// comes without its indentation.
pub(crate) fn deferred_literal(body: &Body, indentation: &str, lines: &str) -> Option<String> {
    let newline = newline(body);
    let lines = super::indented(lines)?;
    Some(format!(
        "defer func() {{{newline}{indentation}{INDENT}{lines}{newline}{indentation}}}()"
    ))
}

/// The statements of the function's outermost block that recover and handle what was recovered: one `if`, `switch` or
/// plain statement around the call, or `r := recover()` and the statement below it that has every use of `r`.
pub(crate) fn recover_unit(body: &Body, function: FunctionId, call: ExpressionId) -> Option<Span> {
    let statements = outermost(body, function)?;
    let span = body[call].span;
    let index = statements
        .iter()
        .position(|statement| body[*statement].span.contains(span))?;
    let first = &body[statements[index]];
    let value = value_of(body, call);
    match &first.kind {
        StatementKind::If { condition, init, .. } => {
            let header = init.map_or(body[*condition].span.start, |init| body[init].span.start);
            let end = body[*condition].span.end;
            Span::new(header, end).contains(span).then_some(first.span)
        }
        StatementKind::Switch { .. } | StatementKind::TypeSwitch { .. } | StatementKind::Expression(_) => {
            Some(first.span)
        }
        StatementKind::Assign { left, .. } if left.iter().all(|left| is_blank(body, *left)) => {
            Some(first.span)
        }
        StatementKind::ShortVar { declared, .. } => {
            let [Some(declared)] = **declared else { return None };
            let next = &body[*statements.get(index + 1)?];
            let is_whole = value == Some(declared)
                && body[declared].kind == BindingKind::Variable
                && body[declared]
                    .uses
                    .iter()
                    .all(|use_| next.span.contains(body[use_.expression].span));
            is_whole.then(|| Span::new(first.span.start, next.span.end))
        }
        _ => None,
    }
}

fn is_blank(body: &Body, expression: ExpressionId) -> bool {
    matches!(
        body[expression].kind,
        ExpressionKind::Name {
            resolution: deferlint_semantics::body::Resolution::Blank,
            ..
        }
    )
}

/// The statements of a function's own block.
pub(crate) fn outermost(body: &Body, function: FunctionId) -> Option<&[StatementId]> {
    match &body[body[function].block?].kind {
        StatementKind::Block(statements) => Some(statements),
        _ => None,
    }
}
