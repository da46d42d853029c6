//! What can run after what.

use super::{BlockId, ControlFlow, Exit, ProgramPoint};
use crate::body::StatementId;

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

    /// True when every path from the function's start to `to` runs `from` first.
    pub fn dominates(&self, from: ProgramPoint, to: ProgramPoint) -> bool {
        if from.block == to.block {
            return from.index <= to.index;
        }
        if from.block == BlockId(0) {
            return true;
        }
        to.block != BlockId(0) && !self.search(BlockId(0), Some(from.block))[to.block.0 as usize]
    }

    /// True when the statement can run again after it has run.
    pub fn can_repeat(&self, statement: StatementId) -> bool {
        self.point(statement)
            .is_some_and(|point| self.blocks_after(point.block)[point.block.0 as usize])
    }

    /// For every block whether it can be entered after the block `from` has been left.
    fn blocks_after(&self, from: BlockId) -> Vec<bool> {
        self.search(from, None)
    }

    /// The blocks that can be entered after `from` has been left, without passing through `without`.
    fn search(&self, from: BlockId, without: Option<BlockId>) -> Vec<bool> {
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
