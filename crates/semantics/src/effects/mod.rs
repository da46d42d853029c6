//! What deferred code and helpers do: whether they recover a panic, how they end, and what they do to maps, pointers and
//! fields that they are given.
//!
//! A body answers what its own text says ([`recover_calls`], [`recovery_handling`], [`summarize`]);
//! [`Context`](crate::context::Context) follows the calls in summaries through the facts of packages.

mod collect;
mod frames;
mod handling;
pub(crate) mod known;
mod linked;
mod only_recovers;
mod paths;
mod places;
mod receiver;
mod recover;
mod summary;
mod values;

use crate::body::ExpressionId;
use crate::facts::Ending;
use crate::types::Certainty;

pub use collect::deletes_every_key;
pub use frames::{Frames, Role};
pub use handling::{HandlingCall, RecoveryBranch, RecoveryHandling, recovery_handling};
pub use known::PREDECLARED_FUNCTIONS;
pub use linked::{EffectSet, Effects, LinkedEffect};
pub use only_recovers::only_recovers;
pub(crate) use places::Places;
pub use recover::{RecoverCall, RecoverPosition, RecoverSite, recover_calls};
pub use summary::summarize;

/// What the text of a body leaves open, because the file, the package or other packages decide it.
pub trait Surroundings {
    /// True when an expression is the predeclared name, which nothing shadows.
    fn is_builtin(&self, expression: ExpressionId, name: &str) -> bool;

    /// Whether a range expression is a function.
    fn ranges_over_function(&self, operand: ExpressionId) -> Certainty;

    /// How a call ends, when it certainly never returns; `None` otherwise.
    fn ending_of(&self, call: ExpressionId) -> Option<Ending>;
}
