//! The `defer` statements of a function, and which of them have run when it is left.

use super::{ControlFlow, Exit};
use crate::body::{Body, ExpressionId, FunctionId, StatementId, StatementKind};

/// Up to how many `defer` statements [`ControlFlow::defers_before`] orders: it searches the graph twice for each.
pub const MAX_ORDERED_DEFERS: usize = 256;

/// A `defer` statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeferredCall {
    /// The statement.
    pub statement: StatementId,
    /// The call, without parentheses around it.
    pub call: ExpressionId,
    /// The function literal that is called, when it is one.
    pub literal: Option<FunctionId>,
}

impl DeferredCall {
    /// The arguments, which are evaluated when the statement runs.
    pub fn arguments(self, body: &Body) -> &[ExpressionId] {
        body.call_of(self.call).map_or(&[], |(_, arguments)| arguments)
    }
}

/// A `defer` statement that has run on a path to an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisteredDefer {
    /// The statement.
    pub deferred: DeferredCall,
    /// True when it has run on every path to the exit.
    pub always: bool,
    /// True when it can have run several times; its calls mix with those of other statements of the same loop.
    pub repeats: bool,
}

/// The `defer` statements of a function, without those of literals inside, in the order of the text.
pub fn deferred_calls(body: &Body, function: FunctionId) -> Vec<DeferredCall> {
    let statements = body[function].statements.iter();
    let deferred = statements.filter_map(|statement| match body[*statement].kind {
        StatementKind::Defer(call) => {
            let call = body.unparenthesized(call);
            let literal = body
                .call_of(call)
                .and_then(|(function, _)| body.literal_of(function));
            Some(DeferredCall {
                statement: *statement,
                call,
                literal,
            })
        }
        _ => None,
    });
    deferred.collect()
}

impl ControlFlow {
    /// The `defer` statements that have run on some path to an exit. One that always runs before another stands before
    /// it, so that the calls run from the last to the first; where no order is certain, that of the text is kept.
    /// `None` for an exit of another function, and for a function with more than [`MAX_ORDERED_DEFERS`] of them.
    pub fn defers_before(&self, body: &Body, exit: Exit) -> Option<Vec<RegisteredDefer>> {
        let exit = self.point_of_exit(exit)?;
        let mut deferred = deferred_calls(body, self.function);
        deferred.retain(|deferred| {
            self.point(deferred.statement)
                .is_some_and(|point| self.reaches(point, exit) && self.is_reachable(point))
        });
        if deferred.len() > MAX_ORDERED_DEFERS {
            return None;
        }
        let points: Vec<_> = deferred
            .iter()
            .filter_map(|deferred| self.point(deferred.statement))
            .collect();
        let reaches: Vec<Vec<bool>> = points
            .iter()
            .map(|from| {
                let after = self.blocks_after(from.block);
                let reaches = |to: &super::ProgramPoint| {
                    after[to.block.0 as usize] || (from.block == to.block && from.index < to.index)
                };
                points.iter().map(reaches).collect()
            })
            .collect();
        // What comes before a statement for certain comes before everything that the statement itself comes before, so
        // that the number of those puts the statements in an order.
        let rank = |of: usize| {
            (0..points.len())
                .filter(|other| reaches[*other][of] && !reaches[of][*other])
                .count()
        };
        let mut ordered: Vec<_> = (0..points.len()).collect();
        ordered.sort_by_cached_key(|index| rank(*index));
        let registered = ordered.into_iter().map(|index| RegisteredDefer {
            deferred: deferred[index],
            always: self.dominates(points[index], exit),
            repeats: reaches[index][index],
        });
        Some(registered.collect())
    }
}
