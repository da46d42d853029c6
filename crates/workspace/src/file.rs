//! One Go file in memory: its text, and its declarations with what is known about each.

use std::sync::Arc;

use deferlint_rules::Finding;
use deferlint_semantics::body::Body;
use deferlint_semantics::extract::{DeclarationFacts, assemble, declaration_facts};
use deferlint_semantics::facts::FileFacts;
use deferlint_semantics::header::Header;
use deferlint_semantics::lower::lower;
use deferlint_syntax::{Kind, Node, Tree, declarations};
use deferlint_text::{ByteEdit, ByteRange, Document};

/// A parsed file, without its tree. The invariant: `header` and `declarations` describe `document`.
#[derive(Clone, Debug)]
pub(crate) struct SourceFile {
    /// The text.
    pub(crate) document: Document,
    /// The package clause and the imports.
    pub(crate) header: Header,
    /// The top-level declarations other than imports, in the order of the text.
    pub(crate) declarations: Vec<Declaration>,
    /// What the file declares, seen from outside.
    pub(crate) facts: Arc<FileFacts>,
}

/// A top-level declaration of a file.
#[derive(Clone, Debug)]
pub(crate) struct Declaration {
    /// Where it stands.
    pub(crate) range: ByteRange,
    /// The kind of its node.
    pub(crate) kind: Kind,
    /// What it means.
    pub(crate) body: Arc<Body>,
    /// What it says to the outside.
    pub(crate) facts: Arc<DeclarationFacts>,
    /// What the rules found in it; `None` until they have run on this text with these facts.
    pub(crate) findings: Option<Arc<[Finding]>>,
}

impl SourceFile {
    /// The file with this text and tree.
    pub(crate) fn new(document: Document, tree: &Tree) -> Self {
        let header = Header::of(tree, &document);
        let declarations: Vec<_> = top_level(tree)
            .map(|node| Declaration::lowered(node, &document, None))
            .collect();
        let facts = Arc::new(assemble(
            &header,
            declarations.iter().map(|declaration| &*declaration.facts),
        ));
        Self {
            document,
            header,
            declarations,
            facts,
        }
    }

    /// The file after edits: what they didn't touch is kept, with its findings. A declaration that holds a syntax
    /// error now keeps the findings that it had before, shifted and without fixes.
    pub(crate) fn edited(&self, document: Document, tree: &Tree, edits: &[ByteEdit]) -> Self {
        let header = Header::of(tree, &document);
        let mut kept = Kept::new(&self.declarations, edits);
        let declarations: Vec<_> = top_level(tree)
            .map(|node| match kept.untouched(node) {
                Some(declaration) => declaration,
                None => Declaration::lowered(node, &document, kept.predecessor(node)),
            })
            .collect();
        let facts = self.facts_of(&header, &declarations);
        Self {
            document,
            header,
            declarations,
            facts,
        }
    }

    /// The facts of the edited file: the same ones when it declares the same.
    fn facts_of(&self, header: &Header, declarations: &[Declaration]) -> Arc<FileFacts> {
        let same_header = header.imports.len() == self.header.imports.len()
            && header.package == self.header.package
            && header.generated == self.header.generated
            && header.build_constraint == self.header.build_constraint
            && header
                .imports
                .iter()
                .zip(&self.header.imports)
                .all(|(new, old)| (&new.name, &new.path) == (&old.name, &old.path));
        let same_declarations = declarations.len() == self.declarations.len()
            && declarations
                .iter()
                .zip(&self.declarations)
                .all(|(new, old)| new.facts == old.facts);
        if same_header && same_declarations {
            return Arc::clone(&self.facts);
        }
        Arc::new(assemble(
            header,
            declarations.iter().map(|declaration| &*declaration.facts),
        ))
    }

    /// Forgets what the rules found, because facts they read have changed.
    pub(crate) fn forget_findings(&mut self) {
        for declaration in &mut self.declarations {
            if !declaration.body.has_error {
                declaration.findings = None;
            }
        }
    }
}

impl Declaration {
    /// A declaration that is to be checked, of which nobody asks what it says to the outside.
    pub(crate) fn unchecked(range: ByteRange, node: Node<'_>, text: &str) -> Self {
        Self {
            range,
            kind: node.kind(),
            body: Arc::new(lower(node, text)),
            facts: Arc::default(),
            findings: None,
        }
    }

    /// Lowers a declaration. One with a syntax error takes over the findings of its predecessor.
    fn lowered(node: Node<'_>, document: &Document, predecessor: Option<Vec<Finding>>) -> Self {
        let range = node.byte_range();
        let text = document.slice(range);
        let body = Arc::new(lower(node, &text).shrunk());
        let facts = Arc::new(declaration_facts(&body));
        let findings = body.has_error.then(|| predecessor.unwrap_or_default().into());
        Self {
            range,
            kind: node.kind(),
            body,
            facts,
            findings,
        }
    }
}

/// The declarations other than imports, in the order of the text.
pub(crate) fn top_level(tree: &Tree) -> impl Iterator<Item = Node<'_>> {
    declarations(tree).filter(|node| node.kind() != Kind::ImportDeclaration)
}

/// The declarations of the text before some edits, found again by where the edits moved them.
struct Kept<'a> {
    declarations: &'a [Declaration],
    edits: &'a [ByteEdit],
    next: usize,
}

impl<'a> Kept<'a> {
    fn new(declarations: &'a [Declaration], edits: &'a [ByteEdit]) -> Self {
        Self {
            declarations,
            edits,
            next: 0,
        }
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
        let findings = old.findings.as_deref()?.iter();
        Some(
            findings
                .filter_map(|finding| self.moved_finding(old, finding, node.byte_range()))
                .collect(),
        )
    }

    fn moved_finding(&self, old: &Declaration, finding: &Finding, now: ByteRange) -> Option<Finding> {
        let place = |span: deferlint_semantics::body::Span| {
            let range = moved(span.in_file(old.range.start()), self.edits)?;
            let inside = now.start() <= range.start() && range.end() <= now.end();
            inside.then(|| {
                deferlint_semantics::body::Span::new(range.start() - now.start(), range.end() - now.start())
            })
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
