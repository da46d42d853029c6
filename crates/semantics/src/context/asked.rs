//! Which functions are asked about, so that answers can be kept while only others change.

use std::cell::RefCell;

use rustc_hash::FxHashSet;

use super::Context;
use crate::Name;
use crate::facts::{FunctionFacts, Summary};

/// The names of the functions and methods that were asked about.
#[derive(Debug, Default)]
pub(super) struct AskedNames(RefCell<FxHashSet<Name>>);

impl AskedNames {
    /// Notes that a function of this name is asked about.
    pub(super) fn note(&self, name: &str) {
        let mut asked = self.0.borrow_mut();
        if !asked.contains(name) {
            asked.insert(Name::new(name));
        }
    }
}

impl Context<'_> {
    /// The summary of a function, which all answers from now on may follow from. `None` when nothing is known of its body.
    pub fn summary_of<'f>(&self, facts: &'f FunctionFacts) -> Option<&'f Summary> {
        self.asked.note(&facts.name);
        facts.summary.get()
    }

    /// True when a `defer` statement of the package calls a function or method of that name.
    pub fn defers(&self, name: &str) -> bool {
        self.asked.note(name);
        self.package.defers(name)
    }

    /// Gives `take` the names of the functions and methods, of this package and of others, that were asked about so far:
    /// what they do, and whether they are deferred. While only others change, all answers stay the same.
    pub fn names_asked<T>(&self, take: impl FnOnce(&mut dyn Iterator<Item = &Name>) -> T) -> T {
        take(&mut self.asked.0.borrow().iter())
    }
}
