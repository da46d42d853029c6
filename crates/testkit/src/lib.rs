//! Fixtures, the runner of rule pages, the LSP test client, and what must hold for any bytes.

pub mod directory;
pub mod fixture;
pub mod fuzz;
pub mod lsp;
pub mod page;
pub mod rule_page;
pub mod traps;
