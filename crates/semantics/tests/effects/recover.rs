//! Where `recover` stands, case by case as Go decides it.

use deferlint_semantics::effects::{RecoverPosition, RecoverSite, Role};
use deferlint_semantics::types::Certainty;

use crate::support::ask;

/// Checks every call of `recover` in the last function: its position, its site unless plain, and whether it stops the
/// panic.
#[track_caller]
fn check(source: &str, expected: &[&str]) {
    check_with(source, &[], expected);
}

#[track_caller]
fn check_with(source: &str, imported: &[(&str, &str)], expected: &[&str]) {
    let found = ask(source, imported, "", |context| {
        let calls = context.recover_calls().iter();
        calls
            .map(|call| {
                let site = match call.site {
                    RecoverSite::Plain => "",
                    RecoverSite::Deferred(_) => ", deferred itself",
                    RecoverSite::DeferredArgument(_) => ", deferred argument",
                    RecoverSite::RangeBody { .. } => ", range body",
                };
                let effective = match call.is_effective() {
                    Certainty::Yes => "recovers",
                    Certainty::No => "doesn't",
                    Certainty::Unknown => "unknown",
                };
                format!("{}{site}: {effective}", position(call.position))
            })
            .collect::<Vec<_>>()
    });
    assert_eq!(found, expected, "{source}");
}

fn position(position: RecoverPosition) -> &'static str {
    match position {
        RecoverPosition::DeclaredFunction => "declared",
        RecoverPosition::PackageInitializer => "initializer",
        RecoverPosition::DeferredLiteral { .. } => "deferred literal",
        RecoverPosition::NestedDefer { .. } => "nested defer",
        RecoverPosition::NestedLiteral {
            role: Role::Called { .. },
            ..
        } => "called inside a deferred literal",
        RecoverPosition::NestedLiteral {
            role: Role::Passed { .. },
            ..
        } => "passed inside a deferred literal",
        RecoverPosition::NestedLiteral { .. } => "escaping inside a deferred literal",
        RecoverPosition::Goroutine { .. } => "goroutine",
        RecoverPosition::CalledLiteral { .. } => "called literal",
        RecoverPosition::PassedLiteral { .. } => "passed literal",
        RecoverPosition::EscapingLiteral => "escaping literal",
    }
}

#[test]
fn in_a_deferred_literal() {
    check(
        "func f() { defer func() { recover() }() }",
        &["deferred literal: recovers"],
    );
    check(
        "func f() { defer (func() { recover() })() }",
        &["deferred literal: recovers"],
    );
    check(
        "func f() { defer func(x int) { _ = recover() }(1) }",
        &["deferred literal: recovers"],
    );
    check(
        "func f() { for { defer func() { if true { recover() } }() } }",
        &["deferred literal: recovers"],
    );
}

#[test]
fn in_a_literal_held_by_a_variable() {
    check(
        "func f() { h := func() { recover() }; defer h() }",
        &["deferred literal: recovers"],
    );
    check(
        "func f() { var h = func() { recover() }; defer h(); h() }",
        &["deferred literal: recovers"],
    );
    check(
        "func f() { h := func() { recover() }; h() }",
        &["called literal: doesn't"],
    );
    check(
        "func f() { h := func() { recover() }; go h() }",
        &["goroutine: doesn't"],
    );
    check(
        "func f() { h := func() { recover() }; use(h); defer h() }",
        &["escaping literal: unknown"],
    );
    check(
        "func f() { h := func() { recover() }; h = nil; defer h() }",
        &["escaping literal: unknown"],
    );
}

#[test]
fn in_a_declared_function() {
    check("func f() { recover() }", &["declared: unknown"]);
    check(
        "func (t T) f() { if r := recover(); r != nil { println(r) } }",
        &["declared: unknown"],
    );
}

#[test]
fn deferred_directly() {
    check(
        "func f() { defer recover() }",
        &["declared, deferred itself: unknown"],
    );
    check(
        "func f() { defer func() { defer recover() }() }",
        &["deferred literal, deferred itself: recovers"],
    );
}

#[test]
fn evaluated_by_a_defer_statement() {
    check(
        "func f() { defer print(recover()) }",
        &["declared, deferred argument: unknown"],
    );
    check(
        "func f() { defer func(r any) {}(recover()) }",
        &["declared, deferred argument: unknown"],
    );
    check(
        "func f() { defer func() { defer print(recover()) }() }",
        &["deferred literal, deferred argument: recovers"],
    );
}

#[test]
fn in_a_literal_inside_a_deferred_literal() {
    check(
        "func f() { defer func() { func() { recover() }() }() }",
        &["called inside a deferred literal: doesn't"],
    );
    check(
        "func f() { defer func() { once.Do(func() { recover() }) }() }",
        &["passed inside a deferred literal: doesn't"],
    );
    check(
        "func f() { defer func() { h := func() { recover() }; h() }() }",
        &["called inside a deferred literal: doesn't"],
    );
    check(
        "func f() { defer func() { s.h = func() { recover() } }() }",
        &["escaping inside a deferred literal: unknown"],
    );
}

#[test]
fn deferred_by_a_deferred_literal() {
    check(
        "func f() { defer func() { defer func() { recover() }() }() }",
        &["nested defer: doesn't"],
    );
    check(
        "func f() { defer func() { defer func() { defer recover() }() }() }",
        &["nested defer, deferred itself: doesn't"],
    );
}

#[test]
fn deferred_by_a_literal_that_runs_otherwise() {
    check(
        "func f() { func() { defer func() { recover() }() }() }",
        &["deferred literal: recovers"],
    );
    check(
        "func f() { go func() { defer func() { recover() }() }() }",
        &["deferred literal: recovers"],
    );
    check(
        "func f() { use(func() { defer func() { recover() }() }) }",
        &["deferred literal: recovers"],
    );
}

#[test]
fn where_nothing_panics() {
    check("func f() { go func() { recover() }() }", &["goroutine: doesn't"]);
    check(
        "func f() { defer func() { go func() { recover() }() }() }",
        &["goroutine: doesn't"],
    );
    check(
        "func f() { defer func() { go func() { func() { recover() }() }() }() }",
        &["called literal: doesn't"],
    );
    check(
        "func f() { func() { recover() }() }",
        &["called literal: doesn't"],
    );
    check("var x = recover()", &["initializer: doesn't"]);
    check(
        "var x = func() any { return recover() }()",
        &["called literal: doesn't"],
    );
}

#[test]
fn in_a_literal_that_others_run() {
    check(
        "func f() { use(func() { recover() }) }",
        &["passed literal: unknown"],
    );
    check(
        "func f() func() { return func() { recover() } }",
        &["escaping literal: unknown"],
    );
    check("var h = func() { recover() }", &["escaping literal: unknown"]);
    check(
        "var t = T{h: func() { recover() }}",
        &["escaping literal: unknown"],
    );
}

#[test]
fn in_a_loop_over_a_function() {
    let all = "\nfunc all(yield func(int) bool) {}\nfunc seq() func(func(int) bool) { return all }\n";
    let check = |body: &str, expected: &str| check(&format!("func f() {{ {body} }}{all}"), &[expected]);
    check(
        "defer func() { for range all { recover() } }()",
        "deferred literal, range body: doesn't",
    );
    check(
        "defer func() { for x := range seq() { if x > 0 { recover() } } }()",
        "deferred literal, range body: doesn't",
    );
    check(
        "defer func() { for range all { for range 3 { recover() } } }()",
        "deferred literal, range body: doesn't",
    );
    check(
        "defer func() { for range all { defer recover() } }()",
        "deferred literal, deferred itself: recovers",
    );
    check(
        "defer func() { for range all { defer print(recover()) } }()",
        "deferred literal, range body: doesn't",
    );
    check(
        "defer func() { for range all { defer func() { recover() }() } }()",
        "nested defer: doesn't",
    );
    check(
        "defer func() { for range pick(recover()) { } }()",
        "deferred literal: recovers",
    );
    check(
        "defer func() { for range []int{1} { recover() } }()",
        "deferred literal: recovers",
    );
    check(
        "defer func() { for range unknown { recover() } }()",
        "deferred literal, range body: unknown",
    );
    check(
        "for range all { defer func() { recover() }() }",
        "deferred literal: recovers",
    );
}

#[test]
fn names_that_mean_something_else() {
    check(
        "func f() { recover := func() {}; defer func() { recover() }() }",
        &[],
    );
    check("func f(recover func()) { defer func() { recover() }() }", &[]);
    check(
        "func f() { defer func() { recover() }() }\nfunc recover() {}",
        &[],
    );
    check(
        "func f() { defer func() { recover() }() }\nvar recover func()",
        &[],
    );
    check(
        "import . \"example.com/q\"\nfunc f() { defer func() { recover() }() }",
        &[],
    );
    let without = ("example.com/q", "package q\nfunc Recover() {}");
    let with = ("example.com/q", "package q\nfunc recover() {}");
    let source = "import . \"example.com/q\"\nfunc f() { defer func() { recover() }() }";
    check_with(source, &[without], &["deferred literal: recovers"]);
    check_with(source, &[with], &[]);
}
