//! What a name means that no local declaration binds.

use super::Context;
use super::resolve::is_free;
use crate::Name;
use crate::body::ExpressionId;
use crate::facts::FileFacts;

impl Context<'_> {
    /// The path of the import that has this name in the file.
    pub(super) fn import_named(&self, name: &str) -> Option<Name> {
        self.import_in(self.file, name)
    }

    /// The path of the import that has this name in another file.
    pub(super) fn import_in(&self, file: &FileFacts, name: &str) -> Option<Name> {
        let mut guessed = None;
        for import in &file.imports {
            match &import.name {
                Some(alias) if alias == name => return Some(import.path.clone()),
                Some(_) => {}
                None => match self
                    .package_facts(&import.path)
                    .filter(|facts| !facts.name.is_empty())
                {
                    Some(facts) if facts.name == name => return Some(import.path.clone()),
                    None if import.local_name() == name => guessed = Some(import.path.clone()),
                    _ => {}
                },
            }
        }
        guessed
    }

    /// The import path of the package that an expression names: `net/http` for the `http` of `http.Get`.
    pub fn imported_package(&self, expression: ExpressionId) -> Option<Name> {
        let name = self.body.outer_name_of(expression)?;
        if self.package.declares(name) {
            None
        } else {
            self.import_named(name)
        }
    }

    /// True when a name that no local declaration binds means what the universe declares: neither the package nor an
    /// import of the file declares it.
    pub(super) fn means_predeclared(&self, name: &str) -> bool {
        is_free(self.package, name) && !self.may_be_imported_in(self.file, name)
    }

    /// True when an import of a file has the name, or a dot import may bring it.
    pub(super) fn may_be_imported_in(&self, file: &FileFacts, name: &str) -> bool {
        file.imports.iter().any(|import| match import.name.as_deref() {
            Some(".") => self
                .package_facts(&import.path)
                .is_none_or(|facts| facts.declares(name)),
            Some(alias) => alias == name,
            None => import.local_name() == name,
        })
    }

    /// True when the expression is the predeclared function, constant or type of that name.
    pub fn is_builtin(&self, expression: ExpressionId, name: &str) -> bool {
        self.body
            .outer_name_of(expression)
            .is_some_and(|found| found == name && self.means_predeclared(name))
    }

    /// The name under which code at this place can use a package, when its file imports it and nothing hides it.
    pub fn usable_import(&self, path: &str) -> Option<Name> {
        let import = self
            .file
            .imports
            .iter()
            .find(|import| import.path == path && !matches!(import.name.as_deref(), Some("." | "_")))?;
        let name = match &import.name {
            Some(name) => name.clone(),
            None => self
                .package_facts(path)
                .map_or_else(|| import.local_name(), |facts| facts.name.clone()),
        };
        let hidden = self.body.bindings.iter().any(|binding| binding.name == name);
        (!hidden).then_some(name)
    }
}
