//! `recover` in the body of a loop over an iterator function: the runtime runs that body as a function of its own.

use deferlint_semantics::body::{Span, StatementId, StatementKind};
use deferlint_semantics::context::{Context, GoVersion};
use deferlint_semantics::effects::{RecoverCall, RecoverSite};
use deferlint_semantics::types::Certainty;

use crate::fixes::hoist_recover;
use crate::recovery::is_deferred;
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "recover-in-range-over-func",
    category: Category::Recover,
    severity: Severity::Warning,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/recover-in-range-over-func.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    if context.go_version < GoVersion::new(1, 23) {
        return;
    }
    for recover in context.recover_calls() {
        let is_in_body = matches!(
            recover.site,
            RecoverSite::RangeBody {
                over_function: Certainty::Yes,
                ..
            }
        );
        if !is_in_body || !is_deferred(context, recover.function) {
            continue;
        }
        let Some(outermost) = iterator_loops(context, *recover).last() else {
            continue;
        };
        let finding = findings.report(
            body[recover.call].span,
            "the panic goes on: the body of a loop over an iterator function runs as a function of its own, where \
             recover yields nil\ncall recover before the loop",
        );
        let StatementKind::Range { operand, .. } = body[outermost].kind else {
            continue;
        };
        let header = Span::new(body[outermost].span.start, body[operand].span.end);
        finding.related(header, "the loop over a function");
        let edit = hoist_recover(body, recover.call, outermost);
        finding.fix(edit.map(|edit| Fix::unsafe_("Call recover before the loop", edit)));
    }
}

/// The loops over functions in whose bodies the call stands, innermost first.
fn iterator_loops<'a>(
    context: &'a Context<'_>,
    recover: RecoverCall,
) -> impl Iterator<Item = StatementId> + 'a {
    let body = context.body;
    let around = body
        .statement_of(recover.call)
        .into_iter()
        .flat_map(|statement| body.enclosing_statements(statement));
    around.filter(move |around| match body[*around].kind {
        StatementKind::Range {
            operand, body: block, ..
        } => {
            body[block].span.contains(body[recover.call].span)
                && context.is_function(&context.type_of(operand)).is_yes()
        }
        _ => false,
    })
}
