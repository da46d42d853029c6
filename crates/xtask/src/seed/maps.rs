//! Breaks how maps are made, returned and written.

use deferlint_semantics::body::{
    BindingId, Body, ExpressionId, ExpressionKind, FunctionId, Parent, StatementId, StatementKind,
};
use deferlint_semantics::context::Builtin;
use deferlint_semantics::types::Type;
use deferlint_text::TextEdit;

use super::site::{Site, changes, inserted, range, replaced};

/// `m := make(map[K]V)` at the top of a function that returns `m` at its end.
struct MadeMap<'a> {
    statement: StatementId,
    variable: BindingId,
    /// `map[K]V`
    type_: &'a str,
    /// The operands of the returns that are the map.
    returned: Vec<ExpressionId>,
}

fn made_maps<'a>(site: &Site<'a>, function: FunctionId) -> Vec<MadeMap<'a>> {
    let body = site.body;
    let statements = site.top_statements(function).iter();
    let made = statements.filter_map(|statement| {
        let StatementKind::ShortVar { declared, right, .. } = &body[*statement].kind else {
            return None;
        };
        let ([Some(variable)], [value]) = (&**declared, &**right) else {
            return None;
        };
        if site.context.builtin_call(*value) != Some(Builtin::Make) || !site.is_map(*variable) {
            return None;
        }
        let (_, arguments) = body.call_of(*value)?;
        let returned: Vec<_> = site
            .returns(function)
            .flat_map(|(_, results)| results.iter().copied())
            .filter(|result| body.binding_of(*result) == Some(*variable))
            .collect();
        Some(MadeMap {
            statement: *statement,
            variable: *variable,
            type_: site.text_of(*arguments.first()?),
            returned,
        })
    });
    made.collect()
}

/// Returns a new map in the place of the one that was filled, behind a defer.
pub(super) fn map_returned_directly(site: &Site<'_>) -> Vec<TextEdit> {
    let function = Body::DECLARED;
    let edits = made_maps(site, function).into_iter().filter_map(|made| {
        let last = *made.returned.last()?;
        changes(|builder| {
            builder.insert(site.body[made.statement].span.start, "defer println()\n");
            builder.replace(range(site.body[last].span), format!("make({})", made.type_));
        })
    });
    edits.collect()
}

/// Clears the returned map in a deferred closure.
pub(super) fn returned_map_cleared(site: &Site<'_>) -> Vec<TextEdit> {
    let functions = site.body.function_ids();
    let made = functions.flat_map(|function| made_maps(site, function));
    made.filter(|made| !made.returned.is_empty())
        .map(|made| {
            let name = &site.body[made.variable].name;
            let end = site.body[made.statement].span.end;
            inserted(end, format!("\ndefer func() {{ clear({name}) }}()\n"))
        })
        .collect()
}

/// Returns another map than the one that a deferred closure writes to.
pub(super) fn deferred_map_write_lost(site: &Site<'_>) -> Vec<TextEdit> {
    let functions = site.body.function_ids();
    let made = functions.flat_map(|function| made_maps(site, function));
    made.filter(|made| !made.returned.is_empty() && stays_inside(site, made))
        .filter_map(|made| {
            let name = &site.body[made.variable].name;
            let type_ = site.context.type_of_binding(made.variable);
            let Type::Map(pair) = site.context.underlying(&type_) else {
                return None;
            };
            let (key, value) = (site.context.type_text(&pair.0)?, site.context.type_text(&pair.1)?);
            changes(|builder| {
                let end = site.body[made.statement].span.end;
                let write = format!("\ndefer func() {{ {name}[*new({key})] = *new({value}) }}()\n");
                builder.insert(end, write);
                for result in &made.returned {
                    builder.replace(range(site.body[*result].span), format!("{}{{}}", made.type_));
                }
            })
        })
        .collect()
}

/// True when the map is only written, read and returned: nobody else holds it.
fn stays_inside(site: &Site<'_>, made: &MadeMap<'_>) -> bool {
    let body = site.body;
    body[made.variable].uses.iter().all(|use_| {
        made.returned.contains(&use_.expression)
            || matches!(body[use_.expression].parent, Parent::Expression(outer)
                if matches!(body[outer].kind, ExpressionKind::Index { operand, .. } if operand == use_.expression))
    })
}

/// Names a map result that a return leaves nil, and writes to it in a deferred closure.
pub(super) fn deferred_write_to_nil_map(site: &Site<'_>) -> Vec<TextEdit> {
    let function = Body::DECLARED;
    let declared = &site.body[function];
    let types = site.context.result_types(function);
    let ([result], [Type::Map(pair)]) = (&*declared.results, &types[..]) else {
        return Vec::new();
    };
    let (key, value) = (site.context.type_text(&pair.0), site.context.type_text(&pair.1));
    let (Some(key), Some(value), Some(span), Some(inner)) =
        (key, value, declared.results_span, site.inner(function))
    else {
        return Vec::new();
    };
    let returns_nil = site.returns(function).any(|(_, results)| {
        results
            .iter()
            .any(|result| site.context.is_builtin(*result, "nil"))
    });
    if result.name.is_some() || !returns_nil || site.body.identifiers.contains("lateMap") {
        return Vec::new();
    }
    let edit = changes(|builder| {
        builder.replace(range(span), format!("(lateMap {})", site.text(result.type_span)));
        let write = format!("\ndefer func() {{ lateMap[*new({key})] = *new({value}) }}()\n");
        builder.insert(inner.start, write);
    });
    edit.into_iter().collect()
}

/// Drops the `make` of a map that is written next.
pub(super) fn nil_map_write(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let functions = body.function_ids();
    let made = functions.flat_map(|function| made_maps(site, function));
    made.filter(|made| {
        body[made.variable]
            .uses
            .iter()
            .any(|use_| is_written(site, use_.expression))
    })
    .map(|made| {
        let text = format!("var {} {}", body[made.variable].name, made.type_);
        replaced(body[made.statement].span, text)
    })
    .collect()
}

/// True for the `m` of `m[k] = v`.
fn is_written(site: &Site<'_>, map: ExpressionId) -> bool {
    let body = site.body;
    let Parent::Expression(element) = body[map].parent else {
        return false;
    };
    let Parent::Statement(statement) = body[element].parent else {
        return false;
    };
    match &body[statement].kind {
        StatementKind::Assign { left, .. } => left.contains(&element),
        StatementKind::IncDec { operand, .. } => *operand == element,
        _ => false,
    }
}

/// Returns the map whose elements a method writes under a lock, from a method that unlocks.
pub(super) fn guarded_map_returned(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let Some(receiver) = &body[Body::DECLARED].receiver else {
        return Vec::new();
    };
    let Some(name) = receiver.name.as_deref().filter(|_| !site.imports("testing")) else {
        return Vec::new();
    };
    let unlocks = site.deferred_unlocks();
    let is_own = |mutex| body.root_binding(mutex).is_some() && body.root_binding(mutex) == receiver.binding;
    let mut own = unlocks.iter().filter(|(lock, _)| is_own(lock.receiver));
    let Some((lock, _)) = own.find(|(lock, _)| lock.method == "Lock") else {
        return Vec::new();
    };
    let written = body.expression_ids().find_map(|map| {
        let ExpressionKind::Selector { operand, .. } = body[map].kind else {
            return None;
        };
        let type_ = site.context.type_of(map);
        let is_own = body.binding_of(operand).is_some() && body.binding_of(operand) == receiver.binding;
        (is_own && !replaces(site, map) && site.context.is_map(&type_).is_yes() && is_written(site, map))
            .then(|| site.context.type_text(&type_))?
            .map(|type_| (site.text_of(map), type_))
    });
    let Some((map, type_)) = written else {
        return Vec::new();
    };
    let mutex = site.text_of(lock.receiver);
    let receiver = site.text(receiver.type_span);
    let method = format!(
        "\n\nfunc ({name} {receiver}) deferlintGuarded() {type_} {{\n\
         {mutex}.Lock()\ndefer {mutex}.Unlock()\nreturn {map}\n}}\n"
    );
    vec![inserted(body[Body::DECLARED].span.end, method)]
}

/// True when the declaration puts another map there: it doesn't write the one that others hold.
fn replaces(site: &Site<'_>, map: ExpressionId) -> bool {
    let body = site.body;
    let text = site.text_of(map);
    body.statement_ids().any(|statement| {
        let StatementKind::Assign { left, .. } = &body[statement].kind else {
            return false;
        };
        let fills = body.enclosing_statements(statement).any(|outer| {
            matches!(body[outer].kind, StatementKind::If { condition, .. }
                if site.text_of(condition) == format!("{text} == nil"))
        });
        !fills && left.iter().any(|target| site.text_of(*target) == text)
    })
}

/// Starts a goroutine for each write of a loop.
pub(super) fn concurrent_map_write(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let mut edits = Vec::new();
    for function in body.function_ids() {
        for made in made_maps(site, function) {
            for use_ in &body[made.variable].uses {
                let Some(statement) = body.statement_of(use_.expression) else {
                    continue;
                };
                let in_loop = body.enclosing_statements(statement).any(|outer| {
                    matches!(
                        body[outer].kind,
                        StatementKind::Range { .. } | StatementKind::For { .. }
                    )
                });
                if in_loop && use_.function == function && is_written(site, use_.expression) {
                    let span = body[statement].span;
                    edits.push(replaced(span, format!("go func() {{ {} }}()", site.text(span))));
                }
            }
        }
    }
    edits
}
