//! What variables can hold.

use super::support::{Function, check};
use deferlint_semantics::body::{Body, StatementKind};
use deferlint_semantics::control_flow::{AssignedValue, Definition, Definitions, Exit, ReachingDefinitions};

#[test]
fn an_assignment_hides_the_ones_before() {
    check(
        "func f(x int) {
    first() // values of x: entry
    x = 1
    x++ // values of x: 3
    second() // values of x: 4
    x += 2
    third() // values of x: 6; values of x at end: 6
}",
    );
}

#[test]
fn paths_join() {
    check(
        "func f(a bool) {
    var x, y int // values of x: none
    if a {
        x = 1
    } else {
        y = 2
    }
    after() // values of x: 2 4; values of y: 2 6
}",
    );
}

#[test]
fn a_short_declaration_assigns_the_variables_that_are_there() {
    check(
        "func f() {
    x, err := g()
    y, err := g() // values of err: 2
    use(x, y) // values of err: 3; values of y: 3; values of x: 2
}",
    );
}

#[test]
fn an_inner_declaration_is_another_variable() {
    check(
        "func f(a bool) {
    x := 1
    if a {
        x := 2
        use(x)
    }
    after() // values of x: 2
}",
    );
}

#[test]
fn a_loop_carries_values_round() {
    check(
        "func f(n int) {
    x := 0
    for i := 0; i < n; i++ {
        use(x) // values of x: 2 5; values of i: 3 3
        x = i
    }
    after() // values of x: 2 5
}",
    );
}

#[test]
fn each_turn_of_a_range_defines_its_variables() {
    check(
        "func f(xs []int) {
    var v int
    for i, x := range xs {
        use(i, x) // values of x: 3; values of i: 3
    }
    for _, v = range xs {
        use(v) // values of v: 6
    }
    after() // values of v: 2 6
}",
    );
}

#[test]
fn a_type_switch_defines_its_variable() {
    check(
        "func f(x any) {
    switch y := x.(type) {
    case int:
        use(y) // values of y: 2
        y = 1
        use(y) // values of y: 5
    }
}",
    );
}

#[test]
fn a_select_defines_what_it_receives() {
    check(
        "func f(c chan int) {
    x := 0
    select {
    case x = <-c:
        use(x) // values of x: 4
    default:
        use(x) // values of x: 2
    }
}",
    );
}

#[test]
fn a_return_with_values_defines_the_named_results() {
    check(
        "func f(a bool) (n int, err error) {
    defer done()
    if a {
        return 1, nil // values of err from 2: 4; values of n: entry
    }
    n, err = g()
    return // values of err from 2: 6; values of n from 2: 6
}",
    );
}

#[test]
fn returning_a_named_result_as_it_is_changes_nothing() {
    check(
        "func f() (n int, err error) {
    defer done()
    err = g()
    return 1, (err) // values of err from 2: 3; values of n from 2: 4
}",
    );
}

#[test]
fn only_paths_that_come_by_the_defer_count() {
    check(
        "func f(a bool) int {
    var err error
    if a {
        err = one()
        defer close()
        err = two()
    } else {
        err = three()
    }
    return 1 // values of err from 5: 6; values of err: 6 8
}",
    );
}

#[test]
fn what_the_variable_held_at_the_defer_counts_when_nothing_assigns_it_later() {
    check(
        "func f(a, b bool) int {
    err := one()
    if a {
        err = two()
    }
    defer close()
    if b {
        err = three()
        return 1 // values of err from 6: 8
    }
    return 2 // values of err from 6: 2 4
}",
    );
}

#[test]
fn an_exit_before_the_defer_has_no_path_from_it() {
    check(
        "func f(a bool) int {
    err := one()
    if a {
        return 1 // values of err from 6: no path
    }
    defer close() // values of err at end from 6: no path
    use(err)
    return 2
}",
    );
}

#[test]
fn a_defer_in_a_loop() {
    check(
        "func f(xs []int) {
    err := one()
    for range xs {
        defer close() // values of err at end from 4: 11
        err = two()
        if err != nil {
            continue
        }
        err = three()
    }
    err = last(err)
}",
    );
    check(
        "func f(xs []int) {
    err := one()
    for range xs {
        err = two() // values of err at end from 4: 4 6
        if err != nil {
            err = three()
        }
        defer close() // values of err at end from 8: 4 6
    }
}",
    );
    check(
        "func f(xs []int) {
    err := one()
    for x := range xs {
        defer close() // values of err at end from 4: 2 6
        if x > 1 {
            err = two()
        }
    }
}",
    );
}

#[test]
fn a_variable_that_something_else_can_change_may_hold_other_values() {
    check(
        "func f() {
    x, y, z := 1, 2, 3
    func() { x = 2; use(z) }()
    g(&y)
    after() // values of x: 2 others; values of y: 2 others; values of z: 2
}",
    );
}

#[test]
fn a_variable_of_the_function_around_a_literal_may_hold_other_values() {
    check(
        "func f() {
    x := 1
    func() {
        use(x) // values of x: entry others
        x = 2
        use(x) // values of x: 5 others
    }()
}",
    );
}

#[test]
fn a_write_through_a_variable_does_not_assign_it() {
    check(
        "func f(m map[int]int, p *int, s T) {
    m[1] = 2
    *p = 3
    s.x = 4
    after() // values of m: entry; values of p: entry; values of s: entry
}",
    );
}

#[test]
fn a_goto_carries_values() {
    check(
        "func f(a bool) {
    x := 1
again:
    use(x) // values of x: 2 5
    x = 2
    if a {
        goto again
    }
}",
    );
}

#[test]
fn unreachable_definitions_reach_nothing() {
    check(
        "func f(a bool) {
    x := 1
    if a {
        panic(x)
        x = 2 // values of x: none
    }
    use(x) // values of x: 2
}",
    );
}

#[test]
fn of_variables_that_were_not_named_nothing_is_known() {
    let function = Function::new("func f(x int) { g() }");
    let flow = function.flow(Body::DECLARED);
    let reaching = ReachingDefinitions::new(&function.body, &flow, []);
    let end = flow.point_of_exit(Exit::End).expect("an end");
    let variable = function.body.binding_ids().next().expect("the parameter");
    let unknown = Definitions {
        sites: Vec::new(),
        may_be_others: true,
    };
    assert_eq!(reaching.at(end, variable), unknown);
}

/// The texts of the values that the definitions of `x` give it, in the order of the text.
fn values(source: &str) -> Vec<String> {
    let function = Function::new(source);
    let body = &function.body;
    let variable = body.binding_ids().find(|id| body[*id].name == "x").expect("x");
    let statements = body
        .statement_ids()
        .filter_map(|statement| match body[statement].kind {
            StatementKind::Return(_) => Some(Definition::Return(statement)),
            StatementKind::Declare(_) => Some(Definition::Declaration(statement)),
            StatementKind::ShortVar { .. } | StatementKind::Assign { .. } | StatementKind::IncDec { .. } => {
                Some(Definition::Assignment(statement))
            }
            StatementKind::Range { .. } => Some(Definition::RangeStep(statement)),
            _ => None,
        });
    let definitions = std::iter::once(Definition::Entry).chain(statements);
    let described = definitions.map(|definition| match definition.value(body, variable) {
        AssignedValue::Zero => "zero".to_owned(),
        AssignedValue::Expression(value) => body.text_of(body[value].span).to_owned(),
        AssignedValue::Part { expression, index } => {
            format!("{}#{index}", body.text_of(body[expression].span))
        }
        AssignedValue::Unknown => "unknown".to_owned(),
    });
    described.collect()
}

#[test]
fn definitions_know_their_values() {
    assert_eq!(
        values(
            "func f() { var (a int; b, x = 1, 2); x = 3; x += 4; x++; _, x = g(); b, x = 5, 6; for x = range b { } }"
        ),
        ["unknown", "2", "3", "unknown", "unknown", "g()#1", "6", "unknown"]
    );
    assert_eq!(
        values("func f() (_ int, x error) { return 1, g(); return h(); return 1, 2, 3 }"),
        ["zero", "g()", "h()#1", "unknown"]
    );
    assert_eq!(
        values("func f() { var x int; (x), x = 1, 2 }"),
        ["unknown", "zero", "2"]
    );
}
