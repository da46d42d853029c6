//! How calls end, and what helpers do with a panic, followed through summaries.

use deferlint_semantics::facts::{Ending, Occurrence};
use deferlint_semantics::types::Certainty;

use crate::support::{ask, first_call};

const IMPORTS: &str = "import (\"log\"; \"os\"; \"runtime\"; \"sync\"; \"testing\"; \"example.com/q\")\n";

/// The package that the sources import as `q`.
const Q: (&str, &str) = (
    "example.com/q",
    "package q\nimport \"os\"\nfunc Die() { os.Exit(1) }\nfunc Fine() {}\n\
     func Handle() { if r := recover(); r != nil { println(r) } }\n\
     type T struct{}\nfunc (t *T) Fail() { panic(t) }",
);

/// Checks how `helper()`, the first call in `f`, ends.
#[track_caller]
fn check(source: &str, expected: impl Into<Option<Ending>>) {
    let found = answer(source);
    assert_eq!(found.0, expected.into(), "{source}");
    assert_eq!(
        found.0.is_some(),
        found.1.is_yes(),
        "both questions agree: {source}"
    );
}

fn answer(source: &str) -> (Option<Ending>, Certainty) {
    let source = format!("{IMPORTS}func f() {{ helper() }}\n{source}");
    ask(&source, &[Q], "f", |context| {
        let call = first_call(context.body);
        (context.ending_of(call), context.never_returns(call))
    })
}

#[test]
fn by_its_own_doing() {
    check("func helper() { panic(1) }", Ending::Panic);
    check("func helper() { os.Exit(1) }", Ending::ProcessExit);
    check("func helper() { log.Fatalf(\"x\") }", Ending::ProcessExit);
    check("func helper() { log.Panicln(1) }", Ending::Panic);
    check("func helper() { runtime.Goexit() }", Ending::GoroutineExit);
    check("func helper() { for {} }", Ending::Blocking);
    check("func helper() { select {} }", Ending::Blocking);
    check(
        "func helper() { if x { os.Exit(1) } else { panic(1) } }",
        Ending::Mixed,
    );
    check(
        "func helper() { if x { os.Exit(1) }; log.Fatal(1) }",
        Ending::ProcessExit,
    );
    check(
        "func helper() { log.Print(1); defer print(2); os.Exit(1) }",
        Ending::ProcessExit,
    );
    check("func helper() { L: for { goto L } }", Ending::Blocking);
}

#[test]
fn by_a_path_that_returns() {
    check("func helper() {}", None);
    check("func helper() { if x { os.Exit(1) } }", None);
    check("func helper() { if x { return }; os.Exit(1) }", None);
    check("func helper() { for { break } }", None);
    check(
        "func helper() { for { select { case <-c: return; default: } } }",
        None,
    );
    check("func helper() { L: for { for { break L } } }", None);
    check("func helper() { goto end; end: }", None);
    check("func helper() { switch x { case 1: os.Exit(1) } }", None);
    check("func helper() { for x { os.Exit(1) } }", None);
    assert_eq!(answer("func helper() {}").1, Certainty::No);
    assert_eq!(answer("func helper() { log.Print(1) }").1, Certainty::No);
}

#[test]
fn through_other_functions() {
    check(
        "func helper() { a() }\nfunc a() { b() }\nfunc b() { os.Exit(1) }",
        Ending::ProcessExit,
    );
    check("func helper() { q.Fine(); q.Die() }", Ending::ProcessExit);
    check("func helper() { if x { return }; q.Die() }", None);
    check(
        "func helper() { if x { println() } else { println() }; q.Die() }",
        Ending::ProcessExit,
    );
    check(
        "func helper() { for x { println() }; q.Die(); println() }",
        Ending::ProcessExit,
    );
    check(
        "func helper() { if x { q.Die() } else { panic(1) } }",
        Ending::Mixed,
    );
    check("func helper() { if x { q.Die() } else { println() } }", None);
    check("func helper() { if x { panic(1) }; q.Die() }", Ending::Mixed);
    check("func helper() { defer q.Die() }", Ending::ProcessExit);
    check("func helper() { go q.Die() }", None);
    check("func helper() { func() { q.Die() }() }", None);
}

#[test]
fn through_methods() {
    let through = |parameter: &str, call: &str| {
        format!(
            "func helper() {{ g(nil) }}\nfunc g(t {parameter}) {{ {call} }}\ntype T struct {{ log *log.Logger; q q.T }}"
        )
    };
    check(&through("*q.T", "t.Fail()"), Ending::Panic);
    check(&through("T", "t.q.Fail()"), Ending::Panic);
    check(&through("*T", "t.log.Fatal(1)"), Ending::ProcessExit);
    check(&through("*testing.T", "t.Fatal(1)"), Ending::GoroutineExit);
    check(&through("*testing.T", "t.Log(1)"), None);
    check(&through("interface { Fail() }", "t.Fail()"), None);
    check("func helper() { v.Fail() }\nvar v q.T", Ending::Panic);
    check("func helper() { v.Fail() }\nvar v = &q.T{}", Ending::Panic);
}

#[test]
fn around_a_circle() {
    check(
        "func helper() { a() }\nfunc a() { helper(); os.Exit(1) }",
        Ending::ProcessExit,
    );
    check(
        "func helper() { a(); os.Exit(1) }\nfunc a() { helper() }",
        Ending::ProcessExit,
    );
    check("func helper() { a() }\nfunc a() { helper() }", None);
    check("func helper() { helper() }", None);
}

#[test]
fn with_a_recovery_of_its_own() {
    check("func helper() { defer func() { recover() }(); panic(1) }", None);
    check("func helper() { defer q.Handle(); panic(1) }", None);
    check(
        "func helper() { defer func() { recover() }(); os.Exit(1) }",
        Ending::ProcessExit,
    );
    check("func helper() { defer unknown(); panic(1) }", None);
    check(
        "var mu sync.Mutex\nfunc helper() { mu.Lock(); defer mu.Unlock(); panic(1) }",
        Ending::Panic,
    );
    check(
        "func helper() { defer func() { func() { recover() }() }(); panic(1) }",
        Ending::Panic,
    );
    check("func helper() { defer recover(); panic(1) }", Ending::Panic);
}

#[test]
fn names_that_mean_something_else() {
    check("func helper() { panic(1) }\nfunc panic(int) {}", None);
    check("func helper() { panic := func(int) {}; panic(1) }", None);
    check(
        "func helper() { os.Exit(1) }\nfunc g() { q.Fine() }",
        Ending::ProcessExit,
    );
    let found = ask(
        "import os \"example.com/q\"\nfunc f() { helper() }\nfunc helper() { os.Exit(1) }",
        &[("example.com/q", "package q\nfunc Exit(int) {}")],
        "f",
        |context| context.never_returns(first_call(context.body)),
    );
    assert_eq!(found, Certainty::Unknown);
    let found = ask(
        "import stop \"os\"\nfunc f() { helper() }\nfunc helper() { stop.Exit(1) }",
        &[],
        "f",
        |context| context.ending_of(first_call(context.body)),
    );
    assert_eq!(found, Some(Ending::ProcessExit));
}

/// Checks what the call that `f` defers does with a panic: whether it recovers, panics again, exits, returns, and of how
/// many calls it isn't known whether they return.
#[track_caller]
fn check_recovery(
    source: &str,
    call: &str,
    expected: Option<(Certainty, Occurrence, Occurrence, bool, usize)>,
) {
    let source = format!("{IMPORTS}func f() {{ defer {call} }}\n{source}");
    let found = ask(&source, &[Q], "f", |context| {
        context.recovery_of(first_call(context.body))
    });
    let found = found.map(|found| {
        (
            found.recovers,
            found.repanics,
            found.exits,
            found.returns,
            found.calls.len(),
        )
    });
    assert_eq!(found, expected, "{source}");
}

#[test]
fn helpers_that_recover() {
    use Certainty::{No, Unknown, Yes};
    use Occurrence::{EveryPath, Never, SomePaths};
    let plain = Some((Yes, Never, Never, true, 0));
    check_recovery("func helper() { recover() }", "helper()", plain);
    check_recovery(
        "func helper() { if r := recover(); r != nil { log.Print(r) } }",
        "helper()",
        plain,
    );
    check_recovery("func helper() { defer recover() }", "helper()", plain);
    check_recovery("func helper[T any]() { recover() }", "helper[int]()", plain);
    check_recovery(
        "type T struct{}\nfunc (t *T) close() { recover() }\nvar v T",
        "v.close()",
        plain,
    );
    check_recovery(
        "type T struct{ U }\ntype U struct{}\nfunc (U) close() { recover() }\nvar v T",
        "v.close()",
        plain,
    );
    check_recovery("", "q.Handle()", plain);
    check_recovery("", "func() { recover() }()", plain);
    let repanics = Some((Yes, EveryPath, Never, false, 0));
    check_recovery(
        "func helper() { if r := recover(); r != nil { panic(r) } }",
        "helper()",
        repanics,
    );
    check_recovery(
        "func helper() { if r := recover(); r != nil { raise(r) } }\nfunc raise(r any) { panic(r) }",
        "helper()",
        repanics,
    );
    let exits = Some((Yes, Never, EveryPath, false, 0));
    check_recovery(
        "func helper() { if r := recover(); r != nil { q.Die() } }",
        "helper()",
        exits,
    );
    let may_exit = Some((Yes, Never, SomePaths, true, 0));
    check_recovery(
        "func helper() { if r := recover(); r != nil { if r == 1 { q.Die() } } }",
        "helper()",
        may_exit,
    );
    check_recovery(
        "func helper() { recover(); unknown() }",
        "helper()",
        Some((Yes, Never, Never, true, 1)),
    );
    let unknown = Some((Unknown, Never, Never, true, 0));
    check_recovery("func helper() { for range x { recover() } }", "helper()", unknown);
    let no = Some((No, Never, Never, false, 0));
    check_recovery(
        "func helper() { inner() }\nfunc inner() { recover() }",
        "helper()",
        no,
    );
    check_recovery("func helper() { func() { recover() }() }", "helper()", no);
    check_recovery("func helper() { defer func() { recover() }() }", "helper()", no);
    check_recovery("func helper() { go func() { recover() }() }", "helper()", no);
    check_recovery("func helper() {}", "helper()", no);
    check_recovery("", "print(recover())", no);
    check_recovery("", "recover()", no);
    check_recovery("", "log.Print(1)", no);
}

#[test]
fn callees_that_are_not_known() {
    check_recovery("func helper() { recover() }\nfunc recover() {}", "helper()", None);
    check_recovery("func helper()", "helper()", None);
    check_recovery("var helper func()", "helper()", None);
    check_recovery("type T interface { close() }\nvar v T", "v.close()", None);
    check_recovery("", "missing()", None);
}
