//! Every fix that a page's block is offered: it parses, keeps the comments, takes its finding away and adds none.

use std::collections::BTreeMap;

use deferlint_rules::{RULES, Severity};
use deferlint_syntax::{Kind, Parser, Tree, errors};
use deferlint_testkit::fixture::{Fixture, only};
use deferlint_testkit::page::{Block, BlockKind};
use deferlint_testkit::rule_page::page_of;
use deferlint_workspace::{FixOptions, Selector, Settings, fix};

fn everything() -> Settings {
    Settings {
        select: Some(vec![Selector::All]),
        ..Settings::default()
    }
}

fn check(rewrite: impl Fn(&str) -> String) {
    let blocks = RULES.iter().flat_map(|rule| page_of(rule).blocks);
    let mut fixes = 0;
    for block in blocks.filter(|block| matches!(block.kind, BlockKind::Bad { .. } | BlockKind::Ok)) {
        fixes += check_block(&block, &rewrite);
    }
    assert!(fixes > 30, "only {fixes} fixes were offered");
}

fn check_block(block: &Block, rewrite: &impl Fn(&str) -> String) -> usize {
    let before = Fixture::open(block, everything(), rewrite);
    let mut fixes = 0;
    for (_, id) in &before.files {
        let text = before.text(id);
        for diagnostic in before.diagnostics(id) {
            for fix in &diagnostic.fixes {
                let fixed = fix.edit.apply(&text).expect("a fix fits its text");
                let tree = Parser::new().parse(fixed.as_str());
                assert!(
                    errors(&tree).is_empty(),
                    "{:?} breaks the syntax:\n{fixed}",
                    fix.title
                );
                let kept = comments(&Parser::new().parse(text.as_str()), &text);
                assert_eq!(
                    kept,
                    comments(&tree, &fixed),
                    "{:?} loses a comment:\n{fixed}",
                    fix.title
                );
                if text.contains("\r\n") {
                    let lone = fixed.replace("\r\n", "");
                    assert!(!lone.contains('\n'), "{:?} mixes line ends:\n{fixed}", fix.title);
                }
                fixes += 1;
            }
        }
    }
    fixes
}

fn comments(tree: &Tree, text: &str) -> Vec<String> {
    let mut cursor = tree.root().cursor();
    let mut found = Vec::new();
    loop {
        if cursor.kind() == Kind::Comment {
            found.push(
                text[cursor.node().byte_range().to_usize_range()]
                    .trim_end()
                    .to_owned(),
            );
        }
        if !cursor.goto_next() {
            return found;
        }
    }
}

#[test]
fn fixes_parse_and_keep_comments() {
    check(str::to_owned);
}

#[test]
fn fixes_keep_carriage_returns() {
    check(|text| text.replace('\n', "\r\n"));
}

#[test]
fn fixing_everything_comes_to_an_end() {
    let options = FixOptions {
        unsafe_fixes: true,
        floor: Severity::Hint,
    };
    for rule in RULES {
        for block in page_of(rule)
            .blocks
            .iter()
            .filter(|block| matches!(block.kind, BlockKind::Bad { .. }))
        {
            let before = Fixture::open(block, everything(), str::to_owned);
            let paths: Vec<_> = before.files.iter().map(|(name, _)| before.path(name)).collect();
            let settings = Settings {
                select: Some(RULES.iter().map(|rule| Selector::Rule(rule.name)).collect()),
                ..Settings::default()
            };
            let fixed = fix(settings, &paths, options, BTreeMap::new());
            let left = fixed.report.files.iter().flat_map(|file| &file.diagnostics);
            let fixable: Vec<_> = left.filter(|diagnostic| !diagnostic.fixes.is_empty()).collect();
            assert!(
                fixable.is_empty(),
                "{}:{}: still fixable after all rounds: {fixable:?}",
                rule.name,
                block.line
            );
        }
    }
}

/// A page can't import testify, because Go builds its blocks without a network.
#[test]
fn require_becomes_assert_while_something_else_uses_it() {
    let text = |last: &str| {
        format!(
            "package shop\n\n\
             import (\n\t\"testing\"\n\n\t\"github.com/stretchr/testify/require\"\n)\n\n\
             func TestOrder(t *testing.T) {{\n\
             \tcalled := false\n\
             \tdefer func() {{\n\t\trequire.True(t, called)\n\t}}()\n\
             \t{last}\n\
             }}\n"
        )
    };
    let rule = deferlint_rules::rule("fatal-in-deferred-function").expect("a rule");
    let title = "Report the failure with assert instead of require";
    let fix_in = |text: &str| {
        let files = [("shop_test.go".to_owned(), text.to_owned())];
        let fixture = Fixture::new("1.24", files, only(rule));
        let (_, id) = &fixture.files[0];
        assert_eq!(fixture.diagnostics(id).len(), 1);
        fixture
            .fix(title)
            .map(|(_, fix)| fix.edit.apply(text).expect("a fix fits its text"))
    };
    let fixed = fix_in(&text("require.NoError(t, order(&called))")).expect("a fix");
    assert!(fixed.contains("\t\tassert.True(t, called)\n"), "{fixed}");
    assert!(
        fixed.contains("\"github.com/stretchr/testify/assert\""),
        "{fixed}"
    );
    assert_eq!(fix_in(&text("order(&called)")), None);
}
