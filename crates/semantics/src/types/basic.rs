//! Predeclared types and the kinds of untyped constants.

use std::sync::Arc;

use super::{NamedType, Type, TypePlace};
use crate::Name;

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

/// The names of the predeclared types, and of the kinds of untyped constants as facts write them. The first name of a
/// type is the one it is printed with.
const NAMES: [(&str, Basic); 26] = [
    ("bool", Basic::Bool),
    ("string", Basic::String),
    ("int", Basic::Int),
    ("int8", Basic::Integer(IntegerType::Int8)),
    ("int16", Basic::Integer(IntegerType::Int16)),
    ("int32", Basic::Integer(IntegerType::Int32)),
    ("rune", Basic::Integer(IntegerType::Int32)),
    ("int64", Basic::Integer(IntegerType::Int64)),
    ("uint", Basic::Integer(IntegerType::Uint)),
    ("byte", Basic::Integer(IntegerType::Uint8)),
    ("uint8", Basic::Integer(IntegerType::Uint8)),
    ("uint16", Basic::Integer(IntegerType::Uint16)),
    ("uint32", Basic::Integer(IntegerType::Uint32)),
    ("uint64", Basic::Integer(IntegerType::Uint64)),
    ("uintptr", Basic::Integer(IntegerType::Uintptr)),
    ("float32", Basic::Float(false)),
    ("float64", Basic::Float(true)),
    ("complex64", Basic::Complex(false)),
    ("complex128", Basic::Complex(true)),
    ("unsafe.Pointer", Basic::UnsafePointer),
    ("untyped bool", Basic::UntypedBool),
    ("untyped int", Basic::UntypedInt),
    ("untyped rune", Basic::UntypedRune),
    ("untyped float", Basic::UntypedFloat),
    ("untyped complex", Basic::UntypedComplex),
    ("untyped string", Basic::UntypedString),
];

impl Basic {
    /// The name, as in `uint8`; `untyped int` and the like for the kinds of constants.
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(_, basic)| *basic == self)
            .map_or("", |(name, _)| name)
    }

    /// The type that a variable gets from a constant of this kind (Go specification, "Constants"); a type's own.
    pub fn default_type(self) -> Self {
        match self {
            Self::UntypedBool => Self::Bool,
            Self::UntypedInt => Self::Int,
            Self::UntypedRune => Self::Integer(IntegerType::Int32),
            Self::UntypedFloat => Self::Float(true),
            Self::UntypedComplex => Self::Complex(true),
            Self::UntypedString => Self::String,
            typed => typed,
        }
    }

    /// True for the kinds of untyped constants.
    pub fn is_untyped(self) -> bool {
        self.default_type() != self
    }

    /// Of the kinds of two untyped constants the one that an operation on both has: the later one of integer, rune,
    /// floating-point, complex (Go specification, "Constant expressions").
    pub fn wider(self, other: Self) -> Self {
        let rank = |kind| match kind {
            Self::UntypedInt => 1,
            Self::UntypedRune => 2,
            Self::UntypedFloat => 3,
            Self::UntypedComplex => 4,
            _ => 0,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

impl Type {
    /// The predeclared type of that name, or the kind of untyped constants that facts write like this; `Unknown` for
    /// every other name.
    pub fn predeclared(name: &str) -> Self {
        match name {
            "any" => Self::Interface(Arc::default()),
            "error" | "comparable" => Self::Named(Arc::new(NamedType {
                place: TypePlace::Universe,
                name: Name::new(name),
                arguments: Box::default(),
            })),
            "unsafe.Pointer" => Self::Unknown,
            _ => NAMES
                .iter()
                .find(|(known, _)| *known == name)
                .map_or(Self::Unknown, |(_, basic)| Self::Basic(*basic)),
        }
    }

    /// The predeclared `error`.
    pub fn error() -> Self {
        Self::predeclared("error")
    }

    /// The type that a variable gets from a value of this type: an untyped constant's default type, otherwise the type
    /// itself.
    pub fn default_type(self) -> Self {
        match self {
            Self::Basic(basic) => Self::Basic(basic.default_type()),
            other => other,
        }
    }

    /// True for an untyped constant, an untyped boolean value and `nil`.
    pub fn is_untyped(&self) -> bool {
        match self {
            Self::Nil => true,
            Self::Basic(basic) => basic.is_untyped(),
            _ => false,
        }
    }
}
