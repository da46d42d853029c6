//! What a function does once it has recovered.

use deferlint_semantics::body::{BindingId, FunctionId, StatementId};
use deferlint_semantics::context::Context;
use deferlint_semantics::effects::RecoveryBranch;
use deferlint_semantics::facts::Occurrence;

use crate::support::ask;

/// Checks the handling of the innermost deferred literal, or of the declared function when it has no literal: one line
/// for each thing that it does.
#[track_caller]
fn check(source: &str, expected: &[&str]) {
    let source = format!("import (\"fmt\"; \"log\"; \"os\")\n{source}");
    let found = ask(&source, &[], "f", |context| {
        let last = FunctionId(context.body.functions.len() as u32 - 1);
        describe(context, last)
    });
    assert_eq!(found, expected, "{source}");
}

fn describe(context: &Context<'_>, function: FunctionId) -> Vec<String> {
    let body = context.body;
    let Some(handling) = context.recovery_handling(function) else {
        return vec!["no recover".to_owned()];
    };
    let mut lines = Vec::new();
    lines.extend(
        handling
            .recovered_value
            .map(|value| format!("value {}", body[value].name)),
    );
    let text = |statement: StatementId| body.text_of(body[statement].span).to_owned();
    lines.push(match handling.branch {
        RecoveryBranch::Block(block) => format!("block {}", text(block)),
        RecoveryBranch::After(statement) => format!("after {}", text(statement)),
        RecoveryBranch::AfterAlways(statement) => format!("always after {}", text(statement)),
        RecoveryBranch::Clauses(_) => "clauses".to_owned(),
        RecoveryBranch::None => "no branch".to_owned(),
    });
    let names = |kind: &str, bindings: &[BindingId]| {
        let names = bindings.iter().map(|binding| body[*binding].name.as_str());
        names.map(|name| format!("{kind} {name}")).collect::<Vec<_>>()
    };
    lines.extend(names("assigns", &handling.assigns));
    lines.extend(names("writes through", &handling.writes_through));
    lines.extend(
        handling
            .assigns_package_variable
            .then(|| "assigns a package variable".to_owned()),
    );
    for call in &handling.calls {
        let function = body
            .call_of(call.call)
            .map(|(function, _)| body.text_of(body[function].span));
        let always = if call.always { "always " } else { "" };
        let value = if call.gets_value { " with the value" } else { "" };
        lines.push(format!("{always}calls {}{value}", function.unwrap_or_default()));
    }
    for (name, occurrence) in [("repanics", handling.repanics), ("exits", handling.exits)] {
        match occurrence {
            Occurrence::Never => {}
            Occurrence::SomePaths => lines.push(format!("may {name}")),
            Occurrence::EveryPath => lines.push(format!("always {name}")),
        }
    }
    lines.extend(handling.escapes.then(|| "the value escapes".to_owned()));
    lines.extend((!handling.returns).then(|| "never returns".to_owned()));
    lines
}

#[test]
fn the_branch_of_an_if() {
    check(
        "func f() { defer func() { if r := recover(); r != nil { print(r) } }() }",
        &["value r", "block { print(r) }"],
    );
    check(
        "func f() { defer func() { if nil != recover() { print(1) } }() }",
        &["block { print(1) }"],
    );
    check(
        "func f() { defer func() { if r := recover(); r == nil { return } else { print(r) } }() }",
        &["value r", "block { print(r) }"],
    );
    check(
        "func f() { defer func() { var r = recover(); if (r != nil) { print(r) } }() }",
        &["value r", "block { print(r) }"],
    );
    check(
        "func f() { defer func() { var r any; r = recover(); if r != nil { print(r) } }() }",
        &["value r", "block { print(r) }"],
    );
}

#[test]
fn the_statements_after_a_guard() {
    check(
        "func f() { defer func() { r := recover(); if r == nil { return }; print(r) }() }",
        &["value r", "after if r == nil { return }"],
    );
    check(
        "func f() { defer func() { r := recover(); if r == nil { print(0) }; print(r) }() }",
        &["value r", "always after if r == nil { print(0) }"],
    );
    check(
        "func f() { defer func() { recover(); print(1) }() }",
        &["always after recover()"],
    );
    check(
        "func f() { defer func() { _ = recover() }() }",
        &["always after _ = recover()"],
    );
}

#[test]
fn branches_that_are_no_one_place() {
    check(
        "func f() { defer func() { switch r := recover().(type) { case nil: case error: print(r) } }() }",
        &["clauses"],
    );
    check("func f() { defer func() { defer recover() }() }", &["no branch"]);
    check(
        "func f(b bool) { defer func() { if r := recover(); b && r != nil { print(r) } }() }",
        &["value r", "no branch"],
    );
    check("func f() { defer func() { print(1) }() }", &["no recover"]);
}

#[test]
fn a_declared_helper() {
    check(
        "func f(err *error) { if r := recover(); r != nil { *err = fmt.Errorf(\"%v\", r) } }",
        &[
            "value r",
            "block { *err = fmt.Errorf(\"%v\", r) }",
            "writes through err",
            "calls fmt.Errorf with the value",
            "the value escapes",
        ],
    );
}

#[test]
fn what_it_sets() {
    check(
        "func f() (m map[string]int, err error) { defer func() { if r := recover(); r != nil { m = nil } }(); return }",
        &["value r", "block { m = nil }", "assigns m"],
    );
    check(
        "func f(s *T) { defer func() { if recover() != nil { s.failed = true; n := 1; n++ } }() }",
        &["block { s.failed = true; n := 1; n++ }", "writes through s"],
    );
    check(
        "func f() { defer func() { if recover() != nil { failures++ } }() }",
        &["block { failures++ }", "assigns a package variable"],
    );
}

#[test]
fn literals_that_run_on_its_frame_count() {
    let source = "func f() { ok := true; defer func() { recover(); func() { ok = false }(); go func() { ok = true }() }(); _ = ok }";
    let found = ask(source, &[], "f", |context| describe(context, FunctionId(1)));
    assert_eq!(found, ["always after recover()", "assigns ok"]);
}

#[test]
fn what_runs_without_a_panic_is_left_out() {
    check(
        "func f() (err error) { defer func() { if r := recover(); r == nil { err = nil; os.Exit(0) } else { print(r) } }(); return }",
        &["value r", "block { print(r) }"],
    );
    check(
        "func f() (err error) { defer func() { r := recover(); if r == nil { err = nil; panic(1) }; print(r) }(); return }",
        &["value r", "after if r == nil { err = nil; panic(1) }"],
    );
}

#[test]
fn panics_again() {
    check(
        "func f() { defer func() { if r := recover(); r != nil { panic(r) } }() }",
        &[
            "value r",
            "block { panic(r) }",
            "always repanics",
            "never returns",
        ],
    );
    check(
        "func f(b bool) { defer func() { if r := recover(); r != nil { if b { panic(r) } } }() }",
        &["value r", "block { if b { panic(r) } }", "may repanics"],
    );
    check(
        "func f() { defer func() { r := recover(); switch r { case nil: return; case 1: default: panic(r) } }() }",
        &["value r", "no branch", "may repanics"],
    );
}

#[test]
fn ends_the_process() {
    check(
        "func f() { defer func() { if r := recover(); r != nil { log.Fatal(r) } }() }",
        &[
            "value r",
            "block { log.Fatal(r) }",
            "calls log.Fatal with the value",
            "always exits",
            "never returns",
        ],
    );
    check(
        "func f(b bool) { defer func() { if r := recover(); r != nil { if b { panic(r) }; os.Exit(2) } }() }",
        &[
            "value r",
            "block { if b { panic(r) }; os.Exit(2) }",
            "calls os.Exit",
            "may repanics",
            "may exits",
            "never returns",
        ],
    );
    check(
        "func f() { defer func() { if r := recover(); r != nil { die(r) } }() }\nfunc die(r any) { log.Print(r); os.Exit(1) }",
        &[
            "value r",
            "block { die(r) }",
            "calls die with the value",
            "always exits",
            "never returns",
        ],
    );
}

#[test]
fn where_the_value_goes() {
    check(
        "func f(c chan any) { defer func() { if r := recover(); r != nil { c <- r } }() }",
        &["value r", "block { c <- r }", "the value escapes"],
    );
    check(
        "func f(c chan error) { defer func() { c <- fmt.Errorf(\"%v\", recover()) }() }",
        &[
            "always after c <- fmt.Errorf(\"%v\", recover())",
            "calls fmt.Errorf with the value",
            "the value escapes",
        ],
    );
    check(
        "func f(s *T) { defer func() { if r := recover(); r != nil { e := fmt.Sprint(r); s.err = e } }() }",
        &[
            "value r",
            "block { e := fmt.Sprint(r); s.err = e }",
            "writes through s",
            "calls fmt.Sprint with the value",
            "the value escapes",
        ],
    );
    check(
        "func f() { defer func() { if r := recover(); r != nil { e := r; _ = e; fmt.Println(e, 1) } }() }",
        &[
            "value r",
            "block { e := r; _ = e; fmt.Println(e, 1) }",
            "always calls fmt.Println with the value",
        ],
    );
    let in_literal = "func f(c chan any) { defer func() { r := recover(); go func() { c <- r }() }() }";
    let escapes = |source| {
        ask(source, &[], "f", |context| {
            context
                .recovery_handling(FunctionId(1))
                .is_some_and(|handling| handling.escapes)
        })
    };
    assert!(escapes(in_literal));
    assert!(escapes(
        "func f(c chan any) { defer func() { func(r any) { c <- r }(recover()) }() }"
    ));
    assert!(!escapes(
        "func f(c chan any) { defer func() { r := recover(); go func() { c <- 1 }(); _ = r }() }"
    ));
    check(
        "func f(c chan any) { defer func() { if r := recover(); r != nil { c <- 1 } }() }",
        &["value r", "block { c <- 1 }"],
    );
}
