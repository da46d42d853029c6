//! The index of packages: facts by directory, filled by whoever asks first and read by many threads.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dashmap::DashMap;
use deferlint_semantics::Name;
use deferlint_semantics::context::GoVersion;
use deferlint_semantics::facts::{FileFacts, PackageFacts, Packages};

use crate::directory::DirectoryFacts;
use crate::module::{Module, Modules};
use crate::standard_library::StandardLibrary;

/// What is known of packages: their files on disk, and over them the files that are open.
#[derive(Debug, Default)]
pub struct PackageIndex {
    modules: Modules,
    on_disk: DashMap<PathBuf, Arc<DirectoryFacts>>,
    open: DashMap<PathBuf, BTreeMap<PathBuf, Arc<FileFacts>>>,
    /// The facts of a directory's package of that name; without a name, of the package that others import.
    linked: DashMap<(PathBuf, Option<Name>), Option<Arc<PackageFacts>>>,
}

impl PackageIndex {
    /// The module of a directory.
    pub fn module_of(&self, directory: &Path) -> Option<Arc<Module>> {
        self.modules.of(directory)
    }

    /// The version of the `go` line of a directory's module.
    pub fn go_version_of(&self, directory: &Path) -> GoVersion {
        self.module_of(directory)
            .and_then(|module| module.go_version)
            .unwrap_or_default()
    }

    /// The import path of a directory: below its module's, or the directory itself where there is no module.
    pub fn package_path(&self, directory: &Path) -> Name {
        match self.module_of(directory) {
            Some(module) => {
                let absolute = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
                module.package_path(&absolute)
            }
            None => Name::from(directory.to_string_lossy()),
        }
    }

    /// The packages as the files of a directory see them.
    pub fn seen_from(&self, directory: &Path) -> VisiblePackages<'_> {
        VisiblePackages {
            index: self,
            module: self.module_of(directory),
        }
    }

    /// The facts of the package of that name whose files lie in the directory; an external test package is another one.
    pub fn package(&self, directory: &Path, name: &Name) -> Arc<PackageFacts> {
        self.linked(directory, Some(name.clone())).unwrap_or_default()
    }

    /// The facts of the package that other packages import from the directory.
    pub fn importable(&self, directory: &Path) -> Option<Arc<PackageFacts>> {
        if !self.is_known(directory) {
            self.put(directory.to_owned(), DirectoryFacts::read(directory));
        }
        self.linked(directory, None)
    }

    /// True when the files of the directory have been read.
    pub fn is_known(&self, directory: &Path) -> bool {
        self.on_disk.contains_key(directory)
    }

    /// Sets what is known of the files of a directory.
    pub fn put(&self, directory: PathBuf, facts: DirectoryFacts) {
        self.unlink(&directory);
        self.on_disk.insert(directory, Arc::new(facts));
    }

    /// Forgets the files of a directory, because they changed.
    pub fn forget(&self, directory: &Path) {
        self.on_disk.remove(directory);
        self.unlink(directory);
    }

    /// Sets the facts of an open file, which count instead of those on disk; `None` when it is closed.
    pub fn set_open(&self, path: &Path, facts: Option<Arc<FileFacts>>) {
        let Some(directory) = path.parent() else { return };
        match facts {
            Some(facts) => {
                self.open
                    .entry(directory.to_owned())
                    .or_default()
                    .insert(path.to_owned(), facts);
            }
            None => {
                if let Some(mut open) = self.open.get_mut(directory) {
                    open.remove(path);
                }
            }
        }
        self.unlink(directory);
    }

    /// Forgets every module, because a `go.mod` changed.
    pub fn forget_modules(&self) {
        self.modules.forget();
        self.linked.clear();
    }

    fn unlink(&self, directory: &Path) {
        self.linked.retain(|(known, _), _| known != directory);
    }

    fn linked(&self, directory: &Path, name: Option<Name>) -> Option<Arc<PackageFacts>> {
        let key = (directory.to_owned(), name);
        if let Some(known) = self.linked.get(&key) {
            return known.clone();
        }
        let linked = self.link(directory, key.1.as_ref()).map(Arc::new);
        self.linked.insert(key, linked.clone());
        linked
    }

    fn link(&self, directory: &Path, name: Option<&Name>) -> Option<PackageFacts> {
        let on_disk = self.on_disk.get(directory).map(|known| Arc::clone(&known));
        let mut files = on_disk.map(|known| known.0.clone()).unwrap_or_default();
        if let Some(open) = self.open.get(directory) {
            files.extend(open.iter().map(|(path, facts)| (path.clone(), Arc::clone(facts))));
        }
        let is_importable =
            |facts: &&Arc<FileFacts>| !facts.package.ends_with("_test") && !facts.package.is_empty();
        let name = match name {
            Some(name) => name.clone(),
            None => files.values().find(is_importable)?.package.clone(),
        };
        let files = files
            .into_values()
            .filter(|facts| facts.package == name)
            .collect();
        Some(PackageFacts::new(self.package_path(directory), files))
    }
}

/// The packages that the files of one module can import.
#[derive(Clone, Debug)]
pub struct VisiblePackages<'a> {
    index: &'a PackageIndex,
    module: Option<Arc<Module>>,
}

impl Packages for VisiblePackages<'_> {
    fn package(&self, path: &str) -> Option<Arc<PackageFacts>> {
        if let Some(standard) = StandardLibrary::package(path) {
            return Some(standard);
        }
        let module = self.module.as_deref().filter(|module| !module.path.is_empty())?;
        if let Some(below) = path.strip_prefix(module.path.as_str()) {
            let directory = match below.strip_prefix('/') {
                Some(below) => Some(module.root.join(below)),
                None => below.is_empty().then(|| module.root.clone()),
            };
            if let Some(directory) = directory {
                return self.index.importable(&directory);
            }
        }
        let source = source_of_go(module)?;
        let directory = source.join(path);
        directory
            .is_dir()
            .then(|| self.index.importable(&directory))
            .flatten()
    }
}

/// Go's own `src` directory, seen from the modules `std` and `cmd` that lie in it: they import the standard library from
/// beside them.
fn source_of_go(module: &Module) -> Option<&Path> {
    match module.path.as_str() {
        "std" => Some(&module.root),
        "cmd" => module.root.parent(),
        _ => None,
    }
}
