//! One open document of a session.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use deferlint_text::{ByteEdit, Document};

use crate::diagnostic::Diagnostic;
use crate::file::SourceFile;

/// One open document.
#[derive(Debug)]
pub(super) struct OpenDocument {
    /// The file that it is, when it is one.
    pub(super) path: Option<PathBuf>,
    /// The version that the client gave the latest text.
    pub(super) version: i32,
    /// The version of the text that was parsed last.
    pub(super) parsed_version: i32,
    /// The document as of the last parse.
    pub(super) file: SourceFile,
    /// The text and the edits since that parse, while a job parses an earlier text.
    pub(super) pending: Option<Pending>,
    /// What is known of the last text that was parsed; nothing before the first one was.
    pub(super) analysis: Option<Arc<Analysis>>,
}

/// Edits that came while a parse was under way.
#[derive(Debug)]
pub(super) struct Pending {
    /// The latest text.
    pub(super) document: Document,
    /// All edits since `OpenDocument::file`, or since the document was opened when that is of an empty text.
    pub(super) edits: Vec<ByteEdit>,
    /// The number of the parse that is under way.
    pub(super) parse: u64,
    /// How many of the edits the text that is being parsed has.
    pub(super) parsed_edits: usize,
}

/// What is known of one version of a document.
#[derive(Debug)]
pub struct Analysis {
    /// The version that the client gave the text.
    pub version: i32,
    /// The text.
    pub document: Document,
    /// The findings, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl OpenDocument {
    /// The latest text.
    pub(super) fn text(&self) -> &Document {
        self.pending
            .as_ref()
            .map_or(&self.file.document, |pending| &pending.document)
    }

    /// True until the first text is parsed: `file` is of an empty one.
    pub(super) fn is_unparsed(&self) -> bool {
        self.analysis.is_none() && self.pending.is_some()
    }

    /// The directory of its file.
    pub(super) fn directory(&self) -> Option<&Path> {
        self.path.as_deref()?.parent()
    }

    /// True when what the file `path` declares may matter here: it is of the same directory, or something is imported.
    pub(super) fn depends_on(&self, path: &Path) -> bool {
        self.directory().is_some()
            && (self.directory() == path.parent() || !self.file.facts.imports.is_empty())
    }
}
