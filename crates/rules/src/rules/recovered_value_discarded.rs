//! A deferred function calls `recover` and does nothing else: every panic vanishes without a trace.

use deferlint_semantics::body::{Body, FunctionId, Span, StatementKind};
use deferlint_semantics::context::Context;
use deferlint_semantics::effects::{RecoverSite, Role};
use deferlint_text::TextEdit;

use crate::fixes::{
    FreshNames, INDENT, error_result, indentation, is_first_on_line, newline, outermost, use_package,
};
use crate::recovery::is_test;
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "recovered-value-discarded",
    category: Category::Recover,
    severity: Severity::Info,
    is_default: false,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/recovered-value-discarded.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    if is_test(context) {
        return;
    }
    for recover in context.recover_calls() {
        let literal = recover.function;
        let Role::Deferred { by, .. } = context.frames().role(literal) else {
            continue;
        };
        let has_comment = body
            .comments
            .iter()
            .any(|comment| body[literal].span.contains(*comment));
        // Where the caller gets a nil error for the panic, that is the trouble, and another rule's finding.
        let is_reported = error_result(context, by).is_some();
        if recover.site != RecoverSite::Plain || !is_all(body, literal) || has_comment || is_reported {
            continue;
        }
        let finding = findings.report(
            body[recover.call].span,
            "every panic vanishes here, programming errors included: nobody hears of it\n\
             log the recovered value, or write `_ = recover()` with a reason",
        );
        finding.fix(log_value(context, literal));
    }
}

/// True when `recover()` is all that the literal does.
fn is_all(body: &Body, literal: FunctionId) -> bool {
    match outermost(body, literal) {
        Some([only]) => matches!(body[*only].kind, StatementKind::Expression(_)),
        _ => false,
    }
}

/// Replaces the literal's block by one that logs what was recovered.
fn log_value(context: &Context<'_>, literal: FunctionId) -> Option<Fix> {
    let body = context.body;
    let block = body[body[literal].block?].span;
    let start = body[literal].span.start;
    let outer = indentation(body, start);
    let (log, import) = use_package(context, "log")?;
    let value = FreshNames::new(body).fresh("r");
    let lines = [
        "{".to_owned(),
        format!("{outer}{INDENT}if {value} := recover(); {value} != nil {{"),
        format!("{outer}{INDENT}{INDENT}{log}.Printf(\"recovered: %v\", {value})"),
        format!("{outer}{INDENT}}}"),
        format!("{outer}}}"),
    ];
    let keyword = body.text_of(Span::new(start.saturating_sub(6), start));
    if keyword != "defer " || !is_first_on_line(body, start - 6) {
        return None;
    }
    let edit = TextEdit::single(block.in_file(0), lines.join(newline(body)));
    Some(Fix::unsafe_("Log the recovered value", edit).importing(import))
}
