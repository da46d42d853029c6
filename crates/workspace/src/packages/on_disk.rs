//! What is known of the files of a directory on disk.

use std::sync::{Arc, OnceLock};

use crate::directory::DirectoryFacts;
use crate::packed_facts::PackedFacts;

/// What is known of the files of a directory. By default nothing is, yet.
#[derive(Debug, Default)]
pub(super) struct OnDisk {
    facts: OnceLock<DirectoryFacts>,
    /// What the facts are unpacked from.
    packed: Option<Arc<PackedFacts>>,
    is_complete: bool,
}

impl OnDisk {
    /// These facts; `is_complete` when they are those of all files, and not only of those that others import.
    pub(super) fn unpacked(facts: DirectoryFacts, is_complete: bool) -> Self {
        Self {
            facts: OnceLock::from(facts),
            packed: None,
            is_complete,
        }
    }

    /// The same with facts that are unpacked when they are first asked for.
    pub(super) fn packed(facts: Arc<PackedFacts>, is_complete: bool) -> Self {
        Self {
            facts: OnceLock::new(),
            packed: Some(facts),
            is_complete,
        }
    }

    /// True when all files are known, and not only those that others import.
    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// True when the facts are known.
    pub(super) fn has_facts(&self) -> bool {
        self.packed.is_some() || self.facts.get().is_some()
    }

    /// The facts, as far as they are known.
    pub(super) fn facts(&self) -> Option<&DirectoryFacts> {
        match &self.packed {
            Some(packed) => Some(self.facts.get_or_init(|| packed.unpack())),
            None => self.facts.get(),
        }
    }

    /// Has the facts read when they aren't known. Whoever else wants to read them meanwhile waits.
    pub(super) fn read_unless_known(&self, read: impl FnOnce() -> DirectoryFacts) {
        if self.packed.is_none() {
            self.facts.get_or_init(read);
        }
    }

    /// The same with nothing unpacked that can be unpacked again.
    pub(super) fn packed_again(known: Arc<Self>) -> Arc<Self> {
        match &known.packed {
            Some(packed) if known.facts.get().is_some() => {
                Arc::new(Self::packed(Arc::clone(packed), known.is_complete))
            }
            _ => known,
        }
    }
}
