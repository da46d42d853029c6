//! The handlers of the protocol's messages.
//!
//! Each sends its event before it waits for anything, and the transport starts them in the order in which their
//! messages came: that is what keeps edits in order.

use std::future::{Ready, ready};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use deferlint_text::Change;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{self as lsp, InitializeParams, InitializeResult};
use tower_lsp::{Client, LanguageServer};

use crate::capabilities::initialize_result;
use crate::code_action::APPLY_FIX;
use crate::convert::position_range;
use crate::documents::PlaceQuestion;
use crate::event::{Event, Events, Reply};
use crate::identity::Identity;
use crate::messenger::{Message, Messenger, deliver};
use crate::session_thread::SessionThread;
use crate::support::ClientSupport;

/// The language server as its client sees it.
#[derive(Debug)]
pub(crate) struct Backend {
    client: Client,
    events: Events,
    messenger: Messenger,
    /// What is to be sent to the client; taken once there is a client.
    messages: Mutex<Option<UnboundedReceiver<Message>>>,
}

impl Backend {
    /// The handlers of a running session.
    pub(crate) fn new(client: Client, session: SessionThread) -> Self {
        let SessionThread {
            events,
            messenger,
            messages,
        } = session;
        Self {
            client,
            events,
            messenger,
            messages: Mutex::new(Some(messages)),
        }
    }

    /// Starts the tasks that speak to the client of their own accord.
    fn start_tasks(&self, support: &ClientSupport) {
        let messages = self
            .messages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(messages) = messages {
            tokio::spawn(deliver(self.client.clone(), self.events.clone(), messages));
        }
        if support.pulls_diagnostics {
            self.messenger.start_refreshing(&self.client);
        }
        if support.work_done_progress {
            self.messenger.start_progress(&self.client);
        }
    }

    /// The user doesn't want to wait for what shows this progress.
    pub(crate) fn progress_cancelled(&self, params: lsp::WorkDoneProgressCancelParams) -> Ready<()> {
        self.events.send(Event::ProgressCancelled(params.token));
        ready(())
    }

    async fn ask<T>(&self, event: impl FnOnce(Reply<T>) -> Event) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        self.events.send(event(reply));
        answer.await.unwrap_or_else(|_| Err(Error::internal_error()))
    }
}

impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let support = ClientSupport::new(&params.capabilities);
        self.start_tasks(&support);
        if let Some(info) = &params.client_info {
            tracing::info!(
                "the client is {} {}",
                info.name,
                info.version.as_deref().unwrap_or_default()
            );
        }
        let result = initialize_result(&support);
        self.events.send(Event::Initialize {
            support: Box::new(support),
            options: params.initialization_options.unwrap_or(Value::Null),
        });
        Ok(result)
    }

    async fn initialized(&self, _: lsp::InitializedParams) {
        self.events.send(Event::Initialized);
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: lsp::DidOpenTextDocumentParams) {
        self.events.send(Event::Opened(params.text_document));
    }

    async fn did_change(&self, params: lsp::DidChangeTextDocumentParams) {
        let changes = params.content_changes.into_iter().map(|change| Change {
            range: change.range.map(position_range),
            text: change.text,
        });
        self.events.send(Event::Changed {
            document: params.text_document,
            changes: changes.collect(),
        });
    }

    async fn did_save(&self, params: lsp::DidSaveTextDocumentParams) {
        self.events.send(Event::Saved(params.text_document.uri));
    }

    async fn did_close(&self, params: lsp::DidCloseTextDocumentParams) {
        self.events.send(Event::Closed(params.text_document.uri));
    }

    async fn did_change_watched_files(&self, params: lsp::DidChangeWatchedFilesParams) {
        let changed = params.changes.iter();
        let paths: Vec<PathBuf> = changed
            .filter_map(|event| Identity::of(&event.uri).path)
            .collect();
        self.events.send(Event::ChangedOnDisk(paths));
    }

    async fn did_change_configuration(&self, params: lsp::DidChangeConfigurationParams) {
        self.events.send(Event::ConfigurationChanged(params.settings));
    }

    async fn did_change_workspace_folders(&self, _: lsp::DidChangeWorkspaceFoldersParams) {
        // Packages are found from the open documents, wherever they are; what folders bring along are their settings.
        self.events.send(Event::FoldersChanged);
    }

    async fn diagnostic(
        &self,
        params: lsp::DocumentDiagnosticParams,
    ) -> Result<lsp::DocumentDiagnosticReportResult> {
        self.ask(|reply| Event::Diagnose { params, reply }).await
    }

    async fn code_action(&self, params: lsp::CodeActionParams) -> Result<Option<lsp::CodeActionResponse>> {
        self.ask(|reply| Event::AskedAt(PlaceQuestion::CodeActions { params, reply }))
            .await
    }

    async fn hover(&self, params: lsp::HoverParams) -> Result<Option<lsp::Hover>> {
        let params = params.text_document_position_params;
        self.ask(|reply| Event::AskedAt(PlaceQuestion::Hover { params, reply }))
            .await
    }

    async fn execute_command(&self, params: lsp::ExecuteCommandParams) -> Result<Option<Value>> {
        if params.command != APPLY_FIX {
            return Err(Error::invalid_params(format!(
                "unknown command {}",
                params.command
            )));
        }
        let argument = params.arguments.into_iter().next().unwrap_or(Value::Null);
        let fix =
            serde_json::from_value(argument).map_err(|error| Error::invalid_params(error.to_string()))?;
        self.ask(|reply| Event::ApplyFix { fix, reply }).await
    }
}
