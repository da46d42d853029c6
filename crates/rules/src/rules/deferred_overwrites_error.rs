//! A deferred closure sets the named error whatever it holds: the error of the body is erased.

use deferlint_semantics::body::{
    BindingId, BindingKind, Body, ExpressionId, ExpressionKind, FunctionId, StatementId, StatementKind,
};
use deferlint_semantics::context::{Context, DeferredCall};
use deferlint_semantics::control_flow::Nilness;
use deferlint_semantics::effects::Role;
use deferlint_text::TextEdit;

use crate::fixes::{SecondError, indentation, is_first_on_line, is_on_one_line};
use crate::places::{is_nil, returns, runs_at};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "deferred-overwrites-error",
    category: Category::Results,
    severity: Severity::Warning,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/deferred-overwrites-error.md"),
    check,
};

/// The beginnings of the names of methods that end the use of something and say whether that worked.
const FINISHING: [&str; 6] = ["Close", "Commit", "Flush", "Sync", "Rollback", "Shutdown"];

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    for function in body
        .function_ids()
        .filter(|function| body[*function].has_named_results())
    {
        for deferred in context.deferred_calls(function) {
            let Some((assignment, result, value)) = overwriting(context, function, deferred) else {
                continue;
            };
            let Some(erased) = erased_return(context, function, deferred, result) else {
                continue;
            };
            let name = &body[result].name;
            let finding = findings.report(
                body[assignment].span,
                format!(
                    "this replaces whatever `{name}` holds: an error that the function returns is lost when this call \
                     succeeds\njoin the two errors, or set `{name}` only when it is nil"
                ),
            );
            finding.related(body[erased].span, "an error returned here is replaced");
            finding.fix(keep_the_first(context, assignment, result, value));
        }
    }
}

/// `err = f.Close()` on every path through a deferred literal that uses `err` nowhere else, where no other deferred literal
/// sets it: the assignment, the result and the call.
fn overwriting(
    context: &Context<'_>,
    function: FunctionId,
    deferred: DeferredCall,
) -> Option<(StatementId, BindingId, ExpressionId)> {
    let body = context.body;
    let literal = deferred.literal?;
    let block = body[literal].block?;
    body[literal].statements.iter().find_map(|statement| {
        let StatementKind::Assign {
            left,
            operator: None,
            right,
        } = &body[*statement].kind
        else {
            return None;
        };
        let ([target], [value]) = (&**left, &**right) else {
            return None;
        };
        let result = body.binding_of(*target)?;
        let binding = &body[result];
        let is_result = binding.function == function && matches!(binding.kind, BindingKind::Result(_));
        let in_literal = binding.uses.iter().filter(|use_| use_.function == literal);
        let is_only_use = in_literal.count() == 1 && !binding.is_address_taken();
        let is_unconditional = body[*statement].parent == Some(block);
        (is_result
            && is_only_use
            && !is_set_by_another(context, result, literal)
            && is_unconditional
            && leaves_nowhere(body, literal)
            && finishes(body, *value))
        .then_some((*statement, result, *value))
    })
}

/// True when another literal assigns the variable that is deferred, or may be: it can put back what it remembered.
fn is_set_by_another(context: &Context<'_>, variable: BindingId, literal: FunctionId) -> bool {
    let body = context.body;
    let own = body[variable].function;
    body[variable].uses.iter().any(|use_| {
        let mut current = use_.function;
        let mut runs_late = false;
        while current != own {
            runs_late |= match context.frames().role(current) {
                Role::Called { .. } => false,
                Role::Passed { call } => body
                    .statement_of(call)
                    .is_none_or(|statement| matches!(body[statement].kind, StatementKind::Defer(_))),
                _ => true,
            };
            let Some(parent) = body[current].parent else { break };
            current = parent;
        }
        use_.function != literal && use_.access.assigns() && runs_late
    })
}

/// True when every statement of the literal runs.
fn leaves_nowhere(body: &Body, literal: FunctionId) -> bool {
    body[literal]
        .statements
        .iter()
        .all(|id| !matches!(body[*id].kind, StatementKind::Return(_) | StatementKind::Goto(_)))
}

fn finishes(body: &Body, value: ExpressionId) -> bool {
    let called = body.call_of(value).map(|(called, _)| &body[called].kind);
    let Some(ExpressionKind::Selector { field, .. }) = called else {
        return false;
    };
    FINISHING.iter().any(|verb| is_verb_of(field, verb))
}

/// True for `Close`, `CloseAndWait` and `closeBody`, but not for `Closest`.
fn is_verb_of(method: &str, verb: &str) -> bool {
    let (Some(first), Some(rest)) = (method.get(..verb.len()), method.get(verb.len()..)) else {
        return false;
    };
    first.eq_ignore_ascii_case(verb) && !rest.starts_with(|next: char| next.is_lowercase())
}

/// A `return` at which the deferred call runs and whose error need not be nil.
fn erased_return(
    context: &Context<'_>,
    function: FunctionId,
    deferred: DeferredCall,
    result: BindingId,
) -> Option<StatementId> {
    let body = context.body;
    let BindingKind::Result(index) = body[result].kind else {
        return None;
    };
    returns(body, function)
        .filter(|(statement, _)| runs_at(context, function, deferred.statement, *statement))
        .find(|(statement, results)| match results.get(index as usize) {
            Some(value) => may_be_error(context, function, deferred.statement, *statement, *value),
            None if results.is_empty() => is_assigned_after(context, function, deferred.statement, result),
            None => true,
        })
        .map(|(statement, _)| statement)
}

fn may_be_error(
    context: &Context<'_>,
    function: FunctionId,
    deferred: StatementId,
    statement: StatementId,
    value: ExpressionId,
) -> bool {
    let body = context.body;
    if is_nil(context, value) {
        return false;
    }
    let Some(variable) = body.binding_of(value) else {
        return true;
    };
    let flow = context.flow(function);
    let nilness = flow
        .point(statement)
        .map(|point| flow.nilness(body, variable, point));
    match nilness {
        Some(Nilness::NonNil) => true,
        Some(Nilness::Nil) => false,
        _ => is_assigned_after(context, function, deferred, variable),
    }
}

/// True when the function assigns or declares the variable after the `defer` has run.
fn is_assigned_after(
    context: &Context<'_>,
    function: FunctionId,
    deferred: StatementId,
    variable: BindingId,
) -> bool {
    let body = context.body;
    let binding = &body[variable];
    let flow = context.flow(function);
    let assigned = binding
        .uses
        .iter()
        .filter(|use_| use_.function == function && use_.access.assigns());
    assigned
        .filter_map(|use_| body.statement_of(use_.expression))
        .chain(binding.statement)
        .any(|statement| match (flow.point(deferred), flow.point(statement)) {
            (Some(from), Some(to)) => flow.reaches(from, to),
            _ => false,
        })
}

/// `err = f.Close()` becomes an `if` that joins the second error to the first one.
fn keep_the_first(
    context: &Context<'_>,
    assignment: StatementId,
    result: BindingId,
    value: ExpressionId,
) -> Option<Fix> {
    let body = context.body;
    let span = body[assignment].span;
    let starts_line = is_first_on_line(body, span.start);
    if !starts_line || !is_on_one_line(body, span) {
        return None;
    }
    let name = &body[result].name;
    let call = body.text_of(body[value].span);
    let second = SecondError::new(context, name, call, indentation(body, span.start))?;
    let title = if second.joins {
        format!("Join the error of this call to {name}")
    } else {
        format!("Set {name} only when it is nil")
    };
    let edit = TextEdit::single(span.in_file(0), second.text);
    Some(Fix::unsafe_(title, edit).importing(second.import))
}
