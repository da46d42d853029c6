//! A text whose parse takes longer than a keystroke may: it is parsed beside the session.

mod lsp_support;

use lsp_support::{CLEAN, Editor, RULE, TRAP, findings, found, pulling, pushing, range};
use serde_json::{Value, json};

const LARGE: &str = "file:///depot/large.go";
const SMALL: &str = "file:///shop/small.go";

/// Go whose parse takes many times the budget, with a finding of [`RULE`] at the end.
fn large() -> String {
    let list = format!("package shop\n\nvar bolts = []int{{{}}}\n", "1, ".repeat(150_000));
    TRAP.replace("package shop\n", &list)
}

/// The line of the finding in [`large`].
const LINE: u64 = 6;

fn ask_diagnostics(editor: &mut Editor, uri: &str) -> i64 {
    editor.ask("textDocument/diagnostic", &json!({"textDocument": {"uri": uri}}))
}

/// The findings with which a request for diagnostics is answered.
fn answer(editor: &mut Editor, id: i64) -> Vec<(String, u64)> {
    findings(&editor.result(id)["items"])
}

/// Puts a text at the start of the second line.
fn type_in(editor: &mut Editor, uri: &str, text: &str) {
    editor.change(uri, &[(Some(range((1, 0), (1, 0))), text)]);
}

#[test]
fn every_document_gets_its_findings_beside_one_that_is_parsed() {
    let mut editor = Editor::new(&pulling());
    editor.open(SMALL, CLEAN);
    editor.open(LARGE, &large());
    let large = ask_diagnostics(&mut editor, LARGE);
    for text in [TRAP, CLEAN, TRAP] {
        editor.replace(SMALL, text);
        let expected = if text == TRAP { &[(RULE, 4)][..] } else { &[] };
        let small = ask_diagnostics(&mut editor, SMALL);
        assert_eq!(answer(&mut editor, small), found(expected));
    }
    assert_eq!(answer(&mut editor, large), found(&[(RULE, LINE)]));
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn what_is_published_during_edits_is_of_the_version_that_it_names() {
    let mut editor = Editor::new(&pushing());
    editor.open(LARGE, &large());
    for _ in 0..40 {
        type_in(&mut editor, LARGE, "\n");
    }
    let mut last = 0;
    while last < 41 {
        let pushed = editor.pushed(LARGE);
        let version = pushed["version"].as_u64().expect("a version");
        assert!(version > last, "{version} after {last}");
        assert_eq!(
            findings(&pushed["diagnostics"]),
            found(&[(RULE, LINE + version - 1)])
        );
        last = version;
    }
    assert_eq!(editor.unseen(), Vec::<Value>::new());
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn questions_about_a_place_wait_for_the_parse_of_its_text() {
    let mut editor = Editor::new(&pulling());
    editor.open(LARGE, &large());
    let place = json!({"textDocument": {"uri": LARGE}, "position": {"line": LINE, "character": 1}});
    let hover = editor.ask("textDocument/hover", &place);
    let line = u32::try_from(LINE).expect("a small number");
    let actions = editor.actions_in_line(LARGE, line);
    assert_eq!(actions[0]["kind"], "quickfix");
    assert!(
        editor.result(hover)["contents"]
            .to_string()
            .contains("docs/rules/map-returned-directly")
    );
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn a_raw_string_that_is_opened_and_closed_leaves_what_was_there() {
    let mut editor = Editor::new(&pulling());
    editor.open(LARGE, &large());
    let before = ask_diagnostics(&mut editor, LARGE);
    assert_eq!(answer(&mut editor, before), found(&[(RULE, LINE)]));
    // The rest of the text becomes a string, and Go again.
    type_in(&mut editor, LARGE, "var s = `");
    type_in(&mut editor, LARGE, "\n");
    let actions = editor.actions_in_line(LARGE, u32::try_from(LINE).expect("a small number") + 1);
    assert_eq!(actions, Vec::<Value>::new(), "nothing is offered in a string");
    let end = "var s = `".encode_utf16().count();
    let end = u32::try_from(end).expect("a short line");
    editor.change(LARGE, &[(Some(range((2, 0), (2, end))), "")]);
    let after = ask_diagnostics(&mut editor, LARGE);
    assert_eq!(answer(&mut editor, after), found(&[(RULE, LINE + 1)]));
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn a_document_that_is_closed_or_replaced_while_it_is_parsed_has_no_stale_findings() {
    let mut editor = Editor::new(&pushing());
    editor.open(LARGE, &large());
    editor.close(LARGE);
    editor.open(LARGE, CLEAN);
    editor.await_findings(LARGE, &found(&[]));
    editor.replace(LARGE, &large());
    editor.replace(LARGE, CLEAN);
    editor.replace(LARGE, TRAP);
    editor.await_findings(LARGE, &found(&[(RULE, 4)]));
    assert_eq!(editor.unseen(), Vec::<Value>::new());
    assert_eq!(editor.leave(), Some(0));
}
