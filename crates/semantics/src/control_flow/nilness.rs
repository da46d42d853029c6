//! Whether a local variable is nil at a point, as far as comparisons with nil on the way tell.

use super::{ControlFlow, Edge, Node, ProgramPoint};
use crate::body::{
    BinaryOperator, BindingId, Body, ExpressionId, ExpressionKind, StatementId, StatementKind,
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

impl ControlFlow {
    /// Whether a variable is nil just before the node at a point. A variable that function literals assign, or whose
    /// address is taken, is `Unknown` everywhere.
    pub fn nilness(&self, body: &Body, variable: BindingId, point: ProgramPoint) -> Nilness {
        let binding = &body[variable];
        let assigned_elsewhere = binding
            .uses
            .iter()
            .any(|use_| use_.function != self.function && use_.access.assigns());
        if assigned_elsewhere || binding.is_address_taken() {
            return Nilness::Unknown;
        }
        let mut at_start: Vec<Option<Nilness>> = vec![None; self.blocks.len()];
        at_start[0] = Some(Nilness::Unknown);
        let mut open = vec![0];
        while let Some(index) = open.pop() {
            let Some(start) = at_start[index] else { continue };
            let block = &self.blocks[index];
            let end = block
                .nodes
                .iter()
                .fold(start, |known, node| after(body, variable, *node, known));
            for edge in &block.successors {
                let along = on_edge(body, variable, *edge).unwrap_or(end);
                let target = &mut at_start[edge.to.0 as usize];
                let joined = match *target {
                    None => along,
                    Some(known) if known == along => continue,
                    Some(Nilness::Unknown) => continue,
                    Some(_) => Nilness::Unknown,
                };
                *target = Some(joined);
                open.push(edge.to.0 as usize);
            }
        }
        let start = at_start[point.block.0 as usize].unwrap_or(Nilness::Unknown);
        let before = self.block(point.block).nodes.iter().take(point.index as usize);
        before.fold(start, |known, node| after(body, variable, *node, known))
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
    let is_nil = |expression: ExpressionId| body.outer_name_of(expression).is_some_and(|name| name == "nil");
    if !(is_variable(*left) && is_nil(*right) || is_nil(*left) && is_variable(*right)) {
        return None;
    }
    match (operator, outcome) {
        (BinaryOperator::Equal, true) | (BinaryOperator::NotEqual, false) => Some(Nilness::Nil),
        (BinaryOperator::Equal, false) | (BinaryOperator::NotEqual, true) => Some(Nilness::NonNil),
        _ => None,
    }
}

/// What is known after a node: an assignment of `nil` makes the variable nil, another one makes it unknown.
fn after(body: &Body, variable: BindingId, node: Node, known: Nilness) -> Nilness {
    let (Node::Statement(statement) | Node::RangeStep(statement)) = node else {
        return known;
    };
    match assigned_value(body, variable, statement) {
        Assigned::Nothing => known,
        Assigned::Nil => Nilness::Nil,
        Assigned::Other => Nilness::Unknown,
    }
}

enum Assigned {
    Nothing,
    Nil,
    Other,
}

fn assigned_value(body: &Body, variable: BindingId, statement: StatementId) -> Assigned {
    let assigns = body[variable]
        .uses
        .iter()
        .any(|use_| use_.access.assigns() && body.statement_of(use_.expression) == Some(statement));
    let declares = body[variable].statement == Some(statement);
    if !assigns && !declares {
        return Assigned::Nothing;
    }
    match &body[statement].kind {
        StatementKind::Assign {
            left,
            right,
            operator: None,
        } if left.len() == right.len() => {
            let value = left
                .iter()
                .position(|target| body.binding_of(*target) == Some(variable));
            let value = value.map(|index| right[index]);
            let is_nil =
                value.is_some_and(|value| body.outer_name_of(value).is_some_and(|name| name == "nil"));
            if is_nil { Assigned::Nil } else { Assigned::Other }
        }
        StatementKind::Declare(crate::body::Declaration::Variables(specs)) => {
            let spec = specs.iter().find(|spec| spec.bindings.contains(&Some(variable)));
            if spec.is_some_and(|spec| spec.values.is_empty()) {
                Assigned::Nil
            } else {
                Assigned::Other
            }
        }
        _ => Assigned::Other,
    }
}
