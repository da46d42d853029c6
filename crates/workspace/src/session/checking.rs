//! Which documents are checked again, and how.

use std::path::Path;
use std::sync::Arc;

use deferlint_rules::starts_from_calls;
use deferlint_semantics::Name;
use deferlint_semantics::context::GoVersion;
use deferlint_semantics::facts::PackageFacts;

use super::document::{Analysis, OpenDocument};
use super::{Changes, DocumentId, Session};
use crate::analyze::Surroundings;
use crate::materialize::diagnostics;

impl Session {
    /// A document declares something else than before: everything that may read it is checked again.
    pub(super) fn facts_changed(&mut self, id: &DocumentId, changes: &mut Changes) {
        let Some(document) = self.documents.get(id) else {
            return;
        };
        match document.path.clone() {
            Some(path) => {
                self.index.set_open(&path, Some(Arc::clone(&document.file.facts)));
                self.recheck(|document| document.depends_on(&path), changes);
            }
            None => self.recheck_one(id, changes),
        }
    }

    /// Functions of a document do something else than before, and that is all: what read their summaries is checked again.
    pub(super) fn functions_changed(&mut self, id: &DocumentId, functions: &[Name], changes: &mut Changes) {
        let Some(document) = self.documents.get(id) else {
            return;
        };
        let path = document.path.clone();
        if let Some(path) = &path {
            self.index.set_functions(path, &document.file.facts);
        }
        let mut outdated = vec![Arc::clone(id)];
        for (other, document) in &mut self.documents {
            let may_read = other == id || path.as_ref().is_some_and(|path| document.depends_on(path));
            if may_read && document.file.forget_findings_with(functions) && other != id {
                outdated.push(Arc::clone(other));
            }
        }
        for id in &outdated {
            self.analyze(id, changes);
        }
    }

    pub(super) fn recheck(&mut self, which: impl Fn(&OpenDocument) -> bool, changes: &mut Changes) {
        for id in &self.ids(which) {
            self.recheck_one(id, changes);
        }
    }

    fn ids(&self, which: impl Fn(&OpenDocument) -> bool) -> Vec<DocumentId> {
        let which = self.documents.iter().filter(|(_, document)| which(document));
        let mut ids: Vec<_> = which.map(|(id, _)| Arc::clone(id)).collect();
        ids.sort();
        ids
    }

    pub(super) fn recheck_one(&mut self, id: &DocumentId, changes: &mut Changes) {
        if let Some(document) = self.documents.get_mut(id) {
            document.file.forget_all_findings();
            self.analyze(id, changes);
        }
    }

    /// Runs the rules over the declarations that have no findings yet, and makes the analysis of the document.
    pub(super) fn analyze(&mut self, id: &DocumentId, changes: &mut Changes) {
        if self.documents.get(id).is_some_and(OpenDocument::is_unparsed) {
            return;
        }
        let Some(mut document) = self.documents.remove(id) else {
            return;
        };
        let package = self.package_of(&document);
        let mut panicked = Vec::new();
        let settings = self.settings.of(document.directory());
        let rules = settings.enabled_rules();
        let from_calls: Vec<_> = rules
            .iter()
            .copied()
            .filter(|rule| starts_from_calls(rule))
            .collect();
        let unchecked = document.file.declarations.iter().enumerate();
        let unchecked = unchecked.filter(|(_, declaration)| declaration.found.is_none());
        let found: Vec<_> = self.with_surroundings(&document, &package, |surroundings| {
            unchecked
                .map(|(index, declaration)| {
                    let rules = if declaration.starts_a_rule {
                        &rules
                    } else {
                        &from_calls
                    };
                    (index, surroundings.check(declaration, rules, &mut panicked))
                })
                .collect()
        });
        for (index, found) in found {
            document.file.declarations[index].found = Some(Arc::new(found));
        }
        self.reports.extend(
            panicked
                .iter()
                .map(|rule| format!("the rule {rule} panicked in {id}")),
        );
        document.analysis = Some(Arc::new(Analysis {
            version: document.parsed_version,
            document: document.file.document.clone(),
            diagnostics: diagnostics(&document.file, &settings),
        }));
        self.documents.insert(Arc::clone(id), document);
        changes.analyzed.push(Arc::clone(id));
    }

    pub(super) fn with_surroundings<'a, T>(
        &'a self,
        document: &'a OpenDocument,
        package: &'a PackageFacts,
        work: impl FnOnce(Surroundings<'_>) -> T,
    ) -> T {
        let directory = document.directory();
        let visible = self.index.seen_from(directory.unwrap_or(Path::new("")));
        let go_version = directory.map_or_else(GoVersion::default, |directory| {
            self.index.go_version_of(directory)
        });
        work(Surroundings {
            file: &document.file.facts,
            package,
            packages: &visible,
            go_version,
        })
    }

    /// The facts of the package of a document.
    pub(super) fn package_of(&self, document: &OpenDocument) -> Arc<PackageFacts> {
        let own = &document.file.facts;
        match &document.path {
            Some(path) => self.index.package_of(path, own),
            None => Arc::new(PackageFacts::new("", vec![Arc::clone(own)])),
        }
    }
}

#[cfg(test)]
mod tests;
