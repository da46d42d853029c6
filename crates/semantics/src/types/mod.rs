//! Go's types as far as the rules ask about them: a small lattice with `Unknown` at its top.

use std::sync::Arc;

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

/// A predeclared type, or the kind of an untyped constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basic {
    /// `bool`
    Bool,
    /// `string`
    String,
    /// `int`
    Int,
    /// Another integer type, `uintptr` included.
    Integer(IntegerType),
    /// `float32` or `float64` (true)
    Float(bool),
    /// `complex64` or `complex128` (true)
    Complex(bool),
    /// `unsafe.Pointer`
    UnsafePointer,
    /// The result of a comparison or a boolean constant without a type.
    UntypedBool,
    /// An integer constant without a type.
    UntypedInt,
    /// A rune constant without a type.
    UntypedRune,
    /// A floating-point constant without a type.
    UntypedFloat,
    /// An imaginary constant without a type.
    UntypedComplex,
    /// A string constant without a type.
    UntypedString,
}

/// The integer types other than `int`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the variants are the predeclared names")]
pub enum IntegerType {
    Int8,
    Int16,
    Int32,
    Int64,
    Uint,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Uintptr,
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

/// A type parameter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TypeParameterType {
    /// The name.
    pub name: Name,
    /// The constraint's core type (Go specification 1.24, "Core types"), `Unknown` when there is none or it can't be
    /// decided.
    pub core: Type,
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
