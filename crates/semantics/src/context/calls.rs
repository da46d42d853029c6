//! Who is called, and what a call yields.

use std::sync::Arc;

use super::members::Selection;
use super::{Context, Method};
use crate::Name;
use crate::body::{
    BindingId, BindingKind, ExpressionId, ExpressionKind, FunctionId, Origin, Resolution, UnaryOperator,
};
use crate::types::{Basic, Type};

/// What the function of a call is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callee {
    /// A predeclared function.
    Builtin(Builtin),
    /// A type: the call is a conversion to it.
    Conversion(Type),
    /// A function literal, called where it is written.
    Literal(FunctionId),
    /// The value of a local variable, a parameter or a result.
    Variable(BindingId),
    /// A package-level function.
    Function {
        /// The import path of its package.
        package: Name,
        /// Its name.
        name: Name,
    },
    /// A declared method.
    Method(Method),
    /// A method of an interface, by its name.
    InterfaceMethod(Name),
    /// Another value, or nothing that is known.
    Unknown,
}

macro_rules! builtins {
    ($($variant:ident $name:literal),* $(,)?) => {
        /// The predeclared functions.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Builtin {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Builtin {
            /// The predeclared function of that name.
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

builtins! {
    Append "append", Cap "cap", Clear "clear", Close "close", Complex "complex", Copy "copy", Delete "delete",
    Imag "imag", Len "len", Make "make", Max "max", Min "min", New "new", Panic "panic", Print "print",
    Println "println", Real "real", Recover "recover",
}

impl Context<'_> {
    /// What is called; [`Callee::Unknown`] for an expression that is no call.
    pub fn callee(&self, call: ExpressionId) -> Callee {
        match self.body.call_of(call) {
            Some((function, _)) => self.callee_of(function),
            None => Callee::Unknown,
        }
    }

    /// The predeclared function that a call calls.
    pub fn builtin_call(&self, call: ExpressionId) -> Option<Builtin> {
        match self.callee(call) {
            Callee::Builtin(builtin) => Some(builtin),
            _ => None,
        }
    }

    /// What a value in the place of a function is, called or not.
    pub fn callee_of(&self, function: ExpressionId) -> Callee {
        let body = self.body;
        match &body[function].kind {
            ExpressionKind::Parenthesized(inner) => self.callee_of(*inner),
            ExpressionKind::FunctionLiteral(literal) => Callee::Literal(*literal),
            ExpressionKind::Name {
                resolution: Resolution::Local(binding),
                ..
            } => match body[*binding].kind {
                BindingKind::Type | BindingKind::TypeParameter => {
                    Callee::Conversion(self.type_of_binding(*binding))
                }
                _ => Callee::Variable(*binding),
            },
            ExpressionKind::Name {
                name,
                resolution: Resolution::Outer,
            } => self.outer_callee(function, name),
            ExpressionKind::Selector { operand, field, .. } => {
                self.selected_callee(function, *operand, field)
            }
            ExpressionKind::Index { operand, .. } => match self.callee_of(*operand) {
                callee @ (Callee::Function { .. } | Callee::Method(_)) => callee,
                Callee::Conversion(_) => Callee::Conversion(self.type_of(function)),
                _ => Callee::Unknown,
            },
            ExpressionKind::Type(_) => Callee::Conversion(self.type_of(function)),
            ExpressionKind::Unary {
                operator: UnaryOperator::Dereference,
                ..
            } if self.is_type(function) => Callee::Conversion(self.type_of(function)),
            _ => Callee::Unknown,
        }
    }

    fn outer_callee(&self, function: ExpressionId, name: &Name) -> Callee {
        if self.package.function(name).is_some() {
            return Callee::Function {
                package: self.package.path.clone(),
                name: name.clone(),
            };
        }
        if self.is_type(function) {
            return Callee::Conversion(self.type_of(function));
        }
        if self.means_predeclared(name) {
            return Builtin::named(name).map_or(Callee::Unknown, Callee::Builtin);
        }
        let dots = self
            .file
            .imports
            .iter()
            .filter(|import| import.name.as_deref() == Some("."));
        let declares = |path: &str| {
            self.package_facts(path)
                .is_some_and(|facts| facts.function(name).is_some())
        };
        match dots.into_iter().find(|import| declares(&import.path)) {
            Some(import) if !self.package.declares(name) => Callee::Function {
                package: import.path.clone(),
                name: name.clone(),
            },
            _ => Callee::Unknown,
        }
    }

    fn selected_callee(&self, function: ExpressionId, operand: ExpressionId, field: &Name) -> Callee {
        if let Some(path) = self.imported_package(operand) {
            let Some(facts) = self.package_facts(&path) else {
                return Callee::Unknown;
            };
            if facts.function(field).is_some() {
                return Callee::Function {
                    package: path,
                    name: field.clone(),
                };
            }
            return if self.is_type(function) {
                Callee::Conversion(self.type_of(function))
            } else {
                Callee::Unknown
            };
        }
        if self.is_type(operand) {
            return Callee::Unknown;
        }
        match self.select(&self.type_of(operand), field) {
            Selection::Method(method) => Callee::Method(method),
            Selection::InterfaceMethod(_) => Callee::InterfaceMethod(field.clone()),
            _ => Callee::Unknown,
        }
    }

    /// The function literal that a local variable always holds: it is declared with it and nothing else is assigned.
    pub fn single_literal(&self, binding: BindingId) -> Option<FunctionId> {
        let variable = &self.body[binding];
        let Origin::Value {
            expression,
            index: None,
        } = variable.origin
        else {
            return None;
        };
        let is_fixed =
            variable.uses.iter().all(|use_| !use_.access.assigns()) && !variable.is_address_taken();
        if is_fixed {
            self.body.literal_of(expression)
        } else {
            None
        }
    }

    /// The value of a call.
    pub(super) fn type_of_call(&self, function: ExpressionId, arguments: &[ExpressionId]) -> Type {
        match self.callee_of(function) {
            Callee::Builtin(builtin) => self.type_of_builtin(builtin, arguments),
            Callee::Conversion(type_) => type_,
            Callee::Literal(literal) => results(self.result_types(literal)),
            Callee::Function { package, name } => {
                self.type_of_function_call(&package, &name, function, arguments)
            }
            Callee::Method(method) => self.results_of(&method.type_),
            Callee::Variable(_) | Callee::InterfaceMethod(_) | Callee::Unknown => {
                let type_ = self.type_of(function);
                self.results_of(&type_)
            }
        }
    }

    fn results_of(&self, function: &Type) -> Type {
        match self.underlying(function) {
            Type::Function(signature) => results(signature.results.to_vec()),
            _ => Type::Unknown,
        }
    }

    fn type_of_builtin(&self, builtin: Builtin, arguments: &[ExpressionId]) -> Type {
        let first = || {
            arguments
                .first()
                .map(|argument| self.type_of(*argument))
                .unwrap_or_default()
        };
        match builtin {
            Builtin::Append => match first() {
                Type::Nil => Type::Unknown,
                type_ => type_,
            },
            Builtin::Make => first(),
            // Since Go 1.26 the argument may be a value, too; its type is that of the new variable.
            Builtin::New => match default_type(first()) {
                Type::Unknown => Type::Unknown,
                type_ => Type::Pointer(Arc::new(type_)),
            },
            Builtin::Cap | Builtin::Copy | Builtin::Len => Type::Basic(Basic::Int),
            Builtin::Max | Builtin::Min => {
                let types = arguments.iter().map(|argument| self.type_of(*argument));
                types
                    .into_iter()
                    .find(|type_| !is_untyped(type_))
                    .unwrap_or_default()
            }
            Builtin::Recover => Type::Interface(Arc::default()),
            Builtin::Complex | Builtin::Imag | Builtin::Real => Type::Unknown,
            Builtin::Clear
            | Builtin::Close
            | Builtin::Delete
            | Builtin::Panic
            | Builtin::Print
            | Builtin::Println => Type::Tuple(Arc::new([])),
        }
    }
}

/// One result by itself; otherwise a tuple.
pub(super) fn results(mut types: Vec<Type>) -> Type {
    if types.len() == 1 {
        types.remove(0)
    } else {
        Type::Tuple(types.into())
    }
}

fn is_untyped(type_: &Type) -> bool {
    default_type(type_.clone()) != *type_
}

/// The type that a variable gets from a value: an untyped constant's default type.
pub(super) fn default_type(type_: Type) -> Type {
    match type_ {
        Type::Basic(Basic::UntypedBool) => Type::Basic(Basic::Bool),
        Type::Basic(Basic::UntypedInt) => Type::Basic(Basic::Int),
        Type::Basic(Basic::UntypedRune) => Type::Basic(Basic::Integer(crate::types::IntegerType::Int32)),
        Type::Basic(Basic::UntypedFloat) => Type::Basic(Basic::Float(true)),
        Type::Basic(Basic::UntypedComplex) => Type::Basic(Basic::Complex(true)),
        Type::Basic(Basic::UntypedString) => Type::Basic(Basic::String),
        other => other,
    }
}
