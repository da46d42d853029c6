//! Modules and workspaces: which `go.mod` and `go.work` a directory belongs to.

pub(crate) mod go_mod;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dashmap::DashMap;

use self::go_mod::ModuleFile;
use crate::environment::WorkspaceFile;
use crate::regular_file::read_description;

/// A directory with a `go.mod` or a `go.work`, and what the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Module {
    /// The directory.
    pub(crate) root: PathBuf,
    /// What its file says.
    pub(crate) file: ModuleFile,
}

impl Module {
    fn read(directory: &Path, file_name: &str) -> Option<Self> {
        let text = read_description(&directory.join(file_name)).ok()?;
        Some(Self {
            root: directory.to_owned(),
            file: ModuleFile::parse(&text),
        })
    }

    /// The `src` directory of Go's own source, for its modules `std` and `cmd`.
    pub(crate) fn go_source(&self) -> Option<&Path> {
        let library = match self.file.path.as_str() {
            "std" => &self.root,
            "cmd" => self.root.parent()?,
            _ => return None,
        };
        let is_go_source = library.join("builtin").join("builtin.go").is_file();
        is_go_source.then_some(library)
    }
}

/// Finds modules, reading each file once.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    by_root: DashMap<PathBuf, Option<Arc<Module>>>,
}

impl Modules {
    /// The module whose `go.mod` lies in this very directory.
    pub(crate) fn at(&self, directory: &Path) -> Option<Arc<Module>> {
        if let Some(known) = self.by_root.get(directory) {
            return known.clone();
        }
        let module = Module::read(directory, "go.mod").map(Arc::new);
        self.by_root.insert(directory.to_owned(), module.clone());
        module
    }

    /// The module of an absolute directory: that of the nearest `go.mod` in it or above it.
    pub(crate) fn of(&self, directory: &Path) -> Option<Arc<Module>> {
        directory.ancestors().find_map(|ancestor| self.at(ancestor))
    }

    /// The workspace that a module belongs to, and its modules, the given one left out. A workspace that doesn't use the
    /// module isn't that module's.
    pub(crate) fn workspace_of(
        &self,
        module: &Module,
        setting: &WorkspaceFile,
    ) -> Option<(Module, Vec<Arc<Module>>)> {
        let directory = match setting {
            WorkspaceFile::Off => return None,
            WorkspaceFile::At(file) => file.parent()?,
            WorkspaceFile::Nearest => module
                .root
                .ancestors()
                .find(|ancestor| ancestor.join("go.work").is_file())?,
        };
        let workspace = Module::read(directory, "go.work")?;
        let used = workspace.file.uses.iter().map(|used| joined(directory, used));
        let used: Vec<_> = used.filter_map(|directory| self.at(&directory)).collect();
        let (own, others): (Vec<_>, Vec<_>) = used.into_iter().partition(|used| used.root == module.root);
        (!own.is_empty()).then_some((workspace, others))
    }

    /// Forgets what was read, because a `go.mod` or a `go.work` changed.
    pub(crate) fn forget(&self) {
        self.by_root.clear();
    }
}

/// A path as a `go.mod` writes it, from the directory of that file; `.` and `..` are resolved by their names.
pub(crate) fn joined(directory: &Path, written: &str) -> PathBuf {
    let mut path = directory.to_owned();
    for component in Path::new(written).components() {
        match component {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                path.pop();
            }
            other => path.push(other),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_paths_by_name() {
        for (written, expected) in [
            (".", "/a/b"),
            ("./c/../d", "/a/b/d"),
            ("../../..", "/"),
            ("../x", "/a/x"),
            ("/y", "/y"),
        ] {
            assert_eq!(
                joined(Path::new("/a/b"), written),
                Path::new(expected),
                "{written}"
            );
        }
    }
}
