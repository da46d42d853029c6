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
use tower_lsp::LspService;

use crate::backend::Backend;
use crate::session_thread::{SessionThread, StartError};
use crate::transport::{Ended, Options, serve_stdio};

/// The exit code of a server that couldn't start.
const FAILURE: u8 = 2;

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
    let session = SessionThread::start()?;
    let (service, socket) = LspService::new(|client| Backend::new(client, session));
    Ok(serve_stdio(service, socket, &Options::default())?)
}
