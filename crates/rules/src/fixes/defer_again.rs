//! Defers a call a second time, for the value that replaced the first one.

use deferlint_semantics::body::{ExpressionId, StatementId, StatementKind};
use deferlint_semantics::context::Context;
use deferlint_text::TextEdit;

use super::layout::{indentation, is_alone_with_comment, line_end, newline};
use crate::Fix;
use crate::error_checks::{check_after, errors_assigned_with};

/// Adds `defer call` below the statement that assigned the new value, and below the check of the error that came with
/// it. `None` when that error isn't checked right there, and in a loop, where the deferred calls would pile up.
pub(crate) fn defer_again(context: &Context<'_>, assigned: StatementId, call: ExpressionId) -> Option<Fix> {
    let body = context.body;
    let flow = context.flow(body[assigned].function);
    if flow.can_repeat(assigned) {
        return None;
    }
    let has_error = !errors_assigned_with(context, assigned).is_empty();
    let is_init = body[assigned]
        .parent
        .is_some_and(|parent| !matches!(body[parent].kind, StatementKind::Block(_)));
    let above = if has_error {
        check_after(context, assigned)?
    } else if is_init {
        return None;
    } else {
        assigned
    };
    let span = body[above].span;
    let end = line_end(body, span.end);
    if !is_alone_with_comment(body, span) {
        return None;
    }
    let deferred = body.text_of(body[call].span);
    let mut edit = TextEdit::builder();
    let indentation = indentation(body, span.start);
    edit.insert(end, format!("{}{indentation}defer {deferred}", newline(body)));
    Some(Fix::unsafe_(
        "Defer the call for the new value as well",
        edit.finish().ok()?,
    ))
}
