//! Reads `go.mod` and `go.work` (Go modules reference, "go.mod files" and "go.work files").
//!
//! Only what decides where packages lie is read. Anything else, and anything broken, is passed over: what isn't known
//! makes rules quieter.

use deferlint_semantics::Name;
use deferlint_semantics::context::GoVersion;

/// The language version of a module whose `go.mod` has no `go` line.
const VERSION_WITHOUT_GO_LINE: GoVersion = GoVersion::new(1, 16);

/// What a `go.mod` or a `go.work` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ModuleFile {
    /// The module path; empty when the file doesn't say.
    pub(crate) path: Name,
    /// The language version; `None` when the `go` line can't be read.
    pub(crate) go_version: Option<GoVersion>,
    /// The paths and versions of the modules that it requires.
    pub(crate) requires: Vec<(Name, Name)>,
    /// The replacements.
    pub(crate) replaces: Vec<Replacement>,
    /// The directories of a workspace's modules, as they are written.
    pub(crate) uses: Vec<String>,
}

/// A `replace` directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replacement {
    /// The path of the module that is replaced.
    pub(crate) path: Name,
    /// The version that is replaced; `None` for every version.
    pub(crate) version: Option<Name>,
    /// The directory as it is written, or the path of another module.
    pub(crate) by: String,
    /// The version of that other module; `None` for a directory.
    pub(crate) by_version: Option<Name>,
}

impl ModuleFile {
    pub(crate) fn parse(text: &str) -> Self {
        let mut file = Self {
            go_version: Some(VERSION_WITHOUT_GO_LINE),
            ..Self::default()
        };
        let mut block = String::new();
        for line in text.lines() {
            let mut words = words(line);
            match words.first().map(String::as_str) {
                None => continue,
                Some(")") => {
                    block.clear();
                    continue;
                }
                Some(_) if !block.is_empty() => words.insert(0, block.clone()),
                Some(_) if words.get(1).is_some_and(|word| word == "(") => {
                    block = words.swap_remove(0);
                    continue;
                }
                Some(_) => {}
            }
            file.directive(&words);
        }
        file
    }

    fn directive(&mut self, words: &[String]) {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        match words[..] {
            ["module", path, ..] => self.path = path.into(),
            ["go", version, ..] => self.go_version = version.parse().ok(),
            ["require", path, version, ..] => self.requires.push((path.into(), version.into())),
            ["use", directory, ..] => self.uses.push(directory.to_owned()),
            ["replace", path, "=>", by, ref by_version @ ..] => {
                self.replace(path, None, by, by_version.first());
            }
            ["replace", path, version, "=>", by, ref by_version @ ..] => {
                self.replace(path, Some(version.into()), by, by_version.first());
            }
            _ => {}
        }
    }

    fn replace(&mut self, path: &str, version: Option<Name>, by: &str, by_version: Option<&&str>) {
        self.replaces.push(Replacement {
            path: path.into(),
            version,
            by: by.to_owned(),
            by_version: by_version.copied().map(Name::new),
        });
    }
}

/// The words of a line, without its comment. A word may be quoted with `"` or a backtick.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() && !rest.starts_with("//") {
        let quote = rest.chars().next().filter(|first| matches!(first, '"' | '`'));
        let (word, after) = if let Some(quote) = quote {
            rest[1..].split_once(quote).unwrap_or((&rest[1..], ""))
        } else if rest.starts_with(['(', ')']) {
            rest.split_at(1)
        } else {
            let is_end = |character: char| character.is_whitespace() || matches!(character, '(' | ')');
            let end = rest.find(is_end).unwrap_or(rest.len());
            rest.split_at(rest.find("//").map_or(end, |comment| comment.min(end)))
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, path: &str, go_version: Option<&str>) {
        let version = go_version.map(|version| version.parse::<GoVersion>().expect("a version"));
        let file = ModuleFile::parse(text);
        assert_eq!((file.path.as_str(), file.go_version), (path, version), "{text}");
    }

    #[test]
    fn reads_the_module_and_go_lines() {
        check("module example.com/x\n\ngo 1.24\n", "example.com/x", Some("1.24"));
        check(
            "module \"example.com/x\" // a comment\r\ngo 1.21.3\r\n",
            "example.com/x",
            Some("1.21.3"),
        );
        check(
            "module `example.com/x`//c\ngo 1.22 // indirect\n",
            "example.com/x",
            Some("1.22"),
        );
        check("module (\n\texample.com/x\n)\n", "example.com/x", Some("1.16"));
        check("// go 1.1\nmodule x\n", "x", Some("1.16"));
        check("go banana\n", "", None);
        check("module\ngo\nrequire\nreplace x =>\n)\n(\n\"", "", Some("1.16"));
    }

    #[test]
    fn reads_requirements() {
        let file = ModuleFile::parse(
            "require a.b/c v1.2.3\nrequire (\n\ta.b/d v0.0.1 // indirect\n\t// a comment\n\n\t\"a.b/e\" v2.0.0+incompatible\n)\nexclude a.b/f v1.0.0\n",
        );
        let expected = [
            ("a.b/c", "v1.2.3"),
            ("a.b/d", "v0.0.1"),
            ("a.b/e", "v2.0.0+incompatible"),
        ];
        assert_eq!(
            file.requires,
            expected.map(|(path, version)| (path.into(), version.into()))
        );
    }

    #[test]
    fn reads_replacements_and_uses() {
        let file = ModuleFile::parse(
            "use ./a\nuse (\n\t../b\n\t.\n)\nreplace (\n\tx.y/z => ../z\n\tx.y/w v1.0.0 => x.y/v v1.1.0\n)\nreplace x.y/u => \"./a dir\"\n",
        );
        assert_eq!(file.uses, ["./a", "../b", "."]);
        let replacement =
            |path: &str, version: Option<&str>, by: &str, by_version: Option<&str>| Replacement {
                path: path.into(),
                version: version.map(Name::new),
                by: by.to_owned(),
                by_version: by_version.map(Name::new),
            };
        assert_eq!(
            file.replaces,
            [
                replacement("x.y/z", None, "../z", None),
                replacement("x.y/w", Some("v1.0.0"), "x.y/v", Some("v1.1.0")),
                replacement("x.y/u", None, "./a dir", None),
            ]
        );
    }
}
