//! Yes-or-no questions about types.

use super::Context;
use super::members::Selection;
use crate::types::{Basic, Certainty, Type, TypePlace};

impl Context<'_> {
    /// Whether values of the type are maps.
    pub fn is_map(&self, type_: &Type) -> Certainty {
        self.is(type_, |type_| matches!(type_, Type::Map(_)))
    }

    /// Whether values of the type are functions.
    pub fn is_function(&self, type_: &Type) -> Certainty {
        self.is(type_, |type_| matches!(type_, Type::Function(_)))
    }

    /// Whether values of the type are channels.
    pub fn is_channel(&self, type_: &Type) -> Certainty {
        self.is(type_, |type_| matches!(type_, Type::Channel(..)))
    }

    /// Whether the type is an interface. A type parameter isn't one, although its constraint is.
    pub fn is_interface(&self, type_: &Type) -> Certainty {
        match type_ {
            Type::TypeParameter(_) => Certainty::No,
            _ => self.is(type_, |type_| matches!(type_, Type::Interface(_))),
        }
    }

    /// Whether `nil` is a value of the type.
    pub fn is_nilable(&self, type_: &Type) -> Certainty {
        self.is(type_, |type_| {
            matches!(
                type_,
                Type::Nil
                    | Type::Pointer(_)
                    | Type::Slice(_)
                    | Type::Map(_)
                    | Type::Channel(..)
                    | Type::Function(_)
                    | Type::Interface(_)
                    | Type::Basic(Basic::UnsafePointer)
            )
        })
    }

    /// Whether the type is exactly the predeclared `error`, and not another one that implements it: a value of a
    /// concrete type that is stored in an `error` makes it non-nil even when the value is a nil pointer.
    pub fn is_error(&self, type_: &Type) -> Certainty {
        match type_ {
            Type::Unknown => Certainty::Unknown,
            Type::Named(named) => {
                Certainty::from(named.place == TypePlace::Universe && named.name == "error")
            }
            _ => Certainty::No,
        }
    }

    /// Whether `Lock` on a value of the type locks a `sync.Mutex` or a `sync.RWMutex`: the type is one of them, a
    /// pointer to one, or a struct that embeds one.
    pub fn is_mutex(&self, type_: &Type) -> Certainty {
        if type_.is_named("sync", "Mutex") || type_.is_named("sync", "RWMutex") {
            return Certainty::Yes;
        }
        match self.select(type_, "Lock") {
            Selection::Method(method) => Certainty::from(
                method.package == "sync" && matches!(method.type_name.as_str(), "Mutex" | "RWMutex"),
            ),
            Selection::Unknown => Certainty::Unknown,
            Selection::Field(_) | Selection::InterfaceMethod(_) | Selection::None => Certainty::No,
        }
    }

    fn is(&self, type_: &Type, what: impl Fn(&Type) -> bool) -> Certainty {
        match self.underlying(type_) {
            Type::Unknown => Certainty::Unknown,
            type_ => Certainty::from(what(&type_)),
        }
    }
}
