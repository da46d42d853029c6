//! Who is called, and what a call yields.

use std::sync::Arc;

use super::generics::Arguments;
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
    /// A declared method, called on a value.
    Method(Method),
    /// A declared method, called as the function `T.f` or `(*T).f`: the receiver is the first argument.
    MethodExpression(Method),
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
        if self.package.is_ambiguous(name) && self.package.value(name).is_some() {
            return Callee::Unknown;
        }
        if self.package.function(name).is_some() {
            return Callee::Function {
                package: self.package.path.clone(),
                name: name.clone(),
            };
        }
        if self.is_type(function) {
            return Callee::Conversion(self.type_of(function));
        }
        if let Some(path) = self.dot_import_of(name) {
            return self.imported_callee(function, path, name);
        }
        match Builtin::named(name) {
            Some(builtin) if self.means_predeclared(name) => Callee::Builtin(builtin),
            _ => Callee::Unknown,
        }
    }

    /// A name of another package in the place of a function.
    fn imported_callee(&self, function: ExpressionId, path: Name, name: &Name) -> Callee {
        if path == "unsafe" && name != "Pointer" {
            return Callee::Function {
                package: path,
                name: name.clone(),
            };
        }
        if self.is_type(function) {
            return Callee::Conversion(self.type_of(function));
        }
        let Some(facts) = self.package_facts(&path) else {
            return Callee::Unknown;
        };
        if facts.is_ambiguous(name) && facts.value(name).is_some() {
            Callee::Unknown
        } else if facts.function(name).is_some() {
            Callee::Function {
                package: path,
                name: name.clone(),
            }
        } else {
            Callee::Unknown
        }
    }

    fn selected_callee(&self, function: ExpressionId, operand: ExpressionId, field: &Name) -> Callee {
        if let Some(path) = self.imported_package(operand) {
            return self.imported_callee(function, path, field);
        }
        let is_type = self.is_type(operand);
        match self.select(&self.type_of(operand), field) {
            Selection::Method(method) if is_type => Callee::MethodExpression(method),
            Selection::Method(method) => Callee::Method(method),
            Selection::InterfaceMethod(_) if !is_type => Callee::InterfaceMethod(field.clone()),
            _ => Callee::Unknown,
        }
    }

    /// The expression whose value a local variable always has: it is declared with it, nothing else is assigned, and
    /// nothing can be assigned through its address.
    pub fn single_value(&self, binding: BindingId) -> Option<ExpressionId> {
        let variable = &self.body[binding];
        let Origin::Value {
            expression,
            index: None,
        } = variable.origin
        else {
            return None;
        };
        let is_assigned = variable.uses.iter().any(|use_| use_.access.assigns());
        (variable.kind == BindingKind::Variable && !is_assigned && !variable.is_address_taken())
            .then_some(expression)
    }

    /// The function literal that a local variable always holds.
    pub fn single_literal(&self, binding: BindingId) -> Option<FunctionId> {
        self.single_value(binding)
            .and_then(|value| self.body.literal_of(value))
    }

    /// The value of a call.
    pub(super) fn type_of_call(&self, function: ExpressionId, arguments: Arguments<'_>) -> Type {
        match self.callee_of(function) {
            Callee::Builtin(builtin) => self.type_of_builtin(builtin, arguments.expressions),
            Callee::Conversion(type_) => type_,
            Callee::Literal(literal) => results(self.result_types(literal)),
            Callee::Function { package, name } if package == "unsafe" => {
                self.type_of_unsafe_call(&name, arguments.expressions)
            }
            Callee::Function { package, name } => {
                let Some(facts) = self.package_facts(&package) else {
                    return Type::Unknown;
                };
                match facts.function(&name) {
                    Some(declared) if !declared.type_parameters.is_empty() => {
                        let written = self.written_arguments(function);
                        self.type_of_declared_call(&package, declared, &written, arguments)
                    }
                    _ => self.results_of(&self.type_of_member(&facts, &name)),
                }
            }
            Callee::Method(method) => self.type_of_method_call(&method, function, arguments),
            Callee::MethodExpression(method) => self.results_of(&method.type_),
            Callee::Variable(_) | Callee::InterfaceMethod(_) | Callee::Unknown => {
                self.results_of(&self.type_of(function))
            }
        }
    }

    /// The value of a method call; a method may have type parameters of its own, after those of its receiver.
    fn type_of_method_call(&self, method: &Method, function: ExpressionId, arguments: Arguments<'_>) -> Type {
        let facts = self.package_facts(&method.package);
        let declared = facts
            .as_deref()
            .and_then(|facts| facts.method(&method.type_name, &method.name));
        match declared {
            Some(declared)
                if method.type_ != Type::Unknown
                    && declared.type_parameters.len() > method.type_arguments.len() =>
            {
                let mut known = method.type_arguments.to_vec();
                known.extend(self.written_arguments(function));
                self.type_of_declared_call(&method.package, declared, &known, arguments)
            }
            _ => self.results_of(&method.type_),
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
            Builtin::New => match first().default_type() {
                Type::Unknown => Type::Unknown,
                type_ => Type::Pointer(Arc::new(type_)),
            },
            Builtin::Cap | Builtin::Copy | Builtin::Len => Type::Basic(Basic::Int),
            Builtin::Max | Builtin::Min => {
                let types = arguments.iter().map(|argument| self.type_of(*argument));
                types.reduce(common_type).unwrap_or_default()
            }
            Builtin::Recover => Type::Interface(Arc::default()),
            Builtin::Complex => {
                let types = arguments.iter().map(|argument| self.type_of(*argument));
                match types.reduce(common_type).unwrap_or_default() {
                    Type::Basic(Basic::Float(is_wide)) => Type::Basic(Basic::Complex(is_wide)),
                    type_ if type_.is_untyped() => Type::Basic(Basic::UntypedComplex),
                    _ => Type::Unknown,
                }
            }
            Builtin::Imag | Builtin::Real => match self.underlying(&first()) {
                Type::Basic(Basic::Complex(is_wide)) => Type::Basic(Basic::Float(is_wide)),
                type_ if type_.is_untyped() => Type::Basic(Basic::UntypedFloat),
                _ => Type::Unknown,
            },
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

/// The type of an operation on two operands: an untyped constant takes the other operand's type, and of two untyped ones
/// the wider kind counts (Go specification, "Operators" and "Constant expressions"). Other operands have one type.
pub(super) fn common_type(left: Type, right: Type) -> Type {
    match (&left, &right) {
        (Type::Basic(one), Type::Basic(other)) if one.is_untyped() && other.is_untyped() => {
            Type::Basic(one.wider(*other))
        }
        (Type::Unknown, _) if right.is_untyped() => Type::Unknown,
        (Type::Unknown, _) => right,
        _ if left.is_untyped() => right,
        _ => left,
    }
}
