//! One Go file in memory: its text, and its declarations with what is known about each.

mod kept;

use std::sync::Arc;

use deferlint_rules::{DeclarationTokens, Finding};
use deferlint_semantics::Name;
use deferlint_semantics::body::Body;
use deferlint_semantics::extract::{DeclarationFacts, assemble, declaration_facts, with_functions};
use deferlint_semantics::facts::FileFacts;
use deferlint_semantics::header::Header;
use deferlint_semantics::lower::lower;
use deferlint_syntax::{Kind, Lexer, Node, Tree, declarations};
use deferlint_text::{ByteEdit, ByteRange, Document};

use self::kept::Kept;
use crate::analyze::{Found, name_hash};

/// A parsed file, without its tree. The invariant: `header` and `declarations` describe `document`.
#[derive(Clone, Debug)]
pub(crate) struct SourceFile {
    /// The text.
    pub(crate) document: Document,
    /// The package clause and the imports.
    pub(crate) header: Header,
    /// True when the text doesn't follow the grammar somewhere.
    pub(crate) has_error: bool,
    /// The top-level declarations other than imports, in the order of the text.
    pub(crate) declarations: Vec<Declaration>,
    /// What the file declares, seen from outside.
    pub(crate) facts: Arc<FileFacts>,
}

/// What a file says to the outside after an edit, beside what it said before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FactsChange {
    /// The same.
    Nothing,
    /// Functions and methods of these names do something else, or are deferred now or no longer, and that is all.
    Functions(Vec<Name>),
    /// It may declare anything else.
    Declarations,
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
    /// False when its tokens say that no rule can find anything in it that doesn't start from calls.
    pub(crate) starts_a_rule: bool,
    /// What the rules found in it; `None` until they have run on this text with these facts.
    pub(crate) found: Option<Arc<Found>>,
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
            has_error: tree.has_error(),
            declarations,
            facts,
        }
    }

    /// The file after edits, and what it declares otherwise than before. What the edits didn't touch is kept, with its
    /// findings. A declaration that holds a syntax error now keeps the findings that it had before, shifted and without
    /// fixes.
    pub(crate) fn edited(&self, document: Document, tree: &Tree, edits: &[ByteEdit]) -> (Self, FactsChange) {
        let header = self.edited_header(&document, tree, edits);
        let mut kept = Kept::new(&self.declarations, edits);
        let declarations = if self.has_error || tree.has_error() {
            kept.declarations_of(&document, tree)
        } else {
            kept.declarations_of_sound(&document, tree)
        };
        let (facts, change) = self.facts_of(&header, &declarations);
        let file = Self {
            document,
            header,
            has_error: tree.has_error(),
            declarations,
            facts,
        };
        (file, change)
    }

    /// The header of the edited file: the same one when every edit lies behind it, and nothing in the file is broken.
    fn edited_header(&self, document: &Document, tree: &Tree, edits: &[ByteEdit]) -> Header {
        let end = self.declarations.first().map(|first| first.range.start());
        let is_behind = end.is_some_and(|end| edits.iter().all(|edit| edit.start > end));
        if is_behind && !self.has_error && !tree.has_error() {
            self.header.clone()
        } else {
            Header::of(tree, document)
        }
    }

    /// The facts of the edited file: the same ones when it declares the same.
    fn facts_of(&self, header: &Header, declarations: &[Declaration]) -> (Arc<FileFacts>, FactsChange) {
        let change = self.change_to(header, declarations);
        let facts = match &change {
            FactsChange::Nothing => Arc::clone(&self.facts),
            FactsChange::Functions(_) => {
                let functions = declarations.iter().zip(&self.declarations);
                let functions = functions.filter_map(|(now, before)| {
                    let function = now.facts.function.as_ref()?;
                    Some((function, now.facts != before.facts))
                });
                let changed = functions.enumerate();
                let changed =
                    changed.filter_map(|(index, (function, changed))| changed.then_some((index, function)));
                let facts = declarations.iter().map(|declaration| &*declaration.facts);
                Arc::new(with_functions(&self.facts, changed, facts))
            }
            FactsChange::Declarations => {
                let facts = declarations.iter().map(|declaration| &*declaration.facts);
                Arc::new(assemble(header, facts))
            }
        };
        (facts, change)
    }

    fn change_to(&self, header: &Header, declarations: &[Declaration]) -> FactsChange {
        if !says_the_same(&self.header, header) || self.declarations.len() != declarations.len() {
            return FactsChange::Declarations;
        }
        let mut functions = Vec::new();
        for (before, now) in self.declarations.iter().zip(declarations) {
            if now.facts != before.facts {
                match now.facts.functions_changed(&before.facts) {
                    Some(names) => functions.extend(names),
                    None => return FactsChange::Declarations,
                }
            }
        }
        if functions.is_empty() {
            FactsChange::Nothing
        } else {
            FactsChange::Functions(functions)
        }
    }

    /// Forgets what the rules found when they asked about functions of these names. False when they did so nowhere.
    pub(crate) fn forget_findings_with(&mut self, names: &[Name]) -> bool {
        let names: Vec<_> = names.iter().map(|name| name_hash(name)).collect();
        self.forget_findings(|found| found.names_asked.iter().any(|asked| names.contains(asked)))
    }

    /// Forgets everything that the rules found, because facts they may read have changed.
    pub(crate) fn forget_all_findings(&mut self) {
        self.forget_findings(|_| true);
    }

    /// Forgets what the rules found where `is_outdated`. A declaration with a syntax error keeps its findings. False when
    /// nothing was outdated.
    fn forget_findings(&mut self, is_outdated: impl Fn(&Found) -> bool) -> bool {
        let mut forgets = false;
        for declaration in &mut self.declarations {
            if !declaration.body.has_error && declaration.found.take_if(|found| is_outdated(found)).is_some()
            {
                forgets = true;
            }
        }
        forgets
    }
}

/// True when two headers say the same to the outside, wherever it stands.
fn says_the_same(one: &Header, other: &Header) -> bool {
    one.imports.len() == other.imports.len()
        && one.package == other.package
        && one.generated == other.generated
        && one.build_constraint == other.build_constraint
        && one
            .imports
            .iter()
            .zip(&other.imports)
            .all(|(one, other)| (&one.name, &one.path) == (&other.name, &other.path))
}

impl Declaration {
    /// A declaration that is to be checked, of which nobody asks what it says to the outside.
    pub(crate) fn unchecked(range: ByteRange, node: Node<'_>, text: &str) -> Self {
        Self {
            range,
            kind: node.kind(),
            body: Arc::new(lower(node, text)),
            facts: Arc::default(),
            starts_a_rule: true,
            found: None,
        }
    }

    /// Lowers a declaration. One with a syntax error takes over the findings of its predecessor.
    fn lowered(node: Node<'_>, document: &Document, predecessor: Option<Vec<Finding>>) -> Self {
        let range = node.byte_range();
        let text = document.slice(range);
        let body = Arc::new(lower(node, &text).shrunk());
        let facts = Arc::new(declaration_facts(&body));
        let found = body.has_error.then(|| {
            Arc::new(Found {
                findings: predecessor.unwrap_or_default().into(),
                ..Found::default()
            })
        });
        let tokens: Vec<_> = Lexer::new(&text).collect();
        let tokens = DeclarationTokens {
            text: &text,
            tokens: &tokens,
        };
        Self {
            range,
            kind: node.kind(),
            body,
            facts,
            starts_a_rule: tokens.start_a_rule(),
            found,
        }
    }
}

/// The declarations other than imports, in the order of the text.
pub(crate) fn top_level(tree: &Tree) -> impl Iterator<Item = Node<'_>> {
    declarations(tree).filter(|node| node.kind() != Kind::ImportDeclaration)
}
