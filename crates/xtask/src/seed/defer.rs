//! Breaks what deferred calls are given, and when they are registered.

use deferlint_semantics::body::{
    Access, BindingId, BindingKind, Body, ExpressionId, ExpressionKind, StatementKind, TypeExpression,
};
use deferlint_semantics::context::Callee;
use deferlint_text::TextEdit;

use super::site::{DeferredLiteral, Site, changes, inserted, range, replaced};

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

/// Defers a method of the value that a variable has at the defer.
pub(super) fn defer_receiver_stale(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let calls = single_calls(site).into_iter().filter(|(deferred, call)| {
        let receiver = body
            .call_of(*call)
            .and_then(|(function, _)| match body[function].kind {
                ExpressionKind::Selector { operand, .. } => body.binding_of(operand),
                _ => None,
            });
        receiver.is_some_and(|receiver| changes_late(site, receiver, *deferred))
    });
    calls
        .map(|(deferred, call)| unwrapped(site, deferred, call))
        .collect()
}

/// Defers the function that a variable holds at the defer.
pub(super) fn defer_function_stale(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let mut edits = Vec::new();
    for deferred in site.deferred_literals() {
        let call = body[deferred.literal].statements.iter().find_map(|statement| {
            let StatementKind::Expression(call) = body[*statement].kind else {
                return None;
            };
            let function = body.binding_of(body.call_of(call)?.0)?;
            changes_late(site, function, deferred).then_some(call)
        });
        edits.extend(call.map(|call| unwrapped(site, deferred, call)));
    }
    edits
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

/// Exits at the end of a function that defers.
pub(super) fn defer_skipped_by_exit(site: &Site<'_>) -> Vec<TextEdit> {
    let function = &site.body[Body::DECLARED];
    let imports_os = site.context.file.imports.iter().any(|import| import.path == "os");
    let is_main = matches!(function.name.as_deref(), Some("main" | "TestMain"));
    let defers_close = site.plain_calls().any(|call| {
        call.is_deferred && call.method == "Close" && site.body[call.statement].function == Body::DECLARED
    });
    let last = site.top_statements(Body::DECLARED).last();
    let goes_on = last.is_some_and(|last| {
        !matches!(
            site.body[*last].kind,
            StatementKind::Return(_) | StatementKind::For { .. } | StatementKind::Select(_)
        )
    });
    if !imports_os || is_main || !defers_close || !goes_on || !function.results.is_empty() {
        return Vec::new();
    }
    let inner = site.inner(Body::DECLARED);
    inner
        .map(|inner| inserted(inner.end, "\nos.Exit(1)\n"))
        .into_iter()
        .collect()
}

/// Defers a call on a value before the error that came with it is looked at.
pub(super) fn defer_before_error_check(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let calls = site
        .plain_calls()
        .filter(|call| call.is_deferred && call.method == "Close");
    let edits = calls.filter_map(|call| {
        let check = site.preceding(call.statement)?;
        let assignment = site.preceding(check)?;
        let (
            StatementKind::If {
                init: None,
                condition,
                ..
            },
            StatementKind::ShortVar { left, right, .. },
        ) = (&body[check].kind, &body[assignment].kind)
        else {
            return None;
        };
        let value = body.root_binding(call.receiver)?;
        let [first, .., error] = &**left else {
            return None;
        };
        let name = site.text_of(*error);
        let asks = site.text_of(*condition) == format!("{name} != nil");
        if body.binding_of(*first) != Some(value) || right.len() != 1 || !asks {
            return None;
        }
        let span = body[call.statement].span;
        changes(|builder| {
            builder.insert(body[check].span.start, format!("{}\n", site.text(span)));
            builder.delete(range(span));
        })
    });
    edits.collect()
}

/// Drops the error of closing a file that was written.
pub(super) fn writable_close_lost(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let mut edits = Vec::new();
    for deferred in site.deferred_literals() {
        let [statement] = site.top_statements(deferred.literal) else {
            continue;
        };
        let StatementKind::If { init: Some(init), .. } = body[*statement].kind else {
            continue;
        };
        let StatementKind::ShortVar { right, .. } = &body[init].kind else {
            continue;
        };
        if let [call] = &**right
            && site.text_of(*call).ends_with(".Close()")
        {
            edits.push(unwrapped(site, deferred, *call));
        }
    }
    edits
}

/// Takes a map by its address.
pub(super) fn pointer_to_map(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
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
