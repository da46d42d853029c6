//! What the reader leaves to the dispatch task.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Waker;
use std::time::Duration;

use super::handlers::Running;
use super::message::Message;
use super::queue::{Popped, Queue};

/// What arrives at the dispatch task.
pub(super) enum Arrival {
    /// A message to be handled.
    Message(Message),
    /// A handler that the reader has started and that waits for something.
    Running(Running),
}

/// The queue between the reader and the dispatch task.
pub(super) struct Inbox {
    arrivals: Queue<Arrival>,
    /// How many messages are in the queue, or have been taken from it and aren't handled yet.
    unhandled: AtomicUsize,
}

impl Inbox {
    /// An inbox with room for `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            arrivals: Queue::new(limit),
            unhandled: AtomicUsize::new(0),
        }
    }

    /// Appends a message whose body has this many bytes, whether there is room or not.
    pub(super) fn push(&self, message: Message, bytes: usize) {
        self.unhandled.fetch_add(1, Ordering::Relaxed);
        self.arrivals.push(Arrival::Message(message), bytes);
    }

    /// Hands a running handler over.
    pub(super) fn hand_over(&self, running: Running) {
        self.arrivals.push(Arrival::Running(running), 0);
    }

    /// Notes that a message which was taken is handled: what comes later may be.
    pub(super) fn handled(&self) {
        self.unhandled.fetch_sub(1, Ordering::Release);
    }

    /// Whether every message that was pushed is handled. Only for whoever pushes: others may be told too late.
    pub(super) fn all_handled(&self) -> bool {
        self.unhandled.load(Ordering::Acquire) == 0
    }

    /// Waits for room, `patience` at most; `false` if there is still none.
    pub(super) fn wait_for_room(&self, patience: Duration) -> bool {
        self.arrivals.wait_for_room(patience)
    }

    /// Takes what came first, if there is anything.
    pub(super) fn try_pop(&self) -> Popped<Arrival> {
        self.arrivals.try_pop()
    }

    /// Wakes the task `waker` belongs to when something arrives.
    pub(super) fn register(&self, waker: &Waker) {
        self.arrivals.register(waker);
    }

    /// Lets nothing more in.
    pub(super) fn close(&self) {
        self.arrivals.close();
    }

    /// Whether nothing more will arrive.
    pub(super) fn is_closed(&self) -> bool {
        self.arrivals.is_closed()
    }
}
