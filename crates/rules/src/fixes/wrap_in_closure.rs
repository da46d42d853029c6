//! Wraps a deferred call in a function literal, so that its arguments are evaluated when the function returns.

use deferlint_semantics::body::{
    BindingId, ExpressionId, ExpressionKind, Resolution, StatementId, StatementKind,
};
use deferlint_semantics::context::Context;
use deferlint_semantics::types::Type;
use deferlint_text::TextEdit;

use super::layout::{indentation, is_first_on_line, is_on_one_line, newline};
use super::names::FreshNames;
use crate::Fix;

/// `defer f(x)` becomes `defer func() { f(x) }()`, where only `late` is meant to be evaluated late, the function
/// that is called or some of its arguments: another argument whose value may be a different one by then is put into a variable before the `defer`.
///
/// `None` when the callee recovers, or may for all that is known: one frame deeper its `recover` returns nil.
pub(crate) fn wrap_in_closure(
    context: &Context<'_>,
    statement: StatementId,
    late: &[ExpressionId],
) -> Option<Fix> {
    let body = context.body;
    let StatementKind::Defer(call) = body[statement].kind else {
        return None;
    };
    let (function, arguments) = body.call_of(call)?;
    let is_fixed_function = late.contains(&function) || is_fixed(context, function);
    if recovers_or_unknown(context, call) || !is_fixed_function {
        return None;
    }
    let span = body[statement].span;
    let mut names = FreshNames::new(body);
    let mut before = String::new();
    let mut edit = TextEdit::builder();
    for argument in arguments {
        if late.contains(argument) || is_fixed(context, *argument) {
            continue;
        }
        if !is_first_on_line(body, span.start) {
            return None;
        }
        let name = names.fresh("value");
        let value = body[*argument].span;
        before.push_str(&format!("{name} := {}", body.text_of(value)));
        before.push_str(newline(body));
        before.push_str(indentation(body, span.start));
        edit.replace(value.in_file(0), name.to_string());
    }
    let (open, close) = if is_on_one_line(body, body[call].span) {
        ("func() { ".to_owned(), " }()".to_owned())
    } else {
        return None;
    };
    edit.insert(span.start, before);
    edit.insert(body[call].span.start, open);
    edit.insert(body[call].span.end, close);
    Some(Fix::unsafe_(
        "Wrap the deferred call in a closure, so that it sees the final value",
        edit.finish().ok()?,
    ))
}

fn recovers_or_unknown(context: &Context<'_>, call: ExpressionId) -> bool {
    context
        .recovery_of(call)
        .is_none_or(|recovery| !recovery.recovers.is_no())
}

/// True when evaluating the expression later yields the same: constants, functions, and locals and fields of locals
/// that nothing assigns after their declaration.
pub(crate) fn is_fixed(context: &Context<'_>, expression: ExpressionId) -> bool {
    let body = context.body;
    match &body[body.unparenthesized(expression)].kind {
        ExpressionKind::Literal(_) => true,
        ExpressionKind::Name {
            resolution: Resolution::Local(binding),
            ..
        } => is_never_assigned(context, *binding),
        ExpressionKind::Name { name, .. } => {
            context.package.value(name).is_none_or(|value| value.is_constant)
        }
        ExpressionKind::Selector { operand, .. } => {
            is_member_of_package(context, *operand) || is_method(context, expression)
        }
        ExpressionKind::Binary { left, right, .. } => is_fixed(context, *left) && is_fixed(context, *right),
        _ => false,
    }
}

fn is_member_of_package(context: &Context<'_>, operand: ExpressionId) -> bool {
    context.imported_package(operand).is_some()
}

/// True for `x.m` where the receiver that the `defer` fixes is the one that the closure would see.
fn is_method(context: &Context<'_>, selector: ExpressionId) -> bool {
    let body = context.body;
    let ExpressionKind::Selector { operand, .. } = body[selector].kind else {
        return false;
    };
    matches!(context.type_of(selector), Type::Function(_)) && is_fixed(context, operand)
}

fn is_never_assigned(context: &Context<'_>, binding: BindingId) -> bool {
    let binding = &context.body[binding];
    let unchanged = binding.uses.iter().all(|use_| !use_.access.assigns());
    unchanged && !binding.is_address_taken()
}
