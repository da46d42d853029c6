//! Parameters of the wrong type, at every place of every message.

use serde_json::{Value, json};

use crate::lsp_support::{pushing, range};
use crate::patient::Patient;

const VICTIM: &str = "file:///shop/victim.go";

/// The requests with parameters as they should be.
fn requests() -> Vec<(&'static str, Value)> {
    let document = json!({"uri": VICTIM});
    let place = range((0, 0), (4, 1));
    let diagnostic = json!({
        "range": place, "severity": 4, "code": "defer-in-loop", "source": "deferlint", "message": "a message",
        "data": {"a": [1]},
    });
    let fix = json!({"uri": VICTIM, "version": 1, "edits": [{"range": place, "newText": "package shop\n"}]});
    vec![
        (
            "textDocument/diagnostic",
            json!({"textDocument": document, "identifier": "deferlint", "previousResultId": "0"}),
        ),
        (
            "textDocument/codeAction",
            json!({
                "textDocument": document, "range": place,
                "context": {"diagnostics": [diagnostic], "only": ["quickfix"], "triggerKind": 1},
            }),
        ),
        (
            "textDocument/hover",
            json!({"textDocument": document, "position": place["start"], "workDoneToken": "a"}),
        ),
        (
            "workspace/executeCommand",
            json!({"command": "deferlint.applyFix", "arguments": [fix]}),
        ),
        (
            "initialize",
            json!({"processId": 1, "rootUri": null, "capabilities": {"general": {}}}),
        ),
    ]
}

/// The notifications with parameters as they should be.
fn notifications() -> Vec<(&'static str, Value)> {
    let document = json!({"uri": VICTIM});
    let item = json!({"uri": VICTIM, "languageId": "go", "version": 1, "text": "package shop\n"});
    let change = json!({"range": range((0, 0), (0, 0)), "rangeLength": 0, "text": "\n"});
    let folder = json!({"uri": "file:///shop", "name": "shop"});
    vec![
        ("initialized", json!({})),
        ("textDocument/didOpen", json!({"textDocument": item})),
        (
            "textDocument/didChange",
            json!({"textDocument": {"uri": VICTIM, "version": 2}, "contentChanges": [change]}),
        ),
        (
            "textDocument/didSave",
            json!({"textDocument": document, "text": "package shop\n"}),
        ),
        ("textDocument/didClose", json!({"textDocument": document})),
        (
            "workspace/didChangeWatchedFiles",
            json!({"changes": [{"uri": VICTIM, "type": 2}]}),
        ),
        (
            "workspace/didChangeConfiguration",
            json!({"settings": {"deferlint": {
                "select": ["map-returned-directly"], "ignore": ["goroutines"], "rules": {"defer-lock": "off"},
                "generated": true, "configPath": "none.toml", "run": "onType",
            }}}),
        ),
        (
            "workspace/didChangeWorkspaceFolders",
            json!({"event": {"added": [folder], "removed": [folder]}}),
        ),
        ("$/cancelRequest", json!({"id": 999_999})),
        ("$/setTrace", json!({"value": "verbose"})),
        ("window/workDoneProgress/cancel", json!({"token": "a"})),
    ]
}

/// What can stand in the wrong place.
fn wrong_values() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!("file:"),
        json!("%zz\u{0}/../\u{1b}"),
        json!([]),
        json!([[]]),
        json!({}),
        json!({"uri": 1}),
    ]
}

/// The places of a value, as JSON pointers, itself first.
fn places(value: &Value) -> Vec<String> {
    let mut places = vec![String::new()];
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, value)| (index.to_string(), value))
            .collect(),
        _ => Vec::new(),
    };
    for (key, member) in members {
        places.extend(places_below(&key, member));
    }
    places
}

fn places_below(key: &str, member: &Value) -> impl Iterator<Item = String> {
    let key = key.to_owned();
    places(member)
        .into_iter()
        .map(move |place| format!("/{key}{place}"))
}

/// The parameters with one place changed, in every way.
fn mutants(right: &Value) -> Vec<Value> {
    let mut mutants = Vec::new();
    for place in places(right) {
        for wrong in wrong_values() {
            let mut mutant = right.clone();
            *mutant.pointer_mut(&place).expect("a place of the value") = wrong;
            mutants.push(mutant);
        }
    }
    mutants
}

#[test]
fn a_request_with_wrong_parameters_is_answered() {
    let mut patient = Patient::new();
    patient
        .editor
        .open(VICTIM, "package shop\n\nfunc f() {\n\tg()\n}\n");
    for (method, right) in requests() {
        for params in mutants(&right) {
            let id = patient.editor.ask(method, &params);
            // An answer it must have; whether the place matters is up to the method.
            match patient.editor.client.wait_for_response(id, method) {
                Ok(_) => {}
                Err(error) => {
                    let code = error.response_code().unwrap_or_else(|| panic!("{error}"));
                    assert!(
                        [-32600, -32602, -32801].contains(&code),
                        "{method} {params}: {error}"
                    );
                }
            }
            patient.survives(&format!("{method} with {params}"));
        }
    }
    patient.leave();
}

#[test]
fn a_notification_with_wrong_parameters_is_survived() {
    for (method, right) in notifications() {
        let mut patient = Patient::new();
        patient
            .editor
            .notify("textDocument/didOpen", &notifications()[1].1);
        for params in mutants(&right) {
            patient.editor.notify(method, &params);
            if method == "workspace/didChangeConfiguration" {
                // What was understood of it counts, and may be anything.
                patient.editor.notify(method, &json!({"settings": null}));
            }
            patient.survives(&format!("{method} with {params}"));
        }
        patient.leave();
    }
}

#[test]
fn a_change_that_cannot_be_read_puts_its_document_out_of_step() {
    let trap = crate::lsp_support::TRAP;
    let document = json!({"uri": VICTIM, "version": 2});
    let whole = json!([{"text": 1}]);
    let reversed = json!([{"range": {"start": {"line": 0, "character": -1}, "end": 1}, "text": ""}]);
    for params in [
        json!({"textDocument": document, "contentChanges": whole}),
        json!({"textDocument": document, "contentChanges": reversed}),
        json!({"textDocument": document, "contentChanges": "text"}),
        json!({"textDocument": document}),
        json!({"textDocument": {"uri": VICTIM, "version": "2"}, "contentChanges": [{"text": ""}]}),
        json!({"textDocument": {"uri": VICTIM, "version": u64::MAX}, "contentChanges": [{"text": ""}]}),
    ] {
        let mut patient = Patient::with(&pushing_and_pulling());
        let editor = &mut patient.editor;
        editor.open(VICTIM, trap);
        assert_eq!(
            editor.pull(VICTIM, None)["items"].as_array().map(Vec::len),
            Some(1)
        );
        editor.notify("textDocument/didChange", &params);
        assert_eq!(editor.actions_in_line(VICTIM, 4), Vec::<Value>::new(), "{params}");
        assert_eq!(editor.pull(VICTIM, None)["items"], json!([]), "{params}");
        editor.wait_for("window/showMessage");
        editor.replace(VICTIM, trap);
        editor.pull(VICTIM, None);
        assert!(!editor.actions_in_line(VICTIM, 4).is_empty(), "{params}");
        patient.survives(&format!("didChange with {params}"));
        patient.leave();
    }
}

fn pushing_and_pulling() -> Value {
    let mut capabilities = pushing();
    capabilities["textDocument"]["diagnostic"] = json!({});
    capabilities
}
