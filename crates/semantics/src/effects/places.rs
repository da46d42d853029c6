//! Places that a caller can name: parameters, the receiver, package-level variables, and fields reached from them.

use crate::Name;
use crate::body::{
    BindingId, BindingKind, Body, ExpressionId, ExpressionKind, FunctionId, Origin, Resolution, UnaryOperator,
};
use crate::facts::{ParameterIndex, Place};

/// How far aliases are followed.
const MAX_ALIASES: u32 = 8;

/// The place of an expression inside a declared function or a literal that runs on its frame. Elements of a map or slice
/// are another place than the map itself: they are [`ParameterIndex::Other`].
pub(super) fn place_of(body: &Body, expression: ExpressionId) -> Place {
    place(body, expression, MAX_ALIASES).unwrap_or(Place {
        root: ParameterIndex::Other,
        fields: Vec::new(),
    })
}

fn place(body: &Body, expression: ExpressionId, aliases: u32) -> Option<Place> {
    match &body[expression].kind {
        ExpressionKind::Parenthesized(inner)
        | ExpressionKind::Unary {
            operator: UnaryOperator::Dereference | UnaryOperator::AddressOf,
            operand: inner,
        } => place(body, *inner, aliases),
        ExpressionKind::Selector { operand, field, .. } => {
            let mut place = place(body, *operand, aliases)?;
            place.fields.push(field.clone());
            Some(place)
        }
        ExpressionKind::Name {
            name,
            resolution: Resolution::Outer,
        } => Some(package_variable(name)),
        ExpressionKind::Name {
            resolution: Resolution::Local(binding),
            ..
        } => variable(body, *binding, aliases),
        _ => None,
    }
}

fn package_variable(name: &Name) -> Place {
    Place {
        root: ParameterIndex::PackageVariable(name.clone()),
        fields: Vec::new(),
    }
}

fn variable(body: &Body, id: BindingId, aliases: u32) -> Option<Place> {
    let binding = &body[id];
    let is_fixed = binding.uses.iter().all(|use_| !use_.access.assigns());
    if !is_fixed {
        return None;
    }
    let root = match binding.kind {
        BindingKind::Receiver => ParameterIndex::Receiver,
        BindingKind::Parameter(index) if binding.function == Body::DECLARED => {
            ParameterIndex::Parameter(index)
        }
        BindingKind::Parameter(index) => return passed(body, binding.function, index, aliases),
        _ => match binding.origin {
            Origin::Value {
                expression,
                index: None,
            } if aliases > 0 => return place(body, expression, aliases - 1),
            _ => return None,
        },
    };
    Some(Place {
        root,
        fields: Vec::new(),
    })
}

/// What is passed as a parameter of a literal that is called or deferred where it is written.
fn passed(body: &Body, literal: FunctionId, index: u32, aliases: u32) -> Option<Place> {
    let expression = body[literal].literal?;
    let crate::body::Parent::Expression(call) = body[expression].parent else {
        return None;
    };
    let (function, arguments) = body.call_of(call)?;
    if body.unparenthesized(function) != expression || aliases == 0 {
        return None;
    }
    place(body, *arguments.get(index as usize)?, aliases - 1)
}
