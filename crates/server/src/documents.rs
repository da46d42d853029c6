//! What is known of an open document besides its text.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deferlint_workspace::Analysis;
use tower_lsp::ls_types::{
    CodeActionParams, CodeActionResponse, Diagnostic, DocumentDiagnosticParams, DocumentDiagnosticReport,
    DocumentDiagnosticReportResult, FullDocumentDiagnosticReport, Hover, RelatedFullDocumentDiagnosticReport,
    RelatedUnchangedDocumentDiagnosticReport, TextDocumentPositionParams, UnchangedDocumentDiagnosticReport,
    Uri,
};

use crate::convert::lsp_diagnostics;
use crate::event::Reply;
use crate::support::ClientSupport;

/// An open document.
#[derive(Debug)]
pub(crate) struct OpenDocument {
    /// How many documents had been opened when it was opened last, itself included.
    pub(crate) opening: u64,
    /// The URIs under which the client has it open, in its own spelling.
    pub(crate) uris: Vec<Uri>,
    /// The file that it is, when it is one.
    pub(crate) path: Option<PathBuf>,
    /// False for a `go.mod` and whatever else an editor hands to a Go server: such documents are ignored.
    pub(crate) is_go: bool,
    /// True after an edit that didn't fit, until the whole text comes.
    pub(crate) is_out_of_step: bool,
    /// True after an edit, until the document is saved.
    pub(crate) is_unsaved: bool,
    /// Questions for the findings of the current version.
    pub(crate) waiting: Vec<DiagnosticRequest>,
    /// Questions about places in the current version, while it is parsed.
    pub(crate) places: Vec<PlaceQuestion>,
    /// What the last answered question was answered with.
    pub(crate) reported: Option<Arc<Analysis>>,
}

impl OpenDocument {
    /// A document that was just opened.
    pub(crate) fn new(opening: u64, uri: &Uri, path: Option<PathBuf>, is_go: bool) -> Self {
        Self {
            opening,
            uris: vec![uri.clone()],
            path,
            is_go,
            is_out_of_step: false,
            is_unsaved: false,
            waiting: Vec::new(),
            places: Vec::new(),
            reported: None,
        }
    }

    /// Opens it once more, under this URI.
    pub(crate) fn reopen(&mut self, opening: u64, uri: &Uri) {
        self.opening = opening;
        if !self.uris.contains(uri) {
            self.uris.push(uri.clone());
        }
        self.is_out_of_step = false;
        self.is_unsaved = false;
        self.answer_places_with_nothing();
    }

    /// Closes it under this URI; true when it is still open under another one.
    pub(crate) fn close(&mut self, uri: &Uri) -> bool {
        self.uris.retain(|open| open != uri);
        !self.uris.is_empty()
    }

    /// The directory of its file.
    pub(crate) fn directory(&self) -> Option<&Path> {
        self.path.as_deref()?.parent()
    }

    /// Answers the questions that wait for what will never be known.
    pub(crate) fn answer_nothing(&mut self) {
        self.waiting.drain(..).for_each(DiagnosticRequest::answer_nothing);
        self.answer_places_with_nothing();
    }

    /// Answers the questions about places in a text that is no longer the document's.
    pub(crate) fn answer_places_with_nothing(&mut self) {
        self.places.drain(..).for_each(PlaceQuestion::answer_nothing);
    }

    /// Answers the questions for findings. With `keep`, a client that has an answer keeps it.
    pub(crate) fn answer_waiting(&mut self, analysis: &Arc<Analysis>, support: &ClientSupport, keep: bool) {
        for request in self.waiting.drain(..) {
            if keep && let Some(result_id) = request.params.previous_result_id.clone() {
                request.answer(unchanged(result_id));
                continue;
            }
            let diagnostics = lsp_diagnostics(analysis, &request.params.text_document.uri, support);
            request.answer_with(diagnostics);
            self.reported = Some(Arc::clone(analysis));
        }
    }
}

/// A question for the findings of a document (LSP 3.17, `textDocument/diagnostic`).
#[derive(Debug)]
pub(crate) struct DiagnosticRequest {
    /// The question.
    pub(crate) params: DocumentDiagnosticParams,
    /// Where the answer goes.
    pub(crate) reply: Reply<DocumentDiagnosticReportResult>,
}

impl DiagnosticRequest {
    /// Answers that there are no findings: for a document that isn't checked.
    pub(crate) fn answer_nothing(self) {
        self.answer_with(Vec::new());
    }

    /// Answers with these findings, or that they are those that the client has.
    fn answer_with(self, diagnostics: Vec<Diagnostic>) {
        let result_id = result_id(&diagnostics);
        let report = if self.params.previous_result_id.as_ref() == Some(&result_id) {
            unchanged(result_id)
        } else {
            full(result_id, diagnostics)
        };
        self.answer(report);
    }

    /// Nobody waits for the answer when the client has cancelled the request.
    fn answer(self, report: DocumentDiagnosticReport) {
        drop(self.reply.send(Ok(report.into())));
    }
}

/// A question about a place in a document (LSP 3.17, `textDocument/codeAction` and `textDocument/hover`).
#[derive(Debug)]
pub(crate) enum PlaceQuestion {
    /// What can be done there?
    CodeActions {
        /// The place.
        params: CodeActionParams,
        /// Where the answer goes.
        reply: Reply<Option<CodeActionResponse>>,
    },
    /// What is to be said of it?
    Hover {
        /// The place.
        params: TextDocumentPositionParams,
        /// Where the answer goes.
        reply: Reply<Option<Hover>>,
    },
}

impl PlaceQuestion {
    /// The document that the place is in.
    pub(crate) fn uri(&self) -> &Uri {
        match self {
            Self::CodeActions { params, .. } => &params.text_document.uri,
            Self::Hover { params, .. } => &params.text_document.uri,
        }
    }

    /// True when the client has cancelled the request.
    pub(crate) fn is_cancelled(&self) -> bool {
        match self {
            Self::CodeActions { reply, .. } => reply.is_closed(),
            Self::Hover { reply, .. } => reply.is_closed(),
        }
    }

    /// Answers that there is nothing. Nobody waits for the answer when the client has cancelled the request.
    pub(crate) fn answer_nothing(self) {
        match self {
            Self::CodeActions { reply, .. } => drop(reply.send(Ok(None))),
            Self::Hover { reply, .. } => drop(reply.send(Ok(None))),
        }
    }
}

fn full(result_id: String, items: Vec<Diagnostic>) -> DocumentDiagnosticReport {
    DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport {
        related_documents: None,
        full_document_diagnostic_report: FullDocumentDiagnosticReport {
            result_id: Some(result_id),
            items,
        },
    })
}

fn unchanged(result_id: String) -> DocumentDiagnosticReport {
    DocumentDiagnosticReport::Unchanged(RelatedUnchangedDocumentDiagnosticReport {
        related_documents: None,
        unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id },
    })
}

/// A name that two reports share only when they say the same. Made from what they say, it needs no memory of them.
fn result_id(diagnostics: &[Diagnostic]) -> String {
    let mut hasher = DefaultHasher::new();
    for diagnostic in diagnostics {
        // Serialising to memory fails for no diagnostic; if it did, the report would merely count as another one.
        serde_json::to_vec(diagnostic)
            .unwrap_or_default()
            .hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}
