//! A pointer to a map that is never used to replace the map.

use deferlint_semantics::body::{
    Access, BindingId, BindingKind, Body, DeclarationKind, ExpressionId, ExpressionKind, FunctionId,
    Parameter, Parent, StatementKind, TypeExpression, UnaryOperator, Use,
};
use deferlint_semantics::context::Context;

use crate::map_writes::targets;
use crate::places::{returns, with_parentheses};
use crate::{Category, Findings, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "pointer-to-map",
    category: Category::Maps,
    severity: Severity::Info,
    is_default: false,
    fix: FixAvailability::None,
    page: include_str!("../../../../docs/rules/pointer-to-map.md"),
    check,
};

/// The types of a literal's parameters are often asked for by whoever is given the literal: only declared functions and
/// methods are looked at.
fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    if !matches!(body.kind, DeclarationKind::Function | DeclarationKind::Method) {
        return;
    }
    let function = &body[Body::DECLARED];
    for parameter in &function.parameters {
        if is_pointer_to_map(parameter)
            && parameter
                .binding
                .is_some_and(|binding| is_only_read(body, binding))
        {
            findings.report(
                parameter.type_span,
                "the pointer does nothing here: a map is one pointer already, and passing it on copies no entry\n\
                 take the map itself",
            );
        }
    }
    for (index, result) in function.results.iter().enumerate() {
        if is_pointer_to_map(result) && points_to_fresh_maps(body, Body::DECLARED, index) {
            findings.report(
                result.type_span,
                "the pointer saves nothing: a map is one pointer already, and returning it copies no entry\n\
                 return the map itself",
            );
        }
    }
}

fn is_pointer_to_map(parameter: &Parameter) -> bool {
    let pointed = match &parameter.type_ {
        TypeExpression::Pointer(pointed) if !parameter.variadic => pointed,
        _ => return false,
    };
    matches!(**pointed, TypeExpression::Map(_))
}

/// True when every use of the pointer reads the map that it points to.
fn is_only_read(body: &Body, pointer: BindingId) -> bool {
    let uses = &body[pointer].uses;
    !uses.is_empty() && uses.iter().all(|use_| reads_through(body, *use_))
}

fn reads_through(body: &Body, use_: Use) -> bool {
    let Some(map) = around(body, use_.expression) else {
        return false;
    };
    let is_dereferenced = matches!(
        body[map].kind,
        ExpressionKind::Unary {
            operator: UnaryOperator::Dereference,
            ..
        }
    );
    let is_replaced = match body[with_parentheses(body, map)].parent {
        Parent::Statement(statement) => targets(body, statement)
            .iter()
            .any(|target| body.unparenthesized(*target) == map),
        _ => false,
    };
    is_dereferenced && !is_replaced && use_.access != Access::AddressOf
}

/// The expression around another one and the parentheses around that.
fn around(body: &Body, expression: ExpressionId) -> Option<ExpressionId> {
    match body[with_parentheses(body, expression)].parent {
        Parent::Expression(outer) => Some(outer),
        _ => None,
    }
}

/// True when every `return` yields the address of a map that nothing else points to.
fn points_to_fresh_maps(body: &Body, function: FunctionId, index: usize) -> bool {
    let mut returned = returns(body, function).peekable();
    returned.peek().is_some()
        && returned.all(|(_, results)| {
            results
                .get(index)
                .is_some_and(|result| is_address_of_fresh_map(body, *result))
        })
}

fn is_address_of_fresh_map(body: &Body, result: ExpressionId) -> bool {
    let ExpressionKind::Unary {
        operator: UnaryOperator::AddressOf,
        operand,
    } = body[body.unparenthesized(result)].kind
    else {
        return false;
    };
    let Some(variable) = body.binding_of(operand) else {
        return matches!(
            body[body.unparenthesized(operand)].kind,
            ExpressionKind::Composite { .. }
        );
    };
    let is_returned = |use_: Use| {
        around(body, use_.expression)
            .and_then(|address| body.statement_of(address))
            .is_some_and(|statement| matches!(body[statement].kind, StatementKind::Return(_)))
    };
    body[variable].kind == BindingKind::Variable
        && body[variable]
            .uses
            .iter()
            .filter(|use_| use_.access == Access::AddressOf || use_.function != Body::DECLARED)
            .all(|use_| use_.function == Body::DECLARED && is_returned(*use_))
}
