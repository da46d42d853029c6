//! Fixes and explanations at a place, for clients of every kind.

mod lsp_support;

use lsp_support::{Editor, RULE, TRAP, pulling, pushing, range};
use serde_json::{Value, json};

const GUARD: &str = "file:///shop/guard.go";

/// An editor with one document open.
fn editing(capabilities: &Value, text: &str) -> Editor {
    let mut editor = Editor::new(capabilities);
    editor.open(GUARD, text);
    editor
}

fn kinds(actions: &[Value]) -> Vec<&str> {
    actions
        .iter()
        .filter_map(|action| action["kind"].as_str())
        .collect()
}

#[test]
fn the_fix_of_a_finding_is_offered_at_its_place() {
    let mut editor = editing(&pushing(), TRAP);
    let actions = editor.actions_in_line(GUARD, 4);
    let fix = &actions[0];
    assert_eq!(fix["kind"], "quickfix");
    assert_eq!(fix["isPreferred"], true);
    assert_eq!(fix["diagnostics"][0]["code"], RULE);
    assert_eq!(
        fix["edit"]["documentChanges"][0]["textDocument"],
        json!({"uri": GUARD, "version": 1})
    );
    let preferred = actions.iter().filter(|action| action["isPreferred"] == true);
    assert_eq!(preferred.count(), 1);
    assert_eq!(editor.actions_in_line(GUARD, 0), Vec::<Value>::new());

    let edit = fix["edit"].clone();
    editor.apply(GUARD, &edit);
    assert!(
        editor.text(GUARD).contains(" := map[string]int{"),
        "{}",
        editor.text(GUARD)
    );
    let after = editor.actions_in_line(GUARD, 4);
    assert!(
        after
            .iter()
            .all(|action| action["diagnostics"][0]["code"] != RULE),
        "{after:#?}"
    );
}

#[test]
fn two_fixes_in_a_row_are_each_for_the_text_as_it_then_is() {
    let two = "package shop\n\nfunc one() map[string]int {\n\tdefer println()\n\treturn map[string]int{}\n}\n\nfunc two() map[string]int {\n\tdefer println()\n\treturn map[string]int{}\n}\n";
    let mut editor = editing(&pulling(), two);
    assert_eq!(
        editor.pull(GUARD, None)["items"].as_array().map(Vec::len),
        Some(2)
    );
    let first = editor.actions_in_line(GUARD, 4)[0]["edit"].clone();
    editor.apply(GUARD, &first);
    // No waiting: the second is asked for right behind the edit.
    let line = editor
        .text(GUARD)
        .lines()
        .position(|line| line == "\treturn map[string]int{}")
        .expect("the second trap");
    let second = editor.actions_in_line(GUARD, u32::try_from(line).expect("a line"))[0]["edit"].clone();
    editor.apply(GUARD, &second);
    assert_eq!(
        editor.pull(GUARD, None)["items"],
        json!([]),
        "{}",
        editor.text(GUARD)
    );
    let text = editor.text(GUARD);
    let (one, two) = text.split_at(text.find("func two").expect("the second function"));
    let body = |text: &str| text.split_once('{').map(|(_, body)| body.trim().to_owned());
    assert_eq!(body(one), body(two));
}

#[test]
fn actions_come_from_the_range_and_not_from_the_diagnostics_of_the_client() {
    let mut editor = editing(&pushing(), TRAP);
    let stale = editor.pushed(GUARD)["diagnostics"].clone();
    editor.change(GUARD, &[(Some(range((0, 0), (0, 0))), "// Moved.\n\n")]);
    let at = |editor: &mut Editor, line: u32, diagnostics: &Value| {
        let context = json!({"diagnostics": diagnostics});
        editor.actions(GUARD, &range((line, 8), (line, 8)), &context)
    };
    assert_eq!(at(&mut editor, 4, &stale), Vec::<Value>::new());
    let fix = at(&mut editor, 6, &json!([])).remove(0);
    assert_eq!(fix["diagnostics"][0]["range"]["start"]["line"], 6);
    editor.apply(GUARD, &fix["edit"]);
    assert!(editor.text(GUARD).starts_with("// Moved.\n\npackage shop\n"));
    let after = at(&mut editor, 6, &stale);
    assert!(
        after.iter().all(|action| action["kind"] != "quickfix"),
        "{after:#?}"
    );
}

#[test]
fn only_the_kinds_that_are_asked_for_are_offered() {
    let mut editor = editing(&pushing(), TRAP);
    let mut only = |kinds: &[&str]| {
        editor.actions(
            GUARD,
            &range((4, 9), (4, 9)),
            &json!({"diagnostics": [], "only": kinds}),
        )
    };
    let fixes = only(&["quickfix"]);
    assert!(!fixes.is_empty());
    assert!(kinds(&fixes).iter().all(|kind| *kind == "quickfix"));
    assert_eq!(kinds(&only(&["refactor"])), ["refactor.extract"]);
    assert_eq!(kinds(&only(&["refactor.extract"])), ["refactor.extract"]);
    assert_eq!(only(&["refactor.inline"]), Vec::<Value>::new());
    assert_eq!(only(&["source.organizeImports"]), Vec::<Value>::new());
    // What is offered as the fix of a finding isn't offered a second time.
    let all = only(&[""]);
    let edits: Vec<_> = all.iter().map(|action| action["edit"].to_string()).collect();
    let mut different = edits.clone();
    different.sort();
    different.dedup();
    assert_eq!(edits.len(), different.len(), "{all:#?}");
}

#[test]
fn fix_all_makes_the_fix_of_a_hint_only_when_its_rule_is_named() {
    let twice = format!(
        "{TRAP}\nfunc more() map[string]int {{\n\tdefer println()\n\treturn map[string]int{{\"nuts\": 2}}\n}}\n"
    );
    let source = json!({"diagnostics": [], "only": ["source.fixAll"]});
    let mut editor = editing(&pulling(), &twice);
    assert_eq!(
        editor.actions(GUARD, &range((0, 0), (0, 0)), &source),
        Vec::<Value>::new()
    );

    let settings = json!({"deferlint": {"select": [RULE]}});
    editor.notify("workspace/didChangeConfiguration", &json!({"settings": settings}));
    let actions = editor.actions(GUARD, &range((0, 0), (0, 0)), &source);
    assert_eq!(kinds(&actions), ["source.fixAll.deferlint"]);
    let edit = actions[0]["edit"].clone();
    editor.apply(GUARD, &edit);
    assert_eq!(
        editor.pull(GUARD, None)["items"],
        json!([]),
        "{}",
        editor.text(GUARD)
    );
    assert_eq!(
        editor.actions(GUARD, &range((0, 0), (0, 0)), &source),
        Vec::<Value>::new()
    );
}

#[test]
fn nothing_is_offered_in_a_function_with_a_syntax_error() {
    let mut editor = editing(&pushing(), TRAP);
    assert!(!editor.actions_in_line(GUARD, 4).is_empty());
    editor.change(GUARD, &[(Some(range((4, 1_000), (4, 1_000))), "\n\tif x := (")]);
    assert_eq!(editor.actions_in_line(GUARD, 4), Vec::<Value>::new());
}

#[test]
fn a_client_without_versions_gets_plain_changes() {
    let mut capabilities = pushing();
    capabilities["workspace"]["workspaceEdit"] = json!({});
    let mut editor = editing(&capabilities, TRAP);
    let fix = editor.actions_in_line(GUARD, 4).remove(0);
    assert_eq!(fix["edit"].get("documentChanges"), None);
    assert!(fix["edit"]["changes"][GUARD].is_array());
}

#[test]
fn a_client_without_literals_gets_commands() {
    let mut capabilities = pushing();
    capabilities["textDocument"]["codeAction"] = json!({});
    let mut editor = editing(&capabilities, TRAP);
    assert_eq!(
        editor.server["capabilities"]["executeCommandProvider"]["commands"],
        json!(["deferlint.applyFix"])
    );
    let command = editor.actions_in_line(GUARD, 4).remove(0);
    assert_eq!(command["command"], "deferlint.applyFix");
    assert!(command["title"].is_string());
    let execute = json!({"command": command["command"], "arguments": command["arguments"]});
    assert_eq!(editor.request("workspace/executeCommand", &execute), Value::Null);
    let edit = editor.wait_for_request("workspace/applyEdit")["edit"].clone();
    editor.apply(GUARD, &edit);

    // The same command once more is for a text that is gone.
    let id = editor.ask("workspace/executeCommand", &execute);
    assert_eq!(editor.error_code(id), -32801);
    for wrong in [
        json!({"command": "deferlint.noSuchCommand"}),
        json!({"command": "deferlint.applyFix", "arguments": [7]}),
    ] {
        let id = editor.ask("workspace/executeCommand", &wrong);
        assert_eq!(editor.error_code(id), -32602, "{wrong}");
    }
}

#[test]
fn a_hover_shows_the_message_and_what_the_rule_is_about() {
    let mut editor = editing(&pushing(), TRAP);
    let message = editor.pushed(GUARD)["diagnostics"][0]["message"]
        .as_str()
        .expect("a message")
        .to_owned();
    let at = |line: u32, column: u32| json!({"textDocument": {"uri": GUARD}, "position": {"line": line, "character": column}});
    let hover = editor.request("textDocument/hover", &at(4, 12));
    assert_eq!(hover["contents"]["kind"], "markdown");
    assert_eq!(hover["range"]["start"]["line"], 4);
    assert!(
        hover["contents"]["value"]
            .as_str()
            .is_some_and(|value| value.contains(RULE)),
        "{hover:#}"
    );
    assert_eq!(editor.request("textDocument/hover", &at(0, 0)), Value::Null);

    let mut plain = editing(&json!({}), TRAP);
    let hover = plain.request("textDocument/hover", &at(4, 12));
    let value = hover["contents"]["value"].as_str().expect("a text");
    assert_eq!(hover["contents"]["kind"], "plaintext");
    assert!(
        value.starts_with(&format!("deferlint {RULE}: {message}\n\n")),
        "{value}"
    );
    let (_, summary) = value.split_once("\n\n").expect("a summary");
    assert!(summary.split_whitespace().count() > 5, "{summary}");
}
