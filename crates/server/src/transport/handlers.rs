//! The handlers of the service: starting, polling and answering.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures::future::{BoxFuture, CatchUnwind};
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt as _};
use serde_json::json;
use tower::Service as _;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};
use tower_lsp::{ExitedError, LanguageServer, LspService};

/// The request behind which everything waits.
const INITIALIZE: &str = "initialize";
/// The request behind which only `exit` counts.
const SHUTDOWN: &str = "shutdown";
/// `LSPErrorCodes.RequestFailed`: the request was right and can't be answered.
const REQUEST_FAILED: ErrorCode = ErrorCode::ServerError(-32803);

/// The service, and its handlers that are at work.
///
/// A handler is polled once when it is started, so whatever it does before its first await happens in the order in which
/// handlers are started.
pub(super) struct Handlers<S> {
    service: LspService<S>,
    running: FuturesUnordered<Running>,
    max_running: usize,
    is_initializing: bool,
}

impl<S: LanguageServer> Handlers<S> {
    /// None at work yet; requests past `max_running` of them are refused.
    pub(super) fn new(service: LspService<S>, max_running: usize) -> Self {
        Self {
            service,
            running: FuturesUnordered::new(),
            max_running,
            is_initializing: false,
        }
    }

    /// Whether an `initialize` is at work.
    pub(super) fn is_initializing(&self) -> bool {
        self.is_initializing
    }

    /// Whether none is at work.
    pub(super) fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    /// Calls the handler of `request` and polls it once. This never waits for the handler; the answer, if there is one to
    /// give already.
    pub(super) fn start(&mut self, request: Request) -> Option<Response> {
        if request.id().is_none() && [INITIALIZE, SHUTDOWN].contains(&request.method()) {
            // The service would take it for the request, and nobody could be told what came of it.
            tracing::warn!("{} came without an id and is dropped", request.method());
            return None;
        }
        if let Some(refusal) = self.refuse(&request) {
            return Some(refusal);
        }
        let (id, method) = (request.id().cloned(), request.method().to_owned());
        let called = panic::catch_unwind(AssertUnwindSafe(|| self.service.call(request)));
        let future = match called {
            Ok(future) => AssertUnwindSafe(future).catch_unwind(),
            Err(panic) => {
                let outcome = Err(panic);
                return self.finish(Finished { id, method, outcome });
            }
        };
        let mut running = Running { id, method, future };
        // The set polls what is new in it once more before it relies on being woken.
        match running.poll_unpin(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(finished) => self.finish(finished),
            Poll::Pending => {
                self.is_initializing |= running.method == INITIALIZE;
                self.running.push(running);
                None
            }
        }
    }

    /// Polls those at work until one has finished; with the answer, if there is one to give.
    pub(super) fn poll_finished(&mut self, context: &mut Context<'_>) -> Poll<Option<Response>> {
        match self.running.poll_next_unpin(context) {
            Poll::Ready(Some(finished)) => Poll::Ready(self.finish(finished)),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    /// The answer to a request that comes while too many handlers are at work.
    fn refuse(&self, request: &Request) -> Option<Response> {
        let running = self.running.len();
        if running < self.max_running || request.method() == SHUTDOWN {
            return None;
        }
        let error = Error {
            code: REQUEST_FAILED,
            message: format!("{running} requests are still unanswered").into(),
            data: None,
        };
        Some(Response::from_error(request.id()?.clone(), error))
    }

    /// The answer to a request whose handler has ended, one way or another: every request gets one.
    fn finish(&mut self, finished: Finished) -> Option<Response> {
        let Finished { id, method, outcome } = finished;
        if method == INITIALIZE {
            self.is_initializing = false;
        }
        match outcome {
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
                    let error = Error::internal_error();
                    Response::from_error(id, Error { message, ..error })
                })
            }
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
