//! The client's configuration.
//!
//! It comes as `initializationOptions`, as the answer to `workspace/configuration` and with
//! `workspace/didChangeConfiguration`, each time as this object or with it under the key `deferlint`:
//!
//! ```json
//! {
//!   "select": ["results", "defer-in-loop"],
//!   "ignore": ["map-returned-directly"],
//!   "rules": {"defer-in-loop": "warning", "recover-not-deferred": "off"},
//!   "generated": false,
//!   "configPath": "~/deferlint.toml",
//!   "run": "onType"
//! }
//! ```
//!
//! It counts more than the settings file that is nearest to a document, or that `configPath` names for all documents.
//! A key of the workspace's configuration counts instead of the same key of the `initializationOptions`. A value that
//! can't be understood is reported and left out; the others count.

use std::path::PathBuf;
use std::str::FromStr;

use deferlint_rules::{Severity, rule};
use deferlint_workspace::{Selector, SettingsLayer, UnknownSelector, nearest_name};
use serde_json::{Map, Value};

use crate::convert::SOURCE;

/// When findings are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Run {
    /// While the text changes.
    #[default]
    OnType,
    /// When a document is opened and when it is saved.
    OnSave,
}

/// What the client's user has configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Configuration {
    /// Which rules run, and how severe they are.
    pub(crate) settings: SettingsLayer,
    /// The settings file for all documents.
    pub(crate) file: Option<PathBuf>,
    /// When findings are shown.
    pub(crate) run: Run,
}

impl Configuration {
    /// Reads the sources, a later one before an earlier one, and says what couldn't be understood.
    pub(crate) fn read(sources: &[&Value]) -> (Self, Vec<String>) {
        let mut merged = Map::new();
        let mut complaints = Vec::new();
        for source in sources {
            match section(source) {
                Value::Null => {}
                Value::Object(entries) => {
                    let given = entries.iter().filter(|(_, value)| !value.is_null());
                    merged.extend(given.map(|(key, value)| (key.clone(), value.clone())));
                }
                other if is_empty_table(other) => {}
                other => complaints.push(format!("the configuration is {other} instead of an object")),
            }
        }
        let mut reader = Reader {
            configuration: Self::default(),
            complaints,
        };
        for (key, value) in &merged {
            reader.read(key, value);
        }
        (reader.configuration, reader.complaints)
    }
}

/// The object itself, or what it has under the name of this server.
fn section(source: &Value) -> &Value {
    source.get(SOURCE).unwrap_or(source)
}

/// True for what a client whose settings are Lua makes of an object without entries.
fn is_empty_table(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}

/// A path as a user writes it: `~/` stands for the home directory.
fn expanded(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

#[derive(Debug)]
struct Reader {
    configuration: Configuration,
    complaints: Vec<String>,
}

impl Reader {
    /// Reads one key. Unknown keys are the editor's own: `trace`, `enable`, the path of the server.
    fn read(&mut self, key: &str, value: &Value) {
        match key {
            "select" => {
                let selectors = self.selectors(key, value);
                // A list of which nothing was understood doesn't mean that no rule should run.
                if !selectors.is_empty() || is_empty_table(value) {
                    self.configuration.settings.select = Some(selectors);
                }
            }
            "ignore" => self.configuration.settings.ignore = self.selectors(key, value),
            "rules" => self.rules(value),
            "generated" => match value.as_bool() {
                Some(generated) => self.configuration.settings.generated = Some(generated),
                None => self.complain(key, value, "true or false"),
            },
            "configPath" => match value.as_str() {
                Some("") => {}
                Some(path) => self.configuration.file = Some(expanded(path)),
                None => self.complain(key, value, "the path of a settings file"),
            },
            "run" => match value.as_str() {
                Some("onType") => self.configuration.run = Run::OnType,
                Some("onSave") => self.configuration.run = Run::OnSave,
                _ => self.complain(key, value, "\"onType\" or \"onSave\""),
            },
            _ => {}
        }
    }

    fn selectors(&mut self, key: &str, value: &Value) -> Vec<Selector> {
        let Some(names) = value.as_array() else {
            self.complain(key, value, "a list of rules and categories");
            return Vec::new();
        };
        let mut selectors = Vec::new();
        for name in names {
            match name.as_str().map(Selector::from_str) {
                Some(Ok(selector)) => selectors.push(selector),
                Some(Err(unknown)) => self.complaints.push(format!("deferlint.{key}: {unknown}")),
                None => self.complain(key, name, "the name of a rule or a category"),
            }
        }
        selectors
    }

    fn rules(&mut self, value: &Value) {
        if is_empty_table(value) {
            return;
        }
        let Some(rules) = value.as_object() else {
            self.complain("rules", value, "an object of rules and severities");
            return;
        };
        for (name, severity) in rules {
            let Some(rule) = rule(name) else {
                let unknown = UnknownSelector {
                    name: name.clone(),
                    nearest: nearest_name(name),
                };
                self.complaints.push(format!("deferlint.rules: {unknown}"));
                continue;
            };
            let severity = match severity.as_str() {
                Some("off") => None,
                Some(other) => match Severity::from_str(other) {
                    Ok(severity) => Some(severity),
                    Err(error) => {
                        self.complaints
                            .push(format!("deferlint.rules.{name}: {error}, or off"));
                        continue;
                    }
                },
                None => {
                    self.complain(&format!("rules.{name}"), severity, "a severity or \"off\"");
                    continue;
                }
            };
            self.configuration.settings.rules.insert(rule.name, severity);
        }
    }

    fn complain(&mut self, key: &str, value: &Value, expected: &str) {
        self.complaints
            .push(format!("deferlint.{key} is {value}: expected {expected}"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_selection_that_is_not_understood_does_not_count() {
        for wrong in [json!(1), json!({}), json!(["no-such-rule-at-all", 1])] {
            let (configuration, complaints) = Configuration::read(&[&json!({"select": wrong})]);
            assert_eq!(configuration.settings.select, None);
            assert!(!complaints.is_empty());
        }
        let (configuration, _) = Configuration::read(&[&json!({"select": []})]);
        assert_eq!(configuration.settings.select, Some(Vec::new()));
    }

    #[test]
    fn a_later_source_counts_key_by_key() {
        let first = json!({"deferlint": {"run": "onSave", "generated": true, "ignore": ["maps"]}});
        let second = json!({"run": "onType", "ignore": null, "trace": {"server": "off"}});
        let (configuration, complaints) = Configuration::read(&[&first, &second]);
        assert_eq!(configuration.run, Run::OnType);
        assert_eq!(configuration.settings.generated, Some(true));
        assert_eq!(configuration.settings.ignore.len(), 1);
        assert_eq!(complaints, Vec::<String>::new());
        assert_eq!(Configuration::read(&[&Value::Null]).0, Configuration::default());
    }

    #[test]
    fn what_is_wrong_is_said_and_the_rest_counts() {
        let source = json!({
            "select": ["results", "resulst", 7],
            "rules": {"no-such-rule-at-all": "off"},
            "generated": "yes",
            "run": "always",
            "configPath": true,
        });
        let (configuration, complaints) = Configuration::read(&[&source]);
        assert_eq!(
            configuration.settings.select.map(|selected| selected.len()),
            Some(1)
        );
        assert_eq!(configuration.run, Run::OnType);
        assert_eq!(complaints.len(), 6, "{complaints:#?}");
        assert!(
            complaints
                .iter()
                .any(|text| text.contains("did you mean `results`?"))
        );
        assert_eq!(Configuration::read(&[&json!(["results"])]).1.len(), 1);
    }

    #[test]
    fn an_empty_table_of_lua_is_an_empty_object() {
        for source in [json!([]), json!({"deferlint": []}), json!({"rules": []})] {
            let expected = (Configuration::default(), Vec::new());
            assert_eq!(Configuration::read(&[&source]), expected, "{source}");
        }
    }
}
