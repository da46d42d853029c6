//! What is known of a Go file without parsing its blocks, as the cache on disk keeps it.

use std::borrow::Cow;
use std::sync::Arc;

use deferlint_rules::{CalledName, DeclarationTokens};
use deferlint_semantics::Name;
use deferlint_semantics::deferred_names::deferred_names;
use deferlint_semantics::extract::{DeclarationFacts, assemble, outlined_facts};
use deferlint_semantics::facts::{FileFacts, Import, LazySummary, SummarySource};
use deferlint_semantics::header::Header;
use deferlint_semantics::lower::lower;
use deferlint_semantics::token_facts::{token_facts, token_header};
use deferlint_syntax::{Lexer, Outline, OutlinedDeclaration, Parser, Token};
use deferlint_text::ByteRange;
use serde::{Deserialize, Serialize};

use crate::file::top_level;
use crate::file_text::summary_in;
use crate::helpers::{CallHash, Helpers, call_hash};

/// A Go file without its blocks. All places are bytes of its text.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OutlineRecord {
    /// What the file declares, seen from outside.
    pub(crate) declared: OutlinedFacts,
    /// The names of its functions that do nothing but recover.
    pub(crate) recovering: Vec<Name>,
    /// The end of the imports.
    pub(crate) head_end: u32,
    /// The declarations in which rules may find something, in the order of the text.
    pub(crate) candidates: Vec<Candidate>,
}

/// What a file declares, and where its functions are.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OutlinedFacts {
    /// What the file declares, without what its functions do and what it defers.
    facts: FileFacts,
    /// Where the functions of the facts are that have a body, in their order.
    functions: Vec<Option<Function>>,
    /// The names of the functions and methods that it defers: sorted, each one once.
    deferred: Vec<Name>,
}

/// The place of a declaration.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Place {
    start: u32,
    end: u32,
}

/// A function with a body.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Function {
    /// Where it is.
    place: Place,
    /// True when the word `recover` stands in it.
    mentions_recover: bool,
}

/// A declaration in which rules may find something.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Candidate {
    /// Where it is.
    pub(crate) place: Place,
    /// Why they may.
    pub(crate) relevance: Relevance,
}

/// Why rules may find something in a declaration.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Relevance {
    /// A rule starts from what stands in it.
    StartsARule,
    /// It makes these calls, which may be of helpers: sorted, each one once.
    Calls(Vec<CallHash>),
}

impl Candidate {
    /// True when rules may find something, now that the helpers are known.
    pub(crate) fn is_relevant(&self, helpers: &Helpers) -> bool {
        match &self.relevance {
            Relevance::StartsARule => true,
            Relevance::Calls(calls) => helpers.are_in(calls),
        }
    }
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
        let header = header(parser, text, &tokens, &outline)?;
        let mut found = Found::new(text, header.imports());
        let facts = facts_of_declarations(parser, text, &tokens, &outline.declarations)?;
        for (declaration, facts) in outline.declarations.iter().zip(facts) {
            found.add(declaration, &tokens[declaration.tokens.clone()], facts);
        }
        found.deferred.sort_unstable();
        found.deferred.dedup();
        Some(Self {
            declared: OutlinedFacts {
                facts: assemble(&header, found.facts.iter()),
                functions: found.functions,
                deferred: found.deferred,
            },
            recovering: found.recovering,
            head_end: outline.head_end,
            candidates: found.candidates,
        })
    }
}

impl OutlinedFacts {
    /// The imports of the file.
    pub(crate) fn imports(&self) -> &[Import] {
        &self.facts.imports
    }

    /// The facts, whose functions are summarised from this text.
    pub(crate) fn summarised_from(self, text: &Arc<dyn SummarySource>) -> FileFacts {
        let mut facts = self.facts;
        for (function, outlined) in facts.functions.iter_mut().zip(self.functions) {
            if let Some(outlined) = outlined {
                Arc::make_mut(function).summary = LazySummary::later(
                    Arc::clone(text),
                    outlined.place.range(),
                    outlined.mentions_recover,
                );
            }
        }
        facts.deferred = self.deferred;
        facts
    }
}

/// What was found in the declarations of a file.
struct Found<'a> {
    text: &'a str,
    imports: Vec<Import>,
    facts: Vec<DeclarationFacts>,
    functions: Vec<Option<Function>>,
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
        // Whoever names it, starts a rule.
        let mentions_recover = starts_a_rule && tokens.iter().any(|token| token.text(text) == "recover");
        if starts_a_rule {
            self.deferred.extend(deferred_names(text, tokens));
            let function = facts.function.iter().filter(|_| mentions_recover);
            let only_recovers = function.filter(|_| {
                let summary = summary_in(text, declaration.range, &self.imports);
                summary.is_some_and(|summary| summary.recovery.only_recovers)
            });
            self.recovering
                .extend(only_recovers.map(|function| function.name.clone()));
        }
        let relevance = if starts_a_rule {
            Some(Relevance::StartsARule)
        } else {
            let calls = self.calls(tokens);
            (!calls.is_empty()).then_some(Relevance::Calls(calls))
        };
        let candidate = relevance.map(|relevance| Candidate { place, relevance });
        self.candidates.extend(candidate);
        if facts.function.is_some() {
            self.functions.push(declaration.has_body().then_some(Function {
                place,
                mentions_recover,
            }));
        }
        self.facts.push(facts);
    }

    /// A function of a package whose names are imported without a qualifier is called like one of the file's own.
    fn calls(&self, tokens: &[Token]) -> Vec<CallHash> {
        let text = self.text;
        let has_dot_import = self
            .imports
            .iter()
            .any(|import| import.name.as_deref() == Some("."));
        let called = DeclarationTokens { text, tokens }.called().into_iter();
        let mut calls: Vec<_> = called
            .map(|call| {
                call_hash(CalledName {
                    is_selected: call.is_selected || has_dot_import,
                    ..call
                })
            })
            .collect();
        calls.sort_unstable();
        calls.dedup();
        calls
    }
}

/// The head of a file; it is parsed when its tokens aren't plain. `None` when there is an error in it.
fn header(parser: &mut Parser, text: &str, tokens: &[Token], outline: &Outline) -> Option<Header> {
    let tokens = &tokens[..tokens.partition_point(|token| token.range.start() < outline.head_end)];
    token_header(text, tokens).or_else(|| {
        let head = &text[..outline.head_end as usize];
        let tree = parser.parse(head);
        let slice = |range: ByteRange| Cow::Borrowed(&head[range.start() as usize..range.end() as usize]);
        (!tree.has_error()).then(|| Header::in_text(&tree, slice))
    })
}

/// The facts of the declarations; what their tokens don't say is parsed. `None` when there is an error in that.
fn facts_of_declarations(
    parser: &mut Parser,
    text: &str,
    tokens: &[Token],
    declarations: &[OutlinedDeclaration],
) -> Option<Vec<DeclarationFacts>> {
    let read = declarations.iter().map(|declaration| {
        let own = &tokens[declaration.tokens.clone()];
        token_facts(text, own, &declaration.blocks)
    });
    let read: Vec<_> = read.collect();
    let left = declarations
        .iter()
        .zip(&read)
        .filter(|(_, facts)| facts.is_none());
    let left: Vec<_> = left.map(|(declaration, _)| declaration).collect();
    let mut parsed = parsed_facts(parser, text, tokens, &left)?.into_iter();
    read.into_iter()
        .map(|facts| facts.or_else(|| parsed.next()))
        .collect()
}

/// The facts of declarations that are parsed, without comments and with empty blocks. `None` when there is an error.
fn parsed_facts(
    parser: &mut Parser,
    text: &str,
    tokens: &[Token],
    declarations: &[&OutlinedDeclaration],
) -> Option<Vec<DeclarationFacts>> {
    if declarations.is_empty() {
        return Some(Vec::new());
    }
    let mut compact = String::new();
    for declaration in declarations {
        declaration.write_without_blocks(text, tokens, &mut compact);
        compact.push('\n');
    }
    let tree = parser.parse(compact.as_str());
    if tree.has_error() || top_level(&tree).count() != declarations.len() {
        return None;
    }
    let facts = top_level(&tree).map(|node| {
        let range = node.byte_range();
        let body = lower(node, &compact[range.start() as usize..range.end() as usize]);
        outlined_facts(&body, LazySummary::default())
    });
    Some(facts.collect())
}
