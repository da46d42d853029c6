//! Which rules run, and how severe their findings are.
//!
//! Three sources have a say: the settings file nearest to a Go file, the client's configuration in an editor, and the
//! command line. Each is a [`SettingsLayer`]; [`SettingsSources`] knows them and answers for a directory.

mod file;
mod layer;
mod sources;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use deferlint_rules::{Category, RULES, Rule, Severity, rule};
use thiserror::Error;

pub use file::{SETTINGS_FILE, SettingsProblem, parse_settings};
pub use layer::SettingsLayer;
pub use sources::SettingsSources;

/// What a user has chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Settings {
    /// What runs instead of the default set.
    pub select: Option<Vec<Selector>>,
    /// What doesn't run although it is selected.
    pub ignore: Vec<Selector>,
    /// For a rule by its name: `None` switches it off, a severity switches it on with that severity.
    pub severity: BTreeMap<&'static str, Option<Severity>>,
    /// Report findings in generated files, too.
    pub generated: bool,
}

impl Settings {
    /// True when the rule runs.
    pub fn is_enabled(&self, rule: &Rule) -> bool {
        let selected = match (self.severity.get(rule.name), &self.select) {
            (Some(severity), _) => severity.is_some(),
            (None, None) => rule.is_default,
            (None, Some(selectors)) => selectors.iter().any(|selector| selector.matches(rule)),
        };
        selected && !self.is_ignored(rule)
    }

    fn is_ignored(&self, rule: &Rule) -> bool {
        self.ignore.iter().any(|selector| selector.matches(rule))
    }

    /// The rules that run, in the catalogue's order.
    pub fn enabled_rules(&self) -> Vec<&'static Rule> {
        RULES
            .iter()
            .copied()
            .filter(|rule| self.is_enabled(rule))
            .collect()
    }

    /// True when the user selected the rule, by whatever selector, or gave it a severity.
    pub fn selects(&self, rule: &Rule) -> bool {
        let selected = self
            .select
            .iter()
            .flatten()
            .any(|selector| selector.matches(rule));
        selected || matches!(self.severity.get(rule.name), Some(Some(_)))
    }

    /// True when the user named this very rule, rather than its category or everything.
    pub fn names(&self, rule: &Rule) -> bool {
        let selected = self
            .select
            .iter()
            .flatten()
            .any(|selector| *selector == Selector::Rule(rule.name));
        selected || matches!(self.severity.get(rule.name), Some(Some(_)))
    }

    /// The severity of a finding: the user's for its rule, or the finding's own.
    pub fn severity_of(&self, rule: &Rule, own: Severity) -> Severity {
        self.severity.get(rule.name).copied().flatten().unwrap_or(own)
    }
}

/// A rule, a category, or everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Selector {
    /// `all`
    All,
    /// A category by its name.
    Category(Category),
    /// A rule by its name.
    Rule(&'static str),
}

impl Selector {
    /// True when the selector covers the rule.
    pub fn matches(self, rule: &Rule) -> bool {
        match self {
            Self::All => true,
            Self::Category(category) => rule.category == category,
            Self::Rule(name) => rule.name == name,
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => formatter.write_str("all"),
            Self::Category(category) => category.fmt(formatter),
            Self::Rule(name) => formatter.write_str(name),
        }
    }
}

/// A selector that names nothing.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("unknown rule or category `{name}`{}", nearest.map(|nearest| format!(": did you mean `{nearest}`?")).unwrap_or_default())]
pub struct UnknownSelector {
    /// What was given.
    pub name: String,
    /// The name most like it, when one is like it at all.
    pub nearest: Option<&'static str>,
}

impl FromStr for Selector {
    type Err = UnknownSelector;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "all" {
            return Ok(Self::All);
        }
        if let Some(category) = Category::ALL.into_iter().find(|category| category.name() == text) {
            return Ok(Self::Category(category));
        }
        match rule(text) {
            Some(rule) => Ok(Self::Rule(rule.name)),
            None => Err(UnknownSelector {
                name: text.to_owned(),
                nearest: nearest_name(text),
            }),
        }
    }
}

/// The rule or category whose name is most like `text`.
pub fn nearest_name(text: &str) -> Option<&'static str> {
    let names = RULES
        .iter()
        .map(|rule| rule.name)
        .chain(Category::ALL.map(Category::name));
    names
        .map(|name| (strsim::jaro_winkler(name, text), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, name)| name)
}
