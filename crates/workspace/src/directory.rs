//! The facts of the Go files of one directory, and which of them form the package that others import.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deferlint_semantics::Name;
use deferlint_semantics::facts::FileFacts;
use deferlint_syntax::Parser;
use deferlint_text::Document;

use crate::PathError;
use crate::build_constraints::BuildTarget;
use crate::discover::{is_go_file, is_test_file};
use crate::file::SourceFile;

/// The largest file that is read, in bytes.
pub const MAX_FILE_LENGTH: u64 = 64 << 20;

/// The facts of the Go files of one directory, by path.
#[derive(Clone, Debug, Default)]
pub struct DirectoryFacts(pub BTreeMap<PathBuf, Arc<FileFacts>>);

impl DirectoryFacts {
    /// Reads every Go file of the directory. What can't be read is left out: it makes rules quieter, never wrong.
    pub fn read(directory: &Path) -> Self {
        Self::read_files(directory, |_| true)
    }

    /// Reads the Go files of a directory that others import, tests left out.
    pub fn read_without_tests(directory: &Path) -> Self {
        Self::read_files(directory, |path| !is_test_file(path))
    }

    fn read_files(directory: &Path, is_wanted: impl Fn(&Path) -> bool) -> Self {
        let paths = std::fs::read_dir(directory)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| is_go_file(path) && is_wanted(path));
        let mut parser = Parser::new();
        let facts = paths.filter_map(|path| {
            let file = parse_file(&mut parser, &read_document(&path).ok()?);
            Some((path, file.facts))
        });
        Self(facts.collect())
    }

    /// The name and the files of the package that others import from the directory, in the order of their paths: no
    /// tests, and nothing that doesn't belong to the build. Of several packages the one with the most files counts.
    pub fn importable(&self, target: &BuildTarget) -> Option<(Name, Vec<Arc<FileFacts>>)> {
        let mut packages: Vec<(Name, Vec<Arc<FileFacts>>)> = Vec::new();
        for (path, facts) in &self.0 {
            if !is_part_of_build(path, facts, target) || is_test_file(path) || is_special(&facts.package) {
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

/// True when the file belongs to the build, by its name and by what stands in it. The go command passes over files whose
/// name begins with `_` or a dot.
pub(crate) fn is_part_of_build(path: &Path, facts: &FileFacts, target: &BuildTarget) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    !name.starts_with(['_', '.']) && target.matches(&name, facts)
}

/// `package documentation` is never built (`go help packages`); a broken file may have no package clause.
fn is_special(package: &str) -> bool {
    package.is_empty() || package == "documentation"
}

/// Parses and lowers a document.
pub(crate) fn parse_file(parser: &mut Parser, document: &Document) -> SourceFile {
    let tree = parser.parse(document);
    SourceFile::new(document.clone(), tree)
}

/// Reads a Go file.
///
/// # Errors
/// A file that can't be read, isn't a regular file, is too large, or isn't UTF-8.
pub(crate) fn read_document(path: &Path) -> Result<Document, PathError> {
    let error = |message: String| PathError {
        path: path.to_owned(),
        message,
    };
    let metadata = std::fs::metadata(path).map_err(|source| error(source.to_string()))?;
    if !metadata.is_file() {
        return Err(error("not a regular file".to_owned()));
    }
    if metadata.len() > MAX_FILE_LENGTH {
        return Err(error(format!("larger than {} MiB", MAX_FILE_LENGTH >> 20)));
    }
    let bytes = std::fs::read(path).map_err(|source| error(source.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|invalid| {
        error(format!(
            "not valid UTF-8 at byte {}",
            invalid.utf8_error().valid_up_to()
        ))
    })?;
    Document::new(&text).map_err(|too_large| error(too_large.to_string()))
}
