//! Hands messages to the handlers in the order of their arrival, and their answers to the client.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::{BoxFuture, CatchUnwind};
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, SinkExt as _, StreamExt as _};
use serde::Serialize;
use serde_json::json;
use tower::Service as _;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};
use tower_lsp::{ClientSocket, ExitedError, LanguageServer, LspService};

use super::message::{self, Message};
use super::queue::{Popped, Queue};
use super::uri::Spellings;

/// The request behind which everything waits.
const INITIALIZE: &str = "initialize";
/// The request behind which only `exit` counts.
const SHUTDOWN: &str = "shutdown";
/// `LSPErrorCodes.RequestFailed`: the request was right and can't be answered.
const REQUEST_FAILED: ErrorCode = ErrorCode::ServerError(-32803);

/// The dispatch task: the only one that calls the service and polls its handlers.
///
/// - A handler is polled once before the next message is looked at, so whatever it does before its first
///   await happens in the order of arrival.
/// - While the outbox has no room, because the client doesn't read, nothing is taken, polled or sent.
/// - Messages behind an `initialize` that waits are left where they are, until no more will come.
pub(super) struct Dispatcher<S> {
    service: LspService<S>,
    socket: ClientSocket,
    inbox: Arc<Queue<Message>>,
    outbox: Arc<Queue<Vec<u8>>>,
    spellings: Arc<Spellings>,
    running: FuturesUnordered<Running>,
    max_running: usize,
    is_initializing: bool,
    /// The last turn handled a message; the next one asks the running handlers first.
    handled_message: bool,
}

/// What the dispatch task does next.
enum Turn {
    Message(Message),
    Finished(Finished),
    /// A request or notification to the client.
    Outgoing(Request),
    /// The input has ended and every handler has finished.
    End,
}

impl<S: LanguageServer> Dispatcher<S> {
    pub(super) fn new(
        service: LspService<S>,
        socket: ClientSocket,
        queues: (Arc<Queue<Message>>, Arc<Queue<Vec<u8>>>),
        spellings: Arc<Spellings>,
        max_running: usize,
    ) -> Self {
        let (inbox, outbox) = queues;
        let running = FuturesUnordered::new();
        let (is_initializing, handled_message) = (false, false);
        Self {
            service,
            socket,
            inbox,
            outbox,
            spellings,
            running,
            max_running,
            is_initializing,
            handled_message,
        }
    }

    /// Runs until `exit`, or until the input has ended and every handler has finished.
    pub(super) async fn run(mut self) {
        loop {
            match std::future::poll_fn(|context| self.poll_turn(context)).await {
                Turn::Message(Message::Refused(response)) => self.answer(response),
                Turn::Message(Message::Response(response)) => self.resume(response),
                Turn::Message(Message::Request(request)) => {
                    let is_exit = request.method() == "exit";
                    self.start(request).await;
                    if is_exit {
                        return;
                    }
                }
                Turn::Finished(finished) => self.finish(finished),
                Turn::Outgoing(request) => self.send(request),
                Turn::End => return,
            }
        }
    }

    fn poll_turn(&mut self, context: &mut Context<'_>) -> Poll<Turn> {
        self.inbox.register(context.waker());
        self.outbox.register(context.waker());
        if !self.outbox.has_room() {
            return Poll::Pending;
        }
        let prefers_running = std::mem::take(&mut self.handled_message);
        if prefers_running && let Poll::Ready(Some(finished)) = self.running.poll_next_unpin(context) {
            return Poll::Ready(Turn::Finished(finished));
        }
        let mut input_has_ended = false;
        if !self.is_initializing || self.inbox.is_closed() {
            match self.inbox.try_pop() {
                Popped::Message(message) => {
                    self.handled_message = true;
                    return Poll::Ready(Turn::Message(message));
                }
                Popped::Empty => {}
                Popped::Closed => input_has_ended = true,
            }
        }
        if let Poll::Ready(Some(finished)) = self.running.poll_next_unpin(context) {
            return Poll::Ready(Turn::Finished(finished));
        }
        if let Poll::Ready(Some(request)) = self.socket.poll_next_unpin(context) {
            return Poll::Ready(Turn::Outgoing(request));
        }
        if input_has_ended && self.running.is_empty() {
            return Poll::Ready(Turn::End);
        }
        Poll::Pending
    }

    /// Calls the handler of `request` and polls it once. This never waits for the handler.
    async fn start(&mut self, request: Request) {
        if request.id().is_none() && [INITIALIZE, SHUTDOWN].contains(&request.method()) {
            // The service would take it for the request, and nobody could be told what came of it.
            return tracing::warn!("{} came without an id and is dropped", request.method());
        }
        if self.running.len() >= self.max_running
            && let (Some(id), true) = (request.id(), request.method() != SHUTDOWN)
        {
            let message = format!("{} requests are still unanswered", self.running.len()).into();
            let error = Error {
                code: REQUEST_FAILED,
                message,
                data: None,
            };
            return self.answer(Response::from_error(id.clone(), error));
        }
        let (id, method) = (request.id().cloned(), request.method().to_owned());
        let called = panic::catch_unwind(AssertUnwindSafe(|| self.service.call(request)));
        let future = match called {
            Ok(future) => AssertUnwindSafe(future).catch_unwind(),
            Err(panic) => {
                return self.finish(Finished {
                    id,
                    method,
                    outcome: Err(panic),
                });
            }
        };
        let mut running = Running { id, method, future };
        match futures::poll!(&mut running) {
            Poll::Ready(finished) => self.finish(finished),
            Poll::Pending => {
                self.is_initializing |= running.method == INITIALIZE;
                self.running.push(running);
            }
        }
    }

    /// Answers a request whose handler has ended, one way or another: every request gets one answer.
    fn finish(&mut self, finished: Finished) {
        let Finished { id, method, outcome } = finished;
        if method == INITIALIZE {
            self.is_initializing = false;
        }
        let response = match outcome {
            Ok(Ok(Some(response))) => Some(response),
            // The service has no answer to unknown requests whose names begin with `$/`.
            Ok(Ok(None)) => id.map(|id| Response::from_error(id, Error::method_not_found())),
            Ok(Err(ExitedError { .. })) => id.map(|id| Response::from_error(id, Error::invalid_request())),
            Err(panic) => {
                let reason = panic_message(panic.as_ref());
                tracing::error!(method, reason, "a handler panicked");
                id.map(|id| {
                    self.forget(&id);
                    let message = format!("the handler of {method} panicked: {reason}").into();
                    Response::from_error(
                        id,
                        Error {
                            message,
                            ..Error::internal_error()
                        },
                    )
                })
            }
        };
        if let Some(response) = response {
            self.answer(response);
        }
    }

    /// Lets the service forget a request whose handler panicked, which it still holds for running.
    fn forget(&mut self, id: &Id) {
        let cancel = Request::build("$/cancelRequest")
            .params(json!({ "id": id }))
            .finish();
        // The handler of a cancellation is done with its first poll and has no answer.
        let _ = self.service.call(cancel).now_or_never();
    }

    /// Hands the client's answer to the handler that waits for it.
    fn resume(&mut self, response: Response) {
        // The service has exited if this fails, and nobody waits any more.
        let _ = self.socket.start_send_unpin(response);
    }

    /// Sends an answer.
    fn answer(&self, mut response: Response) {
        if self.spellings.exist() {
            let (id, mut body) = response.into_parts();
            if let Ok(result) = &mut body {
                self.spellings.restore(result);
            }
            response = Response::from_parts(id, body);
        }
        self.write(&response);
    }

    /// Sends a request or a notification of the server.
    fn send(&self, mut request: Request) {
        if self.spellings.exist() {
            let (method, id, mut params) = request.into_parts();
            if let Some(params) = &mut params {
                self.spellings.restore(params);
            }
            request = message::request(method, id, params);
        }
        self.write(&request);
    }

    fn write(&self, message: &impl Serialize) {
        match serde_json::to_vec(message) {
            Ok(body) => {
                let length = body.len();
                self.outbox.push(body, length);
            }
            Err(error) => tracing::error!(%error, "a message could not be written as JSON"),
        }
    }
}

/// The closed outbox tells the writer that all has been said, also if the task itself fails.
impl<S> Drop for Dispatcher<S> {
    fn drop(&mut self) {
        self.outbox.close();
    }
}

/// What the service has to say to a message: nothing to a notification.
type Answer = Result<Option<Response>, ExitedError>;

/// A handler at work.
struct Running {
    /// `None` for a notification.
    id: Option<Id>,
    method: String,
    future: CatchUnwind<AssertUnwindSafe<BoxFuture<'static, Answer>>>,
}

/// A handler that has returned, was cancelled or has panicked.
struct Finished {
    id: Option<Id>,
    method: String,
    /// The answer, or what the handler panicked with.
    outcome: Result<Answer, Box<dyn Any + Send>>,
}

impl Future for Running {
    type Output = Finished;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Finished> {
        let outcome = std::task::ready!(self.future.poll_unpin(context));
        Poll::Ready(Finished {
            id: self.id.take(),
            method: std::mem::take(&mut self.method),
            outcome,
        })
    }
}

/// What `panic!` was given, if that was text.
fn panic_message(panic: &(dyn Any + Send)) -> &str {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(message), _) => message,
        (_, Some(message)) => message,
        _ => "no message",
    }
}
