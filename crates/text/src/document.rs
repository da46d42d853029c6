//! The text of one file, cheap to edit and cheap to copy.

use std::borrow::Cow;
use std::fmt;

use ropey::Rope;
use thiserror::Error;

use crate::{ByteRange, Point, Position, PositionEncoding, PositionRange};

/// The longest document, in bytes. Offsets are `u32` throughout.
pub const MAX_DOCUMENT_LENGTH: u32 = u32::MAX;

/// A text is longer than [`MAX_DOCUMENT_LENGTH`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a document of {length} bytes is longer than the limit of {MAX_DOCUMENT_LENGTH} bytes")]
pub struct DocumentTooLarge {
    /// The length that was asked for, in bytes.
    pub length: u64,
}

/// The text of one file: at most [`MAX_DOCUMENT_LENGTH`] bytes of valid UTF-8.
///
/// Lines end with `\n`, `\r\n` or `\r` (LSP 3.17, "Text Documents"); a text that ends with a line terminator
/// has an empty last line, so every document has at least one line. A clone shares the text and costs a
/// reference count. Every method takes any offset: what lies past the end counts as the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    pub(crate) rope: Rope,
    /// How many `\r` are not followed by `\n`. They end a line but not a parser's row; while there are none,
    /// lines and rows are the same.
    pub(crate) lone_carriage_returns: u32,
}

impl Document {
    /// A document with the given text.
    pub fn new(text: &str) -> Result<Self, DocumentTooLarge> {
        check_length(text.len() as u64)?;
        let rope = Rope::from_str(text);
        let lone_carriage_returns = count_lone_carriage_returns(&rope, ByteRange::from(0..text.len()));
        Ok(Self {
            rope,
            lone_carriage_returns,
        })
    }

    /// The length in bytes.
    pub fn len(&self) -> u32 {
        self.rope.len_bytes() as u32
    }

    /// Whether the document holds no text.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of lines, at least 1.
    pub fn line_count(&self) -> u32 {
        self.rope.len_lines() as u32
    }

    /// The text of a range that lies in the document with both ends between characters, and `None` otherwise.
    ///
    /// Borrowed where the text happens to lie in one chunk.
    pub fn get(&self, range: ByteRange) -> Option<Cow<'_, str>> {
        self.rope.get_byte_slice(range.to_usize_range()).map(Cow::from)
    }

    /// The text of a range, after its ends were moved into the document and down to the start of a character.
    ///
    /// Use [`Document::get`] where a range that doesn't fit must be told from an empty one.
    pub fn slice(&self, range: ByteRange) -> Cow<'_, str> {
        let fitting = ByteRange::new(self.floor(range.start()), self.floor(range.end()));
        self.get(fitting).unwrap_or_default()
    }

    /// The chunk of text that holds a byte, and the offset at which the chunk starts, in O(log n).
    ///
    /// Made for a parser that asks for the text from an offset on: `chunk.as_bytes()[byte - start..]` is
    /// never out of bounds and empty only at the end. At or past the end the chunk is empty and starts at
    /// `byte`.
    pub fn chunk_at(&self, byte: u32) -> (&str, u32) {
        if byte >= self.len() {
            return ("", byte);
        }
        let (chunk, start, _, _) = self.rope.chunk_at_byte(byte as usize);
        (chunk, start as u32)
    }

    /// The text in order, chunk by chunk. No chunk splits a character or a `\r\n`.
    pub fn chunks(&self) -> impl Iterator<Item = &str> {
        self.rope.chunks()
    }

    /// The bytes of a line, from 0, without its terminator; `None` past the last line.
    pub fn line_range(&self, line: u32) -> Option<ByteRange> {
        let full = self.full_line_range(line)?;
        Some(ByteRange::new(
            full.start(),
            full.end() - self.terminator_length(full),
        ))
    }

    /// The bytes of a line, from 0, with its terminator; `None` past the last line.
    pub fn full_line_range(&self, line: u32) -> Option<ByteRange> {
        (line < self.line_count()).then(|| ByteRange::new(self.line_start(line), self.line_start(line + 1)))
    }

    /// The line, from 0, that holds a byte. A terminator belongs to the line it ends.
    pub fn line_of(&self, byte: u32) -> u32 {
        self.rope.byte_to_line(self.clamp(byte) as usize) as u32
    }

    /// The position of a byte, in O(log n).
    ///
    /// A byte within a character counts as the character's first, and the byte between `\r` and `\n` as the
    /// `\r`: the protocol has no position between the two (LSP 3.17, "Position").
    pub fn position(&self, byte: u32, encoding: PositionEncoding) -> Position {
        let line = self.line_of(byte);
        let start = self.line_start(line);
        let content_end = self.line_range(line).map_or(start, ByteRange::end);
        // Only the second byte of a `\r\n` lies behind the content and isn't yet on the next line.
        let byte = self.floor(byte).min(content_end);
        Position {
            line,
            column: self.code_units(byte, encoding) - self.code_units(start, encoding),
        }
    }

    /// The positions of both ends of a range; see [`Document::position`].
    pub fn position_range(&self, range: ByteRange, encoding: PositionEncoding) -> PositionRange {
        PositionRange::new(
            self.position(range.start(), encoding),
            self.position(range.end(), encoding),
        )
    }

    /// The byte at a position that a client asks about, in O(log n).
    ///
    /// A column past the end of its line means the end of the line, before its terminator: "if the character
    /// value is greater than the line length it defaults back to the line length" (LSP 3.17, "Position"). A
    /// column within a surrogate pair or a UTF-8 sequence means the start of that character, as in VS Code. A
    /// line past the last means the end of the document; a change with such a line is a
    /// [`Desync`](crate::Desync) instead.
    pub fn offset(&self, position: Position, encoding: PositionEncoding) -> u32 {
        let Some(line) = self.line_range(position.line) else {
            return self.len();
        };
        let start = self.code_units(line.start(), encoding);
        let end = self.code_units(line.end(), encoding);
        self.byte_of_code_unit(start.saturating_add(position.column).min(end), encoding)
    }

    /// The bytes between two positions that a client asks about, in either order; see [`Document::offset`].
    pub fn byte_range(&self, range: PositionRange, encoding: PositionEncoding) -> ByteRange {
        ByteRange::new(
            self.offset(range.start, encoding),
            self.offset(range.end, encoding),
        )
    }

    /// The place of a byte as the parser counts it: only `\n` ends a row.
    ///
    /// In O(log n), but O(n) in a document that holds a `\r` without `\n`, where lines and rows differ.
    pub fn point(&self, byte: u32) -> Point {
        let byte = self.clamp(byte);
        if self.lone_carriage_returns > 0 {
            return self.point_by_scanning(byte);
        }
        let row = self.line_of(byte);
        Point {
            row,
            column: byte - self.line_start(row),
        }
    }

    fn point_by_scanning(&self, byte: u32) -> Point {
        let byte = byte as usize;
        let (mut row, mut row_start, mut chunk_start) = (0, 0, 0);
        for chunk in self.rope.chunks() {
            if chunk_start >= byte {
                break;
            }
            let before = &chunk.as_bytes()[..chunk.len().min(byte - chunk_start)];
            for (index, _) in before.iter().enumerate().filter(|(_, unit)| **unit == b'\n') {
                row += 1;
                row_start = chunk_start + index + 1;
            }
            chunk_start += chunk.len();
        }
        Point {
            row,
            column: (byte - row_start) as u32,
        }
    }

    fn clamp(&self, byte: u32) -> u32 {
        byte.min(self.len())
    }

    /// The start of the character that holds a byte; the end of the document at or past it.
    fn floor(&self, byte: u32) -> u32 {
        self.rope
            .char_to_byte(self.rope.byte_to_char(self.clamp(byte) as usize)) as u32
    }

    /// The first byte of a line that exists, or the length for the line after the last.
    fn line_start(&self, line: u32) -> u32 {
        self.rope.line_to_byte(line as usize) as u32
    }

    fn terminator_length(&self, full_line: ByteRange) -> u32 {
        let byte_before_end = |distance: u32| {
            let index = full_line.len().checked_sub(distance)? + full_line.start();
            self.rope.get_byte(index as usize)
        };
        match (byte_before_end(2), byte_before_end(1)) {
            (Some(b'\r'), Some(b'\n')) => 2,
            (_, Some(b'\n' | b'\r')) => 1,
            _ => 0,
        }
    }

    /// The number of code units before a byte that starts a character. Never more than the bytes, so it fits.
    fn code_units(&self, byte: u32, encoding: PositionEncoding) -> u32 {
        let characters = || self.rope.byte_to_char(byte as usize);
        match encoding {
            PositionEncoding::Utf8 => byte,
            PositionEncoding::Utf16 => self.rope.char_to_utf16_cu(characters()) as u32,
            PositionEncoding::Utf32 => characters() as u32,
        }
    }

    /// The start of the character that holds a code unit, which must not lie past the end.
    fn byte_of_code_unit(&self, unit: u32, encoding: PositionEncoding) -> u32 {
        let character = match encoding {
            PositionEncoding::Utf8 => return self.floor(unit),
            PositionEncoding::Utf16 => self.rope.utf16_cu_to_char(unit as usize),
            PositionEncoding::Utf32 => unit as usize,
        };
        self.rope.char_to_byte(character) as u32
    }
}

impl fmt::Display for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chunks().try_for_each(|chunk| formatter.write_str(chunk))
    }
}

/// The length as an offset, if a document may have it.
pub(crate) fn check_length(length: u64) -> Result<u32, DocumentTooLarge> {
    u32::try_from(length).map_err(|_| DocumentTooLarge { length })
}

/// How many of the `\r` in a range are not followed by `\n`, looking one byte past the range where needed.
pub(crate) fn count_lone_carriage_returns(rope: &Rope, range: ByteRange) -> u32 {
    let range = range.to_usize_range();
    let (chunks, mut chunk_start, _, _) = rope.chunks_at_byte(range.start);
    let mut count = 0;
    for chunk in chunks {
        if chunk_start >= range.end {
            break;
        }
        let bytes = chunk.as_bytes();
        let window = range.start.saturating_sub(chunk_start)..bytes.len().min(range.end - chunk_start);
        // A chunk never splits `\r\n`, so the byte after a `\r` that ends a chunk is not a `\n`.
        if bytes[window.clone()].contains(&b'\r') {
            count += window
                .filter(|&index| bytes[index] == b'\r' && bytes.get(index + 1) != Some(&b'\n'))
                .count();
        }
        chunk_start += bytes.len();
    }
    count as u32
}
