//! Incremental parsing ends at the tree of a fresh parse.

mod support;

use deferlint_syntax::{Node, Parser, declarations};
use deferlint_text::{ByteRange, Change, Document, PositionEncoding, PositionRange};
use proptest::prelude::*;
use support::{outline, replace};

/// Go with what the linter looks at: deferred calls, named results, maps, generics, labels, selects, raw strings.
const SNIPPETS: &[&str] = &[
    "package p\n\nimport (\n\t\"fmt\"\n\tm \"maps\"\n)\n\nfunc f(a, b int) (n int, err error) {\n\tdefer func() {\n\t\tif r := recover(); r != nil {\n\t\t\terr = fmt.Errorf(\"f: %v\", r)\n\t\t}\n\t}()\n\treturn g(a) + b, nil\n}\n",
    "package p\n\ntype Set[T comparable] map[T]struct{}\n\nfunc (s Set[T]) Add(v T) { s[v] = struct{}{} }\n\nvar all = map[string][]int{\"a\": {1, 2}, `b`: nil}\n\nconst (\n\tx = iota\n\ty\n)\n",
    "package p\n\nfunc run(c <-chan int, done chan<- bool) {\nouter:\n\tfor i, v := range []int{1, 2} {\n\t\tswitch w := any(v).(type) {\n\t\tcase int, *string:\n\t\t\tcontinue outer\n\t\tdefault:\n\t\t\t_ = w\n\t\t}\n\t\tselect {\n\t\tcase x, ok := <-c:\n\t\t\tgo func() { done <- ok && x > i }()\n\t\tdefault:\n\t\t\tgoto end\n\t\t}\n\t}\nend:\n}\n",
    "package p\r\n\r\n// é 😀 comment\r\nfunc h() (s string) {\r\n\ts = `raw\r\n{ ( \"` + \"\\u00e9\"\r\n\tfor i := 0; i < 3; i++ { s += s[1:2:3] }\r\n\treturn\r\n}\r\n",
];

/// What an edit puts in: tokens that open, close, and join what is around them, and plain text.
const INSERTIONS: &[&str] = &[
    "",
    " ",
    "\n",
    "x",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "`",
    "'",
    ";",
    ",",
    ":",
    ":=",
    "=",
    ".",
    "/*",
    "*/",
    "//",
    "func ",
    "defer ",
    "return",
    "if x {\n}\n",
    "func g() {}\n",
    "m[k] = v\n",
    "é",
    "😀",
    "\r\n",
    "<-",
    "case 1:",
    "0",
];

#[derive(Clone, Debug)]
struct Edit {
    position: prop::sample::Index,
    removed: usize,
    insertion: &'static str,
}

fn edit() -> impl Strategy<Value = Edit> {
    (
        any::<prop::sample::Index>(),
        0..4_usize,
        prop::sample::select(INSERTIONS),
    )
        .prop_map(|(position, removed, insertion)| Edit {
            position,
            removed,
            insertion,
        })
}

/// Applies `edits` one by one and compares the reparsed tree with the fresh one wherever there is no error.
fn check(snippet: &str, edits: &[Edit]) {
    let mut parser = Parser::new();
    let mut text = snippet.to_owned();
    let mut tree = parser.parse(text.as_str());
    assert!(!tree.has_error(), "the snippet itself is in order");
    for edit in edits {
        let boundaries: Vec<usize> = text
            .char_indices()
            .map(|(byte, _)| byte)
            .chain([text.len()])
            .collect();
        let first = edit.position.index(boundaries.len());
        let last = (first + edit.removed).min(boundaries.len() - 1);
        tree.edit(&replace(
            &mut text,
            boundaries[first],
            boundaries[last],
            edit.insertion,
        ));
        tree = parser
            .reparse(text.as_str(), &tree, None)
            .expect("no budget to exceed");
        let fresh = parser.parse(text.as_str());
        if !fresh.has_error() {
            assert_eq!(outline(&tree), outline(&fresh), "{text:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reparsing_equals_parsing_where_there_is_no_error(
        snippet in prop::sample::select(SNIPPETS),
        edits in prop::collection::vec(edit(), 1..12),
    ) {
        check(snippet, &edits);
    }
}

/// Types `typed` into `text` at `|`, character by character, then compares as `check` does.
fn check_typing(text: &str, typed: &str) {
    let at = text.find('|').expect("the text has a |");
    let mut text = text.replace('|', "");
    let mut parser = Parser::new();
    let mut tree = parser.parse(text.as_str());
    for (offset, character) in typed.char_indices() {
        let byte = at + offset;
        tree.edit(&replace(
            &mut text,
            byte,
            byte,
            character.encode_utf8(&mut [0; 4]),
        ));
        tree = parser
            .reparse(text.as_str(), &tree, None)
            .expect("no budget to exceed");
        let fresh = parser.parse(text.as_str());
        assert_eq!(tree.has_error(), fresh.has_error(), "{text:?}");
        if !fresh.has_error() {
            assert_eq!(outline(&tree), outline(&fresh), "{text:?}");
        }
    }
    assert!(!tree.has_error(), "{text:?}");
}

#[test]
fn typing_a_function_ends_at_its_fresh_tree() {
    check_typing(
        "package p\n\nfunc before() { m := map[string]int{`a`: 1}; m[\"b\"]++ }\n\n|\n\nfunc after() (err error) { defer f(); return nil }\n",
        "func f() (err error) {\n\tdefer func() { err, _ = recover().(error) }()\n\treturn nil\n}\n",
    );
    check_typing(
        "package p\n\nfunc f() {\n\t|\n\tg()\n}\n",
        "s := `a\n{`; if x := m[s]; x > 'a' { return }\n",
    );
    check_typing("|", "package p\n\nvar x = []int{1, 2}\n");
}

#[test]
fn where_an_error_begins_and_ends_the_tree_is_the_fresh_one() {
    let mut parser = Parser::new();
    for (text, inserted) in [
        ("package p\n\nvar x = 1|\n", "2"),
        ("package p\n\nvar x = |1\n", "("),
        ("package p\n\nvar x = (1|\n", ")"),
    ] {
        let at = text.find('|').expect("the text has a |");
        let mut text = text.replace('|', "");
        let mut tree = parser.parse(text.as_str());
        tree.edit(&replace(&mut text, at, at, inserted));
        let tree = parser
            .reparse(text.as_str(), &tree, None)
            .expect("no budget to exceed");
        assert_eq!(outline(&tree), outline(&parser.parse(text.as_str())), "{text:?}");
    }
}

#[test]
fn an_untouched_declaration_keeps_its_identity() {
    let mut text = "package p\n\nfunc f() { g() }\n\nfunc h() { g() }\n".to_owned();
    let mut parser = Parser::new();
    let old = parser.parse(text.as_str());
    let mut edited = old.clone();
    let at = text.find("g()").expect("a call");
    edited.edit(&replace(&mut text, at, at, "x"));
    let new = parser
        .reparse(text.as_str(), &edited, None)
        .expect("no budget to exceed");
    let ids = |tree| declarations(tree).map(Node::id).collect::<Vec<_>>();
    let (before, after) = (ids(&old), ids(&new));
    assert_ne!(before[0], after[0]);
    assert_eq!(before[1], after[1]);
}

#[test]
fn a_document_parses_straight_from_its_rope() {
    let functions = (0..2_000).map(|number| format!("func f{number}() {{ s := `é😀\n` + \"ü\"; g(s) }}\r\n"));
    let text = format!("package p\n\n{}", functions.collect::<String>());
    let mut document = Document::new(&text).expect("a small document");
    let mut parser = Parser::new();
    let mut tree = parser.parse(&document);
    assert_eq!(outline(&tree), outline(&parser.parse(text.as_str())));

    let at = document.position((text.len() / 2) as u32, PositionEncoding::Utf16);
    let changes = [
        Change {
            range: Some(PositionRange::new(at, at)),
            text: "func".to_owned(),
        },
        Change {
            range: Some(PositionRange::new(at, at)),
            text: "😀\n`".to_owned(),
        },
    ];
    for edit in document
        .apply(&changes, PositionEncoding::Utf16)
        .expect("positions inside the text")
    {
        tree.edit(&edit);
    }
    tree = parser
        .parse_within(&document, Some(&tree), None)
        .expect("no budget to exceed");
    let whole = document.slice(ByteRange::new(0, document.len())).into_owned();
    assert_eq!(outline(&tree), outline(&parser.parse(whole.as_str())));
}
