//! The handlers of the service, which the reader and the dispatch task start.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures::FutureExt as _;
use futures::future::{BoxFuture, CatchUnwind};
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

/// The service, and what is known of its handlers.
///
/// A handler is polled once before the next one is started, so whatever it does before its first await happens in the
/// order in which handlers are started.
pub(super) struct Handlers<S> {
    service: Mutex<LspService<S>>,
    /// How many handlers are at work.
    running: AtomicUsize,
    max_running: usize,
    is_initializing: AtomicBool,
}

/// What came of starting a handler.
pub(super) enum Started {
    /// It has finished; the answer, if there is one to give.
    Finished(Option<Response>),
    /// It waits for something.
    Running(Running),
}

impl<S: LanguageServer> Handlers<S> {
    /// No handlers yet; requests past `max_running` of them are refused.
    pub(super) fn new(service: LspService<S>, max_running: usize) -> Self {
        Self {
            service: Mutex::new(service),
            running: AtomicUsize::new(0),
            max_running,
            is_initializing: AtomicBool::new(false),
        }
    }

    /// Whether `initialize` hasn't been answered yet.
    pub(super) fn is_initializing(&self) -> bool {
        self.is_initializing.load(Ordering::Acquire)
    }

    /// Calls the handler of `request` and polls it once. This never waits for the handler.
    pub(super) fn start(&self, request: Request) -> Started {
        if request.id().is_none() && [INITIALIZE, SHUTDOWN].contains(&request.method()) {
            // The service would take it for the request, and nobody could be told what came of it.
            tracing::warn!("{} came without an id and is dropped", request.method());
            return Started::Finished(None);
        }
        if let Some(refusal) = self.refuse(&request) {
            return Started::Finished(Some(refusal));
        }
        let (id, method) = (request.id().cloned(), request.method().to_owned());
        let called = panic::catch_unwind(AssertUnwindSafe(|| self.service().call(request)));
        let future = match called {
            Ok(future) => AssertUnwindSafe(future).catch_unwind(),
            Err(panic) => {
                let outcome = Err(panic);
                return Started::Finished(self.answer_of(Finished { id, method, outcome }));
            }
        };
        let mut running = Running { id, method, future };
        // Whoever takes it polls it once more before it relies on being woken.
        match running.poll_unpin(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(finished) => Started::Finished(self.answer_of(finished)),
            Poll::Pending => {
                self.running.fetch_add(1, Ordering::Relaxed);
                if running.method == INITIALIZE {
                    self.is_initializing.store(true, Ordering::Release);
                }
                Started::Running(running)
            }
        }
    }

    /// The answer to a request that comes while too many handlers are at work.
    fn refuse(&self, request: &Request) -> Option<Response> {
        let running = self.running.load(Ordering::Relaxed);
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

    /// Notes that a handler which was running has finished; the answer, if there is one to give.
    pub(super) fn finish(&self, finished: Finished) -> Option<Response> {
        self.running.fetch_sub(1, Ordering::Relaxed);
        if finished.method == INITIALIZE {
            self.is_initializing.store(false, Ordering::Release);
        }
        self.answer_of(finished)
    }

    /// The answer to a request whose handler has ended, one way or another: every request gets one.
    fn answer_of(&self, finished: Finished) -> Option<Response> {
        let Finished { id, method, outcome } = finished;
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
    fn forget(&self, id: &Id) {
        let cancel = Request::build("$/cancelRequest")
            .params(json!({ "id": id }))
            .finish();
        // The handler of a cancellation is done with its first poll and has no answer.
        let _ = self.service().call(cancel).now_or_never();
    }

    fn service(&self) -> MutexGuard<'_, LspService<S>> {
        // A call that panicked has started nothing.
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the service has to say to a message: nothing to a notification.
type Answer = Result<Option<Response>, ExitedError>;

/// A handler at work.
pub(super) struct Running {
    /// `None` for a notification.
    id: Option<Id>,
    method: String,
    future: CatchUnwind<AssertUnwindSafe<BoxFuture<'static, Answer>>>,
}

/// A handler that has returned, was cancelled or has panicked.
pub(super) struct Finished {
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
