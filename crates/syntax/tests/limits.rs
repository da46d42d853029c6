//! Budgets, and texts that are hard on a parser.

mod support;

use std::time::Duration;

use deferlint_syntax::{Kind, Node, OutOfBudget, Parser, Source, errors, first_error_in};
use support::outline;

const SMALL: &str = "package p\n\nfunc f() { g() }\n";

/// A file of 20,000 functions.
fn large() -> String {
    let functions =
        (0..20_000).map(|number| format!("func f{number}(a int) (err error) {{ defer g(a); return nil }}\n"));
    format!("package p\n\n{}", functions.collect::<String>())
}

/// A parser that gave up on one text knows nothing of it when it parses another.
fn check_clean(parser: &mut Parser) {
    let expected = outline(&Parser::new().parse(SMALL));
    assert_eq!(outline(&parser.parse(SMALL)), expected);
}

#[test]
fn a_parse_stops_at_its_budget() {
    let mut parser = Parser::new();
    let text = large();
    let stopped = parser.parse_within(text.as_str(), None, Some(Duration::ZERO));
    assert_eq!(stopped.err(), Some(OutOfBudget));
    check_clean(&mut parser);
}

#[test]
fn a_reparse_after_an_opened_raw_string_stops_at_its_budget() {
    let mut parser = Parser::new();
    let mut text = large();
    let mut tree = parser.parse(text.as_str());
    let at = text.find("func f1(").expect("the second function");
    tree.edit(&support::replace(&mut text, at, at, "`"));
    assert_eq!(
        parser.reparse(text.as_str(), &tree, Some(Duration::ZERO)).err(),
        Some(OutOfBudget)
    );
    check_clean(&mut parser);
    let unlimited = parser
        .reparse(text.as_str(), &tree, None)
        .expect("no budget to exceed");
    assert!(unlimited.has_error());
}

#[test]
fn a_generous_budget_changes_nothing() {
    let mut parser = Parser::new();
    let within = parser
        .parse_within(SMALL, None, Some(Duration::MAX))
        .expect("time enough");
    assert_eq!(outline(&within), outline(&parser.parse(SMALL)));
}

/// `depth` pairs of parentheses around a number.
fn nested(depth: usize) -> String {
    format!(
        "package p\n\nvar x = {}1{}\n",
        "(".repeat(depth),
        ")".repeat(depth)
    )
}

#[test]
fn deep_nesting_parses_and_walks() {
    let text = nested(100_000);
    let tree = Parser::new().parse(text.as_str());
    assert!(!tree.has_error());
    let deepest = outline(&tree).len();
    assert!(deepest > 300_000, "{deepest} nodes");
    let number = text.find('1').expect("the number") as u32;
    let range = deferlint_text::ByteRange::new(number, number + 1);
    let node = tree
        .root()
        .descendant_for_range(range)
        .expect("the number's node");
    assert_eq!(node.kind(), Kind::IntLiteral);
    assert_eq!(node.parent().map(Node::kind), Some(Kind::ParenthesizedExpression));
}

#[test]
fn deep_nesting_with_an_error_parses_and_is_found() {
    let text = nested(100_000).replace('1', "1 2");
    let tree = Parser::new().parse(text.as_str());
    assert!(tree.has_error());
    assert!(!errors(&tree).is_empty());
    assert!(first_error_in(tree.root()).is_some());
}

/// A text parses without a panic, into a tree that covers no more than the text; `has_error` says whether it should
/// be in order.
fn check(text: &str, has_error: bool) {
    let tree = Parser::new().parse(text);
    assert_eq!(tree.has_error(), has_error, "{text:?}: {:?}", outline(&tree));
    assert!(tree.root().byte_range().end() as usize <= text.len());
    assert_eq!(errors(&tree).is_empty(), !has_error, "{text:?}");
}

#[test]
fn unusual_texts_parse() {
    check("", false);
    check("\n\n", false);
    check("// only a comment", false);
    check("\u{feff}package p\n", false);
    check("package p\r\n\r\nfunc f() {\r\n}\r\n", false);
    check("package p\n\0\nfunc f() {}\n", true);
    check("package p\n\nvar x\u{feff} = 1\n", true);
    check("package", true);
    check("x := m[1]\n", false);
    check("func f() {}\n", false);
    check("\u{2028}", true);
}

#[test]
fn chunks_of_one_byte_parse_like_the_whole() {
    struct ByteByByte<'a>(&'a str);
    impl Source for ByteByByte<'_> {
        fn chunk_at(&self, byte: u32) -> &[u8] {
            let chunk = self.0.as_bytes().chunk_at(byte);
            let length =
                std::str::from_utf8(chunk).map_or(0, |rest| rest.chars().next().map_or(0, char::len_utf8));
            &chunk[..length]
        }
    }
    let text = "package p\n\n// é 😀\nvar s = `é\n` + \"😀\"\n";
    let mut parser = Parser::new();
    assert_eq!(
        outline(&parser.parse(&ByteByByte(text))),
        outline(&parser.parse(text))
    );
}
