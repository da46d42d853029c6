//! Documents over a rope, byte ranges, LSP positions and text edits.
//!
//! Offsets are bytes counted in `u32`: a [`Document`] never grows past [`MAX_DOCUMENT_LENGTH`], so an offset
//! that comes from one always fits. Nothing in this crate panics on a position, range or edit that doesn't
//! fit a text: reading clamps, writing is refused with a typed error.

mod byte_range;
mod change;
mod document;
mod position;
mod text_edit;

pub use byte_range::ByteRange;
pub use change::{ByteEdit, Change, Desync};
pub use document::{Document, DocumentTooLarge, MAX_DOCUMENT_LENGTH};
pub use position::{Point, Position, PositionEncoding, PositionRange};
pub use text_edit::{EditOutOfBounds, Indel, OverlappingEdits, TextEdit, TextEditBuilder};
