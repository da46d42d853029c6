//! What the owner of the session is told, and how it answers.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use deferlint_text::Change;
use deferlint_workspace::{DocumentId, Outcome};
use serde_json::Value;
use tokio::sync::oneshot;
use tower_lsp::jsonrpc;
use tower_lsp::ls_types as lsp;

use crate::code_action::{ApplyFix, FixedAll};
use crate::documents::PlaceQuestion;
use crate::support::ClientSupport;

/// How many events may wait for the owner. Past it the handlers stand still, so that a client that writes faster than
/// the session works is slowed down by its own pipe instead of filling the memory.
const QUEUE_LENGTH: usize = 4_096;

/// Where the answer to a request goes. Nobody takes it when the client cancelled the request.
pub(crate) type Reply<T> = oneshot::Sender<jsonrpc::Result<T>>;

/// Everything that can happen to the session, in the order in which it happens.
#[derive(Debug)]
pub(crate) enum Event {
    /// The client introduced itself.
    Initialize {
        /// What it can do.
        support: Box<ClientSupport>,
        /// Its `initializationOptions`.
        options: Value,
    },
    /// The client is ready for requests of the server.
    Initialized,
    /// A document was opened.
    Opened(lsp::TextDocumentItem),
    /// A document was changed.
    Changed {
        /// The document.
        document: lsp::VersionedTextDocumentIdentifier,
        /// The changes, in order.
        changes: Vec<Change>,
    },
    /// A document was saved.
    Saved(lsp::Uri),
    /// A document was closed.
    Closed(lsp::Uri),
    /// Files changed on disk.
    ChangedOnDisk(Vec<PathBuf>),
    /// The client's configuration changed; with it, for clients that send it along, the new one.
    ConfigurationChanged(Value),
    /// The client answered what its configuration is.
    ConfigurationAnswered(Value),
    /// The workspace has other folders.
    FoldersChanged,
    /// The client asks for the findings of a document.
    Diagnose {
        /// The document and what the client has of it.
        params: lsp::DocumentDiagnosticParams,
        /// The answer.
        reply: Reply<lsp::DocumentDiagnosticReportResult>,
    },
    /// The client asks about a place.
    AskedAt(PlaceQuestion),
    /// The fixes of a whole document are ready.
    FixedAll(Box<FixedAll>),
    /// The client, which can't take edits with code actions, asks for one of them.
    ApplyFix {
        /// The edit.
        fix: ApplyFix,
        /// The answer.
        reply: Reply<Option<Value>>,
    },
    /// The user doesn't want to wait any more for what shows this progress.
    ProgressCancelled(lsp::ProgressToken),
    /// A job of the session is done.
    JobDone(Outcome),
    /// A job of the session panicked.
    JobFailed(FailedJob),
    /// A directory wasn't read, because the user didn't want to wait for it.
    IndexingCancelled(PathBuf),
}

/// A job that brought no outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FailedJob {
    /// Parsing a document.
    Parse {
        /// The document.
        id: DocumentId,
        /// The number of the parse.
        parse: u64,
    },
    /// Reading a directory.
    Index(PathBuf),
}

/// Where events are sent from.
#[derive(Clone, Debug)]
pub(crate) struct Events(SyncSender<Event>);

impl Events {
    /// A queue of events.
    pub(crate) fn queue() -> (Self, Receiver<Event>) {
        let (sender, receiver) = sync_channel(QUEUE_LENGTH);
        (Self(sender), receiver)
    }

    /// Queues an event, waiting while the queue is full. An event for an owner that is gone is dropped: the process is
    /// about to end.
    pub(crate) fn send(&self, event: Event) {
        if self.0.send(event).is_err() {
            tracing::debug!("an event came after the session had ended");
        }
    }
}
