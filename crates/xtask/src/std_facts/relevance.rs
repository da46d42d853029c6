//! Which calls in summaries can matter to a caller. The others are left out: nearly every function calls dozens that
//! neither end, nor recover, nor touch what they are given.
//!
//! Functions are told apart by package and name, methods by their name alone, so that a call is kept rather than lost.

use std::collections::BTreeMap;

use deferlint_semantics::Name;
use deferlint_semantics::facts::{
    CallSite, Effect, EffectKind, FunctionFacts, ParameterIndex, Place, Target,
};

use super::collect::Library;

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

impl Behaviour {
    /// What nothing is known of.
    const UNKNOWN: Self = Self {
        ends: false,
        recovers: false,
        affects: true,
    };
}

/// What calls of the library's functions may do.
pub(super) struct Relevance(BTreeMap<Callee, Behaviour>);

impl Relevance {
    pub(super) fn of(library: &Library) -> Self {
        let mut relevance = Self(BTreeMap::new());
        for (package, facts) in library {
            let callees = facts.functions.iter().map(|function| callee(package, function));
            relevance
                .0
                .extend(callees.map(|callee| (callee, Behaviour::default())));
        }
        // Behaviour only grows from round to round, so this ends.
        while relevance.grow(library) {}
        relevance
    }

    fn grow(&mut self, library: &Library) -> bool {
        let mut has_grown = false;
        for (package, facts) in library {
            for function in &facts.functions {
                let found = self.behaviour_of(package, function);
                let known = self.0.entry(callee(package, function)).or_default();
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
        // What is written in assembly, or by the runtime, may be one of those that are known by name.
        let Some(summary) = function.summary.get() else {
            return Behaviour {
                ends: function.receiver.is_none(),
                recovers: false,
                affects: true,
            };
        };
        let mut behaviour = Behaviour {
            ends: !summary.returns,
            recovers: !summary.recovery.recovers.is_no(),
            affects: summary.effects.iter().any(is_seen_by_callers),
        };
        for call in &summary.calls {
            let called = self.of_call(package, call);
            behaviour.ends |= call.always && called.ends;
            behaviour.affects |= called.affects && passes_something(call);
        }
        behaviour
    }

    /// What a call may do. One of a function or method that the library doesn't declare may do anything to what it is
    /// given, but nobody finds out.
    fn of_call(&self, package: &Name, call: &CallSite) -> Behaviour {
        let callee = match &call.target {
            Target::Function(name) => Callee::Function(package.clone(), name.clone()),
            Target::Imported { package, name } => Callee::Function(package.clone(), name.clone()),
            Target::Member { name, .. } => Callee::Method(name.clone()),
            Target::Unknown => return Behaviour::UNKNOWN,
        };
        self.0.get(&callee).copied().unwrap_or(Behaviour::UNKNOWN)
    }

    /// True when a call in a function of the package may matter to that function's callers.
    pub(super) fn is_relevant(&self, package: &Name, call: &CallSite) -> bool {
        let behaviour = self.of_call(package, call);
        call.deferred && (behaviour.recovers || behaviour == Behaviour::UNKNOWN)
            || call.always && behaviour.ends
            || behaviour.affects && passes_something(call)
    }
}

fn callee(package: &Name, function: &FunctionFacts) -> Callee {
    match &function.receiver {
        Some(_) => Callee::Method(function.name.clone()),
        None => Callee::Function(package.clone(), function.name.clone()),
    }
}

fn is_seen_by_callers(effect: &Effect) -> bool {
    !matches!(effect.kind, EffectKind::Returns(_)) && is_given(&effect.place)
}

fn passes_something(call: &CallSite) -> bool {
    let receiver = match &call.target {
        Target::Member { place, .. } => Some(place),
        _ => None,
    };
    call.arguments.iter().flatten().chain(receiver).any(is_given)
}

fn is_given(place: &Place) -> bool {
    matches!(
        place.root,
        ParameterIndex::Receiver | ParameterIndex::Parameter(_)
    )
}
