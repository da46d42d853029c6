//! Fields and methods, promoted ones included (Go specification, "Selectors").

use std::sync::Arc;

use super::resolve::environment;
use super::{Context, Place};
use crate::Name;
use crate::body::TypeExpression;
use crate::types::{NamedType, Signature, Type, TypePlace};

/// A method that a type declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// The import path of the package that declares it.
    pub package: Name,
    /// The name of its receiver's type.
    pub type_name: Name,
    /// Its name.
    pub name: Name,
    /// True for a receiver `*T`.
    pub pointer_receiver: bool,
    /// Its type, without the receiver.
    pub type_: Type,
    /// The type arguments of its receiver's type.
    pub type_arguments: Box<[Type]>,
}

/// What `x.f` is.
#[derive(Clone, Debug)]
pub(super) enum Selection {
    /// A field of that type.
    Field(Type),
    /// A declared method.
    Method(Method),
    /// A method of an interface, of that type.
    InterfaceMethod(Type),
    /// Nothing.
    None,
    /// Not known.
    Unknown,
}

/// How many embedded fields are looked into.
const MAX_EMBEDDED: usize = 64;

impl Context<'_> {
    /// The method of that name that a value of the type has, promoted ones included.
    pub fn method(&self, type_: &Type, name: &str) -> Option<Method> {
        match self.select(type_, name) {
            Selection::Method(method) => Some(method),
            _ => None,
        }
    }

    /// The type of the field of that name, promoted ones included.
    pub fn field(&self, type_: &Type, name: &str) -> Option<Type> {
        match self.select(type_, name) {
            Selection::Field(type_) => Some(type_),
            _ => None,
        }
    }

    /// Looks for a member, level by level through embedded fields: the shallowest one counts, if it is alone there. A
    /// field whose members aren't known may hide what lies deeper, but not what lies beside it: code that selects an
    /// ambiguous member doesn't compile.
    pub(super) fn select(&self, type_: &Type, name: &str) -> Selection {
        let mut level = vec![self.without_pointer(type_)];
        let mut seen: Vec<Type> = Vec::new();
        while !level.is_empty() {
            level.retain(|type_| !seen.contains(type_));
            if seen.len() + level.len() > MAX_EMBEDDED {
                return Selection::Unknown;
            }
            let mut found = Vec::new();
            let mut next = Vec::new();
            let mut is_unknown = false;
            for type_ in &level {
                match self.select_direct(type_, name, &mut next) {
                    Selection::None => {}
                    Selection::Unknown => is_unknown = true,
                    selection => found.push(selection),
                }
            }
            match found.pop() {
                Some(only) if found.is_empty() => return only,
                Some(_) => return Selection::None,
                None if is_unknown => return Selection::Unknown,
                None => {}
            }
            seen.append(&mut level);
            level = next;
        }
        Selection::None
    }

    /// The type whose members a value has: what a pointer points to, also one of a declared pointer type.
    fn without_pointer(&self, type_: &Type) -> Type {
        match type_ {
            Type::Pointer(element) => (**element).clone(),
            Type::Named(_) => match self.underlying(type_) {
                Type::Pointer(element) => (*element).clone(),
                _ => type_.clone(),
            },
            _ => type_.clone(),
        }
    }

    /// A member that the type itself has; the types of its embedded fields go to `next`.
    fn select_direct(&self, type_: &Type, name: &str, next: &mut Vec<Type>) -> Selection {
        let members = match type_ {
            Type::Named(named) => {
                if let Some(method) = self.declared_method(named, name) {
                    return if self.is_field_elsewhere(named, name) {
                        Selection::Unknown
                    } else {
                        Selection::Method(method)
                    };
                }
                self.underlying(type_)
            }
            Type::TypeParameter(parameter) => self.constraint_of(parameter),
            _ => type_.clone(),
        };
        match self.underlying(&members) {
            Type::Unknown => Selection::Unknown,
            Type::Struct(fields) => {
                if let Some(field) = fields.iter().find(|field| field.name == name) {
                    return Selection::Field(field.type_.clone());
                }
                let embedded = fields.iter().filter(|field| field.embedded);
                next.extend(embedded.map(|field| self.without_pointer(&field.type_)));
                Selection::None
            }
            Type::Interface(_) => {
                let elements = self.interface_elements(&members);
                let method = elements.methods.into_iter().find(|(method, _)| method == name);
                match method {
                    Some((_, type_)) => Selection::InterfaceMethod(type_),
                    None if elements.is_complete => Selection::None,
                    None => Selection::Unknown,
                }
            }
            _ => Selection::None,
        }
    }

    /// True when a struct that is declared differently on other platforms has a field there of a method's name.
    fn is_field_elsewhere(&self, named: &NamedType, name: &str) -> bool {
        let TypePlace::Package(path) = &named.place else {
            return false;
        };
        let Some(facts) = self
            .package_facts(path)
            .filter(|facts| facts.is_ambiguous(&named.name))
        else {
            return false;
        };
        let mut declarations = facts.files().iter().flat_map(|file| file.types.iter());
        declarations.any(|declared| {
            let TypeExpression::Struct(fields) = &declared.type_ else {
                return false;
            };
            declared.name == named.name && fields.iter().any(|field| field.name == name)
        })
    }

    fn declared_method(&self, named: &NamedType, name: &str) -> Option<Method> {
        let TypePlace::Package(path) = &named.place else {
            return None;
        };
        let facts = self.package_facts(path)?;
        let method = facts.method(&named.name, name)?;
        let environment = environment(&method.type_parameters, &named.arguments);
        let type_ = if facts.is_ambiguous_method(&named.name, name) {
            Type::Unknown
        } else {
            Type::Function(
                self.signature_in(&method.signature, Place::Package(path, &environment))
                    .into(),
            )
        };
        Some(Method {
            package: path.clone(),
            type_name: named.name.clone(),
            name: Name::new(name),
            pointer_receiver: method
                .receiver
                .as_ref()
                .is_some_and(|receiver| receiver.is_pointer),
            type_,
            type_arguments: named.arguments.clone(),
        })
    }

    /// The type of the method expression `T.f`: a function that takes the receiver first.
    pub(super) fn type_of_method_expression(&self, receiver: &Type, name: &str) -> Type {
        let method = match self.select(receiver, name) {
            Selection::Method(method) => method.type_,
            Selection::InterfaceMethod(type_) => type_,
            _ => Type::Unknown,
        };
        match method {
            Type::Function(signature) => {
                let parameters = std::iter::once(receiver).chain(&signature.parameters);
                Type::Function(Arc::new(Signature {
                    parameters: parameters.cloned().collect(),
                    ..(*signature).clone()
                }))
            }
            _ => Type::Unknown,
        }
    }
}
