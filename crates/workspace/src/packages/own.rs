//! The packages of one directory as their own files see them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dashmap::DashMap;
use deferlint_semantics::Name;
use deferlint_semantics::facts::{FileFacts, PackageFacts};
use rustc_hash::FxHashSet;

use crate::build_constraints::BuildTarget;
use crate::directory::{DirectoryFacts, is_part_of_build};

/// From how many files on a directory that declares names twice is a heap of programs, each of which is seen alone.
const MANY_PROGRAMS: usize = 64;

/// The packages of one directory: the one that others import, its tests, the external test package, and whatever else
/// lies there.
#[derive(Debug)]
pub(super) struct OwnPackages {
    /// The import path of the directory.
    path: Name,
    target: BuildTarget,
    /// The name of the package that others import.
    importable: Option<Name>,
    files: DirectoryFacts,
    /// The names of the packages of which two files of the build declare the same name.
    with_duplicates: Arc<FxHashSet<Name>>,
    views: DashMap<(Name, View), Arc<PackageFacts>>,
}

/// Which declaration counts where several files of a package declare the same name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum View {
    /// That of the build.
    Build(BuildTarget),
    /// That of the file.
    File(PathBuf),
}

impl OwnPackages {
    pub(super) fn new(path: Name, files: DirectoryFacts, target: BuildTarget) -> Self {
        let of_build = files
            .0
            .iter()
            .filter(|(path, facts)| is_part_of_build(path, facts, &target));
        Self {
            path,
            importable: files.importable(&target).map(|(name, _)| name),
            with_duplicates: Arc::new(packages_with_duplicates(of_build.map(|(_, facts)| &**facts))),
            files,
            target,
            views: DashMap::new(),
        }
    }

    /// The same packages after a file has come to have these facts: it declares the same as before, and only what its
    /// functions do is something else.
    pub(super) fn with_functions_of(&self, path: &Path, facts: &Arc<FileFacts>) -> Self {
        let mut files = self.files.clone();
        let before = files.0.insert(path.to_owned(), Arc::clone(facts));
        let views = self.views.iter().map(|view| {
            let package = match &before {
                Some(before) => Arc::new(view.with_functions_of(before, facts)),
                None => Arc::clone(&view),
            };
            (view.key().clone(), package)
        });
        Self {
            path: self.path.clone(),
            target: self.target.clone(),
            importable: self.importable.clone(),
            with_duplicates: Arc::clone(&self.with_duplicates),
            views: views.collect(),
            files,
        }
    }

    /// The package that a file belongs to, as the file sees it. A file of another build sees that build's package.
    pub(super) fn package_of(&self, path: &Path, facts: &FileFacts) -> Arc<PackageFacts> {
        let file_name = path.file_name().unwrap_or_default().to_string_lossy();
        let view = match self.target.nearest_matching(&file_name, facts) {
            Some(target) if target != self.target || !self.with_duplicates.contains(&facts.package) => {
                View::Build(target)
            }
            _ => View::File(path.to_owned()),
        };
        self.seen(facts.package.clone(), view)
    }

    /// The package that others import, with its tests: so its external tests see it.
    pub(super) fn tested(&self) -> Option<Arc<PackageFacts>> {
        let name = self.importable.clone()?;
        Some(self.seen(name, View::Build(self.target.clone())))
    }

    fn seen(&self, name: Name, view: View) -> Arc<PackageFacts> {
        let key = (name, view);
        if let Some(known) = self.views.get(&key) {
            return Arc::clone(&known);
        }
        let (name, view) = &key;
        let path = self.path_of(name);
        let package = match view {
            View::Build(target) => {
                let files = self.files_of(name);
                let (files, others): (Vec<_>, Vec<_>) =
                    files.partition(|(path, facts)| is_part_of_build(path, facts, target));
                PackageFacts::with_others(path, facts_of(files), facts_of(others))
            }
            View::File(file) => PackageFacts::new(path, facts_of(self.ordered(name, file))),
        };
        let package = Arc::new(package);
        self.views.insert(key, Arc::clone(&package));
        package
    }

    fn files_of(&self, name: &Name) -> impl Iterator<Item = FileEntry<'_>> {
        self.files
            .0
            .iter()
            .filter(move |(_, facts)| facts.package == *name)
    }

    /// The files of a package as one of them sees it that declares a name again: itself first, those of other builds
    /// last. What they declare is no predeclared name, at least.
    fn ordered(&self, name: &Name, file: &Path) -> Vec<FileEntry<'_>> {
        let mut files: Vec<_> = self.files_of(name).collect();
        if files.len() > MANY_PROGRAMS {
            files.retain(|(other, _)| *other == file);
        } else {
            files.sort_by_key(|(other, facts)| {
                (*other != file, !is_part_of_build(other, facts, &self.target))
            });
        }
        files
    }

    /// Others import one package of a directory by its path; the rest has paths that nobody can import. External tests
    /// may stand alone in a directory.
    fn path_of(&self, name: &Name) -> Name {
        match &self.importable {
            Some(importable) if importable == name => self.path.clone(),
            _ if name.ends_with("_test") => Name::from(format!("{}_test", self.path)),
            None => self.path.clone(),
            Some(_) => Name::from(format!("{} [{name}]", self.path)),
        }
    }
}

/// A file of a directory and its facts.
type FileEntry<'a> = (&'a PathBuf, &'a Arc<FileFacts>);

fn facts_of(files: Vec<FileEntry<'_>>) -> Vec<Arc<FileFacts>> {
    files.into_iter().map(|(_, facts)| Arc::clone(facts)).collect()
}

/// The packages of which two files declare the same name; `init` and the blank identifier don't count.
fn packages_with_duplicates<'a>(files: impl Iterator<Item = &'a FileFacts>) -> FxHashSet<Name> {
    let mut packages = FxHashSet::default();
    let mut declared = FxHashSet::default();
    for file in files {
        let functions = file.functions.iter().map(|function| {
            let receiver = function.receiver.as_ref();
            (
                receiver.map(|receiver| receiver.type_name.as_str()),
                &function.name,
            )
        });
        let types = file.types.iter().map(|declared| (None, &declared.name));
        let values = file.values.iter().map(|declared| (None, &declared.name));
        for (receiver, name) in functions.chain(types).chain(values) {
            let may_repeat = name == "_" || (receiver.is_none() && name == "init");
            if !may_repeat && !declared.insert((file.package.as_str(), receiver, name.as_str())) {
                packages.insert(file.package.clone());
                break;
            }
        }
    }
    packages
}
