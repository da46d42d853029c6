//! Reads the facts of every package of Go's `src`, the internal ones included.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail};
use deferlint_semantics::Name;
use deferlint_semantics::facts::FileFacts;
use deferlint_workspace::{BuildTarget, DirectoryFacts};
use ignore::WalkBuilder;

/// The packages by their import paths, all files of one in one. They are those of Linux on amd64 without cgo, whatever
/// the machine.
pub(super) type Library = BTreeMap<Name, FileFacts>;

/// Packages that only describe the language, in Go that isn't meant to be compiled.
const DESCRIPTIONS: [&str; 2] = ["builtin", "unsafe"];

pub(super) fn collect(source: &Path) -> Result<Library> {
    let target = BuildTarget::new("linux", "amd64", false);
    let mut library = Library::new();
    for directory in directories(source)? {
        let path = directory
            .strip_prefix(source)?
            .to_string_lossy()
            .replace('\\', "/");
        let facts = DirectoryFacts::read_importable(&directory, &target, None);
        let Some((package, files)) = facts.importable(&target) else {
            continue;
        };
        if package != "main" && !DESCRIPTIONS.contains(&path.as_str()) {
            let mut merged = FileFacts {
                package,
                ..FileFacts::default()
            };
            for file in files {
                Arc::make_mut(&mut merged.types).extend(file.types.iter().cloned());
                Arc::make_mut(&mut merged.values).extend(file.values.iter().cloned());
                merged.functions.extend(file.functions.iter().cloned());
            }
            library.insert(path.into(), merged);
        }
    }
    if library.is_empty() {
        bail!("{}: no packages", source.display());
    }
    Ok(library)
}

/// The directories of the library: not `cmd`, which nobody imports, not `vendor`, whose packages have other modules'
/// paths.
fn directories(source: &Path) -> Result<Vec<PathBuf>> {
    let is_wanted =
        |name: &str| !matches!(name, "cmd" | "vendor" | "testdata") && !name.starts_with(['.', '_']);
    let walk = WalkBuilder::new(source)
        .standard_filters(false)
        .sort_by_file_path(Path::cmp)
        .filter_entry(move |entry| entry.depth() == 0 || is_wanted(&entry.file_name().to_string_lossy()))
        .build();
    let mut directories = Vec::new();
    for entry in walk {
        let entry = entry?;
        if entry.file_type().is_some_and(|kind| kind.is_dir()) {
            directories.push(entry.into_path());
        }
    }
    Ok(directories)
}
