//! A loop locks a mutex and defers the unlock: the second turn waits for the function's end.

use deferlint_semantics::body::{ExpressionId, StatementId};
use deferlint_semantics::context::Context;

use super::defer_in_loop::{loop_around, loop_header, wrap_body};
use crate::places::{call_before, is_plain_path, may_be_of_sync, plain_method_call};
use crate::{Category, Findings, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "defer-lock-in-loop",
    category: Category::Defer,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/defer-lock-in-loop.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    for function in body.function_ids() {
        for deferred in context.deferred_calls(function) {
            let Some(around) = loop_around(body, deferred.statement) else {
                continue;
            };
            let Some((before, first)) = call_before(body, deferred.statement) else {
                continue;
            };
            let (Some((locked, lock, _)), Some((operand, unlock, _))) = (
                plain_method_call(body, first),
                plain_method_call(body, deferred.call),
            ) else {
                continue;
            };
            let severity = match (lock.as_str(), unlock.as_str()) {
                ("Lock", "Unlock") => Severity::Error,
                ("RLock", "RUnlock") => Severity::Info,
                _ => continue,
            };
            let mutex = body.text_of(body[operand].span);
            let stays =
                mutex == body.text_of(body[locked].span) && is_same_in_every_turn(context, operand, around);
            let repeats = context.flow(function).can_repeat(deferred.statement);
            if !stays
                || !repeats
                || !may_be_of_sync(context, first)
                || is_unlocked_in(context, mutex, around, deferred.call)
            {
                continue;
            }
            let what = match severity {
                Severity::Error => "the second turn waits for it forever",
                _ => "every turn holds it once more, and a waiting writer blocks the next turn forever",
            };
            let finding = findings.report(
                body[deferred.statement].span,
                format!(
                    "`{mutex}` stays locked until the function returns, not until the turn ends: {what}\n\
                     put the body of the loop into a function"
                ),
            );
            finding.severity(severity);
            finding.related(loop_header(body, around), "the loop");
            finding.related(body[before].span, "locked here");
            finding.fix(wrap_body(context, around));
        }
    }
}

/// True when the mutex is reached from a variable that the loop neither declares nor assigns.
fn is_same_in_every_turn(context: &Context<'_>, operand: ExpressionId, around: StatementId) -> bool {
    let body = context.body;
    let span = body[around].span;
    let root = body.root_binding(operand);
    let stays = root.is_none_or(|root| {
        let binding = &body[root];
        let mut uses = binding.uses.iter();
        !span.contains(binding.span)
            && !binding.is_address_taken()
            && !uses.any(|use_| use_.access.assigns() && span.contains(body[use_.expression].span))
    });
    stays && is_plain_path(body, operand)
}

/// True when the loop unlocks the mutex in another way as well.
fn is_unlocked_in(context: &Context<'_>, mutex: &str, around: StatementId, deferred: ExpressionId) -> bool {
    let body = context.body;
    let span = body[around].span;
    body.expression_ids().any(|id| {
        id != deferred
            && span.contains(body[id].span)
            && plain_method_call(body, id).is_some_and(|(operand, name, _)| {
                matches!(name.as_str(), "Unlock" | "RUnlock") && body.text_of(body[operand].span) == mutex
            })
    })
}
