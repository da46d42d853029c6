//! `recover` in a literal that the deferred function calls: only the deferred function itself can stop the panic.

use deferlint_semantics::context::Context;

use crate::fixes::{hoist_recover, statement_in};
use crate::places::parameters_span;
use crate::recovery::{Form, deferred_literal_around, form_of};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "recover-in-nested-function",
    category: Category::Recover,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/recover-in-nested-function.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    for recover in context.recover_calls() {
        if form_of(body, *recover) != Form::Plain {
            continue;
        }
        let Some(deferred) = deferred_literal_around(context, recover.function) else {
            continue;
        };
        let finding = findings.report(
            body[recover.call].span,
            "the panic goes on: recover yields nil in a function that the deferred function calls\n\
             call recover in the deferred function itself",
        );
        finding.related(
            parameters_span(body, recover.function),
            "this literal isn't deferred",
        );
        finding.related(parameters_span(body, deferred), "the deferred function");
        let hoisted = statement_in(body, deferred, recover.call)
            .and_then(|statement| hoist_recover(body, recover.call, statement));
        finding.fix(hoisted.map(|edit| Fix::unsafe_("Call recover in the deferred function", edit)));
    }
}
