//! Which calls in summaries can matter to a caller. The others are left out: nearly every function calls dozens that
//! neither end, nor recover, nor touch what they are given.
//!
//! Functions are told apart by package and name, methods by their name alone, so that a call is kept rather than lost.

use std::collections::BTreeMap;

use deferlint_semantics::Name;
use deferlint_semantics::facts::{CallSite, Effect, FunctionFacts, ParameterIndex, Place, Target};

use super::collect::Library;

/// The predeclared functions whose calls matter although they have no facts.
const PREDECLARED: [&str; 3] = ["panic", "recover", "close"];

/// Whom a call may call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Callee {
    Function(Name, Name),
    Method(Name),
}

/// What a call of a function may do to its caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Behaviour {
    ends: bool,
    recovers: bool,
    affects: bool,
}

/// What calls of the library's functions may do.
pub(super) struct Relevance(BTreeMap<Callee, Behaviour>);

impl Relevance {
    pub(super) fn of(library: &Library) -> Self {
        let mut relevance = Self(BTreeMap::new());
        // Behaviour only grows from round to round, so this ends.
        while relevance.grow(library) {}
        relevance
    }

    fn grow(&mut self, library: &Library) -> bool {
        let mut has_grown = false;
        for (package, facts) in library {
            for function in &facts.functions {
                let found = self.behaviour_of(package, function);
                let callee = match &function.receiver {
                    Some(_) => Callee::Method(function.name.clone()),
                    None => Callee::Function(package.clone(), function.name.clone()),
                };
                let known = self.0.entry(callee).or_default();
                let joined = Behaviour {
                    ends: known.ends | found.ends,
                    recovers: known.recovers | found.recovers,
                    affects: known.affects | found.affects,
                };
                has_grown |= *known != joined;
                *known = joined;
            }
        }
        has_grown
    }

    fn behaviour_of(&self, package: &Name, function: &FunctionFacts) -> Behaviour {
        let Some(summary) = &function.summary else {
            return Behaviour {
                // What is written in assembly, or by the runtime, may be one of those that are known by name.
                ends: function.receiver.is_none(),
                ..Behaviour::default()
            };
        };
        let calls = summary
            .calls
            .iter()
            .map(|call| (call, self.of_call(package, call)))
            .collect::<Vec<_>>();
        Behaviour {
            ends: summary.never_returns
                || calls
                    .iter()
                    .any(|(call, behaviour)| call.always && behaviour.ends),
            recovers: summary.recovery.recovers,
            affects: summary.effects.iter().any(is_seen_by_callers)
                || calls
                    .iter()
                    .any(|(call, behaviour)| behaviour.affects && passes_something(call)),
        }
    }

    fn of_call(&self, package: &Name, call: &CallSite) -> Behaviour {
        let callee = match &call.target {
            Target::Function(name) => Callee::Function(package.clone(), name.clone()),
            Target::Imported { package, name } => Callee::Function(package.clone(), name.clone()),
            Target::Method { name, .. } => Callee::Method(name.clone()),
            Target::Value(_) | Target::Unknown => return Behaviour::default(),
        };
        self.0.get(&callee).copied().unwrap_or_default()
    }

    /// True when a call in a function of the package may matter to that function's callers.
    pub(super) fn is_relevant(&self, package: &Name, call: &CallSite) -> bool {
        let behaviour = self.of_call(package, call);
        let is_predeclared =
            matches!(&call.target, Target::Function(name) if PREDECLARED.contains(&name.as_str()));
        is_predeclared
            || matches!(call.target, Target::Value(_))
            || behaviour.ends
            || behaviour.recovers
            || (behaviour.affects && passes_something(call))
    }
}

fn is_seen_by_callers(effect: &Effect) -> bool {
    let place = match effect {
        Effect::Clears(place)
        | Effect::Deletes(place)
        | Effect::WritesElement(place)
        | Effect::Assigns(place)
        | Effect::Stores(place)
        | Effect::Locks(place, _)
        | Effect::Unlocks(place, _) => place,
        Effect::Returns(..) => return false,
    };
    is_given(place)
}

fn passes_something(call: &CallSite) -> bool {
    let receiver = match &call.target {
        Target::Method { place, .. } => Some(place),
        _ => None,
    };
    call.arguments.iter().chain(receiver).any(is_given)
}

fn is_given(place: &Place) -> bool {
    matches!(
        place.root,
        ParameterIndex::Receiver | ParameterIndex::Parameter(_)
    )
}
