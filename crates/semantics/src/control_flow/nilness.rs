//! Whether a local variable is nil at a point, as far as comparisons with nil and assignments on the way tell.

use super::definitions::{AssignedValue, definition_sites, is_changed_elsewhere};
use super::{BlockId, ControlFlow, Edge, ProgramPoint};
use crate::body::{
    BinaryOperator, BindingId, BindingKind, Body, ExpressionId, ExpressionKind, UnaryOperator,
};

/// What is known of a variable that may be nil.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nilness {
    /// It is nil on every path.
    Nil,
    /// It is not nil on every path.
    NonNil,
    /// It may be either.
    Unknown,
}

/// Where in a function one variable is nil. A zero value counts as nil, whatever the variable's type.
#[derive(Clone, Debug)]
pub struct NilFacts {
    /// For each block what is known at its start; `None` where no path leads.
    at_start: Vec<Option<Nilness>>,
    /// What is known after each node that assigns the variable, in the order of the points.
    assigned: Vec<(ProgramPoint, Nilness)>,
}

impl ControlFlow {
    /// Whether a variable is nil just before the node at a point. Who asks at several points keeps the
    /// [facts](Self::nil_facts).
    pub fn nilness(&self, body: &Body, variable: BindingId, point: ProgramPoint) -> Nilness {
        self.nil_facts(body, variable).at(point)
    }

    /// Where a variable is nil. One that function literals assign, or whose address is taken, is `Unknown` everywhere;
    /// whether a method with a pointer receiver is called on it is a question of types, and for the asker.
    pub fn nil_facts(&self, body: &Body, variable: BindingId) -> NilFacts {
        let binding = &body[variable];
        if is_changed_elsewhere(binding, self) {
            return NilFacts {
                at_start: vec![None; self.blocks.len()],
                assigned: Vec::new(),
            };
        }
        let is_own_result =
            binding.function == self.function && matches!(binding.kind, BindingKind::Result(_));
        self.nil_facts_from(
            body,
            variable,
            if is_own_result {
                Nilness::Nil
            } else {
                Nilness::Unknown
            },
        )
    }

    /// Where a variable is nil when this is known of it at the function's start. What other functions do to it is left
    /// out: the asker knows that none of them runs meanwhile.
    pub fn nil_facts_from(&self, body: &Body, variable: BindingId, start: Nilness) -> NilFacts {
        let sites = definition_sites(body, self, variable).into_iter();
        let assigned = sites
            .map(|(point, definition)| (point, nilness_of(body, definition.value(body, variable))))
            .collect();
        let mut facts = NilFacts {
            at_start: vec![None; self.blocks.len()],
            assigned,
        };
        facts.at_start[0] = Some(start);
        let mut open = vec![BlockId(0)];
        while let Some(block) = open.pop() {
            let end = facts.at(self.end_of(block));
            for edge in &self.block(block).successors {
                let along = on_edge(body, variable, *edge).unwrap_or(end);
                let target = &mut facts.at_start[edge.to.0 as usize];
                let joined = match *target {
                    None => along,
                    Some(known) if known == along => continue,
                    Some(Nilness::Unknown) => continue,
                    Some(_) => Nilness::Unknown,
                };
                *target = Some(joined);
                open.push(edge.to);
            }
        }
        facts
    }
}

impl NilFacts {
    /// Whether the variable is nil just before the node at a point; `Unknown` where no path leads.
    pub fn at(&self, point: ProgramPoint) -> Nilness {
        let before = self.assigned.partition_point(|(site, _)| *site < point);
        match self.assigned[..before].last() {
            Some((site, known)) if site.block == point.block => *known,
            _ => self.at_start[point.block.0 as usize].unwrap_or(Nilness::Unknown),
        }
    }
}

/// What an edge's condition says: `v != nil`, `v == nil` and the same turned round.
fn on_edge(body: &Body, variable: BindingId, edge: Edge) -> Option<Nilness> {
    let (condition, outcome) = edge.condition?;
    let ExpressionKind::Binary {
        operator,
        left,
        right,
    } = &body[body.unparenthesized(condition)].kind
    else {
        return None;
    };
    let is_variable = |expression: ExpressionId| body.binding_of(expression) == Some(variable);
    if !(is_variable(*left) && is_nil(body, *right) || is_nil(body, *left) && is_variable(*right)) {
        return None;
    }
    match (operator, outcome) {
        (BinaryOperator::Equal, true) | (BinaryOperator::NotEqual, false) => Some(Nilness::Nil),
        (BinaryOperator::Equal, false) | (BinaryOperator::NotEqual, true) => Some(Nilness::NonNil),
        _ => None,
    }
}

/// What an assigned value is by its form alone.
fn nilness_of(body: &Body, value: AssignedValue) -> Nilness {
    let value = match value {
        AssignedValue::Zero => return Nilness::Nil,
        AssignedValue::Expression(value) => body.unparenthesized(value),
        AssignedValue::Part { .. } | AssignedValue::Unknown => return Nilness::Unknown,
    };
    match body[value].kind {
        ExpressionKind::FunctionLiteral(_)
        | ExpressionKind::Composite { .. }
        | ExpressionKind::Unary {
            operator: UnaryOperator::AddressOf,
            ..
        } => Nilness::NonNil,
        _ if is_nil(body, value) => Nilness::Nil,
        _ => Nilness::Unknown,
    }
}

fn is_nil(body: &Body, expression: ExpressionId) -> bool {
    body.outer_name_of(expression).is_some_and(|name| name == "nil")
}
