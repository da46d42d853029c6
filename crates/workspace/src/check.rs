//! Checks many files at once: the work of `deferlint check`.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deferlint_syntax::Parser;
use rayon::iter::Either;
use rayon::prelude::*;

use crate::PathError;
use crate::analyze::Surroundings;
use crate::diagnostic::{FileReport, Report};
use crate::directory::{Contents, DirectoryFacts, read_text};
use crate::discover::is_go_file;
use crate::disk_cache::DiskCache;
use crate::file::Declaration;
use crate::file_text::TextOrigin;
use crate::findings_cache::{AskedPackages, Checked, FindingsCache};
use crate::helpers::Helpers;
use crate::largest_first::map_largest_first;
use crate::materialize::diagnostics;
use crate::outlined_file::{OutlineReader, OutlinedFile};
use crate::packages::PackageIndex;
use crate::settings::{Settings, SettingsSources};

/// Checks files on disk, or texts that stand in for them.
#[derive(Debug)]
pub struct Checker {
    settings: SettingsSources,
    index: PackageIndex,
    overlay: BTreeMap<PathBuf, String>,
    parses_whole_files: bool,
}

/// A directory whose files have been read.
struct ReadDirectory<'a> {
    path: &'a Path,
    /// The files of it that are to be checked.
    wanted: Vec<&'a PathBuf>,
    /// What was read.
    contents: Contents,
    /// How many were read of those that are to be checked, which packages they form, and what couldn't be read.
    report: Report,
    /// Those in which the rules may find something.
    files: Vec<(PathBuf, OutlinedFile)>,
}

impl ReadDirectory<'_> {
    fn bytes_to_parse(&self) -> u64 {
        let files = self.files.iter();
        files.map(|(_, file)| u64::from(file.bytes_to_parse())).sum()
    }
}

/// How many bytes a file has; none when nobody can say.
fn size_of_file(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// By what files are sorted: those of one directory stand together.
fn place(path: &Path) -> (Option<&Path>, Option<&OsStr>) {
    (path.parent(), path.file_name())
}

impl Checker {
    /// A checker with these settings.
    pub fn new(settings: impl Into<SettingsSources>) -> Self {
        Self {
            settings: settings.into(),
            index: PackageIndex::default(),
            overlay: BTreeMap::new(),
            parses_whole_files: false,
        }
    }

    /// Parses all of every file, and not only what rules start from. The findings are the same, and cost more: this is for
    /// whoever wants to see that they are.
    pub fn parse_whole_files(&mut self) {
        self.parses_whole_files = true;
    }

    /// Keeps the facts of files and the findings of directories in a cache on disk.
    pub fn use_cache(&mut self, cache: DiskCache) {
        self.index.use_cache(cache);
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

    /// Checks the files on all threads of the current rayon pool. All are read before any is checked, so that none has
    /// to be read once more for what imports it. `progress` is told of every file that is read.
    pub fn check(&self, files: &[PathBuf], progress: &(dyn Fn(usize) + Sync)) -> Report {
        let mut directories: BTreeMap<&Path, Vec<&PathBuf>> = BTreeMap::new();
        for file in files {
            directories
                .entry(file.parent().unwrap_or(Path::new("")))
                .or_default()
                .push(file);
        }
        let cache = self.findings_cache();
        let (remembered, others): (Vec<_>, Vec<_>) =
            directories.into_par_iter().partition_map(|(directory, wanted)| {
                let settings = self.settings.of(Some(directory));
                let report = cache.as_ref().and_then(|cache| {
                    cache.get(Checked {
                        directory,
                        wanted: &wanted,
                        settings: &settings,
                    })
                });
                match report {
                    Some(report) => {
                        progress(wanted.len());
                        Either::Left(report)
                    }
                    None => Either::Right((directory, wanted)),
                }
            });
        let on_disk =
            |(_, wanted): &(&Path, Vec<&PathBuf>)| wanted.iter().map(|path| size_of_file(path)).sum();
        let read = map_largest_first(others, on_disk, |(directory, wanted)| {
            let files = wanted.len();
            let read = self.read_directory(directory, wanted);
            progress(files);
            read
        });
        let checked = map_largest_first(read, ReadDirectory::bytes_to_parse, |directory| {
            self.check_directory(directory, cache.as_ref())
        });
        let mut report = remembered
            .into_iter()
            .chain(checked)
            .fold(Report::default(), Report::and);
        report
            .files
            .sort_by(|one, other| place(&one.path).cmp(&place(&other.path)));
        report
    }

    /// The findings of earlier checks, unless texts stand in for files or files are parsed as a whole.
    fn findings_cache(&self) -> Option<FindingsCache<'_>> {
        let cache = self.index.cache()?;
        let is_usual = self.overlay.is_empty() && !self.parses_whole_files;
        is_usual.then(|| FindingsCache::new(cache, &self.index))
    }

    /// Reads the files of one directory, and keeps of those that are to be checked what the rules may find something in.
    fn read_directory<'a>(&self, path: &'a Path, wanted: Vec<&'a PathBuf>) -> ReadDirectory<'a> {
        let mut reader = OutlineReader::new(path, self.index.cache());
        let mut directory = ReadDirectory {
            path,
            contents: Contents::default(),
            report: Report::default(),
            files: Vec::new(),
            wanted: Vec::new(),
        };
        let mut packages = BTreeSet::new();
        let mut facts = BTreeMap::new();
        let mut helpers = Helpers::default();
        for path in self.files_beside(path, &wanted) {
            let is_wanted = wanted.contains(&&path);
            match self.read(&mut reader, &path) {
                Ok(file) => {
                    directory.contents.insert(&path, file.hash());
                    facts.insert(path.clone(), Arc::clone(&file.facts));
                    helpers.add_own(&file.recovering);
                    helpers.add_deferred(&file.facts.deferred);
                    if is_wanted {
                        directory.report.file_count += 1;
                        packages.insert(file.facts.package.clone());
                        directory.files.push((path, file));
                    }
                }
                Err(error) if is_wanted => directory.report.errors.push(error),
                Err(_) => {}
            }
        }
        directory
            .files
            .retain_mut(|(_, file)| file.retain_relevant(&helpers));
        directory.report.package_count = packages.len();
        directory.wanted = wanted;
        reader.save(true);
        self.index.set_contents(path, &directory.contents);
        self.index.put(path, DirectoryFacts(facts));
        directory
    }

    fn check_directory(&self, directory: ReadDirectory<'_>, cache: Option<&FindingsCache<'_>>) -> Report {
        let settings = self.settings.of(Some(directory.path));
        let packages = AskedPackages::new(self.index.seen_from(directory.path));
        let mut report = directory.report;
        let mut parser = Parser::new();
        for (path, file) in &directory.files {
            self.check_file(&settings, &packages, &mut parser, (path, file), &mut report);
        }
        if let Some(cache) = cache.filter(|_| report.errors.is_empty()) {
            let checked = Checked {
                directory: directory.path,
                wanted: &directory.wanted,
                settings: &settings,
            };
            cache.put(checked, &directory.contents, &packages, &report);
        }
        self.index.settle(directory.path);
        report
    }

    fn check_file(
        &self,
        settings: &Settings,
        packages: &AskedPackages<'_>,
        parser: &mut Parser,
        (path, file): (&Path, &OutlinedFile),
        report: &mut Report,
    ) {
        if file.facts.generated && !settings.generated {
            return;
        }
        let Some(text) = file.text() else {
            report.errors.push(PathError {
                path: path.to_owned(),
                message: "changed while it was being checked: check it again".to_owned(),
            });
            return;
        };
        let directory = path.parent().unwrap_or(Path::new(""));
        let rules = settings.enabled_rules();
        let package = self.index.package_of(path, &file.facts);
        let surroundings = Surroundings {
            file: &file.facts,
            package: &package,
            packages,
            go_version: self.index.go_version_of(directory),
        };
        let mut panicked = Vec::new();
        let mut declarations = file.declarations(parser, &text);
        for declaration in &mut declarations {
            let found = surroundings.check(declaration, &rules, &mut panicked);
            declaration.found = Some(Arc::new(found));
        }
        panicked.sort_unstable();
        panicked.dedup();
        report.errors.extend(panicked.into_iter().map(|rule| PathError {
            path: path.to_owned(),
            message: format!("internal error in the rule {rule}: its findings in this file are missing"),
        }));
        let has_findings =
            |declaration: &Declaration| declaration.found.iter().any(|found| !found.findings.is_empty());
        if !declarations.iter().any(has_findings) {
            return;
        }
        let Ok(file) = file.with_declarations(parser, &text, declarations) else {
            return;
        };
        let diagnostics = diagnostics(&file, settings);
        if !diagnostics.is_empty() {
            report.files.push(FileReport {
                path: path.to_owned(),
                document: file.document,
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

    fn read(&self, reader: &mut OutlineReader, path: &Path) -> Result<OutlinedFile, PathError> {
        let (origin, text) = match self.overlay.get(path) {
            Some(text) => (TextOrigin::Memory, text.clone()),
            None => (TextOrigin::Disk(path.to_owned()), read_text(path)?),
        };
        let file = if self.parses_whole_files {
            reader.read_whole(&origin, &text)
        } else {
            reader.read(&origin, &text)
        };
        file.map_err(|error| PathError {
            path: path.to_owned(),
            message: error.to_string(),
        })
    }
}
