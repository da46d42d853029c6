//! The way of messages to the writer: in the client's own spelling, as JSON.

use std::sync::Arc;
use std::task::{Wake, Waker};

use serde::Serialize;
use tower_lsp::jsonrpc::{Request, Response};

use super::message;
use super::queue::{Popped, Queue};
use super::uri::Spellings;

/// Where answers, requests and notifications to the client go, and where the writer takes them from.
pub(super) struct Outlet {
    bodies: Queue<Vec<u8>>,
    spellings: Arc<Spellings>,
}

impl Outlet {
    /// An outlet with room for `limit` bytes.
    pub(super) fn new(limit: usize, spellings: Arc<Spellings>) -> Self {
        let bodies = Queue::new(limit);
        Self { bodies, spellings }
    }

    /// Sends an answer.
    pub(super) fn answer(&self, mut response: Response) {
        if self.spellings.exist() {
            let (id, mut body) = response.into_parts();
            if let Ok(result) = &mut body {
                self.spellings.restore(result);
            }
            response = Response::from_parts(id, body);
        }
        self.push(to_body(&response));
    }

    /// Sends a request or a notification of the server.
    pub(super) fn send(&self, request: Request) {
        self.push(self.body_of(request));
    }

    /// The body of a request or a notification of the server; `None` if it can't be written as JSON.
    pub(super) fn body_of(&self, mut request: Request) -> Option<Vec<u8>> {
        if self.spellings.exist() {
            let (method, id, mut params) = request.into_parts();
            if let Some(params) = &mut params {
                self.spellings.restore(params);
            }
            request = message::request(method, id, params);
        }
        to_body(&request)
    }

    fn push(&self, body: Option<Vec<u8>>) {
        if let Some(body) = body {
            let length = body.len();
            self.bodies.push(body, length);
        }
    }

    /// Whether there is room for more.
    pub(super) fn has_room(&self) -> bool {
        self.bodies.has_room()
    }

    /// Wakes the task `waker` belongs to when there may be room again.
    pub(super) fn register(&self, waker: &Waker) {
        self.bodies.register(waker);
    }

    /// Takes the oldest body, if there is one.
    pub(super) fn try_pop(&self) -> Popped<Vec<u8>> {
        self.bodies.try_pop()
    }

    /// Waits until there is something to take, or until the outlet is woken as a [`Waker`].
    pub(super) fn wait(&self) {
        self.bodies.wait();
    }

    /// Says that nothing more will be sent.
    pub(super) fn close(&self) {
        self.bodies.close();
    }
}

/// Wakes the writer.
impl Wake for Outlet {
    fn wake(self: Arc<Self>) {
        self.bodies.wake();
    }
}

fn to_body(message: &impl Serialize) -> Option<Vec<u8>> {
    serde_json::to_vec(message)
        .inspect_err(|error| tracing::error!(%error, "a message could not be written as JSON"))
        .ok()
}
