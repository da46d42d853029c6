//! The facts of the Go files of one directory, and which of them form the package that others import.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deferlint_semantics::Name;
use deferlint_semantics::facts::FileFacts;
use deferlint_semantics::header::build_constraint;
use xxhash_rust::xxh3::Xxh3;

use crate::PathError;
use crate::build_constraints::BuildTarget;
use crate::discover::{is_go_file, is_test_file};
use crate::disk_cache::{ContentHash, DiskCache, content_hash};
use crate::file_text::TextOrigin;
use crate::outlined_file::OutlineReader;
use crate::regular_file;

/// The largest file that is read, in bytes.
pub const MAX_FILE_LENGTH: u64 = 64 << 20;

/// The facts of the Go files of one directory, by path.
#[derive(Clone, Debug, Default)]
pub struct DirectoryFacts(pub BTreeMap<PathBuf, Arc<FileFacts>>);

impl DirectoryFacts {
    /// Reads every Go file of the directory. What can't be read is left out: it makes rules quieter, never wrong.
    pub fn read(directory: &Path, cache: Option<&DiskCache>) -> Self {
        Self(read_files(directory, cache, facts_of_file))
    }

    /// Reads the Go files of the directory that form the package that others import; those of other builds aren't even
    /// parsed.
    pub fn read_importable(directory: &Path, target: &BuildTarget, cache: Option<&DiskCache>) -> Self {
        Self::read_importable_with_contents(directory, target, cache).0
    }

    /// The same, with what was read.
    pub(crate) fn read_importable_with_contents(
        directory: &Path,
        target: &BuildTarget,
        cache: Option<&DiskCache>,
    ) -> (Self, Contents) {
        let (facts, contents) = read_importable_files(directory, target, cache, facts_of_file);
        (Self(facts), contents)
    }

    /// The files that form the package that others import.
    pub fn importable_files(&self, target: &BuildTarget) -> Self {
        let files = self
            .0
            .iter()
            .filter(|(path, facts)| is_importable(path, facts, target));
        Self(
            files
                .map(|(path, facts)| (path.clone(), Arc::clone(facts)))
                .collect(),
        )
    }

    /// The name and the files of the package that others import from the directory, in the order of their paths: no
    /// tests, and nothing that doesn't belong to the build. Of several packages the one with the most files counts.
    pub fn importable(&self, target: &BuildTarget) -> Option<(Name, Vec<Arc<FileFacts>>)> {
        let mut packages: Vec<(Name, Vec<Arc<FileFacts>>)> = Vec::new();
        for (path, facts) in &self.0 {
            if !is_importable(path, facts, target) {
                continue;
            }
            match packages.iter_mut().find(|(name, _)| *name == facts.package) {
                Some((_, files)) => files.push(Arc::clone(facts)),
                None => packages.push((facts.package.clone(), vec![Arc::clone(facts)])),
            }
        }
        packages.into_iter().rev().max_by_key(|(_, files)| files.len())
    }
}

/// What the Go files of a directory hold, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Contents(BTreeMap<OsString, ContentHash>);

impl Contents {
    /// Reads the Go files of a directory. What can't be read is left out.
    pub(crate) fn read(directory: &Path) -> Self {
        let mut contents = Self::default();
        for path in go_files(directory) {
            if let Ok(text) = read_text(&path) {
                contents.insert(&path, content_hash(&text));
            }
        }
        contents
    }

    /// Adds a file.
    pub(crate) fn insert(&mut self, path: &Path, hash: ContentHash) {
        self.0
            .insert(path.file_name().unwrap_or_default().to_owned(), hash);
    }

    /// True when the file holds the text with this hash.
    pub(crate) fn hold(&self, path: &Path, hash: ContentHash) -> bool {
        path.file_name().and_then(|name| self.0.get(name)) == Some(&hash)
    }

    /// The hash of what others import may depend on.
    pub(crate) fn hash_for_importers(&self, target: &BuildTarget) -> u128 {
        let is_importable = |name: &OsString| {
            let path = Path::new(name);
            !is_test_file(path) && is_built_by_name(path, target)
        };
        let mut hasher = Xxh3::new();
        for (name, hash) in self.0.iter().filter(|(name, _)| is_importable(name)) {
            (name, hash).hash(&mut hasher);
        }
        hasher.digest128()
    }
}

/// What `read` makes of each Go file of the directory and its text.
pub(crate) fn read_files<T>(
    directory: &Path,
    cache: Option<&DiskCache>,
    mut read: impl FnMut(&mut OutlineReader, &Path, &str) -> Option<T>,
) -> BTreeMap<PathBuf, T> {
    let mut reader = OutlineReader::new(directory, cache);
    let files = go_files(directory).filter_map(|path| {
        let text = read_text(&path).ok()?;
        let file = read(&mut reader, &path, &text)?;
        Some((path, file))
    });
    let files = files.collect();
    reader.save(true);
    files
}

/// What `read` makes of each Go file of the directory that belongs to the package that others import, and its text; and
/// what was read.
pub(crate) fn read_importable_files<T>(
    directory: &Path,
    target: &BuildTarget,
    cache: Option<&DiskCache>,
    mut read: impl FnMut(&mut OutlineReader, &Path, &str) -> Option<T>,
) -> (BTreeMap<PathBuf, T>, Contents) {
    let mut contents = Contents::default();
    let mut reader = OutlineReader::new(directory, cache);
    let paths = go_files(directory).filter(|path| !is_test_file(path) && is_built_by_name(path, target));
    let files = paths.filter_map(|path| {
        let text = read_text(&path).ok()?;
        contents.insert(&path, content_hash(&text));
        if !target.matches_expression(build_constraint(&text).as_deref()) {
            return None;
        }
        let file = read(&mut reader, &path, &text)?;
        Some((path, file))
    });
    let files = files.collect();
    reader.save(false);
    (files, contents)
}

fn facts_of_file(reader: &mut OutlineReader, path: &Path, text: &str) -> Option<Arc<FileFacts>> {
    let file = reader.read(&TextOrigin::Disk(path.to_owned()), text).ok()?;
    Some(file.facts)
}

fn go_files(directory: &Path) -> impl Iterator<Item = PathBuf> {
    std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| is_go_file(path))
}

/// True when the file belongs to the build, by its name and by what stands in it.
pub(crate) fn is_part_of_build(path: &Path, facts: &FileFacts, target: &BuildTarget) -> bool {
    is_built_by_name(path, target) && target.matches(&file_name(path), facts)
}

/// The go command passes over files whose name begins with `_` or a dot.
fn is_built_by_name(path: &Path, target: &BuildTarget) -> bool {
    let name = file_name(path);
    !name.starts_with(['_', '.']) && target.matches_name(&name)
}

fn file_name(path: &Path) -> Cow<'_, str> {
    path.file_name().unwrap_or_default().to_string_lossy()
}

/// `package documentation` is never built (`go help packages`), and a broken file may have no package clause.
fn is_importable(path: &Path, facts: &FileFacts, target: &BuildTarget) -> bool {
    let has_package = !facts.package.is_empty() && facts.package != "documentation";
    has_package && !is_test_file(path) && is_part_of_build(path, facts, target)
}

/// Reads a Go file.
///
/// # Errors
/// A file that can't be read, isn't a regular file, is too large, or isn't UTF-8.
pub fn read_text(path: &Path) -> Result<String, PathError> {
    let error = |message: String| PathError {
        path: path.to_owned(),
        message,
    };
    let bytes = regular_file::read(path, MAX_FILE_LENGTH).map_err(|source| error(source.to_string()))?;
    String::from_utf8(bytes).map_err(|invalid| {
        error(format!(
            "not valid UTF-8 at byte {}",
            invalid.utf8_error().valid_up_to()
        ))
    })
}
