//! Checks many files at once: the work of `deferlint check`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deferlint_semantics::facts::FileFacts;
use deferlint_syntax::Parser;
use deferlint_text::Document;
use rayon::prelude::*;

use crate::PathError;
use crate::analyze::Surroundings;
use crate::diagnostic::{FileReport, Report};
use crate::directory::{DirectoryFacts, parse_file, read_document};
use crate::discover::is_go_file;
use crate::file::SourceFile;
use crate::materialize::diagnostics;
use crate::packages::PackageIndex;
use crate::settings::{Settings, SettingsSources};

/// Checks files on disk, or texts that stand in for them.
#[derive(Debug)]
pub struct Checker {
    settings: SettingsSources,
    index: PackageIndex,
    overlay: BTreeMap<PathBuf, String>,
}

impl Checker {
    /// A checker with these settings.
    pub fn new(settings: impl Into<SettingsSources>) -> Self {
        Self {
            settings: settings.into(),
            index: PackageIndex::default(),
            overlay: BTreeMap::new(),
        }
    }

    /// Where the settings come from.
    pub fn settings(&self) -> &SettingsSources {
        &self.settings
    }

    /// Uses `text` wherever the file `path` would be read.
    pub fn overlay(&mut self, path: PathBuf, text: String) {
        if let Some(directory) = path.parent() {
            self.index.forget(directory);
        }
        self.overlay.insert(path, text);
    }

    /// Checks the files, package by package on all threads of the current rayon pool. `progress` is told of every file
    /// that is done.
    pub fn check(&self, files: &[PathBuf], progress: &(dyn Fn(usize) + Sync)) -> Report {
        let mut directories: BTreeMap<&Path, Vec<&PathBuf>> = BTreeMap::new();
        for file in files {
            directories
                .entry(file.parent().unwrap_or(Path::new("")))
                .or_default()
                .push(file);
        }
        let reports: Vec<Report> = directories
            .into_par_iter()
            .map(|(directory, files)| {
                let report = self.check_directory(directory, &files);
                progress(files.len());
                report
            })
            .collect();
        reports.into_iter().fold(Report::default(), Report::and)
    }

    /// Checks some files of one directory; the others are read for what they declare.
    fn check_directory(&self, directory: &Path, wanted: &[&PathBuf]) -> Report {
        let mut report = Report::default();
        let mut parser = Parser::new();
        let mut files = Vec::new();
        for path in self.files_beside(directory, wanted) {
            match self.read(&path) {
                Ok(document) => files.push((parse_file(&mut parser, &document), path)),
                Err(error) if wanted.contains(&&path) => report.errors.push(error),
                Err(_) => {}
            }
        }
        let facts = files
            .iter()
            .map(|(file, path)| (path.clone(), Arc::clone(&file.facts)));
        self.index.put(directory, DirectoryFacts(facts.collect()));
        let mut packages = BTreeSet::new();
        let settings = self.settings.of(Some(directory));
        for (mut file, path) in files {
            if wanted.contains(&&path) {
                report.file_count += 1;
                packages.insert(file.facts.package.clone());
                self.check_file(&settings, &path, &mut file, &mut report);
            }
        }
        self.index.settle(directory);
        report.package_count = packages.len();
        report
    }

    fn check_file(&self, settings: &Settings, path: &Path, file: &mut SourceFile, report: &mut Report) {
        if file.facts.generated && !settings.generated {
            return;
        }
        let directory = path.parent().unwrap_or(Path::new(""));
        let rules = settings.enabled_rules();
        let package = self.index.package_of(path, &file.facts);
        let visible = self.index.seen_from(directory);
        let file_facts: Arc<FileFacts> = Arc::clone(&file.facts);
        let surroundings = Surroundings {
            file: &file_facts,
            package: &package,
            packages: &visible,
            go_version: self.index.go_version_of(directory),
        };
        let mut panicked = Vec::new();
        for declaration in &mut file.declarations {
            let findings = surroundings.findings(declaration, &rules, &mut panicked);
            declaration.findings = Some(findings.into());
        }
        panicked.sort_unstable();
        panicked.dedup();
        report.errors.extend(panicked.into_iter().map(|rule| PathError {
            path: path.to_owned(),
            message: format!("internal error in the rule {rule}: its findings in this file are missing"),
        }));
        let diagnostics = diagnostics(file, settings);
        if !diagnostics.is_empty() {
            report.files.push(FileReport {
                path: path.to_owned(),
                document: file.document.clone(),
                diagnostics,
            });
        }
    }

    /// The wanted files and all other Go files of their directory, sorted.
    fn files_beside(&self, directory: &Path, wanted: &[&PathBuf]) -> Vec<PathBuf> {
        let listed = if directory == Path::new("") {
            Path::new(".")
        } else {
            directory
        };
        let entries = std::fs::read_dir(listed).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| directory.join(entry.file_name()))
            .filter(|path| is_go_file(path))
            .chain(wanted.iter().map(|path| (*path).clone()))
            .chain(
                self.overlay
                    .keys()
                    .filter(|path| path.parent() == Some(directory))
                    .cloned(),
            )
            .collect();
        paths.sort();
        paths.dedup();
        paths
    }

    fn read(&self, path: &Path) -> Result<Document, PathError> {
        match self.overlay.get(path) {
            Some(text) => Document::new(text).map_err(|error| PathError {
                path: path.to_owned(),
                message: error.to_string(),
            }),
            None => read_document(path),
        }
    }
}
