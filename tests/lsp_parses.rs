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
fn other_documents_are_served_while_one_is_parsed() {
    let mut editor = Editor::new(&pulling());
    editor.open(SMALL, CLEAN);
    editor.open(LARGE, &large());
    let large = ask_diagnostics(&mut editor, LARGE);
    for text in [TRAP, CLEAN, TRAP] {
        editor.replace(SMALL, text);
        let expected = if text == TRAP { &[(RULE, 4)][..] } else { &[] };
        let small = ask_diagnostics(&mut editor, SMALL);
        assert_eq!(answer(&mut editor, small), found(expected));
        assert!(!editor.client.has_come(large), "it was parsed first");
    }
    assert_eq!(answer(&mut editor, large), found(&[(RULE, LINE)]));
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn nothing_is_published_before_the_latest_of_the_edits_that_came_during_a_parse() {
    let mut editor = Editor::new(&pushing());
    editor.open(LARGE, &large());
    for _ in 0..40 {
        type_in(&mut editor, LARGE, "\n");
    }
    // All edits at once: the first findings that are published are those of the last version.
    let pushed = editor.pushed(LARGE);
    assert_eq!(pushed["version"], 41);
    assert_eq!(findings(&pushed["diagnostics"]), found(&[(RULE, LINE + 40)]));
    assert_eq!(editor.unseen(), Vec::<Value>::new());
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn questions_about_a_place_wait_for_the_parse_of_their_text_and_no_longer() {
    let mut editor = Editor::new(&pulling());
    editor.open(LARGE, &large());
    let place = json!({"textDocument": {"uri": LARGE}, "position": {"line": LINE, "character": 1}});
    let whole_line = range((6, 0), (6, 1_000));
    let place_of_actions =
        json!({"textDocument": {"uri": LARGE}, "range": whole_line, "context": {"diagnostics": []}});
    let [hover, actions] = [("hover", &place), ("codeAction", &place_of_actions)]
        .map(|(method, place)| editor.ask(&format!("textDocument/{method}"), place));
    assert!(editor.result(hover)["contents"].to_string().contains("map"));
    assert_eq!(editor.result(actions)[0]["kind"], "quickfix");

    // A place in a text that has been replaced is none any more.
    editor.replace(LARGE, &large());
    let [hover, actions] = [("hover", &place), ("codeAction", &place_of_actions)]
        .map(|(method, place)| editor.ask(&format!("textDocument/{method}"), place));
    type_in(&mut editor, LARGE, "\n");
    let findings = ask_diagnostics(&mut editor, LARGE);
    assert_eq!(editor.result(hover), Value::Null);
    assert_eq!(editor.result(actions), Value::Null);
    assert!(
        !editor.client.has_come(findings),
        "they waited for the next parse"
    );
    assert_eq!(answer(&mut editor, findings), found(&[(RULE, LINE + 1)]));

    // Nor is one in a document that is closed.
    editor.replace(LARGE, &large());
    let hover = editor.ask("textDocument/hover", &place);
    editor.close(LARGE);
    assert_eq!(editor.result(hover), Value::Null);
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
    assert_eq!(editor.pushed_findings(LARGE), found(&[]));
    editor.replace(LARGE, &large());
    editor.replace(LARGE, CLEAN);
    editor.replace(LARGE, TRAP);
    assert_eq!(editor.pushed_findings(LARGE), found(&[(RULE, 4)]));
    assert_eq!(editor.leave(), Some(0));
}
