//! The control-flow graph of one function: which statements can run after which, and how the function is left.
//!
//! A deferred call runs at the exits that can be reached after its `defer` statement, and at no others. Function literals
//! inside the function are values here; each has a graph of its own.
//!
//! A panic is an exit where a call that certainly panics stands alone as a statement; that nearly every other expression
//! may panic, too, isn't part of the graph.
//!
//! A question costs a search or two through the graph at most, unless it says otherwise.

mod build;
mod defers;
mod definitions;
mod dominance;
mod holding;
mod nilness;
mod reach;

use rustc_hash::FxHashMap;

use crate::body::{Body, ExpressionId, FunctionId, Parent, StatementId};

pub use defers::{DeferredCall, MAX_ORDERED_DEFERS, RegisteredDefer, deferred_calls};
pub use definitions::{AssignedValue, Definition, Definitions, ReachingDefinitions};
pub use holding::{Hold, Holding, HoldingEvent, HoldingFacts, Pending};
pub use nilness::{NilFacts, Nilness};

/// The control-flow graph of one function.
#[derive(Clone, Debug)]
pub struct ControlFlow {
    /// The function.
    pub function: FunctionId,
    /// The blocks; the first one is where the function starts.
    pub blocks: Vec<BasicBlock>,
    statements: FxHashMap<StatementId, ProgramPoint>,
    expressions: FxHashMap<ExpressionId, ProgramPoint>,
    /// The labelled statements and the blocks in which they start, in the order of the text.
    labels: Vec<(StatementId, BlockId)>,
}

/// A row of nodes that run one after the other.
#[derive(Clone, Debug, Default)]
pub struct BasicBlock {
    /// What runs, in order.
    pub nodes: Vec<Node>,
    /// Where it goes on.
    pub successors: Vec<Edge>,
    /// How the function is left at the block's end.
    pub exit: Option<Exit>,
}

/// The index of a block in [`ControlFlow::blocks`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockId(pub u32);

/// One thing that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// A statement without statements inside.
    Statement(StatementId),
    /// A condition, a switch's value or case, or a range expression is evaluated.
    Expression(ExpressionId),
    /// The iteration variables of a range statement get their next values.
    RangeStep(StatementId),
}

/// A way from one block to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Where it leads.
    pub to: BlockId,
    /// The condition that was evaluated last, and what it was.
    pub condition: Option<(ExpressionId, bool)>,
}

/// How a function is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    /// By a `return` statement.
    Return(StatementId),
    /// By the end of its block.
    End,
    /// By a call that panics.
    Panic(ExpressionId),
    /// By a call that never returns, nor runs deferred functions.
    NeverReturns(ExpressionId),
}

/// What a call does to the path it is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    /// It may return.
    Returns,
    /// It panics.
    Panics,
    /// It ends the process or the goroutine.
    NeverReturns,
}

/// A place between two nodes: just before the node at `index`, or a block's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProgramPoint {
    /// The block.
    pub block: BlockId,
    /// The index of the node in its block.
    pub index: u32,
}

impl ControlFlow {
    /// The graph of a function. `outcome` says what a call that stands alone as a statement does.
    pub fn new(body: &Body, function: FunctionId, outcome: &dyn Fn(ExpressionId) -> CallOutcome) -> Self {
        build::build(body, function, outcome)
    }

    /// Where a statement starts; `None` for a statement of another function.
    pub fn point(&self, statement: StatementId) -> Option<ProgramPoint> {
        self.statements.get(&statement).copied()
    }

    /// Where an expression is evaluated; one inside a function literal where the literal is, and a condition made of
    /// several where the first of them is.
    pub fn point_of_expression(&self, body: &Body, expression: ExpressionId) -> Option<ProgramPoint> {
        let mut current = expression;
        loop {
            if let Some(point) = self.expressions.get(&current) {
                return Some(*point);
            }
            match body[current].parent {
                Parent::Expression(outer) => current = outer,
                Parent::Statement(statement) if body[statement].function == self.function => {
                    return self.point(statement);
                }
                Parent::Statement(statement) => current = body[body[statement].function].literal?,
                Parent::None => return None,
            }
        }
    }

    /// Where the function is left in this way: the end of the block. `None` for an exit of another function.
    pub fn point_of_exit(&self, exit: Exit) -> Option<ProgramPoint> {
        let index = self.blocks.iter().position(|block| block.exit == Some(exit))?;
        Some(self.end_of(BlockId(index as u32)))
    }

    /// The end of a block.
    pub fn end_of(&self, block: BlockId) -> ProgramPoint {
        ProgramPoint {
            block,
            index: self.block(block).nodes.len() as u32,
        }
    }

    /// The block of that index.
    pub fn block(&self, id: BlockId) -> &BasicBlock {
        &self.blocks[id.0 as usize]
    }
}
