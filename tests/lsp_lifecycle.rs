//! Every way in which a client can come, misbehave and leave.

mod lsp_support;

use std::process::{Command, Stdio};

use lsp_support::{Editor, RULE, TRAP, found, initialize_params, pulling, pushing};
use serde_json::{Value, json};

#[test]
fn the_server_says_what_it_can_do() {
    let pushed = Editor::new(&pushing());
    let capabilities = &pushed.server["capabilities"];
    assert_eq!(pushed.server["serverInfo"]["name"], "deferlint");
    assert_eq!(pushed.server["serverInfo"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(capabilities["positionEncoding"], "utf-16");
    assert_eq!(capabilities["textDocumentSync"]["change"], 2);
    assert_eq!(capabilities["diagnosticProvider"], Value::Null);
    assert_eq!(capabilities["executeCommandProvider"], Value::Null);

    let pulled = Editor::new(&pulling());
    assert_eq!(
        pulled.server["capabilities"]["diagnosticProvider"]["identifier"],
        "deferlint"
    );

    let mut unicode = pushing();
    unicode["general"] = json!({"positionEncodings": ["utf-16", "utf-8"]});
    assert_eq!(
        Editor::new(&unicode).server["capabilities"]["positionEncoding"],
        "utf-8"
    );

    let plain = Editor::new(&json!({}));
    assert_eq!(plain.server["capabilities"]["codeActionProvider"], Value::Null);
}

#[test]
fn shutdown_and_exit_end_with_zero() {
    let mut editor = Editor::new(&pushing());
    editor.open("file:///shop/guard.go", TRAP);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn exit_without_shutdown_ends_with_one() {
    let editor = Editor::new(&pushing());
    editor.notify("exit", &Value::Null);
    assert_eq!(editor.exit_code(), Some(1));
}

#[test]
fn the_end_of_the_input_ends_the_server() {
    let mut editor = Editor::new(&pushing());
    editor.open("file:///shop/guard.go", TRAP);
    editor.client.close_input();
    assert_eq!(editor.exit_code(), Some(1));

    let silent = Editor::connected();
    silent.client.close_input();
    assert_eq!(silent.exit_code(), Some(1));
}

#[test]
fn the_death_of_the_client_ends_the_server() {
    let mut client = Command::new("sleep")
        .arg("600")
        .stdin(Stdio::null())
        .spawn()
        .expect("a process that stands for the editor");
    let mut editor = Editor::connected();
    let id = editor.ask(
        "initialize",
        &json!({"processId": client.id(), "rootUri": null, "capabilities": {}}),
    );
    editor.result(id);
    client.kill().expect("the process runs");
    client.wait().expect("the process has ended");
    assert_eq!(editor.exit_code(), Some(1));
}

#[test]
fn nothing_but_initialize_comes_first() {
    let mut editor = Editor::connected();
    let id = editor.ask(
        "textDocument/hover",
        &json!({"textDocument": {"uri": "file:///a.go"}, "position": {"line": 0, "character": 0}}),
    );
    assert_eq!(editor.error_code(id), -32002);
    let id = editor.ask("initialize", &initialize_params(&json!({}), &Value::Null));
    editor.result(id);
    let id = editor.ask("initialize", &initialize_params(&json!({}), &Value::Null));
    assert_eq!(editor.error_code(id), -32600);
}

#[test]
fn nothing_but_exit_comes_after_shutdown() {
    let mut editor = Editor::new(&pushing());
    editor.request("shutdown", &Value::Null);
    let id = editor.ask(
        "textDocument/hover",
        &json!({"textDocument": {"uri": "file:///a.go"}, "position": {"line": 0, "character": 0}}),
    );
    assert_eq!(editor.error_code(id), -32600);
    editor.notify("exit", &Value::Null);
    assert_eq!(editor.exit_code(), Some(0));
}

#[test]
fn a_document_may_be_opened_before_initialize_is_answered() {
    let mut editor = Editor::connected();
    let uri = "file:///shop/guard.go";
    let id = editor.ask("initialize", &initialize_params(&pushing(), &Value::Null));
    editor.notify("initialized", &json!({}));
    editor.open(uri, TRAP);
    editor.result(id);
    assert_eq!(editor.pushed_findings(uri), found(&[(RULE, 4)]));
}

#[test]
fn malformed_messages_cost_themselves_only() {
    let mut editor = Editor::new(&pushing());
    let uri = "file:///shop/guard.go";
    for garbage in [
        "Content-Length: 9\r\n\r\n{\"jsonrpc",
        "garbage\r\n\r\n",
        "Content-Length: x\r\n\r\n",
        "Content-Length: 2\r\n\r\n[]",
        "Content-Length: 37\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":1}",
        "Content-Length: 4\r\n\r\n\u{1}\u{2}\u{3}\u{4}",
    ] {
        editor
            .client
            .send_raw(garbage.as_bytes())
            .expect("the server reads");
    }
    for params in [
        json!(null),
        json!([]),
        json!({"textDocument": 7}),
        json!({"textDocument": {"uri": "no uri"}}),
    ] {
        editor.notify("textDocument/didOpen", &params);
        let id = editor.ask("textDocument/codeAction", &params);
        assert_eq!(editor.error_code(id), -32602, "{params}");
    }
    let id = editor.ask("textDocument/noSuchMethod", &json!({}));
    assert_eq!(editor.error_code(id), -32601);
    editor.open(uri, TRAP);
    assert_eq!(editor.pushed_findings(uri), found(&[(RULE, 4)]));
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn registrations_and_the_configuration_are_asked_for_where_the_client_can_answer() {
    let mut capabilities = pushing();
    capabilities["workspace"]["configuration"] = json!(true);
    capabilities["workspace"]["didChangeWatchedFiles"] = json!({"dynamicRegistration": true});
    let mut editor = Editor::new(&capabilities);
    let registrations = editor.wait_for_request("client/registerCapability");
    let watchers = &registrations["registrations"][0]["registerOptions"]["watchers"];
    let globs: Vec<_> = watchers
        .as_array()
        .expect("watchers")
        .iter()
        .map(|watcher| &watcher["globPattern"])
        .collect();
    assert_eq!(
        globs,
        ["**/*.go", "**/go.mod", "**/go.work", "**/.deferlint.toml"]
    );
    let asked = editor.wait_for_request("workspace/configuration");
    assert_eq!(asked["items"], json!([{"section": "deferlint"}]));
}

/// Only builds with debug assertions let a rule panic.
#[cfg(debug_assertions)]
#[test]
fn a_panicking_rule_costs_its_own_findings_only() {
    const TWO_RULES: &str = "package shop\n\nfunc stock(m map[string]int) map[string]int {\n\tdefer clear(m)\n\tif m == nil {\n\t\treturn map[string]int{}\n\t}\n\treturn m\n}\n";
    let mut sound = Editor::new(&pushing());
    sound.open("file:///shop/guard.go", TWO_RULES);
    let both = sound.pushed_findings("file:///shop/guard.go");
    assert_eq!(both, found(&[("returned-map-cleared", 3), (RULE, 5)]));

    let mut editor = Editor::with_environment(&pushing(), "DEFERLINT_PANIC", RULE);
    editor.open("file:///shop/guard.go", TWO_RULES);
    let left = editor.pushed_findings("file:///shop/guard.go");
    assert_eq!(left, found(&[("returned-map-cleared", 3)]));
    editor.client.wait_for_log(RULE).expect("the log names the rule");
    editor.replace("file:///shop/guard.go", "package shop\n");
    assert_eq!(editor.pushed_findings("file:///shop/guard.go"), found(&[]));
    assert_eq!(editor.leave(), Some(0));
}
