//! The table of all measures.

use std::fmt;
use std::time::Duration;

/// A time or a size.
#[derive(Clone, Copy)]
pub(super) enum Quantity {
    /// A time.
    Time(Duration),
    /// A size, in bytes.
    Bytes(u64),
}

impl Quantity {
    /// What two quantities of one kind are compared by.
    fn magnitude(self) -> f64 {
        match self {
            Self::Time(time) => time.as_secs_f64(),
            Self::Bytes(bytes) => megabytes(bytes),
        }
    }
}

impl From<Duration> for Quantity {
    fn from(time: Duration) -> Self {
        Self::Time(time)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Time(time) if time < Duration::from_millis(1) => {
                write!(formatter, "{:.0} µs", time.as_secs_f64() * 1e6)
            }
            Self::Time(time) if time < Duration::from_secs(1) => {
                write!(formatter, "{:.2} ms", time.as_secs_f64() * 1e3)
            }
            Self::Time(time) => write!(formatter, "{:.2} s", time.as_secs_f64()),
            Self::Bytes(bytes) => write!(formatter, "{:.1} MB", megabytes(bytes)),
        }
    }
}

/// A size that no machine's memory is too small for, in millions of bytes.
fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1000).unwrap_or(u32::MAX)) / 1e3
}

/// The table, which is printed row by row as Markdown.
#[derive(Default)]
pub(super) struct Table {
    has_head: bool,
}

impl Table {
    /// Prints a row: what was measured, what it is held against, and the largest ratio of the two that is wanted.
    pub(super) fn row(
        &mut self,
        measure: &str,
        ours: impl Into<Quantity>,
        against: &str,
        theirs: impl Into<Quantity>,
        goal: f64,
    ) {
        if !self.has_head {
            println!("| measure | | against | | ratio | goal | reached |");
            println!("|---|---:|---|---:|---:|---:|---|");
            self.has_head = true;
        }
        let (ours, theirs) = (ours.into(), theirs.into());
        let ratio = ours.magnitude() / theirs.magnitude();
        let reached = if ratio <= goal { "yes" } else { "no" };
        println!("| {measure} | {ours} | {against} | {theirs} | {ratio:.2} | {goal} | {reached} |");
    }
}
