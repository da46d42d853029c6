//! What calling or deferring a function does, as far as callers ask.
//!
//! A summary is made from the text of one declaration alone, so that it stays valid while anything else changes: names
//! are kept as the text has them. The facts of a file put the paths of imports in their place; what the others mean in
//! their package is decided where summaries are followed.

use serde::{Deserialize, Serialize};

use crate::Name;
use crate::types::Certainty;

/// What a function does, seen from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// What deferring the function does with a panic.
    pub recovery: Recovery,
    /// Whether a literal that it defers stops its own panics; a deferred call of something else is in
    /// [`Summary::calls`].
    pub recovers_itself: Certainty,
    /// False when no path reaches a `return` or the end of the block. A call that never returns because of what it
    /// calls in turn counts as one that returns; [`Summary::calls`] has it.
    pub returns: bool,
    /// How paths end other than by returning.
    pub endings: Endings,
    /// What it does to what its parameters, its receiver and package-level variables hold.
    pub effects: Vec<Effect>,
    /// The calls on its own frame that pass on one of those, are deferred, or are made on every path.
    pub calls: Vec<CallSite>,
    /// True when it starts a goroutine.
    pub starts_goroutine: bool,
    /// What it reads of its receiver. Asked of methods whose source is at hand: archives don't keep it.
    #[serde(skip)]
    pub receiver_reads: ReceiverReads,
    /// The predeclared functions that it was taken to mean by these names, and until the file's imports are known the
    /// standard packages. Where one of them means something else, nothing is known of the function.
    pub assumes: Vec<Name>,
}

/// What a method reads of its receiver.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceiverReads {
    /// The fields that it names, sorted.
    pub fields: Vec<Name>,
    /// True when it passes on, copies or compares the whole value.
    pub as_a_whole: bool,
}

impl ReceiverReads {
    /// True when the field is read, alone or with the whole value.
    pub fn has_field(&self, field: &str) -> bool {
        self.as_a_whole || self.fields.iter().any(|read| read == field)
    }

    /// True when nothing is read.
    pub fn is_empty(&self) -> bool {
        !self.as_a_whole && self.fields.is_empty()
    }
}

/// What a deferred call of a function does with a panic of the function that defers it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// Whether it calls `recover` so that the panic stops.
    pub recovers: Certainty,
    /// On which paths it panics once it has recovered.
    pub repanics: Occurrence,
    /// On which paths it ends the process or the goroutine once it has recovered.
    pub exits: Occurrence,
    /// True when some path reaches its end once it has recovered.
    pub returns: bool,
    /// True when the recovered value is sent on a channel, stored in something that isn't a local variable, or returned.
    pub escapes: bool,
    /// True when it does nothing unless a panic was recovered, so that calling it has no other purpose. Asked of functions
    /// whose source is at hand: archives don't keep it.
    #[serde(skip)]
    pub only_recovers: bool,
    /// The functions and methods it calls once it has recovered, other than predeclared ones.
    pub calls: Vec<RecoveryCall>,
}

/// A call that a function makes once it has recovered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RecoveryCall {
    /// Who is called.
    pub target: Target,
    /// True when every path from the recovery to the end of the function makes this call.
    pub always: bool,
}

/// On which paths something happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Occurrence {
    /// On no path.
    #[default]
    Never,
    /// On some paths.
    SomePaths,
    /// On every path.
    EveryPath,
}

impl Occurrence {
    /// True unless it happens on no path.
    pub fn is_possible(self) -> bool {
        self != Self::Never
    }
}

/// How a call ends that never returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Ending {
    /// It panics.
    Panic,
    /// It ends the process.
    ProcessExit,
    /// It ends the goroutine, as `runtime.Goexit` and `t.FailNow` do; deferred calls run.
    GoroutineExit,
    /// It never ends: a loop without an exit, or `select {}`.
    Blocking,
    /// It ends in one of these ways, in which one differs from path to path.
    Mixed,
}

/// The ways in which paths of a function end other than by returning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Endings(u8);

impl Endings {
    /// Adds a way.
    pub fn insert(&mut self, ending: Ending) {
        self.0 |= 1 << ending as u8;
    }

    /// True when some path ends in this way.
    pub fn contains(self, ending: Ending) -> bool {
        self.0 & (1 << ending as u8) != 0
    }

    /// True when no path ends other than by returning.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The one way, when there is only one; [`Ending::Mixed`] for several, `None` for none.
    pub fn only(self) -> Option<Ending> {
        const ENDINGS: [Ending; 4] = [
            Ending::Panic,
            Ending::ProcessExit,
            Ending::GoroutineExit,
            Ending::Blocking,
        ];
        match self.0.count_ones() {
            0 => None,
            1 => Some(
                ENDINGS
                    .into_iter()
                    .find(|ending| self.contains(*ending))
                    .unwrap_or(Ending::Mixed),
            ),
            _ => Some(Ending::Mixed),
        }
    }
}

/// Where a place starts that a summary can name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ParameterIndex {
    /// The receiver.
    Receiver,
    /// The parameter at this index, from 0.
    Parameter(u32),
    /// The package-level variable of this name. Before a selector it may be the name of an import whose path suggests
    /// another one.
    PackageVariable(Name),
}

/// One step from a value to a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Step {
    /// The field of this name.
    Field(Name),
    /// Any element of a map, a slice or an array, or the value received from a channel.
    Element,
}

/// A place reached from a parameter, the receiver or a package-level variable. A pointer and what it points to are the
/// same place; so are a slice and a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Where it starts.
    pub root: ParameterIndex,
    /// The steps on the way, outermost first.
    pub path: Vec<Step>,
}

/// Something a function does to a place on some path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Effect {
    /// What it does.
    pub kind: EffectKind,
    /// To which place.
    pub place: Place,
    /// True when the statement that does it certainly means this place; false when it may mean another one, because the
    /// function assigns a variable on the way. A leak is never certain.
    pub is_certain: bool,
}

/// What is done to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EffectKind {
    /// `clear(place)`, or a loop that deletes every key.
    Clears,
    /// `delete(place, key)`
    Deletes,
    /// `place[key] = value`
    WritesElement,
    /// `*place = value`, or `place = value` for a field that is reached through a pointer, or for a package-level
    /// variable.
    Assigns,
    /// The place's value is stored in something that outlives the call, sent on a channel, or given to a goroutine.
    Stores,
    /// The result at this index is the place's value.
    Returns(u32),
    /// The place's value goes where the summary doesn't follow it.
    Leaks,
}

/// Who is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Target {
    /// What an unqualified name means that no local declaration binds: a function of the package, a predeclared one, or
    /// a type.
    Function(Name),
    /// A function of another package.
    Imported {
        /// The path of the import.
        package: Name,
        /// The function's name.
        name: Name,
    },
    /// The method or the function field of this name of a place; before the file's imports are known, also the function
    /// of this name of a package, when the place is the bare name of an import.
    Member {
        /// The place before the dot.
        place: Place,
        /// The name after it.
        name: Name,
    },
    /// Anything else: nothing is known of what it does.
    Unknown,
}

/// A call on the function's own frame: not in a goroutine, and not in a literal that runs elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CallSite {
    /// Who is called.
    pub target: Target,
    /// For each argument the place that it certainly is; `None` for any other value.
    pub arguments: Vec<Option<Place>>,
    /// True when `...` follows the last argument.
    pub spread: bool,
    /// True when the call stands in a `defer` statement of the function.
    pub deferred: bool,
    /// True when every path that returns makes, or has deferred, this call.
    pub always: bool,
}
