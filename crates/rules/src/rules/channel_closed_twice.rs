//! A channel is closed, and the deferred close finds it closed.

use deferlint_semantics::body::ExpressionId;
use deferlint_semantics::context::{Callee, Context, ResourceKind};

use crate::releases::{Twice, delete_release, released_twice};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "channel-closed-twice",
    category: Category::Goroutines,
    severity: Severity::Warning,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/channel-closed-twice.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    for function in body.function_ids() {
        for twice in released_twice(context, function, |kind| kind == ResourceKind::Channel) {
            // A function that recovers may be meant to survive the second close.
            let mut deferred = context.deferred_calls(function).into_iter();
            if !deferred.any(|deferred| may_recover(context, deferred.call)) {
                report(context, findings, &twice);
            }
        }
    }
}

/// A deferred method of an interface, such as the `Close` of a connection, isn't there for panics.
fn may_recover(context: &Context<'_>, call: ExpressionId) -> bool {
    !matches!(context.callee(call), Callee::InterfaceMethod(_))
        && context
            .recovery_of(call)
            .is_none_or(|recovery| !recovery.recovers.is_no())
}

fn report(context: &Context<'_>, findings: &mut Findings<'_>, twice: &Twice) {
    let body = context.body;
    let operand = body[twice.first.operand].span;
    let channel = body.text_of(operand);
    let finding = match twice.at {
        None => findings.report(
            body[twice.first.call].span,
            format!(
                "`{channel}` is closed here, and again by the deferred close when the function ends: that panics\n\
                 leave it to the deferred close"
            ),
        ),
        Some(at) => findings.report(
            body[at].span,
            format!(
                "`{channel}` is closed already, and the deferred close closes it again: that panics\n\
                 close it in one place"
            ),
        ),
    };
    finding.related(body[twice.deferred.statement].span, "the deferred close");
    match twice.at {
        None => {
            let edit = delete_release(body, twice.first.call);
            finding.fix(edit.map(|edit| Fix::unsafe_("Leave it to the deferred close", edit)));
        }
        Some(_) => {
            finding.related(body[twice.first.call].span, "closed here");
        }
    }
}
