//! The same findings and fixes, whatever a client can do and however it names its documents.

mod lsp_support;

use std::path::Path;

use lsp_support::{CLEAN, Editor, RULE, TRAP, findings, found, pulling, pushing, uri_in};
use serde_json::{Value, json};

/// [`TRAP`] with a character before the finding that is two columns wide.
const CLEF: &str = "package shop\n\nfunc stock() map[string]int {\n\tdefer println()\n\t/* 𝄞 */ return map[string]int{\"bolts\": 1}\n}\n";

/// What a client may lack, as paths into its capabilities.
const LACKS: [&[&str]; 14] = [
    &["textDocument", "publishDiagnostics", "versionSupport"],
    &["textDocument", "publishDiagnostics", "relatedInformation"],
    &["textDocument", "publishDiagnostics", "codeDescriptionSupport"],
    &["textDocument", "publishDiagnostics", "tagSupport"],
    &["textDocument", "codeAction", "codeActionLiteralSupport"],
    &["textDocument", "codeAction", "isPreferredSupport"],
    &["textDocument", "hover"],
    &["workspace", "workspaceEdit", "documentChanges"],
    &["workspace", "diagnostics"],
    &["workspace", "configuration"],
    &["workspace", "didChangeConfiguration"],
    &["workspace", "didChangeWatchedFiles"],
    &["general"],
    &["window"],
];

/// The capabilities of an editor that can do all that the server knows of, but counts columns in UTF-16.
fn able(mut capabilities: Value) -> Value {
    capabilities["workspace"]["configuration"] = json!(true);
    capabilities["workspace"]["didChangeConfiguration"] = json!({"dynamicRegistration": true});
    capabilities["workspace"]["didChangeWatchedFiles"] = json!({"dynamicRegistration": true});
    capabilities["general"] = json!({"positionEncodings": ["utf-16"]});
    capabilities["window"] = json!({"workDoneProgress": true});
    capabilities
}

fn without(mut capabilities: Value, path: &[&str]) -> Value {
    if let [parents @ .., last] = path {
        let parent = parents
            .iter()
            .fold(&mut capabilities, |value, key| &mut value[*key]);
        parent.as_object_mut().expect("capabilities").remove(*last);
    }
    capabilities
}

/// The findings of a document that has just been opened or changed, asked for or waited for as the client can.
fn diagnostics(editor: &mut Editor, uri: &str) -> Value {
    match editor.server["capabilities"]["diagnosticProvider"] {
        Value::Null => editor.pushed(uri)["diagnostics"].clone(),
        _ => editor.pull(uri, None)["items"].clone(),
    }
}

/// Makes the first fix of a line, which comes with its edit or as a command.
fn fix(editor: &mut Editor, uri: &str, line: u32) {
    let action = editor.actions_in_line(uri, line).remove(0);
    let edit = match &action["edit"] {
        Value::Null => {
            let execute = json!({"command": action["command"], "arguments": action["arguments"]});
            editor.request("workspace/executeCommand", &execute);
            editor.wait_for_request("workspace/applyEdit")["edit"].clone()
        }
        edit => edit.clone(),
    };
    editor.apply(uri, &edit);
}

fn check_client(capabilities: &Value) {
    let uri = "file:///shop/guard.go";
    let mut editor = Editor::new(capabilities);
    editor.open(uri, CLEF);
    let shown = diagnostics(&mut editor, uri);
    assert_eq!(findings(&shown), found(&[(RULE, 4)]), "{capabilities:#}");
    let start = &shown[0]["range"]["start"];
    assert_eq!(start, &json!({"line": 4, "character": 10}), "{capabilities:#}");
    fix(&mut editor, uri, 4);
    let fixed = CLEF.replace(
        " return map[string]int{\"bolts\": 1}",
        "\n\tm := map[string]int{\"bolts\": 1}\n\treturn m",
    );
    assert_eq!(editor.text(uri), fixed, "{capabilities:#}");
    assert_eq!(diagnostics(&mut editor, uri), json!([]), "{capabilities:#}");
    let dynamic = |section: &str| capabilities["workspace"].get(section).is_some();
    for request in editor.client.server_requests() {
        let announced = match request.method.as_str() {
            "client/registerCapability" => {
                dynamic("didChangeConfiguration") || dynamic("didChangeWatchedFiles")
            }
            "workspace/configuration" => dynamic("configuration"),
            "workspace/diagnostic/refresh" => dynamic("diagnostics"),
            _ => true,
        };
        assert!(announced, "{}: {capabilities:#}", request.method);
    }
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn findings_and_fixes_are_the_same_whatever_the_client_lacks() {
    for capabilities in [pushing(), pulling()] {
        check_client(&capabilities);
        check_client(&able(capabilities.clone()));
        for lacking in LACKS {
            check_client(&without(able(capabilities.clone()), lacking));
        }
    }
}

#[test]
fn a_client_that_cannot_be_told_to_ask_again_is_pushed_to() {
    let uri = "file:///shop/guard.go";
    let mut editor = Editor::new(&without(pulling(), &["workspace", "diagnostics"]));
    assert_eq!(editor.server["capabilities"]["diagnosticProvider"], Value::Null);
    editor.open(uri, TRAP);
    assert_eq!(editor.pushed_findings(uri), found(&[(RULE, 4)]));
    let off = json!({"settings": {"deferlint": {"rules": {RULE: "off"}}}});
    editor.notify("workspace/didChangeConfiguration", &off);
    assert_eq!(editor.pushed_findings(uri), found(&[]));
    // If it asks all the same, it is answered.
    assert_eq!(editor.pull(uri, None)["items"], json!([]));
}

#[test]
fn a_client_that_can_do_nothing_has_its_findings() {
    let uri = "file:///shop/guard.go";
    let mut editor = Editor::new(&json!({}));
    editor.open(uri, CLEF);
    assert_eq!(editor.pushed_findings(uri), found(&[(RULE, 4)]));
    editor.replace(uri, CLEAN);
    assert_eq!(editor.pushed_findings(uri), found(&[]));
    assert_eq!(editor.client.server_requests().len(), 0);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn every_kind_of_document_has_its_findings_and_fixes() {
    for uri in [
        "untitled:Untitled-1",
        "untitled:/shop/guard.go",
        "file:///no/such/directory/guard.go",
        "file:///c:/shop/guard.go",
        "file:///C%3A/shop/gu%20ard.go",
        "file://server/share/guard.go",
    ] {
        let mut editor = Editor::new(&pushing());
        editor.open(uri, TRAP);
        assert_eq!(editor.pushed_findings(uri), found(&[(RULE, 4)]), "{uri}");
        fix(&mut editor, uri, 4);
        assert_eq!(editor.pushed_findings(uri), found(&[]), "{uri}");
        editor.save(uri);
        assert_eq!(editor.leave(), Some(0), "{uri}");
    }
}

#[test]
fn one_file_under_two_uris_is_one_document() {
    for (first, second) in [
        ("file:///shop/a-b.go", "file:///shop/a%2Db.go"),
        ("file:///c:/shop/guard.go", "file:///C%3A/shop/guard.go"),
    ] {
        let mut editor = Editor::new(&pushing());
        editor.open(first, CLEAN);
        assert_eq!(editor.pushed_findings(first), found(&[]));
        editor.open(second, TRAP);
        assert_eq!(editor.pushed_findings(second), found(&[(RULE, 4)]));
        assert_eq!(editor.pushed_findings(first), found(&[(RULE, 4)]));
        editor.close(first);
        assert_eq!(editor.pushed_findings(first), found(&[]));
        editor.replace(second, CLEAN);
        assert_eq!(editor.pushed_findings(second), found(&[]));
    }
}

#[test]
fn each_of_two_roots_has_its_own_settings() {
    let roots = tempfile::tempdir().expect("a directory");
    let root = |name: &str, settings: &str| {
        let directory = roots.path().join(name);
        std::fs::create_dir(&directory).expect("a directory");
        std::fs::write(directory.join(".deferlint.toml"), settings).expect("a file");
        directory
    };
    let loud = root("loud", "[rules]\nmap-returned-directly = \"error\"\n");
    let quiet = root("quiet", "ignore = [\"maps\"]\n");
    let folder = |root: &Path| json!({"uri": format!("file://{}", root.display()), "name": "root"});
    let mut editor = Editor::connected();
    let params = json!({
        "processId": null,
        "rootUri": null,
        "workspaceFolders": [folder(&loud), folder(&quiet)],
        "capabilities": pushing(),
    });
    editor.request("initialize", &params);
    editor.notify("initialized", &json!({}));
    let (in_loud, in_quiet) = (uri_in(&loud, "guard.go"), uri_in(&quiet, "guard.go"));
    editor.open(&in_loud, TRAP);
    assert_eq!(editor.pushed(&in_loud)["diagnostics"][0]["severity"], 1);
    editor.open(&in_quiet, TRAP);
    assert_eq!(editor.pushed_findings(&in_quiet), found(&[]));

    // A document outlives its folder.
    let event = json!({"event": {"added": [], "removed": [folder(&loud)]}});
    editor.notify("workspace/didChangeWorkspaceFolders", &event);
    editor.replace(&in_loud, CLEAN);
    assert_eq!(editor.pushed_findings(&in_loud), found(&[]));
    editor.replace(&in_loud, TRAP);
    assert_eq!(editor.pushed(&in_loud)["diagnostics"][0]["severity"], 1);
}
