//! Findings with their places in a file.

use std::path::PathBuf;

use deferlint_rules::{Rule, Safety, Severity, Tag};
use deferlint_text::{ByteRange, Document, TextEdit};

use serde::{Deserialize, Serialize};

use crate::PathError;

/// A finding, placed in its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The rule.
    pub rule: &'static Rule,
    /// How severe it is, by the user's settings.
    pub severity: Severity,
    /// Where it is, in bytes of the file.
    pub range: ByteRange,
    /// The declaration that it lies in, in bytes of the file.
    pub declaration: ByteRange,
    /// What happens, why, and what to do.
    pub message: String,
    /// Other places of the same file that belong to it.
    pub related: Vec<RelatedPlace>,
    /// The rewrites offered, the best one first.
    pub fixes: Vec<FileFix>,
    /// How an editor may draw the place.
    pub tag: Option<Tag>,
}

/// A place that belongs to a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelatedPlace {
    /// Where it is, in bytes of the same file.
    pub range: ByteRange,
    /// What it has to do with the diagnostic.
    pub message: String,
}

/// A rewrite of a file, its imports included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFix {
    /// What it does, as it reads in an editor's menu.
    pub title: String,
    /// Whether the program does the same afterwards.
    pub safety: Safety,
    /// The rewrite, in bytes of the file.
    pub edit: TextEdit,
}

/// What a check of many files found.
#[derive(Debug, Default)]
pub struct Report {
    /// The files with findings, by path.
    pub files: Vec<FileReport>,
    /// The number of files read.
    pub file_count: usize,
    /// The number of packages they form.
    pub package_count: usize,
    /// What couldn't be read or checked.
    pub errors: Vec<PathError>,
}

/// What was found in one file.
#[derive(Debug)]
pub struct FileReport {
    /// The path, as the search found it.
    pub path: PathBuf,
    /// The text that was checked.
    pub document: Document,
    /// The findings, by their place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// Both reports in one.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.files.extend(other.files);
        self.file_count += other.file_count;
        self.package_count += other.package_count;
        self.errors.extend(other.errors);
        self
    }
}
