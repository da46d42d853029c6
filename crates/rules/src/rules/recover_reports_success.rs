//! A function with an error result recovers and leaves the result nil: its caller takes the panic for success.

use deferlint_semantics::body::{BindingId, ExpressionId, FunctionId, Span, StatementKind};
use deferlint_semantics::context::{Callee, Context, DeferredCall};
use deferlint_semantics::effects::{RecoveryBranch, RecoveryHandling};
use deferlint_semantics::facts::{ParameterIndex, Recovery};

use crate::fixes::{
    ErrorResult, FreshNames, INDENT, append_to_block, error_result, indentation, is_first_on_line, newline,
};
use crate::places::{defer_span, is_nil};
use crate::recovery::only_logs_or_cleans;
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "recover-reports-success",
    category: Category::Results,
    severity: Severity::Warning,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/recover-reports-success.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    for function in body.function_ids() {
        let Some(index) = error_result(context, function) else {
            continue;
        };
        if body[function].results[index]
            .binding
            .is_some_and(|result| is_preset(context, function, result))
        {
            continue;
        }
        for deferred in context.deferred_calls(function) {
            if let Some(handling) = deferred
                .literal
                .and_then(|literal| context.recovery_handling(literal))
            {
                if keeps_to_itself(context, &handling) {
                    let fix = set_result(context, function, &handling);
                    report(
                        context,
                        findings,
                        (function, index),
                        body[handling.recover].span,
                        fix,
                    );
                }
            } else if deferred.literal.is_none() && helper_keeps_to_itself(context, deferred) {
                report(
                    context,
                    findings,
                    (function, index),
                    defer_span(body, deferred),
                    None,
                );
            }
        }
    }
}

fn report(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    (function, index): (FunctionId, usize),
    span: Span,
    fix: Option<Fix>,
) {
    let finding = findings.report(
        span,
        "after a panic that is recovered here, the caller gets a nil error and takes it for success\n\
         name the error result and set it where the panic is recovered",
    );
    finding.related(
        context.body[function].results[index].type_span,
        "the error result",
    );
    finding.fix(fix);
}

/// True when a named result is given an error of its own before it is known whether there is one: `err = errPanicked`.
fn is_preset(context: &Context<'_>, function: FunctionId, result: BindingId) -> bool {
    let body = context.body;
    let mut statements = body[function].statements.iter();
    statements.any(|statement| match &body[*statement].kind {
        StatementKind::Assign { left, right, .. } if left.len() == right.len() => {
            let mut pairs = left.iter().zip(right);
            pairs.any(|(target, value)| {
                body.binding_of(*target) == Some(result)
                    && !is_nil(context, *value)
                    && (body.call_of(*value).is_none() || makes_error(context, *value))
            })
        }
        _ => false,
    })
}

/// `errors.New(...)` and `fmt.Errorf(...)` never yield nil.
fn makes_error(context: &Context<'_>, value: ExpressionId) -> bool {
    match context.callee(context.body.unparenthesized(value)) {
        Callee::Function { package, name } => {
            (package == "errors" && name == "New") || (package == "fmt" && name == "Errorf")
        }
        _ => false,
    }
}

/// True when nothing that a recovering literal does can be seen by the caller.
fn keeps_to_itself(context: &Context<'_>, handling: &RecoveryHandling) -> bool {
    let is_silent = handling.assigns.is_empty()
        && handling.writes_through.is_empty()
        && !handling.assigns_package_variable
        && !handling.escapes;
    let goes_on = !handling.repanics.is_possible() && !handling.exits.is_possible();
    handling.recovers.is_yes()
        && is_silent
        && goes_on
        && handling
            .calls
            .iter()
            .all(|call| only_logs_or_cleans(context, call.call))
}

/// The same of a deferred helper: it must be known through and through, and neither keep nor change what it is given.
fn helper_keeps_to_itself(context: &Context<'_>, deferred: DeferredCall) -> bool {
    let Some(recovery) = context.recovery_of(deferred.call) else {
        return false;
    };
    let parameters = match context.callee(deferred.call) {
        Callee::Function { .. } => None,
        Callee::Method(_) => Some(ParameterIndex::Receiver),
        _ => return false,
    };
    let arguments = context
        .body
        .call_of(deferred.call)
        .map_or(0, |(_, arguments)| arguments.len());
    let mut given = parameters
        .map(Some)
        .into_iter()
        .chain((0..arguments).map(|argument| context.parameter_of(deferred.call, argument)));
    is_quiet(&recovery)
        && given.all(|parameter| {
            parameter
                .and_then(|parameter| context.effects_on(deferred.call, &parameter))
                .is_some_and(|effects| effects.iter().next().is_none())
        })
}

fn is_quiet(recovery: &Recovery) -> bool {
    recovery.recovers.is_yes()
        && !recovery.repanics.is_possible()
        && !recovery.exits.is_possible()
        && !recovery.escapes
        && recovery.calls.is_empty()
}

/// Names the error result, unless it has a name, and sets it on the path that runs after a panic.
fn set_result(context: &Context<'_>, function: FunctionId, handling: &RecoveryHandling) -> Option<Fix> {
    let body = context.body;
    let mut result = ErrorResult::new(context, function)?;
    let import = result.import.take();
    let value = match handling.recovered_value {
        Some(value) => body[value].name.clone(),
        None => FreshNames::new(body).fresh("r"),
    };
    let assignment = result.assignment(&value);
    match (handling.branch, handling.recovered_value) {
        (RecoveryBranch::Block(block), Some(_)) => {
            append_to_block(body, block, &assignment, result.builder())?;
        }
        (RecoveryBranch::Block(block), None) => {
            append_to_block(body, block, &assignment, result.builder())?;
            let StatementKind::If {
                init: None,
                condition,
                ..
            } = body[body[block].parent?].kind
            else {
                return None;
            };
            let call = body[handling.recover].span;
            result
                .builder()
                .insert(body[condition].span.start, format!("{value} := recover(); "));
            result.builder().replace(call.in_file(0), value.to_string());
        }
        (RecoveryBranch::After(statement), Some(_)) => {
            let span = body[statement].span;
            let line = format!("{}{}{assignment}", newline(body), indentation(body, span.start));
            result.builder().insert(span.end, line);
        }
        (RecoveryBranch::AfterAlways(statement), None) => {
            let span = body[statement].span;
            if !is_first_on_line(body, span.start) {
                return None;
            }
            let (newline, outer) = (newline(body), indentation(body, span.start));
            let branch = format!(
                "if {value} := recover(); {value} != nil {{{newline}{outer}{INDENT}{assignment}{newline}{outer}}}"
            );
            result.builder().replace(span.in_file(0), branch);
        }
        _ => return None,
    }
    let edit = result.finish()?;
    Some(Fix::unsafe_("Return the recovered panic as an error", edit).importing(import))
}
