//! Which declaration a name means (Go specification, "Declarations and scope").

use deferlint_semantics::body::{BindingId, Body, ExpressionKind, Resolution};

use crate::support::lowered;

/// Checks what names mean. A declaring name has `/*n*/` before it, with a number; a used one has `/*=n*/` with the
/// number of the declaration that it means, or `/*=outer*/` when no declaration of the body is meant. The first
/// declaration of a source counts.
#[track_caller]
fn check(source: &str) {
    let body = lowered(source);
    let mut declarations = Vec::new();
    let mut uses = Vec::new();
    for comment in &body.comments {
        let text = body.text_of(*comment);
        let Some(marker) = text.strip_prefix("/*").and_then(|text| text.strip_suffix("*/")) else {
            continue;
        };
        match marker.strip_prefix('=') {
            Some(declaration) => uses.push((declaration, comment.end)),
            None => declarations.push((marker, comment.end)),
        }
    }
    assert!(!uses.is_empty(), "the source marks uses");
    for (declaration, place) in uses {
        let expected = declarations.iter().find(|(marker, _)| *marker == declaration);
        assert!(
            declaration == "outer" || expected.is_some(),
            "{declaration} is marked in\n{source}"
        );
        let meaning = meaning_at(&body, place);
        let declared_at = meaning.map(|binding| body[binding].span.start);
        let rest = &body.text[place as usize..];
        assert_eq!(
            declared_at,
            expected.map(|(_, start)| *start),
            "what {rest:?} starts with means {declaration}"
        );
        if let Some(binding) = meaning {
            let is_counted = body[binding]
                .uses
                .iter()
                .any(|use_| body[use_.expression].span.start == place);
            assert!(is_counted, "what {rest:?} starts with is a use");
        }
    }
}

/// The binding that the name at a place means.
fn meaning_at(body: &Body, place: u32) -> Option<BindingId> {
    let mut names = body.expressions.iter().filter_map(|expression| {
        let ExpressionKind::Name { resolution, .. } = expression.kind else {
            return None;
        };
        (expression.span.start == place).then_some(resolution)
    });
    match names.next().expect("a name stands there") {
        Resolution::Local(binding) => Some(binding),
        Resolution::Outer => None,
        other => panic!("{other:?} names nothing"),
    }
}

#[test]
fn a_variable_is_visible_from_the_end_of_its_declaration() {
    check("func f(/*1*/x int) { { /*2*/x := /*=1*/x; g(/*=2*/x) }; g(/*=1*/x) }");
    check("func f(/*1*/x int) { { var /*2*/x = /*=1*/x; g(/*=2*/x) }; g(/*=1*/x) }");
    check("func f() { var /*1*/x = /*=outer*/x; g(/*=1*/x) }");
    check("func f() { /*=outer*/g(); /*1*/g := 1; h(/*=1*/g) }");
    check("func f() { /*1*/x, /*2*/y := /*=outer*/y, /*=outer*/x; g(/*=1*/x, /*=2*/y) }");
}

#[test]
fn a_literal_does_not_see_the_variable_that_it_initialises() {
    check("func f() { /*1*/g := func() { /*=outer*/g() }; /*=1*/g() }");
    check("func f() { var /*1*/g func(); /*=1*/g = func() { /*=1*/g() } }");
}

#[test]
fn constants_are_visible_from_the_end_of_their_line() {
    check(
        "func f() { const (\n/*1*/a = 1\n/*2*/b = /*=1*/a + /*=outer*/c\n/*3*/c = /*=2*/b\n); g(/*=3*/c) }",
    );
}

#[test]
fn redeclared_variables_stay_the_ones_they_were() {
    check("func f() { /*1*/a, /*2*/b := g(); /*=1*/a, /*3*/c := h(); g(/*=1*/a, /*=2*/b, /*=3*/c) }");
    check("func f(/*1*/a int) { /*=1*/a, /*2*/b := g(); h(/*=1*/a, /*=2*/b) }");
    check("func f() (/*1*/err error) { /*2*/x, /*=1*/err := g(); return h(/*=2*/x) }");
    check(
        "func f() (/*1*/err error) { { /*2*/x, /*3*/err := g(); h(/*=2*/x, /*=3*/err) }; return /*=1*/err }",
    );
}

#[test]
fn blocks_end_the_names_they_declare() {
    check("func f() { { /*1*/x := 1; g(/*=1*/x) }; g(/*=outer*/x) }");
    check("func f() { if /*1*/x := g(); /*=1*/x { h(/*=1*/x) } else { h(/*=1*/x) }; h(/*=outer*/x) }");
    check(
        "func f() { if /*1*/x := g(); /*=1*/x {} else if /*2*/x := /*=1*/x; /*=2*/x {} else { h(/*=2*/x) } }",
    );
    check("func f() { if /*1*/x := g(); y { /*2*/x := /*=1*/x; h(/*=2*/x) } else { h(/*=1*/x) } }");
    check(
        "func f() { for /*1*/i := 0; /*=1*/i < 1; /*=1*/i++ { /*2*/i := /*=1*/i; h(/*=2*/i) }; h(/*=outer*/i) }",
    );
    check("func f() { switch /*1*/x := g(); /*=1*/x { case /*=1*/x: h(/*=1*/x) }; h(/*=outer*/x) }");
}

#[test]
fn every_clause_is_a_block() {
    check(
        "func f() { switch { case /*=outer*/x: /*1*/x := 1; g(/*=1*/x); case /*=outer*/x: g(/*=outer*/x) } }",
    );
    check("func f() { select { case /*1*/v := <-c: g(/*=1*/v); case g(/*=outer*/v) <- 1: g(/*=outer*/v) } }");
    check("func f() { select { case /*1*/v, /*2*/ok := <-/*=outer*/v: g(/*=1*/v, /*=2*/ok) } }");
    check("func f(/*1*/v int) { select { case /*=1*/v = <-c: g(/*=1*/v) } }");
}

#[test]
fn the_guard_of_a_type_switch_declares_a_variable_in_every_clause() {
    check("func f(/*1*/x any) { switch /*2*/x := /*=1*/x.(type) { case int: g(/*=2*/x) }; g(/*=1*/x) }");
    let body = lowered("func f(x any) { switch x := x.(type) { case int: g(x); default: h(x) } }");
    let variables: Vec<_> = body
        .bindings
        .iter()
        .filter(|binding| binding.span.start == 23)
        .collect();
    let uses: Vec<_> = variables.iter().map(|binding| binding.uses.len()).collect();
    assert_eq!(uses, [1, 1], "each clause has its own variable");
}

#[test]
fn iteration_variables_are_not_visible_in_the_range_expression() {
    check("func f(/*1*/x []int) { for _, /*2*/x := range /*=1*/x { g(/*=2*/x) }; g(/*=1*/x) }");
    check("func f(/*1*/x []int) { for /*=1*/x[0] = range /*=1*/x {} }");
    check("func f() { for /*1*/i := range 3 { /*2*/i := /*=1*/i; g(/*=2*/i) } }");
}

#[test]
fn literals_see_the_names_around_them() {
    check(
        "func f(/*1*/x int) { /*2*/y := 1; g(func(/*3*/x int) { h(/*=3*/x, /*=2*/y); /*4*/y := /*=3*/x; h(/*=4*/y) }, /*=1*/x, /*=2*/y) }",
    );
    check("func f() { go func() { /*1*/err := g(); h(/*=1*/err) }(); h(/*=outer*/err) }");
    check("func f(/*1*/x int) { func() (/*2*/x error) { return /*=2*/x }(); g(/*=1*/x) }");
}

#[test]
fn parameters_are_visible_in_the_block_alone() {
    check("func f(/*1*/int [int]int) { g(/*=1*/int) }");
    check("func f(a [/*=outer*/n]int, n int) {}");
    check("func (/*1*/f T) m(/*2*/g int) (/*3*/h error) { k(/*=1*/f, /*=2*/g, /*=3*/h) }");
}

#[test]
fn predeclared_names_can_be_declared_anew() {
    check("func f() { /*=outer*/recover(); /*1*/recover := g; /*=1*/recover() }");
    check("func f(/*1*/len func() int) int { return /*=1*/len() }");
    check("func f() { /*1*/nil := 1; g(/*=1*/nil) }");
}

#[test]
fn package_level_names_are_no_local_names() {
    check("var x = /*=outer*/x");
    check("var f = func() { /*=outer*/f(); /*1*/f := 1; g(/*=1*/f) }");
    check("func f() { /*=outer*/f() }");
}

#[test]
fn labels_are_no_names_of_variables() {
    check("func f(/*1*/x int) { x: for { g(/*=1*/x); break x } }");
}

#[test]
fn keys_of_maps_are_uses_and_selected_names_are_none() {
    check("func f(/*1*/x int) { g(map[int]int{/*=1*/x: /*=1*/x}, y.x) }");
    let body = lowered("func f(x int) { g(y.x, struct{ x int }{x: 1}) }");
    assert!(
        body.bindings[0].uses.is_empty(),
        "a field is no use of a variable"
    );
}

#[test]
fn a_body_looks_names_up_as_lowering_does() {
    let body = lowered("func f(x int) { a := x; { x := a; g(x) }; h(x) }");
    let block = body
        .scopes
        .iter()
        .position(|scope| scope.span.start == 24)
        .expect("the inner block");
    let inner = deferlint_semantics::body::ScopeId(block as u32);
    let at = |pattern: &str| body.text.find(pattern).expect("it is there") as u32;
    let looked_up = |name, offset| body.lookup(inner, name, offset).map(|id| body[id].span.start);
    assert_eq!(looked_up("x", at("x := a")), Some(at("x int")));
    assert_eq!(looked_up("x", at("g(x)")), Some(at("x := a")));
    assert_eq!(looked_up("a", at("g(x)")), Some(at("a := x")));
    assert_eq!(looked_up("a", at("a := x")), None);
    assert_eq!(looked_up("g", at("g(x)")), None);
}
