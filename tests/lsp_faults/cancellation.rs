//! Cancellation at every point.

use serde_json::{Value, json};

use crate::lsp_support::{TRAP, range};
use crate::patient::Patient;

const VICTIM: &str = "file:///shop/victim.go";

/// The requests, in the order in which they are sent.
fn requests() -> Vec<(&'static str, Value)> {
    let document = json!({"uri": VICTIM});
    let place = range((4, 0), (4, 9));
    let actions = json!({"textDocument": document, "range": place, "context": {"diagnostics": []}});
    let fix = json!({"uri": VICTIM, "version": 1, "edits": []});
    vec![
        ("textDocument/diagnostic", json!({"textDocument": document})),
        ("textDocument/codeAction", actions),
        (
            "textDocument/hover",
            json!({"textDocument": document, "position": place["end"]}),
        ),
        (
            "workspace/executeCommand",
            json!({"command": "deferlint.applyFix", "arguments": [fix]}),
        ),
        ("textDocument/unknown", json!({})),
    ]
}

#[test]
fn every_request_is_answered_once_whenever_it_is_cancelled() {
    let mut patient = Patient::new();
    patient.editor.open(VICTIM, TRAP);
    let requests = requests();
    let mut first = 1_000_000;
    for cancelled in 0..requests.len() {
        // Before any was sent, behind each of them, and twice.
        for point in 0..=requests.len() {
            for times in [1, 2] {
                let client = &mut patient.editor.client;
                let id_of = |index: usize| first + i64::try_from(index).expect("a small number");
                for sent in 0..=requests.len() {
                    for _ in 0..(if sent == point { times } else { 0 }) {
                        client.cancel(id_of(cancelled)).expect("the server reads");
                    }
                    let Some((method, params)) = requests.get(sent) else {
                        continue;
                    };
                    let request =
                        json!({"jsonrpc": "2.0", "id": id_of(sent), "method": method, "params": params});
                    client.send(&request).expect("the server reads");
                }
                for (index, (method, _)) in requests.iter().enumerate() {
                    let answer = client.wait_for_response(id_of(index), method);
                    let code = answer
                        .as_ref()
                        .err()
                        .map(deferlint_testkit::lsp::Error::response_code);
                    let is_fine = match code {
                        None => *method != "textDocument/unknown",
                        // `applyFix` may name another version than the document's.
                        Some(Some(-32801)) => *method == "workspace/executeCommand",
                        Some(Some(-32800)) => index == cancelled,
                        Some(Some(-32601)) => *method == "textDocument/unknown",
                        Some(_) => false,
                    };
                    assert!(is_fine, "{method}: {answer:?}");
                }
                first += 100;
                patient.survives(&format!(
                    "request {cancelled} cancelled at {point}, {times} times"
                ));
            }
        }
    }
    patient.leave();
}

#[test]
fn a_cancellation_of_what_cannot_be_cancelled_is_survived() {
    let mut patient = Patient::new();
    for id in [
        json!(0),
        json!(-1),
        json!("a"),
        json!(i64::MAX),
        json!(null),
        json!([1]),
    ] {
        patient.editor.notify("$/cancelRequest", &json!({"id": id}));
        patient.survives(&format!("the cancellation of {id}"));
    }
    let id = patient.editor.ask("shutdown", &Value::Null);
    patient.editor.notify("$/cancelRequest", &json!({"id": id}));
    assert_eq!(patient.editor.result(id), Value::Null);
    patient.editor.notify("exit", &Value::Null);
    assert_eq!(patient.editor.exit_code(), Some(0));
}
