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
    source: Option<Source>,
}

/// What the summary of a function is made from.
#[derive(Clone, Debug)]
struct Source {
    text: Arc<dyn SummarySource>,
    declaration: ByteRange,
    mentions_recover: bool,
}

impl LazySummary {
    /// The summary of the function that a text declares at this place; `mentions_recover` when the word `recover` stands in
    /// it.
    pub fn later(text: Arc<dyn SummarySource>, declaration: ByteRange, mentions_recover: bool) -> Self {
        Self {
            made: OnceLock::new(),
            source: Some(Source {
                text,
                declaration,
                mentions_recover,
            }),
        }
    }

    /// The summary. `None` when the function has no Go body or its body has a syntax error.
    pub fn get(&self) -> Option<&Summary> {
        let make = || {
            let source = self.source.as_ref()?;
            source.text.summary(source.declaration).map(Box::new)
        };
        self.made.get_or_init(make).as_deref()
    }

    /// True when deferring the function certainly doesn't stop a panic, whatever the names mean that it was summarised
    /// with. It isn't summarised to say so when the word `recover` doesn't stand in it.
    pub fn certainly_recovers_not(&self) -> bool {
        let mentions_recover = self.source.as_ref().is_none_or(|source| source.mentions_recover);
        !mentions_recover
            || self.get().is_some_and(|summary| {
                summary.recovery.recovers.is_no() && !summary.assumes.iter().any(|name| name == "recover")
            })
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
