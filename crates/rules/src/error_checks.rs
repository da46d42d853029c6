//! Where the error that comes with a value is checked.

use deferlint_semantics::body::{
    BinaryOperator, BindingId, Body, ExpressionId, ExpressionKind, StatementId, StatementKind,
};
use deferlint_semantics::context::Context;
use deferlint_semantics::control_flow::CallOutcome;

/// The local variables of type `error` that a statement assigns or declares.
pub(crate) fn errors_assigned_with(context: &Context<'_>, statement: StatementId) -> Vec<BindingId> {
    let body = context.body;
    let (StatementKind::Assign { left, .. } | StatementKind::ShortVar { left, .. }) = &body[statement].kind
    else {
        return Vec::new();
    };
    let assigned = left.iter().filter_map(|target| body.binding_of(*target));
    assigned
        .filter(|variable| context.is_error(&context.type_of_binding(*variable)).is_yes())
        .collect()
}

/// The `if err != nil { return ... }` that checks the error a statement assigned: the `if` whose first part the
/// statement is, or the one right below it. It has no `else`, and its block leaves.
pub(crate) fn check_after(context: &Context<'_>, assigned: StatementId) -> Option<StatementId> {
    let body = context.body;
    let check = match body[assigned].parent.map(|parent| (parent, &body[parent].kind)) {
        Some((parent, StatementKind::If { init, .. })) if *init == Some(assigned) => parent,
        _ => statement_below(body, assigned)?,
    };
    let errors = errors_assigned_with(context, assigned);
    errors
        .iter()
        .any(|error| is_check_of(context, check, *error))
        .then_some(check)
}

/// True for `if err != nil { ... }` without an `else`, whose block leaves the list of statements.
pub(crate) fn is_check_of(context: &Context<'_>, check: StatementId, error: BindingId) -> bool {
    !has_else(context.body, check) && begins_with_check_of(context, check, error)
}

/// The same of an `if` that may have an `else`.
pub(crate) fn begins_with_check_of(context: &Context<'_>, check: StatementId, error: BindingId) -> bool {
    let StatementKind::If { condition, then, .. } = context.body[check].kind else {
        return false;
    };
    asks_for_error(context, condition, error) && leaves(context, then)
}

/// True for an `if` with an `else`.
pub(crate) fn has_else(body: &Body, statement: StatementId) -> bool {
    matches!(
        body[statement].kind,
        StatementKind::If {
            otherwise: Some(_),
            ..
        }
    )
}

/// `err != nil`
fn asks_for_error(context: &Context<'_>, condition: ExpressionId, error: BindingId) -> bool {
    let body = context.body;
    matches!(
        body[body.unparenthesized(condition)].kind,
        ExpressionKind::Binary {
            operator: BinaryOperator::NotEqual,
            left,
            right,
        } if body.binding_of(left) == Some(error) && context.is_builtin(right, "nil")
    )
}

/// True when the block's last statement leads away from what follows the block.
fn leaves(context: &Context<'_>, block: StatementId) -> bool {
    let body = context.body;
    let StatementKind::Block(statements) = &body[block].kind else {
        return false;
    };
    statements.last().is_some_and(|last| match body[*last].kind {
        StatementKind::Return(_)
        | StatementKind::Break(_)
        | StatementKind::Continue(_)
        | StatementKind::Goto(_) => true,
        StatementKind::Expression(call) => {
            body.call_of(call).is_some()
                && context.outcome(body.unparenthesized(call)) != CallOutcome::Returns
        }
        _ => false,
    })
}

/// The next statement in the same list of statements.
pub(crate) fn statement_below(body: &Body, statement: StatementId) -> Option<StatementId> {
    let found = &body[statement];
    let mut below = body[found.function].statements.iter().filter(|id| {
        let other = &body[**id];
        other.parent == found.parent && other.scope == found.scope && other.span.start >= found.span.end
    });
    below.next().copied()
}
