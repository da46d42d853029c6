//! What calling or deferring a function does, as far as callers ask. Callees are named symbolically; following them is
//! the reader's work, through the facts of the packages they lie in.

use serde::{Deserialize, Serialize};

use crate::Name;

/// What a function does, seen from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Whether deferring the function recovers a panic, and what it does then.
    pub recovery: Recovery,
    /// True when every path through the function ends the process or the goroutine, or panics, or loops forever, by
    /// its own doing; a call of another function that does so is in `calls` with `always` set.
    pub never_returns: bool,
    /// What it does to what its parameters, receiver and package-level variables hold.
    pub effects: Vec<Effect>,
    /// The calls it makes on its own frame (not in goroutines and not in stored literals), with what it passes on.
    pub calls: Vec<CallSite>,
    /// True when it starts a goroutine.
    pub starts_goroutine: bool,
}

/// What a deferred call of the function does with a panic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// It calls `recover` so that a panic of the function that defers it stops.
    pub recovers: bool,
    /// It may panic again afterwards.
    pub repanics: bool,
    /// It may end the process or the goroutine afterwards.
    pub exits: bool,
}

/// A parameter by its index, the receiver, or something else a summary can name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ParameterIndex {
    /// The receiver.
    Receiver,
    /// The parameter at this index.
    Parameter(u32),
    /// A package-level variable of the function's own package.
    PackageVariable(Name),
    /// Another place: a local value, a literal, the result of a call.
    Other,
}

/// A place reached from a parameter: `p`, `p.f.g`, `*p` and elements are the place of their root with the fields on the
/// way.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Where it starts.
    pub root: ParameterIndex,
    /// The fields on the way, outermost first.
    pub fields: Vec<Name>,
}

/// What a function does to a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Effect {
    /// `clear(place)`, or a loop that deletes every key.
    Clears(Place),
    /// `delete(place, key)`
    Deletes(Place),
    /// `place[key] = value`
    WritesElement(Place),
    /// `place = value` for a field, or `*p = value`.
    Assigns(Place),
    /// The place's value is stored somewhere that outlives the call, sent on a channel, or captured by a goroutine or
    /// a literal that is stored.
    Stores(Place),
    /// The result at this index is the place's value.
    Returns(Place, u32),
    /// `place.Lock()` or `place.RLock()` (true), where the method isn't resolved yet.
    Locks(Place, bool),
    /// `place.Unlock()` or `place.RUnlock()` (true).
    Unlocks(Place, bool),
}

/// Who is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Target {
    /// A function of the same package, or a predeclared one that nothing shadows.
    Function(Name),
    /// A function of another package, by the import's path.
    Imported {
        /// The import's path.
        package: Name,
        /// The name.
        name: Name,
    },
    /// A method called on a place, when the place's type has to say which.
    Method {
        /// What it is called on.
        place: Place,
        /// The name.
        name: Name,
    },
    /// A value that a parameter holds.
    Value(Place),
    /// Anything else: nothing is known of what it does.
    Unknown,
}

/// A call on the function's own frame.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CallSite {
    /// Who is called.
    pub target: Target,
    /// What is passed, one element an argument.
    pub arguments: Vec<Place>,
    /// True when the call stands in a `defer` statement.
    pub deferred: bool,
    /// True when every path through the function makes this call.
    pub always: bool,
}
