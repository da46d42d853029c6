//! `return make(map[K]V)` and the like in a function with a `defer`: the map has no name that deferred code could use.

use deferlint_semantics::body::{ExpressionId, ExpressionKind, FunctionId, Span, StatementId, StatementKind};
use deferlint_semantics::context::Context;
use deferlint_semantics::types::Type;

use crate::fixes::extract_local;
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
    for (statement, index, value) in returned_maps(context) {
        let function = &context.body[context.body[statement].function];
        if function.has_named_results()
            || !matches!(kind_of(context, value), Returned::Literal | Returned::Call)
        {
            continue;
        }
        let finding = findings.report(
            context.body[statement].span,
            "the returned map has no name: the deferred code can't reach it\n\
             put it into a local variable before the return",
        );
        finding.fix(extract_local(context, statement, index));
    }
}

/// The extractions offered at a place: on every return of a map in a function with a `defer`.
pub(crate) fn extractions(context: &Context<'_>, place: Span) -> Vec<Fix> {
    let here = returned_maps(context)
        .into_iter()
        .filter(|(statement, _, value)| {
            let span = context.body[*statement].span;
            let touches = span.start <= place.end && place.start <= span.end;
            touches && !matches!(kind_of(context, *value), Returned::Variable)
        });
    here.filter_map(|(statement, index, _)| extract_local(context, statement, index))
        .collect()
}

/// What a returned map is.
enum Returned {
    Literal,
    Call,
    Variable,
    Other,
}

fn kind_of(context: &Context<'_>, value: ExpressionId) -> Returned {
    match context.body[context.body.unparenthesized(value)].kind {
        ExpressionKind::Composite { .. } => Returned::Literal,
        ExpressionKind::Call { .. } => Returned::Call,
        ExpressionKind::Name { .. } => Returned::Variable,
        _ => Returned::Other,
    }
}

/// Every result of a `return` behind a `defer` that is certainly a map: the statement, the result's index, and its
/// expression, which for a call with several results is the call.
fn returned_maps(context: &Context<'_>) -> Vec<(StatementId, usize, ExpressionId)> {
    let body = context.body;
    let mut maps = Vec::new();
    for function in body
        .function_ids()
        .filter(|function| has_defer(context, *function))
    {
        for statement in &body[function].statements {
            let StatementKind::Return(results) = &body[*statement].kind else {
                continue;
            };
            if let [call] = &**results
                && let Type::Tuple(types) = context.type_of(*call)
            {
                let map = types.iter().position(|type_| context.is_map(type_).is_yes());
                maps.extend(map.map(|index| (*statement, index, *call)));
                continue;
            }
            let map = results
                .iter()
                .position(|result| context.is_map(&context.type_of(*result)).is_yes());
            maps.extend(map.map(|index| (*statement, index, results[index])));
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
