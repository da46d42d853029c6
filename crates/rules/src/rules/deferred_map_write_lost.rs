//! A deferred closure writes to a local map that nobody sees afterwards.

use deferlint_semantics::body::{
    Access, BindingId, BindingKind, ExpressionId, ExpressionKind, FunctionId, Origin, Parent, StatementId,
    StatementKind, Use,
};
use deferlint_semantics::context::{Builtin, Callee, Context, DeferredCall};

use crate::fixes::{FreshNames, NamedResults};
use crate::places::{is_clone_of_map, returns, runs_at};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "deferred-map-write-lost",
    category: Category::Maps,
    severity: Severity::Warning,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/deferred-map-write-lost.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for function in context.body.function_ids() {
        let types = context.result_types(function);
        let Some(index) = types.iter().position(|type_| context.is_map(type_).is_yes()) else {
            continue;
        };
        for deferred in context.deferred_calls(function) {
            if let Some(literal) = deferred.literal {
                check_literal(context, findings, function, index, deferred, literal);
            }
        }
    }
}

fn check_literal(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    function: FunctionId,
    index: usize,
    deferred: DeferredCall,
    literal: FunctionId,
) {
    let body = context.body;
    for map in body
        .binding_ids()
        .filter(|id| is_private_map(context, *id, function, literal))
    {
        let writes = body[map].uses.iter().filter(|use_| use_.function == literal);
        for write in writes.map(|use_| use_.expression) {
            let Some(statement) = body.statement_of(write) else {
                continue;
            };
            let at =
                returns(body, function).find(|(at, _)| runs_at(context, function, deferred.statement, *at));
            let Some((at, _)) = at else { return };
            let finding = findings.report(
                body[statement].span,
                format!(
                    "the write is lost: this runs after the return, and the function returns another map than `{}`\n\
                     name the result and write to it, or return the map that is written to",
                    body[map].name
                ),
            );
            finding.related(body[at].span, "another map is returned here");
            finding.fix(write_to_result(
                context,
                function,
                index,
                deferred.statement,
                literal,
                map,
            ));
        }
    }
}

/// True for a map that this function makes, whose every use in it is known, and to which the literal does nothing but
/// write.
fn is_private_map(context: &Context<'_>, id: BindingId, function: FunctionId, literal: FunctionId) -> bool {
    let binding = &context.body[id];
    let is_local = binding.function == function && binding.kind == BindingKind::Variable;
    let writes = binding.uses.iter().any(|use_| use_.function == literal);
    is_local
        && writes
        && is_made_here(context, &binding.origin)
        && binding.uses.iter().all(|use_| {
            if use_.function == literal {
                is_element_write(context, *use_)
            } else {
                use_.function == function && stays_here(context, *use_)
            }
        })
}

fn is_made_here(context: &Context<'_>, origin: &Origin) -> bool {
    let Origin::Value {
        expression,
        index: None,
    } = origin
    else {
        return false;
    };
    let value = context.body.unparenthesized(*expression);
    context.is_map(&context.type_of(value)).is_yes()
        && match context.body[value].kind {
            ExpressionKind::Composite { .. } => true,
            ExpressionKind::Call { .. } => context.builtin_call(value) == Some(Builtin::Make),
            _ => false,
        }
}

/// `m[k] = v`, `m[k]++` as a statement of its own.
fn is_element_write(context: &Context<'_>, use_: Use) -> bool {
    let body = context.body;
    let Parent::Expression(outer) = body[use_.expression].parent else {
        return false;
    };
    use_.access == Access::WriteThrough
        && matches!(body[outer].kind, ExpressionKind::Index { operand, .. } if operand == use_.expression)
        && matches!(body[outer].parent, Parent::Statement(_))
}

/// True for a use through which nothing else can come to hold the map: an element, its length, a loop over it, a copy.
fn stays_here(context: &Context<'_>, use_: Use) -> bool {
    let body = context.body;
    match body[use_.expression].parent {
        Parent::Expression(outer) => match &body[outer].kind {
            ExpressionKind::Index { operand, .. } => {
                *operand == use_.expression && use_.access != Access::AddressOf
            }
            ExpressionKind::Call { .. } => is_harmless_call(context, outer),
            _ => false,
        },
        Parent::Statement(statement) => {
            matches!(body[statement].kind, StatementKind::Range { operand, .. } if operand == use_.expression)
        }
        Parent::None => false,
    }
}

fn is_harmless_call(context: &Context<'_>, call: ExpressionId) -> bool {
    match context.callee(call) {
        Callee::Builtin(builtin) => matches!(builtin, Builtin::Len | Builtin::Delete | Builtin::Clear),
        _ => is_clone_of_map(context, call),
    }
}

/// Names the result and writes to it. Only where every return yields a map that isn't nil, and where the local map is
/// still used without the writes.
fn write_to_result(
    context: &Context<'_>,
    function: FunctionId,
    index: usize,
    deferred: StatementId,
    literal: FunctionId,
    map: BindingId,
) -> Option<Fix> {
    let body = context.body;
    let mut at = returns(body, function).filter(|(at, _)| runs_at(context, function, deferred, *at));
    let is_never_nil = |results: &[ExpressionId]| {
        results
            .get(index)
            .is_some_and(|result| is_never_nil(context, *result))
    };
    let still_used = body[map]
        .uses
        .iter()
        .any(|use_| use_.function != literal && use_.access != Access::Write);
    let same_type = context.result_types(function).get(index) == Some(&context.type_of_binding(map));
    if !at.all(|(_, results)| is_never_nil(results)) || !still_used || !same_type {
        return None;
    }
    let name = FreshNames::new(body).fresh("m");
    let mut named = NamedResults::new(context, function, index, &name)?;
    for use_ in body[map].uses.iter().filter(|use_| use_.function == literal) {
        named
            .builder()
            .replace(body[use_.expression].span.in_file(0), name.to_string());
    }
    Some(Fix::unsafe_("Name the result and write to it", named.finish()?))
}

fn is_never_nil(context: &Context<'_>, result: ExpressionId) -> bool {
    let result = context.body.unparenthesized(result);
    match &context.body[result].kind {
        ExpressionKind::Composite { .. } => true,
        ExpressionKind::Call { arguments, .. } => {
            let copies =
                is_clone_of_map(context, result) && arguments.iter().all(|map| holds_made_map(context, *map));
            copies || context.builtin_call(result) == Some(Builtin::Make)
        }
        _ => false,
    }
}

fn holds_made_map(context: &Context<'_>, expression: ExpressionId) -> bool {
    context.body.binding_of(expression).is_some_and(|binding| {
        let binding = &context.body[binding];
        is_made_here(context, &binding.origin) && binding.uses.iter().all(|use_| !use_.access.assigns())
    })
}
