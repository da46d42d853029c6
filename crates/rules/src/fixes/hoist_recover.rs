//! Moves a call of `recover` out of a nested function or loop body.

use deferlint_semantics::body::{
    Access, BindingId, Body, ExpressionId, ExpressionKind, Parent, Resolution, Span, StatementId,
    StatementKind,
};
use deferlint_text::TextEdit;

use crate::recovery::value_of;

use super::FreshNames;
use super::insert::insert_before;

/// Calls `recover` before the statement `before`, and uses its value where `recover` was called. `None` when nothing
/// uses the value there, or when `before` doesn't start its line.
pub(crate) fn hoist_recover(body: &Body, call: ExpressionId, before: StatementId) -> Option<TextEdit> {
    let statement = body.statement_of(call)?;
    if matches!(body[statement].kind, StatementKind::Expression(alone) if body.unparenthesized(alone) == call)
    {
        return None;
    }
    let mut edit = TextEdit::builder();
    let name = match initial_value(body, call, statement) {
        Some((variable, init)) => {
            edit.delete(init.in_file(0));
            body[variable].name.clone()
        }
        None => {
            let name = FreshNames::new(body).fresh("recovered");
            edit.replace(body[call].span.in_file(0), name.to_string());
            name
        }
    };
    insert_before(body, before, &format!("{name} := recover()"), &mut edit)?;
    edit.finish().ok()
}

/// The `r` and the text `r := recover(); ` of an `if`, when `r` can as well be declared further out: nothing else in the
/// declaration has that name, and nothing assigns it.
fn initial_value(body: &Body, call: ExpressionId, statement: StatementId) -> Option<(BindingId, Span)> {
    let StatementKind::ShortVar { declared, .. } = &body[statement].kind else {
        return None;
    };
    let [Some(variable)] = **declared else { return None };
    let StatementKind::If {
        init: Some(init),
        condition,
        ..
    } = body[body[statement].parent?].kind
    else {
        return None;
    };
    let name = &body[variable].name;
    let is_alone = body.bindings.iter().filter(|other| other.name == *name).count() == 1
        && body.expressions.iter().all(|expression| match &expression.kind {
            ExpressionKind::Name {
                name: other,
                resolution,
            } => other != name || *resolution == Resolution::Local(variable),
            _ => true,
        })
        && body[variable].uses.iter().all(|use_| use_.access == Access::Read);
    let is_initial = init == statement && value_of(body, call) == Some(variable);
    let deleted = Span::new(body[statement].span.start, body[condition].span.start);
    let loses_comment = body.comments.iter().any(|comment| deleted.contains(*comment));
    (is_alone && is_initial && !loses_comment).then_some((variable, deleted))
}

/// The statement of `function` in which an expression of a literal inside it stands.
pub(crate) fn statement_in(
    body: &Body,
    function: deferlint_semantics::body::FunctionId,
    expression: ExpressionId,
) -> Option<StatementId> {
    let mut current = expression;
    while body[current].function != function {
        current = body[body[current].function].literal?;
    }
    match body[current].parent {
        Parent::None => None,
        _ => body.statement_of(current),
    }
}
