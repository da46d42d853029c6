//! Changes as a client sends them, and the byte edits they amount to.

use ropey::Rope;
use thiserror::Error;

use crate::document::{check_length, count_lone_carriage_returns};
use crate::{ByteRange, Document, DocumentTooLarge, Point, Position, PositionEncoding, PositionRange};

/// One change of a document (LSP 3.17, `TextDocumentContentChangeEvent`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What is replaced; `None` for the whole document.
    pub range: Option<PositionRange>,
    /// What stands there afterwards.
    pub text: String,
}

/// One edit that was made, in the terms of an incremental parser (tree-sitter, `TSInputEdit`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteEdit {
    /// The first byte that changed.
    pub start: u32,
    /// The end of the replaced bytes, before the edit.
    pub old_end: u32,
    /// The end of the new bytes, after the edit.
    pub new_end: u32,
    /// The place of `start`.
    pub start_point: Point,
    /// The place of `old_end`, before the edit.
    pub old_end_point: Point,
    /// The place of `new_end`, after the edit.
    pub new_end_point: Point,
}

/// The client's idea of the document cannot be ours any more: a change doesn't fit, so none was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Desync {
    /// A range starts behind its end or names a line that doesn't exist.
    #[error(
        "change {change} covers {range} (lines from 0), which is no range of a document of {line_count} lines"
    )]
    ImpossibleRange {
        /// The index of the change, from 0.
        change: usize,
        /// The range that the client sent.
        range: PositionRange,
        /// The number of lines of the document to which the change would have applied.
        line_count: u32,
    },
    /// The document would grow past [`MAX_DOCUMENT_LENGTH`](crate::MAX_DOCUMENT_LENGTH).
    #[error("change {change} cannot be made: {source}")]
    TooLarge {
        /// The index of the change, from 0.
        change: usize,
        /// The length that the document would have.
        source: DocumentTooLarge,
    },
}

impl Document {
    /// Makes the changes in order, each on the result of the one before; all of them or, on an error, none.
    ///
    /// A column past the end of its line means the end of the line, as in [`Document::offset`]. The line
    /// after the last, at column 0, means the end of the document: clients send it to cover a last line that
    /// has no terminator. Any other line that doesn't exist, and a range that starts behind its end, is a
    /// [`Desync`].
    pub fn apply(&mut self, changes: &[Change], encoding: PositionEncoding) -> Result<Vec<ByteEdit>, Desync> {
        let mut edited = self.clone();
        let edits = changes
            .iter()
            .enumerate()
            .map(|(index, change)| edited.apply_one(index, change, encoding))
            .collect::<Result<_, _>>()?;
        *self = edited;
        Ok(edits)
    }

    fn apply_one(
        &mut self,
        index: usize,
        change: &Change,
        encoding: PositionEncoding,
    ) -> Result<ByteEdit, Desync> {
        let range = match change.range {
            None => ByteRange::new(0, self.len()),
            Some(range) => self
                .changed_range(range, encoding)
                .ok_or_else(|| Desync::ImpossibleRange {
                    change: index,
                    range,
                    line_count: self.line_count(),
                })?,
        };
        self.replace(range, &change.text)
            .map_err(|source| Desync::TooLarge {
                change: index,
                source,
            })
    }

    fn changed_range(&self, range: PositionRange, encoding: PositionEncoding) -> Option<ByteRange> {
        let after_last_line = Position::new(self.line_count(), 0);
        let exists = |position: Position| position.line < self.line_count() || position == after_last_line;
        let possible = range.start <= range.end && exists(range.start) && exists(range.end);
        possible.then(|| self.byte_range(range, encoding))
    }

    /// Replaces a range that lies in the document with both ends between characters.
    fn replace(&mut self, range: ByteRange, text: &str) -> Result<ByteEdit, DocumentTooLarge> {
        check_length(u64::from(self.len() - range.len()) + text.len() as u64)?;
        let (start, old_end) = (range.start(), range.end());
        let new_end = start + text.len() as u32;
        let (start_point, old_end_point) = (self.point(start), self.point(old_end));

        // Besides the bytes replaced, only a `\r` just before them can gain or lose a `\n` behind it.
        let window_start = start.saturating_sub(1);
        let lone_before = count_lone_carriage_returns(&self.rope, ByteRange::new(window_start, old_end));
        self.splice(range, text);
        let lone_after = count_lone_carriage_returns(&self.rope, ByteRange::new(window_start, new_end));
        self.lone_carriage_returns = self.lone_carriage_returns - lone_before + lone_after;

        let new_end_point = self.point(new_end);
        Ok(ByteEdit {
            start,
            old_end,
            new_end,
            start_point,
            old_end_point,
            new_end_point,
        })
    }

    fn splice(&mut self, range: ByteRange, text: &str) {
        if range == ByteRange::new(0, self.len()) {
            self.rope = Rope::from_str(text);
            return;
        }
        let start = self.rope.byte_to_char(range.start() as usize);
        let end = self.rope.byte_to_char(range.end() as usize);
        self.rope.remove(start..end);
        self.rope.insert(start, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MAX_DOCUMENT_LENGTH;

    /// A document as long as a document may be. Its rope shares one text many times, so it takes little
    /// memory.
    fn longest_document() -> Document {
        let mut rope = Rope::from_str(&"a".repeat(1 << 16));
        for _ in 0..16 {
            rope.append(rope.clone());
        }
        rope.remove(0..1);
        Document {
            rope,
            lone_carriage_returns: 0,
        }
    }

    #[test]
    fn a_document_may_be_as_long_as_an_offset_reaches_and_no_longer() {
        let mut document = longest_document();
        assert_eq!(document.len(), MAX_DOCUMENT_LENGTH);

        let first_byte = PositionRange::new(Position::new(0, 0), Position::new(0, 1));
        let change = |text: &str| Change {
            range: Some(first_byte),
            text: text.to_owned(),
        };
        let source = DocumentTooLarge {
            length: u64::from(MAX_DOCUMENT_LENGTH) + 1,
        };
        let refused = document.apply(&[change("x"), change("yz")], PositionEncoding::Utf16);
        assert_eq!(refused, Err(Desync::TooLarge { change: 1, source }));
        assert_eq!(document.slice(ByteRange::new(0, 2)), "aa");

        document
            .apply(&[change("x")], PositionEncoding::Utf16)
            .expect("the length stays the same");
        assert_eq!(document.slice(ByteRange::new(0, 2)), "xa");
        assert_eq!(
            document
                .position(MAX_DOCUMENT_LENGTH, PositionEncoding::Utf8)
                .column,
            MAX_DOCUMENT_LENGTH
        );
    }

    #[test]
    fn the_length_is_checked_before_a_text_is_copied() {
        assert_eq!(check_length(u64::from(u32::MAX)), Ok(u32::MAX));
        let length = u64::from(u32::MAX) + 1;
        assert_eq!(check_length(length), Err(DocumentTooLarge { length }));
        let expected = "a document of 4294967296 bytes is longer than the limit of 4294967295 bytes";
        assert_eq!(DocumentTooLarge { length }.to_string(), expected);
    }
}
