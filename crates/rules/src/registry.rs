//! Every rule of the catalogue, one line each.

use deferlint_semantics::body::Span;
use deferlint_semantics::context::Context;

use crate::rules::map_returned_directly;
use crate::{Finding, Findings, Fix, Rule};

/// Every rule, in the catalogue's order.
pub static RULES: &[&Rule] = &[&map_returned_directly::RULE];

/// The rule of that name.
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

/// What one rule finds in one declaration; nothing in a declaration with a syntax error.
pub fn run(rule: &'static Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    if !context.body.has_error {
        (rule.check)(context, &mut Findings::new(rule, findings));
    }
}

/// The rewrites that are offered at a place of a declaration although nothing need be wrong there.
pub fn refactorings(context: &Context<'_>, place: Span) -> Vec<Fix> {
    map_returned_directly::extractions(context, place)
}
