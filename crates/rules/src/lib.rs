//! The rules, the findings they report and the fixes they offer.
//!
//! The invariant of this crate: a rule is a pure function of one declaration and of facts. It does no I/O, and every
//! place it names is a span of its own declaration, so that findings can be kept while the declaration merely moves.

mod error_checks;
mod finding;
mod fix;
mod fixes;
mod goroutines;
mod map_writes;
mod ownership;
mod places;
mod recovery;
mod registry;
mod releases;
mod relevance;
mod replaced;
mod rule;
mod rules;
mod value_paths;

pub use finding::{Finding, Findings, Related, Tag};
pub use fix::{Fix, ImportRequest, Safety};
pub use registry::{RULES, refactorings, rule, run, starts_from_calls};
pub use relevance::{CalledName, DeclarationTokens};
pub use rule::{Category, FixAvailability, Rule, Severity};
