//! What a rule is: its name, where it belongs, how severe it is, and the function that checks a declaration.

use std::fmt;
use std::str::FromStr;

use deferlint_semantics::context::Context;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Findings, rule};

/// One rule: one file, one page, one line in the registry.
pub struct Rule {
    /// The name; it names the pattern, so that it reads after "allow".
    pub name: &'static str,
    /// Which part of the catalogue it belongs to.
    pub category: Category,
    /// The severity of most of its findings.
    pub severity: Severity,
    /// True when the rule runs without being selected.
    pub is_default: bool,
    /// Whether its findings come with fixes.
    pub fix: FixAvailability,
    /// The page in Markdown: prose for users, and the rule's test.
    pub page: &'static str,
    /// Reports what the rule finds in one declaration with all its function literals.
    pub check: fn(&Context<'_>, &mut Findings<'_>),
}

impl Rule {
    /// The first paragraph of the page: what the rule is about, in a sentence or two of plain Markdown.
    pub fn summary(&self) -> &'static str {
        let mut paragraphs = self.page.split("\n\n").map(str::trim);
        paragraphs
            .find(|paragraph| !paragraph.is_empty() && !paragraph.starts_with('#'))
            .unwrap_or_default()
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Rule {}

/// A rule is known by its name.
impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.name.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for &'static Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        rule(&name).ok_or_else(|| de::Error::custom(format_args!("there is no rule {name}")))
    }
}

/// A part of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// What the caller gets.
    Results,
    /// Maps handed back or written.
    Maps,
    /// Calls of `recover`, and what happens after them.
    Recover,
    /// Defer statements.
    Defer,
    /// Goroutines.
    Goroutines,
}

impl Category {
    /// Every category, in the catalogue's order.
    pub const ALL: [Self; 5] = [
        Self::Results,
        Self::Maps,
        Self::Recover,
        Self::Defer,
        Self::Goroutines,
    ];

    /// The name that selects the category.
    pub fn name(self) -> &'static str {
        match self {
            Self::Results => "results",
            Self::Maps => "maps",
            Self::Recover => "recover",
            Self::Defer => "defer",
            Self::Goroutines => "goroutines",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// A refactoring offered, not a complaint.
    Hint,
    /// Worth knowing.
    Info,
    /// A bug in most places.
    Warning,
    /// Wrong whenever the line is reached.
    Error,
}

impl Severity {
    /// Every severity, from the least to the most severe.
    pub const ALL: [Self; 4] = [Self::Hint, Self::Info, Self::Warning, Self::Error];

    /// The name in output and settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.name() == text)
            .ok_or_else(|| format!("unknown severity `{text}`: expected hint, info, warning or error"))
    }
}

/// Whether a rule's findings come with fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixAvailability {
    /// Every finding has at least one fix.
    Always,
    /// Some findings have a fix: the page says when not.
    Sometimes,
    /// The message says what to do.
    None,
}
