//! A Go file of which only what others see of it is read, and what rules start from is parsed.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use deferlint_semantics::Name;
use deferlint_semantics::facts::{FileFacts, SummarySource};
use deferlint_semantics::header::Header;
use deferlint_syntax::{Parser, declarations};
use deferlint_text::{ByteRange, Document, DocumentTooLarge};

use crate::disk_cache::{CachedDirectory, ContentHash, DiskCache, content_hash};
use crate::file::{Declaration, SourceFile};
use crate::file_text::{FileText, TextOrigin};
use crate::helpers::Helpers;
use crate::outline_record::{Candidate, OutlineRecord};
use crate::packed_facts::PackedFile;

/// Reads the Go files of one directory, as far as they aren't in the cache.
#[derive(Default)]
pub(crate) struct OutlineReader {
    parser: Parser,
    cached: CachedDirectory,
}

impl OutlineReader {
    /// A reader of the files in a directory.
    pub(crate) fn new(directory: &Path, cache: Option<&DiskCache>) -> Self {
        Self {
            parser: Parser::new(),
            cached: cache.map_or_else(CachedDirectory::default, |cache| cache.open(directory)),
        }
    }

    /// Reads a text.
    ///
    /// # Errors
    /// A text that is too large.
    pub(crate) fn read(&mut self, origin: &TextOrigin, text: &str) -> Result<OutlinedFile, DocumentTooLarge> {
        let hash = content_hash(text);
        match self.record(text, hash) {
            Some(record) => Ok(OutlinedFile::outlined(record, origin, text, hash)),
            None => self.read_whole(origin, text),
        }
    }

    /// The facts of a file with this text, packed.
    ///
    /// # Errors
    /// A text that is too large.
    pub(crate) fn pack(&mut self, path: &Path, text: &str) -> Result<PackedFile, DocumentTooLarge> {
        let hash = content_hash(text);
        let packed = self
            .record(text, hash)
            .and_then(|record| PackedFile::new(&record.declared, hash));
        match packed {
            Some(packed) => Ok(packed),
            None => {
                let origin = TextOrigin::Disk(path.to_owned());
                Ok(PackedFile::Unpacked(self.read_whole(&origin, text)?.facts))
            }
        }
    }

    /// The record of a text; `None` when all of it must be parsed.
    fn record(&mut self, text: &str, hash: ContentHash) -> Option<OutlineRecord> {
        self.cached.get(hash).or_else(|| {
            let record = OutlineRecord::of(&mut self.parser, text)?;
            self.cached.put(hash, &record);
            Some(record)
        })
    }

    /// Reads a text and parses all of it, as one must whose tokens don't say where its declarations are.
    ///
    /// # Errors
    /// A text that is too large.
    pub(crate) fn read_whole(
        &mut self,
        origin: &TextOrigin,
        text: &str,
    ) -> Result<OutlinedFile, DocumentTooLarge> {
        OutlinedFile::whole(&mut self.parser, origin, text)
    }

    /// Writes to the cache what is new; `is_complete` when all files of the directory were read.
    pub(crate) fn save(self, is_complete: bool) {
        self.cached.save(is_complete);
    }
}

/// A file that was read, and not yet checked.
#[derive(Debug)]
pub(crate) struct OutlinedFile {
    source: Arc<FileText>,
    /// What the file declares, seen from outside.
    pub(crate) facts: Arc<FileFacts>,
    /// The names of its functions that do nothing but recover.
    pub(crate) recovering: Vec<Name>,
    /// The end of the imports.
    head_end: u32,
    /// The declarations to parse, in the order of the text; `None` when the whole file must be parsed.
    candidates: Option<Vec<Candidate>>,
}

impl OutlinedFile {
    fn outlined(record: OutlineRecord, origin: &TextOrigin, text: &str, hash: ContentHash) -> Self {
        let imports = record.declared.imports().to_vec();
        let source = Arc::new(FileText::new(origin, text, hash, imports));
        let summaries: Arc<dyn SummarySource> = Arc::<FileText>::clone(&source);
        Self {
            source,
            facts: Arc::new(record.declared.summarised_from(&summaries)),
            recovering: record.recovering,
            head_end: record.head_end,
            candidates: Some(record.candidates),
        }
    }

    fn whole(parser: &mut Parser, origin: &TextOrigin, text: &str) -> Result<Self, DocumentTooLarge> {
        let file = parse(parser, text)?;
        let recovering = file.facts.functions.iter().filter(|function| {
            let summary = function.summary.get();
            summary.is_some_and(|summary| summary.recovery.only_recovers)
        });
        Ok(Self {
            recovering: recovering.map(|function| function.name.clone()).collect(),
            source: Arc::new(FileText::new(origin, text, content_hash(text), Vec::new())),
            head_end: file.document.len(),
            facts: file.facts,
            candidates: None,
        })
    }

    /// Drops the declarations in which no rule can find anything, now that the names of the package's helpers are known.
    /// False when none is left.
    pub(crate) fn retain_relevant(&mut self, helpers: &Helpers) -> bool {
        let Some(candidates) = &mut self.candidates else {
            return true;
        };
        candidates.retain(|candidate| candidate.is_relevant(helpers));
        candidates.shrink_to_fit();
        !candidates.is_empty()
    }

    /// How much of the text is parsed when the file is checked, in bytes.
    pub(crate) fn bytes_to_parse(&self) -> u32 {
        let length = |candidate: &Candidate| candidate.place.range().len();
        self.candidates
            .as_ref()
            .map_or(self.head_end, |candidates| candidates.iter().map(length).sum())
    }

    /// The hash of its text.
    pub(crate) fn hash(&self) -> ContentHash {
        self.source.hash()
    }

    /// Its text. `None` when it was read from a file that holds another one by now.
    pub(crate) fn text(&self) -> Option<Arc<String>> {
        self.source.text()
    }

    /// Parses the declarations in which rules may find something. `text` is the text of the file.
    pub(crate) fn declarations(&self, parser: &mut Parser, text: &str) -> Vec<Declaration> {
        let found = self.candidates.as_deref();
        found
            .and_then(|candidates| parse_candidates(parser, text, candidates))
            .or_else(|| Some(parse(parser, text).ok()?.declarations))
            .unwrap_or_default()
    }

    /// The file with this text and declarations that were checked.
    ///
    /// # Errors
    /// A text that is too large.
    pub(crate) fn with_declarations(
        &self,
        parser: &mut Parser,
        text: &str,
        declarations: Vec<Declaration>,
    ) -> Result<SourceFile, DocumentTooLarge> {
        let head = &text[..self.head_end as usize];
        let slice = |range: ByteRange| Cow::Borrowed(&head[range.start() as usize..range.end() as usize]);
        Ok(SourceFile {
            document: Document::new(text)?,
            header: Header::in_text(&parser.parse(head), slice),
            has_error: false,
            declarations,
            facts: Arc::clone(&self.facts),
        })
    }
}

/// Parses and lowers a whole text.
fn parse(parser: &mut Parser, text: &str) -> Result<SourceFile, DocumentTooLarge> {
    let document = Document::new(text)?;
    let tree = parser.parse(&document);
    Ok(SourceFile::new(document, &tree))
}

/// The declarations of some places of a text, parsed alone; `None` when there is an error in one.
fn parse_candidates(parser: &mut Parser, text: &str, candidates: &[Candidate]) -> Option<Vec<Declaration>> {
    let mut compact = String::new();
    for candidate in candidates {
        let range = candidate.place.range();
        compact.push_str(&text[range.start() as usize..range.end() as usize]);
        compact.push('\n');
    }
    let tree = parser.parse(compact.as_str());
    if tree.has_error() || declarations(&tree).count() != candidates.len() {
        return None;
    }
    let parsed = declarations(&tree).zip(candidates).map(|(node, candidate)| {
        let range = node.byte_range();
        let text = &compact[range.start() as usize..range.end() as usize];
        Declaration::unchecked(candidate.place.range(), node, text)
    });
    Some(parsed.collect())
}

#[cfg(test)]
mod tests;
