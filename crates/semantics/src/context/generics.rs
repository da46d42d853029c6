//! Calls and instances of declared functions, generic ones included: type arguments are written, or inferred from the
//! arguments and from constraints (Go specification, "Type inference"). What isn't inferred stays unknown.

use std::sync::Arc;

use super::calls::results;
use super::resolve::environment;
use super::{Context, Place};
use crate::Name;
use crate::body::{ExpressionId, ExpressionKind, TypeExpression};
use crate::facts::{FunctionFacts, PackageFacts};
use crate::types::{Type, TypePlace};

/// The arguments of a call.
#[derive(Clone, Copy)]
pub(super) struct Arguments<'b> {
    /// The arguments, in order.
    pub(super) expressions: &'b [ExpressionId],
    /// True when `...` follows the last one.
    pub(super) spread: bool,
}

/// What the type parameters of a generic function stand for, as far as it is known.
struct Inference<'b> {
    /// The package that declares the function: its unqualified names belong to it.
    package: &'b str,
    environment: Vec<(Name, Type)>,
    /// How many types around each other are being compared.
    depth: u32,
}

/// How deeply types are compared: declared types may contain themselves.
const MAX_DEPTH: u32 = 24;

impl Context<'_> {
    /// The results of a call of a declared function or method. `known` are the leading type arguments: those of a
    /// method's receiver, and those written in the call.
    pub(super) fn type_of_declared_call(
        &self,
        package: &str,
        declared: &FunctionFacts,
        known: &[Type],
        arguments: Arguments<'_>,
    ) -> Type {
        let mut inference = Inference {
            package,
            environment: environment(&declared.type_parameters, known),
            depth: 0,
        };
        if inference.is_open() {
            self.infer_from_arguments(declared, arguments, &mut inference);
            self.infer_from_constraints(declared, &mut inference);
        }
        let place = Place::Package(package, &inference.environment);
        let types = declared.signature.results.iter();
        results(types.map(|result| self.resolve_in(result, place)).collect())
    }

    /// The type of a declared function as a value, with these leading type arguments.
    pub(super) fn type_of_declared(&self, package: &str, declared: &FunctionFacts, known: &[Type]) -> Type {
        let mut inference = Inference {
            package,
            environment: environment(&declared.type_parameters, known),
            depth: 0,
        };
        self.infer_from_constraints(declared, &mut inference);
        let place = Place::Package(package, &inference.environment);
        Type::Function(Arc::new(self.signature_in(&declared.signature, place)))
    }

    /// The type arguments written in `f[int, string]`.
    pub(super) fn written_arguments(&self, function: ExpressionId) -> Vec<Type> {
        match &self.body[self.body.unparenthesized(function)].kind {
            ExpressionKind::Index { indices, .. } => {
                indices.iter().map(|index| self.type_of(*index)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Lays the parameters' types beside the arguments'. Untyped constants count last, and where several of them meet,
    /// the widest kind decides.
    fn infer_from_arguments(
        &self,
        declared: &FunctionFacts,
        arguments: Arguments<'_>,
        inference: &mut Inference<'_>,
    ) {
        let signature = &declared.signature;
        let last = signature.parameters.len().saturating_sub(1);
        let mut untyped: Vec<(&Name, Type)> = Vec::new();
        for (index, type_) in self.argument_types(arguments).into_iter().enumerate() {
            let is_rest = signature.variadic && index >= last;
            let Some(parameter) = signature.parameters.get(if is_rest { last } else { index }) else {
                break;
            };
            if !type_.is_untyped() {
                let type_ = match type_ {
                    Type::Slice(element) if is_rest && arguments.spread => (*element).clone(),
                    _ if is_rest && arguments.spread => self.element_of_slice(&type_),
                    type_ => type_,
                };
                self.unify(parameter, &type_, inference);
            } else if let (Type::Basic(kind), TypeExpression::Name { name, .. }) = (&type_, parameter) {
                let before = untyped.iter_mut().find(|(other, _)| *other == name);
                match before {
                    Some((_, Type::Basic(widest))) => *widest = widest.wider(*kind),
                    _ => untyped.push((name, type_)),
                }
            }
        }
        for (name, type_) in untyped {
            inference.bind(name, &type_.default_type());
        }
    }

    /// The types of the values that are passed: those of a single call with several results are passed one by one.
    fn argument_types(&self, arguments: Arguments<'_>) -> Vec<Type> {
        let mut types: Vec<_> = arguments
            .expressions
            .iter()
            .map(|argument| self.type_of(*argument))
            .collect();
        if let [Type::Tuple(values)] = &*types {
            types = values.to_vec();
        }
        types
    }

    fn element_of_slice(&self, type_: &Type) -> Type {
        match self.underlying(type_) {
            Type::Slice(element) => (*element).clone(),
            _ => Type::Unknown,
        }
    }

    /// Lays what is known of a type parameter beside its constraint, as in `M ~map[K]V`; an unknown one is what a
    /// constraint without `~` says, as in `P interface{ *T }`.
    fn infer_from_constraints(&self, declared: &FunctionFacts, inference: &mut Inference<'_>) {
        for (name, constraint) in &declared.type_parameters {
            let Some(core) = core_of(constraint) else {
                continue;
            };
            match (inference.lookup(name), core) {
                (Some(Type::Unknown) | None, TypeExpression::Underlying(_)) => {}
                (Some(Type::Unknown) | None, exact) => {
                    let place = Place::Package(inference.package, &inference.environment);
                    let type_ = self.resolve_in(exact, place);
                    inference.bind(name, &type_);
                }
                (Some(known), TypeExpression::Underlying(core)) => {
                    self.unify(core, &self.underlying(&known), inference);
                }
                (Some(known), exact) => self.unify(exact, &known, inference),
            }
        }
    }

    fn unify(&self, pattern: &TypeExpression, type_: &Type, inference: &mut Inference<'_>) {
        if *type_ == Type::Unknown || inference.depth == MAX_DEPTH {
            return;
        }
        inference.depth += 1;
        match pattern {
            TypeExpression::Name { name, arguments, .. } if arguments.is_empty() => {
                inference.bind(name, type_);
            }
            TypeExpression::Name { name, arguments, .. } => {
                let path = Name::new(inference.package);
                self.unify_instance(&path, name, arguments, type_, inference);
            }
            TypeExpression::Qualified {
                package: path,
                name,
                arguments,
            } => {
                self.unify_instance(path, name, arguments, type_, inference);
            }
            TypeExpression::Underlying(inner) => self.unify(inner, &self.underlying(type_), inference),
            _ => self.unify_parts(pattern, &self.underlying(type_), inference),
        }
        inference.depth -= 1;
    }

    /// A generic type beside an instance of it, or beside a type that its right-hand side describes, as `iter.Seq[V]`
    /// beside a `func(yield func(int) bool)`.
    fn unify_instance(
        &self,
        path: &str,
        name: &str,
        patterns: &[TypeExpression],
        type_: &Type,
        inference: &mut Inference<'_>,
    ) {
        if let Type::Named(named) = type_
            && named.name == name
            && matches!(&named.place, TypePlace::Package(found) if found == path)
        {
            for (pattern, argument) in patterns.iter().zip(&named.arguments) {
                self.unify(pattern, argument, inference);
            }
            return;
        }
        let Some(facts) = self.package_facts(path) else {
            return;
        };
        let Some(declared) = facts.type_(name).filter(|_| !facts.is_ambiguous(name)) else {
            return;
        };
        let right_side = instantiated(&facts, &declared.type_, &declared.type_parameters, patterns);
        if !matches!(
            right_side,
            TypeExpression::Name { .. } | TypeExpression::Qualified { .. }
        ) {
            self.unify_parts(&right_side, &self.underlying(type_), inference);
        }
    }

    fn unify_parts(&self, pattern: &TypeExpression, type_: &Type, inference: &mut Inference<'_>) {
        match (pattern, type_) {
            (TypeExpression::Pointer(pattern), Type::Pointer(element))
            | (TypeExpression::Slice(pattern), Type::Slice(element))
            | (TypeExpression::Array(pattern), Type::Array(element))
            | (TypeExpression::Channel(_, pattern), Type::Channel(_, element)) => {
                self.unify(pattern, element, inference);
            }
            (TypeExpression::Map(pattern), Type::Map(pair)) => {
                self.unify(&pattern.0, &pair.0, inference);
                self.unify(&pattern.1, &pair.1, inference);
            }
            (TypeExpression::Function(pattern), Type::Function(signature)) => {
                let parameters = pattern.parameters.iter().zip(&signature.parameters);
                for (pattern, type_) in parameters.chain(pattern.results.iter().zip(&signature.results)) {
                    self.unify(pattern, type_, inference);
                }
            }
            _ => {}
        }
    }
}

impl Inference<'_> {
    /// True when a type parameter isn't known.
    fn is_open(&self) -> bool {
        self.environment.iter().any(|(_, type_)| *type_ == Type::Unknown)
    }

    fn lookup(&self, name: &str) -> Option<Type> {
        let found = self.environment.iter().find(|(parameter, _)| parameter == name);
        found.map(|(_, type_)| type_.clone())
    }

    /// Says what a type parameter stands for, unless that is known already or the name is no type parameter.
    fn bind(&mut self, name: &str, type_: &Type) {
        let mut open = self.environment.iter_mut();
        if let Some((_, unknown)) =
            open.find(|(parameter, known)| parameter == name && *known == Type::Unknown)
        {
            *unknown = type_.clone();
        }
    }
}

/// The right-hand side of a generic type's declaration, seen from another package: its type parameters replaced by
/// patterns, its own package's names qualified.
fn instantiated(
    facts: &PackageFacts,
    type_: &TypeExpression,
    parameters: &[(Name, TypeExpression)],
    patterns: &[TypeExpression],
) -> TypeExpression {
    type_.rebuilt(&|part| {
        let TypeExpression::Name { name, arguments, .. } = &part else {
            return part;
        };
        if let Some(index) = parameters.iter().position(|(parameter, _)| parameter == name) {
            return patterns.get(index).cloned().unwrap_or_default();
        }
        if facts.declares(name) {
            return TypeExpression::Qualified {
                package: facts.path.clone(),
                name: name.clone(),
                arguments: arguments.clone(),
            };
        }
        part
    })
}

/// The one term of a constraint that is written in it and is no name: `~map[K]V`, or `*T` without a tilde.
fn core_of(constraint: &TypeExpression) -> Option<&TypeExpression> {
    match constraint {
        TypeExpression::Interface { embedded, .. } => match &**embedded {
            [union] => match &**union {
                [single] => core_of(single),
                _ => None,
            },
            _ => None,
        },
        TypeExpression::Name { .. } | TypeExpression::Qualified { .. } | TypeExpression::Missing => None,
        other => Some(other),
    }
}
