//! How each statement of Go leads on.

use super::support::check;

#[test]
fn a_defer_reaches_only_the_exits_after_it() {
    check(
        "func f(a bool) error {
    if a {
        return nil
    }
    defer close() // exits: 6
    return nil
}",
    );
}

#[test]
fn if_chain() {
    check(
        "func f(a, b bool) {
    start() // exits: 4 6 8
    if a {
        return // exits: 4
    } else if x := g(); x && b {
        return
    } else {
        return
    }
    after() // reached: no
}",
    );
}

#[test]
fn if_without_else_falls_past() {
    check(
        "func f(a bool) {
    if a { // exits: 3 end; dominates 5: yes
        return // dominates 5: no
    }
    after() // reached: yes; postdominates 2: no
}",
    );
}

#[test]
fn short_circuits_are_edges() {
    check(
        "func f(a, b, c error) {
    if a != nil && (b == nil || !(c != nil)) {
        then() // a is: non-nil; b is: unknown
    } else if a == nil || b == nil {
        otherwise() // a is: unknown
    } else {
        last() // a is: non-nil; b is: non-nil; c is: unknown
    }
}",
    );
}

#[test]
fn panics_and_calls_that_never_return_are_exits() {
    check(
        "func f(a, b bool) {
    start() // exits: panic@4 stop@7 end
    if a {
        panic(1) // exits: panic@4
    }
    if b {
        stop()
        after() // reached: no
    }
}",
    );
}

#[test]
fn switch_with_default() {
    check(
        "func f(x int) int {
    start() // exits: 5 7 10
    switch y := x; y {
    case 1, 2:
        return 1 // reached: yes
    default:
        return 2
    case 3:
    }
    return 3 // reached: yes
}",
    );
}

#[test]
fn switch_without_default_falls_past() {
    check(
        "func f(x int) int {
    switch x { // exits: 4 6
    case 1:
        return 1
    }
    return 2 // reached: yes
}",
    );
}

#[test]
fn every_clause_returns() {
    check(
        "func f(x int) int {
    switch x { // exits: 4 6
    case 1:
        return 1
    default:
        return 2
    }
    after() // reached: no
}",
    );
}

#[test]
fn fallthrough_enters_the_next_clause() {
    check(
        "func f(x int) int {
    switch x {
    case 1:
        first() // exits: 7
        fallthrough
    case 2:
        return 2
    case 3:
        third() // exits: 11
    }
    return 3
}",
    );
}

#[test]
fn break_leaves_the_switch() {
    check(
        "func f(x int, a bool) int {
    switch {
    case x > 1:
        if a {
            break // exits: 9
        }
        return 1
    }
    return 2
}",
    );
}

#[test]
fn switch_without_value_decides_by_its_conditions() {
    check(
        "func f(a, b error) {
    switch {
    case a != nil, b == nil:
        first() // a is: unknown
    case b != nil:
        second() // a is: nil; b is: non-nil
    default:
        third() // a is: nil
    }
}",
    );
}

#[test]
fn type_switch() {
    check(
        "func f(x any) int {
    switch y := x.(type) { // exits: 4 8
    case int:
        return y
    case nil:
        second() // exits: 8
    }
    return 2
}",
    );
}

#[test]
fn select_without_clauses_blocks() {
    check(
        "func f() {
    defer a() // exits: none
    select {}
    after() // reached: no
}",
    );
}

#[test]
fn select_runs_one_clause() {
    check(
        "func f(c, d chan int) int {
    select { // exits: 4 8
    case x := <-c:
        return x
    case d <- 1:
        break // exits: 8
    }
    return 2
}",
    );
}

#[test]
fn select_in_which_every_clause_returns() {
    check(
        "func f(c chan int) int {
    select { // exits: 4 6
    case x := <-c:
        return x
    default:
        return 1
    }
    after() // reached: no
}",
    );
}

#[test]
fn goto_forwards() {
    check(
        "func f(a bool) int {
    if a {
        goto done // exits: 8
    }
    return 1
done:
    cleanup() // reached: yes
    return 2
}",
    );
}

#[test]
fn goto_leaves_the_statements_after_it_unreachable() {
    check(
        "func f() {
    goto end // exits: end
    between() // reached: no
end:
}",
    );
}

#[test]
fn literals_are_values_with_graphs_of_their_own() {
    check(
        "func f() error {
    g(func() error { // exits: 5
        return nil // exits: 3
    })
    return nil
}",
    );
}

#[test]
fn postdominators() {
    check(
        "func f(a bool) int {
    start()
    if a {
        inner() // postdominates 2: no; dominates 6: no
    }
    after() // postdominates 2: yes; postdominates 4: yes
    return 1 // postdominates 2: yes
}",
    );
}
