//! Documents over a rope, byte ranges, LSP positions and text edits.
