//! What can run again.

use super::support::check;

#[test]
fn endless_loop_has_no_exit() {
    check(
        "func f() {
    defer a() // exits: none; loop: none
    for {
        work() // loop: 3; exits: none
    }
    after() // reached: no
}",
    );
}

#[test]
fn endless_loop_with_break() {
    check(
        "func f(a bool) {
    for {
        if a {
            break // exits: end; loop: none
        }
        work() // loop: 2
    }
    after() // reached: yes; loop: none
}",
    );
}

#[test]
fn for_with_all_its_parts() {
    check(
        "func f(n int) int {
    for i := 0; i < n; i++ { // loop: none; exits: 4 8
        if i == 3 { // loop: 2
            return i // loop: none
        }
        defer work() // loop: 2
    }
    return 0 // reached: yes
}",
    );
}

#[test]
fn range_takes_no_turn_or_several() {
    check(
        "func f(xs []int) int {
    for _, x := range xs {
        defer close(x) // loop: 2; exits: 5
    }
    return 0 // reached: yes
}",
    );
}

#[test]
fn return_in_the_body_of_a_range_over_a_function_is_the_functions() {
    check(
        "func f(all func(func(int) bool)) int {
    for x := range all {
        return x // loop: none
    }
    return 0 // reached: yes
}",
    );
}

#[test]
fn a_body_that_leaves_in_the_same_turn_is_no_loop() {
    check(
        "func f(xs []int) {
    for _, x := range xs {
        defer close(x) // loop: none
        break
    }
    for _, x := range xs {
        defer close(x) // loop: none
        return
    }
}",
    );
}

#[test]
fn the_inner_loop_that_is_always_left_is_passed_over() {
    check(
        "func f(xs []int) {
    for {
        for _, x := range xs {
            defer close(x) // loop: 2
            break
        }
    }
}",
    );
}

#[test]
fn continue_starts_the_next_turn() {
    check(
        "func f(xs []int, a bool) {
    for _, x := range xs {
        if a {
            work(x) // loop: 2
            continue
        }
        return // loop: none
    }
}",
    );
}

#[test]
fn labelled_break_and_continue() {
    check(
        "func f(a, b bool) int {
outer:
    for {
        for {
            if a {
                first() // loop: 3
                continue outer
            }
            if b {
                second() // loop: none; exits: 16
                break outer
            }
            third() // loop: 4
        }
    }
    return 0 // reached: yes
}",
    );
}

#[test]
fn labelled_break_of_a_switch_in_a_loop() {
    check(
        "func f(x int) int {
    for {
        switch x {
        case 1:
            break // loop: 2
        }
    }
}",
    );
    check(
        "func f(x int) int {
loop:
    for {
        switch x {
        case 1:
            break loop // loop: none; exits: 9
        }
    }
    return 0
}",
    );
}

#[test]
fn labelled_break_of_a_select_in_a_loop() {
    check(
        "func f(c chan int) {
loop:
    for {
        select {
        case <-c:
            defer one() // loop: none; exits: end
            break loop
        default:
            defer two() // loop: 3; exits: end
        }
    }
}",
    );
}

#[test]
fn break_in_a_labelled_if_leaves_the_loop() {
    check(
        "func f(a bool) {
    for {
    again:
        if a {
            break // exits: end; loop: none
        }
        goto again
    }
    after() // reached: yes
}",
    );
}

#[test]
fn break_in_a_labelled_block_leaves_the_loop() {
    check(
        "func f(a bool) {
    for {
    again:
        {
            if a {
                goto again
            }
            break // exits: end
        }
        after() // reached: no
    }
}",
    );
}

#[test]
fn goto_backwards_is_a_loop() {
    check(
        "func f(a bool) {
    before() // loop: none
again:
    work()
    defer close() // loop: 3; exits: end
    if a {
        goto again
    }
    defer close() // loop: none
}",
    );
}

#[test]
fn goto_inside_a_loop_that_turns_once() {
    check(
        "func f(a bool) {
    for {
    again:
        work()
        defer close() // loop: 3
        if a {
            goto again
        }
        break
    }
}",
    );
}

#[test]
fn goto_inside_a_loop_that_turns_again() {
    check(
        "func f(a, b bool) {
    for b {
    again:
        defer close() // loop: 3
        if a {
            goto again
        }
        defer close() // loop: 2
    }
}",
    );
}

#[test]
fn a_loop_that_a_goto_repeats() {
    check(
        "func f(a bool, xs []int) {
again:
    for _, x := range xs {
        defer close(x) // loop: 2
        if a {
            goto again
        }
        break
    }
}",
    );
}

#[test]
fn a_loop_in_unreachable_code_does_not_run() {
    check(
        "func f(xs []int) {
    return
    for range xs {
        work() // loop: none; reached: no
    }
}",
    );
}

#[test]
fn a_literal_in_a_loop_has_no_loop_around() {
    check(
        "func f(xs []int) {
    for _, x := range xs {
        func() { // loop: 2
            defer close(x) // loop: none; exits: end
        }()
    }
}",
    );
}
