//! Which defers have run at an exit.

use super::support::{Function, check};
use deferlint_semantics::body::Body;
use deferlint_semantics::control_flow::{Exit, MAX_ORDERED_DEFERS, deferred_calls};

#[test]
fn some_have_run_on_every_path_and_some_on_one() {
    check(
        "func f(a, b bool) {
    defer one()
    if a {
        defer two()
        if b {
            return // defers: 2 4
        }
    }
    if b {
        panic(1) // defers: 2 4?
    }
    defer three() // defers at end: 2 4? 12
}",
    );
}

#[test]
fn those_of_a_loop_repeat() {
    check(
        "func f(xs []int) {
    defer one()
    for range xs {
        defer two()
        defer three()
    }
    defer four() // defers at end: 2 4?* 5?* 7
}",
    );
}

#[test]
fn those_of_a_loop_that_is_left_at_once_do_not_repeat() {
    check(
        "func f(xs []int) {
    for range xs {
        defer one()
        return // defers: 3
    }
    defer two() // defers at end: 6
}",
    );
}

#[test]
fn they_stand_in_the_order_in_which_they_run() {
    check(
        "func f() {
    goto second
first:
    defer one()
    return // defers: 8 4
second:
    work()
    defer two()
    goto first
}",
    );
}

#[test]
fn unreachable_ones_have_not_run() {
    check(
        "func f(a bool) {
    if a {
        return // defers: none
        defer one()
    }
    stop() // defers: none
}",
    );
}

#[test]
fn those_of_a_literal_are_its_own() {
    check(
        "func f() {
    defer func() {
        defer inner()
        return // defers: 3
    }()
    return // defers: 2
}",
    );
}

#[test]
fn a_deferred_call_knows_its_literal_and_its_arguments() {
    let function =
        Function::new("func f(a, b int) { defer (func(x, y int) { })(a, b); defer g(a); defer h() }");
    let body = &function.body;
    let deferred = deferred_calls(body, Body::DECLARED);
    let described: Vec<_> = deferred
        .iter()
        .map(|deferred| (deferred.literal.is_some(), deferred.arguments(body).len()))
        .collect();
    assert_eq!(described, [(true, 2), (false, 1), (false, 0)]);
}

#[test]
fn very_many_are_not_ordered() {
    let of = |count: usize| {
        let function = Function::new(&format!("func f() {{ {} }}", "defer g()\n".repeat(count)));
        let registered = function
            .flow(Body::DECLARED)
            .defers_before(&function.body, Exit::End);
        registered.map(|registered| registered.len())
    };
    assert_eq!(of(MAX_ORDERED_DEFERS), Some(MAX_ORDERED_DEFERS));
    assert_eq!(of(MAX_ORDERED_DEFERS + 1), None);
}
