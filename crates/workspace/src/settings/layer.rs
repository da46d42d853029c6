//! What one source of settings says, and how sources are put on top of each other.

use std::collections::BTreeMap;

use deferlint_rules::{RULES, Severity};

use super::{Selector, Settings};

/// What one source says: a settings file, the client's configuration, or the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsLayer {
    /// What runs instead of the default set.
    pub select: Option<Vec<Selector>>,
    /// What doesn't run although it is selected.
    pub ignore: Vec<Selector>,
    /// For a rule by its name: `None` switches it off, a severity switches it on with that severity.
    pub rules: BTreeMap<&'static str, Option<Severity>>,
    /// Whether findings in generated files are reported.
    pub generated: Option<bool>,
}

impl Settings {
    /// The settings that layers make, the most general one first. A selection makes an end of what the layers below
    /// have switched on or off; everything else adds to them.
    pub fn layered<'a>(layers: impl IntoIterator<Item = &'a SettingsLayer>) -> Self {
        layers.into_iter().fold(Self::default(), Self::under)
    }

    /// These settings under one more layer.
    fn under(mut self, layer: &SettingsLayer) -> Self {
        if let Some(selectors) = &layer.select {
            let is_selected = |name: &str| {
                let rule = RULES.iter().find(|rule| rule.name == name);
                rule.is_some_and(|rule| selectors.iter().any(|selector| selector.matches(rule)))
            };
            self.severity
                .retain(|name, severity| severity.is_some() && is_selected(name));
            self.ignore.clear();
            self.select = Some(selectors.clone());
        }
        for (name, severity) in &layer.rules {
            if severity.is_some() {
                self.no_longer_ignore(name);
            }
            self.severity.insert(name, *severity);
        }
        self.ignore.extend(&layer.ignore);
        self.generated = layer.generated.unwrap_or(self.generated);
        self
    }

    /// Ignores the other rules of whatever selector covers this one.
    fn no_longer_ignore(&mut self, name: &str) {
        let ignored = RULES
            .iter()
            .filter(|rule| self.is_ignored(rule) && rule.name != name);
        self.ignore = ignored.map(|rule| Selector::Rule(rule.name)).collect();
    }
}

#[cfg(test)]
mod tests {
    use deferlint_rules::rule;

    use super::*;

    fn layer(
        select: Option<&str>,
        ignore: &[&str],
        rules: &[(&'static str, Option<Severity>)],
    ) -> SettingsLayer {
        let selector = |name: &str| name.parse().expect("a rule or category");
        SettingsLayer {
            select: select.map(|names| names.split_whitespace().map(selector).collect()),
            ignore: ignore.iter().map(|name| selector(name)).collect(),
            rules: rules.iter().copied().collect(),
            generated: None,
        }
    }

    #[track_caller]
    fn check(layers: &[SettingsLayer], on: &[&str], off: &[&str]) {
        let settings = Settings::layered(layers);
        for (names, expected) in [(on, true), (off, false)] {
            for name in names {
                let rule = rule(name).expect("a rule");
                assert_eq!(settings.is_enabled(rule), expected, "{name}");
            }
        }
    }

    #[test]
    fn a_selection_replaces_what_is_below() {
        let file = layer(Some("maps"), &["returned-map-cleared"], &[("defer-lock", None)]);
        let line = layer(Some("defer returned-map-cleared"), &[], &[]);
        check(
            &[file],
            &["map-returned-directly"],
            &["returned-map-cleared", "defer-lock"],
        );
        let file = layer(
            Some("maps"),
            &["returned-map-cleared"],
            &[("defer-lock", None), ("panic-nil", Some(Severity::Error))],
        );
        check(
            &[file, line],
            &["returned-map-cleared", "defer-lock"],
            &["map-returned-directly", "panic-nil"],
        );
    }

    #[test]
    fn a_severity_switches_on_and_off() {
        let file = layer(None, &["defer"], &[("panic-nil", None)]);
        let client = layer(
            None,
            &[],
            &[
                ("defer-lock", Some(Severity::Hint)),
                ("panic-nil", Some(Severity::Info)),
            ],
        );
        check(
            std::slice::from_ref(&file),
            &[],
            &["defer-lock", "defer-in-loop", "panic-nil"],
        );
        check(&[file, client], &["defer-lock", "panic-nil"], &["defer-in-loop"]);
        check(
            &[layer(Some("maps"), &[], &[("defer-lock", Some(Severity::Hint))])],
            &["defer-lock", "map-returned-directly"],
            &["defer-in-loop"],
        );
    }

    #[test]
    fn what_is_ignored_adds_up() {
        let layers = [
            layer(None, &["defer-lock"], &[]),
            layer(None, &["panic-nil"], &[]),
        ];
        check(&layers, &["defer-in-loop"], &["defer-lock", "panic-nil"]);
    }
}
