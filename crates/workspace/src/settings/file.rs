//! The settings file.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use deferlint_rules::{Severity, rule};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::regular_file::read_description;

use super::{Selector, SettingsLayer, UnknownSelector, nearest_name};

/// The name of the settings file. The nearest one counts: in the directory of a Go file, or above it.
pub const SETTINGS_FILE: &str = ".deferlint.toml";

/// The keys of the settings file.
const KEYS: [&str; 4] = ["select", "ignore", "generated", "rules"];

/// Something in a settings file that can't be understood.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SettingsProblem {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1; 0 when the file couldn't be read.
    pub line: u32,
    /// The column, from 1, in bytes.
    pub column: u32,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for SettingsProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:", self.path.display())?;
        if self.line > 0 {
            write!(formatter, "{}:{}:", self.line, self.column)?;
        }
        write!(formatter, " {}", self.message)
    }
}

/// Reads a settings file. What can't be understood is left out and said.
pub(super) fn read_file(path: &Path) -> (SettingsLayer, Vec<SettingsProblem>) {
    match read_description(path) {
        Ok(text) => parse_settings(path, &text),
        Err(error) => {
            let problem = SettingsProblem {
                path: path.to_owned(),
                line: 0,
                column: 0,
                message: error.to_string(),
            };
            (SettingsLayer::default(), vec![problem])
        }
    }
}

/// Reads the text of the settings file `path`. What can't be understood is left out and said.
pub fn parse_settings(path: &Path, text: &str) -> (SettingsLayer, Vec<SettingsProblem>) {
    let mut reader = Reader {
        path,
        text,
        layer: SettingsLayer::default(),
        problems: Vec::new(),
    };
    match DeTable::parse(text) {
        Ok(table) => reader.table(table.get_ref()),
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            reader.complain(at, error.message().to_owned());
        }
    }
    (reader.layer, reader.problems)
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    layer: SettingsLayer,
    problems: Vec<SettingsProblem>,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            match &**key.get_ref() {
                "select" => {
                    let selectors = self.selectors(value);
                    // A list of which nothing was understood doesn't mean that no rule should run.
                    if !selectors.is_empty()
                        || value.get_ref().as_array().is_some_and(|names| names.is_empty())
                    {
                        self.layer.select = Some(selectors);
                    }
                }
                "ignore" => self.layer.ignore = self.selectors(value),
                "generated" => match value.get_ref().as_bool() {
                    Some(generated) => self.layer.generated = Some(generated),
                    None => self.expected(value, "true or false"),
                },
                "rules" => self.rules(value),
                unknown => {
                    let nearest = KEYS
                        .into_iter()
                        .max_by(|left, right| {
                            let likeness = |key| strsim::jaro_winkler(key, unknown);
                            likeness(left).total_cmp(&likeness(right))
                        })
                        .unwrap_or_default();
                    let message = format!("unknown key `{unknown}`: did you mean `{nearest}`?");
                    self.complain(key.span().start, message);
                }
            }
        }
    }

    fn selectors(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<Selector> {
        let Some(names) = value.get_ref().as_array() else {
            self.expected(value, "a list of rules and categories");
            return Vec::new();
        };
        let mut selectors = Vec::new();
        for name in names {
            match name.get_ref().as_str().map(Selector::from_str) {
                Some(Ok(selector)) => selectors.push(selector),
                Some(Err(unknown)) => self.complain(name.span().start, unknown.to_string()),
                None => self.expected(name, "the name of a rule or a category"),
            }
        }
        selectors
    }

    fn rules(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(rules) = value.get_ref().as_table() else {
            self.expected(value, "a table of rules and severities");
            return;
        };
        for (name, severity) in rules {
            let Some(rule) = rule(name.get_ref()) else {
                let unknown = UnknownSelector {
                    name: name.get_ref().to_string(),
                    nearest: nearest_name(name.get_ref()),
                };
                self.complain(name.span().start, unknown.to_string());
                continue;
            };
            let level = match severity.get_ref().as_str() {
                Some("off") => None,
                Some(text) => match Severity::from_str(text) {
                    Ok(severity) => Some(severity),
                    Err(error) => {
                        self.complain(severity.span().start, format!("{error}, or off"));
                        continue;
                    }
                },
                None => {
                    self.expected(severity, "a severity or \"off\"");
                    continue;
                }
            };
            self.layer.rules.insert(rule.name, level);
        }
    }

    fn expected(&mut self, value: &Spanned<DeValue<'_>>, expected: &str) {
        self.complain(value.span().start, format!("expected {expected}"));
    }

    fn complain(&mut self, at: usize, message: String) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        self.problems.push(SettingsProblem {
            path: self.path.to_owned(),
            line: 1 + before.matches('\n').count() as u32,
            column: 1 + (before.len() - line_start) as u32,
            message,
        });
    }
}

#[cfg(test)]
mod tests {
    use deferlint_rules::Category;

    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let (_, problems) = parse_settings(Path::new("p"), text);
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_key() {
        let text = "select = [\"results\", \"defer-lock\"]\nignore = ['maps']\ngenerated = true\n\n[rules]\ndefer-in-loop = \"warning\"\npanic-nil = \"off\"\n";
        let (layer, problems) = parse_settings(Path::new("p"), text);
        assert_eq!(problems, []);
        let selected = vec![
            Selector::Category(Category::Results),
            Selector::Rule("defer-lock"),
        ];
        assert_eq!(layer.select, Some(selected));
        assert_eq!(layer.ignore, [Selector::Category(Category::Maps)]);
        assert_eq!(layer.generated, Some(true));
        assert_eq!(layer.rules["defer-in-loop"], Some(Severity::Warning));
        assert_eq!(layer.rules["panic-nil"], None);
        assert_eq!(parse_settings(Path::new("p"), "").0, SettingsLayer::default());
        assert_eq!(parse_settings(Path::new("p"), "select = 1\n").0.select, None);
        assert_eq!(
            parse_settings(Path::new("p"), "select = []\n").0.select,
            Some(Vec::new())
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        assert_eq!(
            problems("selct = []\n"),
            ["p:1:1: unknown key `selct`: did you mean `select`?"]
        );
        let found = problems("ignore = [\n  \"defer-lok\",\n]\n");
        assert_eq!(
            found,
            ["p:2:3: unknown rule or category `defer-lok`: did you mean `defer-lock`?"]
        );
        let found = problems("[rules]\ndefer-lock = \"fatal\"\nno-such = \"off\"\npanic-nil = 3\n");
        assert_eq!(found.len(), 3, "{found:#?}");
        assert!(found[0].starts_with("p:2:14: "), "{found:#?}");
        assert!(
            found.contains(&"p:4:13: expected a severity or \"off\"".to_owned()),
            "{found:#?}"
        );
        assert_eq!(
            problems("generated = \"yes\"\n"),
            ["p:1:13: expected true or false"]
        );
        assert!(problems("select = [\n\n")[0].starts_with("p:"));
    }
}
