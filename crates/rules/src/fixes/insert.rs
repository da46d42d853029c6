//! Puts new statements on lines of their own.

use deferlint_semantics::body::{Body, StatementId, StatementKind};
use deferlint_text::TextEditBuilder;

use super::layout::{INDENT, indentation, is_first_on_line, line_start, newline};

/// Adds a statement at the end of a block. `None` when the block's brace doesn't stand on a line of its own.
pub(crate) fn append_to_block(
    body: &Body,
    block: StatementId,
    statement: &str,
    edit: &mut TextEditBuilder,
) -> Option<()> {
    if !matches!(body[block].kind, StatementKind::Block(_)) {
        return None;
    }
    let brace = body[block].span.end - 1;
    if !is_first_on_line(body, brace) {
        return None;
    }
    let outer = indentation(body, brace);
    edit.insert(
        line_start(body, brace),
        format!("{outer}{INDENT}{statement}{}", newline(body)),
    );
    Some(())
}

/// Adds a statement on the line before another one. `None` when that one doesn't start its line.
pub(crate) fn insert_before(
    body: &Body,
    before: StatementId,
    statement: &str,
    edit: &mut TextEditBuilder,
) -> Option<()> {
    let start = body[before].span.start;
    if !is_first_on_line(body, start) {
        return None;
    }
    edit.insert(
        start,
        format!("{statement}{}{}", newline(body), indentation(body, start)),
    );
    Some(())
}
