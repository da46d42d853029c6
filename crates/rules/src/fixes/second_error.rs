//! Keeps the error of a finishing call without losing the one that is there.

use deferlint_semantics::context::{Context, GoVersion};

use super::imports::use_package;
use super::layout::{INDENT, newline};
use super::names::FreshNames;
use crate::ImportRequest;

/// An `if` statement that adds the error of a call to the variable `name`: joined to the one that is there, or below Go
/// 1.20, which has no `errors.Join`, taken when there is none. Its lines after the first one have the indentation.
pub(crate) struct SecondError {
    /// The statement.
    pub(crate) text: String,
    /// True when the two errors are joined.
    pub(crate) joins: bool,
    /// The import that it needs, unless the file has it.
    pub(crate) import: Option<ImportRequest>,
}

impl SecondError {
    /// `None` when package errors can't be named here.
    pub(crate) fn new(context: &Context<'_>, name: &str, call: &str, indentation: &str) -> Option<Self> {
        let body = context.body;
        let second = FreshNames::new(body).fresh(&format!("c{name}"));
        let newline = newline(body);
        let statement = |header: String, assigned: String| {
            format!("if {header} {{{newline}{indentation}{INDENT}{name} = {assigned}{newline}{indentation}}}")
        };
        if context.go_version < GoVersion::new(1, 20) {
            return Some(Self {
                text: statement(format!("{second} := {call}; {name} == nil"), second.to_string()),
                joins: false,
                import: None,
            });
        }
        let (errors, import) = use_package(context, "errors")?;
        Some(Self {
            text: statement(
                format!("{second} := {call}; {second} != nil"),
                format!("{errors}.Join({name}, {second})"),
            ),
            joins: true,
            import,
        })
    }
}
