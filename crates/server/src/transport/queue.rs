//! The queues between the threads of the transport.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use futures::task::AtomicWaker;

/// What a message weighs besides the bytes of its body, so that many small ones count as well.
const MESSAGE_WEIGHT: usize = 256;

/// A first-in-first-out queue between a thread, which may wait, and a task, which must not.
///
/// The queue has room while its messages weigh less than its limit. Whoever pushes asks for room first, so the
/// limit is exceeded by one message at most, and a message larger than the limit still passes.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    /// Wakes the thread at the one end.
    changed: Condvar,
    /// Wakes the task at the other end.
    task: AtomicWaker,
    limit: usize,
}

struct State<T> {
    messages: VecDeque<(T, usize)>,
    weight: usize,
    is_closed: bool,
    /// [`Queue::wake`] was called and nobody has waited since.
    is_woken: bool,
}

/// The outcome of looking for a message without waiting.
pub(super) enum Popped<T> {
    /// The oldest message.
    Message(T),
    /// There is none yet.
    Empty,
    /// There is none and there will be none.
    Closed,
}

impl<T> Queue<T> {
    /// An open, empty queue for `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        let state = State {
            messages: VecDeque::new(),
            weight: 0,
            is_closed: false,
            is_woken: false,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
            task: AtomicWaker::new(),
            limit,
        }
    }

    /// Appends a message of `bytes` bytes, whether there is room or not. A closed queue drops it.
    pub(super) fn push(&self, message: T, bytes: usize) {
        let mut state = self.lock();
        if !state.is_closed {
            let weight = bytes + MESSAGE_WEIGHT;
            state.weight += weight;
            state.messages.push_back((message, weight));
        }
        drop(state);
        self.notify();
    }

    /// Waits for room, `patience` at most; `false` if there is still none.
    pub(super) fn wait_for_room(&self, patience: Duration) -> bool {
        let is_full = |state: &mut State<T>| state.weight >= self.limit;
        let waited = self.changed.wait_timeout_while(self.lock(), patience, is_full);
        let (_state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        !timeout.timed_out()
    }

    /// Whether the messages weigh less than the limit.
    pub(super) fn has_room(&self) -> bool {
        self.lock().weight < self.limit
    }

    /// Takes the oldest message, if there is one.
    pub(super) fn try_pop(&self) -> Popped<T> {
        let state = self.lock();
        let is_closed = state.is_closed;
        match self.take_oldest(state) {
            Some(message) => Popped::Message(message),
            None if is_closed => Popped::Closed,
            None => Popped::Empty,
        }
    }

    /// Waits until there is a message, the queue is closed, or [`Queue::wake`] was called since the last time.
    pub(super) fn wait(&self) {
        let is_quiet =
            |state: &mut State<T>| state.messages.is_empty() && !state.is_closed && !state.is_woken;
        let waited = self.changed.wait_while(self.lock(), is_quiet);
        waited.unwrap_or_else(PoisonError::into_inner).is_woken = false;
    }

    /// Ends the waiting of the thread that takes messages, which has something else to do.
    pub(super) fn wake(&self) {
        self.lock().is_woken = true;
        self.changed.notify_one();
    }

    /// Lets no more messages in; those inside can still be taken.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.notify();
    }

    /// Whether [`Queue::close`] has been called.
    pub(super) fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    /// Wakes the task `waker` belongs to at the next change.
    pub(super) fn register(&self, waker: &Waker) {
        self.task.register(waker);
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the oldest message, and tells the pushing side if that has made room.
    fn take_oldest(&self, mut state: MutexGuard<'_, State<T>>) -> Option<T> {
        let (message, weight) = state.messages.pop_front()?;
        let was_full = state.weight >= self.limit;
        state.weight -= weight;
        let makes_room = was_full && state.weight < self.limit;
        drop(state);
        if makes_room {
            self.notify();
        }
        Some(message)
    }

    fn notify(&self) {
        self.changed.notify_one();
        self.task.wake();
    }
}
