//! Packages that were asked for before anybody had read them.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashSet;

/// The directories of these packages, from the first question until their facts come.
#[derive(Debug, Default)]
pub(super) struct Unread(Mutex<Directories>);

#[derive(Debug, Default)]
struct Directories {
    asked: FxHashSet<PathBuf>,
    /// Those of them that nobody has taken.
    wanted: Vec<PathBuf>,
}

impl Unread {
    /// Asks for a directory, if nobody has.
    pub(super) fn ask(&self, directory: &Path) {
        let mut directories = self.directories();
        if directories.asked.insert(directory.to_owned()) {
            directories.wanted.push(directory.to_owned());
        }
    }

    /// Takes those that were asked for since the last time.
    pub(super) fn take(&self) -> Vec<PathBuf> {
        std::mem::take(&mut self.directories().wanted)
    }

    /// Notes that the facts of a directory have come.
    pub(super) fn remove(&self, directory: &Path) {
        self.directories().asked.remove(directory);
    }

    /// True when the facts of the directory are to come.
    pub(super) fn holds(&self, directory: &Path) -> bool {
        self.directories().asked.contains(directory)
    }

    /// True when no facts are to come.
    pub(super) fn is_empty(&self) -> bool {
        self.directories().asked.is_empty()
    }

    fn directories(&self) -> MutexGuard<'_, Directories> {
        // Every change is whole after one operation.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
