//! Functions that do nothing but recover.

use super::RecoverCall;
use crate::body::{BinaryOperator, BindingId, Body, ExpressionId, ExpressionKind, FunctionId, Span};
use crate::body::{StatementId, StatementKind};

/// True when the function does nothing unless a panic was recovered: every statement of its block calls `recover`, or
/// depends on what `recover` yielded, which is in `value`.
pub fn only_recovers(
    body: &Body,
    function: FunctionId,
    recovers: &[RecoverCall],
    value: Option<BindingId>,
) -> bool {
    let Some(StatementKind::Block(statements)) = body[function].block.map(|block| &body[block].kind) else {
        return false;
    };
    let calls = || {
        let own = recovers.iter().filter(|recover| recover.function == function);
        own.map(|recover| body[recover.call].span)
    };
    let recovers_in = |span: Span| calls().any(|call| span.contains(call));
    let concerns = |span: Span| {
        let mut uses = value.into_iter().flat_map(|value| &body[value].uses);
        recovers_in(span) || uses.any(|use_| span.contains(body[use_.expression].span))
    };
    for statement in statements {
        let span = body[*statement].span;
        match &body[*statement].kind {
            StatementKind::Empty | StatementKind::Return(_) => {}
            StatementKind::If {
                condition,
                then,
                otherwise: None,
                ..
            } => {
                if !concerns(Span::new(span.start, body[*then].span.start)) {
                    return false;
                }
                if asks_for_none(body, *condition) && ends_with_return(body, *then) {
                    return true;
                }
            }
            StatementKind::Switch {
                value: Some(operand), ..
            }
            | StatementKind::TypeSwitch { operand, .. }
                if concerns(body[*operand].span) => {}
            StatementKind::Expression(_)
            | StatementKind::Assign { .. }
            | StatementKind::ShortVar { .. }
            | StatementKind::Declare(_)
            | StatementKind::Defer(_)
                if recovers_in(span) => {}
            _ => return false,
        }
    }
    calls().next().is_some()
}

/// `r == nil`
fn asks_for_none(body: &Body, condition: ExpressionId) -> bool {
    matches!(
        body[body.unparenthesized(condition)].kind,
        ExpressionKind::Binary {
            operator: BinaryOperator::Equal,
            right,
            ..
        } if body.outer_name_of(right).is_some_and(|name| name == "nil")
    )
}

fn ends_with_return(body: &Body, block: StatementId) -> bool {
    match &body[block].kind {
        StatementKind::Block(statements) => statements
            .last()
            .is_some_and(|last| matches!(body[*last].kind, StatementKind::Return(_))),
        _ => false,
    }
}
