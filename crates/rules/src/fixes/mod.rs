//! The rewrites that rules offer, each in one file. They decide by the Go specification what keeps behaviour, and
//! answer `None` rather than offer a rewrite that may not compile or may do something else than its title says.

mod defer_again;
mod defer_unless_nil;
mod deferred_literal;
mod delete_statement;
mod error_result;
mod extract_local;
mod hoist_recover;
mod imports;
mod insert;
mod layout;
mod make_map;
mod move_below;
mod move_defer_out;
mod move_to_cleanup;
mod name_map_result;
mod name_results;
mod names;
mod second_error;
mod wrap_in_closure;

pub(crate) use defer_again::defer_again;
pub(crate) use defer_unless_nil::defer_unless_nil;
pub(crate) use deferred_literal::{deferred_literal, outermost, recover_unit};
pub(crate) use delete_statement::{statement_lines, statement_without_comment};
pub(crate) use error_result::{ErrorResult, error_result};
pub(crate) use extract_local::extract_local;
pub(crate) use hoist_recover::{hoist_recover, statement_in};
pub(crate) use imports::use_package;
pub(crate) use insert::{append_to_block, insert_before};
pub(crate) use layout::{
    INDENT, indentation, indented, is_first_on_line, is_on_one_line, line_end, newline, whole_lines,
};
pub(crate) use make_map::{Make, make_map};
pub(crate) use move_below::move_below;
pub(crate) use move_defer_out::move_defer_out;
pub(crate) use move_to_cleanup::move_to_cleanup;
pub(crate) use name_map_result::name_map_result;
pub(crate) use name_results::NamedResults;
pub(crate) use names::FreshNames;
pub(crate) use second_error::SecondError;
pub(crate) use wrap_in_closure::{is_fixed, wrap_in_closure};
