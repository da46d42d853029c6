//! What the protocol says about a change, on a plain string and as slowly as it likes (LSP 3.17, "Text Documents").

use deferlint_text::{Change, Position, PositionEncoding};

/// The text after a change; `None` when it names a line that doesn't exist, or ends before it starts.
pub(super) fn changed(text: &str, change: &Change, encoding: PositionEncoding) -> Option<String> {
    let Some(range) = change.range else {
        return Some(change.text.clone());
    };
    let start = offset(text, range.start, encoding)?;
    let end = offset(text, range.end, encoding)?;
    (range.start <= range.end).then(|| format!("{}{}{}", &text[..start], change.text, &text[end..]))
}

/// The byte at a position; `None` for a line that doesn't exist. Behind the end of a line means its end, and in the middle
/// of a character its start.
fn offset(text: &str, position: Position, encoding: PositionEncoding) -> Option<usize> {
    let (start, line) = lines(text).nth(position.line as usize)?;
    let mut column = 0;
    for (index, character) in line.char_indices() {
        column += encoding.length_of(character.encode_utf8(&mut [0; 4]));
        if column > position.column as usize {
            return Some(start + index);
        }
    }
    Some(start + line.len())
}

/// True when the range of a change starts or ends between the code units of a character.
pub(super) fn splits_a_character(text: &str, change: &Change, encoding: PositionEncoding) -> bool {
    let is_within = |position: Position| {
        let Some((_, line)) = lines(text).nth(position.line as usize) else {
            return false;
        };
        let mut column = 0;
        let mut ends = line.chars().map(|character| {
            column += encoding.length_of(character.encode_utf8(&mut [0; 4]));
            column
        });
        let column = position.column as usize;
        column > 0 && ends.find(|end| *end >= column).is_some_and(|end| end > column)
    };
    change
        .range
        .is_some_and(|range| is_within(range.start) || is_within(range.end))
}

/// The position of a byte; one between `\r` and `\n` is taken for the end of its line.
pub(super) fn position(text: &str, byte: usize, encoding: PositionEncoding) -> Position {
    let (mut last, mut count) = ((0, ""), 0);
    for line in lines(text).take_while(|(start, _)| *start <= byte) {
        last = line;
        count += 1;
    }
    let (start, line) = last;
    let before = line.get(..byte - start).unwrap_or(line);
    Position::new(count - 1, encoding.length_of(before) as u32)
}

/// Where each line starts, and its text without the end of the line.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let rest = &text[start..];
        let Some(length) = rest.find(['\n', '\r']) else {
            next = None;
            return Some((start, rest));
        };
        let terminator = if rest[length..].starts_with("\r\n") { 2 } else { 1 };
        next = Some(start + length + terminator);
        Some((start, &rest[..length]))
    })
}

#[cfg(test)]
mod tests {
    use deferlint_text::PositionRange;

    use super::*;

    fn check(text: &str, (start, end): ((u32, u32), (u32, u32)), inserted: &str, expected: Option<&str>) {
        let range = PositionRange::new(Position::new(start.0, start.1), Position::new(end.0, end.1));
        let change = Change {
            range: Some(range),
            text: inserted.to_owned(),
        };
        assert_eq!(
            changed(text, &change, PositionEncoding::Utf16).as_deref(),
            expected
        );
    }

    #[test]
    fn a_change_is_made_where_it_says() {
        check("a\r\nb\rc", ((1, 0), (2, 1)), "x", Some("a\r\nx"));
        check("a𝄞b", ((0, 2), (0, 9)), "x", Some("ax"));
        check("a\n", ((1, 0), (1, 0)), "x", Some("a\nx"));
        check("a\n", ((2, 0), (2, 0)), "x", None);
        check("ab", ((0, 2), (0, 1)), "x", None);
    }

    #[test]
    fn half_a_character_is_known_in_every_encoding() {
        let splits = |column, encoding| {
            let range = PositionRange::new(Position::new(0, column), Position::new(0, 9));
            let change = Change {
                range: Some(range),
                text: String::new(),
            };
            splits_a_character("a𝄞b", &change, encoding)
        };
        for (encoding, within) in [
            (PositionEncoding::Utf8, &[2, 3, 4][..]),
            (PositionEncoding::Utf16, &[2]),
            (PositionEncoding::Utf32, &[]),
        ] {
            let split: Vec<_> = (0..8).filter(|column| splits(*column, encoding)).collect();
            assert_eq!(split, within, "{encoding:?}");
        }
    }

    #[test]
    fn positions_and_bytes_agree() {
        for text in ["a\r\n𝄞b\rc\n", "", "\n\n"] {
            for encoding in [
                PositionEncoding::Utf8,
                PositionEncoding::Utf16,
                PositionEncoding::Utf32,
            ] {
                let bytes = (0..=text.len()).filter(|byte| text.is_char_boundary(*byte));
                for byte in
                    bytes.filter(|byte| !text[..*byte].ends_with('\r') || !text[*byte..].starts_with('\n'))
                {
                    assert_eq!(offset(text, position(text, byte, encoding), encoding), Some(byte));
                }
            }
        }
    }
}
