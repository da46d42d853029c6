//! Fields and methods, promoted ones included (Go specification, "Selectors").

use super::resolve::environment;
use super::{Context, Place};
use crate::Name;
use crate::types::{NamedType, Type, TypePlace};

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
    /// Nothing, as far as is known.
    None,
    /// Not known.
    Unknown,
}

/// How deeply promoted members are looked for.
const MAX_DEPTH: usize = 8;

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

    /// Looks for a member, level by level through embedded fields; the shallowest one counts, if it is alone there.
    pub(super) fn select(&self, type_: &Type, name: &str) -> Selection {
        let start = match type_ {
            Type::Pointer(element) => (**element).clone(),
            Type::Named(_) => match self.underlying(type_) {
                Type::Pointer(element) => (*element).clone(),
                _ => type_.clone(),
            },
            _ => type_.clone(),
        };
        let mut level = vec![start];
        for _ in 0..MAX_DEPTH {
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
            match found.len() {
                _ if is_unknown => return Selection::Unknown,
                0 if next.is_empty() => return Selection::None,
                0 => level = next,
                1 => return found.remove(0),
                _ => return Selection::None,
            }
        }
        Selection::Unknown
    }

    /// A member that the type itself has; the types of its embedded fields go to `next`.
    fn select_direct(&self, type_: &Type, name: &str, next: &mut Vec<Type>) -> Selection {
        if let Type::Named(named) = type_
            && let Some(method) = self.declared_method(named, name)
        {
            return Selection::Method(method);
        }
        match self.underlying(type_) {
            Type::Unknown => Selection::Unknown,
            Type::Struct(fields) => {
                if let Some(field) = fields.iter().find(|field| field.name == name) {
                    return Selection::Field(field.type_.clone());
                }
                let embedded = fields
                    .iter()
                    .filter(|field| field.embedded)
                    .map(|field| match &field.type_ {
                        Type::Pointer(element) => (**element).clone(),
                        type_ => type_.clone(),
                    });
                next.extend(embedded);
                Selection::None
            }
            Type::Interface(interface) => {
                if let Some((_, type_)) = interface.methods.iter().find(|(method, _)| method == name) {
                    return Selection::InterfaceMethod(type_.clone());
                }
                next.extend(
                    interface
                        .embedded
                        .iter()
                        .filter(|union| union.len() == 1)
                        .map(|union| union[0].clone()),
                );
                Selection::None
            }
            _ => Selection::None,
        }
    }

    fn declared_method(&self, named: &NamedType, name: &str) -> Option<Method> {
        let TypePlace::Package(path) = &named.place else {
            return None;
        };
        let facts = self.package_facts(path)?;
        let method = facts.method(&named.name, name)?;
        let environment = environment(&method.type_parameters, &named.arguments);
        let signature = self.signature_in(&method.signature, Place::Package(path, &environment));
        Some(Method {
            package: path.clone(),
            type_name: named.name.clone(),
            name: Name::new(name),
            pointer_receiver: method
                .receiver
                .as_ref()
                .is_some_and(|receiver| receiver.is_pointer),
            type_: Type::Function(signature.into()),
        })
    }
}
