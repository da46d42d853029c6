//! Which function of the package changes a map while it holds the lock that guards it.

use super::Context;
use super::links::Function;
use crate::Name;
use crate::body::{Body, ExpressionId, TypeExpression};
use crate::effects::Places;
use crate::facts::{EffectKind, FunctionFacts, ParameterIndex, Place, Target};

impl Context<'_> {
    /// The name of another function of the package that locks `mutex` and writes, deletes or clears elements of `map`.
    /// Both are expressions of the declared function; they are found again in other functions when they are places of a
    /// receiver or parameter of a type of the package, or package-level variables. `None` when the declared function may
    /// put another map there: what was there before is then no longer shared. Tests don't count.
    pub fn writer_under_lock(&self, map: ExpressionId, mutex: ExpressionId) -> Option<Name> {
        let places = Places::of_body(self.body, self.frames());
        let place_of = |expression| {
            let located = places.of(expression).filter(|located| located.is_certain)?;
            Some(located.place)
        };
        let own = self.own_facts()?;
        let map = Shared::new(self, own, place_of(map)?)?;
        let mutex = Shared::new(self, own, place_of(mutex)?)?;
        if self.replaces(own, &map.place) {
            return None;
        }
        let files = self.package.files().iter();
        let files = files.filter(|file| file.imports.iter().all(|import| import.path != "testing"));
        files
            .flat_map(|file| &file.functions)
            .filter(|facts| facts.name != own.name || facts.receiver != own.receiver)
            .find(|facts| self.locks(facts, &mutex) && self.changes(facts, &map))
            .map(|facts| facts.name.clone())
    }

    /// The facts of the declared function.
    fn own_facts(&self) -> Option<&FunctionFacts> {
        let function = &self.body[Body::DECLARED];
        let receiver = function.receiver.as_ref().map(|receiver| &receiver.type_);
        let is_own = |facts: &&FunctionFacts| {
            Some(&facts.name) == function.name.as_ref()
                && facts.receiver.as_ref().map(|receiver| &receiver.type_name) == receiver.and_then(type_name)
        };
        let mut functions = self.file.functions.iter().map(|facts| &**facts);
        functions.find(is_own)
    }

    fn replaces(&self, facts: &FunctionFacts, map: &Place) -> bool {
        let effects = self.effects_of_function(&self.function_of(facts), &map.root);
        effects.is_none_or(|effects| {
            effects
                .iter()
                .any(|effect| effect.kind == EffectKind::Assigns && map.path.starts_with(&effect.path))
        })
    }

    fn changes(&self, facts: &FunctionFacts, map: &Shared) -> bool {
        map.roots_in(facts).any(|root| {
            let effects = self.effects_of_function(&self.function_of(facts), &root);
            effects.is_some_and(|effects| {
                effects.iter().any(|effect| {
                    let changes_elements = matches!(
                        effect.kind,
                        EffectKind::WritesElement | EffectKind::Deletes | EffectKind::Clears
                    );
                    changes_elements && effect.is_certain && effect.path == map.place.path
                })
            })
        })
    }

    /// True when the function calls `Lock` on such a mutex.
    fn locks(&self, facts: &FunctionFacts, mutex: &Shared) -> bool {
        let Some(summary) = self.summary_of(facts) else {
            return false;
        };
        mutex.roots_in(facts).any(|root| {
            summary.calls.iter().any(|call| match &call.target {
                Target::Member { place, name } => {
                    name == "Lock" && !call.deferred && place.root == root && place.path == mutex.place.path
                }
                _ => false,
            })
        })
    }

    fn function_of(&self, facts: &FunctionFacts) -> Function {
        let receiver = facts.receiver.as_ref().map(|receiver| &receiver.type_name);
        Function::new(&self.package.path, receiver, &facts.name)
    }
}

/// A place that other functions of the package can reach, too.
struct Shared {
    place: Place,
    /// The type of the package in whose values the place lies; `None` for a package-level variable.
    type_name: Option<Name>,
}

impl Shared {
    fn new(context: &Context<'_>, facts: &FunctionFacts, place: Place) -> Option<Self> {
        let type_name = match &place.root {
            ParameterIndex::Receiver => Some(facts.receiver.as_ref()?.type_name.clone()),
            ParameterIndex::Parameter(index) => {
                let type_ = facts.signature.parameters.get(*index as usize)?;
                let name = type_name(type_).filter(|name| context.package.type_(name).is_some())?;
                Some(name.clone())
            }
            ParameterIndex::PackageVariable(name) => {
                context.package.value(name)?;
                None
            }
        };
        Some(Self { place, type_name })
    }

    /// The roots from which a function reaches such a place.
    fn roots_in(&self, facts: &FunctionFacts) -> impl Iterator<Item = ParameterIndex> {
        let Some(wanted) = &self.type_name else {
            return vec![self.place.root.clone()].into_iter();
        };
        let receiver = facts.receiver.iter();
        let receiver = receiver
            .filter(|receiver| receiver.type_name == *wanted)
            .map(|_| ParameterIndex::Receiver);
        let parameters = facts.signature.parameters.iter().zip(0..);
        let parameters = parameters
            .filter(|(type_, _)| type_name(type_) == Some(wanted))
            .map(|(_, index)| ParameterIndex::Parameter(index));
        receiver.chain(parameters).collect::<Vec<_>>().into_iter()
    }
}

/// The name of a type, also of the one that a pointer points to.
fn type_name(type_: &TypeExpression) -> Option<&Name> {
    match type_ {
        TypeExpression::Name { name, .. } => Some(name),
        TypeExpression::Pointer(pointed) => type_name(pointed),
        _ => None,
    }
}
