//! Finds comments by their tokens, past strings and runes.

use crate::body::Span;

/// The comments of a text, in its order.
pub(super) fn comments(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut comments = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        at = match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'/')) => {
                let end = find(bytes, at, |rest| {
                    rest.starts_with(b"\n") || rest.starts_with(b"\r\n")
                });
                comments.push(Span::new(at as u32, end as u32));
                end
            }
            (b'/', Some(b'*')) => {
                let end = (find(bytes, at + 2, |rest| rest.starts_with(b"*/")) + 2).min(bytes.len());
                comments.push(Span::new(at as u32, end as u32));
                end
            }
            (b'`', _) => find(bytes, at + 1, |rest| rest[0] == b'`') + 1,
            (quote @ (b'"' | b'\''), _) => end_of_quoted(bytes, at + 1, quote),
            _ => at + 1,
        };
    }
    comments
}

fn find(bytes: &[u8], from: usize, found: impl Fn(&[u8]) -> bool) -> usize {
    (from..bytes.len())
        .find(|at| found(&bytes[*at..]))
        .unwrap_or(bytes.len())
}

/// The end of an interpreted string or a rune; both end at the line's end at the latest.
fn end_of_quoted(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\n' => return at,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}
