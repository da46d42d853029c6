//! Places in a text, as clients and parsers count them.

use std::fmt;

/// The code units in which a client counts columns (LSP 3.17, `PositionEncodingKind`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PositionEncoding {
    /// Columns are bytes.
    Utf8,
    /// Columns are UTF-16 code units: what every client understands and the default of the protocol.
    #[default]
    Utf16,
    /// Columns are Unicode scalar values.
    Utf32,
}

impl PositionEncoding {
    /// The number of code units that a text takes in this encoding.
    pub fn length_of(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
            Self::Utf32 => text.chars().count(),
        }
    }
}

/// A place between two characters (LSP 3.17, `Position`).
///
/// Positions are ordered as they stand in the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 0. Lines end with `\n`, `\r\n` or `\r`.
    pub line: u32,
    /// The column, from 0, in code units of a [`PositionEncoding`].
    pub column: u32,
}

impl Position {
    /// The position at a line and column, both from 0.
    pub const fn new(line: u32, column: u32) -> Self {
        Self { line, column }
    }
}

/// Written as `line:column`, both from 0, as the protocol counts them.
impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

/// The text between two positions, as a client sent it (LSP 3.17, `Range`).
///
/// A client may send anything, so the start may lie behind the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PositionRange {
    /// Where the range starts.
    pub start: Position,
    /// Where the range ends; the character after this position is not in the range.
    pub end: Position,
}

impl PositionRange {
    /// The range between two positions, kept in the order given.
    pub const fn new(start: Position, end: Position) -> Self {
        Self { start, end }
    }
}

/// Written as `line:column-line:column`, all from 0.
impl fmt::Display for PositionRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.start, self.end)
    }
}

/// A place as the parser counts it (tree-sitter, `TSPoint`): only `\n` ends a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    /// The number of `\n` before the place.
    pub row: u32,
    /// The number of bytes since the last `\n`, or since the start of the text.
    pub column: u32,
}
