//! What a method reads of its receiver.

use super::frames::with_parentheses;
use crate::body::{Access, Body, ExpressionId, ExpressionKind, Parent};
use crate::facts::ReceiverReads;

/// What a method reads of its receiver: nothing for a function, and for a method whose receiver has no name. What the
/// methods read that it calls on its receiver isn't followed.
pub(super) fn receiver_reads(body: &Body) -> ReceiverReads {
    let mut reads = ReceiverReads::default();
    let receiver = body[Body::DECLARED].receiver.as_ref();
    let Some(binding) = receiver.and_then(|receiver| receiver.binding) else {
        return reads;
    };
    for use_ in &body[binding].uses {
        if use_.access.assigns() {
            continue;
        }
        match selected_at(body, use_.expression) {
            Some(selector) if is_called(body, selector) => {}
            Some(selector) if use_.access != Access::WriteThrough => {
                if let ExpressionKind::Selector { field, .. } = &body[selector].kind {
                    reads.fields.push(field.clone());
                }
            }
            Some(_) => {}
            None => reads.as_a_whole = true,
        }
    }
    reads.fields.sort_unstable();
    reads.fields.dedup();
    reads
}

/// The `r.f` around a receiver's name.
fn selected_at(body: &Body, name: ExpressionId) -> Option<ExpressionId> {
    match body[with_parentheses(body, name)].parent {
        Parent::Expression(outer) if matches!(body[outer].kind, ExpressionKind::Selector { .. }) => {
            Some(outer)
        }
        _ => None,
    }
}

fn is_called(body: &Body, selector: ExpressionId) -> bool {
    let callee = with_parentheses(body, selector);
    matches!(body[callee].parent, Parent::Expression(outer)
        if body.call_of(outer).is_some_and(|(function, _)| function == callee))
}
