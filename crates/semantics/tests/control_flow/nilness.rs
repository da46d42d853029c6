//! What comparisons with nil tell.

use deferlint_semantics::body::{BindingId, FunctionId};
use deferlint_semantics::control_flow::Nilness;

use super::support::{Function, check};

#[test]
fn a_comparison_decides_its_branches() {
    check(
        "func f(err error) {
    if err != nil { // err is: unknown
        first() // err is: non-nil
    } else {
        second() // err is: nil
    }
    third() // err is: unknown
    if nil == err {
        return // err is: nil
    }
    fourth() // err is: non-nil
}",
    );
}

#[test]
fn an_assignment_ends_what_a_comparison_told() {
    check(
        "func f(err error) {
    if err == nil {
        err = g() // err is: nil
        first() // err is: unknown
        err = nil
        second() // err is: nil
    }
}",
    );
}

#[test]
fn an_assignment_on_one_way_is_enough() {
    check(
        "func f(err error, a bool) {
    if err != nil {
        if a {
            err = g()
        }
        first() // err is: unknown
    }
}",
    );
}

#[test]
fn variables_and_named_results_start_as_nil() {
    check(
        "func f(p *int) (err error) {
    var m map[int]int // err is: nil; p is: unknown
    first() // m is: nil
    return // err is: nil
}",
    );
}

#[test]
fn some_values_are_never_nil() {
    check(
        "func f() {
    var p, q any
    first() // p is: nil
    p, q = &T{}, func() {}
    second() // p is: non-nil; q is: non-nil
    q, p = map[int]int{}, g()
    third() // q is: non-nil; p is: unknown
    q, p = g2()
    fourth() // q is: unknown; p is: unknown
}",
    );
}

#[test]
fn a_loop_meets_what_its_turns_tell() {
    check(
        "func f(n int) {
    var err error
    for i := 0; i < n; i++ {
        first() // err is: unknown
        err = g()
        if err == nil {
            continue // err is: nil
        }
        second() // err is: non-nil
    }
    third() // err is: unknown
}",
    );
    check(
        "func f(n int) {
    var err error
    for err == nil {
        err = g() // err is: nil
    }
    third() // err is: non-nil
}",
    );
}

#[test]
fn each_turn_of_a_range_ends_what_a_comparison_told() {
    check(
        "func f(errs []error) {
    for _, err := range errs {
        first() // err is: unknown
        if err == nil {
            continue
        }
        second() // err is: non-nil
    }
}",
    );
}

#[test]
fn nothing_is_known_of_a_variable_that_something_else_can_change() {
    check(
        "func f(err, other error, kept error) {
    func() { err = g(); use(kept) }()
    h(&other)
    if err == nil && other == nil && kept == nil {
        first() // err is: unknown; other is: unknown; kept is: nil
    }
}",
    );
}

#[test]
fn another_nil_decides_nothing() {
    check(
        "func f(err, nil error) {
    if err == nil {
        first() // err is: unknown
    }
}",
    );
}

#[test]
fn nothing_is_known_where_no_path_leads() {
    check(
        "func f(err error) {
    if err == nil {
        return
        first() // err is: unknown
    }
}",
    );
}

#[test]
fn the_asker_may_know_what_a_variable_of_another_function_is_at_the_start() {
    let function = Function::new(
        "func f() (m map[int]int) {
    defer func() {
        if m == nil {
            m = made()
        }
        use(m)
    }()
    return nil
}",
    );
    let literal = FunctionId(1);
    let flow = function.flow(literal);
    let facts = flow.nil_facts_from(&function.body, BindingId(0), Nilness::Nil);
    let at = |line| {
        facts.at(flow
            .point(function.statement_on(line))
            .expect("a point of the literal"))
    };
    assert_eq!(at(4), Nilness::Nil);
    assert_eq!(at(6), Nilness::Unknown);
    assert_eq!(
        flow.nilness(
            &function.body,
            BindingId(0),
            flow.end_of(deferlint_semantics::control_flow::BlockId(0))
        ),
        Nilness::Unknown
    );
}
