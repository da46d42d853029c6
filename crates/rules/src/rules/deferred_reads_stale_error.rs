//! A deferred closure decides by a local error that never held what the function returned.

use deferlint_semantics::body::{
    BinaryOperator, BindingId, BindingKind, ExpressionId, ExpressionKind, FunctionId, Parent, StatementId,
};
use deferlint_semantics::context::{Callee, Context, DeferredCall};
use deferlint_semantics::control_flow::Nilness;
use deferlint_semantics::types::Type;

use crate::fixes::NamedResults;
use crate::places::{is_nil, returns, runs_at};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "deferred-reads-stale-error",
    category: Category::Results,
    severity: Severity::Warning,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/deferred-reads-stale-error.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    for function in body
        .function_ids()
        .filter(|function| body[*function].has_unnamed_results())
    {
        let types = context.result_types(function);
        let Some(index) = types.iter().position(|type_| context.is_error(type_).is_yes()) else {
            continue;
        };
        for deferred in context.deferred_calls(function) {
            if let Some((variable, read)) = decision(context, function, deferred)
                && let Some(missed) = missed_return(context, function, index, deferred, variable)
            {
                let name = &body[variable].name;
                let finding = findings.report(
                    body[read].span,
                    format!(
                        "this `{name}` isn't what the function returns: an error is returned that `{name}` never held, \
                         and this code doesn't see it\nname the error result, so that every return sets it"
                    ),
                );
                finding.related(
                    body[missed].span,
                    format!("`{name}` is nil here, whatever is returned"),
                );
                finding.fix(name_the_error(context, function, index, variable));
            }
        }
    }
}

/// The local error that a deferred literal compares with nil, and the place of the comparison. A literal that assigns
/// the variable has borrowed it for an error of its own.
fn decision(
    context: &Context<'_>,
    function: FunctionId,
    deferred: DeferredCall,
) -> Option<(BindingId, ExpressionId)> {
    let literal = deferred.literal?;
    let body = context.body;
    body.binding_ids().find_map(|id| {
        let binding = &body[id];
        let is_local = binding.function == function && binding.kind == BindingKind::Variable;
        if !is_local || binding.is_address_taken() || !context.is_error(&context.type_of_binding(id)).is_yes()
        {
            return None;
        }
        let own = || binding.uses.iter().filter(|use_| use_.function == literal);
        let assigned_in_literals = binding
            .uses
            .iter()
            .any(|use_| use_.function != function && use_.access.assigns());
        if assigned_in_literals {
            return None;
        }
        own()
            .find(|use_| is_compared_with_nil(context, use_.expression))
            .map(|use_| (id, use_.expression))
    })
}

fn is_compared_with_nil(context: &Context<'_>, expression: ExpressionId) -> bool {
    let Parent::Expression(outer) = context.body[expression].parent else {
        return false;
    };
    match &context.body[outer].kind {
        ExpressionKind::Binary {
            operator: BinaryOperator::Equal | BinaryOperator::NotEqual,
            left,
            right,
        } => is_nil(context, *left) || is_nil(context, *right),
        _ => false,
    }
}

/// A `return` at which the deferred call runs, where the variable is nil and the returned error need not be.
fn missed_return(
    context: &Context<'_>,
    function: FunctionId,
    index: usize,
    deferred: DeferredCall,
    variable: BindingId,
) -> Option<StatementId> {
    let body = context.body;
    let flow = context.flow(function);
    returns(body, function)
        .map(|(statement, _)| statement)
        .find(|statement| {
            let point = flow.point(*statement);
            let is_nil = point.is_some_and(|point| flow.nilness(body, variable, point) == Nilness::Nil);
            is_nil
                && runs_at(context, function, deferred.statement, *statement)
                && may_return_error(context, function, index, *statement, variable)
        })
}

fn may_return_error(
    context: &Context<'_>,
    function: FunctionId,
    index: usize,
    statement: StatementId,
    variable: BindingId,
) -> bool {
    let body = context.body;
    let deferlint_semantics::body::StatementKind::Return(results) = &body[statement].kind else {
        return false;
    };
    if let [call] = &**results
        && body[function].results.len() > 1
    {
        return matches!(context.type_of(*call), Type::Tuple(_));
    }
    let Some(result) = results.get(index).map(|result| body.unparenthesized(*result)) else {
        return false;
    };
    if let Some(returned) = body.binding_of(result) {
        let flow = context.flow(function);
        let nilness = flow
            .point(statement)
            .map(|point| flow.nilness(body, returned, point));
        return returned != variable && nilness == Some(Nilness::NonNil);
    }
    match &body[result].kind {
        ExpressionKind::Call { .. } => {
            !matches!(context.callee(result), Callee::Conversion(_) | Callee::Builtin(_))
        }
        ExpressionKind::Unary { .. } | ExpressionKind::Composite { .. } => true,
        ExpressionKind::Name { .. } | ExpressionKind::Selector { .. } => {
            is_package_level_error(context, result)
        }
        _ => false,
    }
}

/// `ErrNotFound`, `io.EOF`: variables that exist to be returned.
fn is_package_level_error(context: &Context<'_>, expression: ExpressionId) -> bool {
    let body = context.body;
    let name = match &body[expression].kind {
        ExpressionKind::Selector { operand, field, .. } if context.imported_package(*operand).is_some() => {
            field
        }
        ExpressionKind::Name { name, .. } if context.package.value(name).is_some() => name,
        _ => return false,
    };
    let name = name.to_ascii_lowercase();
    name.starts_with("err") || name == "eof"
}

fn name_the_error(
    context: &Context<'_>,
    function: FunctionId,
    index: usize,
    variable: BindingId,
) -> Option<Fix> {
    let name = &context.body[variable].name;
    let named = NamedResults::new(context, function, index, name)?.take_over(context, variable)?;
    let title = format!("Name the error result {name}, so that the deferred code sees every returned error");
    Some(Fix::unsafe_(title, named.finish()?))
}
