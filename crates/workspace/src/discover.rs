//! Finds Go files the way a Go developer expects.
//!
//! A directory means itself and everything below it, and so does `dir/...`; `./...` is the pattern Go's own commands
//! take. Ignored files (`.gitignore`, `.ignore`, git's excludes), `vendor/` and `testdata/`, and directories whose name
//! starts with `_` or `.` are passed over, unless the user names them. A file the user names is always taken.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};
use thiserror::Error;

/// What a search found.
#[derive(Debug, Default)]
pub struct Discovery {
    /// The Go files, sorted, each once.
    pub files: Vec<PathBuf>,
    /// What couldn't be read on the way; the rest was searched all the same.
    pub errors: Vec<PathError>,
}

/// Something that couldn't be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{}: {message}", path.display())]
pub struct PathError {
    /// What couldn't be read.
    pub path: PathBuf,
    /// Why.
    pub message: String,
}

/// A path of the command line that names nothing.
#[derive(Debug, Error)]
pub enum ArgumentError {
    /// There is no such file or directory.
    #[error("{}", path.display())]
    Unreadable {
        /// The argument, without `/...`.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file isn't one of Go's.
    #[error("{}: not a Go file", path.display())]
    NotGo {
        /// The argument.
        path: PathBuf,
    },
}

/// Which files a search takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiscoveryOptions {
    /// Take `_test.go` files.
    pub tests: bool,
}

impl Default for DiscoveryOptions {
    fn default() -> Self {
        Self { tests: true }
    }
}

/// Finds the Go files that the arguments name.
///
/// # Errors
/// An argument that names nothing, or a file that isn't Go.
pub fn discover(arguments: &[PathBuf], options: DiscoveryOptions) -> Result<Discovery, ArgumentError> {
    let mut files = BTreeSet::new();
    let mut discovery = Discovery::default();
    for argument in arguments {
        let path = without_dots(argument);
        let metadata = std::fs::metadata(&path).map_err(|source| ArgumentError::Unreadable {
            path: path.clone(),
            source,
        })?;
        if metadata.is_dir() {
            walk(&path, options, &mut files, &mut discovery.errors);
        } else if is_go_file(&path) {
            files.insert(path);
        } else {
            return Err(ArgumentError::NotGo { path });
        }
    }
    discovery.files = files.into_iter().collect();
    Ok(discovery)
}

/// `dir/...` and `dir` mean the same; `...` alone is the current directory.
fn without_dots(argument: &Path) -> PathBuf {
    if argument.file_name() != Some(OsStr::new("...")) {
        return argument.to_owned();
    }
    match argument.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn walk(root: &Path, options: DiscoveryOptions, files: &mut BTreeSet<PathBuf>, errors: &mut Vec<PathError>) {
    let walker = WalkBuilder::new(root)
        .follow_links(false)
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.depth() == 0 || !is_passed_over(entry))
        .build();
    for entry in walker {
        match entry {
            Ok(entry) => {
                if is_wanted(entry.path(), options) && is_file(&entry) {
                    files.insert(tidy(entry.path()));
                }
            }
            Err(error) => errors.push(path_error(root, &error)),
        }
    }
}

/// `./x` is shown and compared as `x`.
fn tidy(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_owned()
}

fn is_passed_over(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let is_directory = entry.file_type().is_some_and(|kind| kind.is_dir());
    name.starts_with('_')
        || name.starts_with('.')
        || (is_directory && (name == "vendor" || name == "testdata"))
}

/// A regular file, also behind a symbolic link, as `go build` has it; links to directories aren't followed.
fn is_file(entry: &DirEntry) -> bool {
    match entry.file_type() {
        Some(kind) if kind.is_symlink() => entry.path().is_file(),
        Some(kind) => kind.is_file(),
        None => false,
    }
}

fn is_wanted(path: &Path, options: DiscoveryOptions) -> bool {
    is_go_file(path) && (options.tests || !is_test_file(path))
}

/// True for a name that ends in `.go`.
pub fn is_go_file(path: &Path) -> bool {
    path.extension() == Some(OsStr::new("go"))
}

/// True for a name that ends in `_test.go`.
pub fn is_test_file(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().ends_with("_test.go"))
}

fn path_error(root: &Path, error: &ignore::Error) -> PathError {
    PathError {
        path: failing_path(error).unwrap_or(root).to_owned(),
        message: innermost(error).to_string(),
    }
}

fn failing_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => failing_path(err),
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

fn innermost(error: &ignore::Error) -> &ignore::Error {
    match error {
        ignore::Error::WithPath { err, .. }
        | ignore::Error::WithDepth { err, .. }
        | ignore::Error::WithLineNumber { err, .. } => innermost(err),
        other => other,
    }
}
