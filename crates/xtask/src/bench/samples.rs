//! Times of one thing, taken many times.

use std::time::Duration;

/// Times of one thing.
#[derive(Default)]
pub(super) struct Samples(Vec<Duration>);

impl Samples {
    /// Adds a time.
    pub(super) fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The time that half of them don't exceed; zero without any.
    pub(super) fn median(&self) -> Duration {
        self.percentile(50)
    }

    /// The time that so many of a hundred don't exceed; zero without any.
    pub(super) fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let index = sorted.len() * percent / 100;
        let last = sorted.len().saturating_sub(1);
        sorted.get(index.min(last)).copied().unwrap_or_default()
    }
}
