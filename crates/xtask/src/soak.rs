//! Edits documents through the real binary for a long time: its memory must not grow, and its findings must be those of a
//! server that has only seen the last texts.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, ensure};
use deferlint_testkit::lsp::{ClientKind, LspClient};
use deferlint_text::{ByteRange, Document, PositionEncoding};
use fastrand::Rng;
use ignore::Walk;
use serde_json::{Value, json};

use crate::resident::resident_kilobytes;

/// How much more memory the server may have at the end than after the first tenth.
const MAX_GROWTH: f64 = 1.05;

/// How many edits are sent before their findings are asked for.
const EDITS_PER_QUESTION: usize = 20;

/// What is typed: most of it keeps the text whole.
const PIECES: [&str; 9] = [
    "\n",
    "// 漢𝄞\n",
    "\t",
    "/* é */",
    "x",
    "\n\tdefer println()\n",
    "}",
    "`",
    "\nfunc soaked() map[string]int {\n\tdefer println()\n\treturn map[string]int{}\n}\n",
];

/// How long, and with what.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The deferlint binary
    #[arg(long, default_value = "target/release/deferlint")]
    server: PathBuf,

    /// The directory whose Go files are edited; they are copied
    #[arg(long, default_value = "examples")]
    sources: PathBuf,

    /// How many edits
    #[arg(long, default_value_t = 200_000)]
    edits: usize,

    /// How often a document is closed and opened
    #[arg(long, default_value_t = 2_000)]
    opens: usize,

    /// Where the random edits start
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(crate) fn run(arguments: &Arguments, root: &Path) -> anyhow::Result<ExitCode> {
    let copies = tempfile::tempdir()?;
    let server = root.join(&arguments.server);
    let mut soak = Soak::start(&server, &root.join(&arguments.sources), copies.path())?;
    let mut random = Rng::with_seed(arguments.seed);
    let edits_per_open = (arguments.edits / arguments.opens.max(1)).max(1);
    let mut early = None;
    let mut opens = 0;
    for turn in 0..arguments.edits {
        soak.edit(&mut random)?;
        if turn % EDITS_PER_QUESTION == 0 {
            soak.findings(random.usize(..soak.open.len()))?;
        }
        if turn % edits_per_open == 0 {
            soak.reopen(random.usize(..soak.open.len()))?;
            opens += 1;
        }
        if early.is_none() && turn + 1 >= arguments.edits / 10 {
            early = Some(soak.settled_memory()?);
        }
    }
    let early = early.context("no edits")?;
    let late = soak.settled_memory()?;
    let compared = soak.compare_with_fresh(&server)?;
    let growth = f64::from(late) / f64::from(early);
    println!(
        "{} edits, {opens} closes and opens of {} documents: {early} kB after the first tenth, {late} kB at the end, \
         ratio {growth:.3} (at most {MAX_GROWTH}); {compared} findings, the same as of a fresh server",
        arguments.edits,
        soak.open.len(),
    );
    Ok(if growth <= MAX_GROWTH {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A session and the texts that its documents must have.
struct Soak {
    client: LspClient,
    open: Vec<OpenDocument>,
}

struct OpenDocument {
    uri: String,
    /// The text that it is opened with.
    original: String,
    document: Document,
    version: i32,
    /// What was typed last, and is taken away again by the next edit.
    typed: Option<ByteRange>,
}

impl Soak {
    fn start(server: &Path, sources: &Path, copies: &Path) -> anyhow::Result<Self> {
        let client = start(server)?;
        let mut soak = Self {
            client,
            open: Vec::new(),
        };
        for entry in Walk::new(sources) {
            let entry = entry?;
            if entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "go")
            {
                let copy = copies.join(entry.path().strip_prefix(sources)?);
                std::fs::create_dir_all(copy.parent().context("a directory")?)?;
                std::fs::copy(entry.path(), &copy)?;
                let original = std::fs::read_to_string(&copy)?;
                soak.open.push(OpenDocument {
                    uri: format!("file://{}", copy.display()),
                    document: Document::new(&original)?,
                    original,
                    version: 1,
                    typed: None,
                });
            }
        }
        ensure!(!soak.open.is_empty(), "{} holds no Go files", sources.display());
        for document in &soak.open {
            open(&soak.client, document)?;
        }
        Ok(soak)
    }

    /// Types something in a document, or takes away what was typed last.
    fn edit(&mut self, random: &mut Rng) -> anyhow::Result<()> {
        let index = random.usize(..self.open.len());
        let open = &mut self.open[index];
        let (range, text) = match open.typed.take() {
            Some(typed) => (typed, ""),
            None => {
                let text = PIECES[random.usize(..PIECES.len())];
                let lines = open.document.line_count();
                let line = open.document.line_range(random.u32(..lines));
                let start = line.map_or(0, ByteRange::start);
                open.typed = Some(ByteRange::new(start, start + text.len() as u32));
                (ByteRange::empty(start), text)
            }
        };
        let range = open.document.position_range(range, PositionEncoding::Utf16);
        let change = deferlint_text::Change {
            range: Some(range),
            text: text.to_owned(),
        };
        open.document.apply(&[change], PositionEncoding::Utf16)?;
        open.version += 1;
        let position =
            |position: deferlint_text::Position| json!({"line": position.line, "character": position.column});
        let range = json!({"start": position(range.start), "end": position(range.end)});
        let document = json!({"uri": open.uri, "version": open.version});
        let params = json!({"textDocument": document, "contentChanges": [{"range": range, "text": text}]});
        Ok(self.client.notify("textDocument/didChange", &params)?)
    }

    fn reopen(&mut self, index: usize) -> anyhow::Result<()> {
        let reopened = &mut self.open[index];
        let closed = json!({"textDocument": {"uri": reopened.uri}});
        self.client.notify("textDocument/didClose", &closed)?;
        reopened.document = Document::new(&reopened.original)?;
        reopened.typed = None;
        open(&self.client, reopened)
    }

    fn findings(&mut self, index: usize) -> anyhow::Result<Vec<Value>> {
        findings(&mut self.client, &self.open[index].uri)
    }

    /// The server's resident memory in kilobytes, once all that was sent has been handled.
    fn settled_memory(&mut self) -> anyhow::Result<u32> {
        for index in 0..self.open.len() {
            self.findings(index)?;
        }
        let process = self.client.process_id().context("a server process")?;
        resident_kilobytes(process)
    }

    /// Takes back what was typed last and compares the findings of all documents with those of a fresh server.
    fn compare_with_fresh(&mut self, server: &Path) -> anyhow::Result<usize> {
        let mut fresh = start(server)?;
        for document in &self.open {
            open(&fresh, document)?;
        }
        let mut compared = 0;
        for index in 0..self.open.len() {
            let expected = findings(&mut fresh, &self.open[index].uri)?;
            // With a syntax error in the text, kept findings depend on what was typed before.
            let tree = deferlint_syntax::Parser::new().parse(&self.open[index].document);
            if !tree.has_error() {
                ensure!(
                    self.findings(index)? == expected,
                    "other findings in {}",
                    self.open[index].uri
                );
                compared += expected.len();
            }
        }
        Ok(compared)
    }
}

fn start(server: &Path) -> anyhow::Result<LspClient> {
    let mut client = LspClient::spawn(Command::new(server).arg("lsp"))
        .map_err(|error| anyhow::anyhow!("can't start {}: {error}", server.display()))?;
    client.initialize(ClientKind::Pull, None, &json!({}))?;
    Ok(client)
}

fn open(client: &LspClient, document: &OpenDocument) -> anyhow::Result<()> {
    let item = json!({
        "uri": document.uri, "languageId": "go", "version": document.version, "text": document.document.to_string(),
    });
    Ok(client.notify("textDocument/didOpen", &json!({"textDocument": item}))?)
}

fn findings(client: &mut LspClient, uri: &str) -> anyhow::Result<Vec<Value>> {
    let params = json!({"textDocument": {"uri": uri}, "identifier": "deferlint"});
    let report = client.request("textDocument/diagnostic", &params)?;
    Ok(report["items"].as_array().cloned().unwrap_or_default())
}
