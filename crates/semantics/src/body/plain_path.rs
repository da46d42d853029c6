//! Names and fields of names: what means the same place wherever it is written, as long as nothing on the way is assigned.

use super::{BindingId, Body, ExpressionId, ExpressionKind, Resolution};
use crate::Name;

/// A variable, or a field that is reached from one by fields alone: `mu`, `s.mu`, `s.state.mu`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlainPath {
    /// Where it starts.
    pub root: Root,
    /// The fields on the way, outermost first.
    pub fields: Vec<Name>,
}

/// The name at the start of a [`PlainPath`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Root {
    /// A local name.
    Local(BindingId),
    /// A name that no local declaration binds.
    Outer(Name),
}

impl PlainPath {
    /// The path that an expression is, through parentheses; `None` for any other expression.
    pub fn of(body: &Body, expression: ExpressionId) -> Option<Self> {
        let mut fields = Vec::new();
        let mut current = body.unparenthesized(expression);
        loop {
            let root = match &body[current].kind {
                ExpressionKind::Selector { operand, field, .. } => {
                    fields.push(field.clone());
                    current = body.unparenthesized(*operand);
                    continue;
                }
                ExpressionKind::Name {
                    resolution: Resolution::Local(binding),
                    ..
                } => Root::Local(*binding),
                ExpressionKind::Name {
                    name,
                    resolution: Resolution::Outer,
                } => Root::Outer(name.clone()),
                _ => return None,
            };
            fields.reverse();
            return Some(Self { root, fields });
        }
    }

    /// The fields that lead from `outer` to this path; `None` when this path doesn't start with `outer`.
    pub fn fields_from(&self, outer: &Self) -> Option<&[Name]> {
        if self.root != outer.root {
            return None;
        }
        self.fields.strip_prefix(&*outer.fields)
    }

    /// True when one of the two paths starts with the other.
    pub fn is_related_to(&self, other: &Self) -> bool {
        self.fields_from(other).is_some() || other.fields_from(self).is_some()
    }
}
