//! Code that leads in circles, that is very long, or that nothing is known about: answered soon, and without a deep
//! stack.

use std::fmt::Write as _;

use super::{check, type_of_last};

#[test]
fn circles() {
    check(
        "type A = B
        type B = A
        type C D
        type D C
        type E struct{ E; f A }
        type I interface{ I; J }
        type J interface{ I; I; m() error }
        type Grow[T any] struct{ next *Grow[map[T]T]; value T }
        var a = b
        var b = a
        func f[T interface{ m(T, T) T; n(T) T }, U V, V U](x A, c C, e E, i I, g Grow[int], t T, u U) {
            use(x /*type: ?*/, c.y /*type: ?*/, e.z /*type: ?*/, i.m() /*type: error*/, a /*type: ?*/)
            use(g.next.next.value /*type: map[map[int]int]map[int]int*/, t.m(t, t) /*type: T*/, u.m /*type: ?*/)
        }",
    );
}

#[test]
fn a_type_that_grows_with_every_field_is_given_up() {
    let fields = ".next".repeat(60);
    let text = format!(
        "type Grow[T any] struct{{ next *Grow[map[T]T]; value T }}
        func f(g Grow[int]) {{ last := g{fields}.value; use(last) }}"
    );
    assert!(type_of_last(&text, "last").len() < 10_000);
}

#[test]
fn a_chain_of_unknown_calls_is_asked_once_a_link() {
    let text = format!(
        "func f() {{ last := build(){}; use(last) }}",
        ".with(1)".repeat(900)
    );
    assert_eq!(type_of_last(&text, "last"), "?");
}

#[test]
fn a_row_of_operators_is_long() {
    let text = format!(
        "var last = \"a\"{}\nfunc f() {{ last := \"a\"{}; use(last) }}",
        " + \"b\"".repeat(1_900),
        " + \"b\"".repeat(1_900)
    );
    assert_eq!(type_of_last(&text, "last"), "string");
}

#[test]
fn a_row_of_variables_that_nothing_is_known_about() {
    let mut text = "func f() {\nx0 := unknown()\n".to_owned();
    for index in 1..2_000 {
        let before = index - 1;
        let _ = writeln!(text, "x{index} := x{before} + x{before}");
    }
    assert_eq!(type_of_last(&format!("{text}use(x1999)\n}}"), "x1999"), "?");
}

#[test]
fn a_deep_constraint_mentions_its_parameter_often() {
    let methods: String = (0..30).fold(String::new(), |mut methods, index| {
        let _ = write!(methods, "m{index}(T, T) T; ");
        methods
    });
    let text =
        format!("func f[T interface{{ {methods} }}](last T) {{ use(last.m3(last, last)); use(last) }}");
    assert_eq!(type_of_last(&text, "last"), "T");
}

#[test]
fn deep_nesting() {
    let text = format!(
        "func f() {{ last := {}x{}; use(last) }}",
        "(*".repeat(140),
        ")".repeat(140)
    );
    assert_eq!(type_of_last(&text, "last"), "?");
    let deep = format!(
        "var last {}int\nfunc f() {{ use(last) }}",
        "map[string]".repeat(140)
    );
    assert!(type_of_last(&deep, "last").starts_with("map[string]map[string]"));
}
