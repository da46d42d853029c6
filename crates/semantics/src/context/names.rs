//! What a name means that no local declaration binds.

use super::{Context, PackageHandle};
use crate::Name;
use crate::body::ExpressionId;
use crate::facts::{FileFacts, Import, PackageFacts};

impl<'a> Context<'a> {
    /// The name of an import in the file: the one written before the path, else the package's own, else the one that
    /// the path suggests.
    fn name_of_import(&self, import: &Import) -> Name {
        if import.name.is_none()
            && let Some(facts) = self.package_facts(&import.path)
            && !facts.name.is_empty()
        {
            return facts.name.clone();
        }
        import.local_name()
    }

    /// The path of the import that has this name in the file.
    pub(super) fn import_named(&self, name: &str) -> Option<Name> {
        let names = self.import_names.get_or_init(|| {
            let imports = self.file.imports.iter();
            imports.map(|import| self.name_of_import(import)).collect()
        });
        let index = names.iter().position(|known| known == name)?;
        Some(self.file.imports[index].path.clone())
    }

    /// The path of the import that has this name in another file.
    pub(super) fn import_in(&self, file: &FileFacts, name: &str) -> Option<Name> {
        if std::ptr::eq(file, self.file) {
            return self.import_named(name);
        }
        let imports = file.imports.iter();
        let mut named = imports.filter(|import| self.name_of_import(import) == name);
        named.next().map(|import| import.path.clone())
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
        self.is_predeclared_in(self.package, self.file, name)
    }

    /// [`means_predeclared`](Self::means_predeclared) in another file and its package.
    pub(super) fn is_predeclared_in(&self, package: &PackageFacts, file: &FileFacts, name: &str) -> bool {
        !package.declares(name)
            && self.import_in(file, name).is_none()
            && !self.may_be_dot_imported(file, name)
    }

    /// True when a dot import declares the name, or one that nothing is known about may.
    pub(super) fn may_be_dot_imported(&self, file: &FileFacts, name: &str) -> bool {
        let mut dots = file
            .imports
            .iter()
            .filter(|import| import.name.as_deref() == Some("."));
        dots.any(|import| {
            self.package_facts(&import.path)
                .is_none_or(|facts| facts.declares(name))
        })
    }

    /// The path of the dot import that brings an exported name into the file: the one that is known to declare it, else
    /// the only one that nothing is known about.
    pub(super) fn dot_import_of(&self, name: &str) -> Option<Name> {
        if !is_exported(name) || self.package.declares(name) {
            return None;
        }
        let mut unknown = None;
        let mut unknowns = 0;
        for import in &self.file.imports {
            if import.name.as_deref() == Some(".") {
                match self.package_facts(&import.path) {
                    Some(facts) if facts.declares(name) => return Some(import.path.clone()),
                    Some(_) => {}
                    None => {
                        unknowns += 1;
                        unknown = Some(import.path.clone());
                    }
                }
            }
        }
        unknown.filter(|_| unknowns == 1)
    }

    /// The package that declares a package-level name which the files of a package use: that package, or else the one
    /// that one of its files imports with a dot.
    pub(super) fn declaring_package(&self, path: &str, name: &str) -> Option<PackageHandle<'a>> {
        let facts = self.package_facts(path)?;
        if facts.declares(name) || !is_exported(name) {
            return Some(facts);
        }
        let imports = facts.files().iter().flat_map(|file| &file.imports);
        let mut dots: Vec<_> = imports
            .filter(|import| import.name.as_deref() == Some("."))
            .filter_map(|import| self.package_facts(&import.path))
            .filter(|imported| imported.declares(name))
            .collect();
        dots.sort_by(|one, other| one.path.cmp(&other.path));
        dots.dedup_by(|one, other| one.path == other.path);
        match dots.pop() {
            Some(only) if dots.is_empty() => Some(only),
            Some(_) => None,
            None => Some(facts),
        }
    }

    /// True when the expression is the predeclared function, constant or type of that name.
    pub fn is_builtin(&self, expression: ExpressionId, name: &str) -> bool {
        self.body
            .outer_name_of(expression)
            .is_some_and(|found| found == name && self.means_predeclared(name))
    }

    /// The name under which code at this place can use a package, when its file imports it and nothing hides it.
    pub fn usable_import(&self, path: &str) -> Option<Name> {
        let mut imports = self.file.imports.iter();
        let import = imports
            .find(|import| import.path == path && !matches!(import.name.as_deref(), Some("." | "_")))?;
        let name = self.name_of_import(import);
        (!self.is_bound(&name)).then_some(name)
    }

    /// True when the body declares a local name like this somewhere.
    pub(super) fn is_bound(&self, name: &str) -> bool {
        self.body.bindings.iter().any(|binding| binding.name == name)
    }
}

/// True for a name that other packages can use (Go specification, "Exported identifiers").
pub(super) fn is_exported(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
}
