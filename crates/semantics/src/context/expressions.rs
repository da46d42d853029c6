//! The types of expressions and local names.

use std::sync::Arc;

use super::calls::common_type;
use super::generics::Arguments;
use super::members::Selection;
use super::{Callee, Context, Place};
use crate::Name;
use crate::body::{
    BinaryOperator, BindingId, BindingKind, ExpressionId, ExpressionKind, LiteralKind, Origin, Parent,
    Resolution, UnaryOperator,
};
use crate::facts::PackageFacts;
use crate::types::{Basic, IntegerType, Signature, Type};

impl Context<'_> {
    pub(super) fn infer(&self, expression: ExpressionId) -> Type {
        let body = self.body;
        match &body[expression].kind {
            ExpressionKind::Missing => Type::Unknown,
            ExpressionKind::Name {
                resolution: Resolution::Local(binding),
                ..
            } => self.type_of_binding(*binding),
            ExpressionKind::Name {
                name,
                resolution: Resolution::Outer,
            } => self.type_of_outer(name),
            ExpressionKind::Name { .. } => Type::Unknown,
            ExpressionKind::Literal(kind) => Type::Basic(match kind {
                LiteralKind::Int => Basic::UntypedInt,
                LiteralKind::Float => Basic::UntypedFloat,
                LiteralKind::Imaginary => Basic::UntypedComplex,
                LiteralKind::Rune => Basic::UntypedRune,
                LiteralKind::String => Basic::UntypedString,
            }),
            ExpressionKind::Composite {
                type_: Some(type_), ..
            } => self.resolve(type_),
            ExpressionKind::Composite { type_: None, .. } => self.elided_type(expression),
            ExpressionKind::FunctionLiteral(function) => self.type_of_literal(*function),
            ExpressionKind::Parenthesized(inner) => self.type_of(*inner),
            ExpressionKind::Selector { operand, field, .. } => self.type_of_selector(*operand, field),
            ExpressionKind::Index { operand, indices } => self.type_of_index(*operand, indices),
            ExpressionKind::Slice { operand, .. } => self.type_of_slice(*operand),
            ExpressionKind::TypeAssertion {
                type_: Some(type_), ..
            } => self.resolve(type_),
            ExpressionKind::TypeAssertion { operand, type_: None } => self.type_of(*operand),
            ExpressionKind::Call {
                function,
                arguments,
                spread,
            } => {
                let arguments = Arguments {
                    expressions: arguments,
                    spread: *spread,
                };
                self.type_of_call(*function, arguments)
            }
            ExpressionKind::Unary { operator, operand } => self.type_of_unary(*operator, *operand),
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } => self.type_of_binary(*operator, *left, *right),
            ExpressionKind::Type(type_) => self.resolve(type_),
        }
    }

    pub(super) fn infer_binding(&self, id: BindingId) -> Type {
        let binding = &self.body[id];
        if matches!(binding.kind, BindingKind::Type | BindingKind::TypeParameter) {
            return self.local_type(id);
        }
        match &binding.origin {
            Origin::Type { type_, .. } | Origin::Case(type_) => self.resolve(type_),
            Origin::Variadic(type_) => Type::Slice(Arc::new(self.resolve(type_))),
            Origin::Value {
                expression,
                index: None,
            } if binding.kind == BindingKind::Constant => self.type_of(*expression),
            Origin::Value {
                expression,
                index: None,
            } => single(self.type_of(*expression)).default_type(),
            Origin::Value {
                expression,
                index: Some(index),
            } => self.value_at(*expression, *index),
            Origin::RangeKey(operand) => self.range_types(*operand).0,
            Origin::RangeValue(operand) => self.range_types(*operand).1,
            Origin::Operand(operand) => self.type_of(*operand),
            Origin::Constraint(_) | Origin::Unknown => Type::Unknown,
        }
    }

    /// One value of an expression that yields several: a call's result, or the two of a comma-ok form.
    fn value_at(&self, expression: ExpressionId, index: u32) -> Type {
        match self.type_of(expression) {
            Type::Tuple(types) => types.get(index as usize).cloned().unwrap_or_default(),
            type_ if index == 0 => type_.default_type(),
            _ => match self.body[self.body.unparenthesized(expression)].kind {
                ExpressionKind::Index { .. }
                | ExpressionKind::TypeAssertion { .. }
                | ExpressionKind::Unary {
                    operator: UnaryOperator::Receive,
                    ..
                } => Type::Basic(Basic::Bool),
                _ => Type::Unknown,
            },
        }
    }

    fn type_of_outer(&self, name: &Name) -> Type {
        let path = &self.package.path;
        if let Some(declared) = self.package.type_(name) {
            return self.declared_type(path, declared, Box::default());
        }
        if self.package.declares(name) {
            return self.type_of_member(self.package, name);
        }
        if let Some(path) = self.dot_import_of(name) {
            return self.type_of_imported(&path, name);
        }
        match name.as_str() {
            _ if !self.means_predeclared(name) => Type::Unknown,
            "nil" => Type::Nil,
            "true" | "false" => Type::Basic(Basic::UntypedBool),
            "iota" => Type::Basic(Basic::UntypedInt),
            _ => Type::predeclared(name),
        }
    }

    /// What a name of another package is: a type, or the type of a value.
    fn type_of_imported(&self, path: &str, name: &Name) -> Type {
        if self.declares_type(path, name) {
            return self.imported_type(path, name, Box::default());
        }
        self.package_facts(path)
            .map(|facts| self.type_of_member(&facts, name))
            .unwrap_or_default()
    }

    /// The type of a package-level variable, constant or function.
    pub(super) fn type_of_member(&self, facts: &PackageFacts, name: &Name) -> Type {
        let own = facts.path == self.package.path;
        let (value, function) = match facts.is_ambiguous(name) {
            false => (facts.value(name), facts.function(name)),
            true if own => (
                self.file.values.iter().find(|value| value.name == *name),
                self.file
                    .functions
                    .iter()
                    .map(|function| &**function)
                    .find(|function| function.name == *name && function.receiver.is_none()),
            ),
            true => (None, None),
        };
        match (value, function) {
            (Some(value), None) => self.resolving(&facts.path, name, || {
                self.resolve_in(&value.type_, Place::Package(&facts.path, &[]))
            }),
            (None, Some(function)) => self.type_of_declared(&facts.path, function, &[]),
            _ => Type::Unknown,
        }
    }

    fn type_of_literal(&self, function: crate::body::FunctionId) -> Type {
        let literal = &self.body[function];
        let mut parameters: Vec<_> = literal
            .parameters
            .iter()
            .map(|parameter| self.resolve(&parameter.type_))
            .collect();
        let variadic = literal
            .parameters
            .last()
            .is_some_and(|parameter| parameter.variadic);
        if let Some(last) = parameters.last_mut().filter(|_| variadic) {
            *last = Type::Slice(Arc::new(std::mem::take(last)));
        }
        let results = self.result_types(function).into();
        Type::Function(Arc::new(Signature {
            parameters: parameters.into(),
            results,
            variadic,
        }))
    }

    fn type_of_selector(&self, operand: ExpressionId, field: &Name) -> Type {
        if let Some(path) = self.imported_package(operand) {
            return self.type_of_imported(&path, field);
        }
        if self.is_type(operand) {
            return self.type_of_method_expression(&self.type_of(operand), field);
        }
        match self.select(&self.type_of(operand), field) {
            Selection::Field(type_) | Selection::InterfaceMethod(type_) => type_,
            Selection::Method(method) => method.type_,
            Selection::None | Selection::Unknown => Type::Unknown,
        }
    }

    fn type_of_index(&self, operand: ExpressionId, indices: &[ExpressionId]) -> Type {
        if self.is_type(operand) {
            let arguments: Box<[_]> = indices.iter().map(|index| self.type_of(*index)).collect();
            return match self.type_of(operand) {
                Type::Named(named) => super::resolve::named(named.place.clone(), &named.name, arguments),
                _ => Type::Unknown,
            };
        }
        if let Some(instance) = self.type_of_instance(operand, indices) {
            return instance;
        }
        match self.underlying(&self.type_of(operand)) {
            Type::Map(pair) => pair.1.clone(),
            Type::Slice(element) | Type::Array(element) => (*element).clone(),
            Type::Pointer(element) => match self.underlying(&element) {
                Type::Array(element) => (*element).clone(),
                _ => Type::Unknown,
            },
            Type::Basic(Basic::String | Basic::UntypedString) => {
                Type::Basic(Basic::Integer(IntegerType::Uint8))
            }
            _ => Type::Unknown,
        }
    }

    /// The type of the instance `f[int]` of a generic function.
    fn type_of_instance(&self, operand: ExpressionId, indices: &[ExpressionId]) -> Option<Type> {
        let Callee::Function { package, name } = self.callee_of(operand) else {
            return None;
        };
        let facts = self.package_facts(&package)?;
        let declared = facts.function(&name)?;
        let written: Vec<_> = indices.iter().map(|index| self.type_of(*index)).collect();
        Some(self.type_of_declared(&package, declared, &written))
    }

    fn type_of_slice(&self, operand: ExpressionId) -> Type {
        let type_ = self.type_of(operand);
        match self.underlying(&type_) {
            Type::Slice(_) | Type::Basic(_) => type_.default_type(),
            Type::Array(element) => Type::Slice(element),
            Type::Pointer(element) => match self.underlying(&element) {
                Type::Array(element) => Type::Slice(element),
                _ => Type::Unknown,
            },
            _ => Type::Unknown,
        }
    }

    fn type_of_unary(&self, operator: UnaryOperator, operand: ExpressionId) -> Type {
        let type_ = self.type_of(operand);
        match operator {
            UnaryOperator::Plus | UnaryOperator::Minus | UnaryOperator::Not | UnaryOperator::Complement => {
                type_
            }
            UnaryOperator::AddressOf if type_ == Type::Unknown => Type::Unknown,
            UnaryOperator::AddressOf => Type::Pointer(Arc::new(type_)),
            UnaryOperator::Dereference if self.is_type(operand) => Type::Pointer(Arc::new(type_)),
            UnaryOperator::Dereference => match self.underlying(&type_) {
                Type::Pointer(element) => (*element).clone(),
                _ => Type::Unknown,
            },
            UnaryOperator::Receive => match self.underlying(&type_) {
                Type::Channel(_, element) => (*element).clone(),
                _ => Type::Unknown,
            },
            UnaryOperator::Tilde => Type::Unknown,
        }
    }

    fn type_of_binary(&self, operator: BinaryOperator, left: ExpressionId, right: ExpressionId) -> Type {
        if operator.is_comparison() {
            return Type::Basic(Basic::UntypedBool);
        }
        if operator.is_shift() {
            return self.type_of(left);
        }
        common_type(self.type_of(left), self.type_of(right))
    }

    /// The key and value types of a range over an expression.
    fn range_types(&self, operand: ExpressionId) -> (Type, Type) {
        let int = Type::Basic(Basic::Int);
        let type_ = self.type_of(operand);
        match self.underlying(&type_) {
            Type::Map(pair) => (pair.0.clone(), pair.1.clone()),
            Type::Slice(element) | Type::Array(element) => (int, (*element).clone()),
            Type::Pointer(element) => match self.underlying(&element) {
                Type::Array(element) => (int, (*element).clone()),
                _ => (Type::Unknown, Type::Unknown),
            },
            Type::Channel(_, element) => ((*element).clone(), Type::Unknown),
            Type::Basic(Basic::String | Basic::UntypedString) => {
                (int, Type::Basic(Basic::Integer(IntegerType::Int32)))
            }
            Type::Basic(_) => (type_.default_type(), Type::Unknown),
            Type::Function(iterator) => {
                match iterator.parameters.first().map(|yield_| self.underlying(yield_)) {
                    Some(Type::Function(yield_)) => {
                        let value = |index: usize| yield_.parameters.get(index).cloned().unwrap_or_default();
                        (value(0), value(1))
                    }
                    _ => (Type::Unknown, Type::Unknown),
                }
            }
            _ => (Type::Unknown, Type::Unknown),
        }
    }

    /// The type of a literal whose type is left out: the element or key type of the literal around it. Where that is a
    /// pointer, the literal's value is the address of what its braces hold (Go specification, "Composite literals").
    fn elided_type(&self, literal: ExpressionId) -> Type {
        let Parent::Expression(outer) = self.body[literal].parent else {
            return Type::Unknown;
        };
        let ExpressionKind::Composite { elements, .. } = &self.body[outer].kind else {
            return Type::Unknown;
        };
        let is_key = elements.iter().any(|element| element.key == Some(literal));
        let mut around = self.underlying(&self.type_of(outer));
        if let Type::Pointer(element) = around {
            around = self.underlying(&element);
        }
        match around {
            Type::Map(pair) if is_key => pair.0.clone(),
            Type::Map(pair) => pair.1.clone(),
            Type::Slice(element) | Type::Array(element) => (*element).clone(),
            _ => Type::Unknown,
        }
    }

    /// True when an expression is a type and not a value.
    pub fn is_type(&self, expression: ExpressionId) -> bool {
        match &self.body[expression].kind {
            ExpressionKind::Type(_) => true,
            ExpressionKind::Parenthesized(inner)
            | ExpressionKind::Unary {
                operator: UnaryOperator::Dereference,
                operand: inner,
            } => self.is_type(*inner),
            ExpressionKind::Index { operand, .. } => self.is_type(*operand),
            ExpressionKind::Name {
                resolution: Resolution::Local(binding),
                ..
            } => {
                matches!(
                    self.body[*binding].kind,
                    BindingKind::Type | BindingKind::TypeParameter
                )
            }
            ExpressionKind::Name {
                name,
                resolution: Resolution::Outer,
            } => {
                if self.package.declares(name) {
                    return self.package.type_(name).is_some();
                }
                match self.dot_import_of(name) {
                    Some(path) => self.declares_type(&path, name),
                    None => Type::predeclared(name) != Type::Unknown && self.means_predeclared(name),
                }
            }
            ExpressionKind::Selector { operand, field, .. } => self
                .imported_package(*operand)
                .is_some_and(|path| self.declares_type(&path, field)),
            _ => false,
        }
    }

    fn declares_type(&self, path: &str, name: &str) -> bool {
        match path {
            "unsafe" => name == "Pointer",
            _ => self
                .package_facts(path)
                .is_some_and(|facts| facts.type_(name).is_some()),
        }
    }
}

/// A call that yields a tuple has no single value.
fn single(type_: Type) -> Type {
    match type_ {
        Type::Tuple(_) => Type::Unknown,
        type_ => type_,
    }
}
