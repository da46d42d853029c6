//! Every safe fix of one document.

use std::path::PathBuf;
use std::sync::Arc;

use deferlint_rules::Severity;
use deferlint_text::{ByteRange, Document, TextEdit};
use deferlint_workspace::{Diagnostic, DocumentId, FixOptions, MAX_ROUNDS, Session, Settings, fix_round};
use similar::{ChangeTag, DiffTag, TextDiff};

/// Only fixes after which the program does the same; those of hints too, as far as their rule is selected by name.
const OPTIONS: FixOptions = FixOptions {
    unsafe_fixes: false,
    floor: Severity::Hint,
};

/// An open document, taken out of the session.
#[derive(Debug)]
pub(crate) struct OpenText {
    /// Its name.
    pub(crate) id: DocumentId,
    /// The file that it is, when it is one.
    pub(crate) path: Option<PathBuf>,
    /// Its text.
    pub(crate) document: Document,
}

/// The work of fixing a document until there is nothing left to fix, in a session of its own: a fix may be made only
/// once the one before it is, so it takes several rounds, and the client's session must not wait for them.
#[derive(Debug)]
pub(crate) struct FixAll {
    /// The settings in use.
    pub(crate) settings: Arc<Settings>,
    /// The document to fix.
    pub(crate) text: OpenText,
    /// The other open documents of its directory, whose text counts instead of the file's.
    pub(crate) beside: Vec<OpenText>,
}

/// True when a document with these findings has something to fix.
pub(crate) fn has_fixes(diagnostics: &[Diagnostic], settings: &Settings) -> bool {
    fix_round(diagnostics, settings, OPTIONS).1 > 0
}

impl FixAll {
    /// Does the work: the edit that makes the fixes of all rounds at once.
    pub(crate) fn run(self) -> TextEdit {
        let mut session = Session::new((*self.settings).clone());
        for text in self.beside {
            open(&mut session, &text.id, text.path, &text.document.to_string());
        }
        let OpenText { id, path, document } = self.text;
        let original = document.to_string();
        let mut fixed = original.clone();
        for _ in 0..MAX_ROUNDS {
            open(&mut session, &id, path.clone(), &fixed);
            let Some(analysis) = session.analysis(&id) else {
                break;
            };
            let (edit, count) = fix_round(&analysis.diagnostics, &self.settings, OPTIONS);
            match edit.apply(&fixed) {
                Ok(text) if count > 0 => fixed = text,
                _ => break,
            }
        }
        difference(&original, &fixed)
    }
}

/// Opens a document; one that is too large to open has no findings either.
fn open(session: &mut Session, id: &DocumentId, path: Option<PathBuf>, text: &str) {
    if let Ok(changes) = session.open(id.clone(), path, 0, text) {
        session.settle(changes);
    }
}

/// The lines that differ, so that an editor keeps its marks and the cursor in all others.
fn difference(before: &str, after: &str) -> TextEdit {
    let diff = TextDiff::from_lines(before, after);
    let mut edit = TextEdit::builder();
    let mut offset = 0;
    for operation in diff.ops() {
        let (mut length, mut inserted) = (0, String::new());
        for change in diff.iter_changes(operation) {
            match change.tag() {
                ChangeTag::Insert => inserted.push_str(change.value()),
                ChangeTag::Equal | ChangeTag::Delete => length += change.value().len(),
            }
        }
        if operation.tag() != DiffTag::Equal {
            edit.replace(ByteRange::from(offset..offset + length), inserted);
        }
        offset += length;
    }
    edit.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lines_that_differ_are_replaced() {
        let before = "a\nb\r\nc\nd";
        let after = "a\nB\r\nc\nx\nd\n";
        let edit = difference(before, after);
        assert_eq!(edit.apply(before).as_deref(), Ok(after));
        let replaced: Vec<_> = edit
            .iter()
            .map(|indel| (indel.range, indel.text.as_str()))
            .collect();
        assert_eq!(replaced[0], (ByteRange::new(2, 5), "B\r\n"));
        assert!(difference(before, before).is_empty());
    }
}
