//! Breaks how deferred functions and results work together.

use deferlint_semantics::body::{
    Access, BindingId, Body, ExpressionId, ExpressionKind, FunctionId, StatementId, StatementKind,
    UnaryOperator,
};
use deferlint_text::TextEdit;

use super::site::{DeferredLiteral, Site, changes, inserted, range, replaced};

/// Un-names an error result whose value decides what a deferred closure does.
pub(super) fn deferred_reads_stale_error(site: &Site<'_>) -> Vec<TextEdit> {
    let edits = site.deferred_literals().into_iter().filter_map(|deferred| {
        let (index, error) = site.error_result(deferred.by)?;
        let decides = is_in_condition(site, error, deferred.literal);
        let assigns = site.uses_in(error, deferred.literal, Access::assigns);
        (decides && !assigns && returns_another(site, deferred, index, error))
            .then(|| site.without_result_names(deferred.by))?
    });
    edits.collect()
}

fn is_in_condition(site: &Site<'_>, variable: BindingId, function: FunctionId) -> bool {
    let body = site.body;
    body[function]
        .statements
        .iter()
        .any(|statement| match body[*statement].kind {
            StatementKind::If { condition, .. } => body[variable].uses.iter().any(|use_| {
                let (inner, outer) = (body[use_.expression].span, body[condition].span);
                outer.start <= inner.start && inner.end <= outer.end
            }),
            _ => false,
        })
}

/// True when a return after the defer yields a call's error, which the variable doesn't hold.
fn returns_another(site: &Site<'_>, deferred: DeferredLiteral, index: usize, variable: BindingId) -> bool {
    let body = site.body;
    let start = body[deferred.statement].span.end;
    site.returns(deferred.by).any(|(statement, results)| {
        let result = results.get(index).or(match results {
            [one] => Some(one),
            _ => None,
        });
        body[statement].span.start > start
            && result.is_some_and(|result| {
                body.binding_of(*result) != Some(variable) && body.call_of(*result).is_some()
            })
    })
}

/// Un-names a result that a deferred closure sets.
pub(super) fn deferred_assignment_lost(site: &Site<'_>) -> Vec<TextEdit> {
    let mut functions = Vec::new();
    for deferred in site.deferred_literals() {
        let results = site.body[deferred.by].results.iter().enumerate();
        let lost = results
            .filter_map(|(index, result)| Some((index, result.binding?)))
            .any(|(index, result)| {
                assigns_plainly(site.body, result, deferred.literal)
                    && returns_it(site, deferred, index, result)
            });
        if lost && !functions.contains(&deferred.by) {
            functions.push(deferred.by);
        }
    }
    functions
        .into_iter()
        .filter_map(|function| site.without_result_names(function))
        .collect()
}

/// True when the literal assigns the variable and doesn't read it afterwards for a use of its own.
fn assigns_plainly(body: &Body, variable: BindingId, literal: FunctionId) -> bool {
    let mut uses = body[variable]
        .uses
        .iter()
        .rev()
        .filter(|use_| use_.function == literal);
    let is_last_use = uses.next().is_some_and(|use_| use_.access == Access::Write);
    let mut uses = body[variable].uses.iter().filter(|use_| use_.function == literal);
    is_last_use || uses.any(|use_| use_.access == Access::Write && is_last(body, literal, use_.expression))
}

/// True when the statement that assigns ends its block, so that nothing reads what it assigned.
fn is_last(body: &Body, literal: FunctionId, expression: ExpressionId) -> bool {
    let Some(statement) = body.statement_of(expression) else {
        return false;
    };
    let end = body[statement].span.end;
    !body[literal]
        .statements
        .iter()
        .any(|other| body[*other].span.start >= end)
}

fn returns_it(site: &Site<'_>, deferred: DeferredLiteral, index: usize, variable: BindingId) -> bool {
    let start = site.body[deferred.statement].span.end;
    site.returns(deferred.by).any(|(statement, results)| {
        site.body[statement].span.start > start
            && (results.is_empty()
                || results
                    .get(index)
                    .is_some_and(|result| site.body.binding_of(*result) == Some(variable)))
    })
}

/// Un-names an error result whose address a deferred call gets.
pub(super) fn deferred_pointer_to_local(site: &Site<'_>) -> Vec<TextEdit> {
    let edits = site.body.function_ids().filter_map(|function| {
        let (index, error) = site.error_result(function)?;
        let statement = site
            .context
            .deferred_calls(function)
            .into_iter()
            .find(|deferred| {
                deferred.literal.is_none()
                    && deferred.arguments(site.body).iter().any(|argument| {
                        matches!(site.body[site.body.unparenthesized(*argument)].kind,
                        ExpressionKind::Unary { operator: UnaryOperator::AddressOf, operand }
                            if site.body.binding_of(operand) == Some(error))
                    })
            })?;
        let deferred = DeferredLiteral {
            statement: statement.statement,
            literal: function,
            by: function,
        };
        returns_it(site, deferred, index, error).then(|| site.without_result_names(function))?
    });
    edits.collect()
}

/// An `if x := f(); x != nil ... { err = ... }` of a deferred literal whose `err` is a named result.
struct GuardedAssignment {
    statement: StatementId,
    /// The `x`.
    checked: BindingId,
    /// The `f()`.
    call: ExpressionId,
    /// The `err`.
    error: BindingId,
    /// The assignment.
    assignment: StatementId,
    /// The literal.
    deferred: DeferredLiteral,
}

fn guarded_assignments(site: &Site<'_>) -> Vec<GuardedAssignment> {
    let body = site.body;
    let mut found = Vec::new();
    for deferred in site.deferred_literals() {
        let Some((_, error)) = site.error_result(deferred.by) else {
            continue;
        };
        for statement in &body[deferred.literal].statements {
            let StatementKind::If {
                init: Some(init),
                then,
                ..
            } = body[*statement].kind
            else {
                continue;
            };
            let StatementKind::ShortVar { declared, right, .. } = &body[init].kind else {
                continue;
            };
            let ([Some(checked)], [call]) = (&**declared, &**right) else {
                continue;
            };
            let assignment = site
                .children(then)
                .iter()
                .find(|inner| assigns(body, **inner, error));
            if let Some(assignment) = assignment {
                found.push(GuardedAssignment {
                    statement: *statement,
                    checked: *checked,
                    call: *call,
                    error,
                    assignment: *assignment,
                    deferred,
                });
            }
        }
    }
    found
}

/// True for `x = ...`.
fn assigns(body: &Body, statement: StatementId, variable: BindingId) -> bool {
    match &body[statement].kind {
        StatementKind::Assign {
            left, operator: None, ..
        } => left.len() == 1 && body.binding_of(left[0]) == Some(variable),
        _ => false,
    }
}

/// Gives what a deferred closure checks the name of the result that it sets.
pub(super) fn deferred_shadows_result(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let edits = guarded_assignments(site).into_iter().filter_map(|found| {
        let name = body[found.error].name.as_str();
        let checked = &body[found.checked];
        // `err = err` says nothing.
        if let StatementKind::Assign { right, .. } = &body[found.assignment].kind
            && body.binding_of(right[0]) == Some(found.checked)
        {
            return None;
        }
        changes(|builder| {
            builder.replace(range(checked.span), name);
            for use_ in &checked.uses {
                builder.replace(range(body[use_.expression].span), name);
            }
        })
    });
    edits.collect()
}

/// Sets the result without asking whether it holds an error already, in a function that may return one.
pub(super) fn deferred_overwrites_error(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let is_error = |call| site.context.is_error(&site.context.type_of(call)).is_yes();
    let mut edits = Vec::new();
    for found in guarded_assignments(site) {
        let is_whole = matches!(
            body[found.statement].kind,
            StatementKind::If { otherwise: None, .. }
        );
        if is_whole && is_error(found.call) && returns_error_behind(site, found.deferred) {
            let text = format!("{} = {}", body[found.error].name, site.text_of(found.call));
            edits.push(replaced(body[found.statement].span, text));
        }
    }
    for call in site.plain_calls().filter(|call| call.is_deferred) {
        let StatementKind::Defer(deferred) = body[call.statement].kind else {
            continue;
        };
        let (function, span) = (body[call.statement].function, body[call.statement].span);
        let is_outermost = body[call.statement].parent == body[function].block;
        let place = DeferredLiteral {
            statement: call.statement,
            literal: function,
            by: function,
        };
        if let Some((_, error)) = site.error_result(function)
            && is_outermost
            && is_error(deferred)
            && matches!(call.method, "Close" | "Flush")
            && returns_error_behind(site, place)
        {
            let text = format!(
                "defer func() {{ {} = {} }}()",
                body[error].name,
                site.text_of(deferred)
            );
            edits.push(replaced(span, text));
        }
    }
    edits
}

/// True when a return behind the `defer` yields an error that isn't written as `nil`, and that isn't a variable which
/// nothing sets there.
fn returns_error_behind(site: &Site<'_>, deferred: DeferredLiteral) -> bool {
    let body = site.body;
    let start = body[deferred.statement].span.end;
    let Some((index, error)) = site.error_result(deferred.by) else {
        return false;
    };
    let is_set =
        |variable: BindingId| body[variable].span.start > start || site.is_assigned_behind(variable, start);
    site.returns(deferred.by).any(|(statement, results)| {
        let returned = match (results, results.get(index)) {
            ([], _) => is_set(error),
            (_, Some(result)) => match body.binding_of(*result) {
                Some(variable) => is_set(variable),
                None => !site.context.is_builtin(*result, "nil"),
            },
            _ => true,
        };
        body[statement].span.start > start && returned
    })
}

/// Doesn't set the error where every panic is recovered, or recovers where nothing did.
pub(super) fn recover_reports_success(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let mut edits = Vec::new();
    for (deferred, _) in site.recovering_literals() {
        let Some((_, error)) = site.error_result(deferred.by) else {
            continue;
        };
        let text = site.text(body[deferred.literal].span);
        let lost: Vec<_> = body[deferred.literal]
            .statements
            .iter()
            .filter(|statement| assigns(body, **statement, error))
            .collect();
        if let [statement] = lost[..]
            && let StatementKind::Assign { left, .. } = &body[*statement].kind
            && !text.contains("panic(")
            && !text.contains(".(")
        {
            edits.push(replaced(body[left[0]].span, "_"));
        }
    }
    let results = site.context.result_types(Body::DECLARED);
    if matches!(&results[..], [.., last] if site.context.is_error(last).is_yes()) {
        edits.extend(new_recovery(site));
    }
    edits
}

/// Recovers in a function that returns a map, and goes on.
pub(super) fn recover_nil_map_result(site: &Site<'_>) -> Vec<TextEdit> {
    let results = site.context.result_types(Body::DECLARED);
    let is_map = matches!(&results[..], [one] if site.context.is_map(one).is_yes());
    is_map.then(|| new_recovery(site)).into_iter().flatten().collect()
}

/// Recovers and prints, in a function without names for its results that defers nothing and may panic.
fn new_recovery(site: &Site<'_>) -> Option<TextEdit> {
    let function = Body::DECLARED;
    let defers = !site.context.deferred_calls(function).is_empty();
    let calls = site.body.expressions.iter().any(|expression| {
        expression.function == function
            && matches!(
                expression.kind,
                ExpressionKind::Index { .. } | ExpressionKind::Call { .. }
            )
    });
    if !site.body[function].has_unnamed_results() || defers || !calls {
        return None;
    }
    let recovery = "\ndefer func() {\nif r := recover(); r != nil {\nprintln(r)\n}\n}()\n";
    Some(inserted(site.inner(function)?.start, recovery))
}
