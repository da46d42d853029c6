//! Where expressions are evaluated.

use super::support::Function;
use deferlint_semantics::body::{Body, StatementKind};
use deferlint_semantics::control_flow::{CallOutcome, ControlFlow, Exit};

#[test]
fn conditions_are_evaluated_after_the_statement_before_them() {
    for condition in ["!ok", "(ok)", "ok && more", "!(ok || more)"] {
        let source = format!("func f(more bool) {{ if ok := g(); {condition} {{ }} }}");
        let function = Function::new(&source);
        let flow = function.flow(Body::DECLARED);
        let (call, condition) = (function.point_of("g()"), function.point_of(condition));
        assert!(flow.reaches(call, condition), "{source}");
        assert!(!flow.reaches(condition, call), "{source}");
    }
}

#[test]
fn the_second_operand_of_a_condition_has_a_point_of_its_own() {
    let function = Function::new("func f(a, b bool) { if a && b { } }");
    let flow = function.flow(Body::DECLARED);
    assert!(flow.reaches(function.point_of("a"), function.point_of("b")));
    assert_eq!(function.point_of("a && b"), function.point_of("a"));
}

#[test]
fn what_a_range_assigns_is_evaluated_in_each_turn() {
    let function = Function::new("func f(xs []int) { for a[i()] = range g(xs) { } }");
    let flow = function.flow(Body::DECLARED);
    let (operand, target) = (function.point_of("g(xs)"), function.point_of("i()"));
    assert!(flow.reaches(operand, target) && flow.reaches(target, target));
    assert!(!flow.reaches(operand, operand));
}

#[test]
fn an_expression_in_a_literal_is_where_the_literal_is() {
    let function = Function::new("func f() { a(); b(func() { if c() { d() } }) }");
    assert_eq!(
        function.point_of("d()"),
        function.point_of("b(func() { if c() { d() } })")
    );
}

#[test]
fn a_function_without_a_block_ends() {
    let function = Function::new("func f()");
    assert_eq!(function.flow(Body::DECLARED).exits(), [Exit::End]);
}

#[test]
fn a_long_else_if_chain_and_a_long_condition_are_followed() {
    let chain = "if a == b { } else ".repeat(5_000);
    let condition = "a != b && ".repeat(5_000);
    let function = Function::new(&format!(
        "func f(a, b int) {{ {chain} {{ }}; if {condition} a == b {{ }} }}"
    ));
    assert_eq!(function.flow(Body::DECLARED).exits(), [Exit::End]);
}

#[test]
fn broken_jumps_lead_on() {
    let function = Function::new("func f() { break; continue; fallthrough; goto nowhere }");
    let statements = &function.body[Body::DECLARED].statements;
    let jump = statements
        .iter()
        .find(|id| matches!(function.body[**id].kind, StatementKind::Goto(_)));
    let flow = ControlFlow::new(&function.body, Body::DECLARED, &|_| CallOutcome::Returns);
    let point = flow.point(*jump.expect("a goto")).expect("a point");
    assert!(flow.is_reachable(point));
    assert!(flow.exits().is_empty());
}
