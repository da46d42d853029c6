//! Times a keystroke from the client's side, beside a bare full parse of the same file in the same run.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use deferlint_syntax::Parser;
use deferlint_testkit::lsp::{ClientKind, LspClient};
use serde_json::json;

/// The keystrokes that are timed; the first ones warm everything up.
const WARM_UP: usize = 20;

/// A trap whose finding moves with every line that is added above it, so that every keystroke has something to publish.
const TRAP: &str =
    "\nfunc keystrokeTrap(done func()) map[string]int {\n\tdefer done()\n\treturn map[string]int{}\n}\n";

/// What is timed.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The Go file that is edited; it is read and never written
    file: PathBuf,

    /// The deferlint binary, built in release mode
    #[arg(long, default_value = "target/release/deferlint")]
    server: PathBuf,

    /// How many keystrokes
    #[arg(long, default_value_t = 200)]
    keystrokes: usize,
}

pub(crate) fn run(arguments: &Arguments, root: &Path) -> anyhow::Result<ExitCode> {
    let text = std::fs::read_to_string(&arguments.file)
        .with_context(|| format!("can't read {}", arguments.file.display()))?;
    let text = text + TRAP;
    let server = root.join(&arguments.server);
    let mut client = LspClient::spawn(Command::new(&server).arg("lsp"))
        .map_err(|error| anyhow::anyhow!("can't start {}: {error}", server.display()))?;
    client
        .initialize(ClientKind::Push, None, &json!({}))
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    let uri = "file:///keystroke/keystroke.go";
    let document = json!({"uri": uri, "languageId": "go", "version": 1, "text": text});
    client.notify("textDocument/didOpen", &json!({"textDocument": document}))?;
    published(&mut client)?;
    let mut parser = Parser::new();
    let (mut keystrokes, mut parses) = (Vec::new(), Vec::new());
    for turn in 0..arguments.keystrokes + WARM_UP {
        let start = Instant::now();
        client.notify("textDocument/didChange", &change(uri, turn))?;
        published(&mut client)?;
        let keystroke = start.elapsed();
        let start = Instant::now();
        let tree = parser.parse(text.as_str());
        let parse = start.elapsed();
        ensure!(
            !tree.has_error(),
            "{} holds a syntax error",
            arguments.file.display()
        );
        if turn >= WARM_UP {
            keystrokes.push(keystroke);
            parses.push(parse);
        }
    }
    let (keystroke, parse) = (median(&mut keystrokes), median(&mut parses));
    let ratio = keystroke.as_secs_f64() / parse.as_secs_f64();
    println!(
        "{} bytes, {} keystrokes: from didChange to the publication {keystroke:.1?}, a bare full parse {parse:.1?} \
         (medians), ratio {ratio:.2}",
        text.len(),
        keystrokes.len()
    );
    Ok(ExitCode::SUCCESS)
}

/// A line end that is typed at the top of the file, or taken away again.
fn change(uri: &str, turn: usize) -> serde_json::Value {
    let (end_line, text) = if turn.is_multiple_of(2) {
        (0, "\n")
    } else {
        (1, "")
    };
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": end_line, "character": 0}});
    json!({
        "textDocument": {"uri": uri, "version": turn + 2},
        "contentChanges": [{"range": range, "text": text}],
    })
}

fn published(client: &mut LspClient) -> anyhow::Result<()> {
    client
        .wait_for_notification("textDocument/publishDiagnostics", |_| true)
        .map(drop)
        .map_err(|error| anyhow::anyhow!("{error}"))
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
