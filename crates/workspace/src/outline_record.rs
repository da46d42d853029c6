//! What is known of a Go file without parsing its blocks, as the cache on disk keeps it.

use std::borrow::Cow;

use deferlint_rules::DeclarationTokens;
use deferlint_semantics::Name;
use deferlint_semantics::deferred_names::deferred_names;
use deferlint_semantics::extract::{DeclarationFacts, assemble, outlined_facts};
use deferlint_semantics::facts::{FileFacts, Import, LazySummary};
use deferlint_semantics::header::Header;
use deferlint_semantics::lower::lower;
use deferlint_syntax::{Lexer, Outline, OutlinedDeclaration, Parser, Token};
use deferlint_text::ByteRange;
use serde::{Deserialize, Serialize};

use crate::file::top_level;
use crate::file_text::summary_in;

/// A Go file without its blocks. All places are bytes of its text.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OutlineRecord {
    /// What the file declares, without what its functions do and what it defers.
    pub(crate) facts: FileFacts,
    /// The places of the functions of the facts that have a body, in their order.
    pub(crate) functions: Vec<Option<Place>>,
    /// The names of the functions and methods that it defers: sorted, each one once.
    pub(crate) deferred: Vec<Name>,
    /// The names of its functions that do nothing but recover.
    pub(crate) recovering: Vec<Name>,
    /// The end of the imports.
    pub(crate) head_end: u32,
    /// The declarations in which rules may find something, in the order of the text.
    pub(crate) candidates: Vec<Candidate>,
}

/// The place of a declaration.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Place {
    start: u32,
    end: u32,
}

/// A declaration in which rules may find something.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Candidate {
    /// Where it is.
    pub(crate) place: Place,
    /// True when a rule starts from what stands in it; otherwise it depends on who calls a helper.
    pub(crate) starts_a_rule: bool,
}

impl From<ByteRange> for Place {
    fn from(range: ByteRange) -> Self {
        Self {
            start: range.start(),
            end: range.end(),
        }
    }
}

impl Place {
    /// The bytes.
    pub(crate) fn range(self) -> ByteRange {
        ByteRange::new(self.start, self.end)
    }
}

impl OutlineRecord {
    /// Reads a text. `None` when its tokens don't say where its declarations are, or when there is an error outside of its
    /// blocks.
    pub(crate) fn of(parser: &mut Parser, text: &str) -> Option<Self> {
        let tokens: Vec<_> = Lexer::new(text).collect();
        let outline = Outline::of(text, &tokens)?;
        let compact = without_blocks(text, &tokens, &outline);
        let tree = parser.parse(compact.as_str());
        if tree.has_error() || top_level(&tree).count() != outline.declarations.len() {
            return None;
        }
        let slice = |range: ByteRange| Cow::Borrowed(&compact[range.start() as usize..range.end() as usize]);
        let mut header = Header::in_text(&tree, slice);
        header.read_comments(&text[..outline.package_start as usize]);
        let mut found = Found::new(text, header.imports());
        for (node, declaration) in top_level(&tree).zip(&outline.declarations) {
            let body = lower(node, &slice(node.byte_range()));
            let facts = outlined_facts(&body, LazySummary::default());
            found.add(declaration, &tokens[declaration.tokens.clone()], facts);
        }
        found.deferred.sort_unstable();
        found.deferred.dedup();
        Some(Self {
            facts: assemble(&header, found.facts.iter()),
            functions: found.functions,
            deferred: found.deferred,
            recovering: found.recovering,
            head_end: outline.head_end,
            candidates: found.candidates,
        })
    }
}

/// What was found in the declarations of a file.
struct Found<'a> {
    text: &'a str,
    imports: Vec<Import>,
    facts: Vec<DeclarationFacts>,
    functions: Vec<Option<Place>>,
    deferred: Vec<Name>,
    recovering: Vec<Name>,
    candidates: Vec<Candidate>,
}

impl<'a> Found<'a> {
    fn new(text: &'a str, imports: Vec<Import>) -> Self {
        Self {
            text,
            imports,
            facts: Vec::new(),
            functions: Vec::new(),
            deferred: Vec::new(),
            recovering: Vec::new(),
            candidates: Vec::new(),
        }
    }

    fn add(&mut self, declaration: &OutlinedDeclaration, tokens: &[Token], facts: DeclarationFacts) {
        let (text, place) = (self.text, Place::from(declaration.range));
        let starts_a_rule = DeclarationTokens { text, tokens }.start_a_rule();
        if starts_a_rule {
            self.deferred.extend(deferred_names(text, tokens));
            let mentions_recover = tokens.iter().any(|token| token.text(text) == "recover");
            let function = facts.function.iter().filter(|_| mentions_recover);
            let only_recovers = function.filter(|_| {
                let summary = summary_in(text, declaration.range, &self.imports);
                summary.is_some_and(|summary| summary.recovery.only_recovers)
            });
            self.recovering
                .extend(only_recovers.map(|function| function.name.clone()));
        }
        if starts_a_rule || !declaration.blocks.is_empty() {
            self.candidates.push(Candidate { place, starts_a_rule });
        }
        if facts.function.is_some() {
            self.functions.push(declaration.has_body().then_some(place));
        }
        self.facts.push(facts);
    }
}

/// The text without comments, and with empty blocks.
fn without_blocks(text: &str, tokens: &[Token], outline: &Outline) -> String {
    let mut compact = text[outline.package_start as usize..outline.head_end as usize].to_owned();
    for declaration in &outline.declarations {
        compact.push('\n');
        declaration.write_without_blocks(text, tokens, &mut compact);
    }
    compact.push('\n');
    compact
}
