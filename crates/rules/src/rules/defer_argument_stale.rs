//! An argument of a deferred call is evaluated at the `defer`, and what it should have shown changes later.

use deferlint_semantics::body::{
    BindingId, BindingKind, ExpressionId, ExpressionKind, FunctionId, StatementId, StatementKind,
};
use deferlint_semantics::context::{Builtin, Context, DeferredCall};
use deferlint_semantics::control_flow::Nilness;

use crate::fixes::wrap_in_closure;
use crate::places::returns;
use crate::{Category, Findings, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "defer-argument-stale",
    category: Category::Defer,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/defer-argument-stale.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for function in context.body.function_ids() {
        for deferred in context.deferred_calls(function) {
            let Some((_, arguments)) = context.body.call_of(deferred.call) else {
                continue;
            };
            for argument in arguments {
                check_argument(context, findings, function, deferred, *argument);
            }
        }
    }
}

fn check_argument(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    function: FunctionId,
    deferred: DeferredCall,
    argument: ExpressionId,
) {
    let body = context.body;
    let span = body[argument].span;
    if let Some(variable) = body
        .binding_of(argument)
        .filter(|id| is_meant_late(context, function, *id))
    {
        if let Some(later) = assigned_later(context, function, deferred.statement, variable) {
            let name = &body[variable].name;
            let finding = findings.report(
                span,
                format!(
                    "`{name}` is evaluated here, when the defer statement runs: the call sees what it holds now, and \
                     not what it holds at the return\nwrap the call in a closure"
                ),
            );
            finding.related(body[later].span, format!("`{name}` changes here"));
            finding.fix(wrap_in_closure(context, deferred.statement, &[argument]));
        }
    } else if measures_time(context, argument) {
        let finding = findings.report(
            span,
            "the time is taken here, when the defer statement runs: the measured duration is next to nothing\n\
             wrap the call in a closure",
        );
        finding.severity(Severity::Warning);
        finding.fix(wrap_in_closure(context, deferred.statement, &[argument]));
    } else if let Some(variable) = measured_variable(context, argument)
        && let Some(later) = changed_later(context, function, deferred.statement, variable)
    {
        let name = &body[variable].name;
        let finding = findings.report(
            span,
            format!("the length of `{name}` is taken here, when the defer statement runs\nwrap the call in a closure"),
        );
        finding.severity(Severity::Info).opt_in();
        finding.related(body[later].span, format!("`{name}` changes here"));
        finding.fix(wrap_in_closure(context, deferred.statement, &[argument]));
    }
}

/// An error, or a named result: what a deferred call is given to report.
fn is_meant_late(context: &Context<'_>, function: FunctionId, variable: BindingId) -> bool {
    let binding = &context.body[variable];
    let is_result = matches!(binding.kind, BindingKind::Result(_));
    let is_error = binding.kind == BindingKind::Variable
        && context.is_error(&context.type_of_binding(variable)).is_yes();
    binding.function == function && (is_result || is_error)
}

/// A statement after the `defer` that gives the variable another value. One that is known to hold an error already at
/// the `defer` is passed for what it is.
fn assigned_later(
    context: &Context<'_>,
    function: FunctionId,
    deferred: StatementId,
    variable: BindingId,
) -> Option<StatementId> {
    let body = context.body;
    let flow = context.flow(function);
    let point = flow.point(deferred)?;
    if flow.nilness(body, variable, point) == Nilness::NonNil {
        return None;
    }
    let assignments = body[variable]
        .uses
        .iter()
        .filter(|use_| use_.access.assigns() && use_.function == function);
    let mut assigned = assignments.filter_map(|use_| body.statement_of(use_.expression));
    let is_after = |statement: StatementId| {
        flow.point(statement).is_some_and(|at| flow.reaches(point, at)) && !flow.can_repeat(deferred)
    };
    let is_result = matches!(body[variable].kind, BindingKind::Result(_));
    assigned.find(|statement| is_after(*statement)).or_else(|| {
        let mut at = returns(body, function).filter(|(_, results)| !results.is_empty() && is_result);
        at.find(|(statement, results)| is_after(*statement) && !returns_it(context, variable, results))
            .map(|(statement, _)| statement)
    })
}

/// True when the `return` leaves the named result as it is.
fn returns_it(context: &Context<'_>, variable: BindingId, results: &[ExpressionId]) -> bool {
    results
        .iter()
        .any(|result| context.body.binding_of(*result) == Some(variable))
}

/// True for `time.Since(start)` and `time.Now().Sub(start)`, also inside a larger expression.
fn measures_time(context: &Context<'_>, argument: ExpressionId) -> bool {
    let body = context.body;
    let (span, function) = (body[argument].span, body[argument].function);
    let inside = body
        .expression_ids()
        .filter(|id| body[*id].function == function && span.contains(body[*id].span));
    inside.into_iter().any(|id| {
        let Some((called, _)) = body
            .call_of(id)
            .filter(|_| !matches!(body[id].kind, ExpressionKind::Parenthesized(_)))
        else {
            return false;
        };
        let ExpressionKind::Selector { operand, field, .. } = &body[called].kind else {
            return false;
        };
        let is_time = |operand: ExpressionId| {
            context
                .imported_package(operand)
                .is_some_and(|path| path == "time")
        };
        let is_now = || {
            body.call_of(*operand)
                .is_some_and(|(now, _)| match &body[now].kind {
                    ExpressionKind::Selector { operand, field, .. } => field == "Now" && is_time(*operand),
                    _ => false,
                })
        };
        (field == "Since" && is_time(*operand)) || (field == "Sub" && is_now())
    })
}

/// The variable whose length or capacity is passed.
fn measured_variable(context: &Context<'_>, argument: ExpressionId) -> Option<BindingId> {
    let argument = context.body.unparenthesized(argument);
    if !matches!(context.builtin_call(argument)?, Builtin::Len | Builtin::Cap) {
        return None;
    }
    let (_, measured) = context.body.call_of(argument)?;
    context.body.binding_of(*measured.first()?)
}

/// A statement after the `defer` that assigns the variable or something in it.
fn changed_later(
    context: &Context<'_>,
    function: FunctionId,
    deferred: StatementId,
    variable: BindingId,
) -> Option<StatementId> {
    use deferlint_semantics::body::Access;
    let body = context.body;
    let flow = context.flow(function);
    let point = flow.point(deferred)?;
    // A mark such as `defer pop(len(stack))` is taken on purpose: only what is shown to somebody is meant late.
    let shows = body.call_of(match body[deferred].kind {
        StatementKind::Defer(call) => call,
        _ => return None,
    });
    shows.filter(|(_, arguments)| arguments.len() > 1)?;
    let changes = body[variable].uses.iter().filter(|use_| {
        use_.function == function
            && matches!(use_.access, Access::Write | Access::Update | Access::WriteThrough)
    });
    let mut changes = changes.filter_map(|use_| body.statement_of(use_.expression));
    changes.find(|statement| flow.point(*statement).is_some_and(|at| flow.reaches(point, at)))
}
