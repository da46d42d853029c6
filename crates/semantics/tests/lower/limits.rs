//! Texts that are cut off, broken or nested without end.

use std::thread;

use deferlint_semantics::body::Body;
use deferlint_semantics::extract::declaration_facts;
use deferlint_semantics::lower::lower;
use deferlint_syntax::{Parser, declarations};

use crate::support::assert_consistent;

/// What lowering may take of a thread's stack, in bytes, in a build without optimisation; threads commonly have 2 MiB.
const STACK: usize = 3 << 19;

const SAMPLE: &str = include_str!("sample.go");

fn lowered(parser: &mut Parser, source: &str) -> Vec<Body> {
    let tree = parser.parse(source);
    let bodies = declarations(&tree).map(|node| {
        let range = node.byte_range();
        lower(node, &source[range.start() as usize..range.end() as usize])
    });
    bodies.collect()
}

/// Lowers the function with this block in little stack, and says whether the body has an error.
fn has_error(block: &str) -> bool {
    let source = format!("package p\nfunc f() {{\n{block}\n}}\n");
    let worker = thread::Builder::new().stack_size(STACK).spawn(move || {
        let tree = Parser::new().parse(source.as_str());
        assert!(!tree.has_error(), "the source parses");
        let node = declarations(&tree).next().expect("the function");
        let range = node.byte_range();
        let body = lower(node, &source[range.start() as usize..range.end() as usize]);
        declaration_facts(&body);
        body.has_error
    });
    worker
        .expect("a thread")
        .join()
        .expect("no panic and no overflow")
}

/// Checks that `open` and `close` around `inner`, `times` over, are lowered in little stack: as an error, because they
/// are too deep.
#[track_caller]
fn check_too_deep(before: &str, open: &str, inner: &str, close: &str, times: usize) {
    eprintln!("{before}{open}");
    let (opened, closed) = (open.repeat(times), close.repeat(times));
    assert!(
        has_error(&format!("{before}{opened}{inner}{closed}")),
        "{open} {times} times over"
    );
}

#[test]
fn a_text_cut_off_anywhere_is_lowered() {
    let mut parser = Parser::new();
    for (end, _) in SAMPLE.char_indices() {
        for body in lowered(&mut parser, &SAMPLE[..end]) {
            assert_consistent(&body);
            declaration_facts(&body);
        }
    }
}

#[test]
fn a_text_without_one_of_its_lines_is_lowered() {
    let mut parser = Parser::new();
    let lines: Vec<_> = SAMPLE.split_inclusive('\n').collect();
    for left_out in 0..lines.len() {
        let source = [&lines[..left_out], &lines[left_out + 1..]].concat().concat();
        for body in lowered(&mut parser, &source) {
            assert_consistent(&body);
            declaration_facts(&body);
        }
    }
}

#[test]
fn the_sample_has_no_error() {
    let bodies = lowered(&mut Parser::new(), SAMPLE);
    assert!(bodies.len() > 10, "the sample declares things");
    assert!(bodies.iter().all(|body| !body.has_error), "the sample is right");
    assert!(SAMPLE.lines().count() >= 200, "the sample is long enough");
}

#[test]
fn a_hundred_thousand_parentheses_are_lowered() {
    check_too_deep("x = ", "(", "x", ")", 100_000);
}

#[test]
fn nested_expressions_are_lowered() {
    check_too_deep("x = ", "!", "x", "", 20_000);
    check_too_deep("x = ", "f(", "x", ")", 5_000);
    check_too_deep("x = ", "x[", "x", "]", 5_000);
    check_too_deep("x = ", "a + (", "x", ")", 5_000);
    check_too_deep("x = ", "T{", "", "}", 5_000);
    check_too_deep("x = [][]int", "{", "", "}", 5_000);
    check_too_deep("x = ", "func() int { return ", "x", " }", 2_000);
    check_too_deep("", "func() { ", "", " }()", 2_000);
}

#[test]
fn nested_statements_are_lowered() {
    check_too_deep("", "{", "", "}", 5_000);
    check_too_deep("", "if x {", "", "}", 5_000);
    check_too_deep("", "for {", "", "}", 5_000);
    check_too_deep("", "switch { default: ", "", "}", 5_000);
    check_too_deep("", "switch x.(type) { default: ", "", "}", 5_000);
    check_too_deep("", "select { default: ", "", "}", 5_000);
    check_too_deep("", "l: ", "f()", "", 5_000);
}

#[test]
fn nested_types_are_lowered() {
    eprintln!("types");
    check_too_deep("var x ", "[]", "int", "", 20_000);
    check_too_deep("var x ", "*", "int", "", 20_000);
    check_too_deep("var x ", "map[int]", "int", "", 5_000);
    check_too_deep("var x ", "func(x ", "int", ")", 5_000);
    check_too_deep("var x ", "struct { x ", "int", " }", 5_000);
    check_too_deep("var x ", "interface { m(x ", "int", ") }", 2_000);
    check_too_deep("var x ", "G[", "int", "]", 2_000);
}

#[test]
fn what_real_code_nests_is_not_too_deep() {
    for (open, inner, close) in [("(", "x", ")"), ("!", "x", ""), ("f(", "x", ")"), ("T{", "", "}")] {
        let (opened, closed) = (open.repeat(60), close.repeat(60));
        assert!(!has_error(&format!("x = {opened}{inner}{closed}")), "{open}");
    }
    let (opened, closed) = ("if x {".repeat(60), "}".repeat(60));
    assert!(!has_error(&format!("{opened}{closed}")));
}

#[test]
fn rows_are_not_nested() {
    assert!(!has_error(&format!("x = a{}", " + a".repeat(1_900))));
    assert!(!has_error(&format!("x = a{}", ".f".repeat(1_900))));
    assert!(!has_error(&format!("x = a{}", ".f()".repeat(900))));
    assert!(!has_error(&format!("x = a{}", "[0]".repeat(1_900))));
    assert!(!has_error(&format!("f({})", "a, ".repeat(20_000))));
    assert!(!has_error(&"f(x)\n".repeat(20_000)));
}

#[test]
fn rows_without_end_are_errors() {
    assert!(has_error(&format!("x = a{}", " + a".repeat(20_000))));
    assert!(has_error(&format!("x = a{}", ".f()".repeat(20_000))));
}

#[test]
fn long_chains_of_else_if_are_not_nested() {
    assert!(!has_error(&format!("if x {{}}{}", " else if x {}".repeat(5_000))));
}
