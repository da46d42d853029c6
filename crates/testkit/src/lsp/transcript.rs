//! The record of a connection.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many bytes of a message are shown.
const SHOWN_BYTES: usize = 2_000;

/// Who said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaker {
    Client,
    Server,
    /// The server's standard error.
    Log,
}

/// What was said on a connection; clones share one record.
#[derive(Clone)]
pub(super) struct Transcript {
    start: Instant,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    entries: Mutex<Vec<Entry>>,
    /// Wakes whoever waits for an entry.
    added: Condvar,
}

struct Entry {
    milliseconds: u128,
    speaker: Speaker,
    text: String,
}

impl Default for Transcript {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            shared: Arc::default(),
        }
    }
}

impl Transcript {
    /// Writes down what `speaker` said.
    pub(super) fn record(&self, speaker: Speaker, bytes: &[u8]) {
        let mut text = String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN_BYTES)]).into_owned();
        if bytes.len() > SHOWN_BYTES {
            // Writing to a string can't fail.
            let _ = write!(text, "… ({} bytes)", bytes.len());
        }
        let entry = Entry {
            milliseconds: self.start.elapsed().as_millis(),
            speaker,
            text,
        };
        self.entries().push(entry);
        self.shared.added.notify_all();
    }

    /// Waits for a line of the standard error that contains `text`; `false` if none comes.
    pub(super) fn wait_for_log(&self, text: &str, patience: Duration) -> bool {
        let is_wanted = |entry: &Entry| entry.speaker == Speaker::Log && entry.text.contains(text);
        let is_missing = |entries: &mut Vec<Entry>| !entries.iter().any(is_wanted);
        let waited = self
            .shared
            .added
            .wait_timeout_while(self.entries(), patience, is_missing);
        let (_entries, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        !timeout.timed_out()
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.shared.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("messages, times in milliseconds:\n")?;
        for entry in self.entries().iter() {
            let arrow = match entry.speaker {
                Speaker::Client => "-->",
                Speaker::Server => "<--",
                Speaker::Log => "log",
            };
            writeln!(
                formatter,
                "{:>6} {arrow} {}",
                entry.milliseconds,
                entry.text.trim_end()
            )?;
        }
        Ok(())
    }
}
