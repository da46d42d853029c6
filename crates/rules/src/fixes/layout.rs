//! Line ends and indentation of a declaration's text, so that rewritten lines look as gofmt would leave them.

use deferlint_semantics::body::{Body, Span};

/// One step of indentation.
pub(crate) const INDENT: &str = "\t";

/// The line end that the declaration uses.
pub(crate) fn newline(body: &Body) -> &'static str {
    if body.text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// The offset of the first byte of the line that holds `offset`.
pub(crate) fn line_start(body: &Body, offset: u32) -> u32 {
    body.text[..offset as usize]
        .rfind('\n')
        .map_or(0, |newline| newline as u32 + 1)
}

/// The offset of the line end after `offset`, or of the text's end.
pub(crate) fn line_end(body: &Body, offset: u32) -> u32 {
    let rest = &body.text[offset as usize..];
    let length = rest.find('\n').unwrap_or(rest.len());
    let length = rest[..length].trim_end_matches('\r').len();
    offset + length as u32
}

/// The white space at the start of the line that holds `offset`.
pub(crate) fn indentation(body: &Body, offset: u32) -> &str {
    let line = &body.text[line_start(body, offset) as usize..];
    let length = line.len() - line.trim_start_matches([' ', '\t']).len();
    &line[..length]
}

/// True when only white space stands before `offset` on its line.
pub(crate) fn is_first_on_line(body: &Body, offset: u32) -> bool {
    body.text[line_start(body, offset) as usize..offset as usize]
        .trim()
        .is_empty()
}

/// True when the span holds no line end.
pub(crate) fn is_on_one_line(body: &Body, span: Span) -> bool {
    !body.text_of(span).contains('\n')
}

/// True when a statement shares its lines with nothing but a comment behind it that ends the last one.
pub(crate) fn is_alone_with_comment(body: &Body, span: Span) -> bool {
    let end = line_end(body, span.end);
    let is_comment = |comment: &Span| {
        comment.end == end && body.text_of(Span::new(span.end, comment.start)).trim().is_empty()
    };
    let has_nothing_behind = body.text_of(Span::new(span.end, end)).trim().is_empty();
    is_first_on_line(body, span.start) && (has_nothing_behind || body.comments.iter().any(is_comment))
}

/// The span of the lines that a statement alone fills, with the line end after them: what deleting the statement takes
/// away. `None` when something else, a comment included, shares its lines.
pub(crate) fn whole_lines(body: &Body, span: Span) -> Option<Span> {
    let end = line_end(body, span.end);
    let alone =
        is_first_on_line(body, span.start) && body.text[span.end as usize..end as usize].trim().is_empty();
    if !alone {
        return None;
    }
    let rest = &body.text[end as usize..];
    let newline = rest.len()
        - rest
            .strip_prefix("\r\n")
            .or(rest.strip_prefix('\n'))
            .unwrap_or(rest)
            .len();
    Some(Span::new(line_start(body, span.start), end + newline as u32))
}

/// The text shifted right by one step of indentation, its first line excepted. Lines inside raw strings must not be
/// shifted, so a text that holds a backquote is refused.
pub(crate) fn indented(text: &str) -> Option<String> {
    if text.contains('`') {
        return None;
    }
    let mut lines = text.split('\n');
    let mut shifted = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        shifted.push('\n');
        if !line.trim().is_empty() {
            shifted.push_str(INDENT);
        }
        shifted.push_str(line);
    }
    Some(shifted)
}
