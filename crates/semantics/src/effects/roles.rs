//! What becomes of a function literal: deferred, started as a goroutine, called, passed on or stored.

use crate::body::{
    BindingId, Body, Declaration, ExpressionId, ExpressionKind, FunctionId, Parent, StatementId,
    StatementKind,
};

/// What is done with a function literal where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `defer func() {...}()`
    Deferred(StatementId),
    /// `go func() {...}()`
    Goroutine(StatementId),
    /// `func() {...}()`
    Called(ExpressionId),
    /// `f(func() {...})`: an argument of that call.
    Argument(ExpressionId),
    /// `f := func() {...}` or an assignment to that variable.
    Variable(BindingId),
    /// Anything else: returned, stored in a field, sent.
    Other,
}

/// The role of a literal; `None` for a declared function.
pub fn role_of(body: &Body, literal: FunctionId) -> Option<Role> {
    let mut expression = body[literal].literal?;
    loop {
        return Some(match body[expression].parent {
            Parent::Expression(outer) => match &body[outer].kind {
                ExpressionKind::Parenthesized(_) => {
                    expression = outer;
                    continue;
                }
                ExpressionKind::Call { function, .. } if *function == expression => role_of_call(body, outer),
                ExpressionKind::Call { .. } => Role::Argument(outer),
                _ => Role::Other,
            },
            Parent::Statement(statement) => {
                stored_in(body, statement, expression).map_or(Role::Other, Role::Variable)
            }
            Parent::None => Role::Other,
        });
    }
}

/// What is done with a call: it is deferred, started, or made where it stands.
fn role_of_call(body: &Body, call: ExpressionId) -> Role {
    let mut outermost = call;
    while let Parent::Expression(outer) = body[outermost].parent
        && matches!(body[outer].kind, ExpressionKind::Parenthesized(_))
    {
        outermost = outer;
    }
    match body[outermost].parent {
        Parent::Statement(statement) => match body[statement].kind {
            StatementKind::Defer(_) => Role::Deferred(statement),
            StatementKind::Go(_) => Role::Goroutine(statement),
            _ => Role::Called(call),
        },
        _ => Role::Called(call),
    }
}

fn stored_in(body: &Body, statement: StatementId, value: ExpressionId) -> Option<BindingId> {
    match &body[statement].kind {
        StatementKind::ShortVar { left, right, .. }
        | StatementKind::Assign {
            left,
            right,
            operator: None,
        } => {
            let index = right.iter().position(|right| *right == value)?;
            body.binding_of(*left.get(index)?)
        }
        StatementKind::Declare(Declaration::Variables(specs)) => specs.iter().find_map(|spec| {
            let index = spec.values.iter().position(|other| *other == value)?;
            *spec.bindings.get(index)?
        }),
        _ => None,
    }
}
