//! From import paths to directories, as Go resolves them for the files of a directory (`go help modules`, `go help
//! gopath`, Go modules reference, "Resolving a package to a module", "Workspaces" and "Vendoring").

mod dependencies;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dashmap::DashMap;
use deferlint_semantics::Name;
use deferlint_semantics::context::GoVersion;

use crate::discover::is_go_file;
use crate::environment::GoEnvironment;
use crate::module::{Module, Modules};
use crate::standard_library::StandardLibrary;

/// How the files of some directories see other packages.
#[derive(Debug, Default)]
pub(crate) struct ImportScope {
    /// Where packages may lie; the first one that has the package counts.
    roots: Vec<PackageRoot>,
    /// What the program itself knows of the standard library.
    standard_library: BakedFacts,
    /// The language version of the module.
    pub(crate) go_version: GoVersion,
    resolved: DashMap<Name, Resolution>,
}

/// When the facts of the standard library count that are part of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum BakedFacts {
    /// Always.
    #[default]
    Always,
    /// In Go's own source of the same version: for packages that anybody can import, as long as none of their files is
    /// open. Of the others the program knows a part only.
    UnlessOpen,
    /// In Go's own source of another version: never.
    Never,
}

/// A directory below which the packages lie whose import paths begin with a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PackageRoot {
    prefix: Name,
    directory: PathBuf,
    /// True for a module: what lies below another `go.mod` in it isn't part of it.
    is_module: bool,
}

impl PackageRoot {
    fn module(prefix: Name, directory: PathBuf) -> Self {
        Self {
            prefix,
            directory,
            is_module: true,
        }
    }

    /// A directory whose subdirectories' names are the import paths.
    fn tree(directory: PathBuf) -> Self {
        Self {
            prefix: Name::default(),
            directory,
            is_module: false,
        }
    }

    /// Where the package would lie.
    fn directory_of(&self, path: &str) -> Option<PathBuf> {
        if self.prefix.is_empty() {
            return Some(self.directory.join(path));
        }
        match path.strip_prefix(self.prefix.as_str())?.strip_prefix('/') {
            Some(below) => Some(self.directory.join(below)),
            None => (path == self.prefix).then(|| self.directory.clone()),
        }
    }

    /// The import path of a directory below this one.
    fn package_path(&self, directory: &Path) -> Option<Name> {
        let below = directory.strip_prefix(&self.directory).ok()?;
        let below = below
            .components()
            .map(|component| component.as_os_str().to_string_lossy());
        let prefix = (!self.prefix.is_empty()).then(|| self.prefix.as_str().into());
        Some(
            prefix
                .into_iter()
                .chain(below)
                .collect::<Vec<_>>()
                .join("/")
                .into(),
        )
    }
}

/// Where a package's facts come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// From nowhere: nothing is known of the package.
    Unknown,
    /// From the program itself.
    Standard,
    /// From the Go files of a directory.
    Directory(Arc<Path>),
    /// From the program itself, unless a file of the directory is open.
    Source(Arc<Path>),
}

impl ImportScope {
    /// The import path of a directory of the scope: below the root that is nearest to it, or the directory itself where
    /// there is none.
    pub(crate) fn package_path(&self, directory: &Path) -> Name {
        let roots = self
            .roots
            .iter()
            .filter(|root| directory.starts_with(&root.directory));
        roots
            .max_by_key(|root| root.directory.as_os_str().len())
            .and_then(|root| root.package_path(directory))
            .unwrap_or_else(|| Name::from(directory.to_string_lossy()))
    }
}

/// The scopes of directories. All directories given are absolute.
#[derive(Debug, Default)]
pub(crate) struct ImportScopes {
    environment: GoEnvironment,
    modules: Modules,
    by_directory: DashMap<PathBuf, Arc<ImportScope>>,
    /// One scope for all directories of a module; the directory with the `vendor` or `src` where there is no module.
    by_anchor: DashMap<PathBuf, Arc<ImportScope>>,
}

impl ImportScopes {
    pub(crate) fn new(environment: GoEnvironment) -> Self {
        Self {
            environment,
            ..Self::default()
        }
    }

    pub(crate) fn environment(&self) -> &GoEnvironment {
        &self.environment
    }

    /// The scope of a directory.
    pub(crate) fn of(&self, directory: &Path) -> Arc<ImportScope> {
        if let Some(known) = self.by_directory.get(directory) {
            return Arc::clone(&known);
        }
        let scope = match self.modules.of(directory) {
            Some(module) => self.anchored(&module.root, || self.module_scope(&module)),
            None => match source_tree(directory, &self.environment.gopath) {
                Some(source) => {
                    let anchor = directory
                        .ancestors()
                        .find(|ancestor| *ancestor == source || ancestor.join("vendor").is_dir());
                    let anchor = anchor.unwrap_or(&source);
                    self.anchored(anchor, || self.gopath_scope(anchor, &source))
                }
                None => self.anchored(Path::new(""), || ImportScope {
                    roots: self.goroot().into_iter().collect(),
                    ..ImportScope::default()
                }),
            },
        };
        self.by_directory.insert(directory.to_owned(), Arc::clone(&scope));
        scope
    }

    fn anchored(&self, anchor: &Path, scope: impl FnOnce() -> ImportScope) -> Arc<ImportScope> {
        if let Some(known) = self.by_anchor.get(anchor) {
            return Arc::clone(&known);
        }
        let scope = Arc::new(scope());
        self.by_anchor.insert(anchor.to_owned(), Arc::clone(&scope));
        scope
    }

    fn module_scope(&self, module: &Module) -> ImportScope {
        let (roots, standard_library) = match module.go_source() {
            Some(library) => (
                vec![
                    PackageRoot::tree(library.to_owned()),
                    PackageRoot::tree(module.root.join("vendor")),
                ],
                if StandardLibrary::is_of(library) {
                    BakedFacts::UnlessOpen
                } else {
                    BakedFacts::Never
                },
            ),
            None => {
                let roots = dependencies::roots(module, &self.modules, &self.environment).into_iter();
                (roots.chain(self.goroot()).collect(), BakedFacts::Always)
            }
        };
        ImportScope {
            roots,
            standard_library,
            go_version: module.file.go_version.unwrap_or_default(),
            ..ImportScope::default()
        }
    }

    /// Without modules: the `vendor` directories from the anchor up to the `src` directory, that directory, and the
    /// others of GOPATH.
    fn gopath_scope(&self, anchor: &Path, source: &Path) -> ImportScope {
        let vendors = anchor
            .ancestors()
            .take_while(|ancestor| *ancestor != source)
            .map(|ancestor| ancestor.join("vendor"))
            .filter(|vendor| vendor.is_dir());
        let others = self.environment.gopath.iter().map(|path| path.join("src"));
        let others = others.filter(|other| other != source);
        let trees = vendors.chain([source.to_owned()]).chain(others);
        ImportScope {
            roots: trees.map(PackageRoot::tree).chain(self.goroot()).collect(),
            ..ImportScope::default()
        }
    }

    fn goroot(&self) -> Option<PackageRoot> {
        let goroot = self.environment.goroot.as_ref()?;
        Some(PackageRoot::tree(goroot.join("src")))
    }

    /// Where the facts of the package come from that a file of the scope imports by this path.
    pub(crate) fn resolve(&self, scope: &ImportScope, path: &str) -> Resolution {
        if let Some(known) = scope.resolved.get(path) {
            return known.clone();
        }
        let resolution = if !is_import_path(path) {
            Resolution::Unknown
        } else if scope.standard_library == BakedFacts::Always && StandardLibrary::contains(path) {
            Resolution::Standard
        } else {
            let mut found = scope.roots.iter().filter_map(|root| self.package_in(root, path));
            let is_baked = scope.standard_library == BakedFacts::UnlessOpen && StandardLibrary::exports(path);
            match found.next() {
                Some(directory) if is_baked => Resolution::Source(directory.into()),
                Some(directory) => Resolution::Directory(directory.into()),
                None => Resolution::Unknown,
            }
        };
        scope.resolved.insert(path.into(), resolution.clone());
        resolution
    }

    fn package_in(&self, root: &PackageRoot, path: &str) -> Option<PathBuf> {
        let directory = root.directory_of(path)?;
        let is_elsewhere = root.is_module
            && directory
                .ancestors()
                .take_while(|ancestor| *ancestor != root.directory)
                .any(|ancestor| self.modules.at(ancestor).is_some());
        (!is_elsewhere && has_go_file(&directory)).then_some(directory)
    }

    /// Forgets every module and where packages lie.
    pub(crate) fn forget(&self) {
        self.modules.forget();
        self.by_directory.clear();
        self.by_anchor.clear();
    }

    /// Forgets which packages weren't found, because there may be new ones.
    pub(crate) fn forget_missing(&self) {
        for scope in &self.by_anchor {
            scope
                .resolved
                .retain(|_, resolution| *resolution != Resolution::Unknown);
        }
    }
}

/// The `src` directory that a directory lies below: one of GOPATH's, or else the nearest one that has a directory named
/// like a host on the way (`src/example.com/...`), or else the nearest one.
fn source_tree(directory: &Path, gopath: &[PathBuf]) -> Option<PathBuf> {
    let configured = gopath.iter().map(|path| path.join("src"));
    if let Some(source) = configured
        .into_iter()
        .find(|source| directory.starts_with(source))
    {
        return Some(source);
    }
    let sources: Vec<_> = directory
        .ancestors()
        .skip(1)
        .filter(|ancestor| ancestor.file_name().is_some_and(|name| name == "src"))
        .collect();
    let has_host = |source: &&&Path| {
        let below = directory.strip_prefix(source).ok();
        let first = below.and_then(|below| below.components().next());
        first.is_some_and(|first| first.as_os_str().to_string_lossy().contains('.'))
    };
    sources
        .iter()
        .find(has_host)
        .or(sources.first())
        .map(|source| source.to_path_buf())
}

/// True for a path that may name a package in a directory: no path of the file system, and none of the two packages
/// that the compiler makes up.
fn is_import_path(path: &str) -> bool {
    let is_element =
        |element: &str| !matches!(element, "" | "." | "..") && !element.contains(['\\', ':', '\0']);
    !matches!(path, "C" | "unsafe") && path.split('/').all(is_element)
}

fn has_go_file(directory: &Path) -> bool {
    std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| is_go_file(Path::new(&entry.file_name())))
}

#[cfg(test)]
mod tests;
