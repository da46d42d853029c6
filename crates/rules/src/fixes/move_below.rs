//! Moves a statement below another one of the same list.

use deferlint_semantics::body::{Span, StatementId};
use deferlint_semantics::context::Context;
use deferlint_text::TextEdit;

use super::layout::{indentation, is_alone_with_comment, is_on_one_line, line_end, line_start, newline};
use crate::Fix;

/// Moves a `defer` statement, with the comment behind it, below the check of an error. `None` when one of them shares its
/// lines with another statement.
pub(crate) fn move_below(context: &Context<'_>, deferred: StatementId, check: StatementId) -> Option<Fix> {
    let body = context.body;
    let (span, below) = (body[deferred].span, body[check].span);
    let can_move = is_alone_with_comment(body, span)
        && is_alone_with_comment(body, below)
        && is_on_one_line(body, span)
        && span.end <= below.start;
    if !can_move {
        return None;
    }
    let (start, end) = (line_start(body, span.start), line_end(body, span.end));
    let moved = body.text_of(Span::new(span.start, end)).trim_end();
    let (newline, indentation) = (newline(body), indentation(body, span.start));
    let mut edit = TextEdit::builder();
    edit.delete(Span::new(start, next_line(&body.text, start, end)).in_file(0));
    edit.insert(
        line_end(body, below.end),
        format!("{newline}{indentation}{moved}"),
    );
    Some(Fix::unsafe_(
        "Defer the call below the check of the error",
        edit.finish().ok()?,
    ))
}

/// Where the line behind a deleted one starts, without the blank line that would follow another blank one.
fn next_line(text: &str, start: u32, end: u32) -> u32 {
    let line = |from: u32| {
        let rest = &text[from as usize..];
        from + rest.find('\n').map_or(rest.len(), |newline| newline + 1) as u32
    };
    let next = line(end);
    let above = text[..start as usize].trim_end_matches(['\n', '\r']);
    let is_blank_above = text[above.len()..start as usize].matches('\n').count() > 1;
    let is_blank_below = text[next as usize..line(next) as usize].trim().is_empty() && line(next) > next;
    if is_blank_above && is_blank_below {
        line(next)
    } else {
        next
    }
}
