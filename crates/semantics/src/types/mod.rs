//! Go's types as far as the rules ask about them: a small lattice with `Unknown` at its top.

mod basic;

use std::sync::Arc;

pub use basic::{Basic, IntegerType};
use serde::{Deserialize, Serialize};

use crate::Name;
use crate::body::ChannelDirection;

/// The type of an expression or a declared name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Type {
    /// Not known: a rule that needs this type stays silent.
    #[default]
    Unknown,
    /// The predeclared `nil`.
    Nil,
    /// A predeclared type or an untyped constant's.
    Basic(Basic),
    /// A declared type; an alias is resolved to what it stands for.
    Named(Arc<NamedType>),
    /// `*T`
    Pointer(Arc<Type>),
    /// `[]T`
    Slice(Arc<Type>),
    /// `[n]T`
    Array(Arc<Type>),
    /// `map[K]V`
    Map(Arc<(Type, Type)>),
    /// `chan T`
    Channel(ChannelDirection, Arc<Type>),
    /// `func(A) B`
    Function(Arc<Signature>),
    /// `struct { ... }`
    Struct(Arc<[Field]>),
    /// `interface { ... }`
    Interface(Arc<InterfaceType>),
    /// A type parameter.
    TypeParameter(Arc<TypeParameterType>),
    /// The values of a call with several results, or with none.
    Tuple(Arc<[Type]>),
}

impl Type {
    /// True for the type of that name in the package with that path, and for a pointer to it.
    pub fn is_named(&self, path: &str, name: &str) -> bool {
        match self {
            Self::Pointer(element) => matches!(&**element, Self::Named(_)) && element.is_named(path, name),
            Self::Named(named) => {
                named.name == name && matches!(&named.place, TypePlace::Package(found) if found == path)
            }
            _ => false,
        }
    }
}

/// A declared type and its type arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NamedType {
    /// Where it is declared.
    pub place: TypePlace,
    /// The name.
    pub name: Name,
    /// The type arguments.
    pub arguments: Box<[Type]>,
}

/// Where a named type is declared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TypePlace {
    /// Predeclared: `error`, `comparable`.
    Universe,
    /// In a package, by its import path.
    Package(Name),
    /// In the body at hand, by the index of its binding.
    Local(u32),
}

/// Parameters and results.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Signature {
    /// The parameter types; a variadic last one is a slice.
    pub parameters: Box<[Type]>,
    /// The result types.
    pub results: Box<[Type]>,
    /// True when the last parameter is variadic.
    pub variadic: bool,
}

/// A field of a struct.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    /// The name.
    pub name: Name,
    /// True for an embedded field.
    pub embedded: bool,
    /// The type.
    pub type_: Type,
}

/// An interface type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct InterfaceType {
    /// The explicit methods.
    pub methods: Box<[(Name, Type)]>,
    /// The embedded elements: each is a union of types, and an embedded interface is a union of one.
    pub embedded: Box<[Box<[Type]>]>,
}

/// A type parameter of the declaration at hand. It is the same as another one when both have the same binding; its
/// constraint is looked up when it is asked for, because a constraint may mention its own parameter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TypeParameterType {
    /// The name.
    pub name: Name,
    /// The index of its binding in the body.
    pub binding: u32,
}

/// What is known about a yes-or-no question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Certainty {
    /// Certainly.
    Yes,
    /// Certainly not.
    No,
    /// Not known.
    #[default]
    Unknown,
}

impl Certainty {
    /// True for [`Certainty::Yes`].
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }

    /// True for [`Certainty::No`].
    pub fn is_no(self) -> bool {
        self == Self::No
    }
}

impl From<bool> for Certainty {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

impl Type {
    /// True when the type consists of at most so many parts, itself included; declared types are one with their type
    /// arguments.
    pub(crate) fn has_at_most(&self, parts: usize) -> bool {
        self.remaining(parts).is_some()
    }

    /// What is left of a number of parts when this type's are taken away.
    fn remaining(&self, parts: usize) -> Option<usize> {
        let parts = parts.checked_sub(1)?;
        let each = |mut types: &mut dyn Iterator<Item = &Self>| {
            (&mut types).try_fold(parts, |parts, part| part.remaining(parts))
        };
        match self {
            Self::Unknown | Self::Nil | Self::Basic(_) | Self::TypeParameter(_) => Some(parts),
            Self::Named(named) => each(&mut named.arguments.iter()),
            Self::Pointer(inner) | Self::Slice(inner) | Self::Array(inner) | Self::Channel(_, inner) => {
                inner.remaining(parts)
            }
            Self::Map(pair) => each(&mut [&pair.0, &pair.1].into_iter()),
            Self::Function(signature) => each(&mut signature.parameters.iter().chain(&signature.results)),
            Self::Struct(fields) => each(&mut fields.iter().map(|field| &field.type_)),
            Self::Interface(interface) => {
                let methods = interface.methods.iter().map(|(_, type_)| type_);
                each(&mut methods.chain(interface.embedded.iter().flatten()))
            }
            Self::Tuple(types) => each(&mut types.iter()),
        }
    }
}
