//! The text of a file, from which the summaries of its functions are made when somebody asks.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use deferlint_semantics::extract::qualified_summary;
use deferlint_semantics::facts::{Import, Summary, SummarySource};
use deferlint_semantics::lower::lower;
use deferlint_syntax::{Parser, declarations};
use deferlint_text::ByteRange;

use crate::directory::read_text;
use crate::disk_cache::{ContentHash, content_hash};

/// How many texts a thread keeps that were read again.
const MAX_KEPT: usize = 8;

thread_local! {
    /// The parser of this thread for what isn't parsed as part of its file.
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
    /// The texts that this thread read again, the oldest first: who asks for one function often asks for its neighbour.
    static KEPT: RefCell<VecDeque<Arc<String>>> = const { RefCell::new(VecDeque::new()) };
}

/// Where the text of a file comes from.
#[derive(Clone, Debug)]
pub(crate) enum TextOrigin {
    /// From this file. The text isn't kept: it is read again, and counts as gone once the file holds another one.
    Disk(PathBuf),
    /// From memory.
    Memory,
}

/// The text of a file, and the imports that its names are understood by.
#[derive(Debug)]
pub(crate) struct FileText {
    imports: Vec<Import>,
    hash: ContentHash,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Memory(Arc<String>),
    Disk {
        path: PathBuf,
        /// The text while someone else holds it. Not a weak `str`, whose bytes would stay for as long as this does.
        held: Mutex<Weak<String>>,
    },
}

impl FileText {
    /// The text of a file with these imports, and its hash.
    pub(crate) fn new(origin: &TextOrigin, text: &str, hash: ContentHash, imports: Vec<Import>) -> Self {
        match origin {
            TextOrigin::Memory => Self {
                imports,
                hash,
                place: Place::Memory(Arc::new(text.to_owned())),
            },
            TextOrigin::Disk(path) => Self::on_disk(path, hash, imports),
        }
    }

    /// The text that the file `path` held when it had this hash and these imports.
    pub(crate) fn on_disk(path: &Path, hash: ContentHash, imports: Vec<Import>) -> Self {
        let place = Place::Disk {
            path: path.to_owned(),
            held: Mutex::default(),
        };
        Self { imports, hash, place }
    }

    /// The hash of the text.
    pub(crate) fn hash(&self) -> ContentHash {
        self.hash
    }

    /// The text; `None` when it is gone.
    pub(crate) fn text(&self) -> Option<Arc<String>> {
        let (path, held) = match &self.place {
            Place::Memory(text) => return Some(Arc::clone(text)),
            Place::Disk { path, held } => (path, held),
        };
        let known = held.lock().unwrap_or_else(PoisonError::into_inner).upgrade();
        known.or_else(|| {
            let text = read_again(path, self.hash)?;
            *held.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(&text);
            Some(text)
        })
    }
}

impl SummarySource for FileText {
    fn summary(&self, declaration: ByteRange) -> Option<Summary> {
        summary_in(&self.text()?, declaration, &self.imports)
    }
}

/// The summary of the function declared at a place of a text, in a file with these imports.
pub(crate) fn summary_in(text: &str, declaration: ByteRange, imports: &[Import]) -> Option<Summary> {
    let text = text.get(declaration.start() as usize..declaration.end() as usize)?;
    let tree = PARSER.with_borrow_mut(|parser| parser.parse(text));
    let node = declarations(&tree).next()?;
    let is_whole = node.byte_range() == ByteRange::new(0, declaration.len());
    is_whole.then(|| qualified_summary(&lower(node, text), imports))?
}

/// The text of a file, if it is still the same.
fn read_again(path: &Path, expected: ContentHash) -> Option<Arc<String>> {
    let text = Arc::new(read_text(path).ok()?);
    let is_same = content_hash(&text) == expected;
    is_same.then(|| {
        keep(Arc::clone(&text));
        text
    })
}

/// Keeps a text for as long as few others are read again.
fn keep(text: Arc<String>) {
    KEPT.with_borrow_mut(|kept| {
        if kept.len() == MAX_KEPT {
            kept.pop_front();
        }
        kept.push_back(text);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "package a\n\nfunc f() { panic(1) }\n";

    fn summary_of_f(text: &FileText) -> Option<Summary> {
        let start = TEXT.find("func").expect("a function") as u32;
        text.summary(ByteRange::new(start, TEXT.len() as u32 - 1))
    }

    #[test]
    fn a_text_on_disk_is_read_again_while_it_is_the_same() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.go");
        std::fs::write(&path, TEXT).expect("a file");
        let source = FileText::new(
            &TextOrigin::Disk(path.clone()),
            TEXT,
            content_hash(TEXT),
            Vec::new(),
        );
        let summary = summary_of_f(&source).expect("a function with a body");
        assert!(!summary.returns);
        KEPT.take();
        std::fs::write(&path, TEXT.replace("panic(1)", "panic(2)")).expect("a file");
        assert_eq!(summary_of_f(&source), None);
        std::fs::remove_file(&path).expect("a file");
        assert_eq!(summary_of_f(&source), None);
    }

    #[test]
    fn a_text_in_memory_stays() {
        let source = FileText::new(&TextOrigin::Memory, TEXT, content_hash(TEXT), Vec::new());
        assert!(summary_of_f(&source).is_some());
    }
}
