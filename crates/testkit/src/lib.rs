//! Fixtures and the LSP test client.
