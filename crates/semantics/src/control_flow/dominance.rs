//! What every path runs.

use super::{BlockId, ControlFlow, Exit, ProgramPoint};

impl ControlFlow {
    /// True when every path from the function's start to `to` runs `from` first. True as well where no path leads to
    /// `to`.
    pub fn dominates(&self, from: ProgramPoint, to: ProgramPoint) -> bool {
        if from.block == to.block {
            return from.index <= to.index;
        }
        if from.block == BlockId(0) {
            return true;
        }
        to.block != BlockId(0) && !self.search(BlockId(0), Some(from.block))[to.block.0 as usize]
    }

    /// True when every path from `from` to an exit runs `by`. True as well where no path leads to an exit.
    pub fn postdominates(&self, by: ProgramPoint, from: ProgramPoint) -> bool {
        if from.block == by.block && from.index <= by.index {
            return true;
        }
        let reached = self.search(from.block, Some(by.block));
        let mut blocks = self.blocks.iter().enumerate();
        !blocks
            .any(|(index, block)| block.exit.is_some() && (reached[index] || index == from.block.0 as usize))
    }

    /// True when every path that leaves the function by `exit` runs the node at `point`.
    pub fn always_before_exit(&self, point: ProgramPoint, exit: Exit) -> bool {
        self.point_of_exit(exit)
            .is_some_and(|exit| self.dominates(point, exit))
    }
}
