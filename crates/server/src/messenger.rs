//! What the server tells and asks the client of its own accord.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{Notify, mpsc, watch};
use tower_lsp::Client;
use tower_lsp::ls_types::{ConfigurationItem, MessageType, ProgressToken, Registration, WorkspaceEdit};

use crate::convert::SOURCE;
use crate::event::{Event, Events};

/// How long indexing may take before the client shows it.
const PROGRESS_DELAY: Duration = Duration::from_millis(300);

/// A message or a request to the client.
#[derive(Debug)]
pub(crate) enum Message {
    /// A line for the client's log.
    Log(MessageType, String),
    /// A line that the user should see.
    Show(MessageType, String),
    /// Capabilities that the client is asked to switch on.
    Register(Vec<Registration>),
    /// The question for the configuration.
    AskConfiguration,
    /// An edit to make.
    Apply(WorkspaceEdit),
}

/// The way to the client from the session's thread. Nothing here waits.
#[derive(Clone, Debug)]
pub(crate) struct Messenger {
    messages: mpsc::UnboundedSender<Message>,
    refresh: Arc<Notify>,
    indexing: watch::Sender<usize>,
    /// How often progress was shown.
    runs: Arc<AtomicU32>,
}

impl Messenger {
    /// The way to the client, and the messages that take it: [`deliver`] sends them.
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Message>) {
        let (messages, receiver) = mpsc::unbounded_channel();
        let messenger = Self {
            messages,
            refresh: Arc::default(),
            indexing: watch::Sender::new(0),
            runs: Arc::default(),
        };
        (messenger, receiver)
    }

    /// Starts telling the client to ask for diagnostics again whenever [`Messenger::refresh`] is called.
    pub(crate) fn start_refreshing(&self, client: &Client) {
        tokio::spawn(refresh_diagnostics(client.clone(), Arc::clone(&self.refresh)));
    }

    /// Starts showing progress while packages are read.
    pub(crate) fn start_progress(&self, client: &Client) {
        let (indexing, runs) = (self.indexing.subscribe(), Arc::clone(&self.runs));
        tokio::spawn(show_progress(client.clone(), indexing, runs));
    }

    /// True for the token of the progress that is shown now, or was shown last.
    pub(crate) fn shows_progress(&self, token: &ProgressToken) -> bool {
        *token == progress_token(self.runs.load(Ordering::Relaxed))
    }

    /// Sends a message after those that wait.
    pub(crate) fn send(&self, message: Message) {
        if self.messages.send(message).is_err() {
            tracing::debug!("a message came after the connection had ended");
        }
    }

    /// Tells a client that asks for diagnostics to ask again. Calls that come before it was told are one.
    pub(crate) fn refresh(&self) {
        self.refresh.notify_one();
    }

    /// Sets how many packages are being read.
    pub(crate) fn set_indexing(&self, packages: usize) {
        self.indexing
            .send_if_modified(|before| std::mem::replace(before, packages) != packages);
    }
}

/// Sends the messages in order. The client's answers are waited for beside it, so that none holds up the next message.
pub(crate) async fn deliver(client: Client, events: Events, mut messages: mpsc::UnboundedReceiver<Message>) {
    while let Some(message) = messages.recv().await {
        match message {
            Message::Log(kind, text) => client.log_message(kind, text).await,
            Message::Show(kind, text) => client.show_message(kind, text).await,
            Message::Register(registrations) => {
                tokio::spawn(register(client.clone(), registrations));
            }
            Message::AskConfiguration => {
                tokio::spawn(ask_configuration(client.clone(), events.clone()));
            }
            Message::Apply(edit) => {
                tokio::spawn(apply(client.clone(), edit));
            }
        }
    }
}

async fn register(client: Client, registrations: Vec<Registration>) {
    if let Err(error) = client.register_capability(registrations).await {
        tracing::warn!("the client refused a registration: {error}");
    }
}

async fn ask_configuration(client: Client, events: Events) {
    let item = ConfigurationItem {
        scope_uri: None,
        section: Some(SOURCE.to_owned()),
    };
    match client.configuration(vec![item]).await {
        Ok(answers) => {
            let answer = answers.into_iter().next().unwrap_or(Value::Null);
            events.send(Event::ConfigurationAnswered(answer));
        }
        Err(error) => tracing::warn!("the client didn't tell its configuration: {error}"),
    }
}

async fn apply(client: Client, edit: WorkspaceEdit) {
    match client.apply_edit(edit).await {
        Ok(response) if response.applied => {}
        Ok(response) => {
            let reason = response.failure_reason.unwrap_or_default();
            tracing::warn!("the client didn't apply an edit: {reason}");
        }
        Err(error) => tracing::warn!("the client didn't apply an edit: {error}"),
    }
}

/// One request at a time: what changes while the client answers is one more request after it.
async fn refresh_diagnostics(client: Client, refresh: Arc<Notify>) {
    loop {
        refresh.notified().await;
        if let Err(error) = client.workspace_diagnostic_refresh().await {
            tracing::warn!("the client didn't refresh its diagnostics: {error}");
        }
    }
}

fn progress_token(run: u32) -> ProgressToken {
    ProgressToken::String(format!("{SOURCE}/indexing/{run}"))
}

async fn show_progress(client: Client, mut indexing: watch::Receiver<usize>, runs: Arc<AtomicU32>) {
    loop {
        if indexing.wait_for(|packages| *packages > 0).await.is_err() {
            return;
        }
        let quick = tokio::time::timeout(PROGRESS_DELAY, indexing.wait_for(|packages| *packages == 0));
        if quick.await.is_ok() {
            continue;
        }
        let token = progress_token(runs.fetch_add(1, Ordering::Relaxed) + 1);
        if let Err(error) = client.create_work_done_progress(token.clone()).await {
            tracing::debug!("the client shows no progress: {error}");
            return;
        }
        let progress = client
            .progress(token, "Indexing Go packages")
            .with_cancel_button();
        let progress = progress.begin().await;
        loop {
            let packages = *indexing.borrow_and_update();
            if packages == 0 {
                break;
            }
            let message = format!("{packages} to read");
            progress.report_with_message(message, None).await;
            if indexing.changed().await.is_err() {
                return;
            }
        }
        progress.finish().await;
    }
}

#[cfg(test)]
mod tests {
    use futures::{SinkExt, StreamExt};
    use serde_json::json;
    use tower::Service;
    use tower_lsp::jsonrpc::{Request, Response, Result};
    use tower_lsp::ls_types::{InitializeParams, InitializeResult};
    use tower_lsp::{ClientSocket, LanguageServer, LspService};

    use super::*;

    struct Nothing(Client);

    impl LanguageServer for Nothing {
        async fn initialize(&self, _: InitializeParams) -> Result<InitializeResult> {
            Ok(InitializeResult::default())
        }

        async fn shutdown(&self) -> Result<()> {
            Ok(())
        }
    }

    /// A client that has been initialised, and what reads its messages.
    async fn connected() -> (Client, ClientSocket) {
        let (mut service, socket) = LspService::new(Nothing);
        let initialize = Request::build("initialize")
            .params(json!({"capabilities": {}}))
            .id(1);
        let answer = service.call(initialize.finish()).await;
        assert!(answer.is_ok_and(|response| response.is_some_and(|response| response.is_ok())));
        (service.inner().0.clone(), socket)
    }

    #[tokio::test(start_paused = true)]
    async fn progress_is_shown_when_reading_takes_long() {
        let (client, socket) = connected().await;
        let (mut requests, mut responses) = socket.split();
        let (messenger, _messages) = Messenger::new();
        messenger.start_progress(&client);
        for packages in [2, 1, 0] {
            messenger.set_indexing(packages);
            tokio::task::yield_now().await;
        }

        messenger.set_indexing(3);
        let create = requests.next().await.expect("the slow run");
        assert_eq!(create.method(), "window/workDoneProgress/create");
        assert_eq!(create.params(), Some(&json!({"token": "deferlint/indexing/1"})));
        let id = create.id().cloned().expect("a request");
        responses
            .send(Response::from_ok(id, json!(null)))
            .await
            .expect("the client waits");

        let mut shown = Vec::new();
        for _ in 0..2 {
            let progress = requests.next().await.expect("the progress");
            shown.push(progress.params().expect("parameters")["value"].clone());
        }
        messenger.set_indexing(0);
        let end = requests.next().await.expect("the end");
        assert_eq!(end.params().expect("parameters")["value"]["kind"], "end");
        assert_eq!(shown[0]["title"], "Indexing Go packages");
        assert_eq!(shown[0]["cancellable"], true);
        let token = |run: &str| ProgressToken::String(format!("deferlint/indexing/{run}"));
        assert!(messenger.shows_progress(&token("1")));
        assert!(!messenger.shows_progress(&token("0")));
        assert_eq!(shown[1], json!({"kind": "report", "message": "3 to read"}));
    }

    #[tokio::test(start_paused = true)]
    async fn refreshes_that_the_client_has_not_seen_are_one() {
        let (client, socket) = connected().await;
        let (mut requests, mut responses) = socket.split();
        let (messenger, _messages) = Messenger::new();
        messenger.start_refreshing(&client);
        for asked_meanwhile in [5, 0] {
            messenger.refresh();
            let request = requests.next().await.expect("a request");
            assert_eq!(request.method(), "workspace/diagnostic/refresh");
            for _ in 0..asked_meanwhile {
                messenger.refresh();
            }
            let id = request.id().cloned().expect("a request");
            responses
                .send(Response::from_ok(id, json!(null)))
                .await
                .expect("the client waits");
        }
        let more = tokio::time::timeout(Duration::from_secs(60), requests.next()).await;
        assert!(more.is_err(), "{more:?}");
    }
}
