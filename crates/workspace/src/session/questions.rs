//! What a session is asked about its documents.

use std::sync::Arc;

use deferlint_semantics::body::Span;
use deferlint_syntax::Tree;
use deferlint_text::{ByteRange, Document};

use super::document::{Analysis, OpenDocument};
use super::{DocumentId, Session};
use crate::diagnostic::{Diagnostic, FileFix};
use crate::materialize::file_fix;
use crate::settings::Settings;

impl Session {
    /// The settings that count for a document.
    pub fn settings_of(&self, id: &DocumentId) -> Arc<Settings> {
        let document = self.documents.get(id);
        self.settings.of(document.and_then(OpenDocument::directory))
    }

    /// What is known of a document's latest version that was parsed; nothing before the first one was.
    pub fn analysis(&self, id: &DocumentId) -> Option<&Arc<Analysis>> {
        self.documents.get(id)?.analysis.as_ref()
    }

    /// The latest text and version of a document.
    pub fn text(&self, id: &DocumentId) -> Option<(&Document, i32)> {
        self.documents
            .get(id)
            .map(|document| (document.text(), document.version))
    }

    /// The tree of the latest text of a document; none while a parse is under way, and none when others were parsed since.
    pub fn tree(&self, id: &DocumentId) -> Option<&Tree> {
        self.up_to_date(id).and_then(|_| self.trees.get(id))
    }

    /// The open documents.
    pub fn document_ids(&self) -> impl Iterator<Item = &DocumentId> {
        self.documents.keys()
    }

    /// The findings of a document that a range touches; none while a parse is under way, for their places belong to
    /// another text.
    pub fn diagnostics_at(&self, id: &DocumentId, range: ByteRange) -> Vec<&Diagnostic> {
        let analysis = self
            .up_to_date(id)
            .and_then(|document| document.analysis.as_ref());
        let diagnostics = analysis.map_or(&[][..], |analysis| &analysis.diagnostics);
        diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.range.touches(range))
            .collect()
    }

    /// The rewrites offered at a range although nothing need be wrong there.
    pub fn refactorings(&self, id: &DocumentId, range: ByteRange) -> Vec<FileFix> {
        let Some(document) = self.up_to_date(id) else {
            return Vec::new();
        };
        let package = self.package_of(document);
        self.with_surroundings(document, &package, |surroundings| {
            let touched = document
                .file
                .declarations
                .iter()
                .filter(|declaration| declaration.range.touches(range));
            let offers = touched.flat_map(|declaration| {
                let start = declaration.range.start();
                let place = Span::new(
                    range.start().saturating_sub(start),
                    range.end().min(declaration.range.end()).saturating_sub(start),
                );
                let fixes = surroundings.refactorings(declaration, place).into_iter();
                fixes
                    .filter_map(move |fix| file_fix(&document.file, start, &fix))
                    .collect::<Vec<_>>()
            });
            offers.collect()
        })
    }

    /// True while a job parses a document.
    pub fn is_being_parsed(&self, id: &DocumentId) -> bool {
        self.documents
            .get(id)
            .is_some_and(|document| document.pending.is_some())
    }

    /// The document, unless a parse of it is under way.
    fn up_to_date(&self, id: &DocumentId) -> Option<&OpenDocument> {
        let document = self.documents.get(id);
        document.filter(|document| document.pending.is_none())
    }
}
