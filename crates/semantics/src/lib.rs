//! What Go code means: lowered bodies, scopes, types, control flow, effects and facts.
//!
//! The invariant of this crate: everything here is a pure function of the text of declarations and of facts. It does no
//! I/O, never fails, and says `Unknown` where it doesn't know.

pub mod body;
pub mod context;
pub mod control_flow;
pub mod deferred_names;
pub mod effects;
pub mod extract;
pub mod facts;
pub mod header;
pub mod lower;
pub mod token_facts;
pub mod types;

/// An identifier, a field name, a label or an import path.
pub type Name = smol_str::SmolStr;
