//! A keystroke through pipes and the real binary, beside a server that only echoes and the session's own work.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use deferlint_testkit::lsp::{ClientKind, LspClient};
use deferlint_text::Change;
use deferlint_workspace::Session;
use serde_json::{Value, json};

use super::Subject;
use super::keystroke::{Served, no_settings};
use super::samples::Samples;
use super::table::Table;
use super::typing::{self, Keystrokes, SourceText, did_change};

/// How often all keystrokes are made; the first time warms everything up.
const ROUNDS: usize = 11;

/// The notification that a keystroke ends with.
const PUBLISH: &str = "textDocument/publishDiagnostics";

/// Types into every file, with the server, the echo and the session in turns.
pub(super) fn measure(subject: &Subject, table: &mut Table) -> Result<()> {
    for source in typing::files(&subject.tree)? {
        let keystrokes = Keystrokes::line_ends(&source.text)?;
        let (mut server, published) = Connection::to_server(subject, &source)?;
        let mut echo = Connection::to_echo(subject, &source, &published)?;
        let mut served = Served::open(Session::new(no_settings()), &source)?;
        let [mut through_pipes, mut echoed, mut inside] = <[Samples; 3]>::default();
        for turn in 0..ROUNDS * keystrokes.len() {
            let change = keystrokes.at(turn);
            let times = [
                server.type_in(change)?,
                echo.type_in(change)?,
                served.type_in(change)?,
            ];
            if turn >= keystrokes.len() {
                through_pipes.push(times[0]);
                echoed.push(times[1]);
                inside.push(times[2]);
            }
        }
        table.row(
            &format!("keystroke in {} through pipes, median", source.title()),
            through_pipes.median(),
            "an echo + the keystroke in the session",
            echoed.median() + inside.median(),
            1.3,
        );
    }
    Ok(())
}

/// A client at the other end of a server's pipes.
struct Connection {
    client: LspClient,
    uri: String,
    version: i32,
    /// True when what comes back is always the same.
    is_echo: bool,
}

impl Connection {
    /// Opens the text in the real server; with what the server has published of it.
    fn to_server(subject: &Subject, source: &SourceText) -> Result<(Self, Value)> {
        let mut client = start(Command::new(&subject.deferlint).arg("lsp"))?;
        client.initialize(ClientKind::Push, None, &json!({}))?;
        let uri = format!("file://{}", source.path.display());
        let document = json!({"uri": uri, "languageId": "go", "version": 1, "text": source.text});
        client.notify("textDocument/didOpen", &json!({"textDocument": document}))?;
        let published = client.wait_for_notification(PUBLISH, |_| true)?;
        let connection = Self {
            client,
            uri,
            version: 1,
            is_echo: false,
        };
        Ok((connection, published))
    }

    /// The echo, told what to answer.
    fn to_echo(subject: &Subject, source: &SourceText, published: &Value) -> Result<Self> {
        let client = start(Command::new(&subject.this).args(["bench-work", "echo"]))?;
        client.notify(PUBLISH, published)?;
        Ok(Self {
            client,
            uri: format!("file://{}", source.path.display()),
            version: 1,
            is_echo: true,
        })
    }

    /// How long it takes from the client's change to the findings at the client.
    fn type_in(&mut self, change: &Change) -> Result<Duration> {
        self.version += 1;
        let start = Instant::now();
        self.client.notify(
            "textDocument/didChange",
            &did_change(&self.uri, self.version, change),
        )?;
        let (version, is_echo) = (self.version, self.is_echo);
        self.client
            .wait_for_notification(PUBLISH, |published| is_echo || published["version"] == version)?;
        Ok(start.elapsed())
    }
}

fn start(command: &mut Command) -> Result<LspClient> {
    LspClient::spawn(command).map_err(|error| anyhow!("can't start {command:?}: {error}"))
}
