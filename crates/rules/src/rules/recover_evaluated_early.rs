//! `defer recover()` and `defer f(recover())`: the call stands one frame too high, or runs one exit too early.
//!
//! `recover` stops a panic when the function that calls it was called by a `defer` of the panicking function. In
//! `defer recover()` that function is the one whose panic it should stop; in `defer f(recover())` the argument is
//! evaluated when the `defer` statement runs. Inside a deferred literal both work, and are left alone.

use deferlint_semantics::body::{ExpressionId, FunctionId, StatementId, StatementKind};
use deferlint_semantics::context::Context;
use deferlint_text::TextEdit;

use crate::fixes::{
    ErrorResult, FreshNames, deferred_literal, indentation, is_first_on_line, is_on_one_line,
};
use crate::recovery::{Form, can_panic_behind, form_of, is_deferred, name_of};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "recover-evaluated-early",
    category: Category::Recover,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/recover-evaluated-early.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    for recover in context.recover_calls() {
        let function = recover.function;
        if is_deferred(context, function) {
            continue;
        }
        match form_of(body, *recover) {
            Form::Deferred(statement) => {
                let message = format!(
                    "a panic of {} goes on: recover is called by the defer statement itself, and not by a deferred \
                     function\ndefer a function that calls recover",
                    name_of(body, function)
                );
                let finding = findings.report(body[statement].span, message);
                finding.fix(recover_in_literal(context, function, statement, None));
            }
            Form::DeferredArgument(statement) if is_guard(context, function, statement, recover.call) => {
                let finding = findings.report(
                    body[statement].span,
                    "recover runs here, when the defer statement runs and nothing is panicking yet: it yields nil\n\
                     defer a function that calls recover",
                );
                finding.related(
                    body[recover.call].span,
                    "this is evaluated at the defer statement",
                );
                finding.fix(recover_in_literal(
                    context,
                    function,
                    statement,
                    Some(recover.call),
                ));
            }
            _ => {}
        }
    }
}

/// True unless the function may be a helper of others that defer it: one that has no work of its own to guard.
fn is_guard(context: &Context<'_>, function: FunctionId, statement: StatementId, call: ExpressionId) -> bool {
    let is_argument = match context.body[statement].kind {
        StatementKind::Defer(deferred) => context.body.call_of(deferred).is_some_and(|(_, arguments)| {
            arguments
                .iter()
                .any(|argument| context.body[*argument].span.contains(context.body[call].span))
        }),
        _ => false,
    };
    is_argument && can_panic_behind(context, function, context.body[statement].span.end)
}

/// The deferred literal that calls `recover` and hands on what it yields: to the deferred call whose argument it is, and
/// to the error result.
fn recover_in_literal(
    context: &Context<'_>,
    function: FunctionId,
    statement: StatementId,
    argument: Option<ExpressionId>,
) -> Option<Fix> {
    const TITLE: &str = "Recover in a deferred function literal";
    let body = context.body;
    let span = body[statement].span;
    let types = context.result_types(function);
    // A recovery that leaves a map result nil would only move the trouble to the caller.
    let is_quiet = types.iter().all(|type_| context.is_map(type_).is_no());
    if !is_quiet || !is_first_on_line(body, span.start) || !is_on_one_line(body, span) {
        return None;
    }
    let value = FreshNames::new(body).fresh("r");
    let mut lines: Vec<String> = match argument {
        Some(call) => vec![handed_on(context, statement, call, &value)?],
        None => Vec::new(),
    };
    let mut result = None;
    if types.iter().any(|type_| !context.is_error(type_).is_no()) {
        let error = ErrorResult::new(context, function)?;
        lines.push(error.assignment(&value));
        result = Some(error);
    }
    let text = if lines.is_empty() {
        "defer func() { _ = recover() }()".to_owned()
    } else {
        let newline = crate::fixes::newline(body);
        let indentation = indentation(body, span.start);
        let lines = lines.join(&format!("{newline}{indentation}\t"));
        let branch = format!(
            "if {value} := recover(); {value} != nil {{{newline}{indentation}\t{lines}{newline}{indentation}}}"
        );
        deferred_literal(body, indentation, &branch)?
    };
    let Some(mut result) = result else {
        return Some(Fix::unsafe_(TITLE, TextEdit::single(span.in_file(0), text)));
    };
    let import = result.import.take();
    result.builder().replace(span.in_file(0), text);
    Some(Fix::unsafe_(TITLE, result.finish()?).importing(import))
}

/// The deferred call with the value in the place of `recover()`. `None` when its callee recovers by itself, or when
/// evaluating its other arguments later may yield something else.
fn handed_on(
    context: &Context<'_>,
    statement: StatementId,
    recover: ExpressionId,
    value: &str,
) -> Option<String> {
    let body = context.body;
    let StatementKind::Defer(call) = body[statement].kind else {
        return None;
    };
    let recovers = context
        .recovery_of(call)
        .is_none_or(|recovery| !recovery.recovers.is_no());
    let (_, arguments) = body.call_of(call)?;
    let is_late = |argument: &ExpressionId| {
        !body[*argument].span.contains(body[recover].span) && !crate::fixes::is_fixed(context, *argument)
    };
    if recovers || arguments.iter().any(is_late) {
        return None;
    }
    let (outer, inner) = (body[call].span, body[recover].span);
    let before = body.text_of(deferlint_semantics::body::Span::new(outer.start, inner.start));
    let after = body.text_of(deferlint_semantics::body::Span::new(inner.end, outer.end));
    Some(format!("{before}{value}{after}"))
}
