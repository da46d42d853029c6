//! A small language server for the tests of the transport, and its run over pipes.

use std::future;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::sync::{Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use deferlint_server::transport::{Ended, Options, serve};
use deferlint_testkit::lsp::{ClientKind, LspClient};
use futures::{Stream, stream};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower_lsp::jsonrpc::{Error, Request, Result};
use tower_lsp::ls_types::{
    ConfigurationItem, DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    ExecuteCommandParams, InitializeParams, InitializeResult, InitializedParams, LSPAny,
};
use tower_lsp::{Client, LanguageServer, LspService};

/// Writes down what it is told, and does what the commands of `workspace/executeCommand` say.
pub(crate) struct TestServer {
    client: Client,
    /// What has happened, in order.
    record: Mutex<Vec<String>>,
    /// What waiting handlers wait for.
    gate: Notify,
}

impl TestServer {
    fn write_down(&self, event: impl Into<String>) {
        self.record
            .lock()
            .expect("nobody panics while writing")
            .push(event.into());
    }
}

/// Lets every other task run, and the reader read what is behind.
async fn yield_often() {
    for _ in 0..2000 {
        tokio::task::yield_now().await;
    }
}

impl LanguageServer for TestServer {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        self.write_down("initialize");
        match params.initialization_options.as_ref().and_then(Value::as_str) {
            Some("never") => future::pending().await,
            Some("fail") => return Err(Error::invalid_params("told to fail")),
            Some("panic") => panic!("told to panic"),
            _ => yield_often().await,
        }
        Ok(InitializeResult::default())
    }

    async fn initialized(&self, _: InitializedParams) {
        self.write_down("initialized");
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let uri = params.text_document.uri;
        self.write_down(format!("open {}", uri.as_str()));
        self.client
            .publish_diagnostics(uri, Vec::new(), Some(params.text_document.version))
            .await;
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let version = params.text_document.version;
        self.write_down(format!("change {version}"));
        self.gate.notified().await;
        self.write_down(format!("changed {version}"));
    }

    async fn did_close(&self, _: DidCloseTextDocumentParams) {
        panic!("told to close");
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<LSPAny>> {
        let argument = params.arguments.first().cloned().unwrap_or_default();
        Ok(Some(match params.command.as_str() {
            "record" => json!(*self.record.lock().expect("nobody panics while writing")),
            "echo" => argument,
            "wait" => {
                self.write_down("wait");
                self.gate.notified().await;
                json!("waited")
            }
            "release" => {
                self.gate.notify_waiters();
                json!(null)
            }
            "yield" => {
                yield_often().await;
                argument
            }
            "never" => future::pending().await,
            "panic" => panic!("told to panic"),
            "panic-later" => {
                yield_often().await;
                panic!("told to panic later")
            }
            "block" => {
                let (_keeps_it_open, receiver) = mpsc::channel::<()>();
                json!(receiver.recv().is_ok())
            }
            "large" => json!("x".repeat(argument.as_u64().unwrap_or_default() as usize)),
            "configuration" => {
                let item = ConfigurationItem {
                    scope_uri: None,
                    section: Some("deferlint".to_owned()),
                };
                json!(self.client.configuration(vec![item]).await?)
            }
            command => return Err(Error::invalid_params(format!("no command {command}"))),
        }))
    }
}

/// Options under which nothing takes long.
pub(crate) fn quick() -> Options {
    Options {
        grace: Duration::from_millis(300),
        client_poll_interval: Duration::from_millis(5),
        ..Options::default()
    }
}

/// A run of the test server.
pub(crate) struct Run {
    thread: JoinHandle<Ended>,
}

impl Run {
    /// Starts a run; the ends of the pipes are what it writes and what it reads.
    pub(crate) fn over_pipes(options: Options) -> (Self, PipeReader, PipeWriter) {
        Self::notifying(stream::empty(), options)
    }

    /// Starts a run that sends these notifications of its own accord.
    pub(crate) fn notifying(
        notifications: impl Stream<Item = Request> + Send + Unpin + 'static,
        options: Options,
    ) -> (Self, PipeReader, PipeWriter) {
        let (input, to_server) = std::io::pipe().expect("a pipe opens");
        let (from_server, output) = std::io::pipe().expect("a pipe opens");
        (
            Self::over(input, output, notifications, options),
            from_server,
            to_server,
        )
    }

    /// Starts a run over these streams.
    pub(crate) fn over(
        input: impl Read + Send + 'static,
        output: impl Write + Send + 'static,
        notifications: impl Stream<Item = Request> + Send + Unpin + 'static,
        options: Options,
    ) -> Self {
        let thread = std::thread::spawn(move || {
            let (service, socket) = LspService::new(|client| TestServer {
                client,
                record: Mutex::default(),
                gate: Notify::new(),
            });
            serve(service, socket, notifications, input, output, &options).expect("the threads start")
        });
        Self { thread }
    }

    /// Starts a run with a client.
    pub(crate) fn with_client(options: Options) -> (Self, LspClient) {
        let (run, from_server, to_server) = Self::over_pipes(options);
        (run, LspClient::over(from_server, to_server))
    }

    /// Starts a run with a client that has sent `initialize` and `initialized`.
    pub(crate) fn initialized(options: Options) -> (Self, LspClient) {
        let (run, mut client) = Self::with_client(options);
        let params = json!({"capabilities": {}});
        client
            .request("initialize", &params)
            .expect("initialize succeeds");
        client
            .notify("initialized", &json!({}))
            .expect("the input is open");
        (run, client)
    }

    /// Waits for the end.
    pub(crate) fn end(self) -> Ended {
        self.thread.join().expect("serve doesn't panic")
    }
}

/// The parameters of `workspace/executeCommand`.
pub(crate) fn command(name: &str, argument: impl Into<Value>) -> Value {
    json!({"command": name, "arguments": [argument.into()]})
}

/// A reader that reads once and then waits for a word.
pub(crate) struct Gated<R> {
    inner: R,
    has_read: bool,
    gate: Option<mpsc::Receiver<()>>,
}

impl<R> Gated<R> {
    /// Reads on from `inner` once the returned sender has sent or is dropped.
    pub(crate) fn new(inner: R) -> (Self, mpsc::Sender<()>) {
        let (sender, receiver) = mpsc::channel();
        (
            Self {
                inner,
                has_read: false,
                gate: Some(receiver),
            },
            sender,
        )
    }
}

impl<R: std::io::Read> std::io::Read for Gated<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.has_read
            && let Some(gate) = self.gate.take()
        {
            let _ = gate.recv();
        }
        self.has_read = true;
        self.inner.read(buffer)
    }
}

/// The method that runs the commands.
pub(crate) const EXECUTE: &str = "workspace/executeCommand";

/// Runs a command and waits for its result.
pub(crate) fn execute(client: &mut LspClient, name: &str, argument: impl Into<Value>) -> Value {
    client
        .request(EXECUTE, &command(name, argument))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Sends `initialize` and `initialized`.
pub(crate) fn initialize(client: &mut LspClient) {
    client
        .initialize(ClientKind::Minimal, None, &Value::Null)
        .expect("initialize succeeds");
}
