//! The threads behind the handlers: the session's own and those of its jobs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::{io, process, thread};

use rayon::ThreadPoolBuildError;
use thiserror::Error;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::event::Events;
use crate::jobs::{Jobs, thread_pool};
use crate::messenger::{Message, Messenger};
use crate::owner::Owner;
use crate::publisher::{Outbox, Publisher};

/// The exit code after a panic of the session's thread: Rust's own for a panic.
const PANICKED: i32 = 101;

/// The operating system gave no thread.
#[derive(Debug, Error)]
pub(crate) enum StartError {
    /// None for the jobs.
    #[error("no threads for jobs: {0}")]
    Jobs(#[from] ThreadPoolBuildError),
    /// None for the session.
    #[error("no thread for the session: {0}")]
    Session(#[from] io::Error),
}

/// A running session, and the ends of the channels that lead to it and from it.
#[derive(Debug)]
pub(crate) struct SessionThread {
    /// Where events go.
    pub(crate) events: Events,
    /// The way to the client.
    pub(crate) messenger: Messenger,
    /// The messages that take it.
    pub(crate) messages: UnboundedReceiver<Message>,
}

impl SessionThread {
    /// Starts the threads, which end with the process. The publisher sends what the session finds.
    pub(crate) fn start() -> Result<(Self, Publisher), StartError> {
        let (events, receiver) = Events::queue();
        let (messenger, messages) = Messenger::new();
        let outbox = Arc::<Outbox>::default();
        let jobs = Jobs::new(thread_pool()?, events.clone());
        let publisher = Publisher::new(Arc::clone(&outbox));
        let owner = Owner::new(jobs, outbox, messenger.clone());
        thread::Builder::new().name("session".to_owned()).spawn(move || {
            if catch_unwind(AssertUnwindSafe(|| owner.run(&receiver))).is_err() {
                // Without its session the server would be silent for ever; editors start one that died again.
                tracing::error!("the session panicked: the server ends");
                process::exit(PANICKED);
            }
        })?;
        let session = Self {
            events,
            messenger,
            messages,
        };
        Ok((session, publisher))
    }
}
