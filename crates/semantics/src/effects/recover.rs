//! Calls of `recover` and what they can stop.
//!
//! `recover` stops a panic when the function that calls it was itself called by a `defer` of the panicking function (Go
//! specification, "Handling panics"). `defer recover()` counts as a call by the function whose `defer` it is: inside a
//! deferred literal it recovers, in the panicking function itself it doesn't.

use crate::body::{BindingId, Body, ExpressionId, ExpressionKind, FunctionId, StatementId, StatementKind};

/// One call of the predeclared `recover`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoverCall {
    /// The call.
    pub call: ExpressionId,
    /// The function or literal that makes it.
    pub function: FunctionId,
    /// How it is made.
    pub form: RecoverForm,
}

/// How `recover` is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoverForm {
    /// In an expression or a statement of its own.
    Plain,
    /// `defer recover()`
    Deferred(StatementId),
    /// In an argument of a deferred call: `defer f(recover())`. It runs when the `defer` statement does.
    DeferredArgument(StatementId),
    /// `go recover()`, or in an argument there.
    Goroutine,
}

/// What happens around a `recover` call when it has stopped a panic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovering {
    /// The call.
    pub call: ExpressionId,
    /// The variable that gets the recovered value.
    pub value: Option<BindingId>,
    /// The block that runs only when a panic was recovered: of `if r := recover(); r != nil { }` and its variants.
    pub branch: Option<StatementId>,
}

/// Every call of `recover` in the body, in the order of the text. `is_recover` says whether a name's expression is the
/// predeclared function.
pub fn recover_calls(body: &Body, is_recover: impl Fn(ExpressionId) -> bool) -> Vec<RecoverCall> {
    if !body.identifiers.contains("recover") {
        return Vec::new();
    }
    let calls = body.expression_ids().filter(|id| match &body[*id].kind {
        ExpressionKind::Call {
            function, arguments, ..
        } => arguments.is_empty() && is_recover(*function),
        _ => false,
    });
    let mut calls: Vec<_> = calls
        .map(|call| RecoverCall {
            call,
            function: body[call].function,
            form: form_of(body, call),
        })
        .collect();
    calls.sort_by_key(|recover| body[recover.call].span.start);
    calls
}

fn form_of(body: &Body, call: ExpressionId) -> RecoverForm {
    let Some(statement) = body.statement_of(call) else {
        return RecoverForm::Plain;
    };
    match body[statement].kind {
        StatementKind::Defer(deferred) if body.unparenthesized(deferred) == call => {
            RecoverForm::Deferred(statement)
        }
        StatementKind::Defer(_) => RecoverForm::DeferredArgument(statement),
        StatementKind::Go(_) => RecoverForm::Goroutine,
        _ => RecoverForm::Plain,
    }
}

impl Recovering {
    /// What the function does with the value that this call of `recover` yields.
    pub fn of(body: &Body, call: ExpressionId) -> Self {
        let value = value_of(body, call);
        Self {
            call,
            value,
            branch: branch_of(body, call, value),
        }
    }
}

/// The `r` of `r := recover()`.
fn value_of(body: &Body, call: ExpressionId) -> Option<BindingId> {
    let statement = body.statement_of(call)?;
    match &body[statement].kind {
        StatementKind::ShortVar { left, right, .. }
        | StatementKind::Assign {
            left,
            right,
            operator: None,
        } => {
            let index = right
                .iter()
                .position(|value| body.unparenthesized(*value) == call)?;
            body.binding_of(*left.get(index)?)
        }
        _ => None,
    }
}

/// The block of the `if` that asks whether something was recovered.
fn branch_of(body: &Body, call: ExpressionId, value: Option<BindingId>) -> Option<StatementId> {
    let function = body[call].function;
    let is_recovered = |expression: ExpressionId| {
        body.unparenthesized(expression) == call || (value.is_some() && body.binding_of(expression) == value)
    };
    body[function]
        .statements
        .iter()
        .find_map(|statement| match &body[*statement].kind {
            StatementKind::If { condition, then, .. } => {
                let ExpressionKind::Binary {
                    operator,
                    left,
                    right,
                } = &body[body.unparenthesized(*condition)].kind
                else {
                    return None;
                };
                let is_nil = |expression: ExpressionId| {
                    body.outer_name_of(expression).is_some_and(|name| name == "nil")
                };
                let asks = (is_recovered(*left) && is_nil(*right)) || (is_nil(*left) && is_recovered(*right));
                (asks && *operator == crate::body::BinaryOperator::NotEqual).then_some(*then)
            }
            _ => None,
        })
}

/// The calls that stand directly in a function's statements, in any expression, without those of literals inside.
pub(super) fn calls_of(body: &Body, function: FunctionId) -> impl Iterator<Item = ExpressionId> + '_ {
    body.expression_ids().filter(move |id| {
        body[*id].function == function && matches!(body[*id].kind, ExpressionKind::Call { .. })
    })
}
