//! What edits leave as it was.

use deferlint_rules::Finding;
use deferlint_semantics::body::Span;
use deferlint_syntax::{Kind, Node, Tree, declarations_after};
use deferlint_text::{ByteEdit, ByteRange, Document};

use super::{Declaration, top_level};

/// The declarations of the text before some edits, found again by where the edits moved them.
pub(super) struct Kept<'a> {
    declarations: &'a [Declaration],
    edits: &'a [ByteEdit],
    /// The first of them that a node may still be.
    next: usize,
}

impl<'a> Kept<'a> {
    /// The declarations of the text before these edits.
    pub(super) fn new(declarations: &'a [Declaration], edits: &'a [ByteEdit]) -> Self {
        Self {
            declarations,
            edits,
            next: 0,
        }
    }

    /// The declarations of the edited text.
    pub(super) fn declarations_of(&mut self, document: &Document, tree: &Tree) -> Vec<Declaration> {
        let mut declarations = Vec::with_capacity(self.declarations.len());
        for node in top_level(tree) {
            let declaration = self.untouched(node);
            declarations.push(declaration.unwrap_or_else(|| {
                let predecessor = self.predecessor(node);
                Declaration::lowered(node, document, predecessor)
            }));
        }
        declarations
    }

    /// The declarations of the edited text when there is no syntax error in it, nor was one before. Only those around the
    /// edits are looked for in the tree: what lies before them is the same, and from the first declaration behind them that
    /// was there before on, the same tokens follow.
    pub(super) fn declarations_of_sound(&mut self, document: &Document, tree: &Tree) -> Vec<Declaration> {
        let before = self.before_edits();
        self.next = before.len();
        let mut declarations = Vec::with_capacity(self.declarations.len());
        declarations.extend_from_slice(before);
        let edited_to = self.end_of_edits();
        let nodes = declarations_after(tree, before.last().map_or(0, |last| last.range.end()));
        for node in nodes.filter(|node| node.kind() != Kind::ImportDeclaration) {
            let Some(declaration) = self.untouched(node) else {
                declarations.push(Declaration::lowered(node, document, None));
                continue;
            };
            let start = declaration.range.start();
            declarations.push(declaration);
            if start > edited_to {
                let moved_by = i64::from(start) - i64::from(self.declarations[self.next].range.start());
                let behind = self.declarations[self.next + 1..].iter().cloned();
                declarations.extend(behind.map(|declaration| Declaration {
                    range: declaration.range.shifted(moved_by),
                    ..declaration
                }));
                break;
            }
        }
        declarations
    }

    /// The declarations that the edits can't have changed: all before the last one in front of them, which may go on in
    /// what was typed behind it.
    fn before_edits(&self) -> &'a [Declaration] {
        let start = self.edits.iter().map(|edit| edit.start).min().unwrap_or(u32::MAX);
        let before = self
            .declarations
            .partition_point(|declaration| declaration.range.end() < start);
        &self.declarations[..before.saturating_sub(1)]
    }

    /// The end of what the edits put into the text.
    fn end_of_edits(&self) -> u32 {
        let ends = self.edits.iter().enumerate();
        ends.map(|(index, edit)| map_offset(edit.new_end, &self.edits[index + 1..]))
            .max()
            .unwrap_or(0)
    }

    /// The declaration that this node was before the edits, when they didn't touch it. Nodes must come in the order of
    /// the text.
    fn untouched(&mut self, node: Node<'_>) -> Option<Declaration> {
        let range = node.byte_range();
        while let Some(old) = self.declarations.get(self.next) {
            match moved(old.range, self.edits) {
                Some(now) if now == range => {
                    let same = old.kind == node.kind() && !old.body.has_error && !node.has_error();
                    return same.then(|| Declaration { range, ..old.clone() });
                }
                Some(now) if now.start() >= range.start() => return None,
                None if map_offset(old.range.start(), self.edits) >= range.start() => return None,
                _ => self.next += 1,
            }
        }
        None
    }

    /// The findings of the declaration that starts where this node starts, at their places after the edits. What the
    /// edits touched is gone; fixes aren't offered in a declaration with a syntax error.
    fn predecessor(&self, node: Node<'_>) -> Option<Vec<Finding>> {
        let start = node.byte_range().start();
        let old = self
            .declarations
            .iter()
            .find(|old| map_offset(old.range.start(), self.edits) == start)?;
        let findings = old.found.as_deref()?.findings.iter();
        Some(
            findings
                .filter_map(|finding| self.moved_finding(old, finding, node.byte_range()))
                .collect(),
        )
    }

    fn moved_finding(&self, old: &Declaration, finding: &Finding, now: ByteRange) -> Option<Finding> {
        let place = |span: Span| {
            let range = moved(span.in_file(old.range.start()), self.edits)?;
            let inside = now.start() <= range.start() && range.end() <= now.end();
            inside.then(|| Span::new(range.start() - now.start(), range.end() - now.start()))
        };
        let mut moved = Finding {
            span: place(finding.span)?,
            fixes: Vec::new(),
            ..finding.clone()
        };
        moved.related.retain_mut(|related| match place(related.span) {
            Some(span) => {
                related.span = span;
                true
            }
            None => false,
        });
        Some(moved)
    }
}

/// Where a range lies after the edits, when none of them touched it. An edit at its border doesn't touch it.
fn moved(range: ByteRange, edits: &[ByteEdit]) -> Option<ByteRange> {
    edits.iter().try_fold(range, |range, edit| {
        if edit.old_end <= range.start() {
            Some(range.shifted(i64::from(edit.new_end) - i64::from(edit.old_end)))
        } else if edit.start >= range.end() {
            Some(range)
        } else {
            None
        }
    })
}

/// Where an offset lies after the edits; one inside a replaced text goes to its start.
fn map_offset(offset: u32, edits: &[ByteEdit]) -> u32 {
    edits.iter().fold(offset, |offset, edit| {
        if edit.old_end <= offset {
            offset - edit.old_end + edit.new_end
        } else {
            offset.min(edit.start)
        }
    })
}
