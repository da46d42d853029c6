//! The syntax trees of the documents that are being edited.

use std::collections::VecDeque;

use deferlint_syntax::Tree;

use super::DocumentId;

/// How many documents keep their trees. A tree takes some forty bytes a byte of its text, more than all else that is kept
/// of a document, and serves nothing but its next edit.
const MAX_TREES: usize = 8;

/// The trees of the documents that were parsed last: the next edit of any other one parses its whole text.
#[derive(Debug, Default)]
pub(super) struct RecentTrees(VecDeque<(DocumentId, Tree)>);

impl RecentTrees {
    /// Keeps the tree of a document, instead of its former one and of the tree that is the oldest when there are many.
    pub(super) fn put(&mut self, id: DocumentId, tree: Tree) {
        self.remove(&id);
        if self.0.len() == MAX_TREES {
            self.0.pop_front();
        }
        self.0.push_back((id, tree));
    }

    /// The tree of a document, if it is kept.
    pub(super) fn get(&self, id: &DocumentId) -> Option<&Tree> {
        let found = self.0.iter().find(|(known, _)| known == id);
        found.map(|(_, tree)| tree)
    }

    /// Forgets the tree of a document.
    pub(super) fn remove(&mut self, id: &DocumentId) {
        self.0.retain(|(known, _)| known != id);
    }
}
