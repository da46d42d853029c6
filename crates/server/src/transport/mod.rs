//! The transport: JSON-RPC over two byte streams, in order, and alive whatever comes.
//!
//! Three threads, two queues:
//!
//! ```text
//! input ─ reader ─ inbox ─ dispatch task ─ outlet ─ writer ─ output
//!                                   notifications ┘
//! ```
//!
//! - The **reader** frames and parses. What is no message becomes an answer in the inbox, at its place.
//! - The **dispatch task** hands each message to the service in order and polls the handlers.
//! - The **writer** is the only one that touches the output. When it has nothing else to write, it asks for the next
//!   notification: a slow client gets fewer of them, and none that was replaced before the output had room for it.
//!
//! Both queues are bounded by bytes. A client that doesn't read fills the output, then the outlet; the dispatch
//! task stops taking messages, and the inbox fills. Until then the reader still sees `exit` and the end of the
//! input; past it the reader waits, and gives the client up after [`Options::stall_limit`]. Memory is bounded
//! at all times and no end is lost.
//!
//! The calling thread waits for whatever ends the run first. Once the reader has seen the end, the others have
//! [`Options::grace`] to follow: neither a client that doesn't read nor a handler that blocks its thread keeps
//! the server from ending. The other threads may outlive [`serve`]; a process that ends takes them along.

mod client_process;
mod dispatch;
mod frame;
mod handlers;
mod header;
mod lost_change;
mod message;
mod outlet;
mod queue;
mod reader;
mod stdio;
mod surrogates;
mod uri;
mod writer;

use std::io::{self, Read, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use futures::Stream;
use tower_lsp::jsonrpc::Request;
use tower_lsp::{ClientSocket, LanguageServer, LspService};

use self::client_process::ClientProcess;
use self::dispatch::Dispatcher;
use self::frame::FrameReader;
use self::handlers::Handlers;
use self::outlet::Outlet;
use self::queue::Queue;
use self::reader::Reader;
use self::uri::Spellings;

pub use self::stdio::serve_stdio;

/// The limits of a run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The largest body of a message in bytes; a larger one is skipped and answered with an error.
    pub max_body_bytes: usize,
    /// How many bytes of messages may wait in each direction before the other side has to wait.
    pub max_queued_bytes: usize,
    /// How many handlers may be at work before further requests are refused; notifications never are.
    pub max_running_handlers: usize,
    /// How long handlers and output may take to finish once `exit` or the end of the input has been read, or a thread has
    /// panicked.
    pub grace: Duration,
    /// How long the inbox may stay full before the client counts as gone.
    pub stall_limit: Duration,
    /// How often to look whether the client's process still exists.
    pub client_poll_interval: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_body_bytes: 64 * 1024 * 1024,
            max_queued_bytes: 32 * 1024 * 1024,
            max_running_handlers: 4096,
            grace: Duration::from_secs(2),
            stall_limit: Duration::from_secs(60),
            client_poll_interval: Duration::from_secs(2),
        }
    }
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The client sent `exit`.
    Exit,
    /// The input ended or failed.
    InputEnded,
    /// The output failed; the client has closed its end.
    OutputFailed,
    /// The process that `initialize` named is gone.
    ClientDied,
    /// The client went on sending without reading for [`Options::stall_limit`].
    ClientStalled,
    /// A thread of the server panicked.
    ThreadFailed,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// What ended it.
    pub reason: EndReason,
    /// Whether a `shutdown` request came before.
    pub after_shutdown: bool,
}

impl Ended {
    /// The code to exit the process with: 0 after `shutdown`, else 1.
    ///
    /// <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#exit>
    pub fn code(self) -> i32 {
        i32::from(!self.after_shutdown)
    }
}

/// What the threads tell the calling one.
enum Event {
    /// `initialize` named the client's process.
    ClientProcess(ClientProcess),
    /// The reader reads no further, or a thread panicked.
    Ending(EndReason),
    /// The writer has written all there is after the dispatch task's end.
    OutputFinished,
    /// The writer can't write any more.
    OutputFailed(io::Error),
}

/// Serves one client until it leaves. Only messages go to `output`; `notifications` are what the server tells of its own
/// accord, taken one at a time whenever the output has nothing else to write.
///
/// # Errors
/// The threads or the runtime could not be started.
pub fn serve<S: LanguageServer>(
    service: LspService<S>,
    socket: ClientSocket,
    notifications: impl Stream<Item = Request> + Send + Unpin + 'static,
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    options: &Options,
) -> io::Result<Ended> {
    let inbox = Arc::new(Queue::new(options.max_queued_bytes));
    let spellings = Arc::new(Spellings::default());
    let outlet = Arc::new(Outlet::new(options.max_queued_bytes, Arc::clone(&spellings)));
    let has_shut_down = Arc::new(AtomicBool::new(false));
    let (events, reports) = mpsc::channel();

    let reader = Reader {
        frames: FrameReader::new(input, options.max_body_bytes),
        inbox: Arc::clone(&inbox),
        spellings,
        has_shut_down: Arc::clone(&has_shut_down),
        events: events.clone(),
        stall_limit: options.stall_limit,
        next: None,
    };
    let handlers = Handlers::new(service, options.max_running_handlers);
    let dispatcher = Dispatcher::new(handlers, socket, inbox, Arc::clone(&outlet));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    spawn("dispatch", &events, move |_| runtime.block_on(dispatcher.run()))?;
    spawn("writer", &events, move |events| {
        let event = match writer::write_frames(&outlet, notifications, output) {
            Ok(()) => Event::OutputFinished,
            Err(error) => Event::OutputFailed(error),
        };
        // The calling thread may have stopped listening.
        let _ = events.send(event);
    })?;
    spawn("reader", &events, move |_| reader.run())?;

    let reason = wait_for_end(&reports, options);
    let ended = Ended {
        reason,
        after_shutdown: has_shut_down.load(Ordering::Acquire),
    };
    tracing::info!(?ended, "the server ends");
    Ok(ended)
}

/// Reads what a client may send to its end, and says how many messages it was, refused ones too.
pub fn count_messages(input: Vec<u8>) -> usize {
    let options = Options::default();
    let (events, _) = mpsc::channel();
    let mut reader = Reader {
        frames: FrameReader::new(io::Cursor::new(input), options.max_body_bytes),
        inbox: Arc::new(Queue::new(options.max_queued_bytes)),
        spellings: Arc::default(),
        has_shut_down: Arc::default(),
        events,
        stall_limit: options.stall_limit,
        next: None,
    };
    std::iter::from_fn(|| reader.next_message()).count()
}

/// Starts a thread that tells when it panics.
fn spawn(
    name: &str,
    events: &Sender<Event>,
    body: impl FnOnce(&Sender<Event>) + Send + 'static,
) -> io::Result<()> {
    let events = events.clone();
    let body = move || {
        if panic::catch_unwind(AssertUnwindSafe(|| body(&events))).is_err() {
            // The calling thread may have stopped listening.
            let _ = events.send(Event::Ending(EndReason::ThreadFailed));
        }
    };
    thread::Builder::new().name(name.to_owned()).spawn(body).map(drop)
}

/// Waits until the run is over: all has been written after the last message, or there is no point in waiting.
fn wait_for_end(reports: &Receiver<Event>, options: &Options) -> EndReason {
    let mut client: Option<ClientProcess> = None;
    let mut ending: Option<(EndReason, Instant)> = None;
    loop {
        let until_deadline = ending.map(|(_, deadline)| deadline.saturating_duration_since(Instant::now()));
        let until_poll = client.is_some().then_some(options.client_poll_interval);
        let report = match until_deadline.into_iter().chain(until_poll).min() {
            Some(patience) => reports.recv_timeout(patience),
            None => reports.recv().map_err(RecvTimeoutError::from),
        };
        match report {
            Ok(Event::ClientProcess(process)) => client = Some(process),
            Ok(Event::Ending(EndReason::ClientStalled)) => return EndReason::ClientStalled,
            Ok(Event::Ending(reason)) => {
                ending.get_or_insert_with(|| (reason, Instant::now() + options.grace));
            }
            Ok(Event::OutputFinished) => {
                return ending.map_or(EndReason::ThreadFailed, |(reason, _)| reason);
            }
            Ok(Event::OutputFailed(error)) => {
                tracing::warn!(%error, "the output failed");
                return ending.map_or(EndReason::OutputFailed, |(reason, _)| reason);
            }
            Err(RecvTimeoutError::Disconnected) => return EndReason::ThreadFailed,
            Err(RecvTimeoutError::Timeout) => match ending {
                Some((reason, deadline)) if deadline <= Instant::now() => return reason,
                _ if client.as_ref().is_some_and(|client| !client.is_alive()) => {
                    return EndReason::ClientDied;
                }
                _ => {}
            },
        }
    }
}
