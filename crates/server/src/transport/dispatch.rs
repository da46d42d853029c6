//! Hands messages to the handlers in the order of their arrival, and their answers to the client.

use std::sync::Arc;
use std::task::{Context, Poll};

use futures::{SinkExt as _, StreamExt as _};
use tower_lsp::jsonrpc::{Request, Response};
use tower_lsp::{ClientSocket, LanguageServer};

use super::handlers::Handlers;
use super::message::Message;
use super::outlet::Outlet;
use super::queue::{Popped, Queue};

/// The dispatch task: the only one that starts handlers and polls them.
///
/// - While the outlet has no room, because the client doesn't read, nothing is taken, polled or sent.
/// - Messages behind an `initialize` that waits are left where they are, until no more will come.
pub(super) struct Dispatcher<S> {
    handlers: Handlers<S>,
    socket: ClientSocket,
    inbox: Arc<Queue<Message>>,
    outlet: Arc<Outlet>,
    /// The last turn took a message; the next one asks the running handlers first.
    took_message: bool,
}

/// What the dispatch task does next.
enum Turn {
    Message(Message),
    /// A handler has finished, with this answer.
    Finished(Option<Response>),
    /// A request or notification to the client.
    Outgoing(Request),
    /// The input has ended and every handler has finished.
    End,
}

impl<S: LanguageServer> Dispatcher<S> {
    /// The task that takes messages from the inbox.
    pub(super) fn new(
        handlers: Handlers<S>,
        socket: ClientSocket,
        inbox: Arc<Queue<Message>>,
        outlet: Arc<Outlet>,
    ) -> Self {
        Self {
            handlers,
            socket,
            inbox,
            outlet,
            took_message: false,
        }
    }

    /// Runs until `exit`, or until the input has ended and every handler has finished.
    pub(super) async fn run(mut self) {
        loop {
            match std::future::poll_fn(|context| self.poll_turn(context)).await {
                Turn::Message(Message::Refused(response)) => self.outlet.answer(response),
                // The service has exited if this fails, and nobody waits any more.
                Turn::Message(Message::Response(response)) => drop(self.socket.start_send_unpin(response)),
                Turn::Message(Message::Request(request)) => {
                    let is_exit = request.method() == "exit";
                    let answer = self.handlers.start(request);
                    self.answer(answer);
                    if is_exit {
                        return;
                    }
                }
                Turn::Finished(answer) => self.answer(answer),
                Turn::Outgoing(request) => self.outlet.send(request),
                Turn::End => return,
            }
        }
    }

    fn poll_turn(&mut self, context: &mut Context<'_>) -> Poll<Turn> {
        self.inbox.register(context.waker());
        self.outlet.register(context.waker());
        if !self.outlet.has_room() {
            return Poll::Pending;
        }
        let prefers_running = std::mem::take(&mut self.took_message);
        if prefers_running && let Poll::Ready(answer) = self.handlers.poll_finished(context) {
            return Poll::Ready(Turn::Finished(answer));
        }
        let mut input_has_ended = false;
        if !self.handlers.is_initializing() || self.inbox.is_closed() {
            match self.inbox.try_pop() {
                Popped::Message(message) => {
                    self.took_message = true;
                    return Poll::Ready(Turn::Message(message));
                }
                Popped::Empty => {}
                Popped::Closed => input_has_ended = true,
            }
        }
        if let Poll::Ready(answer) = self.handlers.poll_finished(context) {
            return Poll::Ready(Turn::Finished(answer));
        }
        if let Poll::Ready(Some(request)) = self.socket.poll_next_unpin(context) {
            return Poll::Ready(Turn::Outgoing(request));
        }
        if input_has_ended && self.handlers.is_idle() {
            return Poll::Ready(Turn::End);
        }
        Poll::Pending
    }

    fn answer(&self, answer: Option<Response>) {
        if let Some(response) = answer {
            self.outlet.answer(response);
        }
    }
}

/// The closed outlet tells the writer that all has been said, also if the task itself fails.
impl<S> Drop for Dispatcher<S> {
    fn drop(&mut self) {
        self.outlet.close();
    }
}
