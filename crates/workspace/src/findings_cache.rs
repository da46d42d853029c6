//! What the last check of a directory found, on disk: when nothing has changed that the findings follow from, it needn't
//! be checked again.
//!
//! The findings of a directory follow from its Go files, its settings, the version of its `go` line, the build, and what
//! was known of the packages that the rules asked for. Which these are is written down while the rules run, so that what
//! changes anywhere else changes nothing here.

use std::cell::RefCell;
use std::ffi::OsString;
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use dashmap::DashMap;
use deferlint_semantics::Name;
use deferlint_semantics::facts::{PackageFacts, Packages};
use deferlint_text::Document;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use crate::diagnostic::{Diagnostic, FileReport, Report};
use crate::directory::{Contents, read_text};
use crate::disk_cache::{DiskCache, content_hash};
use crate::import_scope::Resolution;
use crate::packages::{PackageIndex, VisiblePackages};
use crate::settings::Settings;

/// What a directory holds findings under in the cache.
const KIND: &str = "findings";

/// What is remembered of the check of one directory.
#[derive(Serialize, Deserialize)]
struct Remembered {
    /// What is known of the directory itself.
    own: u128,
    /// The packages that the rules asked for, and what is known of them.
    asked: Vec<(Name, u128)>,
    file_count: usize,
    package_count: usize,
    /// The names of the files with findings.
    files: Vec<(OsString, Vec<Diagnostic>)>,
}

/// The findings of earlier checks, for one run.
pub(crate) struct FindingsCache<'a> {
    cache: &'a DiskCache,
    index: &'a PackageIndex,
    /// What is on disk now, by directory: all of it, and the hash of what others import.
    on_disk: DashMap<PathBuf, Arc<OnceLock<(Contents, u128)>>>,
}

/// The directory whose findings are asked for.
#[derive(Clone, Copy)]
pub(crate) struct Checked<'a> {
    /// Where it is.
    pub(crate) directory: &'a Path,
    /// The files of it that are checked, in order.
    pub(crate) wanted: &'a [&'a PathBuf],
    /// Which rules run.
    pub(crate) settings: &'a Settings,
}

impl<'a> FindingsCache<'a> {
    /// The findings in a cache, for a run in which the packages come from this index.
    pub(crate) fn new(cache: &'a DiskCache, index: &'a PackageIndex) -> Self {
        Self {
            cache,
            index,
            on_disk: DashMap::new(),
        }
    }

    /// What the last check of a directory reported, if it would report the same now.
    pub(crate) fn get(&self, checked: Checked<'_>) -> Option<Report> {
        let remembered: Remembered = self.cache.load(checked.directory, KIND)?;
        let is_same = self.on_disk(checked.directory, |contents, _| self.own_key(checked, contents))
            == remembered.own
            && self.is_answered_alike(checked, &remembered.asked);
        let report = |contents: &Contents, _| remembered.report(checked.directory, contents);
        is_same.then(|| self.on_disk(checked.directory, report))?
    }

    /// Remembers what was reported of a directory with these contents, from what `packages` was asked for.
    pub(crate) fn put(
        &self,
        checked: Checked<'_>,
        contents: &Contents,
        packages: &AskedPackages<'_>,
        report: &Report,
    ) {
        let asked = packages.asked.borrow();
        let known = asked.iter().map(|path| {
            let of_import = |directory: &Path| self.index.contents_of(directory);
            (path.clone(), self.answer(&packages.visible, path, of_import))
        });
        let files = report.files.iter().filter_map(|file| {
            let name = file.path.file_name()?;
            Some((name.to_owned(), file.diagnostics.clone()))
        });
        let remembered = Remembered {
            own: self.own_key(checked, contents),
            asked: known.collect(),
            file_count: report.file_count,
            package_count: report.package_count,
            files: files.collect(),
        };
        self.cache.store(checked.directory, KIND, &remembered);
    }

    fn is_answered_alike(&self, checked: Checked<'_>, asked: &[(Name, u128)]) -> bool {
        let visible = self.index.seen_from(checked.directory);
        let of_import = |directory: &Path| Some(self.on_disk(directory, |_, of_import| of_import));
        asked
            .iter()
            .all(|(path, answer)| self.answer(&visible, path, of_import) == *answer)
    }

    /// All that the findings of a directory follow from but the packages that it asks for.
    fn own_key(&self, checked: Checked<'_>, contents: &Contents) -> u128 {
        let mut hasher = Xxh3::new();
        for path in checked.wanted {
            path.file_name().hash(&mut hasher);
        }
        checked.settings.hash(&mut hasher);
        contents.hash(&mut hasher);
        self.index.go_version_of(checked.directory).hash(&mut hasher);
        self.index.package_path(checked.directory).hash(&mut hasher);
        self.index.environment().target.hash(&mut hasher);
        hasher.digest128()
    }

    /// What is known of the package that an import path leads to. `contents` knows what a directory holds for others.
    fn answer(
        &self,
        visible: &VisiblePackages<'_>,
        path: &str,
        contents: impl Fn(&Path) -> Option<u128>,
    ) -> u128 {
        let resolution = visible.resolve(path);
        let mut hasher = Xxh3::new();
        std::mem::discriminant(&resolution).hash(&mut hasher);
        if let Resolution::Directory(directory) = &resolution {
            directory.hash(&mut hasher);
            self.index.package_path(directory).hash(&mut hasher);
            contents(directory).hash(&mut hasher);
        }
        hasher.digest128()
    }

    /// Asks what a directory holds, which is read once in a run.
    fn on_disk<T>(&self, directory: &Path, ask: impl FnOnce(&Contents, u128) -> T) -> T {
        let directory = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
        let known = Arc::clone(&self.on_disk.entry(directory.clone()).or_default());
        let (contents, of_import) = known.get_or_init(|| {
            let contents = Contents::read(&directory);
            let of_import = contents.hash_for_importers(&self.index.environment().target);
            (contents, of_import)
        });
        ask(contents, *of_import)
    }
}

impl Remembered {
    /// The report. `None` when a file with findings can't be read any more, or holds another text than before: the places
    /// of the findings are those of that text.
    fn report(self, directory: &Path, contents: &Contents) -> Option<Report> {
        let files = self.files.into_iter().map(|(name, diagnostics)| {
            let path = directory.join(name);
            let text = read_text(&path).ok()?;
            if !contents.hold(&path, content_hash(&text)) {
                return None;
            }
            let document = Document::new(&text).ok()?;
            Some(FileReport {
                path,
                document,
                diagnostics,
            })
        });
        Some(Report {
            files: files.collect::<Option<_>>()?,
            file_count: self.file_count,
            package_count: self.package_count,
            errors: Vec::new(),
        })
    }
}

/// Packages that remember who was asked for.
pub(crate) struct AskedPackages<'a> {
    visible: VisiblePackages<'a>,
    asked: RefCell<FxHashSet<Name>>,
}

impl<'a> AskedPackages<'a> {
    /// Packages of which nobody has been asked for.
    pub(crate) fn new(visible: VisiblePackages<'a>) -> Self {
        Self {
            visible,
            asked: RefCell::default(),
        }
    }
}

impl Packages for AskedPackages<'_> {
    fn package(&self, path: &str) -> Option<Arc<PackageFacts>> {
        if !self.asked.borrow().contains(path) {
            self.asked.borrow_mut().insert(Name::new(path));
        }
        self.visible.package(path)
    }
}

#[cfg(test)]
mod tests;
