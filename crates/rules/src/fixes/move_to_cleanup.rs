//! Registers deferred calls of a test with `t.Cleanup`.

use deferlint_semantics::body::{BindingId, Body, FunctionId, Span};
use deferlint_semantics::context::{Callee, Context, DeferredCall, GoVersion};
use deferlint_semantics::types::Type;
use deferlint_text::{TextEdit, TextEditBuilder};

use super::layout::is_on_one_line;
use super::wrap_in_closure::is_fixed;
use crate::Fix;

/// `defer f()` becomes `t.Cleanup(f)`. Calls that were deferred before it must run after it, so they move as well; those
/// deferred after it run before it anyway.
///
/// `None` when one of them stands in a loop, recovers or may recover, or would see other arguments.
pub(crate) fn move_to_cleanup(
    context: &Context<'_>,
    function: FunctionId,
    last: DeferredCall,
    test: BindingId,
) -> Option<Fix> {
    let body = context.body;
    if context.go_version < GoVersion::new(1, 14) || !body[function].results.is_empty() {
        return None;
    }
    let end = body[last.statement].span.end;
    let deferred = context.deferred_calls(function);
    let moved: Vec<_> = deferred
        .into_iter()
        .filter(|deferred| body[deferred.statement].span.end <= end)
        .collect();
    let mut edit = TextEdit::builder();
    for deferred in &moved {
        register(context, *deferred, test, &mut edit)?;
    }
    let name = &body[test].name;
    let title = match moved.len() {
        1 => format!("Register the call with {name}.Cleanup"),
        _ => format!("Register the call and those deferred before it with {name}.Cleanup"),
    };
    Some(Fix::unsafe_(title, edit.finish().ok()?))
}

fn register(
    context: &Context<'_>,
    deferred: DeferredCall,
    test: BindingId,
    edit: &mut TextEditBuilder,
) -> Option<()> {
    let body = context.body;
    let statement = &body[deferred.statement];
    let name = &body[test].name;
    let is_hidden = body.lookup(statement.scope, name, statement.span.start) != Some(test);
    let repeats = context.flow(statement.function).can_repeat(deferred.statement);
    if is_hidden || repeats || may_recover(context, deferred) {
        return None;
    }
    let (called, arguments) = body.call_of(deferred.call)?;
    let called_span = body[called].span;
    let (before, after) = (
        Span::new(statement.span.start, called_span.start),
        Span::new(called_span.end, statement.span.end),
    );
    if takes_and_yields_nothing(context, deferred, called) {
        replace(body, before, format!("{name}.Cleanup("), edit)?;
        return replace(body, after, ")".to_owned(), edit);
    }
    let is_settled = is_fixed(context, called) || matches!(context.callee(deferred.call), Callee::Builtin(_));
    let are_settled = arguments.iter().all(|argument| is_fixed(context, *argument));
    if deferred.literal.is_some() || !is_settled || !are_settled || !is_on_one_line(body, statement.span) {
        return None;
    }
    replace(body, before, format!("{name}.Cleanup(func() {{ "), edit)?;
    edit.insert(statement.span.end, " })");
    Some(())
}

fn replace(body: &Body, span: Span, text: String, edit: &mut TextEditBuilder) -> Option<()> {
    let has_comment = body.comments.iter().any(|comment| span.contains(*comment));
    (!has_comment).then(|| edit.replace(span.in_file(0), text))?;
    Some(())
}

/// True unless the deferred call certainly lets panics through. A `context.CancelFunc` does.
fn may_recover(context: &Context<'_>, deferred: DeferredCall) -> bool {
    if let Callee::Variable(variable) = context.callee(deferred.call)
        && context
            .type_of_binding(variable)
            .is_named("context", "CancelFunc")
    {
        return false;
    }
    context
        .recovery_of(deferred.call)
        .is_none_or(|recovery| !recovery.recovers.is_no())
}

/// True for a function that `t.Cleanup` takes as it is.
fn takes_and_yields_nothing(
    context: &Context<'_>,
    deferred: DeferredCall,
    called: deferlint_semantics::body::ExpressionId,
) -> bool {
    if let Some(literal) = deferred.literal {
        let literal = &context.body[literal];
        return literal.parameters.is_empty() && literal.results.is_empty();
    }
    let type_ = context.type_of(called);
    match &type_ {
        Type::Function(signature) => signature.parameters.is_empty() && signature.results.is_empty(),
        type_ => type_.is_named("context", "CancelFunc") && !matches!(type_, Type::Pointer(_)),
    }
}
