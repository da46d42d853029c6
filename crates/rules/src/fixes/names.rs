//! New local names that collide with nothing.

use deferlint_semantics::Name;
use deferlint_semantics::body::Body;

/// Hands out names that the declaration doesn't use anywhere, and never the same one twice.
#[derive(Debug)]
pub(crate) struct FreshNames<'a> {
    body: &'a Body,
    taken: Vec<Name>,
}

impl<'a> FreshNames<'a> {
    /// Names for new variables of this declaration.
    pub(crate) fn new(body: &'a Body) -> Self {
        Self {
            body,
            taken: Vec::new(),
        }
    }

    /// `wish`, or `wish2`, `wish3` and so on when the declaration has a use for it already. A name that no identifier
    /// of the declaration has can hide nothing that the declaration means.
    pub(crate) fn fresh(&mut self, wish: &str) -> Name {
        let candidates = std::iter::once(Name::new(wish))
            .chain((2u32..).map(|number| smol_str::format_smolstr!("{wish}{number}")));
        let name = candidates
            .into_iter()
            .find(|name| !self.body.identifiers.contains(name) && !self.taken.contains(name))
            .expect("a declaration has finitely many identifiers");
        self.taken.push(name.clone());
        name
    }
}
