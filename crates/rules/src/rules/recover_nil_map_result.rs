//! A recovered panic leaves the map result nil, and the caller's first write to it panics.

use deferlint_semantics::body::{Access, FunctionId};
use deferlint_semantics::context::{Context, DeferredCall};

use crate::fixes::name_map_result;
use crate::places::defer_span;
use crate::{Category, Findings, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "recover-nil-map-result",
    category: Category::Results,
    severity: Severity::Warning,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/recover-nil-map-result.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for function in context.body.function_ids() {
        let Some(index) = nil_map_result(context, function) else {
            continue;
        };
        let deferred = context.deferred_calls(function);
        if let Some(recovering) = deferred
            .into_iter()
            .find(|deferred| swallows(context, function, index, *deferred))
        {
            let result = &context.body[function].results[index];
            let finding = findings.report(
                defer_span(context.body, recovering),
                "after a panic that is recovered here, the caller gets a nil map and panics at its first write to it\n\
                 name the result and set it where the panic is recovered",
            );
            finding.related(result.type_span, "the map result");
            finding.fix(name_map_result(context, function, index, recovering));
        }
    }
}

/// The index of a map result that nothing but a `return` sets. A function with an error result is left to the rule that
/// asks whether the recovery sets the error: it tells the caller not to use the map.
fn nil_map_result(context: &Context<'_>, function: FunctionId) -> Option<usize> {
    let types = context.result_types(function);
    if types.iter().any(|type_| !context.is_error(type_).is_no()) {
        return None;
    }
    let index = types.iter().position(|type_| context.is_map(type_).is_yes())?;
    let binding = context.body[function].results[index].binding;
    let is_set = binding.is_some_and(|binding| {
        let mut uses = context.body[binding].uses.iter();
        uses.any(|use_| use_.access != Access::Read)
    });
    (!is_set).then_some(index)
}

/// True when the deferred call recovers, and the function then returns as if nothing had happened.
pub(crate) fn swallows(
    context: &Context<'_>,
    function: FunctionId,
    index: usize,
    deferred: DeferredCall,
) -> bool {
    let Some(recovery) = context.recovery_of(deferred.call) else {
        return false;
    };
    let result = context.body[function].results[index].binding;
    let sets_result = |literal: FunctionId| {
        let uses = result.into_iter().flat_map(|binding| &context.body[binding].uses);
        uses.into_iter()
            .any(|use_| use_.function == literal && use_.access != Access::Read)
    };
    recovery.recovers.is_yes()
        && !recovery.repanics.is_possible()
        && !recovery.exits.is_possible()
        && !deferred
            .literal
            .is_some_and(|literal| sets_result(literal) || tells(context, literal))
}

/// True when the literal hands on what happened: it stores something in a field, or sends it on a channel.
fn tells(context: &Context<'_>, literal: FunctionId) -> bool {
    use deferlint_semantics::body::{ExpressionKind, StatementKind, UnaryOperator};
    let body = context.body;
    body[literal]
        .statements
        .iter()
        .any(|statement| match &body[*statement].kind {
            StatementKind::Send { .. } => true,
            StatementKind::Assign { left, .. } => left.iter().any(|target| {
                matches!(
                    body[body.unparenthesized(*target)].kind,
                    ExpressionKind::Selector { .. }
                        | ExpressionKind::Unary {
                            operator: UnaryOperator::Dereference,
                            ..
                        }
                )
            }),
            _ => false,
        })
}
