//! The session: open documents with their trees, bodies and findings.
//!
//! It knows neither LSP nor threads. Whatever takes long comes back as a [`Job`] for the caller to run where it likes;
//! [`Session::finish`] takes the outcome. The server, the benchmarks and the fuzzers all use it.

mod checking;
mod document;
mod job;
mod questions;
mod recent_trees;

pub use document::Analysis;
pub use job::{Job, Outcome};

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use deferlint_syntax::{OutOfBudget, Parser, Tree};
use deferlint_text::{ByteEdit, Change, Desync, Document, DocumentTooLarge, PositionEncoding};
use rustc_hash::FxHashMap;
use thiserror::Error;

use self::document::{OpenDocument, Pending};
use self::recent_trees::RecentTrees;
use crate::discover::is_go_file;
use crate::file::{FactsChange, SourceFile};
use crate::packages::PackageIndex;
use crate::settings::{SETTINGS_FILE, Settings, SettingsProblem, SettingsSources};

/// How long a parse may take before it is left to a job, in processor time where the system tells it.
pub const PARSE_BUDGET: Duration = Duration::from_millis(20);

/// A document's name: its URI, or anything else that is unique.
pub type DocumentId = Arc<str>;

/// The open documents and what is known of them.
pub struct Session {
    settings: SettingsSources,
    parser: Parser,
    parse_budget: Duration,
    documents: FxHashMap<DocumentId, OpenDocument>,
    trees: RecentTrees,
    index: PackageIndex,
    /// The directories of open documents that a job reads for the first time.
    indexing: BTreeSet<PathBuf>,
    reports: Vec<String>,
    /// The number of parses that were left to jobs.
    parses: u64,
}

/// What a change of the session brought about.
#[derive(Debug, Default)]
pub struct Changes {
    /// The documents whose [`Analysis`] is a new one.
    pub analyzed: Vec<DocumentId>,
    /// What is to be run next, on any thread; the outcomes go to [`Session::finish`].
    pub jobs: Vec<Job>,
    /// Things that went wrong inside, for the log.
    pub reports: Vec<String>,
    /// What couldn't be understood in settings files.
    pub problems: Vec<SettingsProblem>,
}

/// Why an edit was refused.
#[derive(Debug, Error)]
pub enum EditError {
    /// No document of that name is open.
    #[error("the document isn't open")]
    NotOpen,
    /// The edit doesn't fit the text.
    #[error(transparent)]
    Desync(#[from] Desync),
}

impl Default for Session {
    fn default() -> Self {
        Self::new(Settings::default())
    }
}

impl Session {
    /// A session with these settings and no documents.
    pub fn new(settings: impl Into<SettingsSources>) -> Self {
        let mut index = PackageIndex::default();
        index.leave_reading();
        Self {
            settings: settings.into(),
            parser: Parser::new(),
            parse_budget: PARSE_BUDGET,
            documents: FxHashMap::default(),
            trees: RecentTrees::default(),
            index,
            indexing: BTreeSet::new(),
            reports: Vec::new(),
            parses: 0,
        }
    }

    /// Opens a document, or replaces the text of one that is open. A document without a path is a package by itself. One
    /// whose parse takes long has no analysis before a job has parsed it.
    ///
    /// # Errors
    /// A text that is too large.
    pub fn open(
        &mut self,
        id: impl Into<DocumentId>,
        path: Option<PathBuf>,
        version: i32,
        text: &str,
    ) -> Result<Changes, DocumentTooLarge> {
        let id = id.into();
        let document = Document::new(text)?;
        // The root directory is no file.
        let path = path.filter(|path| path.file_name().is_some());
        let mut changes = Changes::default();
        let parsed = self.parser.parse_within(&document, None, Some(self.parse_budget));
        let is_parsed = parsed.is_ok();
        let (file, pending) = match parsed {
            Ok(tree) => {
                let file = SourceFile::new(document, &tree);
                self.trees.put(Arc::clone(&id), tree);
                (file, None)
            }
            Err(_) => {
                self.trees.remove(&id);
                let pending = self.leave_parse(&id, document, Vec::new(), &mut changes);
                let file = SourceFile::new(Document::default(), &self.parser.parse(""));
                (file, Some(pending))
            }
        };
        let opened = OpenDocument {
            path,
            version,
            parsed_version: version,
            file,
            pending,
            analysis: None,
        };
        let directory = opened.directory().map(Path::to_owned);
        self.documents.insert(Arc::clone(&id), opened);
        if is_parsed {
            self.facts_changed(&id, &mut changes);
        }
        if let Some(directory) = directory.filter(|directory| !self.index.is_known(directory)) {
            self.indexing.insert(directory.clone());
            changes.jobs.push(self.index_job(directory));
        }
        Ok(self.report(changes))
    }

    /// Applies a client's changes to a document, all or none of them.
    ///
    /// # Errors
    /// A document that isn't open, or a change that doesn't fit its text.
    pub fn apply(
        &mut self,
        id: &DocumentId,
        version: i32,
        content: &[Change],
        encoding: PositionEncoding,
    ) -> Result<Changes, EditError> {
        let opened = self.documents.get_mut(id).ok_or(EditError::NotOpen)?;
        let mut document = opened.text().clone();
        let edits = document.apply(content, encoding)?;
        opened.version = version;
        let mut changes = Changes::default();
        if let Some(pending) = &mut opened.pending {
            pending.document = document;
            pending.edits.extend(edits);
            return Ok(changes);
        }
        match self.parse_edited(&document, self.trees.get(id).cloned(), &edits) {
            Ok(tree) => self.parsed(id, document, tree, &edits, &mut changes),
            Err(_) => {
                let pending = self.leave_parse(id, document, edits, &mut changes);
                if let Some(opened) = self.documents.get_mut(id) {
                    opened.pending = Some(pending);
                }
            }
        }
        Ok(self.report(changes))
    }

    /// Closes a document; what is on disk counts again for the others.
    pub fn close(&mut self, id: &DocumentId) -> Changes {
        let mut changes = Changes::default();
        let Some(closed) = self.documents.remove(id) else {
            return changes;
        };
        self.trees.remove(id);
        if let Some(path) = &closed.path {
            self.index.close(path);
            self.recheck(|document| document.depends_on(path), &mut changes);
        }
        self.report(changes)
    }

    /// Takes the outcome of a job.
    pub fn finish(&mut self, outcome: Outcome) -> Changes {
        let mut changes = Changes::default();
        match outcome {
            Outcome::Parsed { id, tree, parse } => self.finish_parse(&id, tree, parse, &mut changes),
            Outcome::Indexed { directory, facts } => {
                self.indexing.remove(&directory);
                self.index.put_packed(&directory, facts);
                self.recheck(|_| true, &mut changes);
            }
            Outcome::LeftUnread { directory } => {
                self.indexing.remove(&directory);
                if self.index.leave_unread(&directory) {
                    self.recheck(|_| true, &mut changes);
                } else {
                    self.recheck_importers(&mut changes);
                }
            }
            Outcome::Imported { directory, facts } => {
                self.index.put_importable(&directory, facts);
                self.recheck_importers(&mut changes);
            }
        }
        self.report(changes)
    }

    /// Gives a parse up whose job failed; false when it was overtaken. Until the whole text comes again, the text of the
    /// document is that of the parse before.
    pub fn abandon_parse(&mut self, id: &DocumentId, parse: u64) -> bool {
        let pending = self.documents.get_mut(id).map(|opened| &mut opened.pending);
        pending.is_some_and(|pending| pending.take_if(|pending| pending.parse == parse).is_some())
    }

    /// Checks what imports something again: once for all that was asked for together, and not for each package.
    fn recheck_importers(&mut self, changes: &mut Changes) {
        if !self.index.is_waiting() {
            self.recheck(|document| !document.file.facts.imports.is_empty(), changes);
        }
    }

    /// Runs every job at once, on this thread, until there are none left: for callers without threads.
    pub fn settle(&mut self, mut changes: Changes) -> Vec<DocumentId> {
        let mut analyzed = std::mem::take(&mut changes.analyzed);
        while let Some(job) = changes.jobs.pop() {
            let mut more = self.finish(job.run());
            analyzed.append(&mut more.analyzed);
            changes.jobs.append(&mut more.jobs);
        }
        analyzed.sort();
        analyzed.dedup();
        analyzed
    }

    /// Reads the directories of these files again, and those that are named themselves, because they changed on disk. Open
    /// documents stay as they are.
    pub fn changed_on_disk(&mut self, paths: &[PathBuf]) -> Changes {
        let mut changes = Changes::default();
        let is_changed = |names: &[&str]| {
            let mut changed = paths.iter().filter_map(|path| path.file_name());
            changed.any(|changed| names.iter().any(|name| changed == *name))
        };
        let (module, settings) = (is_changed(&["go.mod", "go.work"]), is_changed(&[SETTINGS_FILE]));
        if module {
            self.index.forget_modules();
        }
        if settings {
            self.settings.forget_files();
        }
        if module || settings {
            self.recheck(|_| true, &mut changes);
        }
        let mut directories = BTreeSet::new();
        for path in paths {
            directories.extend(path.parent().map(Path::to_owned));
            // Of a directory that vanished or came back a client may tell nothing but its name.
            if !is_go_file(path) {
                directories.extend(self.index.read_below(path));
                let indexing = self.indexing.iter();
                directories.extend(indexing.filter(|directory| directory.starts_with(path)).cloned());
            }
        }
        // A job that is reading one may have missed what changed.
        let (read, new): (Vec<_>, Vec<_>) = directories
            .into_iter()
            .partition(|directory| self.index.is_read(directory) || self.indexing.contains(directory));
        let jobs = read.into_iter().map(|directory| self.index_job(directory));
        changes.jobs.extend(jobs);
        if !new.is_empty() {
            self.index.forget_missing();
            self.recheck(|document| !document.file.facts.imports.is_empty(), &mut changes);
        }
        self.report(changes)
    }

    /// Uses other settings from now on.
    pub fn configure(&mut self, settings: impl Into<SettingsSources>) -> Changes {
        let mut changes = Changes::default();
        let settings = settings.into();
        if !settings.is_same(&self.settings) {
            self.settings = settings;
            self.recheck(|_| true, &mut changes);
        }
        self.report(changes)
    }

    /// Parses a text within the budget: by its tree before these edits, when that is known.
    fn parse_edited(
        &mut self,
        document: &Document,
        tree: Option<Tree>,
        edits: &[ByteEdit],
    ) -> Result<Tree, OutOfBudget> {
        let budget = Some(self.parse_budget);
        let Some(mut tree) = tree else {
            return self.parser.parse_within(document, None, budget);
        };
        for edit in edits {
            tree.edit(edit);
        }
        self.parser.reparse(document, &tree, budget)
    }

    fn finish_parse(&mut self, id: &DocumentId, tree: Tree, parse: u64, changes: &mut Changes) {
        let Some(opened) = self.documents.get_mut(id) else {
            return;
        };
        // A document that was closed and opened again, or whose parse was overtaken, has no use for this tree.
        let Some(pending) = opened.pending.take_if(|pending| pending.parse == parse) else {
            return;
        };
        let missed = &pending.edits[pending.parsed_edits..];
        if missed.is_empty() {
            self.parsed(id, pending.document, tree, &pending.edits, changes);
            return;
        }
        match self.parse_edited(&pending.document, Some(tree), missed) {
            Ok(tree) => self.parsed(id, pending.document, tree, &pending.edits, changes),
            Err(_) => {
                let pending = self.leave_parse(id, pending.document, pending.edits, changes);
                if let Some(opened) = self.documents.get_mut(id) {
                    opened.pending = Some(pending);
                }
            }
        }
    }

    /// Leaves the parse of a text to a job. `edits` are all those since the tree of the document.
    fn leave_parse(
        &mut self,
        id: &DocumentId,
        document: Document,
        edits: Vec<ByteEdit>,
        changes: &mut Changes,
    ) -> Pending {
        self.parses += 1;
        changes.jobs.push(Job::Parse {
            id: Arc::clone(id),
            document: document.clone(),
            parse: self.parses,
        });
        Pending {
            document,
            parse: self.parses,
            parsed_edits: edits.len(),
            edits,
        }
    }

    /// A document has a new tree.
    fn parsed(
        &mut self,
        id: &DocumentId,
        document: Document,
        tree: Tree,
        edits: &[ByteEdit],
        changes: &mut Changes,
    ) {
        let Some(opened) = self.documents.get_mut(id) else {
            return;
        };
        let (file, change) = opened.file.edited(document, &tree, edits);
        opened.file = file;
        self.trees.put(Arc::clone(id), tree);
        opened.parsed_version = opened.version;
        match change {
            FactsChange::Nothing => self.analyze(id, changes),
            FactsChange::Functions(functions) => self.functions_changed(id, &functions, changes),
            FactsChange::Declarations => self.facts_changed(id, changes),
        }
    }

    fn report(&mut self, mut changes: Changes) -> Changes {
        changes.jobs.extend(self.import_jobs());
        changes.reports.append(&mut self.reports);
        changes.problems.extend(self.settings.take_problems());
        changes.analyzed.sort();
        changes.analyzed.dedup();
        changes
    }
}

#[cfg(test)]
mod tests;
