//! What is kept for as long as checks ask for it.

use std::sync::atomic::{AtomicBool, Ordering};

/// Something that remembers whether anybody has asked for it.
#[derive(Debug)]
pub(super) struct Asked<T> {
    value: T,
    was_asked: AtomicBool,
}

impl<T: Clone> Asked<T> {
    /// Something that is being asked for.
    pub(super) fn new(value: T) -> Self {
        Self {
            value,
            was_asked: AtomicBool::new(true),
        }
    }

    /// Asks for it.
    pub(super) fn get(&self) -> T {
        self.was_asked.store(true, Ordering::Relaxed);
        self.value.clone()
    }

    /// True when anybody has asked for it since this was asked the last time.
    pub(super) fn take_asked(&mut self) -> bool {
        std::mem::take(self.was_asked.get_mut())
    }
}
