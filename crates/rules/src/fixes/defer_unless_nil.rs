//! Defers a function variable only where it isn't nil.

use deferlint_semantics::body::{ExpressionId, StatementId, StatementKind};
use deferlint_semantics::context::Context;
use deferlint_text::TextEdit;

use super::layout::{INDENT, indentation, is_alone_with_comment, is_on_one_line, line_end, newline};
use crate::Fix;

/// `defer f()` becomes `if f != nil { defer f() }`, over several lines. `None` when another statement shares its line.
pub(crate) fn defer_unless_nil(
    context: &Context<'_>,
    statement: StatementId,
    function: ExpressionId,
) -> Option<Fix> {
    let body = context.body;
    let span = body[statement].span;
    let is_in_list = body[statement]
        .parent
        .is_some_and(|parent| matches!(body[parent].kind, StatementKind::Block(_)));
    let is_shadowed = body.lookup(body[statement].scope, "nil", span.start).is_some();
    if !is_alone_with_comment(body, span) || !is_on_one_line(body, span) || !is_in_list || is_shadowed {
        return None;
    }
    let (newline, indentation) = (newline(body), indentation(body, span.start));
    let name = body.text_of(body[function].span);
    let end = line_end(body, span.end);
    let mut edit = TextEdit::builder();
    edit.insert(
        span.start,
        format!("if {name} != nil {{{newline}{indentation}{INDENT}"),
    );
    edit.insert(end, format!("{newline}{indentation}}}"));
    Some(Fix::unsafe_(
        format!("Defer `{name}` only when it isn't nil"),
        edit.finish().ok()?,
    ))
}
