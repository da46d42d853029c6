//! A deferred closure assigns a local whose value the `return` has copied already.

use deferlint_semantics::body::{
    BindingId, BindingKind, ExpressionId, ExpressionKind, FunctionId, Span, StatementId, StatementKind, Use,
};
use deferlint_semantics::context::{Context, DeferredCall};

use crate::fixes::NamedResults;
use crate::places::{is_nil, returns, runs_at};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "deferred-assignment-lost",
    category: Category::Results,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/deferred-assignment-lost.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    for function in body
        .function_ids()
        .filter(|function| body[*function].has_unnamed_results())
    {
        for deferred in context.deferred_calls(function) {
            let Some(literal) = deferred.literal else { continue };
            for variable in body.binding_ids() {
                check_variable(context, findings, function, deferred, literal, variable);
            }
        }
    }
}

fn check_variable(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    function: FunctionId,
    deferred: DeferredCall,
    literal: FunctionId,
    variable: BindingId,
) {
    let body = context.body;
    let binding = &body[variable];
    let is_local = binding.function == function
        && matches!(binding.kind, BindingKind::Variable | BindingKind::Parameter(_));
    if !is_local || binding.is_address_taken() {
        return;
    }
    let Some((at, index)) = returned_at(context, function, deferred, variable) else {
        return;
    };
    for use_ in binding
        .uses
        .iter()
        .filter(|use_| use_.function == literal && use_.access.assigns())
    {
        if is_seen_elsewhere(context, function, variable, *use_) || lets_memory_go(context, *use_) {
            continue;
        }
        let finding = findings.report(
            assignment_span(context, *use_),
            format!(
                "`{}` was copied into the result before this deferred code runs: the assignment never reaches the caller\n\
                 name the result, so that the deferred code can set it",
                binding.name
            ),
        );
        finding.related(body[at].span, "the value is copied here");
        finding.fix(name_the_result(context, function, literal, index, variable));
    }
}

/// The first `return` at which the deferred call runs and which returns the variable, by itself or as an argument of a
/// call, and the index of that result.
pub(super) fn returned_at(
    context: &Context<'_>,
    function: FunctionId,
    deferred: DeferredCall,
    variable: BindingId,
) -> Option<(StatementId, usize)> {
    let body = context.body;
    let is_variable = |expression: ExpressionId| body.binding_of(expression) == Some(variable);
    returns(body, function).find_map(|(statement, results)| {
        if results.len() != body[function].results.len() {
            return None;
        }
        let index = results.iter().position(|result| {
            let wraps = || match &body[body.unparenthesized(*result)].kind {
                ExpressionKind::Call { arguments, .. } => {
                    arguments.iter().any(|argument| is_variable(*argument))
                }
                _ => false,
            };
            let is_error = || context.is_error(&context.type_of_binding(variable)).is_yes();
            is_variable(*result) || (is_error() && wraps())
        })?;
        runs_at(context, function, deferred.statement, statement).then_some((statement, index))
    })
}

/// True when something else reads what is assigned: the literal itself afterwards, or another literal.
fn is_seen_elsewhere(
    context: &Context<'_>,
    function: FunctionId,
    variable: BindingId,
    assignment: Use,
) -> bool {
    let body = context.body;
    let assigned = assignment_span(context, assignment);
    body[variable].uses.iter().any(|use_| {
        let afterwards =
            use_.function == assignment.function && body[use_.expression].span.start >= assigned.end;
        let by_another = use_.function != function && use_.function != assignment.function;
        !matches!(use_.access, deferlint_semantics::body::Access::Write) && (afterwards || by_another)
    })
}

/// `merged = nil`, to let the memory go. An error that is set to nil is meant for the caller.
fn lets_memory_go(context: &Context<'_>, assignment: Use) -> bool {
    let body = context.body;
    let Some(statement) = body.statement_of(assignment.expression) else {
        return false;
    };
    match &body[statement].kind {
        StatementKind::Assign {
            left,
            right,
            operator: None,
        } if left.len() == right.len() => {
            let value = left
                .iter()
                .position(|target| body.unparenthesized(*target) == assignment.expression);
            let is_nil = value.is_some_and(|index| is_nil(context, right[index]));
            is_nil && context.is_error(&context.type_of(assignment.expression)).is_no()
        }
        _ => false,
    }
}

/// The assignment when it stands on one line, otherwise the variable.
pub(super) fn assignment_span(context: &Context<'_>, assignment: Use) -> Span {
    let body = context.body;
    let name = body[assignment.expression].span;
    let statement = body
        .statement_of(assignment.expression)
        .map_or(name, |statement| body[statement].span);
    if crate::fixes::is_on_one_line(body, statement) {
        statement
    } else {
        name
    }
}

fn name_the_result(
    context: &Context<'_>,
    function: FunctionId,
    literal: FunctionId,
    index: usize,
    variable: BindingId,
) -> Option<Fix> {
    let body = context.body;
    let binding = &body[variable];
    let assigned_elsewhere = binding
        .uses
        .iter()
        .any(|use_| use_.access.assigns() && use_.function != function && use_.function != literal);
    if assigned_elsewhere {
        return None;
    }
    let named = NamedResults::new(context, function, index, &binding.name)?.take_over(context, variable)?;
    let title = format!(
        "Name the result {}, so that the deferred assignment reaches the caller",
        binding.name
    );
    Some(Fix::unsafe_(title, named.finish()?))
}
