//! The language server.

pub mod transport;

/// Runs the language server.
pub fn run() -> u8 {
    0
}
