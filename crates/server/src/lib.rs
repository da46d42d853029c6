//! The language server.

/// Runs the language server.
pub fn run() -> u8 {
    0
}
