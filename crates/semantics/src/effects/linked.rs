//! What a call does to one of its arguments or to its receiver, once the callee's own calls have been followed.

use crate::facts::{EffectKind, Step};
use crate::types::Certainty;

/// What a call does to one argument or receiver, and to what is reached from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    effects: Vec<LinkedEffect>,
}

/// One effect, on the argument itself or on a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LinkedEffect {
    /// What is done.
    pub kind: EffectKind,
    /// The steps from the argument to the part; none for the argument itself and for what it points to.
    pub path: Vec<Step>,
    /// True when some path through the callee certainly does this to this very place.
    pub is_certain: bool,
}

/// What a call does to one place. [`Certainty::Yes`] means that some path does it, [`Certainty::No`] that none does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EffectSet {
    /// It removes every element.
    pub clears: Certainty,
    /// It removes single elements.
    pub deletes: Certainty,
    /// It assigns elements.
    pub writes_element: Certainty,
    /// It assigns the place, or something that holds it.
    pub assigns: Certainty,
    /// It stores the place's value, or something that holds it, where it outlives the call.
    pub stores: Certainty,
    /// It returns the place's value, or something that holds it.
    pub returns: Certainty,
}

impl Effects {
    /// Adds an effect, once.
    pub(crate) fn add(&mut self, effect: LinkedEffect) {
        if !self.effects.contains(&effect) {
            self.effects.push(effect);
        }
    }

    /// Adds what a callee does to an argument, as effects on the place that is passed. What it returns isn't followed.
    pub(crate) fn add_moved(&mut self, passed: &[Step], inner: Option<&Self>) {
        let Some(inner) = inner else {
            self.add(LinkedEffect {
                kind: EffectKind::Leaks,
                path: passed.to_vec(),
                is_certain: false,
            });
            return;
        };
        for effect in inner.iter() {
            let kind = match effect.kind {
                EffectKind::Returns(_) => EffectKind::Leaks,
                kind => kind,
            };
            self.add(LinkedEffect {
                kind,
                path: [passed, &effect.path].concat(),
                is_certain: effect.is_certain,
            });
        }
    }

    /// Every effect, the callee's own before those of what it calls.
    pub fn iter(&self) -> impl Iterator<Item = &LinkedEffect> {
        self.effects.iter()
    }

    /// What is done to the place that these steps lead to from the argument; none lead to the argument itself.
    pub fn at(&self, path: &[Step]) -> EffectSet {
        let mut set = EffectSet {
            clears: Certainty::No,
            deletes: Certainty::No,
            writes_element: Certainty::No,
            assigns: Certainty::No,
            stores: Certainty::No,
            returns: Certainty::No,
        };
        for effect in &self.effects {
            let is_here = effect.path == path;
            let is_around = path.starts_with(&effect.path);
            let answer = match effect.kind {
                EffectKind::Clears if is_here => &mut set.clears,
                EffectKind::Deletes if is_here => &mut set.deletes,
                EffectKind::WritesElement if is_here => &mut set.writes_element,
                EffectKind::Assigns if is_around => &mut set.assigns,
                EffectKind::Stores if is_around => &mut set.stores,
                EffectKind::Returns(_) if is_around => &mut set.returns,
                EffectKind::Leaks if is_around || is_member(&effect.path, path) => {
                    set.blur();
                    continue;
                }
                _ => continue,
            };
            *answer = match (*answer, effect.is_certain) {
                (Certainty::Yes, _) | (_, true) => Certainty::Yes,
                _ => Certainty::Unknown,
            };
        }
        set
    }
}

/// True when `path` is a field of the place. A field that goes where nobody follows it may be a bound method in truth,
/// which does what it likes with its receiver.
fn is_member(path: &[Step], place: &[Step]) -> bool {
    matches!(path.split_last(), Some((Step::Field(_), rest)) if rest == place)
}

impl EffectSet {
    /// What is known of a place that goes where nobody follows it: what is certain stays so, the rest is possible.
    fn blur(&mut self) {
        for answer in [
            &mut self.clears,
            &mut self.deletes,
            &mut self.writes_element,
            &mut self.assigns,
            &mut self.stores,
            &mut self.returns,
        ] {
            if answer.is_no() {
                *answer = Certainty::Unknown;
            }
        }
    }
}
