//! What a call does to its arguments and its receiver.

use deferlint_semantics::Name;
use deferlint_semantics::effects::{Effects, LinkedEffect};
use deferlint_semantics::facts::{EffectKind, ParameterIndex, Step};
use deferlint_semantics::types::Certainty;

use crate::support::{ask, first_call};

/// Checks what `helper` does to its first parameter, or a method to its receiver: every effect, with the path from
/// there, and a question mark after one that isn't certain;
/// a leak never is.
#[track_caller]
fn check(source: &str, expected: &[&str]) {
    let found = effects(source).map(|effects| effects.iter().map(describe).collect::<Vec<_>>());
    let expected = expected
        .iter()
        .map(|effect| (*effect).to_owned())
        .collect::<Vec<_>>();
    assert_eq!(found, Some(expected), "{source}");
}

fn effects(source: &str) -> Option<Effects> {
    let is_method = source.contains(") helper(");
    let call = if is_method {
        "v.helper(nil)"
    } else {
        "helper(v, nil)"
    };
    let source = format!("import \"fmt\"\nfunc f() {{ {call} }}\nvar v T\n{source}");
    let parameter = if is_method {
        ParameterIndex::Receiver
    } else {
        ParameterIndex::Parameter(0)
    };
    ask(&source, &[], "f", |context| {
        context.effects_on(first_call(context.body), &parameter)
    })
}

fn describe(effect: &LinkedEffect) -> String {
    let kind = match effect.kind {
        EffectKind::Clears => "clears",
        EffectKind::Deletes => "deletes",
        EffectKind::WritesElement => "writes",
        EffectKind::Assigns => "assigns",
        EffectKind::Stores => "stores",
        EffectKind::Returns(_) => "returns",
        EffectKind::Leaks => "leaks",
    };
    let path = effect.path.iter().map(|step| match step {
        Step::Field(name) => format!(".{name}"),
        Step::Element => "[]".to_owned(),
    });
    format!(
        "{kind} p{}{}",
        path.collect::<String>(),
        if effect.is_certain || kind == "leaks" {
            ""
        } else {
            "?"
        }
    )
}

const T: &str =
    "type T struct { m map[string]int; n map[string]int; u *U }\ntype U struct { m map[string]int }";

/// Checks `helper` with a body, for a parameter `p` of this type.
#[track_caller]
fn check_body(type_: &str, body: &str, expected: &[&str]) {
    check(
        &format!("func helper(p {type_}, x any) {{ {body} }}\n{T}"),
        expected,
    );
}

#[test]
fn clears() {
    let map = "map[string]int";
    check_body(map, "clear(p)", &["clears p"]);
    check_body(map, "if x != nil { clear(p) }", &["clears p"]);
    check_body(map, "for k := range p { delete(p, k) }", &["clears p"]);
    check_body(
        map,
        "for k := range p { fmt.Println(k); delete(p, k) }",
        &["clears p"],
    );
    check_body(map, "n := p; clear(n)", &["clears p"]);
    check_body(map, "var n = p; o := n; clear(o)", &["clears p"]);
    check_body(map, "var n map[string]int = p; clear(n)", &["clears p"]);
    check_body("*map[string]int", "clear(*p)", &["clears p"]);
    check_body("*T", "clear(p.m)", &["clears p.m"]);
    check_body("T", "clear(p.m)", &["clears p.m"]);
    check_body("*T", "m := p.u.m; clear(m)", &["clears p.u.m"]);
    check_body("*T", "copied := *p; clear(copied.m)", &["clears p.m"]);
    check_body(
        "[]map[string]int",
        "for _, m := range p { clear(m) }",
        &["clears p[]"],
    );
    check_body("map[string]map[string]int", "clear(p[\"a\"])", &["clears p[]"]);
    check_body(
        "map[string]map[string]int",
        "if m, ok := p[\"a\"]; ok { clear(m) }",
        &["clears p[]"],
    );
    check_body(
        "any",
        "switch m := p.(type) { case map[string]int: clear(m) }",
        &["clears p"],
    );
}

#[test]
fn clears_in_literals_on_its_frame() {
    let map = "map[string]int";
    check_body(map, "defer func() { clear(p) }()", &["clears p"]);
    check_body(map, "func() { clear(p) }()", &["clears p"]);
    check_body(map, "defer func(m map[string]int) { clear(m) }(p)", &["clears p"]);
    check_body(map, "h := func() { clear(p) }; h()", &["clears p"]);
    check_body(map, "defer clear(p)", &["clears p"]);
}

#[test]
fn deletes_and_writes() {
    let map = "map[string]int";
    check_body(map, "delete(p, \"a\")", &["deletes p"]);
    check_body(
        map,
        "for k := range p { if k == \"\" { delete(p, k) } }",
        &["deletes p"],
    );
    check_body(
        map,
        "for k := range p { if k == \"\" { continue }; delete(p, k) }",
        &["deletes p"],
    );
    check_body(map, "for k := range other { delete(p, k) }", &["deletes p"]);
    check_body(map, "p[\"a\"] = 1", &["writes p"]);
    check_body(map, "p[\"a\"]++", &["writes p"]);
    check_body(map, "p[\"a\"] += 1", &["writes p"]);
    check_body("*T", "p.m[\"a\"] = 1", &["writes p.m"]);
    check_body("[]int", "copy(p, []int{1})", &["writes p"]);
    check_body(
        "map[string]map[string]int",
        "p[\"a\"][\"b\"] = 1",
        &["writes p[]"],
    );
}

#[test]
fn assigns() {
    check_body("*error", "*p = nil", &["assigns p"]);
    check_body("*T", "p.m = nil", &["assigns p.m"]);
    check_body("*T", "p.u.m = nil", &["assigns p.u.m"]);
    check_body("*T", "q := p; q.m = nil", &["assigns p.m"]);
    check_body("*T", "(*p).m = nil", &["assigns p.m"]);
    check_body("*T", "u := &p.m; *u = nil", &["assigns p.m"]);
    check_body("[]T", "p[0].m = nil", &["assigns p[].m"]);
    // Whether a field of a value parameter's copy is assigned, or what a pointer type's name hides, isn't decided.
    check_body("T", "p.m = nil", &["assigns p.m?"]);
    check_body("*T", "copied := *p; copied.m = nil", &["assigns p.m?"]);
    check_body("[2]int", "p[0] = 1", &["writes p?"]);
    check_body("map[string]int", "p = nil", &[]);
    check_body("*T", "p = nil", &[]);
}

#[test]
fn stores_and_returns() {
    check_body("*T", "v = *p", &["stores p"]);
    check_body("map[string]int", "v.m = p", &["stores p"]);
    check_body("map[string]int", "c <- p", &["stores p"]);
    check_body("map[string]int", "all = append(all, p)", &["stores p"]);
    check_body("map[string]int", "byName[\"a\"] = p", &["stores p"]);
    check_body("map[string]int", "go fmt.Println(p)", &["stores p"]);
    check_body(
        "map[string]int",
        "go func() { println(p[\"a\"]) }()",
        &["stores p[]", "leaks p[]"],
    );
    check(
        "func helper(p map[string]int, x any) map[string]int { return p }\ntype T struct{}",
        &["returns p"],
    );
    check(
        "func helper(p *T, x any) map[string]int { return p.m }\ntype T struct{ m map[string]int }",
        &["returns p.m"],
    );
}

#[test]
fn what_goes_where_nobody_follows() {
    check_body("map[string]int", "hold(func() { clear(p) })", &["leaks p"]);
    check_body("map[string]int", "m := pick(p); clear(m)", &["leaks p"]);
    check_body("map[string]int", "t := T{m: p}; clear(t.m)", &["leaks p"]);
    check_body(
        "map[string]int",
        "var m map[string]int; m = p; clear(m)",
        &["leaks p"],
    );
    check_body("*T", "reset := p.reset; reset()", &["leaks p"]);
    check_body(
        "map[string]int",
        "defer func() { use := p; _ = use; panic(p) }()",
        &["leaks p"],
    );
}

#[test]
fn what_changes_nothing() {
    check_body("map[string]int", "println(len(p), p[\"a\"], p == nil)", &[]);
    check_body("map[string]int", "for k, v := range p { println(k, v) }", &[]);
    check_body("map[string]int", "fmt.Println(p); _ = p", &[]);
    check_body(
        "map[string]int",
        "m := map[string]int{}; clear(m); delete(m, \"a\"); m[\"a\"] = 1",
        &[],
    );
    check_body(
        "map[string]int",
        "n := len(p); n = 2; if p != nil { println(n) }",
        &[],
    );
}

#[test]
fn after_the_variable_got_another_value() {
    let map = "map[string]int";
    check_body(map, "p = map[string]int{}; clear(p)", &["clears p?"]);
    check_body(map, "clear(p); p = nil", &["clears p"]);
    check_body(map, "defer func() { clear(p) }(); p = nil", &["clears p?"]);
    check_body(map, "defer clear(p); p = nil", &["clears p"]);
    check_body(
        map,
        "if p == nil { p = map[string]int{} }; p[\"a\"] = 1",
        &["writes p?"],
    );
    check_body(
        map,
        "fill(&p); clear(p)\n}\nfunc fill(m *map[string]int) {",
        &["leaks p", "clears p?"],
    );
    check_body("*T", "p.m = nil; clear(p.m)", &["assigns p.m", "clears p.m?"]);
    check_body("*T", "clear(p.m); p.m = nil", &["assigns p.m", "clears p.m"]);
    check_body("*T", "*p = T{}; clear(p.m)", &["assigns p", "clears p.m?"]);
    check_body("*T", "p.n = nil; clear(p.m)", &["assigns p.n", "clears p.m"]);
}

#[test]
fn through_helpers() {
    let map = "map[string]int";
    check_body(
        map,
        "empty(p)\n}\nfunc empty(m map[string]int) { clear(m)",
        &["clears p"],
    );
    check_body(
        map,
        "empty(1, p)\n}\nfunc empty(n int, m map[string]int) { inner(m) }\nfunc inner(m map[string]int) { delete(m, \"\")",
        &["deletes p"],
    );
    check_body(
        "*T",
        "empty(p.m)\n}\nfunc empty(m map[string]int) { clear(m)",
        &["clears p.m"],
    );
    check_body(
        "*T",
        "empty(p)\n}\nfunc empty(t *T) { clear(t.u.m)",
        &["clears p.u.m"],
    );
    check_body(
        "*T",
        "set(&p.m)\n}\nfunc set(m *map[string]int) { *m = nil",
        &["assigns p.m"],
    );
    check_body(
        "*T",
        "p.reset()\n}\nfunc (t *T) reset() { clear(t.m)",
        &["clears p.m"],
    );
    check_body(
        "*T",
        "p.u.reset()\n}\nfunc (u *U) reset() { clear(u.m)",
        &["clears p.u.m"],
    );
    check_body(
        "*T",
        "defer p.reset()\n}\nfunc (t *T) reset() { t.m = nil",
        &["assigns p.m"],
    );
    check_body(
        map,
        "m := same(p); clear(m)\n}\nfunc same(m map[string]int) map[string]int { return m",
        &["leaks p"],
    );
    check_body(
        map,
        "read(p)\n}\nfunc read(m map[string]int) { println(len(m))",
        &[],
    );
}

#[test]
fn through_helpers_that_are_not_known() {
    let map = "map[string]int";
    check_body(map, "missing(p)", &["leaks p"]);
    check_body(
        map,
        "call(p)\n}\nvar call func(map[string]int)\nfunc g() {",
        &["leaks p"],
    );
    check_body("interface { Reset() }", "p.Reset()", &["leaks p"]);
    check_body("func()", "p()", &["leaks p"]);
    check_body("*T", "fmt.Sscan(\"\", p)", &["leaks p"]);
    check_body(
        map,
        "many(p)\n}\nfunc many(ms ...map[string]int) { clear(ms[0])",
        &["leaks p"],
    );
    check_body(
        map,
        "convert(p)\n}\ntype convert map[string]int\nfunc g() {",
        &["leaks p"],
    );
}

#[test]
fn around_a_circle() {
    let source = "walk(p)\n}\nfunc walk(m map[string]int) { if len(m) > 0 { delete(m, \"\"); walk(m) }";
    check_body("map[string]int", source, &["deletes p"]);
    let source = "a(p)\n}\nfunc a(m map[string]int) { b(m) }\nfunc b(m map[string]int) { a(m); clear(m)";
    check_body("map[string]int", source, &["clears p"]);
}

/// Every function calls every other one, on the parameter itself and on a field: following them all would never end.
#[test]
fn in_a_thicket() {
    use std::fmt::Write;
    let mut source =
        "func helper(p *T, x any) { f0(p) }\ntype T struct { next *T; m map[string]int }\n".to_owned();
    for function in 0..12 {
        let calls = (0..12).map(|callee| format!("f{callee}(t); f{callee}(t.next); "));
        let calls: String = calls.collect();
        writeln!(source, "func f{function}(t *T) {{ {calls} clear(t.m) }}").expect("a string takes text");
    }
    let effects = effects(&source).expect("the helper is known");
    assert_eq!(effects.at(&[Step::Field("m".into())]).clears, Certainty::Yes);
}

#[test]
fn receivers() {
    check(
        &format!("func (t *T) helper(x any) {{ clear(t.m) }}\n{T}"),
        &["clears p.m"],
    );
    check(
        &format!("func (t T) helper(x any) {{ clear(t.m) }}\n{T}"),
        &["clears p.m"],
    );
    check(
        &format!("func (t *T) helper(x any) {{ t.m = nil }}\n{T}"),
        &["assigns p.m"],
    );
    check(
        "func (t T) helper(x any) { clear(t) }\ntype T map[string]int",
        &["clears p"],
    );
}

#[test]
fn names_that_mean_something_else() {
    let nothing = |source: &str| assert_eq!(effects(source), None, "{source}");
    nothing(
        "func helper(p map[string]int, x any) { clear(p) }\nfunc clear(m map[string]int) {}\ntype T struct{}",
    );
    nothing(
        "func helper(p map[string]int, x any) { delete(p, 1) }\nvar delete func(map[string]int, int)\ntype T struct{}",
    );
    nothing("func helper(p map[string]int, x any)\ntype T struct{}");
    check_body(
        "map[string]int",
        "clear := func(m map[string]int) {}; clear(p)",
        &["leaks p"],
    );
}

#[test]
fn at_a_place() {
    let effects = effects(&format!(
        "func helper(p *T, x any) {{ clear(p.m); p.n = nil; missing(p.u) }}\n{T}"
    ));
    let effects = effects.expect("the helper is known");
    let field = |names: &[&str]| {
        names
            .iter()
            .map(|name| Step::Field((*name).into()))
            .collect::<Vec<_>>()
    };
    let at = |names: &[&str]| effects.at(&field(names));
    assert_eq!(at(&["m"]).clears, Certainty::Yes);
    assert_eq!(at(&["m"]).assigns, Certainty::No);
    assert_eq!(at(&["n"]).assigns, Certainty::Yes);
    assert_eq!(at(&["n"]).clears, Certainty::No);
    assert_eq!(at(&["u", "m"]).clears, Certainty::Unknown);
    // A field that leaks may be a method bound to its operand.
    assert_eq!(at(&[]).clears, Certainty::Unknown);
    assert_eq!(at(&["n", "x"]).assigns, Certainty::Yes);
}

/// What `helper` reads of its receiver: its fields, and `*` for the whole value.
#[track_caller]
fn check_reads(source: &str, expected: &[&str]) {
    let source = format!("func f() {{ v.helper() }}\nvar v T\n{source}");
    let reads = ask(&source, &[], "f", |context| {
        context.receiver_reads(first_call(context.body))
    });
    let whole = reads.as_a_whole.then_some("*");
    let found: Vec<_> = reads.fields.iter().map(Name::as_str).chain(whole).collect();
    assert_eq!(found, expected, "{source}");
}

#[test]
fn a_method_reads_fields_of_its_receiver() {
    const TYPE: &str = "type T struct { a, b int; c struct { d int } }\nfunc (t T) other() {}\n";
    let check = |method: &str, expected: &[&str]| check_reads(&format!("{TYPE}{method}"), expected);
    check(
        "func (t T) helper() { println(t.b, (t).a, t.b, t.c.d) }",
        &["a", "b", "c"],
    );
    check("func (t T) helper() { func() { println(t.a) }() }", &["a"]);
    check("func (t T) helper() { println(&t) }", &["*"]);
    check(
        "func (t T) helper() { var x any = t; println(x, t.a) }",
        &["a", "*"],
    );
    check("func (t T) helper() { t.a = 1; t.other(); t = T{} }", &[]);
    check("func (T) helper() {}", &[]);
}
