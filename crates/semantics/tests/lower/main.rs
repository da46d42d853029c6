//! How declarations are lowered, and what is extracted from them.

mod branches_and_loops;
mod declarations;
mod dump;
mod dump_types;
mod expressions;
mod facts;
mod functions;
mod header;
mod limits;
mod scopes;
mod statements;
mod support;
mod types;
