//! Documents that are opened, changed and closed in ways that make no sense.

use serde_json::{Value, json};

use crate::lsp_support::{CLEAN, RULE, TRAP, findings, found, pulling, pushing, range};
use crate::patient::Patient;

const VICTIM: &str = "file:///shop/victim.go";

/// What one fault consists of: notifications about documents.
type Notifications = Vec<(&'static str, Value)>;

fn open(uri: &str, version: i64, text: &str) -> (&'static str, Value) {
    let item = json!({"uri": uri, "languageId": "go", "version": version, "text": text});
    ("textDocument/didOpen", json!({"textDocument": item}))
}

fn change(uri: &str, version: i64, content: &Value) -> (&'static str, Value) {
    let document = json!({"uri": uri, "version": version});
    (
        "textDocument/didChange",
        json!({"textDocument": document, "contentChanges": content}),
    )
}

fn close(uri: &str) -> (&'static str, Value) {
    ("textDocument/didClose", json!({"textDocument": {"uri": uri}}))
}

/// Each with the whole text of [`TRAP`] behind it.
fn faults() -> Vec<(&'static str, Notifications)> {
    let none = "file:///shop/none.go";
    let empty = json!([{"text": ""}]);
    vec![
        (
            "opened twice",
            vec![open(VICTIM, 1, CLEAN), open(VICTIM, 1, CLEAN)],
        ),
        (
            "opened twice, the version goes back",
            vec![open(VICTIM, 9, CLEAN), open(VICTIM, -3, "")],
        ),
        (
            "closed twice",
            vec![close(VICTIM), close(VICTIM), open(VICTIM, 1, "")],
        ),
        ("never opened", vec![close(none), change(none, 1, &empty)]),
        (
            "saved but not open",
            vec![("textDocument/didSave", json!({"textDocument": {"uri": none}}))],
        ),
        (
            "a version that stays",
            vec![change(VICTIM, 1, &empty), change(VICTIM, 1, &empty)],
        ),
        (
            "a version that goes back",
            vec![change(VICTIM, 100, &empty), change(VICTIM, -100, &empty)],
        ),
        (
            "the smallest and the largest version",
            vec![
                change(VICTIM, i64::from(i32::MIN), &empty),
                change(VICTIM, i64::from(i32::MAX), &empty),
            ],
        ),
        ("no change", vec![change(VICTIM, 2, &json!([]))]),
        (
            "other schemes and odd names",
            vec![
                open("untitled:Untitled-1", 1, TRAP),
                open("git:/shop/victim.go?ref=%7E", 1, TRAP),
                open("file:///shop/%00.go", 1, TRAP),
                open("file://host/share/victim.go", 1, TRAP),
                open("file:///c%3A/shop/victim.go", 1, TRAP),
                open("file:", 1, TRAP),
                open("go:", 1, TRAP),
            ],
        ),
        (
            "no Go",
            vec![
                open(VICTIM, 1, "\u{0}\u{1b}[2J\u{feff}\u{2028}`\"'/*{(["),
                close(none),
            ],
        ),
    ]
}

/// Ranges of an edit of [`TRAP`] that no client may send.
fn outside() -> Vec<Value> {
    let most = u32::MAX;
    vec![
        range((70, 0), (71, 0)),
        range((0, 0), (most, most)),
        range((most, most), (most, most)),
        range((3, 5), (3, 2)),
        range((4, 0), (3, 0)),
    ]
}

#[test]
fn the_whole_text_makes_up_for_everything() {
    let mut patient = Patient::new();
    let editor = &mut patient.editor;
    editor.open(VICTIM, TRAP);
    for (fault, notifications) in faults() {
        for (method, params) in &notifications {
            patient.editor.notify(method, params);
        }
        patient.editor.replace(VICTIM, TRAP);
        let report = patient.editor.pull(VICTIM, None);
        assert_eq!(findings(&report["items"]), found(&[(RULE, 4)]), "{fault}");
        patient.survives(fault);
    }
    patient.leave();
}

#[test]
fn a_range_outside_is_told_once_and_healed_by_the_whole_text() {
    let mut patient = Patient::new();
    patient.editor.open(VICTIM, TRAP);
    for place in outside() {
        let fault = place.to_string();
        let editor = &mut patient.editor;
        for _ in 0..3 {
            editor.notify(
                "textDocument/didChange",
                &change(VICTIM, 7, &json!([{"range": place, "text": "x"}])).1,
            );
        }
        assert_eq!(editor.actions_in_line(VICTIM, 4), Vec::<Value>::new(), "{fault}");
        assert_eq!(editor.pull(VICTIM, None)["items"], json!([]), "{fault}");
        editor.wait_for("window/showMessage");
        editor.replace(VICTIM, TRAP);
        let report = editor.pull(VICTIM, None);
        assert_eq!(findings(&report["items"]), found(&[(RULE, 4)]), "{fault}");
        assert!(!editor.actions_in_line(VICTIM, 4).is_empty(), "{fault}");
        patient.survives(&fault);
        assert_eq!(patient.editor.shown(), Vec::<Value>::new(), "{fault}");
    }
    patient.leave();
}

#[test]
fn a_range_just_past_the_end_means_the_end() {
    let another = "\nfunc sold() map[string]int {\n\tdefer println()\n\treturn map[string]int{}\n}\n";
    for end in [(6, 1), (7, 0)] {
        let mut patient = Patient::new();
        patient.editor.open(VICTIM, TRAP);
        patient.editor.change(VICTIM, &[(Some(range(end, end)), another)]);
        let report = patient.editor.pull(VICTIM, None);
        assert_eq!(
            findings(&report["items"]),
            found(&[(RULE, 4), (RULE, 9)]),
            "{end:?}"
        );
        patient.survives("a range just past the end");
        patient.leave();
    }
}

#[test]
fn ten_thousand_changes_at_once() {
    let mut patient = Patient::new();
    patient.editor.open(VICTIM, CLEAN);
    for turn in 0..10_000 {
        let (end, text) = if turn % 2 == 0 {
            ((4, 0), "\treturn map[string]int{}\n")
        } else {
            ((5, 0), "")
        };
        patient.editor.change(VICTIM, &[(Some(range((4, 0), end)), text)]);
    }
    let last = "\treturn map[string]int{}\n";
    patient
        .editor
        .change(VICTIM, &[(Some(range((4, 0), (4, 0))), last)]);
    let report = patient.editor.pull(VICTIM, None);
    assert_eq!(findings(&report["items"]), found(&[(RULE, 4)]));
    patient.survives("ten thousand changes");
    patient.leave();
}

#[test]
fn two_hundred_documents_at_once() {
    for capabilities in [pulling(), pushing()] {
        let mut patient = Patient::with(&capabilities);
        let uris: Vec<_> = (0..200)
            .map(|number| format!("file:///shop{}/a{number}.go", number % 7))
            .collect();
        for uri in &uris {
            patient.editor.open(uri, TRAP);
        }
        for uri in &uris {
            patient.editor.change(uri, &[(Some(range((0, 0), (0, 0))), "\n")]);
        }
        for uri in &uris {
            let report = patient.editor.pull(uri, None);
            assert_eq!(findings(&report["items"]), found(&[(RULE, 5)]), "{uri}");
        }
        for uri in &uris {
            patient.editor.close(uri);
        }
        let mut shown = std::collections::HashMap::new();
        for published in unseen(&mut patient, &capabilities) {
            shown.insert(published["uri"].to_string(), published["diagnostics"].clone());
        }
        for uri in &uris {
            assert_eq!(patient.editor.pull(uri, None)["items"], json!([]), "{uri}");
            let left = shown.get(&json!(uri).to_string());
            assert!(left.is_none_or(|diagnostics| *diagnostics == json!([])), "{uri}");
        }
        patient.survives("two hundred documents");
        patient.leave();
    }
}

/// The diagnostics that were pushed; none to a client that pulls.
fn unseen(patient: &mut Patient, capabilities: &Value) -> Vec<Value> {
    if capabilities["textDocument"].get("diagnostic").is_some() {
        return Vec::new();
    }
    patient.editor.unseen()
}
