//! A recovery that a deferred function defers: it guards the deferred function, and not the one that is panicking.

use deferlint_semantics::body::FunctionId;
use deferlint_semantics::context::{Builtin, Context, DeferredCall};

use crate::fixes::move_defer_out;
use crate::places::{defer_span, parameters_span};
use crate::recovery::{Runner, can_panic_behind, name_of, runner_of};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "recover-in-nested-defer",
    category: Category::Recover,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/recover-in-nested-defer.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for literal in context.body.function_ids() {
        let Runner::Defer(_) = runner_of(context, literal) else {
            continue;
        };
        // A deferred function that recovers by itself defers another recovery for what comes after.
        if context.literal_recovery(literal).recovers.is_yes() || panics(context, literal) {
            continue;
        }
        for inner in context.deferred_calls(literal) {
            if context
                .recovery_of(inner.call)
                .is_some_and(|recovery| recovery.recovers.is_yes())
            {
                report(context, findings, literal, inner);
            }
        }
    }
}

/// True when the literal panics by its own doing: it is that panic which the recovery is there for.
fn panics(context: &Context<'_>, literal: FunctionId) -> bool {
    context.body.identifiers.contains("panic")
        && context.body.expression_ids().any(|id| {
            context.body[id].function == literal && context.builtin_call(id) == Some(Builtin::Panic)
        })
}

fn report(context: &Context<'_>, findings: &mut Findings<'_>, literal: FunctionId, inner: DeferredCall) {
    let body = context.body;
    let Runner::Defer(outer) = runner_of(context, literal) else {
        return;
    };
    // Another deferred call of the panicking function stops the panic: nothing goes on.
    let recovers = |deferred: &DeferredCall| {
        context
            .recovery_of(deferred.call)
            .is_some_and(|recovery| recovery.recovers.is_yes())
    };
    if context.deferred_calls(body[outer].function).iter().any(recovers) {
        return;
    }
    let panicking = name_of(body, body[outer].function);
    let guards = context.flow(literal).can_repeat(inner.statement)
        || can_panic_behind(context, literal, body[inner.statement].span.end);
    let message = if guards {
        format!(
            "a panic of {panicking} goes on: a recovery that is deferred in a deferred function stops the panics of \
             that function alone\ndefer it in {panicking} to stop both"
        )
    } else {
        format!(
            "a panic of {panicking} goes on: this recovery guards the deferred function it is deferred in, where \
             nothing can panic any more\ndefer it in {panicking}"
        )
    };
    let finding = findings.report(defer_span(body, inner), message);
    if guards {
        finding.severity(Severity::Info);
    }
    finding.related(parameters_span(body, literal), "the deferred function");
    let edit = move_defer_out(body, literal, outer, inner.statement, "");
    finding.fix(edit.map(|edit| Fix::unsafe_("Move the defer out of the deferred function", edit)));
}
