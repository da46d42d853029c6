//! Moves a statement out of a deferred function literal and defers it in the function around.

use deferlint_semantics::body::{Body, FunctionId, Span, StatementId, StatementKind};
use deferlint_text::TextEdit;

use super::deferred_literal::outermost;
use super::layout::{INDENT, indentation, is_first_on_line, line_end, line_start, newline, whole_lines};

/// Defers `text` right above the statement that defers the literal `from`, and takes the statement `moved` out of that
/// literal. Deferred calls run last in, first out: the moved one runs after the literal, and guards it too.
///
/// `None` when `moved` isn't a line or more of the literal's own block, or uses a name that the literal declares.
pub(crate) fn move_defer_out(
    body: &Body,
    from: FunctionId,
    defer: StatementId,
    moved: StatementId,
    keyword: &str,
) -> Option<TextEdit> {
    let StatementKind::Defer(_) = body[defer].kind else {
        return None;
    };
    let statements = outermost(body, from)?;
    let (span, outer) = (with_comment_behind(body, body[moved].span), body[defer].span);
    let is_own = statements.contains(&moved) && outer.contains(span) && is_first_on_line(body, outer.start);
    if !is_own || uses_names_of(body, from, span) {
        return None;
    }
    let text = outdented(body.text_of(span))?;
    let mut edit = TextEdit::builder();
    if statements.len() == 1 {
        let loses_comment = body
            .comments
            .iter()
            .any(|comment| outer.contains(*comment) && !span.contains(*comment));
        if loses_comment {
            return None;
        }
        edit.replace(outer.in_file(0), format!("{keyword}{text}"));
    } else {
        let lines = whole_lines(body, span)?;
        let indentation = indentation(body, outer.start);
        edit.insert(
            line_start(body, outer.start),
            format!("{indentation}{keyword}{text}{}", newline(body)),
        );
        edit.delete(without_blank_line(body, lines).in_file(0));
    }
    edit.finish().ok()
}

/// The span with the comment that follows it on its last line: it belongs to what is moved.
fn with_comment_behind(body: &Body, span: Span) -> Span {
    let end = line_end(body, span.end);
    let behind = body.comments.iter().find(|comment| {
        comment.start >= span.end
            && comment.end == end
            && body.text_of(Span::new(span.end, comment.start)).trim().is_empty()
    });
    Span::new(span.start, behind.map_or(span.end, |comment| comment.end))
}

/// True when something in the span names a parameter or a variable of the literal; the span's own names don't count.
fn uses_names_of(body: &Body, literal: FunctionId, span: Span) -> bool {
    body.bindings.iter().any(|binding| {
        binding.function == literal
            && !span.contains(binding.span)
            && binding
                .uses
                .iter()
                .any(|use_| span.contains(body[use_.expression].span))
    })
}

/// The text with one step of indentation less on every line but the first. Lines of raw strings must stay as they are,
/// so a text that holds a backquote and several lines is refused.
fn outdented(text: &str) -> Option<String> {
    if text.contains('\n') && text.contains('`') {
        return None;
    }
    let mut lines = text.split('\n');
    let mut moved = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        moved.push('\n');
        moved.push_str(line.strip_prefix(INDENT).unwrap_or(line));
    }
    Some(moved)
}

/// Deleted lines at the start of a block take the blank line below them along: gofmt would.
fn without_blank_line(body: &Body, lines: Span) -> Span {
    let above = body.text[..lines.start as usize].trim_end_matches([' ', '\t', '\r', '\n']);
    let rest = &body.text[lines.end as usize..];
    let blank = rest
        .find('\n')
        .filter(|end| rest[..*end].trim().is_empty() && above.ends_with('{'));
    Span::new(
        lines.start,
        blank.map_or(lines.end, |end| lines.end + end as u32 + 1),
    )
}
