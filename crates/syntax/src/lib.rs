//! Parses Go with tree-sitter, incrementally and within a time budget.
//!
//! This is the only crate that knows tree-sitter. It hands out thin wrappers over its trees: [`Node`] and [`Cursor`]
//! speak in [`Kind`]s and [`Field`]s, which are resolved once, and in byte ranges. Nothing here recurses: a Go file
//! may nest as deep as its author likes.

mod cursor;
mod declarations;
mod errors;
mod field;
mod kind;
mod lexer;
mod node;
mod outline;
mod parser;
mod source;
mod tree;

pub use cursor::Cursor;
pub use declarations::{Declarations, declarations, declarations_after};
pub use errors::{errors, first_error_in};
pub use field::Field;
pub use kind::Kind;
pub use lexer::{Lexer, Token, TokenKind};
pub use node::{Children, ChildrenByField, NamedChildren, Node};
pub use outline::{Outline, OutlinedDeclaration};
pub use parser::{OutOfBudget, Parser};
pub use source::Source;
pub use tree::Tree;

/// The grammar of Go, as tree-sitter's runtime takes it.
fn language() -> tree_sitter::Language {
    tree_sitter_go::LANGUAGE.into()
}
