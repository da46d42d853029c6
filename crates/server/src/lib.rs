//! The language server: `deferlint lsp`.
//!
//! The invariant of this crate: one thread owns the session, and it never waits. Handlers queue events in the order in
//! which messages came; results are published for the version of an open document that is current, or not at all.

mod backend;
mod capabilities;
mod code_action;
mod configuration;
mod convert;
mod documents;
mod event;
mod fix_all;
mod hover;
mod identity;
mod jobs;
mod messenger;
mod owner;
mod publisher;
mod registration;
mod session_thread;
mod support;
pub mod transport;

use std::io;

use thiserror::Error;
use tower_lsp::{ClientSocket, LspService};

use crate::backend::Backend;
use crate::session_thread::{SessionThread, StartError};
use crate::transport::{Ended, Options, serve_stdio};

/// The exit code of a server that couldn't start.
const FAILURE: u8 = 2;

/// The notification that the user cancelled what shows progress (LSP 3.17, "Canceling a Work Done Progress").
const CANCEL_PROGRESS: &str = "window/workDoneProgress/cancel";

/// Serves the client at the other end of standard input and output until it leaves, and returns the exit code: 0 after
/// `shutdown`, 1 without it (LSP 3.17, "Exit Notification"), 2 where there was nothing to serve with.
pub fn run() -> u8 {
    match serve_client() {
        Ok(ended) => u8::from(!ended.after_shutdown),
        Err(error) => {
            tracing::error!("the server can't run: {error}");
            FAILURE
        }
    }
}

/// Why the server couldn't run.
#[derive(Debug, Error)]
enum ServeError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Streams(#[from] io::Error),
}

fn serve_client() -> Result<Ended, ServeError> {
    let (session, publisher) = SessionThread::start()?;
    let (service, socket) = service(session);
    Ok(serve_stdio(service, socket, publisher, &Options::default())?)
}

fn service(session: SessionThread) -> (LspService<Backend>, ClientSocket) {
    LspService::build(|client| Backend::new(client, session))
        // The library has no handler for it.
        .custom_method(CANCEL_PROGRESS, Backend::progress_cancelled)
        .finish()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tower::Service;
    use tower_lsp::jsonrpc::Request;
    use tower_lsp::ls_types::NumberOrString;

    use super::*;
    use crate::event::{Event, Events};
    use crate::messenger::Messenger;

    #[tokio::test]
    async fn a_cancelled_progress_reaches_the_session() {
        let (events, received) = Events::queue();
        let (messenger, messages) = Messenger::new();
        let (mut service, _socket) = service(SessionThread {
            events,
            messenger,
            messages,
        });
        let initialize = Request::build("initialize").params(json!({"capabilities": {}}));
        let cancel = Request::build(CANCEL_PROGRESS).params(json!({"token": "a token"}));
        for request in [initialize.id(1), cancel] {
            let answered = service.call(request.finish()).await;
            assert!(answered.is_ok(), "{answered:?}");
        }
        let events: Vec<_> = received.try_iter().collect();
        let token = NumberOrString::String("a token".to_owned());
        assert!(
            matches!(events.last(), Some(Event::ProgressCancelled(cancelled)) if *cancelled == token),
            "{events:?}"
        );
    }
}
