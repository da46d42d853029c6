//! A `defer` in a loop runs when the function returns, not when the turn ends.

use deferlint_semantics::body::{Body, ExpressionKind, FunctionId, StatementId, StatementKind};
use deferlint_semantics::context::{Context, DeferredCall};
use deferlint_text::TextEdit;

use crate::fixes::{INDENT, indentation, indented, is_first_on_line, newline};
use crate::places::defer_span;
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "defer-in-loop",
    category: Category::Defer,
    severity: Severity::Info,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/defer-in-loop.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    for function in body
        .function_ids()
        .filter(|function| !ends_with_program(context, *function))
    {
        for deferred in context.deferred_calls(function) {
            let Some(around) = loop_around(body, deferred.statement) else {
                continue;
            };
            if !context.flow(function).can_repeat(deferred.statement) || is_unlock(body, deferred) {
                continue;
            }
            let finding = findings.report(
                defer_span(body, deferred),
                "this runs when the function returns, not at the end of each turn: deferred calls pile up\n\
                 put the body of the loop into a function",
            );
            finding.related(loop_header(body, around), "the loop");
            finding.fix(wrap_body(context, around));
        }
    }
}

/// The program or the test ends with the function, and what piled up with it: main, tests and benchmarks.
fn ends_with_program(context: &Context<'_>, function: FunctionId) -> bool {
    let declared = &context.body[Body::DECLARED];
    let is_main = context.file.package == "main" && declared.name.as_deref() == Some("main");
    let has_testing_parameter = declared.parameters.iter().any(|parameter| {
        let type_ = context.resolve(&parameter.type_);
        ["T", "B", "F", "TB", "M"]
            .iter()
            .any(|name| type_.is_named("testing", name))
    });
    (is_main && function == Body::DECLARED) || has_testing_parameter
}

/// The innermost loop around a statement in its function.
pub(super) fn loop_around(body: &Body, statement: StatementId) -> Option<StatementId> {
    body.enclosing_statements(statement).find(|around| {
        matches!(
            body[*around].kind,
            StatementKind::For { .. } | StatementKind::Range { .. }
        )
    })
}

/// A lock that is unlocked in a loop is another rule's: it blocks at the second turn.
fn is_unlock(body: &Body, deferred: DeferredCall) -> bool {
    let function = body
        .call_of(deferred.call)
        .map(|(function, _)| &body[function].kind);
    matches!(function, Some(ExpressionKind::Selector { field, .. }) if field == "Unlock" || field == "RUnlock")
}

fn loop_block(body: &Body, around: StatementId) -> Option<StatementId> {
    match body[around].kind {
        StatementKind::For { body, .. } | StatementKind::Range { body, .. } => Some(body),
        _ => None,
    }
}

/// `for ... ` up to the brace.
pub(super) fn loop_header(body: &Body, around: StatementId) -> deferlint_semantics::body::Span {
    let start = body[around].span.start;
    let end = loop_block(body, around).map_or(body[around].span.end, |block| body[block].span.start);
    let header = body
        .text_of(deferlint_semantics::body::Span::new(start, end))
        .trim_end()
        .len() as u32;
    deferlint_semantics::body::Span::new(start, start + header)
}

/// Puts the body of the loop into a function literal that is called at once. Only where nothing in it leaves the loop.
pub(super) fn wrap_body(context: &Context<'_>, around: StatementId) -> Option<Fix> {
    let body = context.body;
    let block = loop_block(body, around)?;
    let span = body[block].span;
    let function = body[block].function;
    let inside = body[function]
        .statements
        .iter()
        .filter(|id| **id != block && span.contains(body[**id].span));
    let leaves = inside.into_iter().any(|id| {
        matches!(
            body[*id].kind,
            StatementKind::Return(_)
                | StatementKind::Break(_)
                | StatementKind::Continue(_)
                | StatementKind::Goto(_)
                | StatementKind::Labeled { .. }
        )
    });
    let brace = span.end - 1;
    let lines = body.text_of(deferlint_semantics::body::Span::new(span.start + 1, brace));
    if leaves || !is_first_on_line(body, brace) || !lines.starts_with(['\n', '\r']) {
        return None;
    }
    let newline = newline(body);
    let outer = indentation(body, brace);
    let lines = indented(lines.trim_end_matches([' ', '\t']))?;
    let text = format!("{{{newline}{outer}{INDENT}func() {{{lines}{outer}{INDENT}}}(){newline}{outer}}}");
    let edit = TextEdit::single(span.in_file(0), text);
    Some(Fix::unsafe_(
        "Put the body of the loop into a function literal",
        edit,
    ))
}
