//! Which module a directory belongs to, and which Go version that module asks for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dashmap::DashMap;
use deferlint_semantics::Name;
use deferlint_semantics::context::GoVersion;

/// A Go module, as far as its `go.mod` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// The directory of its `go.mod`.
    pub root: PathBuf,
    /// The module path; empty when the file doesn't say.
    pub path: Name,
    /// The version of its `go` line.
    pub go_version: Option<GoVersion>,
}

impl Module {
    /// The import path of a directory of the module.
    pub fn package_path(&self, directory: &Path) -> Name {
        let below = directory.strip_prefix(&self.root).unwrap_or(Path::new(""));
        let mut path = self.path.to_string();
        for component in below.components() {
            path.push('/');
            path.push_str(&component.as_os_str().to_string_lossy());
        }
        Name::from(path)
    }
}

/// Finds modules, reading each directory's `go.mod` once.
#[derive(Debug, Default)]
pub struct Modules {
    by_directory: DashMap<PathBuf, Option<Arc<Module>>>,
}

impl Modules {
    /// The module of a directory: that of the nearest `go.mod` in it or above it.
    pub fn of(&self, directory: &Path) -> Option<Arc<Module>> {
        if let Some(known) = self.by_directory.get(directory) {
            return known.clone();
        }
        let absolute = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
        let module = absolute.ancestors().find_map(read).map(Arc::new);
        self.by_directory.insert(directory.to_owned(), module.clone());
        module
    }

    /// Forgets what was read, because a `go.mod` changed.
    pub fn forget(&self) {
        self.by_directory.clear();
    }
}

fn read(directory: &Path) -> Option<Module> {
    let text = std::fs::read_to_string(directory.join("go.mod")).ok()?;
    let (path, go_version) = parse(&text);
    Some(Module {
        root: directory.to_owned(),
        path,
        go_version,
    })
}

/// Reads the `module` and `go` lines (Go modules reference, "go.mod files"). Anything else, and anything broken, is
/// passed over: an unknown version only makes rules quieter.
fn parse(text: &str) -> (Name, Option<GoVersion>) {
    let mut path = Name::default();
    let mut go_version = None;
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default().trim();
        let mut words = line.split_whitespace();
        match (words.next(), words.next()) {
            (Some("module"), Some(word)) => path = Name::new(word.trim_matches(['"', '`'])),
            (Some("go"), Some(word)) => go_version = word.parse().ok(),
            _ => {}
        }
    }
    (path, go_version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, path: &str, go_version: Option<&str>) {
        let version = go_version.map(|version| version.parse::<GoVersion>().expect("a version"));
        assert_eq!(parse(text), (Name::new(path), version), "{text}");
    }

    #[test]
    fn reads_the_module_and_go_lines() {
        check("module example.com/x\n\ngo 1.24\n", "example.com/x", Some("1.24"));
        check(
            "module \"example.com/x\" // a comment\r\ngo 1.21.3\r\n",
            "example.com/x",
            Some("1.21.3"),
        );
        check("// go 1.1\nmodule x\n", "x", None);
        check("go banana\n", "", None);
    }

    #[test]
    fn names_packages_by_their_directory() {
        let module = Module {
            root: "/a".into(),
            path: "example.com/x".into(),
            go_version: None,
        };
        assert_eq!(module.package_path(Path::new("/a/b/c")), "example.com/x/b/c");
        assert_eq!(module.package_path(Path::new("/a")), "example.com/x");
    }
}
