//! Whether a lock, or anything else that is taken and given back, is held at a point, and which `defer` statement gives it
//! back when the function ends.
//!
//! What is said of a point holds on every path to it. Where paths differ, and after anything that may take it or give it
//! back unseen, the answer is `Unknown`.

use super::{BlockId, ControlFlow, Edge, Exit, ProgramPoint};
use crate::body::{Body, ExpressionId, StatementId};

/// Something that happens to what is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldingEvent {
    /// This call takes it.
    Acquire(ExpressionId),
    /// This call, a condition, takes it when it yields true.
    TryAcquire(ExpressionId),
    /// This call gives it back.
    Release(ExpressionId),
    /// This `defer` statement gives it back when the function ends.
    DeferRelease(StatementId),
    /// A `defer` statement that may do anything with it when the function ends.
    DeferUnknown,
    /// Something that may take it or give it back.
    Disturb,
    /// The variable through which it is reached gets another value.
    Replace,
    /// Its variable is declared: it is another one in each turn of a loop.
    Declare,
}

/// Whether it is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Nothing has happened to it in the function.
    Untouched,
    /// It is held; by this call, when it is the same on every path.
    Held(Option<ExpressionId>),
    /// It was given back; by this call, when it is the same on every path.
    Released(Option<ExpressionId>),
    /// It may be either.
    Unknown,
}

/// What deferred calls will do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pending {
    /// Nothing.
    Nothing,
    /// The call of this `defer` statement gives it back, once.
    Release(StatementId),
    /// Anything.
    Unknown,
}

/// What is known at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Whether it is held.
    pub hold: Hold,
    /// What deferred calls will do with it.
    pub pending: Pending,
}

/// Where in a function something is held.
#[derive(Clone, Debug)]
pub struct HoldingFacts {
    /// True when it can be held several times: it is then free only after as many releases.
    is_counted: bool,
    /// What happens, in the order of the points.
    events: Vec<(ProgramPoint, HoldingEvent)>,
    /// For each block what is known at its start; `None` where no path leads.
    at_start: Vec<Option<Holding>>,
}

impl ControlFlow {
    /// Where something is held that is `hold` when the function starts. `events` say what happens to it at which nodes;
    /// those of one node in their order.
    pub fn holding(
        &self,
        body: &Body,
        hold: Hold,
        is_counted: bool,
        mut events: Vec<(ProgramPoint, HoldingEvent)>,
    ) -> HoldingFacts {
        events.sort_by_key(|(point, _)| *point);
        let mut facts = HoldingFacts {
            is_counted,
            events,
            at_start: vec![None; self.blocks.len()],
        };
        facts.at_start[0] = Some(Holding {
            hold,
            pending: Pending::Nothing,
        });
        let mut open = vec![BlockId(0)];
        while let Some(block) = open.pop() {
            let Some(end) = facts.at(self.end_of(block)) else {
                continue;
            };
            for edge in &self.block(block).successors {
                let along = facts.along(body, *edge, end);
                let target = &mut facts.at_start[edge.to.0 as usize];
                let joined = target.map_or(along, |known| known.join(along));
                if *target != Some(joined) {
                    *target = Some(joined);
                    open.push(edge.to);
                }
            }
        }
        facts
    }
}

impl HoldingFacts {
    /// What is known just before the node at a point; `None` where no path leads.
    pub fn at(&self, point: ProgramPoint) -> Option<Holding> {
        let start = ProgramPoint {
            block: point.block,
            index: 0,
        };
        let at_start = self.at_start[point.block.0 as usize]?;
        let first = self.events.partition_point(|(at, _)| *at < start);
        let last = self.events.partition_point(|(at, _)| *at < point);
        let passed = self.events[first..last].iter();
        Some(passed.fold(at_start, |holding, (_, event)| self.after(holding, *event)))
    }

    /// True when the function can be left after the node at `point` so that its deferred calls run, and nothing more
    /// happens on any way from there.
    pub fn is_last_before_every_exit(&self, flow: &ControlFlow, point: ProgramPoint) -> bool {
        let happens = |block: BlockId, from: ProgramPoint| {
            let after = self.events.partition_point(|(at, _)| *at <= from);
            self.events.get(after).is_some_and(|(at, _)| at.block == block)
        };
        let is_alone = self.events.iter().filter(|(at, _)| *at == point).count() <= 1;
        if !is_alone || happens(point.block, point) {
            return false;
        }
        let reached = flow.blocks_after(point.block);
        let mut is_left = false;
        for (index, block) in flow.blocks.iter().enumerate() {
            let id = BlockId(index as u32);
            let is_entered = reached[index];
            if is_entered && self.events.iter().any(|(at, _)| at.block == id) {
                return false;
            }
            let runs_deferred = block
                .exit
                .is_some_and(|exit| !matches!(exit, Exit::NeverReturns(_)));
            is_left |= (is_entered || id == point.block) && runs_deferred;
        }
        is_left
    }

    fn along(&self, body: &Body, edge: Edge, holding: Holding) -> Holding {
        let Some((condition, true)) = edge.condition else {
            return holding;
        };
        let call = body.unparenthesized(condition);
        let tries = |(_, event): &(ProgramPoint, HoldingEvent)| *event == HoldingEvent::TryAcquire(call);
        if self.events.iter().any(tries) {
            self.after(holding, HoldingEvent::Acquire(call))
        } else {
            holding
        }
    }

    fn after(&self, mut holding: Holding, event: HoldingEvent) -> Holding {
        match event {
            HoldingEvent::Acquire(call) => {
                let is_known =
                    !self.is_counted || matches!(holding.hold, Hold::Untouched | Hold::Released(_));
                holding.hold = if is_known {
                    Hold::Held(Some(call))
                } else {
                    Hold::Unknown
                };
            }
            HoldingEvent::TryAcquire(_) => {}
            HoldingEvent::Release(call) => {
                let is_known = !self.is_counted || matches!(holding.hold, Hold::Held(_));
                holding.hold = if is_known {
                    Hold::Released(Some(call))
                } else {
                    Hold::Unknown
                };
            }
            HoldingEvent::DeferRelease(statement) => {
                holding.pending = match holding.pending {
                    Pending::Nothing => Pending::Release(statement),
                    _ => Pending::Unknown,
                };
            }
            HoldingEvent::DeferUnknown => holding.pending = Pending::Unknown,
            HoldingEvent::Disturb => holding.hold = Hold::Unknown,
            HoldingEvent::Replace => {
                holding = Holding {
                    hold: Hold::Unknown,
                    pending: Pending::Unknown,
                }
            }
            HoldingEvent::Declare => {
                holding = Holding {
                    hold: Hold::Untouched,
                    pending: Pending::Nothing,
                }
            }
        }
        holding
    }
}

impl Holding {
    /// What both say.
    fn join(self, other: Self) -> Self {
        let same = |one: Option<ExpressionId>, other| if one == other { one } else { None };
        let hold = match (self.hold, other.hold) {
            (Hold::Held(one), Hold::Held(other)) => Hold::Held(same(one, other)),
            (Hold::Released(one), Hold::Released(other)) => Hold::Released(same(one, other)),
            (one, other) if one == other => one,
            _ => Hold::Unknown,
        };
        let pending = if self.pending == other.pending {
            self.pending
        } else {
            Pending::Unknown
        };
        Self { hold, pending }
    }
}
