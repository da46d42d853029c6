//! Takes a statement away with its lines.

use deferlint_semantics::body::{Body, Span, StatementId};

use super::layout::{is_first_on_line, line_end, line_start, whole_lines};

/// What to delete so that a statement is gone and a comment behind it stays, on the line alone. `None` when something else
/// shares the statement's lines.
pub(crate) fn statement_without_comment(body: &Body, statement: StatementId) -> Option<Span> {
    let span = body[statement].span;
    let end = line_end(body, span.end);
    let mut comments = body.comments.iter();
    let behind = comments.find(|comment| comment.start >= span.end && comment.end == end);
    match behind {
        Some(comment) => {
            let is_alone = body.text_of(Span::new(span.end, comment.start)).trim().is_empty();
            (is_alone && is_first_on_line(body, span.start)).then(|| Span::new(span.start, comment.start))
        }
        None => statement_lines(body, statement),
    }
}

/// The lines of a statement, with the empty line that gofmt would take away once they are gone. `None` when something
/// else, a comment included, shares its lines.
pub(crate) fn statement_lines(body: &Body, statement: StatementId) -> Option<Span> {
    let lines = whole_lines(body, body[statement].span)?;
    let line_at = |start: u32| Span::new(start, line_end(body, start));
    let text = |span: Span| body.text_of(span).trim();
    let before = lines
        .start
        .checked_sub(1)
        .map(|end| line_at(line_start(body, end)));
    let after = line_at(lines.end);
    let is_last = text(after).is_empty() || text(after).starts_with('}');
    Some(match before {
        Some(before) if text(before).is_empty() && is_last => Span::new(before.start, lines.end),
        Some(before) if text(before).ends_with('{') && text(after).is_empty() => {
            let end = line_end(body, lines.end);
            let newline = body.text[end as usize..].find('\n').map_or(0, |at| at as u32 + 1);
            Span::new(lines.start, end + newline)
        }
        _ => lines,
    })
}
