//! Everything that rules ask about one body: types, what a name means, who is called.
//!
//! A [`Context`] joins a body with the facts of its file, its package and other packages. Its answers are computed when
//! they are asked for and kept. It belongs to one thread.

mod calls;
mod effects;
mod expressions;
mod generics;
mod go_version;
mod links;
mod members;
mod names;
mod resolve;

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::Arc;

pub use calls::{Builtin, Callee};
pub use effects::DeferredCall;
pub use go_version::{GoVersion, InvalidGoVersion};
pub use members::Method;

use crate::Name;
use crate::body::{BindingId, Body, ExpressionId, FunctionId};
use crate::control_flow::ControlFlow;
use crate::effects::{Frames, RecoverCall};
use crate::facts::{FileFacts, PackageFacts, Packages};
use crate::types::Type;

/// How far a question may lead before it is given up: through initial values, aliases, embedded fields and calls.
const MAX_STEPS: u32 = 48;

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
    types: RefCell<Vec<Option<Type>>>,
    binding_types: RefCell<Vec<Option<Type>>>,
    flows: Vec<OnceCell<ControlFlow>>,
    frames: OnceCell<Frames>,
    recover_calls: OnceCell<Vec<RecoverCall>>,
    links: links::Links,
    steps: Cell<u32>,
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
            types: RefCell::new(vec![None; body.expressions.len()]),
            binding_types: RefCell::new(vec![None; body.bindings.len()]),
            flows: body.functions.iter().map(|_| OnceCell::new()).collect(),
            frames: OnceCell::new(),
            recover_calls: OnceCell::new(),
            links: links::Links::default(),
            steps: Cell::new(0),
        }
    }

    /// The type of an expression's value: a [`Type::Tuple`] for a call that doesn't have exactly one result, and the
    /// type itself for an expression that is a type.
    pub fn type_of(&self, expression: ExpressionId) -> Type {
        if let Some(known) = &self.types.borrow()[expression.0 as usize] {
            return known.clone();
        }
        let type_ = self.bounded(|| self.infer(expression));
        // What was cut short by the bound may be known when asked from elsewhere.
        if self.steps.get() == 0 || type_ != Type::Unknown {
            self.types.borrow_mut()[expression.0 as usize] = Some(type_.clone());
        }
        type_
    }

    /// The type of a local name: of the variable, or for a type's name the type.
    pub fn type_of_binding(&self, binding: BindingId) -> Type {
        if let Some(known) = &self.binding_types.borrow()[binding.0 as usize] {
            return known.clone();
        }
        let type_ = self.bounded(|| self.infer_binding(binding));
        if self.steps.get() == 0 || type_ != Type::Unknown {
            self.binding_types.borrow_mut()[binding.0 as usize] = Some(type_.clone());
        }
        type_
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
        self.packages.package(path).map(PackageHandle::Other)
    }

    /// Runs one step of an inference, unless there were too many of them already.
    fn bounded(&self, step: impl FnOnce() -> Type) -> Type {
        let steps = self.steps.get();
        if steps == MAX_STEPS {
            return Type::Unknown;
        }
        self.steps.set(steps + 1);
        let type_ = step();
        self.steps.set(steps);
        type_
    }
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
