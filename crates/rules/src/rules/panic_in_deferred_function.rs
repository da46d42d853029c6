//! A deferred function panics by its own doing: where one panic runs already, the second one hides it.

use deferlint_semantics::body::ExpressionKind;
use deferlint_semantics::context::{Builtin, Context};

use crate::places::parameters_span;
use crate::recovery::is_deferred_literal;
use crate::{Category, Findings, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "panic-in-deferred-function",
    category: Category::Recover,
    severity: Severity::Info,
    is_default: false,
    fix: FixAvailability::None,
    page: include_str!("../../../../docs/rules/panic-in-deferred-function.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    if !body.identifiers.contains("panic") {
        return;
    }
    for call in body.expression_ids() {
        let function = body[call].function;
        let is_panic = matches!(body[call].kind, ExpressionKind::Call { .. })
            && context.builtin_call(call) == Some(Builtin::Panic);
        if !is_panic
            || !is_deferred_literal(context, function)
            || context.recovery_handling(function).is_some()
        {
            continue;
        }
        let finding = findings.report(
            body[call].span,
            "if the function is panicking already, this panic takes the place of the first one in every recovery\n\
             report the error in another way, or recover first",
        );
        finding.related(parameters_span(body, function), "the deferred function");
    }
}
