//! `return make(map[K]V)` and the like in a function with a `defer`: the map has no name that deferred code could use.

use deferlint_semantics::body::{ExpressionId, ExpressionKind, FunctionId, Span, StatementId, StatementKind};
use deferlint_semantics::context::{Callee, Context, DeferredCall};
use deferlint_semantics::types::Type;

use super::recover_nil_map_result::swallows;
use crate::fixes::{extract_local, name_map_result};
use crate::places::{is_clone_of_map, returns, runs_at};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "map-returned-directly",
    category: Category::Maps,
    severity: Severity::Hint,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/map-returned-directly.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for map in returned_maps(context) {
        let function = context.body[map.statement].function;
        if context.body[function].has_named_results() || !is_new_value(context, map.value) {
            continue;
        }
        let reach = reach_of(context, function, &map);
        let message = match reach {
            Reach::None => continue,
            Reach::Defer => {
                "the returned map has no name: the deferred code can't reach it\n\
                 put it into a local variable before the return"
            }
            Reach::Recovers(_) => {
                "the returned map has no name: when a panic is recovered here, the caller gets a nil map\n\
                 put it into a local variable, and name the result so that the recovery can set it"
            }
            Reach::SameType => {
                "the returned map has no name: the deferred code works on another map of its type\n\
                 put it into a local variable, or name the result so that the deferred code can reach it"
            }
        };
        let finding = findings.report(context.body[map.statement].span, message);
        if !matches!(reach, Reach::Defer) {
            finding.severity(Severity::Info);
        }
        finding.fix(extract_local(context, map.statement, map.index));
        if let Reach::Recovers(deferred) = reach {
            finding.fix(name_map_result(context, function, map.index, deferred));
        }
    }
}

/// What the deferred calls that run at a return have to do with the map.
enum Reach {
    /// None runs there.
    None,
    /// Nothing in particular.
    Defer,
    /// This one recovers, and lets the function return nil.
    Recovers(DeferredCall),
    /// A deferred closure handles a map of the same type.
    SameType,
}

fn reach_of(context: &Context<'_>, function: FunctionId, map: &ReturnedMap) -> Reach {
    let deferred: Vec<_> = context
        .deferred_calls(function)
        .into_iter()
        .filter(|deferred| runs_at(context, function, deferred.statement, map.statement))
        .collect();
    if deferred.is_empty() {
        return Reach::None;
    }
    if let Some(recovering) = deferred
        .iter()
        .find(|deferred| swallows(context, function, map.index, **deferred))
    {
        return Reach::Recovers(*recovering);
    }
    let type_ = context
        .result_types(function)
        .into_iter()
        .nth(map.index)
        .unwrap_or_default();
    let handles = deferred
        .iter()
        .filter_map(|deferred| deferred.literal)
        .any(|literal| {
            let mut inside = context
                .body
                .expression_ids()
                .filter(|id| context.body[*id].function == literal);
            inside.any(|id| {
                matches!(context.body[id].kind, ExpressionKind::Name { .. }) && context.type_of(id) == type_
            })
        });
    if handles { Reach::SameType } else { Reach::Defer }
}

/// The extractions offered at a place: on every return of a map expression in a function with a `defer`.
pub(crate) fn extractions(context: &Context<'_>, place: Span) -> Vec<Fix> {
    let here = returned_maps(context).into_iter().filter(|map| {
        let span = context.body[map.statement].span;
        span.start <= place.end && place.start <= span.end && context.body.binding_of(map.value).is_none()
    });
    here.filter_map(|map| extract_local(context, map.statement, map.index))
        .collect()
}

/// True for a literal, a `make`, and the result of a call: a map that no variable holds yet, as far as this function
/// can see. A copy that is made for the caller is meant to be nobody else's.
fn is_new_value(context: &Context<'_>, value: ExpressionId) -> bool {
    let value = context.body.unparenthesized(value);
    match context.body[value].kind {
        ExpressionKind::Composite { .. } => true,
        ExpressionKind::Call { .. } => {
            !matches!(context.callee(value), Callee::Conversion(_)) && !is_clone_of_map(context, value)
        }
        _ => false,
    }
}

/// A result of a `return` statement that is certainly a map.
struct ReturnedMap {
    statement: StatementId,
    /// The index among the function's results.
    index: usize,
    /// The result's expression; for a call with several results, the call.
    value: ExpressionId,
}

fn returned_maps(context: &Context<'_>) -> Vec<ReturnedMap> {
    let body = context.body;
    let mut maps = Vec::new();
    for function in body
        .function_ids()
        .filter(|function| has_defer(context, *function))
    {
        let declared = body[function].results.len();
        for (statement, results) in returns(body, function) {
            let mut types: Vec<_> = results.iter().map(|result| context.type_of(*result)).collect();
            if let [Type::Tuple(several)] = &types[..] {
                types = several.to_vec();
            }
            // Otherwise the function is still being typed: the values aren't those of its results.
            if types.len() != declared {
                continue;
            }
            let index = types.iter().position(|type_| context.is_map(type_).is_yes());
            maps.extend(index.map(|index| ReturnedMap {
                statement,
                index,
                value: *results.get(index).unwrap_or(&results[0]),
            }));
        }
    }
    maps
}

fn has_defer(context: &Context<'_>, function: FunctionId) -> bool {
    let statements = context.body[function].statements.iter();
    statements
        .into_iter()
        .any(|statement| matches!(context.body[*statement].kind, StatementKind::Defer(_)))
}
