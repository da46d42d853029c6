//! A deferred call locks a mutex again, or unlocks it in the other mode.

use deferlint_semantics::context::Context;
use deferlint_text::TextEdit;

use crate::places::{call_before, is_plain_path, may_be_of_sync, plain_method_call};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "defer-lock",
    category: Category::Defer,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Always,
    page: include_str!("../../../../docs/rules/defer-lock.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    for function in body.function_ids() {
        for deferred in context.deferred_calls(function) {
            let Some((before, first)) = call_before(body, deferred.statement) else {
                continue;
            };
            let (Some((locked, lock, _)), Some((operand, called, place))) = (
                plain_method_call(body, first),
                plain_method_call(body, deferred.call),
            ) else {
                continue;
            };
            let unlock = match lock.as_str() {
                "Lock" => "Unlock",
                "RLock" => "RUnlock",
                _ => continue,
            };
            let is_lock = matches!(called.as_str(), "Lock" | "RLock");
            let is_wrong = is_lock || (matches!(called.as_str(), "Unlock" | "RUnlock") && called != unlock);
            let mutex = body.text_of(body[operand].span);
            let is_same = mutex == body.text_of(body[locked].span) && is_plain_path(body, operand);
            if !is_wrong
                || !is_same
                || !may_be_of_sync(context, first)
                || !may_be_of_sync(context, deferred.call)
            {
                continue;
            }
            let message = if is_lock {
                format!("this locks `{mutex}` a second time when the function ends, and blocks forever")
            } else {
                format!(
                    "`{mutex}` is held by {lock}, and {called} doesn't release that: the program dies when the function ends"
                )
            };
            let finding = findings.report(
                body[deferred.statement].span,
                format!("{message}\ndefer {unlock} instead"),
            );
            finding.related(body[before].span, "locked here");
            let edit = TextEdit::single(place.in_file(0), unlock.to_owned());
            finding.fix(Fix::unsafe_(format!("Defer {unlock}"), edit));
        }
    }
}
