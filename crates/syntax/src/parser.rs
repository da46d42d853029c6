//! Parsing, afresh and incrementally, within a budget.

use std::{
    ops::ControlFlow,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use thiserror::Error;

use crate::{Source, Tree};

/// A parse took longer than it was allowed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the parse exceeded its time budget")]
pub struct OutOfBudget;

/// A parse was abandoned because its result is no longer wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the parse was cancelled")]
pub struct Cancelled;

/// A tree from [`Parser::reparse`], and how it came about.
#[derive(Clone, Debug)]
pub struct Reparse {
    /// The tree of the new text.
    pub tree: Tree,
    /// Whether nodes of the old tree are in it.
    pub freshness: Freshness,
}

/// How a tree was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// From the old tree and the text around the edits.
    Incremental,
    /// From the text alone, because the edits removed the last error.
    Fresh,
}

/// A parser of Go. It keeps its working memory from parse to parse, and nothing else.
pub struct Parser(tree_sitter::Parser);

impl Default for Parser {
    fn default() -> Self {
        Self::new()
    }
}

impl Parser {
    /// A parser of Go.
    ///
    /// # Panics
    /// When the grammar was generated for another version of tree-sitter's runtime, which a build either always or
    /// never does.
    pub fn new() -> Self {
        let mut parser = tree_sitter::Parser::new();
        parser
            .set_language(&crate::language())
            .expect("the grammar fits tree-sitter's runtime");
        Self(parser)
    }

    /// Parses `source` from its text alone, however long it takes.
    pub fn parse<S: Source + ?Sized>(&mut self, source: &S) -> Tree {
        match self.run(source, None, || false) {
            Some(tree) => tree,
            None => unreachable!("a parser with a grammar gives up only when it is stopped"),
        }
    }

    /// Parses `source` within `budget`, or without a limit when there is none. `old` is the tree of an earlier text
    /// to which every edit since was [applied](Tree::edit); what it has in common with `source` is reused.
    ///
    /// The clock is read every hundred or so steps of the parser, so a parse can outlast its budget a little.
    pub fn parse_within<S: Source + ?Sized>(
        &mut self,
        source: &S,
        old: Option<&Tree>,
        budget: Option<Duration>,
    ) -> Result<Tree, OutOfBudget> {
        let deadline = Deadline::after(budget);
        self.run(source, old, || deadline.has_passed()).ok_or(OutOfBudget)
    }

    /// Parses `source` from its text alone until `cancelled` becomes true.
    pub fn parse_unless<S: Source + ?Sized>(
        &mut self,
        source: &S,
        cancelled: &AtomicBool,
    ) -> Result<Tree, Cancelled> {
        self.run(source, None, || cancelled.load(Ordering::Relaxed))
            .ok_or(Cancelled)
    }

    /// Parses `source` like [`parse_within`](Self::parse_within), and once more from its text alone when the old tree
    /// had an error and the new one has none. Both parses share the budget.
    pub fn reparse<S: Source + ?Sized>(
        &mut self,
        source: &S,
        old: &Tree,
        budget: Option<Duration>,
    ) -> Result<Reparse, OutOfBudget> {
        let deadline = Deadline::after(budget);
        let stop = || deadline.has_passed();
        let incremental = self.run(source, Some(old), stop).ok_or(OutOfBudget)?;
        if old.has_error() && !incremental.has_error() {
            let tree = self.run(source, None, stop).ok_or(OutOfBudget)?;
            return Ok(Reparse {
                tree,
                freshness: Freshness::Fresh,
            });
        }
        Ok(Reparse {
            tree: incremental,
            freshness: Freshness::Incremental,
        })
    }

    /// Parses until `stop` answers `true`, and is ready for another text in either case.
    fn run<S: Source + ?Sized>(
        &mut self,
        source: &S,
        old: Option<&Tree>,
        stop: impl Fn() -> bool,
    ) -> Option<Tree> {
        let mut read = |byte: usize, _| source.chunk_at(byte as u32);
        let mut progress = |_: &tree_sitter::ParseState| {
            if stop() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let options = tree_sitter::ParseOptions::new().progress_callback(&mut progress);
        let tree = self
            .0
            .parse_with_options(&mut read, old.map(|tree| &tree.0), Some(options));
        if tree.is_none() {
            // A parse that was stopped would otherwise go on with the text of the next call.
            self.0.reset();
        }
        tree.map(Tree)
    }
}

/// The moment a parse must be over, if there is one.
#[derive(Clone, Copy)]
struct Deadline(Option<Instant>);

impl Deadline {
    /// The end of a budget that starts now. A budget past the clock's range is none.
    fn after(budget: Option<Duration>) -> Self {
        Self(budget.and_then(|budget| Instant::now().checked_add(budget)))
    }

    fn has_passed(self) -> bool {
        self.0.is_some_and(|deadline| Instant::now() >= deadline)
    }
}
