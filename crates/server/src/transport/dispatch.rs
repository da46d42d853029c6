//! Hands messages to the handlers in the order of their arrival, and their answers to the client.

use std::sync::Arc;
use std::task::{Context, Poll};

use futures::stream::FuturesUnordered;
use futures::{SinkExt as _, StreamExt as _};
use tower_lsp::jsonrpc::{Request, Response};
use tower_lsp::{ClientSocket, LanguageServer};

use super::handlers::{Finished, Handlers, Running, Started};
use super::inbox::{Arrival, Inbox};
use super::message::Message;
use super::outlet::Outlet;
use super::queue::Popped;
use super::reader::Destination;

/// The dispatch task: the only one that polls running handlers, and that starts those which the reader hasn't.
///
/// - While the outlet has no room, because the client doesn't read, nothing is taken, polled or sent.
/// - Messages behind an `initialize` that waits are left where they are, until no more will come.
pub(super) struct Dispatcher<S> {
    handlers: Arc<Handlers<S>>,
    socket: ClientSocket,
    inbox: Arc<Inbox>,
    outlet: Arc<Outlet>,
    running: FuturesUnordered<Running>,
    /// The last turn took something from the inbox; the next one asks the running handlers first.
    took_arrival: bool,
}

/// What the dispatch task does next.
enum Turn {
    Arrival(Arrival),
    Finished(Finished),
    /// A request or notification to the client.
    Outgoing(Request),
    /// The input has ended and every handler has finished.
    End,
}

impl<S: LanguageServer> Dispatcher<S> {
    /// The task that takes what the reader leaves in the inbox of its destination.
    pub(super) fn new(socket: ClientSocket, destination: &Destination<S>) -> Self {
        Self {
            handlers: Arc::clone(&destination.handlers),
            socket,
            inbox: Arc::clone(&destination.inbox),
            outlet: Arc::clone(&destination.outlet),
            running: FuturesUnordered::new(),
            took_arrival: false,
        }
    }

    /// Runs until `exit`, or until the input has ended and every handler has finished.
    pub(super) async fn run(mut self) {
        loop {
            match std::future::poll_fn(|context| self.poll_turn(context)).await {
                Turn::Arrival(Arrival::Message(message)) => {
                    let is_exit = is_exit(&message);
                    self.handle(message);
                    self.inbox.handled();
                    if is_exit {
                        return;
                    }
                }
                Turn::Arrival(Arrival::Running(running)) => self.running.push(running),
                Turn::Finished(finished) => self.answer(self.handlers.finish(finished)),
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
        let prefers_running = std::mem::take(&mut self.took_arrival);
        if prefers_running && let Poll::Ready(Some(finished)) = self.running.poll_next_unpin(context) {
            return Poll::Ready(Turn::Finished(finished));
        }
        let mut input_has_ended = false;
        if !self.handlers.is_initializing() || self.inbox.is_closed() {
            match self.inbox.try_pop() {
                Popped::Message(arrival) => {
                    self.took_arrival = true;
                    return Poll::Ready(Turn::Arrival(arrival));
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

    fn handle(&mut self, message: Message) {
        match message {
            Message::Refused(response) => self.outlet.answer(response),
            // The service has exited if this fails, and nobody waits any more.
            Message::Response(response) => drop(self.socket.start_send_unpin(response)),
            Message::Request(request) => match self.handlers.start(request) {
                Started::Finished(answer) => self.answer(answer),
                Started::Running(running) => self.running.push(running),
            },
        }
    }

    fn answer(&self, answer: Option<Response>) {
        if let Some(response) = answer {
            self.outlet.answer(response);
        }
    }
}

fn is_exit(message: &Message) -> bool {
    matches!(message, Message::Request(request) if request.method() == "exit")
}

/// The closed outlet tells the writer that all has been said, also if the task itself fails.
impl<S> Drop for Dispatcher<S> {
    fn drop(&mut self) {
        self.outlet.close();
    }
}
