//! An editor as the server sees it: documents that are edited in step, and answers to what the server asks.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use deferlint_testkit::lsp::{LspClient, ResponseError};
use deferlint_text::{Change, Document, Position, PositionEncoding, PositionRange};
use serde_json::{Value, json};

/// A finding of [`RULE`] in line 4.
pub(crate) const TRAP: &str = "package shop\n\nfunc stock() map[string]int {\n\tdefer println()\n\treturn map[string]int{\"bolts\": 1}\n}\n";

/// No finding.
pub(crate) const CLEAN: &str =
    "package shop\n\nfunc stock() map[string]int {\n\tdefer println()\n\treturn nil\n}\n";

/// The rule that [`TRAP`] violates: a hint with a safe fix.
pub(crate) const RULE: &str = "map-returned-directly";

/// The name of the notification that carries pushed diagnostics.
const PUBLISH: &str = "textDocument/publishDiagnostics";

/// The notification of a message to the user.
const SHOW: &str = "window/showMessage";

/// A client of the real binary.
pub(crate) struct Editor {
    /// The connection.
    pub(crate) client: LspClient,
    /// The result of `initialize`.
    pub(crate) server: Value,
    configuration: Arc<Mutex<Value>>,
    documents: HashMap<String, (Document, i32)>,
}

/// The command that starts the real server.
fn server() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deferlint"));
    command.args(["lsp", "--stdio", "--log-level", "info"]);
    command
}

/// The capabilities of an editor to which diagnostics are pushed.
pub(crate) fn pushing() -> Value {
    json!({
        "workspace": {"applyEdit": true, "workspaceEdit": {"documentChanges": true}},
        "textDocument": {
            "publishDiagnostics": {
                "relatedInformation": true, "versionSupport": true, "codeDescriptionSupport": true,
                "tagSupport": {"valueSet": [1, 2]},
            },
            "codeAction": {
                "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor", "source"]}},
                "isPreferredSupport": true,
            },
            "hover": {"contentFormat": ["markdown", "plaintext"]},
        },
    })
}

/// The capabilities of an editor that pulls diagnostics.
pub(crate) fn pulling() -> Value {
    let mut capabilities = pushing();
    capabilities["textDocument"]["diagnostic"] = json!({});
    capabilities["workspace"]["diagnostics"] = json!({"refreshSupport": true});
    capabilities
}

/// A range from line and column to line and column, all from 0.
pub(crate) fn range(start: (u32, u32), end: (u32, u32)) -> Value {
    json!({
        "start": {"line": start.0, "character": start.1},
        "end": {"line": end.0, "character": end.1},
    })
}

/// The URI of a file in a directory.
pub(crate) fn uri_in(directory: &Path, name: &str) -> String {
    format!("file://{}/{name}", directory.display())
}

impl Editor {
    /// An editor whose server has answered `initialize`.
    pub(crate) fn new(capabilities: &Value) -> Self {
        Self::with_options(capabilities, &Value::Null)
    }

    /// An editor that sends these `initializationOptions`.
    pub(crate) fn with_options(capabilities: &Value, options: &Value) -> Self {
        let mut editor = Self::connected();
        editor.initialize(capabilities, options);
        editor
    }

    /// An editor whose server runs with this environment variable.
    pub(crate) fn with_environment(capabilities: &Value, name: &str, value: &str) -> Self {
        let mut command = server();
        let mut editor = Self::connected_to(command.env(name, value));
        editor.initialize(capabilities, &Value::Null);
        editor
    }

    /// An editor whose server runs on a machine without Go, with a home directory of its own.
    pub(crate) fn without_go(home: &Path, capabilities: &Value, options: &Value) -> Self {
        let mut command = server();
        let mut editor = Self::connected_to(command.env_clear().env("HOME", home));
        editor.initialize(capabilities, options);
        editor
    }

    fn initialize(&mut self, capabilities: &Value, options: &Value) {
        let id = self.ask("initialize", &initialize_params(capabilities, options));
        self.server = self.result(id);
        self.notify("initialized", &json!({}));
    }

    /// An editor that has said nothing yet.
    pub(crate) fn connected() -> Self {
        Self::connected_to(&mut server())
    }

    fn connected_to(command: &mut Command) -> Self {
        let client = LspClient::spawn(command);
        let client = client.expect("the server starts");
        let configuration = Arc::new(Mutex::new(Value::Null));
        let configured = Arc::clone(&configuration);
        client.set_request_handler(Box::new(move |method, _| match method {
            "workspace/configuration" => Ok(json!([*configured.lock().expect("no test has panicked")])),
            "workspace/applyEdit" => Ok(json!({"applied": true})),
            "client/registerCapability"
            | "workspace/diagnostic/refresh"
            | "window/workDoneProgress/create" => Ok(Value::Null),
            other => Err(ResponseError {
                code: -32601,
                message: format!("the editor doesn't know {other}"),
                data: None,
            }),
        }));
        Self {
            client,
            server: Value::Null,
            configuration,
            documents: HashMap::new(),
        }
    }

    /// Sets what the editor answers to `workspace/configuration`.
    pub(crate) fn configure(&self, configuration: Value) {
        *self.configuration.lock().expect("no test has panicked") = configuration;
    }

    /// Sends a notification.
    pub(crate) fn notify(&self, method: &str, params: &Value) {
        self.client.notify(method, params).expect("the server reads");
    }

    /// Sends a request and gives back its id.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> i64 {
        self.client
            .start_request(method, params)
            .expect("the server reads")
    }

    /// The result of a request, which must not fail.
    pub(crate) fn result(&mut self, id: i64) -> Value {
        match self.client.wait_for_response(id, "a request") {
            Ok(result) => result,
            Err(error) => panic!("{error}"),
        }
    }

    /// The code of the error that answers a request.
    pub(crate) fn error_code(&mut self, id: i64) -> i64 {
        match self.client.wait_for_response(id, "a request") {
            Ok(result) => panic!("no error but {result:#}"),
            Err(error) => error.response_code().unwrap_or_else(|| panic!("{error}")),
        }
    }

    /// Sends a request and waits for its result.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Value {
        let id = self.ask(method, params);
        self.result(id)
    }

    /// Waits for a notification of the server.
    pub(crate) fn wait_for(&mut self, method: &str) -> Value {
        let waited = self.client.wait_for_notification(method, |_| true);
        waited.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Waits for a request of the server.
    pub(crate) fn wait_for_request(&mut self, method: &str) -> Value {
        let waited = self.client.wait_for_server_request(method, |_| true);
        waited.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Opens a Go document.
    pub(crate) fn open(&mut self, uri: &str, text: &str) {
        self.open_as(uri, "go", 1, text);
    }

    /// Opens a document.
    pub(crate) fn open_as(&mut self, uri: &str, language: &str, version: i32, text: &str) {
        let document = Document::new(text).expect("a short text");
        self.documents.insert(uri.to_owned(), (document, version));
        let item = json!({"uri": uri, "languageId": language, "version": version, "text": text});
        self.notify("textDocument/didOpen", &json!({"textDocument": item}));
    }

    /// Edits a document, one change after the other; `None` for its whole text.
    pub(crate) fn change(&mut self, uri: &str, changes: &[(Option<Value>, &str)]) {
        let (document, version) = self.documents.get_mut(uri).expect("an open document");
        *version += 1;
        let (mut content, mut edits) = (Vec::new(), Vec::new());
        for (range, text) in changes {
            edits.push(Change {
                range: range.as_ref().map(position_range),
                text: (*text).to_owned(),
            });
            content.push(match range {
                Some(range) => json!({"range": range, "text": text}),
                None => json!({"text": text}),
            });
        }
        // What doesn't fit is sent all the same: some tests want just that.
        let _ = document.apply(&edits, PositionEncoding::Utf16);
        let identifier = json!({"uri": uri, "version": version});
        self.notify(
            "textDocument/didChange",
            &json!({"textDocument": identifier, "contentChanges": content}),
        );
    }

    /// Replaces the whole text.
    pub(crate) fn replace(&mut self, uri: &str, text: &str) {
        self.change(uri, &[(None, text)]);
    }

    /// Closes a document.
    pub(crate) fn close(&mut self, uri: &str) {
        self.documents.remove(uri);
        self.notify("textDocument/didClose", &json!({"textDocument": {"uri": uri}}));
    }

    /// Saves a document.
    pub(crate) fn save(&mut self, uri: &str) {
        self.notify("textDocument/didSave", &json!({"textDocument": {"uri": uri}}));
    }

    /// Reports that a file changed on disk.
    pub(crate) fn changed_on_disk(&mut self, uri: &str) {
        self.notify(
            "workspace/didChangeWatchedFiles",
            &json!({"changes": [{"uri": uri, "type": 2}]}),
        );
    }

    /// The text of a document as the editor has it.
    pub(crate) fn text(&self, uri: &str) -> String {
        self.documents[uri].0.to_string()
    }

    /// The next diagnostics that are pushed for a document.
    pub(crate) fn pushed(&mut self, uri: &str) -> Value {
        let waited = self
            .client
            .wait_for_notification(PUBLISH, |params| params["uri"] == uri);
        waited.unwrap_or_else(|error| panic!("{error}"))
    }

    /// The diagnostics that were pushed and that no test has asked for, once everything sent so far has been handled.
    ///
    /// A document is opened and its diagnostics are waited for: those of others whose parse is done come before.
    pub(crate) fn unseen(&mut self) -> Vec<Value> {
        let fence = "file:///zzz/fence.go";
        self.open(fence, CLEAN);
        self.pushed(fence);
        self.close(fence);
        self.client.take_notifications(PUBLISH)
    }

    /// The messages to the user that no test has asked for, once everything sent so far has been handled.
    ///
    /// Settings that can't be understood are told in one more message: those before it have come, too. Afterwards the client
    /// has no settings. For a client that sends its settings along, that is, without `workspace.configuration`.
    pub(crate) fn shown(&mut self) -> Vec<Value> {
        self.notify(
            "workspace/didChangeConfiguration",
            &json!({"settings": {"deferlint": {"run": "after all else"}}}),
        );
        let is_last = |shown: &Value| shown["message"].to_string().contains("after all else");
        let last = self.client.wait_for_notification(SHOW, is_last);
        last.unwrap_or_else(|error| panic!("{error}"));
        self.notify("workspace/didChangeConfiguration", &json!({"settings": {}}));
        self.client.take_notifications(SHOW)
    }

    /// The rules and lines of the next diagnostics that are pushed for a document.
    pub(crate) fn pushed_findings(&mut self, uri: &str) -> Vec<(String, u64)> {
        findings(&self.pushed(uri)["diagnostics"])
    }

    /// Waits until the diagnostics that are pushed for a document are these: before, imported packages may be unknown.
    pub(crate) fn await_findings(&mut self, uri: &str, expected: &[(String, u64)]) {
        while self.pushed_findings(uri) != expected {}
    }

    /// Asks for the diagnostics of a document.
    pub(crate) fn pull(&mut self, uri: &str, previous: Option<&Value>) -> Value {
        let mut params = json!({"textDocument": {"uri": uri}, "identifier": "deferlint"});
        if let Some(previous) = previous {
            params["previousResultId"] = previous["resultId"].clone();
        }
        self.request("textDocument/diagnostic", &params)
    }

    /// Asks for the code actions at a range. An answer without any may be `null`.
    pub(crate) fn actions(&mut self, uri: &str, range: &Value, context: &Value) -> Vec<Value> {
        let params = json!({"textDocument": {"uri": uri}, "range": range, "context": context});
        match self.request("textDocument/codeAction", &params) {
            Value::Array(actions) => actions,
            other => {
                assert_eq!(other, Value::Null);
                Vec::new()
            }
        }
    }

    /// The code actions of one line, whatever their kind, for an editor that tells of no diagnostics.
    pub(crate) fn actions_in_line(&mut self, uri: &str, line: u32) -> Vec<Value> {
        self.actions(uri, &range((line, 0), (line, 1_000)), &json!({"diagnostics": []}))
    }

    /// Makes the edit of a code action, as the editor would: only for the version that it names, if it names one.
    pub(crate) fn apply(&mut self, uri: &str, edit: &Value) {
        let edits = if let Some(change) = edit["documentChanges"].get(0) {
            let expected = json!({"uri": uri, "version": self.documents[uri].1});
            assert_eq!(change["textDocument"], expected, "{edit:#}");
            &change["edits"]
        } else {
            &edit["changes"][uri]
        };
        let mut edits = edits.as_array().expect("edits").clone();
        // All ranges are of the text before the edit: the last one goes first.
        edits.sort_by_key(|edit| std::cmp::Reverse(position(&edit["range"]["start"])));
        let changes: Vec<_> = edits
            .iter()
            .map(|edit| {
                (
                    Some(edit["range"].clone()),
                    edit["newText"].as_str().expect("a text"),
                )
            })
            .collect();
        self.change(uri, &changes);
    }

    /// Leaves as an editor should, and gives back the exit code.
    pub(crate) fn leave(self) -> Option<i32> {
        let status = self.client.shutdown_and_exit();
        status.unwrap_or_else(|error| panic!("{error}")).code()
    }

    /// The exit code of a server that ends by itself.
    pub(crate) fn exit_code(self) -> Option<i32> {
        let status = self.client.wait_for_exit();
        status.unwrap_or_else(|error| panic!("{error}")).code()
    }
}

/// The parameters of `initialize`.
pub(crate) fn initialize_params(capabilities: &Value, options: &Value) -> Value {
    json!({"processId": null, "rootUri": null, "capabilities": capabilities, "initializationOptions": options})
}

/// The rules and lines of diagnostics.
pub(crate) fn findings(diagnostics: &Value) -> Vec<(String, u64)> {
    let diagnostics = diagnostics.as_array().expect("a list of diagnostics");
    diagnostics
        .iter()
        .map(|diagnostic| {
            let rule = diagnostic["code"].as_str().expect("a rule").to_owned();
            (
                rule,
                diagnostic["range"]["start"]["line"].as_u64().expect("a line"),
            )
        })
        .collect()
}

/// Findings as [`findings`] gives them.
pub(crate) fn found(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    expected
        .iter()
        .map(|(rule, line)| ((*rule).to_owned(), *line))
        .collect()
}

fn position_range(range: &Value) -> PositionRange {
    PositionRange::new(position(&range["start"]), position(&range["end"]))
}

fn position(position: &Value) -> Position {
    let number =
        |name: &str| u32::try_from(position[name].as_u64().expect("a number")).expect("a short text");
    Position::new(number("line"), number("character"))
}
