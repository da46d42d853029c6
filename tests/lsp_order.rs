//! What a client sends is handled in its order, and every answer is about the text as it then is.

mod lsp_support;

use lsp_support::{CLEAN, Editor, RULE, TRAP, found, pulling, pushing, range};
use serde_json::{Value, json};

const GUARD: &str = "file:///shop/guard.go";

#[test]
fn four_hundred_frames_at_once_are_handled_in_order() {
    let mut editor = Editor::new(&pulling());
    editor.open(
        GUARD,
        "package shop\n\nfunc stock(deep bool) map[string]int {\n\tdefer println()\n}\n",
    );
    // Typed one character a frame, with a question behind every tenth.
    let mut ids = Vec::new();
    for (index, character) in "\tif deep { return map[string]int{} }\n"
        .repeat(11)
        .chars()
        .enumerate()
    {
        let end = end_of(&editor.text(GUARD), "}\n");
        editor.change(GUARD, &[(Some(range(end, end)), &character.to_string())]);
        if index % 10 == 0 {
            ids.push(editor.ask(
                "textDocument/diagnostic",
                &json!({"textDocument": {"uri": GUARD}}),
            ));
        }
    }
    for id in ids {
        editor.result(id);
    }
    let report = editor.pull(GUARD, None);
    assert_eq!(report["items"].as_array().map(Vec::len), Some(11), "{report:#}");
    assert_eq!(editor.leave(), Some(0));
}

/// The position before the last occurrence of `tail`, which must be at the end.
fn end_of(text: &str, tail: &str) -> (u32, u32) {
    let before = text.strip_suffix(tail).expect("the tail");
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().map_or(0, str::len);
    (
        u32::try_from(line).expect("a short text"),
        u32::try_from(column).expect("a short line"),
    )
}

#[test]
fn a_question_sees_every_edit_before_it_and_none_behind_it() {
    let mut editor = Editor::new(&pulling());
    editor.open(GUARD, CLEAN);
    let mut ids = Vec::new();
    for text in [TRAP, CLEAN, TRAP, TRAP, CLEAN] {
        editor.replace(GUARD, text);
        let params = json!({"textDocument": {"uri": GUARD}, "range": range((4, 0), (4, 9)), "context": {"diagnostics": []}});
        ids.push((editor.ask("textDocument/codeAction", &params), text == TRAP));
    }
    for (id, is_trap) in ids.into_iter().rev() {
        assert_eq!(editor.result(id).is_array(), is_trap);
    }
}

#[test]
fn a_cancelled_request_is_answered_and_the_others_go_on() {
    let mut editor = Editor::new(&pulling());
    editor.open(GUARD, TRAP);
    let cancelled = editor.ask(
        "textDocument/diagnostic",
        &json!({"textDocument": {"uri": GUARD}}),
    );
    editor.notify("$/cancelRequest", &json!({"id": cancelled}));
    let other = editor.ask(
        "textDocument/diagnostic",
        &json!({"textDocument": {"uri": GUARD}}),
    );
    // The answer may have been on its way.
    match editor
        .client
        .wait_for_response(cancelled, "the cancelled request")
    {
        Ok(report) => assert_eq!(report["kind"], "full"),
        Err(error) => assert_eq!(error.response_code(), Some(-32800), "{error}"),
    }
    assert_eq!(
        lsp_support::findings(&editor.result(other)["items"]),
        found(&[(RULE, 4)])
    );
    editor.notify("$/cancelRequest", &json!({"id": 999_999}));
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn columns_are_utf_16_code_units_unless_the_client_offers_utf_8() {
    let text = "package shop\n\nfunc stock() map[string]int {\n\tdefer println()\n\t/* 𝄞é */ return map[string]int{}\n}\n";
    let check = |capabilities: &Value, column: usize| {
        let mut editor = Editor::new(capabilities);
        editor.open(GUARD, text);
        let report = editor.pull(GUARD, None);
        let diagnostic = &report["items"][0];
        let start = diagnostic["range"]["start"]["character"]
            .as_u64()
            .expect("a column");
        assert_eq!(
            usize::try_from(start).expect("a column"),
            column,
            "{diagnostic:#}"
        );
        let end = diagnostic["range"]["end"]["character"]
            .as_u64()
            .expect("a column");
        assert_eq!(
            usize::try_from(end).expect("a column"),
            column + "return map[string]int{}".len()
        );
    };
    check(&pulling(), "\t/* XXé */ ".chars().count());
    let mut utf_8 = pulling();
    utf_8["general"] = json!({"positionEncodings": ["utf-8", "utf-16"]});
    check(&utf_8, "\t/* 𝄞é */ ".len());
}

#[test]
fn edits_behind_an_emoji_stay_in_step() {
    let mut editor = Editor::new(&pulling());
    editor.open(
        GUARD,
        "package shop\n\n// 𝄞𝄞 note\nfunc stock() map[string]int {\n\tdefer println()\n}\n",
    );
    // Between the two clefs, then behind both.
    editor.change(
        GUARD,
        &[
            (Some(range((2, 5), (2, 5))), "😀"),
            (Some(range((2, 9), (2, 14))), "\nvar x = 1"),
        ],
    );
    editor.change(
        GUARD,
        &[(Some(range((5, 16), (5, 16))), "\n\treturn map[string]int{}")],
    );
    assert_eq!(
        editor.text(GUARD),
        "package shop\n\n// 𝄞😀𝄞\nvar x = 1\nfunc stock() map[string]int {\n\tdefer println()\n\treturn map[string]int{}\n}\n"
    );
    assert_eq!(
        lsp_support::findings(&editor.pull(GUARD, None)["items"]),
        found(&[(RULE, 6)])
    );
}

#[test]
fn several_changes_apply_one_after_the_other_in_either_direction() {
    let text = "package shop\n\nfunc one() map[string]int {\n\tdefer println()\n}\n\nfunc two() map[string]int {\n\tdefer println()\n}\n";
    let line = "\treturn map[string]int{}\n";
    let mut editor = Editor::new(&pulling());
    editor.open(GUARD, text);
    editor.change(
        GUARD,
        &[
            (Some(range((8, 0), (8, 0))), line),
            (Some(range((4, 0), (4, 0))), line),
        ],
    );
    assert_eq!(
        lsp_support::findings(&editor.pull(GUARD, None)["items"]),
        found(&[(RULE, 4), (RULE, 9)])
    );
    editor.change(
        GUARD,
        &[
            (Some(range((4, 0), (5, 0))), ""),
            (Some(range((8, 0), (9, 0))), ""),
        ],
    );
    assert_eq!(editor.text(GUARD), text);
    assert_eq!(editor.pull(GUARD, None)["items"], json!([]));
}

#[test]
fn an_edit_that_does_not_fit_is_told_once_and_the_whole_text_heals_it() {
    let mut editor = Editor::new(&pushing());
    editor.open(GUARD, TRAP);
    assert_eq!(editor.pushed_findings(GUARD), found(&[(RULE, 4)]));
    editor.change(GUARD, &[(Some(range((70, 0), (71, 0))), "x")]);
    editor.change(GUARD, &[(Some(range((3, 5), (3, 2))), "x")]);
    assert_eq!(editor.pushed_findings(GUARD), found(&[]));
    let told = editor.wait_for("window/showMessage");
    assert!(
        told["message"]
            .as_str()
            .is_some_and(|message| message.contains(GUARD)),
        "{told}"
    );
    assert_eq!(editor.actions_in_line(GUARD, 4), Vec::<Value>::new());
    assert_eq!(editor.shown(), Vec::<Value>::new());

    editor.replace(GUARD, TRAP);
    assert_eq!(editor.pushed_findings(GUARD), found(&[(RULE, 4)]));
    assert!(!editor.actions_in_line(GUARD, 4).is_empty());
}

#[test]
fn a_document_closed_during_its_analysis_has_no_findings_afterwards() {
    let mut editor = Editor::new(&pushing());
    let functions = (0..500).map(|number| {
        format!(
            "\nfunc stock{number}() map[string]int {{\n\tdefer println()\n\treturn map[string]int{{}}\n}}\n"
        )
    });
    let text = TRAP.to_owned() + &functions.collect::<String>();
    for _ in 0..5 {
        editor.open(GUARD, &text);
        editor.close(GUARD);
    }
    let last = editor.unseen().into_iter().rfind(|params| params["uri"] == GUARD);
    let diagnostics = last.map_or(json!([]), |params| params["diagnostics"].clone());
    assert_eq!(diagnostics, json!([]));
}

#[test]
fn odd_versions_and_unknown_documents_are_not_fatal() {
    let mut editor = Editor::new(&pushing());
    let unknown = json!({"uri": "file:///shop/unknown.go", "version": 3});
    editor.notify(
        "textDocument/didChange",
        &json!({"textDocument": unknown, "contentChanges": [{"text": ""}]}),
    );
    editor.notify(
        "textDocument/didClose",
        &json!({"textDocument": {"uri": "file:///shop/unknown.go"}}),
    );
    editor.notify(
        "textDocument/didSave",
        &json!({"textDocument": {"uri": "file:///shop/unknown.go"}}),
    );
    editor.open_as(GUARD, "go", 9, CLEAN);
    assert_eq!(editor.pushed_findings(GUARD), found(&[]));
    // Opened twice, and the version goes back.
    editor.open_as(GUARD, "go", 4, TRAP);
    assert_eq!(editor.pushed(GUARD)["version"], 4);
    let back = json!({"uri": GUARD, "version": 2});
    editor.notify(
        "textDocument/didChange",
        &json!({"textDocument": back, "contentChanges": [{"text": CLEAN}]}),
    );
    assert_eq!(editor.pushed_findings(GUARD), found(&[]));
    assert_eq!(editor.leave(), Some(0));
}
