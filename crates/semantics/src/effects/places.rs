//! Which place of a caller an expression stands for: a parameter, the receiver, a package-level variable, or a part of
//! one of them, also through local variables that hold its value.

use super::frames::with_parentheses;
use super::{Frames, Role};
use crate::body::{
    Access, Binding, BindingId, BindingKind, Body, Declaration, ExpressionId, ExpressionKind, FunctionId,
    Origin, Parent, Resolution, StatementKind, TypeExpression, UnaryOperator,
};
use crate::facts::{ParameterIndex, Place, Step};

/// The place that an expression stands for.
#[derive(Clone, Debug)]
pub(crate) struct Located {
    pub(crate) place: Place,
    /// False when the variable on the way may have got another value.
    pub(crate) is_certain: bool,
    /// True when the expression's value is known to be a pointer, a slice or a map of the caller's.
    pub(super) is_reference: bool,
    /// True when assigning the expression is known to change memory that the caller sees.
    pub(super) is_shared: bool,
}

/// The places of a body's expressions.
pub(crate) struct Places<'a> {
    body: &'a Body,
    /// For each function whether it runs where it is written, before the text after it does.
    in_text_order: Vec<bool>,
    /// For each binding the place whose value it is declared with.
    values: Vec<Option<Located>>,
    assigned: Vec<Assigned>,
}

/// Where a variable gets another value.
#[derive(Clone, Copy)]
struct Assigned {
    /// The offset of the first assignment that runs in the order of the text; the largest offset when there is none.
    first: u32,
    /// True when it is assigned by a literal that runs at another time, or its address is taken.
    at_any_time: bool,
}

impl<'a> Places<'a> {
    pub(crate) fn of_body(body: &'a Body, frames: &Frames) -> Self {
        let mut in_text_order = Vec::with_capacity(body.functions.len());
        for function in body.function_ids() {
            let runs = match frames.role(function) {
                Role::Declared => true,
                Role::Called { call } => {
                    let around = body[call].function;
                    calls_literal(body, call, function) && in_text_order.get(around.0 as usize) == Some(&true)
                }
                _ => false,
            };
            in_text_order.push(runs);
        }
        let values = Vec::with_capacity(body.bindings.len());
        let mut places = Self {
            body,
            in_text_order,
            values,
            assigned: Vec::new(),
        };
        places.assigned = body
            .bindings
            .iter()
            .map(|variable| places.assignments_of(variable))
            .collect();
        for binding in body.binding_ids() {
            let value = places.value_of(binding, frames);
            places.values.push(value);
        }
        places
    }

    /// True when a function runs where it is written: the declared one, and literals called on the spot.
    pub(super) fn runs_in_text_order(&self, function: FunctionId) -> bool {
        self.in_text_order[function.0 as usize]
    }

    /// The place that an expression stands for; `None` for a value that isn't a caller's.
    pub(crate) fn of(&self, expression: ExpressionId) -> Option<Located> {
        let mut steps = Vec::new();
        let mut chain = Vec::new();
        let mut id = expression;
        let mut located = loop {
            match &self.body[id].kind {
                ExpressionKind::Name { name, resolution } => {
                    break match resolution {
                        Resolution::Local(binding) => self.of_variable(id, *binding)?,
                        Resolution::Outer if is_constant_name(name) => return None,
                        Resolution::Outer => package_variable(name.clone()),
                        Resolution::Blank | Resolution::Field => return None,
                    };
                }
                kind => {
                    id = operand_of_place(kind)?;
                    chain.push(kind);
                }
            }
        };
        while let Some(kind) = chain.pop() {
            let was_seen = located.is_reference || located.is_shared;
            (located.is_reference, located.is_shared) = match kind {
                ExpressionKind::Selector { field, .. } => {
                    steps.push(Step::Field(field.clone()));
                    (false, was_seen)
                }
                ExpressionKind::Index { .. } => {
                    steps.push(Step::Element);
                    (false, was_seen)
                }
                ExpressionKind::Unary {
                    operator: UnaryOperator::Receive,
                    ..
                } => {
                    steps.push(Step::Element);
                    (false, false)
                }
                ExpressionKind::Unary {
                    operator: UnaryOperator::Dereference,
                    ..
                } => (false, true),
                ExpressionKind::Unary {
                    operator: UnaryOperator::AddressOf,
                    ..
                } => (located.is_shared, false),
                ExpressionKind::Slice { .. } => (was_seen, false),
                ExpressionKind::TypeAssertion { .. } => (false, false),
                _ => (located.is_reference, located.is_shared),
            };
        }
        located.place.path.extend(steps);
        Some(located)
    }

    /// The place whose value a variable has where it is named.
    fn of_variable(&self, name: ExpressionId, binding: BindingId) -> Option<Located> {
        let mut located = self.values.get(binding.0 as usize)?.clone()?;
        let here = &self.body[name];
        let assigned = self.assigned[binding.0 as usize];
        let is_before = here.span.start < assigned.first && self.runs_in_text_order(here.function);
        located.is_certain &= !assigned.at_any_time && (assigned.first == u32::MAX || is_before);
        located.is_shared = false;
        Some(located)
    }

    fn assignments_of(&self, variable: &Binding) -> Assigned {
        let mut assigned = Assigned {
            first: u32::MAX,
            at_any_time: false,
        };
        for use_ in &variable.uses {
            if use_.access.assigns() {
                assigned.at_any_time |= !self.runs_in_text_order(use_.function);
                assigned.first = assigned.first.min(self.body[use_.expression].span.start);
            }
            assigned.at_any_time |=
                use_.access == Access::AddressOf && self.is_exposed(variable, use_.expression);
        }
        assigned
    }

    /// True when an address that is taken leads to the variable: `&p.f` doesn't where `p` is a pointer.
    fn is_exposed(&self, variable: &Binding, name: ExpressionId) -> bool {
        let is_behind_reference = matches!(
            self.body[with_parentheses(self.body, name)].parent,
            Parent::Expression(outer) if matches!(
                self.body[outer].kind,
                ExpressionKind::Selector { .. } | ExpressionKind::Index { .. } | ExpressionKind::Slice { .. }
            )
        );
        !is_behind_reference || !is_reference(&variable.origin)
    }

    /// The place whose value a variable is declared with.
    fn value_of(&self, binding: BindingId, frames: &Frames) -> Option<Located> {
        let body = self.body;
        let variable = &body[binding];
        match (variable.kind, &variable.origin) {
            (BindingKind::Receiver, origin) => Some(parameter(ParameterIndex::Receiver, origin)),
            (BindingKind::Parameter(index), origin) => {
                if variable.function == Body::DECLARED {
                    return Some(parameter(ParameterIndex::Parameter(index), origin));
                }
                let call = directly_called(body, frames, variable.function)?;
                let argument = argument_of(body, call, variable.function, index)?;
                self.of(argument)
            }
            (
                BindingKind::Variable | BindingKind::LoopVariable,
                Origin::Value {
                    expression,
                    index: None | Some(0),
                },
            ) => self.of(*expression),
            (BindingKind::Variable, Origin::Type { .. }) => self.of(declared_value(body, binding)?),
            (BindingKind::RangeVariable, Origin::RangeValue(operand)) => {
                let mut located = self.of(*operand)?;
                located.place.path.push(Step::Element);
                (located.is_reference, located.is_shared) = (false, false);
                Some(located)
            }
            (BindingKind::TypeSwitchVariable, _) => match body[variable.statement?].kind {
                StatementKind::TypeSwitch { operand, .. } => {
                    let located = self.of(operand)?;
                    Some(Located {
                        is_reference: false,
                        is_shared: false,
                        ..located
                    })
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// True when a call calls the literal where it is written.
fn calls_literal(body: &Body, call: ExpressionId, literal: FunctionId) -> bool {
    body.call_of(call)
        .is_some_and(|(callee, _)| body.literal_of(callee) == Some(literal))
}

/// The one call of a literal that is called or deferred where it is written.
pub(super) fn directly_called(body: &Body, frames: &Frames, literal: FunctionId) -> Option<ExpressionId> {
    let call = match frames.role(literal) {
        Role::Called { call } => call,
        Role::Deferred { statement, .. } => match body[statement].kind {
            StatementKind::Defer(call) => body.unparenthesized(call),
            _ => return None,
        },
        _ => return None,
    };
    calls_literal(body, call, literal).then_some(call)
}

/// The argument that a call gives a parameter, unless it is a part of a variadic one or of a call with several values.
fn argument_of(body: &Body, call: ExpressionId, literal: FunctionId, index: u32) -> Option<ExpressionId> {
    let (_, arguments) = body.call_of(call)?;
    let parameters = &body[literal].parameters;
    let is_one_to_one = arguments.len() == parameters.len() && !parameters.last()?.variadic;
    arguments.get(index as usize).copied().filter(|_| is_one_to_one)
}

/// The value in the `var` declaration of a variable with a written type.
fn declared_value(body: &Body, binding: BindingId) -> Option<ExpressionId> {
    let StatementKind::Declare(Declaration::Variables(specs)) = &body[body[binding].statement?].kind else {
        return None;
    };
    specs.iter().find_map(|spec| {
        let index = spec
            .bindings
            .iter()
            .position(|declared| *declared == Some(binding))?;
        spec.values
            .get(index)
            .copied()
            .filter(|_| spec.values.len() == spec.names.len())
    })
}

fn parameter(root: ParameterIndex, origin: &Origin) -> Located {
    // An array is copied: what happens to the parameter's elements is nothing to the caller.
    let is_copy = matches!(
        origin,
        Origin::Type {
            type_: TypeExpression::Array(_),
            ..
        }
    );
    Located {
        place: Place {
            root,
            path: Vec::new(),
        },
        is_certain: !is_copy,
        is_reference: is_reference(origin),
        is_shared: false,
    }
}

/// True when the written type of a variable is a pointer, a slice or a map.
fn is_reference(origin: &Origin) -> bool {
    match origin {
        Origin::Type { type_, .. } => {
            matches!(
                type_,
                TypeExpression::Pointer(_) | TypeExpression::Slice(_) | TypeExpression::Map(_)
            )
        }
        Origin::Variadic(_) => true,
        _ => false,
    }
}

fn package_variable(name: crate::Name) -> Located {
    Located {
        place: Place {
            root: ParameterIndex::PackageVariable(name),
            path: Vec::new(),
        },
        is_certain: true,
        is_reference: false,
        is_shared: true,
    }
}

fn is_constant_name(name: &str) -> bool {
    matches!(name, "nil" | "true" | "false" | "iota")
}

/// What an expression that stands for a place is reached through.
pub(super) fn operand_of_place(kind: &ExpressionKind) -> Option<ExpressionId> {
    match kind {
        ExpressionKind::Parenthesized(operand)
        | ExpressionKind::Selector { operand, .. }
        | ExpressionKind::Slice { operand, .. }
        | ExpressionKind::TypeAssertion { operand, .. }
        | ExpressionKind::Unary {
            operator: UnaryOperator::Dereference | UnaryOperator::AddressOf | UnaryOperator::Receive,
            operand,
        } => Some(*operand),
        ExpressionKind::Index { operand, indices } if indices.len() == 1 => Some(*operand),
        _ => None,
    }
}
