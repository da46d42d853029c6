//! What the protocol says about lines, columns and changes, on a plain `String` and as slowly as it likes.

use deferlint_text::{Change, Point, Position, PositionEncoding, PositionRange};

/// The start and the end of every line, without its terminator ("\n", "\r\n" or "\r").
pub(crate) fn lines(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let (mut lines, mut start, mut index) = (Vec::new(), 0, 0);
    while index < bytes.len() {
        let terminator = match &bytes[index..] {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        if terminator > 0 {
            lines.push((start, index));
            start = index + terminator;
        }
        index += terminator.max(1);
    }
    lines.push((start, bytes.len()));
    lines
}

fn units(character: char, encoding: PositionEncoding) -> u32 {
    match encoding {
        PositionEncoding::Utf8 => character.len_utf8() as u32,
        PositionEncoding::Utf16 => character.len_utf16() as u32,
        PositionEncoding::Utf32 => 1,
    }
}

/// The byte at a position; `None` for a line that doesn't exist.
pub(crate) fn offset(text: &str, position: Position, encoding: PositionEncoding) -> Option<usize> {
    let (start, end) = *lines(text).get(position.line as usize)?;
    let mut column = 0;
    for (index, character) in text[start..end].char_indices() {
        column += units(character, encoding);
        if column > position.column {
            return Some(start + index);
        }
    }
    Some(end)
}

/// The position of a byte that starts a character and doesn't stand between "\r" and "\n".
pub(crate) fn position(text: &str, byte: usize, encoding: PositionEncoding) -> Position {
    let lines = lines(text);
    let line = lines
        .iter()
        .rposition(|(start, _)| *start <= byte)
        .expect("the first line starts at 0");
    let column = text[lines[line].0..byte]
        .chars()
        .map(|character| units(character, encoding))
        .sum();
    Position::new(line as u32, column)
}

pub(crate) fn point(text: &str, byte: usize) -> Point {
    let rows: Vec<&[u8]> = text.as_bytes()[..byte].split(|unit| *unit == b'\n').collect();
    Point {
        row: rows.len() as u32 - 1,
        column: rows[rows.len() - 1].len() as u32,
    }
}

/// The bytes that a change replaces; `None` if there are none such.
pub(crate) fn changed(
    text: &str,
    range: PositionRange,
    encoding: PositionEncoding,
) -> Option<std::ops::Range<usize>> {
    if (range.end.line, range.end.column) < (range.start.line, range.start.column) {
        return None;
    }
    let past_the_end = Position::new(lines(text).len() as u32, 0);
    let resolve = |position| {
        if position == past_the_end {
            Some(text.len())
        } else {
            offset(text, position, encoding)
        }
    };
    Some(resolve(range.start)?..resolve(range.end)?)
}

/// The text after the changes; `None` if one of them doesn't fit.
pub(crate) fn apply(text: &str, changes: &[Change], encoding: PositionEncoding) -> Option<String> {
    let mut text = text.to_owned();
    for change in changes {
        match change.range {
            None => text.clone_from(&change.text),
            Some(range) => text.replace_range(changed(&text, range, encoding)?, &change.text),
        }
    }
    Some(text)
}
