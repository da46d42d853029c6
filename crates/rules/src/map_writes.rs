//! Writes of map elements, which panic when the map is nil.

use deferlint_semantics::body::{
    BindingId, Body, ExpressionId, ExpressionKind, Parent, StatementId, StatementKind,
};
use deferlint_semantics::context::{Callee, Context};

use crate::places::with_parentheses;

/// `m[k] = v`, `m[k] += v`, `m[k]++` or `for m[k] = range`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ElementWrite {
    /// The statement.
    pub(crate) statement: StatementId,
    /// The `m[k]`.
    pub(crate) target: ExpressionId,
    /// The `m`, without parentheses around it.
    pub(crate) map: ExpressionId,
}

/// The writes of elements of what are certainly maps, in the whole declaration.
pub(crate) fn map_writes(context: &Context<'_>) -> Vec<ElementWrite> {
    let body = context.body;
    let writes = body.statement_ids().flat_map(|statement| {
        let targets = targets(body, statement).iter();
        targets.filter_map(move |target| element_write(body, statement, *target))
    });
    writes
        .filter(|write| context.is_map(&context.type_of(write.map)).is_yes())
        .collect()
}

/// The left-hand sides of a statement that assigns something.
pub(crate) fn targets(body: &Body, statement: StatementId) -> &[ExpressionId] {
    match &body[statement].kind {
        StatementKind::Assign { left, .. }
        | StatementKind::Range {
            left, define: false, ..
        } => left,
        StatementKind::IncDec { operand, .. } => std::slice::from_ref(operand),
        _ => &[],
    }
}

fn element_write(body: &Body, statement: StatementId, target: ExpressionId) -> Option<ElementWrite> {
    let target = body.unparenthesized(target);
    match body[target].kind {
        ExpressionKind::Index { operand, .. } => Some(ElementWrite {
            statement,
            target,
            map: body.unparenthesized(operand),
        }),
        _ => None,
    }
}

/// True when a method with a pointer receiver, or one that isn't known, is called on the variable or taken from it: it
/// may give the variable another map.
pub(crate) fn may_be_set_by_method(context: &Context<'_>, variable: BindingId) -> bool {
    let body = context.body;
    body[variable].uses.iter().any(|use_| {
        let Parent::Expression(outer) = body[with_parentheses(body, use_.expression)].parent else {
            return false;
        };
        matches!(body[outer].kind, ExpressionKind::Selector { .. })
            && !matches!(context.callee_of(outer), Callee::Method(method) if !method.pointer_receiver)
    })
}
