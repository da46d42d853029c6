//! Turns a recovered panic into the error that the caller gets.

use deferlint_semantics::Name;
use deferlint_semantics::body::FunctionId;
use deferlint_semantics::context::Context;
use deferlint_text::{TextEdit, TextEditBuilder};

use super::{FreshNames, NamedResults, use_package};
use crate::ImportRequest;

/// The error result of a function, named if it wasn't, and the edit that makes it so.
pub(crate) struct ErrorResult<'a> {
    name: Name,
    fmt: Name,
    /// The import that the assignment needs, unless the file has it.
    pub(crate) import: Option<ImportRequest>,
    edit: Edit<'a>,
}

enum Edit<'a> {
    Named(TextEditBuilder),
    Unnamed(NamedResults<'a>),
}

impl<'a> ErrorResult<'a> {
    /// `None` when the function has no error result, or when deferred code couldn't reach it by its name.
    pub(crate) fn new(context: &Context<'a>, function: FunctionId) -> Option<Self> {
        let body = context.body;
        let index = error_result(context, function)?;
        let (fmt, import) = use_package(context, "fmt")?;
        let (name, edit) = match body[function].results[index].binding {
            Some(binding) => {
                let name = body[binding].name.clone();
                let is_hidden = body.bindings.iter().filter(|other| other.name == name).count() > 1;
                if is_hidden {
                    return None;
                }
                (name, Edit::Named(TextEdit::builder()))
            }
            None => {
                let name = FreshNames::new(body).fresh("err");
                let named = NamedResults::new(context, function, index, &name)?;
                (name, Edit::Unnamed(named))
            }
        };
        Some(Self {
            name,
            fmt,
            import,
            edit,
        })
    }

    /// The statement that sets the result from the recovered value.
    pub(crate) fn assignment(&self, value: &str) -> String {
        format!("{} = {}.Errorf(\"panic: %v\", {value})", self.name, self.fmt)
    }

    /// The builder of the edit, for what else the fix rewrites.
    pub(crate) fn builder(&mut self) -> &mut TextEditBuilder {
        match &mut self.edit {
            Edit::Named(builder) => builder,
            Edit::Unnamed(named) => named.builder(),
        }
    }

    /// The whole edit.
    pub(crate) fn finish(self) -> Option<TextEdit> {
        match self.edit {
            Edit::Named(builder) => builder.finish().ok(),
            Edit::Unnamed(named) => named.finish(),
        }
    }
}

/// The index of the last result that certainly is an error.
pub(crate) fn error_result(context: &Context<'_>, function: FunctionId) -> Option<usize> {
    let types = context.result_types(function);
    types.iter().rposition(|type_| context.is_error(type_).is_yes())
}
