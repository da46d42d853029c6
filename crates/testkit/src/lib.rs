//! Fixtures and the LSP test client.

pub mod page;
