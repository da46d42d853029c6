//! Breaks what deferred calls are given, and when they are registered.

use deferlint_semantics::body::{
    Access, BindingId, BindingKind, Body, ExpressionId, ExpressionKind, Parent, StatementId, StatementKind,
    TypeExpression,
};
use deferlint_semantics::context::Callee;
use deferlint_text::TextEdit;

use super::site::{DeferredLiteral, PlainCall, Site, changes, inserted, range, replaced};

/// The deferred literals that make one call and do nothing else, each with the call.
fn single_calls(site: &Site<'_>) -> Vec<(DeferredLiteral, ExpressionId)> {
    let deferred = site.deferred_literals().into_iter();
    deferred
        .filter_map(|deferred| match site.top_statements(deferred.literal) {
            [statement] => match site.body[*statement].kind {
                StatementKind::Expression(call) => {
                    let (function, _) = site.body.call_of(call)?;
                    let is_literal = site.body.literal_of(function).is_some();
                    (!is_literal).then_some((deferred, call))
                }
                _ => None,
            },
            _ => None,
        })
        .collect()
}

/// True when the variable gets another value behind the defer.
fn changes_late(site: &Site<'_>, variable: BindingId, deferred: DeferredLiteral) -> bool {
    site.is_assigned_behind(variable, site.body[deferred.statement].span.end)
}

/// Gives a deferred call its error or its time when it is registered.
pub(super) fn defer_argument_stale(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let is_stale = |deferred, argument: ExpressionId| {
        let error = body.binding_of(argument);
        let changes = error.is_some_and(|error| site.is_error(error) && changes_late(site, error, deferred));
        let since = matches!(site.context.callee(argument),
            Callee::Function { package, name } if package == "time" && name == "Since");
        changes || since
    };
    let calls = single_calls(site).into_iter().filter(|(deferred, call)| {
        let arguments = body.call_of(*call).map_or(&[][..], |(_, arguments)| arguments);
        arguments.iter().any(|argument| is_stale(*deferred, *argument))
    });
    calls
        .map(|(deferred, call)| unwrapped(site, deferred, call))
        .collect()
}

fn unwrapped(site: &Site<'_>, deferred: DeferredLiteral, call: ExpressionId) -> TextEdit {
    replaced(
        site.body[deferred.statement].span,
        format!("defer {}", site.text_of(call)),
    )
}

/// Opens the value once more behind the `defer` that closes it, where nobody else can close it.
pub(super) fn defer_receiver_stale(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let checked = checked_defers(site).into_iter().filter(|checked| {
        let end = body[checked.call.statement].span.end;
        let mut later = body[checked.variable]
            .uses
            .iter()
            .filter(|use_| body[use_.expression].span.start > end)
            .peekable();
        checked.call.method == "Close"
            && later.peek().is_some()
            && later.all(|use_| leaves_open(site, use_.expression))
    });
    let edits = checked.filter_map(|checked| {
        let StatementKind::ShortVar { left, right, .. } = &body[checked.opening].kind else {
            return None;
        };
        let names: Vec<_> = left.iter().map(|name| site.text_of(*name)).collect();
        let again = format!(
            "\n{} = {}\n{}\n",
            names.join(", "),
            site.text_of(right[0]),
            site.text(body[checked.check].span)
        );
        Some(inserted(body[checked.call.statement].span.end, again))
    });
    edits.collect()
}

/// True for `x.Read()`, and for a call of package io or bufio that gets `x`.
fn leaves_open(site: &Site<'_>, value: ExpressionId) -> bool {
    let body = site.body;
    let Parent::Expression(outer) = body[value].parent else {
        return false;
    };
    match &body[outer].kind {
        ExpressionKind::Selector { field, .. } => field != "Close",
        ExpressionKind::Call { .. } => matches!(site.context.callee(outer),
            Callee::Function { package, .. } if package == "io" || package == "bufio"),
        _ => false,
    }
}

/// Defers a function before the variable that holds it is set.
pub(super) fn defer_function_stale(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let edits = body.statement_ids().filter_map(|deferred| {
        let StatementKind::Defer(call) = body[deferred].kind else {
            return None;
        };
        let (function, _) = body.call_of(call)?;
        let variable = body.binding_of(function)?;
        let setting = body[variable].statement?;
        let StatementKind::ShortVar {
            left,
            declared,
            right,
        } = &body[setting].kind
        else {
            return None;
        };
        let is_next = site.preceding(deferred).is_some_and(|before| {
            before == setting
                || matches!(body[before].kind, StatementKind::If { .. })
                    && site.preceding(before) == Some(setting)
        });
        let [value] = &**right else { return None };
        let type_ = site.context.type_text(&site.context.type_of_binding(variable))?;
        let names: Vec<_> = left.iter().map(|name| site.text_of(*name)).collect();
        let declares_others = declared.iter().flatten().any(|other| *other != variable);
        let operator = if declares_others { ":=" } else { "=" };
        let text = format!(
            "var {} {type_}\n{}\n{} {operator} {}",
            body[variable].name,
            site.text(body[deferred].span),
            names.join(", "),
            site.text_of(*value)
        );
        is_next.then(|| {
            changes(|builder| {
                builder.replace(range(body[setting].span), text);
                builder.delete(range(body[deferred].span));
            })
        })?
    });
    edits.collect()
}

/// Doesn't call the function that the deferred call returns.
pub(super) fn defer_uncalled_function(site: &Site<'_>) -> Vec<TextEdit> {
    let functions = site.body.function_ids();
    let deferred = functions.flat_map(|function| site.context.deferred_calls(function));
    let edits = deferred.filter_map(|deferred| {
        let (function, _) = site.body.call_of(deferred.call)?;
        site.body.call_of(function)?;
        let text = format!("defer {}", site.text_of(function));
        Some(replaced(site.body[deferred.statement].span, text))
    });
    edits.collect()
}

/// Leaves the `Close` of each turn of a loop to the end of the function.
pub(super) fn defer_in_loop(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let calls = site.plain_calls().filter(|call| {
        let block = body[call.statement].parent;
        let turns = block.and_then(|block| body[block].parent).is_some_and(|outer| {
            matches!(
                body[outer].kind,
                StatementKind::For { .. } | StatementKind::Range { .. }
            )
        });
        !call.is_deferred && call.method == "Close" && turns
    });
    calls
        .map(|call| inserted(body[call.statement].span.start, "defer "))
        .collect()
}

/// `x, err := f()`, `if err != nil { ... }` and `defer x.Close()`, one below the other.
struct CheckedDefer<'a> {
    variable: BindingId,
    opening: StatementId,
    check: StatementId,
    call: PlainCall<'a>,
}

fn checked_defers<'a>(site: &Site<'a>) -> Vec<CheckedDefer<'a>> {
    let body = site.body;
    let calls = site.plain_calls().filter(|call| call.is_deferred);
    let checked = calls.filter_map(|call| {
        let check = site.preceding(call.statement)?;
        let opening = site.preceding(check)?;
        let (
            StatementKind::If {
                init: None,
                condition,
                ..
            },
            StatementKind::ShortVar { left, right, .. },
        ) = (&body[check].kind, &body[opening].kind)
        else {
            return None;
        };
        let variable = body.root_binding(call.receiver)?;
        let [first, .., error] = &**left else {
            return None;
        };
        let asks = site.text_of(*condition) == format!("{} != nil", site.text_of(*error));
        (body.binding_of(*first) == Some(variable) && right.len() == 1 && asks).then_some(CheckedDefer {
            variable,
            opening,
            check,
            call,
        })
    });
    checked.collect()
}

/// Defers a call on a value before the error that came with it is looked at. Where the value is a `*os.File`, or can't be
/// nil, that does no harm.
pub(super) fn defer_before_error_check(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let does_harm = |variable| {
        let type_ = site.context.type_of_binding(variable);
        site.context.is_nilable(&type_).is_yes() && !type_.is_named("os", "File")
    };
    let checked = checked_defers(site).into_iter();
    let edits = checked
        .filter(|checked| does_harm(checked.variable))
        .filter_map(|checked| {
            let span = body[checked.call.statement].span;
            changes(|builder| {
                builder.insert(body[checked.check].span.start, format!("{}\n", site.text(span)));
                builder.delete(range(span));
            })
        });
    edits.collect()
}

/// Takes a map by its address, in a function that no other declaration of the directory calls.
pub(super) fn pointer_to_map(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let Some(name) = &body[Body::DECLARED].name else {
        return Vec::new();
    };
    let mut others = site
        .declarations
        .iter()
        .filter(|other| other[Body::DECLARED].name.as_ref() != Some(name));
    if others.any(|other| other.identifiers.contains(name.as_str())) {
        return Vec::new();
    }
    let parameters = body[Body::DECLARED].parameters.iter();
    let edits = parameters.filter_map(|parameter| {
        let variable = &body[parameter.binding?];
        let is_map = matches!(parameter.type_, TypeExpression::Map(_)) && !parameter.variadic;
        let is_shared = body[Body::DECLARED]
            .parameters
            .iter()
            .filter(|other| other.type_span == parameter.type_span)
            .count()
            > 1;
        let is_assigned = variable.uses.iter().any(|use_| use_.access.assigns());
        if !is_map || is_shared || is_assigned || variable.kind != BindingKind::Parameter(0) {
            return None;
        }
        changes(|builder| {
            builder.insert(parameter.type_span.start, "*");
            for use_ in variable
                .uses
                .iter()
                .filter(|use_| use_.access != Access::AddressOf)
            {
                let span = body[use_.expression].span;
                builder.replace(range(span), format!("(*{})", variable.name));
            }
        })
    });
    edits.collect()
}
