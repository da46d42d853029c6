//! Fixtures, the runner of rule pages, and the LSP test client.

pub mod fixture;
pub mod lsp;
pub mod page;
pub mod rule_page;
pub mod traps;
