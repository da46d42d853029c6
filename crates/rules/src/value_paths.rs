//! Places reached from a local variable by fields, elements and pointers, and what their first values are.

use deferlint_semantics::Name;
use deferlint_semantics::body::{
    Body, Element, ExpressionId, ExpressionKind, Parent, Resolution, UnaryOperator,
};
use deferlint_semantics::context::{Builtin, Context};
use deferlint_semantics::types::Type;

use crate::places::is_nil;

/// One step from a value to a part of it. The pointer that a selector follows by itself is no step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PathStep {
    /// `x.f`, for a field that the struct has itself.
    Field(Name),
    /// `x[i]`, whatever the `i`.
    Element,
    /// `*x`
    Dereference,
}

/// How one path lies to another one from the same variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// Another part of the variable.
    Apart,
    /// The same place, or one around it, or nobody knows.
    AroundOrSame,
    /// A part of the place.
    Inside,
}

/// How `path` lies to `place`. Any two elements may be the same one.
pub(crate) fn relation(path: &[PathStep], place: &[PathStep]) -> Relation {
    for (step, other) in path.iter().zip(place) {
        match (step, other) {
            _ if step == other => {}
            (PathStep::Field(_), PathStep::Field(_)) => return Relation::Apart,
            _ => return Relation::AroundOrSame,
        }
    }
    if path.len() > place.len() {
        Relation::Inside
    } else {
        Relation::AroundOrSame
    }
}

/// The widest expression around the name of a variable that is a place reached from it, and the steps to it.
pub(crate) fn path_around(context: &Context<'_>, name: ExpressionId) -> (ExpressionId, Vec<PathStep>) {
    let mut steps = Vec::new();
    let mut top = name;
    while let Parent::Expression(outer) = context.body[top].parent {
        if !matches!(context.body[outer].kind, ExpressionKind::Parenthesized(_)) {
            let Some(step) = step_to(context, top, outer) else {
                break;
            };
            if matches!(step, PathStep::Field(_)) && steps.last() == Some(&PathStep::Dereference) {
                steps.pop();
            }
            steps.push(step);
        }
        top = outer;
    }
    (top, steps)
}

/// The step from a place to the expression around it; `None` for one that is no place.
fn step_to(context: &Context<'_>, operand: ExpressionId, outer: ExpressionId) -> Option<PathStep> {
    match &context.body[outer].kind {
        ExpressionKind::Selector { field, .. } => {
            direct_field(context, &context.type_of(operand), field)?;
            Some(PathStep::Field(field.clone()))
        }
        ExpressionKind::Index { operand: indexed, .. } if *indexed == operand => Some(PathStep::Element),
        ExpressionKind::Unary {
            operator: UnaryOperator::Dereference,
            ..
        } => Some(PathStep::Dereference),
        _ => None,
    }
}

/// The type of a field that a struct, or the struct that a pointer points to, has itself.
fn direct_field(context: &Context<'_>, type_: &Type, name: &str) -> Option<Type> {
    let pointed = match context.underlying(type_) {
        Type::Pointer(pointed) => context.underlying(&pointed),
        type_ => type_,
    };
    match pointed {
        Type::Struct(fields) => {
            let field = fields.iter().find(|field| field.name == name)?;
            Some(field.type_.clone())
        }
        _ => None,
    }
}

/// True when the path from the zero value of a type leads to a nil map: through structs, arrays, and the missing elements
/// of maps.
pub(crate) fn zero_leads_to_nil_map(context: &Context<'_>, type_: &Type, steps: &[PathStep]) -> bool {
    let mut type_ = type_.clone();
    for step in steps {
        type_ = match (step, context.underlying(&type_)) {
            (PathStep::Field(name), Type::Struct(_)) => match direct_field(context, &type_, name) {
                Some(field) => field,
                None => return false,
            },
            (PathStep::Element, Type::Map(pair)) => pair.1.clone(),
            (PathStep::Element, Type::Array(element)) => (*element).clone(),
            _ => return false,
        };
    }
    context.is_map(&type_).is_yes()
}

/// True when the path from the value of an expression certainly leads to a nil map.
pub(crate) fn leads_to_nil_map(context: &Context<'_>, value: ExpressionId, steps: &[PathStep]) -> bool {
    let body = context.body;
    let value = body.unparenthesized(value);
    match &body[value].kind {
        _ if is_nil(context, value) => steps.is_empty(),
        ExpressionKind::Unary {
            operator: UnaryOperator::AddressOf,
            operand,
        } => through_pointer(steps).is_some_and(|steps| leads_to_nil_map(context, *operand, steps)),
        ExpressionKind::Composite { elements, .. } => {
            composite_leads_to_nil_map(context, value, elements, steps)
        }
        ExpressionKind::Call { arguments, .. } => match (context.builtin_call(value), &**arguments) {
            (Some(Builtin::New), [type_]) if is_type(context, *type_) => through_pointer(steps)
                .is_some_and(|steps| zero_leads_to_nil_map(context, &context.type_of(*type_), steps)),
            (Some(Builtin::Make), arguments) => made_leads_to_nil_map(context, value, arguments, steps),
            _ => false,
        },
        _ => false,
    }
}

fn is_type(context: &Context<'_>, expression: ExpressionId) -> bool {
    matches!(context.body[expression].kind, ExpressionKind::Type(_)) || context.is_type(expression)
}

/// The steps from what a pointer points to.
fn through_pointer(steps: &[PathStep]) -> Option<&[PathStep]> {
    match steps {
        [PathStep::Dereference, rest @ ..] => Some(rest),
        [PathStep::Field(_), ..] => Some(steps),
        _ => None,
    }
}

fn composite_leads_to_nil_map(
    context: &Context<'_>,
    literal: ExpressionId,
    elements: &[Element],
    steps: &[PathStep],
) -> bool {
    let type_ = context.type_of(literal);
    match (context.underlying(&type_), steps) {
        (Type::Struct(_), [PathStep::Field(field), rest @ ..]) => {
            if elements.iter().any(|element| element.key.is_none()) {
                return false;
            }
            let set = elements
                .iter()
                .find(|element| names_field(context.body, element, field));
            match set {
                Some(element) => leads_to_nil_map(context, element.value, rest),
                None => zero_leads_to_nil_map(context, &type_, steps),
            }
        }
        (Type::Map(_) | Type::Array(_), [PathStep::Element, ..]) => {
            elements.is_empty() && zero_leads_to_nil_map(context, &type_, steps)
        }
        _ => false,
    }
}

fn names_field(body: &Body, element: &Element, field: &Name) -> bool {
    element.key.is_some_and(|key| {
        matches!(&body[key].kind, ExpressionKind::Name { name, resolution } if name == field
            && *resolution != Resolution::Blank)
    })
}

/// `make` of a map leaves every element missing, and `make` of a slice every element zero.
fn made_leads_to_nil_map(
    context: &Context<'_>,
    call: ExpressionId,
    arguments: &[ExpressionId],
    steps: &[PathStep],
) -> bool {
    match (context.underlying(&context.type_of(call)), steps, arguments) {
        (Type::Map(pair), [PathStep::Element, rest @ ..], _) => zero_leads_to_nil_map(context, &pair.1, rest),
        (Type::Slice(element), [PathStep::Element, rest @ ..], [_, length, ..]) => {
            context.body.text_of(context.body[*length].span) != "0"
                && zero_leads_to_nil_map(context, &element, rest)
        }
        _ => false,
    }
}
