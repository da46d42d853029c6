//! A summary that is made when it is first asked for: most functions are never asked.

use std::fmt::Debug;
use std::sync::{Arc, OnceLock};

use deferlint_text::ByteRange;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Summary;

/// A text from which the summaries of the functions that it declares can be made.
pub trait SummarySource: Debug + Send + Sync {
    /// The summary of the function declared at a place of the text; `None` when it has no body, when there is an error in
    /// it, or when the text is gone.
    fn summary(&self, declaration: ByteRange) -> Option<Summary>;
}

/// The summary of a function, known or to be made.
#[derive(Clone, Debug, Default)]
pub struct LazySummary {
    made: OnceLock<Option<Box<Summary>>>,
    /// Where it is made from; without a source it is known, or there is none.
    source: Option<(Arc<dyn SummarySource>, ByteRange)>,
}

impl LazySummary {
    /// The summary of the function that a text declares at this place.
    pub fn later(source: Arc<dyn SummarySource>, declaration: ByteRange) -> Self {
        Self {
            made: OnceLock::new(),
            source: Some((source, declaration)),
        }
    }

    /// The summary. `None` when the function has no Go body or its body has a syntax error.
    pub fn get(&self) -> Option<&Summary> {
        let make = || {
            let (source, declaration) = self.source.as_ref()?;
            source.summary(*declaration).map(Box::new)
        };
        self.made.get_or_init(make).as_deref()
    }

    /// The summary after a change, unless it is still to be made: a source makes it as it must be.
    pub(crate) fn changed(&self, change: impl FnOnce(Summary) -> Option<Summary>) -> Self {
        match self.source {
            Some(_) => self.clone(),
            None => Self::from(self.get().cloned().and_then(change)),
        }
    }
}

impl From<Option<Summary>> for LazySummary {
    fn from(summary: Option<Summary>) -> Self {
        Self {
            made: OnceLock::from(summary.map(Box::new)),
            source: None,
        }
    }
}

impl PartialEq for LazySummary {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for LazySummary {}

impl Serialize for LazySummary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.get().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for LazySummary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}
