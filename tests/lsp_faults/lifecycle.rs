//! Messages at the wrong time, and messages that nobody knows.

use serde_json::{Value, json};

use crate::lsp_support::{Editor, initialize_params, pulling};
use crate::patient::Patient;

const REQUESTS: [&str; 6] = [
    "textDocument/diagnostic",
    "textDocument/codeAction",
    "textDocument/hover",
    "workspace/executeCommand",
    "textDocument/unknown",
    "$/unknown",
];

const NOTIFICATIONS: [&str; 10] = [
    "initialized",
    "textDocument/didOpen",
    "textDocument/didChange",
    "textDocument/didSave",
    "textDocument/didClose",
    "workspace/didChangeConfiguration",
    "workspace/didChangeWatchedFiles",
    "$/cancelRequest",
    "textDocument/unknown",
    "$/unknown",
];

/// Parameters that fit most methods.
fn params() -> Value {
    json!({
        "textDocument": {"uri": "file:///shop/early.go", "languageId": "go", "version": 1, "text": "package shop\n"},
        "position": {"line": 0, "character": 0},
        "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}},
        "context": {"diagnostics": []}, "contentChanges": [{"text": ""}], "changes": [], "settings": null, "id": 1,
        "command": "deferlint.applyFix",
    })
}

/// Starts the session of an editor that has said something already.
fn initialized(mut editor: Editor) -> Patient {
    let id = editor.ask("initialize", &initialize_params(&pulling(), &Value::Null));
    editor.result(id);
    editor.notify("initialized", &json!({}));
    Patient::of(editor)
}

#[test]
fn before_initialize_requests_are_refused_and_notifications_dropped() {
    let mut editor = Editor::connected();
    for method in REQUESTS {
        let id = editor.ask(method, &params());
        assert!([-32002, -32601].contains(&editor.error_code(id)), "{method}");
    }
    let id = editor.ask("shutdown", &Value::Null);
    assert_eq!(editor.error_code(id), -32002);
    let mut patient = initialized(editor);
    patient.survives("requests before initialize");
    patient.leave();
    for method in NOTIFICATIONS {
        let editor = Editor::connected();
        editor.notify(method, &params());
        let mut patient = initialized(editor);
        patient.survives(&format!("{method} before initialize"));
        patient.leave();
    }
}

#[test]
fn an_initialize_that_fails_can_be_sent_again() {
    for wrong in [json!(null), json!({}), json!({"capabilities": 1}), json!([1])] {
        let mut editor = Editor::connected();
        let id = editor.ask("initialize", &wrong);
        assert_eq!(editor.error_code(id), -32602, "{wrong}");
        let mut patient = initialized(editor);
        patient.survives(&format!("initialize with {wrong}"));
        let id = patient
            .editor
            .ask("initialize", &initialize_params(&pulling(), &Value::Null));
        assert_eq!(patient.editor.error_code(id), -32600);
        patient.survives("a second initialize");
        patient.leave();
    }
}

#[test]
fn what_nobody_knows_is_refused() {
    let mut patient = Patient::new();
    let methods = [
        "",
        " ",
        "textDocument/noSuchMethod",
        "$/noSuchMethod",
        "\u{0}",
        "exit/",
        "workspace/symbols",
    ];
    for method in methods {
        for params in [json!(null), json!({}), json!([1, 2]), params()] {
            let id = patient.editor.ask(method, &params);
            assert_eq!(patient.editor.error_code(id), -32601, "{method}");
            patient.editor.notify(method, &params);
            patient.survives(&format!("{method:?} with {params}"));
        }
    }
    patient.leave();
}

#[test]
fn a_request_that_is_sent_as_the_other_kind_is_survived() {
    let mut patient = Patient::new();
    for method in REQUESTS.into_iter().chain(["shutdown", "initialize"]) {
        patient.editor.notify(method, &params());
        patient.survives(&format!("{method} as a notification"));
    }
    for method in NOTIFICATIONS {
        let id = patient.editor.ask(method, &params());
        let answered = patient.editor.client.wait_for_response(id, method);
        assert!(
            answered.is_err_and(|error| error.response_code().is_some()),
            "{method}"
        );
        patient.survives(&format!("{method} as a request"));
    }
    patient.leave();
}

#[test]
fn after_shutdown_only_exit_counts() {
    let mut patient = Patient::new();
    patient.survives("nothing");
    let mut editor = patient.editor;
    editor.request("shutdown", &Value::Null);
    for method in REQUESTS.into_iter().chain(["shutdown", "initialize"]) {
        let id = editor.ask(method, &params());
        assert!([-32600, -32601].contains(&editor.error_code(id)), "{method}");
    }
    for method in NOTIFICATIONS {
        editor.notify(method, &params());
    }
    editor.notify("exit", &Value::Null);
    assert_eq!(editor.exit_code(), Some(0));
}

#[test]
fn an_exit_within_anything_ends_the_server() {
    for fault in [
        "",
        "Content-Length: 5\r\n\r\n{",
        "garbage\r\n\r\n",
        "Content-Length: 2\r\n\r\n[]",
    ] {
        let patient = Patient::new();
        patient
            .editor
            .client
            .send_raw(fault.as_bytes())
            .expect("the server reads");
        patient.editor.client.close_input();
        assert_eq!(patient.editor.exit_code(), Some(1), "{fault:?}");
    }
}
