//! What a file and a package say to the outside: small, serialisable, and independent of any syntax tree.
//!
//! [`FileFacts`] are extracted in one pass over a file; [`PackageFacts`] index the files of one package. The same form
//! serves the files of the package at hand, the packages it imports, a cache on disk, and the standard library.

mod lazy_summary;
mod package;
mod summary;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use lazy_summary::{LazySummary, SummarySource};
pub use package::{PackageFacts, Packages};
pub use summary::{
    CallSite, Effect, EffectKind, Ending, Endings, Occurrence, ParameterIndex, Place, ReceiverReads,
    Recovery, RecoveryCall, Step, Summary, Target,
};

use crate::Name;
use crate::body::{SignatureExpression, TypeExpression};

/// What one file declares. A function may come to do something else at every keystroke: the rest is shared then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// The name in the package clause; empty when there is none.
    pub package: Name,
    /// The imports, in source order.
    pub imports: Vec<Import>,
    /// The package-level types.
    pub types: Arc<Vec<TypeFacts>>,
    /// The package-level variables and constants.
    pub values: Arc<Vec<ValueFacts>>,
    /// The functions and methods.
    pub functions: Vec<Arc<FunctionFacts>>,
    /// The functions and methods that `defer` statements in the file call, by their names alone: sorted, each one once.
    /// Asked of the package at hand: archives don't keep it.
    #[serde(skip)]
    pub deferred: Vec<Name>,
    /// True when the file says `// Code generated ... DO NOT EDIT.` as Go's convention has it.
    pub generated: bool,
    /// The build constraint, as the expression of a `//go:build` line; the file's name may say more.
    pub build_constraint: Option<Name>,
}

/// One import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// The name before the path: an alias, `_` or `.`.
    pub name: Option<Name>,
    /// The path.
    pub path: Name,
}

impl Import {
    /// The name that the import has in the file: the one written before the path, or the one that the path suggests. A
    /// package's real name may be another one; whoever knows its facts asks them first.
    pub fn local_name(&self) -> Name {
        match &self.name {
            Some(name) => name.clone(),
            None => suggested_name(&self.path),
        }
    }
}

/// The name that an import path suggests, as goimports guesses it: the last element without a major version, without
/// `go-` before it and without `.go`, `-go` or a version behind it.
fn suggested_name(path: &str) -> Name {
    let is_major_version = |element: &str| {
        element
            .strip_prefix('v')
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mut elements = path.rsplit('/');
    let mut last = elements.next().unwrap_or_default();
    if is_major_version(last) {
        last = elements.next().unwrap_or(last);
    }
    if let Some((name, version)) = last.rsplit_once('.')
        && (is_major_version(version) || version == "go")
    {
        last = name;
    }
    let last = last.strip_suffix("-go").unwrap_or(last);
    Name::new(last.strip_prefix("go-").unwrap_or(last))
}

/// A package-level type declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeFacts {
    /// The name.
    pub name: Name,
    /// True for `type A = B`.
    pub is_alias: bool,
    /// The type parameters and their constraints.
    pub type_parameters: Vec<(Name, TypeExpression)>,
    /// The type.
    pub type_: TypeExpression,
}

/// A package-level variable or constant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueFacts {
    /// The name.
    pub name: Name,
    /// True for a constant.
    pub is_constant: bool,
    /// The written type, or what the initial value says of it: a composite literal's, a conversion's, a `make`'s, a
    /// function literal's, [`TypeExpression::ResultOf`] a call or [`TypeExpression::ValueOf`] a name. A constant without
    /// a type has one of the names `untyped int`, `untyped string` and so on, which no Go type can have. `Missing`
    /// otherwise.
    pub type_: TypeExpression,
}

/// A function or method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionFacts {
    /// The name.
    pub name: Name,
    /// The receiver of a method.
    pub receiver: Option<ReceiverFacts>,
    /// The type parameters and their constraints; a generic receiver's too.
    pub type_parameters: Vec<(Name, TypeExpression)>,
    /// Parameters and results.
    pub signature: SignatureExpression,
    /// What calling or deferring it does; `None` when it has no Go body or its body has a syntax error.
    pub summary: LazySummary,
}

/// The receiver of a method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiverFacts {
    /// The name of the type.
    pub type_name: Name,
    /// True for `*T`.
    pub is_pointer: bool,
}
