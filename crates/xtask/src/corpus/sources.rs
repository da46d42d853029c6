//! The source trees that rules are measured on.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Result, ensure};
use deferlint_semantics::header::Header;
use deferlint_syntax::{Parser, errors};
use deferlint_text::Document;
use deferlint_workspace::{DiscoveryOptions, discover};
use rayon::prelude::*;

use crate::toolchain::goroot;

/// The name of the Go source tree.
pub(crate) const GO: &str = "go";

/// The other source trees: the name, the Debian package that holds it, and where the package puts it.
const DEBIAN: [(&str, &str, &str); 3] = [
    (
        "gvisor",
        "golang-gvisor-gvisor-dev",
        "/usr/share/gocode/src/gvisor.dev/gvisor",
    ),
    (
        "influxdb",
        "golang-github-influxdb-influxdb-dev",
        "/usr/share/gocode/src/github.com/influxdata/influxdb",
    ),
    (
        "victoriametrics",
        "golang-github-victoriametrics-victoriametrics-dev",
        "/usr/share/gocode/src/github.com/VictoriaMetrics/VictoriaMetrics",
    ),
];

/// Where the source trees are.
#[derive(clap::Args)]
pub(crate) struct SourceArguments {
    /// Go's own tree, whose `src` is measured [default: what `go env GOROOT` says, of $GO or of the go on the path]
    #[arg(long)]
    pub(crate) goroot: Option<PathBuf>,
    /// Takes a source tree from elsewhere: gvisor, influxdb, victoriametrics, or one of another name. The three come by
    /// default from Debian's packages golang-gvisor-gvisor-dev, golang-github-influxdb-influxdb-dev and
    /// golang-github-victoriametrics-victoriametrics-dev, in /usr/share/gocode/src.
    #[arg(long = "root", value_name = "NAME=PATH")]
    roots: Vec<NamedRoot>,
    /// Measures only the source trees of these names.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
}

/// A source tree of the command line.
#[derive(Clone)]
struct NamedRoot {
    name: String,
    path: PathBuf,
}

impl FromStr for NamedRoot {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = text
            .split_once('=')
            .ok_or_else(|| "expected NAME=PATH".to_owned())?;
        Ok(Self {
            name: name.to_owned(),
            path: path.into(),
        })
    }
}

/// A source tree: its Go files that people wrote.
pub(crate) struct Source {
    /// What triage entries call it.
    pub(crate) name: String,
    /// Its top directory.
    pub(crate) root: PathBuf,
    /// The files, sorted.
    pub(crate) files: Vec<PathBuf>,
    /// How many lines they have.
    pub(crate) lines: u32,
}

impl Source {
    /// A file's path below the top directory, with `/`.
    pub(crate) fn relative(&self, path: &Path) -> String {
        let relative = path.strip_prefix(&self.root).unwrap_or(path);
        relative.to_string_lossy().replace('\\', "/")
    }
}

/// Finds the source trees that the arguments ask for, with their tests or without.
///
/// # Errors
/// A tree that isn't there.
pub(crate) fn sources(arguments: &SourceArguments, options: DiscoveryOptions) -> Result<Vec<Source>> {
    let mut roots = vec![(GO.to_owned(), None, "Go's own source")];
    for (name, package, path) in DEBIAN {
        roots.push((name.to_owned(), Some(PathBuf::from(path)), package));
    }
    for root in &arguments.roots {
        match roots.iter_mut().find(|(name, ..)| *name == root.name) {
            Some(known) => known.1 = Some(root.path.clone()),
            None => roots.push((root.name.clone(), Some(root.path.clone()), "the command line")),
        }
    }
    let is_wanted = |name: &String| arguments.only.is_empty() || arguments.only.contains(name);
    let mut sources = Vec::new();
    for (name, path, origin) in roots.into_iter().filter(|(name, ..)| is_wanted(name)) {
        let root = match path {
            Some(path) => path,
            None => goroot(arguments.goroot.as_deref())?.join("src"),
        };
        ensure!(
            root.is_dir(),
            "{}: the source tree `{name}` isn't there (it comes from {origin})",
            root.display()
        );
        sources.push(read(name, root, options)?);
    }
    ensure!(
        !sources.is_empty(),
        "no source tree is called {:?}",
        arguments.only
    );
    Ok(sources)
}

fn read(name: String, root: PathBuf, options: DiscoveryOptions) -> Result<Source> {
    let found = discover(std::slice::from_ref(&root), options)?;
    let counted: Vec<_> = found
        .files
        .into_par_iter()
        .filter_map(|path| {
            // What isn't UTF-8 isn't checked either.
            let text = std::fs::read_to_string(&path).ok()?;
            let is_generated = header(&text)?.generated;
            let lines = u32::try_from(text.lines().count()).ok()?;
            (!is_generated).then_some((path, lines))
        })
        .collect();
    let lines = counted.iter().map(|(_, lines)| lines).sum();
    let files = counted.into_iter().map(|(path, _)| path).collect();
    Ok(Source {
        name,
        root,
        files,
        lines,
    })
}

/// The head of a file. The lines up to the package clause are enough to know it, unless a comment there holds a line that
/// looks like one.
fn header(text: &str) -> Option<Header> {
    let mut parser = Parser::new();
    let mut parse = |text: &str| {
        let document = Document::new(text).ok()?;
        let tree = parser.parse(text);
        let header = Header::of(&tree, &document);
        Some((header, errors(&tree).is_empty()))
    };
    let clause = text
        .split_inclusive('\n')
        .scan(0, |offset, line| {
            *offset += line.len();
            Some((line, *offset))
        })
        .find(|(line, _)| line.starts_with("package "));
    let head = clause.map_or(text, |(_, end)| &text[..end]);
    parse(head)
        .filter(|(header, is_sound)| *is_sound && header.package_clause.is_some())
        .or_else(|| parse(text))
        .map(|(header, _)| header)
}

#[cfg(test)]
mod tests {
    use super::header;

    #[test]
    fn a_comment_may_hold_a_line_like_a_package_clause() {
        let text = "// Code generated by hand. DO NOT EDIT.\n\n/*\npackage b is another one\n*/\npackage a\n";
        assert!(header(text).is_some_and(|header| header.generated && header.package == "a"));
    }

    #[test]
    fn what_stands_below_the_package_clause_says_nothing() {
        let text = "package a\n\n// Code generated by hand. DO NOT EDIT.\n";
        assert!(header(text).is_some_and(|header| !header.generated));
    }
}
