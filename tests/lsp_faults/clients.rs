//! Clients that don't read, or don't answer.

use std::fmt::Write as _;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};

use deferlint_testkit::lsp::{ClientKind, LspClient};
use serde_json::{Value, json};

use crate::lsp_support::{Editor, RULE, TRAP, findings, found, pulling, pushing};
use crate::patient::Patient;

const VICTIM: &str = "file:///shop/victim.go";

/// How many questions a client asks without reading the answers.
const UNREAD: usize = 400;

/// A client that stops reading after the answer to `initialize`, until it is told to go on.
struct Deaf {
    process: Child,
    client: LspClient,
    go_on: Sender<()>,
}

impl Deaf {
    fn new() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deferlint"));
        command
            .args(["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = command.spawn().expect("the server starts");
        let output = process.stdout.take().expect("a pipe");
        let input = process.stdin.take().expect("a pipe");
        let (go_on, gate) = channel();
        let output = Gated {
            output,
            gate,
            reads: 0,
        };
        let mut client = LspClient::over(output, input);
        client
            .initialize(ClientKind::Pull, None, &Value::Null)
            .expect("an answer");
        Self {
            process,
            client,
            go_on,
        }
    }

    /// Opens a document with thousands of findings and asks for them again and again.
    fn ask(&mut self) -> Vec<i64> {
        let mut text = String::from("package shop\n");
        for number in 0..500 {
            let function = format!(
                "\nfunc stock{number}() map[string]int {{\n\tdefer println()\n\treturn map[string]int{{}}\n}}\n"
            );
            text.write_str(&function).expect("memory");
        }
        let item = json!({"uri": VICTIM, "languageId": "go", "version": 1, "text": text});
        let opened = self
            .client
            .notify("textDocument/didOpen", &json!({"textDocument": item}));
        opened.expect("the server reads");
        let question = json!({"textDocument": {"uri": VICTIM}});
        let ask = |_| {
            self.client
                .start_request("textDocument/diagnostic", &question)
                .expect("the server reads")
        };
        (0..UNREAD).map(ask).collect()
    }

    /// The most memory that the server has had, in kilobytes.
    fn peak(&self) -> u64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).expect("a status");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .expect("a peak");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }
}

impl Drop for Deaf {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Output that is read once, and then not before the word comes.
struct Gated<R> {
    output: R,
    gate: Receiver<()>,
    reads: usize,
}

impl<R: Read> Read for Gated<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.reads += 1;
        if self.reads == 2 {
            // A dropped sender is a word as well.
            let _ = self.gate.recv();
        }
        self.output.read(buffer)
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_client_that_does_not_read_costs_bounded_memory_and_gets_everything_later() {
    let mut deaf = Deaf::new();
    let ids = deaf.ask();
    deaf.go_on.send(()).expect("the reader waits");
    let mut bytes = 0;
    for id in ids {
        let report = deaf
            .client
            .wait_for_response(id, "a question")
            .expect("an answer");
        assert_eq!(report["items"].as_array().map(Vec::len), Some(500));
        bytes += report.to_string().len();
    }
    let peak = deaf.peak();
    assert!(bytes > 64 << 20, "{bytes} bytes don't fill the queue");
    assert!(peak < 160 << 10, "{peak} kB at most for {bytes} bytes of answers");
    deaf.client.request("shutdown", &Value::Null).expect("an answer");
    deaf.client
        .notify("exit", &Value::Null)
        .expect("the server reads");
    assert_eq!(deaf.process.wait().expect("the server ends").code(), Some(0));
}

#[test]
fn a_client_that_never_reads_can_leave() {
    for says_exit in [true, false] {
        let mut deaf = Deaf::new();
        deaf.ask();
        if says_exit {
            deaf.client
                .notify("exit", &Value::Null)
                .expect("the server reads");
        } else {
            deaf.client.close_input();
        }
        assert_eq!(deaf.process.wait().expect("the server ends").code(), Some(1));
    }
}

/// The capabilities of a client that the server asks for everything it can.
fn asked() -> Value {
    let mut capabilities = pulling();
    capabilities["workspace"]["configuration"] = json!(true);
    capabilities["workspace"]["didChangeWatchedFiles"] = json!({"dynamicRegistration": true});
    capabilities["window"] = json!({"workDoneProgress": true});
    capabilities
}

#[test]
fn a_client_that_answers_late_or_never_is_served_all_the_same() {
    for answers_late in [true, false] {
        let mut editor = Editor::connected();
        editor.client.hold_answers();
        let params = crate::lsp_support::initialize_params(&asked(), &Value::Null);
        let id = editor.ask("initialize", &params);
        editor.result(id);
        editor.notify("initialized", &json!({}));
        let mut patient = Patient::of(editor);
        patient.editor.wait_for_request("workspace/configuration");
        patient.survives("a configuration that is not told");
        for _ in 0..100 {
            patient
                .editor
                .notify("workspace/didChangeConfiguration", &json!({"settings": null}));
            patient.survives("a configuration that is not told again");
        }
        if answers_late {
            patient.editor.client.release_answers();
            patient.survives("late answers");
        }
        patient.leave();
    }
}

#[test]
fn any_answer_about_the_configuration_is_survived() {
    for answer in [
        json!(null),
        json!(1),
        json!("text"),
        json!([]),
        json!({}),
        json!({"select": 1, "ignore": {}, "rules": [], "generated": "yes", "configPath": 5, "run": null}),
        json!({"deferlint": {"deferlint": {}}}),
        json!({"run": "never"}),
        json!({"configPath": "/dev/zero"}),
        json!({"configPath": "/proc/self/mem"}),
        json!({"configPath": "\u{0}"}),
        json!({"configPath": "/"}),
    ] {
        let mut patient = Patient::with(&asked());
        patient.editor.configure(answer.clone());
        patient
            .editor
            .notify("workspace/didChangeConfiguration", &json!({"settings": null}));
        for _ in 0..2 {
            patient.editor.wait_for_request("workspace/configuration");
            patient.survives(&format!("the configuration {answer}"));
        }
        patient.leave();
    }
}

#[test]
fn a_client_that_refuses_an_edit_is_served_on() {
    let mut capabilities = pushing();
    capabilities["textDocument"]["diagnostic"] = json!({});
    let mut patient = Patient::with(&capabilities);
    patient.editor.open(VICTIM, TRAP);
    patient
        .editor
        .client
        .set_request_handler(Box::new(|_, _| Ok(json!({"applied": 7}))));
    let fix = json!({"uri": VICTIM, "version": 1, "edits": []});
    let arguments = json!({"command": "deferlint.applyFix", "arguments": [fix]});
    for _ in 0..20 {
        patient.editor.request("workspace/executeCommand", &arguments);
        patient.editor.wait_for_request("workspace/applyEdit");
        let report = patient.editor.pull(VICTIM, None);
        assert_eq!(findings(&report["items"]), found(&[(RULE, 4)]));
        patient.survives("an edit that is refused");
    }
    patient.leave();
}
