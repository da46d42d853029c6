//! What can run after what.

use super::{BlockId, ControlFlow, Exit, ProgramPoint};
use crate::body::{Body, StatementId, StatementKind};

impl ControlFlow {
    /// True when `to` can run after `from` has run; a point reaches itself only through a loop.
    pub fn reaches(&self, from: ProgramPoint, to: ProgramPoint) -> bool {
        (from.block == to.block && from.index < to.index)
            || self.blocks_after(from.block)[to.block.0 as usize]
    }

    /// How the function can be left after `from` has run, in the order of the blocks.
    pub fn exits_after(&self, from: ProgramPoint) -> Vec<Exit> {
        let reached = self.blocks_after(from.block);
        let exits = self
            .blocks
            .iter()
            .enumerate()
            .filter(|(index, _)| reached[*index] || *index == from.block.0 as usize);
        exits.filter_map(|(_, block)| block.exit).collect()
    }

    /// All ways in which the function can be left from its start.
    pub fn exits(&self) -> Vec<Exit> {
        self.exits_after(ProgramPoint {
            block: BlockId(0),
            index: 0,
        })
    }

    /// True when a path from the function's start leads to the point.
    pub fn is_reachable(&self, point: ProgramPoint) -> bool {
        point.block == BlockId(0) || self.blocks_after(BlockId(0))[point.block.0 as usize]
    }

    /// True when the statement can run again after it has run.
    pub fn can_repeat(&self, statement: StatementId) -> bool {
        self.point(statement).is_some_and(|point| {
            self.blocks_after(point.block)[point.block.0 as usize] && self.is_reachable(point)
        })
    }

    /// The innermost loop in which the statement can run again: the `for` statement, or the labelled statement that a
    /// `goto` leads back to. A loop that is always left in the turn in which the statement runs isn't one. Costs a
    /// search a loop around the statement, and a search a label.
    pub fn in_loop(&self, body: &Body, statement: StatementId) -> Option<StatementId> {
        if !self.can_repeat(statement) {
            return None;
        }
        let at = self.point(statement)?.block;
        // A loop is only entered through the block in which its statement starts: Go has no jumps into blocks.
        let mut around = body.enclosing_statements(statement).skip(1);
        let around = around.find(|around| {
            let is_loop = matches!(
                body[*around].kind,
                StatementKind::For { .. } | StatementKind::Range { .. }
            );
            is_loop
                && self
                    .point(*around)
                    .is_some_and(|entry| self.search(at, Some(entry.block))[at.0 as usize])
        });
        self.in_goto_loop(body, at, around).or(around)
    }

    /// The last labelled statement inside the loop `within` from which a way leads to the block and back in one turn.
    fn in_goto_loop(&self, body: &Body, at: BlockId, within: Option<StatementId>) -> Option<StatementId> {
        let entry = within.and_then(|within| self.point(within));
        let head = entry.and_then(|entry| self.block(entry.block).successors.first());
        let head = head.map(|edge| edge.to);
        let after = self.search(at, head);
        let is_inside = |label: StatementId| {
            within.is_none_or(|within| body.enclosing_statements(label).any(|around| around == within))
        };
        let mut labels = self.labels.iter().rev();
        let found = labels.find(|(label, block)| {
            is_inside(*label)
                && after[block.0 as usize]
                && (*block == at || self.search(*block, head)[at.0 as usize])
        });
        found.map(|(label, _)| *label)
    }

    /// For every block whether it can be entered after the block `from` has been left.
    pub(super) fn blocks_after(&self, from: BlockId) -> Vec<bool> {
        self.search(from, None)
    }

    /// The blocks that can be entered after `from` has been left, without passing through `without`.
    pub(super) fn search(&self, from: BlockId, without: Option<BlockId>) -> Vec<bool> {
        let mut reached = vec![false; self.blocks.len()];
        let mut open = vec![from];
        while let Some(block) = open.pop() {
            for edge in &self.block(block).successors {
                if Some(edge.to) != without && !reached[edge.to.0 as usize] {
                    reached[edge.to.0 as usize] = true;
                    open.push(edge.to);
                }
            }
        }
        reached
    }
}
