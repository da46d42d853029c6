//! Which declarations the rules can find anything in. Most have neither a `defer` nor anything else that a rule starts
//! from: they needn't be kept until the facts of other packages are known.

use deferlint_semantics::body::{
    Body, DeclarationKind, ExpressionId, ExpressionKind, StatementKind, TypeExpression,
};

/// The predeclared functions that rules start from.
const FUNCTIONS: [&str; 2] = ["recover", "panic"];

/// The method of a group of goroutines that starts one.
const STARTER: &str = "Go";

/// True when a rule may find something in a declaration: it has a `defer` or `go` statement, names `recover` or `panic`,
/// writes an element, starts a goroutine by a method, takes or returns a pointer to a map, or calls something that may be a helper for recovery, by its
/// name. `is_helper` answers for the functions and methods that recover in the package, and those that it defers.
pub fn is_relevant(body: &Body, is_helper: &dyn Fn(&str) -> bool) -> bool {
    FUNCTIONS.iter().any(|name| body.identifiers.contains(*name))
        || body
            .statements
            .iter()
            .any(|statement| starts_a_rule(body, &statement.kind, is_helper))
        || has_pointer_to_map(body)
}

fn starts_a_rule(body: &Body, statement: &StatementKind, is_helper: &dyn Fn(&str) -> bool) -> bool {
    match statement {
        StatementKind::Defer(_) | StatementKind::Go(_) => true,
        StatementKind::Assign { left, .. } | StatementKind::Range { left, .. } => {
            left.iter().any(|target| is_element(body, *target))
        }
        StatementKind::IncDec { operand, .. } => is_element(body, *operand),
        StatementKind::Expression(call) => {
            called_name(body, *call).is_some_and(|name| name == STARTER || is_helper(name))
        }
        _ => false,
    }
}

fn is_element(body: &Body, target: ExpressionId) -> bool {
    matches!(
        body[body.unparenthesized(target)].kind,
        ExpressionKind::Index { .. }
    )
}

/// The last part of the name of what a statement calls.
fn called_name(body: &Body, call: ExpressionId) -> Option<&str> {
    let ExpressionKind::Call { function, .. } = body[body.unparenthesized(call)].kind else {
        return None;
    };
    match &body[body.unparenthesized(function)].kind {
        ExpressionKind::Name { name, .. } | ExpressionKind::Selector { field: name, .. } => Some(name),
        ExpressionKind::Index { operand, .. } => match &body[body.unparenthesized(*operand)].kind {
            ExpressionKind::Name { name, .. } | ExpressionKind::Selector { field: name, .. } => Some(name),
            _ => None,
        },
        _ => None,
    }
}

fn has_pointer_to_map(body: &Body) -> bool {
    let is_pointer_to_map = |type_: &TypeExpression| matches!(type_, TypeExpression::Pointer(pointed) if matches!(**pointed, TypeExpression::Map(_)));
    let is_function = body.kind == DeclarationKind::Function || body.kind == DeclarationKind::Method;
    is_function
        && body.functions.iter().any(|function| {
            let parameters = function.parameters.iter().chain(&function.results);
            parameters
                .into_iter()
                .any(|parameter| is_pointer_to_map(&parameter.type_))
        })
}
