//! A Go file of which only that is parsed what others see of it, and what rules start from.

use std::borrow::Cow;
use std::sync::Arc;

use deferlint_rules::DeclarationTokens;
use deferlint_semantics::Name;
use deferlint_semantics::deferred_names::deferred_names;
use deferlint_semantics::extract::{DeclarationFacts, assemble, outlined_facts};
use deferlint_semantics::facts::{FileFacts, LazySummary, SummarySource};
use deferlint_semantics::header::Header;
use deferlint_semantics::lower::lower;
use deferlint_syntax::{Lexer, Outline, OutlinedDeclaration, Parser, Token, declarations};
use deferlint_text::{ByteRange, Document, DocumentTooLarge};

use crate::file::{Declaration, SourceFile, top_level};
use crate::file_text::{FileText, TextOrigin};

/// A file that was read, and not yet checked.
#[derive(Debug)]
pub(crate) struct OutlinedFile {
    source: Arc<FileText>,
    /// The text, until it is let go.
    held: Option<Arc<str>>,
    /// What the file declares, seen from outside.
    pub(crate) facts: Arc<FileFacts>,
    /// The names of its functions that do nothing but recover.
    pub(crate) recovering: Vec<Name>,
    /// The package clause and the imports.
    header: Header,
    /// The declarations to parse, in the order of the text; `None` when the whole file must be parsed.
    candidates: Option<Vec<Candidate>>,
}

/// A declaration in which rules may find something.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    range: ByteRange,
    /// True when a rule starts from what stands in it; otherwise it depends on who calls a helper.
    starts_a_rule: bool,
}

impl OutlinedFile {
    /// Reads a text.
    ///
    /// # Errors
    /// A text that is too large.
    pub(crate) fn read(
        parser: &mut Parser,
        origin: &TextOrigin,
        text: String,
    ) -> Result<Self, DocumentTooLarge> {
        let text: Arc<str> = Arc::from(text);
        match outlined(parser, origin, &text) {
            Some(file) => Ok(file),
            None => Self::whole(parser, origin, text),
        }
    }

    /// Reads a text and parses all of it, as one must whose tokens don't say where its declarations are.
    ///
    /// # Errors
    /// A text that is too large.
    pub(crate) fn whole(
        parser: &mut Parser,
        origin: &TextOrigin,
        text: Arc<str>,
    ) -> Result<Self, DocumentTooLarge> {
        let file = parse(parser, &text)?;
        let names = file.facts.functions.iter();
        let recovering = names.filter(|function| {
            let summary = function.summary.get();
            summary.is_some_and(|summary| summary.recovery.only_recovers)
        });
        Ok(Self {
            recovering: recovering.map(|function| function.name.clone()).collect(),
            source: Arc::new(FileText::new(origin, &text, Vec::new())),
            held: Some(text),
            facts: file.facts,
            header: file.header,
            candidates: None,
        })
    }

    /// Drops the declarations in which no rule can find anything, now that the helpers of the package are known, and lets the
    /// text go. False when none is left.
    pub(crate) fn retain_relevant(&mut self, is_helper: &dyn Fn(&str) -> bool) -> bool {
        let (Some(text), Some(candidates)) = (self.held.take(), &mut self.candidates) else {
            return true;
        };
        let text = &*text;
        candidates.retain(|candidate| {
            candidate.starts_a_rule || {
                let tokens: Vec<_> = Lexer::within(text, candidate.range).collect();
                DeclarationTokens {
                    text,
                    tokens: &tokens,
                }
                .call(is_helper)
            }
        });
        candidates.shrink_to_fit();
        !candidates.is_empty()
    }

    /// Its text. `None` when it was read from a file that holds another one by now.
    pub(crate) fn text(&self) -> Option<Arc<str>> {
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
        text: &str,
        declarations: Vec<Declaration>,
    ) -> Result<SourceFile, DocumentTooLarge> {
        Ok(SourceFile {
            document: Document::new(text)?,
            header: self.header.clone(),
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

/// The file without what stands in its blocks; `None` when its declarations can't be told apart.
fn outlined(parser: &mut Parser, origin: &TextOrigin, text: &Arc<str>) -> Option<OutlinedFile> {
    let outline = Outline::of(text)?;
    let compact = without_blocks(text, &outline);
    let tree = parser.parse(compact.as_str());
    if tree.has_error() || top_level(&tree).count() != outline.declarations.len() {
        return None;
    }
    let slice = |range: ByteRange| Cow::Borrowed(&compact[range.start() as usize..range.end() as usize]);
    let header = Header::in_text(&tree, slice);
    let source = Arc::new(FileText::new(origin, text, header.imports()));
    let summaries: Arc<dyn SummarySource> = Arc::<FileText>::clone(&source);
    let mut found = Found::default();
    let mut tokens = Vec::new();
    for (node, declaration) in top_level(&tree).zip(&outline.declarations) {
        let summary = if declaration.has_body() {
            LazySummary::later(Arc::clone(&summaries), declaration.range)
        } else {
            LazySummary::default()
        };
        let body = lower(node, &slice(node.byte_range()));
        let facts = outlined_facts(&body, summary);
        tokens.clear();
        tokens.extend(Lexer::within(text, declaration.range));
        found.add(text, &tokens, declaration, facts);
    }
    let mut facts = assemble(&header, found.facts.iter());
    facts.deferred = found.deferred;
    facts.deferred.sort_unstable();
    facts.deferred.dedup();
    Some(OutlinedFile {
        source,
        held: Some(Arc::clone(text)),
        facts: Arc::new(facts),
        recovering: found.recovering,
        header,
        candidates: Some(found.candidates),
    })
}

/// What was found in the declarations of a file.
#[derive(Default)]
struct Found {
    facts: Vec<DeclarationFacts>,
    deferred: Vec<Name>,
    recovering: Vec<Name>,
    candidates: Vec<Candidate>,
}

impl Found {
    fn add(
        &mut self,
        text: &str,
        tokens: &[Token],
        declaration: &OutlinedDeclaration,
        facts: DeclarationFacts,
    ) {
        let starts_a_rule = DeclarationTokens { text, tokens }.start_a_rule();
        if starts_a_rule {
            self.deferred.extend(deferred_names(text, tokens));
            let only_recovers = facts.function.iter().filter(|function| {
                let mentions_recover = tokens.iter().any(|token| token.text(text) == "recover");
                let summary = mentions_recover.then(|| function.summary.get()).flatten();
                summary.is_some_and(|summary| summary.recovery.only_recovers)
            });
            self.recovering
                .extend(only_recovers.map(|function| function.name.clone()));
        }
        if starts_a_rule || !declaration.blocks.is_empty() {
            self.candidates.push(Candidate {
                range: declaration.range,
                starts_a_rule,
            });
        }
        self.facts.push(facts);
    }
}

/// The text with empty blocks. The head of the file stays where it is.
fn without_blocks(text: &str, outline: &Outline) -> String {
    let mut compact = text[..outline.head_end as usize].to_owned();
    for declaration in &outline.declarations {
        compact.push('\n');
        declaration.write_without_blocks(text, &mut compact);
    }
    compact.push('\n');
    compact
}

/// The declarations of some places of a text, parsed alone; `None` when there is an error in one.
fn parse_candidates(parser: &mut Parser, text: &str, candidates: &[Candidate]) -> Option<Vec<Declaration>> {
    let mut compact = String::new();
    for candidate in candidates {
        compact.push_str(&text[candidate.range.start() as usize..candidate.range.end() as usize]);
        compact.push('\n');
    }
    let tree = parser.parse(compact.as_str());
    if tree.has_error() || declarations(&tree).count() != candidates.len() {
        return None;
    }
    let parsed = declarations(&tree).zip(candidates).map(|(node, candidate)| {
        let range = node.byte_range();
        let text = &compact[range.start() as usize..range.end() as usize];
        Declaration::unchecked(candidate.range, node, text)
    });
    Some(parsed.collect())
}

#[cfg(test)]
mod tests;
