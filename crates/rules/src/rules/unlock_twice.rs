//! A mutex is unlocked, and the deferred unlock finds it unlocked.

use deferlint_semantics::context::{Context, ResourceKind};

use crate::releases::{Twice, delete_release, released_twice};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "unlock-twice",
    category: Category::Defer,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/unlock-twice.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for function in context.body.function_ids() {
        let is_lock = |kind| matches!(kind, ResourceKind::Lock | ResourceKind::ReadLock);
        for twice in released_twice(context, function, is_lock) {
            report(context, findings, &twice);
        }
    }
}

fn report(context: &Context<'_>, findings: &mut Findings<'_>, twice: &Twice) {
    let body = context.body;
    let mutex = body.text_of(body[twice.first.operand].span);
    let (lock, unlock) = match twice.first.resource.kind {
        ResourceKind::ReadLock => ("RLock", "RUnlock"),
        _ => ("Lock", "Unlock"),
    };
    let what_happens =
        "that ends the program, which recover can't stop, or takes away another goroutine's lock";
    let finding = match twice.at {
        None => findings.report(
            body[twice.first.call].span,
            format!(
                "`{mutex}` is unlocked here, and again by the deferred {unlock} when the function ends: {what_happens}\n\
                 leave it to the deferred {unlock}"
            ),
        ),
        Some(at) => findings.report(
            body[at].span,
            format!(
                "`{mutex}` isn't locked here, and the deferred {unlock} unlocks it again: {what_happens}\n\
                 call {lock} before the return"
            ),
        ),
    };
    finding.related(
        body[twice.deferred.statement].span,
        format!("the deferred {unlock}"),
    );
    match twice.at {
        None => {
            let edit = delete_release(body, twice.first.call);
            finding.fix(edit.map(|edit| Fix::unsafe_(format!("Leave it to the deferred {unlock}"), edit)));
        }
        Some(_) => {
            finding.related(body[twice.first.call].span, "unlocked here");
        }
    }
}
