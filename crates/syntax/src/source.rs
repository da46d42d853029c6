//! Text as the parser reads it: in chunks.

use deferlint_text::Document;

/// A text in UTF-8 that the parser reads chunk by chunk, so that a rope need not be flattened for it.
pub trait Source {
    /// The bytes from offset `byte` to the end of the chunk that holds it. The slice is empty at the end of the text
    /// and past it, and nowhere else.
    fn chunk_at(&self, byte: u32) -> &[u8];
}

impl Source for [u8] {
    fn chunk_at(&self, byte: u32) -> &[u8] {
        self.get(byte as usize..).unwrap_or_default()
    }
}

impl Source for str {
    fn chunk_at(&self, byte: u32) -> &[u8] {
        self.as_bytes().chunk_at(byte)
    }
}

impl Source for Document {
    fn chunk_at(&self, byte: u32) -> &[u8] {
        let (chunk, start) = self.chunk_at(byte);
        &chunk.as_bytes()[(byte - start) as usize..]
    }
}
