//! Every rule of the catalogue, one line each.

use deferlint_semantics::body::Span;
use deferlint_semantics::context::Context;

use crate::rules;
use crate::{Finding, Findings, Fix, Rule};

/// Every rule, in the catalogue's order.
pub static RULES: &[&Rule] = &[
    &rules::deferred_reads_stale_error::RULE,
    &rules::deferred_assignment_lost::RULE,
    &rules::deferred_pointer_to_local::RULE,
    &rules::deferred_shadows_result::RULE,
    &rules::deferred_overwrites_error::RULE,
    &rules::recover_reports_success::RULE,
    &rules::recover_nil_map_result::RULE,
    &rules::map_returned_directly::RULE,
    &rules::returned_map_cleared::RULE,
    &rules::deferred_map_write_lost::RULE,
    &rules::deferred_write_to_nil_map::RULE,
    &rules::nil_map_write::RULE,
    &rules::guarded_map_returned::RULE,
    &rules::concurrent_map_write::RULE,
    &rules::pointer_to_map::RULE,
    &rules::recover_evaluated_early::RULE,
    &rules::recover_in_nested_function::RULE,
    &rules::recover_in_nested_defer::RULE,
    &rules::recover_in_range_over_func::RULE,
    &rules::recover_helper_not_deferred::RULE,
    &rules::recover_not_deferred::RULE,
    &rules::recovered_value_discarded::RULE,
    &rules::recovered_value_asserted::RULE,
    &rules::panic_in_deferred_function::RULE,
    &rules::repanic_loses_type::RULE,
    &rules::recover_swallows_abort_handler::RULE,
    &rules::panic_nil::RULE,
    &rules::defer_argument_stale::RULE,
    &rules::defer_receiver_stale::RULE,
    &rules::defer_function_stale::RULE,
    &rules::defer_uncalled_function::RULE,
    &rules::defer_lock::RULE,
    &rules::defer_lock_in_loop::RULE,
    &rules::defer_in_loop::RULE,
    &rules::defer_skipped_by_exit::RULE,
    &rules::defer_before_error_check::RULE,
    &rules::return_before_defer::RULE,
    &rules::unlock_twice::RULE,
    &rules::recovery_handler_relocks::RULE,
    &rules::writable_close_lost::RULE,
    &rules::fatal_in_deferred_function::RULE,
    &rules::defer_before_parallel_subtests::RULE,
    &rules::goroutine_escapes_recover::RULE,
    &rules::channel_closed_twice::RULE,
];

/// The rule of that name.
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

/// True for a rule that can start from any call, and so from a declaration that
/// [`DeclarationTokens::start_a_rule`](crate::DeclarationTokens::start_a_rule) says nothing of.
pub fn starts_from_calls(rule: &Rule) -> bool {
    *rule == rules::recover_helper_not_deferred::RULE
}

/// What one rule finds in one declaration; nothing in a declaration with a syntax error.
pub fn run(rule: &'static Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    if !context.body.has_error {
        (rule.check)(context, &mut Findings::new(rule, findings));
    }
}

/// The rewrites that are offered at a place of a declaration although nothing need be wrong there.
pub fn refactorings(context: &Context<'_>, place: Span) -> Vec<Fix> {
    rules::map_returned_directly::extractions(context, place)
}
