//! The functions of package `unsafe`: their results depend on their arguments as those of predeclared functions do (Go
//! specification, "Package unsafe").

use std::sync::Arc;

use super::Context;
use crate::body::ExpressionId;
use crate::types::{Basic, IntegerType, Type};

impl Context<'_> {
    pub(super) fn type_of_unsafe_call(&self, name: &str, arguments: &[ExpressionId]) -> Type {
        let first = || {
            arguments
                .first()
                .map(|argument| self.type_of(*argument))
                .unwrap_or_default()
        };
        match name {
            "Sizeof" | "Offsetof" | "Alignof" => Type::Basic(Basic::Integer(IntegerType::Uintptr)),
            "Add" => Type::Basic(Basic::UnsafePointer),
            "String" => Type::Basic(Basic::String),
            "StringData" => Type::Pointer(Arc::new(Type::Basic(Basic::Integer(IntegerType::Uint8)))),
            "Slice" => match self.underlying(&first()) {
                Type::Pointer(element) => Type::Slice(element),
                _ => Type::Unknown,
            },
            "SliceData" => match self.underlying(&first()) {
                Type::Slice(element) => Type::Pointer(element),
                _ => Type::Unknown,
            },
            _ => Type::Unknown,
        }
    }
}
