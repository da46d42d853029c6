//! What the paths through a function have in common, read off its control-flow graph: whether one of them returns, how
//! the others end, which statements are on them, and which calls all of them make.

use rustc_hash::FxHashSet;

use crate::body::{BinaryOperator, Body, ExpressionId, ExpressionKind, StatementId, StatementKind};
use crate::control_flow::{BasicBlock, BlockId, CallOutcome, ControlFlow, Exit, Node};
use crate::facts::{Ending, Endings};

/// What is taken as given when paths are followed.
pub(super) struct Premises<'a> {
    /// How a call ends that never returns.
    pub(super) ending_of: &'a dyn Fn(ExpressionId) -> Option<Ending>,
    /// True for an expression whose value is known not to be nil.
    pub(super) is_non_nil: &'a dyn Fn(ExpressionId) -> bool,
    /// True for the predeclared `nil`.
    pub(super) is_nil: &'a dyn Fn(ExpressionId) -> bool,
}

impl Premises<'_> {
    /// What a comparison yields; `None` when the premises don't decide it.
    pub(super) fn truth_of(&self, body: &Body, condition: ExpressionId) -> Option<bool> {
        let ExpressionKind::Binary {
            operator: operator @ (BinaryOperator::Equal | BinaryOperator::NotEqual),
            left,
            right,
        } = body[body.unparenthesized(condition)].kind
        else {
            return None;
        };
        let compares = |value, nil| (self.is_non_nil)(value) && (self.is_nil)(nil);
        (compares(left, right) || compares(right, left)).then_some(operator == BinaryOperator::NotEqual)
    }
}

/// What a call that ends in this way does to the path it is on.
pub(super) fn outcome_of(ending: Option<Ending>) -> CallOutcome {
    match ending {
        None => CallOutcome::Returns,
        Some(Ending::Panic) => CallOutcome::Panics,
        Some(_) => CallOutcome::NeverReturns,
    }
}

/// The paths through a function that the premises allow.
pub(super) struct Paths<'a> {
    flow: &'a ControlFlow,
    /// For each block whether a path leads to it.
    reached: Vec<bool>,
    /// True when some path reaches a `return` or the end of the block.
    pub(super) returns: bool,
    /// How the other paths end.
    pub(super) endings: Endings,
    /// The calls that stand alone as statements or are deferred, and that every path that returns comes by.
    pub(super) always: FxHashSet<ExpressionId>,
}

impl<'a> Paths<'a> {
    pub(super) fn through(body: &Body, flow: &'a ControlFlow, premises: &Premises<'_>) -> Self {
        let successors = Successors { body, flow, premises };
        let (reached, spine) = successors.search();
        let mut paths = Self {
            flow,
            reached,
            returns: spine.is_some(),
            endings: Endings::default(),
            always: FxHashSet::default(),
        };
        for (block, _) in flow
            .blocks
            .iter()
            .zip(&paths.reached)
            .filter(|(_, reached)| **reached)
        {
            if let Some(Exit::Panic(call) | Exit::NeverReturns(call)) = block.exit {
                paths
                    .endings
                    .insert((premises.ending_of)(call).unwrap_or(Ending::Mixed));
            }
        }
        match spine {
            Some(spine) => {
                for block in successors.on_every_path(&spine) {
                    paths.always.extend(
                        flow.block(block)
                            .nodes
                            .iter()
                            .filter_map(|node| call_of(body, *node)),
                    );
                }
            }
            None if paths.endings.is_empty() => paths.endings.insert(Ending::Blocking),
            None => {}
        }
        paths
    }

    /// True when some path leads to the statement.
    pub(super) fn reaches(&self, statement: StatementId) -> bool {
        self.flow
            .point(statement)
            .is_some_and(|point| self.reached[point.block.0 as usize])
    }

    /// True when a block ends by leaving the function, or by a panic.
    pub(super) fn leaves(&self, body: &Body, block: StatementId) -> bool {
        let StatementKind::Block(statements) = &body[block].kind else {
            return false;
        };
        statements.last().is_some_and(|last| match body[*last].kind {
            StatementKind::Return(_) => true,
            StatementKind::Expression(_) => {
                let end = self.flow.point(*last).map(|point| self.flow.block(point.block));
                end.is_some_and(|end| end.exit.is_some() && end.nodes.last() == Some(&Node::Statement(*last)))
            }
            _ => false,
        })
    }
}

/// The call that a statement consists of, or defers.
fn call_of(body: &Body, node: Node) -> Option<ExpressionId> {
    let Node::Statement(statement) = node else {
        return None;
    };
    match body[statement].kind {
        StatementKind::Expression(call) | StatementKind::Defer(call) => {
            let call = body.unparenthesized(call);
            matches!(body[call].kind, ExpressionKind::Call { .. }).then_some(call)
        }
        _ => None,
    }
}

/// The graph without the edges that the premises rule out.
struct Successors<'a> {
    body: &'a Body,
    flow: &'a ControlFlow,
    premises: &'a Premises<'a>,
}

impl Successors<'_> {
    fn of(&self, block: BlockId) -> impl Iterator<Item = BlockId> + '_ {
        let edges = self.flow.block(block).successors.iter();
        edges
            .filter(|edge| self.allows(edge.condition))
            .map(|edge| edge.to)
    }

    fn allows(&self, condition: Option<(ExpressionId, bool)>) -> bool {
        condition.is_none_or(|(condition, outcome)| {
            self.premises
                .truth_of(self.body, condition)
                .is_none_or(|truth| truth == outcome)
        })
    }

    /// The blocks that can be reached, and the blocks of one path that returns.
    fn search(&self) -> (Vec<bool>, Option<Vec<BlockId>>) {
        let mut reached = vec![false; self.flow.blocks.len()];
        let mut came_from = vec![None; self.flow.blocks.len()];
        let mut last = None;
        let mut open = vec![BlockId(0)];
        reached[0] = true;
        while let Some(block) = open.pop() {
            if last.is_none() && is_return(self.flow.block(block)) {
                last = Some(block);
            }
            for next in self.of(block) {
                if !std::mem::replace(&mut reached[next.0 as usize], true) {
                    came_from[next.0 as usize] = Some(block);
                    open.push(next);
                }
            }
        }
        let path = last.map(|last| {
            let mut path: Vec<_> =
                std::iter::successors(Some(last), |block| came_from[block.0 as usize]).collect();
            path.reverse();
            path
        });
        (reached, path)
    }

    /// The blocks of a path that every other path that returns comes by, too. Walks along the path and keeps how far the
    /// blocks so far lead by ways beside it: a block is avoided by none when they lead no further than to itself.
    fn on_every_path(&self, path: &[BlockId]) -> Vec<BlockId> {
        let mut place = vec![None; self.flow.blocks.len()];
        for (index, block) in path.iter().enumerate() {
            place[block.0 as usize] = Some(index);
        }
        let mut visited = vec![false; self.flow.blocks.len()];
        let mut furthest = 0;
        let mut unavoidable = Vec::new();
        for (index, block) in path.iter().enumerate() {
            if furthest == index {
                unavoidable.push(*block);
            }
            let mut open = vec![*block];
            while let Some(block) = open.pop() {
                for next in self.of(block) {
                    match place[next.0 as usize] {
                        Some(index) => furthest = furthest.max(index),
                        None if std::mem::replace(&mut visited[next.0 as usize], true) => {}
                        None if is_return(self.flow.block(next)) => furthest = path.len(),
                        None => open.push(next),
                    }
                }
            }
        }
        unavoidable
    }
}

fn is_return(block: &BasicBlock) -> bool {
    matches!(block.exit, Some(Exit::Return(_) | Exit::End))
}
