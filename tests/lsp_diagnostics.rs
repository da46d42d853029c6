//! Findings in an editor: each one once, of the current text, whether they are pushed or pulled.

mod lsp_support;

use lsp_support::{CLEAN, Editor, RULE, TRAP, findings, found, pulling, pushing, range, uri_in};
use serde_json::{Value, json};

const GUARD: &str = "file:///shop/guard.go";

#[test]
fn a_client_that_is_pushed_to_sees_every_finding_once() {
    let mut editor = Editor::new(&pushing());
    editor.open(GUARD, TRAP);
    let pushed = editor.pushed(GUARD);
    assert_eq!(pushed["version"], 1);
    assert_eq!(findings(&pushed["diagnostics"]), found(&[(RULE, 4)]));
    // An edit behind the finding leaves it where it is: there is nothing to say.
    editor.change(GUARD, &[(Some(range((5, 0), (5, 0))), "\n// The end.\n")]);
    editor.change(GUARD, &[(Some(range((2, 0), (2, 0))), "// The start.\n")]);
    let pushed = editor.pushed(GUARD);
    assert_eq!(findings(&pushed["diagnostics"]), found(&[(RULE, 5)]));
    editor.close(GUARD);
    assert_eq!(editor.pushed_findings(GUARD), found(&[]));
    assert_eq!(editor.unseen(), Vec::<Value>::new());
}

#[test]
fn a_client_that_pulls_is_not_pushed_to() {
    let mut editor = Editor::new(&pulling());
    editor.open(GUARD, TRAP);
    let report = editor.pull(GUARD, None);
    assert_eq!(report["kind"], "full");
    assert_eq!(findings(&report["items"]), found(&[(RULE, 4)]));
    let again = editor.pull(GUARD, Some(&report));
    assert_eq!(
        again,
        json!({"kind": "unchanged", "resultId": report["resultId"]})
    );
    editor.change(GUARD, &[(Some(range((0, 0), (0, 0))), "\n")]);
    let moved = editor.pull(GUARD, Some(&report));
    assert_eq!(findings(&moved["items"]), found(&[(RULE, 5)]));
    editor.close(GUARD);
    assert_eq!(editor.pull(GUARD, None)["items"], json!([]));
    assert_eq!(
        editor
            .client
            .take_notifications("textDocument/publishDiagnostics"),
        Vec::<Value>::new()
    );
}

#[test]
fn a_diagnostic_says_which_rule_and_where_its_page_is() {
    let mut editor = Editor::new(&pushing());
    editor.open(GUARD, TRAP);
    let pushed = editor.pushed(GUARD);
    let diagnostic = &pushed["diagnostics"][0];
    assert_eq!(diagnostic["source"], "deferlint");
    assert_eq!(diagnostic["severity"], 4);
    assert_eq!(diagnostic["code"], RULE);
    let page = "https://github.com/deferlint/deferlint/blob/main/docs/rules/map-returned-directly.md";
    assert_eq!(diagnostic["codeDescription"]["href"], page);

    let mut plain = Editor::new(&json!({}));
    plain.open(GUARD, TRAP);
    let pushed = plain.pushed(GUARD);
    let diagnostic = pushed["diagnostics"][0].as_object().expect("a diagnostic");
    let mut keys: Vec<_> = diagnostic.keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["code", "message", "range", "severity", "source"]);
    assert_eq!(pushed.get("version"), None);
}

#[test]
fn what_is_not_go_is_accepted_and_ignored() {
    let mut editor = Editor::new(&pushing());
    let module = "file:///shop/go.mod";
    editor.open_as(module, "go.mod", 1, TRAP);
    editor.change(module, &[(Some(range((0, 0), (0, 1))), "x")]);
    editor.save(module);
    editor.close(module);
    editor.open_as("file:///shop/guard.go", "plaintext", 1, TRAP);
    assert_eq!(editor.pushed_findings(GUARD), found(&[(RULE, 4)]));
    assert_eq!(editor.unseen(), Vec::<Value>::new());
}

#[test]
fn a_client_hears_its_own_spelling_of_a_uri() {
    let mut editor = Editor::new(&pushing());
    for uri in ["file:///shop/[id] é.go", "file:///shop/%5bid%5D.go"] {
        editor.open(uri, TRAP);
        assert_eq!(editor.pushed_findings(uri), found(&[(RULE, 4)]));
        let actions = editor.actions_in_line(uri, 4);
        assert_eq!(
            actions[0]["edit"]["documentChanges"][0]["textDocument"]["uri"],
            uri
        );
    }
}

/// A package whose other file says what a call returns: without it the finding isn't certain, so there is none.
fn check_other_file(editor: &mut Editor, mut wait: impl FnMut(&mut Editor, &str, &[(&str, u64)])) {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).expect("a file");
    write("go.mod", "module example.com/shop\n\ngo 1.26\n");
    let (stock, shelf) = (
        uri_in(directory.path(), "stock.go"),
        uri_in(directory.path(), "shelf.go"),
    );
    let text = "package shop\n\nfunc stock() map[string]int {\n\tdefer println()\n\treturn shelf()\n}\n";
    editor.open(&stock, text);
    wait(editor, &stock, &[]);

    write(
        "shelf.go",
        "package shop\n\nfunc shelf() map[string]int { return nil }\n",
    );
    editor.changed_on_disk(&shelf);
    wait(editor, &stock, &[(RULE, 4)]);

    // The text in the editor counts, not the one on disk; once it is closed, the one on disk again.
    editor.open(&shelf, "package shop\n");
    wait(editor, &stock, &[]);
    editor.close(&shelf);
    wait(editor, &stock, &[(RULE, 4)]);

    std::fs::remove_file(directory.path().join("shelf.go")).expect("the file");
    editor.changed_on_disk(&shelf);
    wait(editor, &stock, &[]);
}

#[test]
fn another_file_of_the_package_changes_what_is_pushed() {
    let mut editor = Editor::new(&pushing());
    check_other_file(&mut editor, |editor, uri, expected| {
        assert_eq!(editor.pushed_findings(uri), found(expected));
    });
}

#[test]
fn another_file_of_the_package_makes_a_client_pull_again() {
    let mut editor = Editor::new(&pulling());
    let mut previous = Value::Null;
    check_other_file(&mut editor, |editor, uri, expected| {
        // One request to refresh may stand for several changes, so ask until the answer is there.
        loop {
            let report = editor.pull(uri, Some(&previous));
            if report["kind"] == "full" {
                previous = report;
            }
            if findings(&previous["items"]) == found(expected) {
                return;
            }
            editor.wait_for_request("workspace/diagnostic/refresh");
        }
    });
}

#[test]
fn settings_count_from_the_start_and_when_they_change() {
    let off = json!({"deferlint": {"rules": {RULE: "off"}}});
    let mut editor = Editor::with_options(&pushing(), &off);
    editor.open(GUARD, TRAP);
    assert_eq!(editor.pushed_findings(GUARD), found(&[]));

    let set = |editor: &mut Editor, settings: Value| {
        editor.notify(
            "workspace/didChangeConfiguration",
            &json!({"settings": {"deferlint": settings}}),
        );
    };
    set(&mut editor, json!({"rules": {RULE: "info"}}));
    assert_eq!(editor.pushed(GUARD)["diagnostics"][0]["severity"], 3);
    set(&mut editor, json!({"rules": {}, "select": ["recover"]}));
    assert_eq!(editor.pushed_findings(GUARD), found(&[]));
    set(
        &mut editor,
        json!({"rules": {}, "select": ["maps", "map-returned-directy"], "generated": "yes"}),
    );
    assert_eq!(editor.pushed_findings(GUARD), found(&[(RULE, 4)]));
    let shown = editor.wait_for("window/showMessage");
    assert_eq!(
        shown,
        json!({
            "type": 2,
            "message": "deferlint doesn't understand its settings:\n\
                deferlint.generated is \"yes\": expected true or false\n\
                deferlint.select: unknown rule or category `map-returned-directy`: did you mean `map-returned-directly`?",
        })
    );
}

#[test]
fn wrong_settings_are_shown_once_a_change() {
    let mut editor = Editor::new(&pushing());
    let wrong = json!({"rules": {"no-such-rule": "error"}, "select": "maps"});
    for settings in [
        wrong.clone(),
        wrong.clone(),
        // What brings nothing new, or mends a part.
        json!({"rules": {"no-such-rule": "error"}, "select": "maps", "run": "onSave"}),
        json!({"rules": {"no-such-rule": "error"}}),
        json!({}),
        wrong,
    ] {
        editor.notify(
            "workspace/didChangeConfiguration",
            &json!({"settings": {"deferlint": settings}}),
        );
    }
    let shown = editor.shown();
    assert_eq!(shown.len(), 2, "{shown:#?}");
}

#[test]
fn wrong_settings_are_shown_by_whichever_way_they_come() {
    let wrong = json!({"rules": {RULE: "fatal"}});
    let told = |editor: &mut Editor| editor.wait_for("window/showMessage")["message"].to_string();
    let mut editor = Editor::with_options(&pushing(), &wrong);
    assert!(told(&mut editor).contains("deferlint.rules.map-returned-directly"));

    let mut capabilities = pushing();
    capabilities["workspace"]["configuration"] = json!(true);
    let mut editor = Editor::new(&capabilities);
    editor.configure(wrong);
    editor.notify("workspace/didChangeConfiguration", &json!({"settings": null}));
    assert!(told(&mut editor).contains("deferlint.rules.map-returned-directly"));
}

#[test]
fn the_settings_file_counts_below_the_client() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join(".deferlint.toml");
    let write = |text: &str| std::fs::write(&file, text).expect("the file is written");
    let (uri, settings) = (
        uri_in(directory.path(), "guard.go"),
        uri_in(directory.path(), ".deferlint.toml"),
    );
    write("[rules]\nmap-returned-directly = \"warning\"\n");
    let mut editor = Editor::new(&pushing());
    editor.open(&uri, TRAP);
    assert_eq!(editor.pushed(&uri)["diagnostics"][0]["severity"], 2);
    write("ignore = [\"maps\"]\nselct = []\n");
    editor.changed_on_disk(&settings);
    assert_eq!(editor.pushed_findings(&uri), found(&[]));
    let shown = editor.wait_for("window/showMessage").to_string();
    assert!(
        shown.contains(".deferlint.toml:2:1: unknown key `selct`: did you mean `select`?"),
        "{shown}"
    );
    editor.notify(
        "workspace/didChangeConfiguration",
        &json!({"settings": {"deferlint": {"rules": {RULE: "error"}}}}),
    );
    assert_eq!(editor.pushed(&uri)["diagnostics"][0]["severity"], 1);
}

#[test]
fn a_client_that_can_be_asked_is_asked_for_its_settings() {
    let mut capabilities = pushing();
    capabilities["workspace"]["configuration"] = json!(true);
    let mut editor = Editor::new(&capabilities);
    editor.open(GUARD, TRAP);
    assert_eq!(editor.pushed_findings(GUARD), found(&[(RULE, 4)]));
    editor.configure(json!({"ignore": ["maps"]}));
    editor.notify("workspace/didChangeConfiguration", &json!({"settings": null}));
    assert_eq!(editor.pushed_findings(GUARD), found(&[]));
}

#[test]
fn findings_may_wait_until_a_document_is_saved() {
    let options = json!({"run": "onSave"});
    let mut editor = Editor::with_options(&pushing(), &options);
    editor.open(GUARD, CLEAN);
    assert_eq!(editor.pushed_findings(GUARD), found(&[]));
    editor.replace(GUARD, TRAP);
    editor.pull(GUARD, None);
    assert_eq!(editor.unseen(), Vec::<Value>::new());
    assert!(!editor.actions_in_line(GUARD, 4).is_empty());
    editor.save(GUARD);
    assert_eq!(editor.pushed_findings(GUARD), found(&[(RULE, 4)]));

    let mut editor = Editor::with_options(&pulling(), &options);
    editor.open(GUARD, CLEAN);
    let report = editor.pull(GUARD, None);
    editor.replace(GUARD, TRAP);
    assert_eq!(editor.pull(GUARD, Some(&report))["kind"], "unchanged");
    editor.save(GUARD);
    editor.wait_for_request("workspace/diagnostic/refresh");
    assert_eq!(
        findings(&editor.pull(GUARD, Some(&report))["items"]),
        found(&[(RULE, 4)])
    );
}

#[test]
fn a_document_with_very_many_findings_reports_the_first_thousand() {
    let mut editor = Editor::new(&pulling());
    let text = format!(
        "package shop\n\nfunc stock(deep bool) map[string]int {{\n\tdefer println()\n{}\treturn nil\n}}\n",
        "\tif deep {\n\t\treturn map[string]int{}\n\t}\n".repeat(1_200)
    );
    editor.open(GUARD, &text);
    assert_eq!(
        editor.pull(GUARD, None)["items"].as_array().map(Vec::len),
        Some(1_000)
    );
}
