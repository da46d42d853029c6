//! A deferred call yields a function that nobody calls.

use deferlint_semantics::context::{Callee, Context};
use deferlint_semantics::types::Type;
use deferlint_text::TextEdit;

use crate::places::defer_span;
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "defer-uncalled-function",
    category: Category::Defer,
    severity: Severity::Warning,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/defer-uncalled-function.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    for function in body.function_ids() {
        for deferred in context.deferred_calls(function) {
            let Type::Function(signature) = context.underlying(&context.type_of(deferred.call)) else {
                continue;
            };
            if returns_a_way_to_stop(&context.callee(deferred.call)) {
                continue;
            }
            let finding = findings.report(
                defer_span(body, deferred),
                "this call returns a function, and nobody calls that one: what it should do at the end never happens\n\
                 call the returned function as well: `defer f()()`",
            );
            if signature.parameters.is_empty() {
                let edit = TextEdit::single(
                    deferlint_semantics::body::Span::new(
                        body[deferred.call].span.end,
                        body[deferred.call].span.end,
                    )
                    .in_file(0),
                    "()".to_owned(),
                );
                finding.fix(Fix::unsafe_("Defer the returned function as well", edit));
            }
        }
    }
}

/// `context.AfterFunc` does its work by itself: what it returns merely stops it.
fn returns_a_way_to_stop(callee: &Callee) -> bool {
    matches!(callee, Callee::Function { package, .. } if package == "context")
}
