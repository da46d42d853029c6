//! `panic(nil)`: before Go 1.21 a recovery can't tell it from no panic at all.

use deferlint_semantics::body::ExpressionId;
use deferlint_semantics::context::{Builtin, Context, GoVersion};
use deferlint_semantics::control_flow::Nilness;

use crate::places::is_nil;
use crate::recovery::is_test;
use crate::{Category, Findings, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "panic-nil",
    category: Category::Recover,
    severity: Severity::Warning,
    is_default: true,
    fix: FixAvailability::None,
    page: include_str!("../../../../docs/rules/panic-nil.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    if !body.identifiers.contains("panic") || is_test(context) {
        return;
    }
    for call in body.expression_ids() {
        let Some((_, [value])) = body.call_of(call).filter(|(function, _)| *function < call) else {
            continue;
        };
        let is_panic = context.builtin_call(call) == Some(Builtin::Panic);
        if !is_panic || body.unparenthesized(call) != call || !is_certainly_nil(context, *value) {
            continue;
        }
        let message = if context.go_version < GoVersion::new(1, 21) {
            "recover yields nil for this panic, as if there were none: every `if r != nil` passes over it\n\
             panic with a value that says what went wrong"
        } else {
            "this panics with a *runtime.PanicNilError that says nothing of the cause\n\
             panic with a value that says what went wrong"
        };
        let finding = findings.report(body[call].span, message);
        if context.go_version < GoVersion::new(1, 21) {
            finding.severity(Severity::Error);
        }
    }
}

/// `nil` itself, or a variable of an interface type that holds nil on every path. A nil pointer in an interface isn't nil.
fn is_certainly_nil(context: &Context<'_>, value: ExpressionId) -> bool {
    let body = context.body;
    if is_nil(context, value) {
        return true;
    }
    let Some(variable) = body.binding_of(value) else {
        return false;
    };
    let flow = context.flow(body[value].function);
    body[variable].function == body[value].function
        && context.is_interface(&context.type_of_binding(variable)).is_yes()
        && flow
            .point_of_expression(body, value)
            .is_some_and(|point| flow.nilness(body, variable, point) == Nilness::Nil)
}
