//! Variables that get another value after a `defer` statement has fixed the old one.

use deferlint_semantics::body::{
    BindingId, BindingKind, Body, ExpressionId, ExpressionKind, FunctionId, Parent, StatementId,
};
use deferlint_semantics::context::{Callee, Context};
use deferlint_semantics::control_flow::{AssignedValue, Definition};

/// An assignment after a `defer` statement, and the value that it gives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Replacement {
    /// The statement that assigns.
    pub(crate) statement: StatementId,
    /// The value, also when it is one of several of a call.
    pub(crate) value: ExpressionId,
}

/// The assignments of a local variable that can run after the `defer` and are never followed by it again, in the order
/// of the text. None where a function literal uses the variable, or its address is taken: what becomes of the new value
/// isn't known then. None either where the new value is made from the old one.
pub(crate) fn replacements_after(
    context: &Context<'_>,
    function: FunctionId,
    deferred: StatementId,
    variable: BindingId,
) -> Vec<Replacement> {
    let body = context.body;
    let binding = &body[variable];
    let is_own = binding.function == function
        && matches!(binding.kind, BindingKind::Variable | BindingKind::Parameter(_))
        && !binding.is_captured()
        && !binding.is_address_taken();
    let flow = context.flow(function);
    let Some(point) = flow.point(deferred).filter(|_| is_own) else {
        return Vec::new();
    };
    let assigned = binding.uses.iter().filter(|use_| use_.access.assigns());
    let replaced = assigned.filter_map(|use_| {
        let statement = body.statement_of(use_.expression)?;
        let at = flow.point(statement)?;
        let value = value_of(body, Definition::Assignment(statement), variable)?;
        let is_later = flow.reaches(point, at) && !flow.reaches(at, point);
        let reads_old = binding
            .uses
            .iter()
            .any(|other| !other.access.assigns() && body.statement_of(other.expression) == Some(statement));
        (is_later && !reads_old).then_some(Replacement { statement, value })
    });
    replaced.collect()
}

/// The uses of a variable that can run after a statement, other than assignments.
pub(crate) fn uses_after(
    context: &Context<'_>,
    statement: StatementId,
    variable: BindingId,
) -> impl Iterator<Item = ExpressionId> {
    let body = context.body;
    let flow = context.flow(body[statement].function);
    let uses = body[variable].uses.iter().filter(move |use_| {
        let at = flow.point_of_expression(body, use_.expression);
        let after = flow.point(statement).zip(at);
        !use_.access.assigns() && after.is_some_and(|(from, to)| flow.reaches(from, to))
    });
    uses.map(|use_| use_.expression)
}

/// The expression that a definition takes a variable's value from.
pub(crate) fn value_of(body: &Body, definition: Definition, variable: BindingId) -> Option<ExpressionId> {
    match definition.value(body, variable) {
        AssignedValue::Expression(value)
        | AssignedValue::Part {
            expression: value, ..
        } => Some(body.unparenthesized(value)),
        AssignedValue::Zero | AssignedValue::Unknown => None,
    }
}

/// True when two calls are known to call the same function.
pub(crate) fn calls_the_same(context: &Context<'_>, one: ExpressionId, other: ExpressionId) -> bool {
    let callee = context.callee(one);
    let is_named = matches!(
        callee,
        Callee::Function { .. } | Callee::Method(_) | Callee::InterfaceMethod(_) | Callee::Variable(_)
    );
    is_named && callee == context.callee(other)
}

/// The expression around another one, without parentheses in between, and the inner one with its parentheses.
pub(crate) fn around(body: &Body, inner: ExpressionId) -> (ExpressionId, Option<ExpressionId>) {
    let mut inner = inner;
    while let Parent::Expression(outer) = body[inner].parent {
        if !matches!(body[outer].kind, ExpressionKind::Parenthesized(_)) {
            return (inner, Some(outer));
        }
        inner = outer;
    }
    (inner, None)
}
