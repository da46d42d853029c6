//! Everything that rules ask about one body: types, what a name means, who is called.
//!
//! A [`Context`] joins a body with the facts of its file, its package and other packages. Its answers are computed when
//! they are asked for and kept. It belongs to one thread.

mod asked;
mod calls;
mod effects;
mod expressions;
mod generics;
mod go_version;
mod guarded;
mod holding;
mod interfaces;
mod links;
mod members;
mod names;
mod printing;
mod questions;
mod resolve;
mod resources;
#[cfg(test)]
mod tests;
mod touches;
mod unsafe_package;

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::Arc;

use rustc_hash::FxHashMap;

pub use crate::control_flow::DeferredCall;
pub use calls::{Builtin, Callee};
pub use go_version::{GoVersion, InvalidGoVersion};
pub use members::Method;
pub use resources::{Action, DeferredRelease, Operation, Resource, ResourceKind};

use crate::Name;
use crate::body::{BindingId, Body, ExpressionId, FunctionId};
use crate::control_flow::ControlFlow;
use crate::effects::{Frames, RecoverCall};
use crate::facts::{FileFacts, PackageFacts, Packages};
use crate::types::{NamedType, Type};

/// How deeply questions may lead to other questions before one is given up: through operands, initial values, aliases
/// and the parts of types.
const MAX_DEPTH: u32 = 200;

/// One body with all that is needed to ask about it.
pub struct Context<'a> {
    /// The body.
    pub body: &'a Body,
    /// The facts of its file.
    pub file: &'a FileFacts,
    /// The facts of its package.
    pub package: &'a PackageFacts,
    /// The facts of other packages.
    pub packages: &'a dyn Packages,
    /// The version of Go that its module asks for.
    pub go_version: GoVersion,
    types: RefCell<Vec<Answer>>,
    binding_types: RefCell<Vec<Answer>>,
    type_declarations: RefCell<FxHashMap<Arc<NamedType>, Type>>,
    known_packages: RefCell<FxHashMap<Name, Option<Arc<PackageFacts>>>>,
    /// The names that the imports of the file have in it.
    import_names: OnceCell<Vec<Name>>,
    /// The aliases, package-level values and type parameters that are being resolved: one that leads to itself is
    /// invalid Go, or code in the middle of an edit.
    resolving: RefCell<Vec<(Name, Name)>>,
    flows: Vec<OnceCell<ControlFlow>>,
    frames: OnceCell<Frames>,
    recover_calls: OnceCell<Vec<RecoverCall>>,
    links: links::Links,
    asked: asked::AskedNames,
    depth: Cell<u32>,
}

impl<'a> Context<'a> {
    /// A context in which nothing has been asked yet.
    pub fn new(
        body: &'a Body,
        file: &'a FileFacts,
        package: &'a PackageFacts,
        packages: &'a dyn Packages,
        go_version: GoVersion,
    ) -> Self {
        Self {
            body,
            file,
            package,
            packages,
            go_version,
            types: RefCell::new(vec![Answer::NotAsked; body.expressions.len()]),
            binding_types: RefCell::new(vec![Answer::NotAsked; body.bindings.len()]),
            type_declarations: RefCell::default(),
            known_packages: RefCell::default(),
            import_names: OnceCell::new(),
            resolving: RefCell::default(),
            flows: body.functions.iter().map(|_| OnceCell::new()).collect(),
            frames: OnceCell::new(),
            recover_calls: OnceCell::new(),
            links: links::Links::default(),
            asked: asked::AskedNames::default(),
            depth: Cell::new(0),
        }
    }

    /// The type of an expression's value: a [`Type::Tuple`] for a call that doesn't have exactly one result, and the
    /// type itself for an expression that is a type.
    pub fn type_of(&self, expression: ExpressionId) -> Type {
        if let Some(known) = self.types.borrow()[expression.0 as usize].known() {
            return known;
        }
        // Real code chains hundreds of operators and calls: their operands are answered first, innermost first, so that
        // a row doesn't nest.
        let mut row = Vec::new();
        let mut operand = expression;
        while let Some(inner) = self.body.first_operand(operand) {
            if self.types.borrow()[inner.0 as usize].known().is_some() {
                break;
            }
            row.push(inner);
            operand = inner;
        }
        for inner in row.into_iter().rev() {
            answer(&self.types, inner.0, || self.bounded(|| self.infer(inner)));
        }
        answer(&self.types, expression.0, || {
            self.bounded(|| self.infer(expression))
        })
    }

    /// The type of a local name: of the variable, or for a type's name the type.
    pub fn type_of_binding(&self, binding: BindingId) -> Type {
        if let Some(known) = self.binding_types.borrow()[binding.0 as usize].known() {
            return known;
        }
        answer(&self.binding_types, binding.0, || {
            self.bounded(|| self.infer_binding(binding))
        })
    }

    /// The types of a function's results.
    pub fn result_types(&self, function: FunctionId) -> Vec<Type> {
        self.body[function]
            .results
            .iter()
            .map(|result| self.resolve(&result.type_))
            .collect()
    }

    /// The facts of a package by its import path; the package at hand included.
    fn package_facts(&self, path: &str) -> Option<PackageHandle<'a>> {
        if path == self.package.path {
            return Some(PackageHandle::Own(self.package));
        }
        let known = self.known_packages.borrow().get(path).cloned();
        let facts = known.unwrap_or_else(|| {
            let facts = self.packages.package(path);
            let mut packages = self.known_packages.borrow_mut();
            packages.entry(Name::new(path)).or_insert(facts).clone()
        });
        facts.map(PackageHandle::Other)
    }

    /// Answers one question, unless it lies too deep below the one that was asked first.
    fn bounded(&self, question: impl FnOnce() -> Type) -> Type {
        let depth = self.depth.get();
        if depth == MAX_DEPTH {
            return Type::Unknown;
        }
        self.depth.set(depth + 1);
        let type_ = question();
        self.depth.set(depth);
        type_
    }

    /// Resolves a package-level name, unless that is being done already.
    fn resolving(&self, path: &str, name: &Name, resolve: impl FnOnce() -> Type) -> Type {
        let key = (Name::new(path), name.clone());
        if self.resolving.borrow().contains(&key) {
            return Type::Unknown;
        }
        self.resolving.borrow_mut().push(key);
        let type_ = resolve();
        self.resolving.borrow_mut().pop();
        type_
    }
}

/// What is known of the type of an expression or a local name. Every question is answered once, also with
/// [`Type::Unknown`]: what has to be asked again and again costs exponential time in code that nothing is known about.
#[derive(Clone, Debug)]
enum Answer {
    NotAsked,
    /// Asked for while it is being found: the name is declared by itself, which is invalid Go.
    InProgress,
    Known(Type),
}

impl Answer {
    fn known(&self) -> Option<Type> {
        match self {
            Self::NotAsked => None,
            Self::InProgress => Some(Type::Unknown),
            Self::Known(type_) => Some(type_.clone()),
        }
    }
}

fn answer(answers: &RefCell<Vec<Answer>>, index: u32, find: impl FnOnce() -> Type) -> Type {
    answers.borrow_mut()[index as usize] = Answer::InProgress;
    let type_ = find();
    answers.borrow_mut()[index as usize] = Answer::Known(type_.clone());
    type_
}

/// The facts of a package, borrowed or shared.
enum PackageHandle<'a> {
    Own(&'a PackageFacts),
    Other(Arc<PackageFacts>),
}

impl std::ops::Deref for PackageHandle<'_> {
    type Target = PackageFacts;

    fn deref(&self) -> &PackageFacts {
        match self {
            Self::Own(facts) => facts,
            Self::Other(facts) => facts,
        }
    }
}

/// The import path of the package a type expression is written in: it decides what its unqualified names mean.
#[derive(Clone, Copy)]
enum Place<'b> {
    /// In the body at hand.
    Body,
    /// At package level of the package with this path; the names stand for type arguments.
    Package(&'b str, &'b [(Name, Type)]),
}
