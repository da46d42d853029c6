//! Where the modules lie that a module is built from: itself, its workspace, what is vendored, and what it requires.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use deferlint_semantics::Name;
use semver::Version;

use super::PackageRoot;
use crate::environment::GoEnvironment;
use crate::module::go_mod::Replacement;
use crate::module::{Module, Modules, joined};

/// The roots of a module's packages in the order in which they are tried: the main modules, `vendor`, the required
/// modules, and the `src` directory that the module lies in as GOPATH has it. Of modules that may have a package the one
/// with the longest path comes first.
pub(super) fn roots(module: &Module, modules: &Modules, environment: &GoEnvironment) -> Vec<PackageRoot> {
    let (workspace, others) = match modules.workspace_of(module, &environment.workspace) {
        Some((workspace, others)) => (Some(workspace), others),
        None => (None, Vec::new()),
    };
    let mains: Vec<&Module> = std::iter::once(module)
        .chain(others.iter().map(|other| &**other))
        .collect();
    let mut roots: Vec<_> = mains
        .iter()
        .filter(|main| !main.file.path.is_empty())
        .map(|main| PackageRoot::module(main.file.path.clone(), main.root.clone()))
        .collect();
    longest_first(&mut roots);
    let vendor = workspace.as_ref().unwrap_or(module).root.join("vendor");
    if vendor.is_dir() {
        roots.push(PackageRoot::tree(vendor));
    }
    let files: Vec<&Module> = workspace.iter().chain(mains).collect();
    let mut required = required(&files, environment.module_cache.as_deref());
    longest_first(&mut required);
    roots.extend(required);
    roots.extend(gopath_source(module).map(PackageRoot::tree));
    roots
}

fn longest_first(roots: &mut [PackageRoot]) {
    roots.sort_by_key(|root| std::cmp::Reverse(root.prefix.len()));
}

/// The roots of the modules that the files require and replace.
fn required(files: &[&Module], module_cache: Option<&Path>) -> Vec<PackageRoot> {
    let mut versions: BTreeMap<&Name, &Name> = BTreeMap::new();
    for (path, version) in files.iter().flat_map(|module| &module.file.requires) {
        let chosen = versions.entry(path).or_insert(version);
        if precedence(version) > precedence(chosen) {
            *chosen = version;
        }
    }
    let replaces: Vec<_> = files
        .iter()
        .flat_map(|module| {
            module
                .file
                .replaces
                .iter()
                .map(|replace| (replace, module.root.as_path()))
        })
        .collect();
    let mut roots = Vec::new();
    for (path, version) in &versions {
        let directory = match replacement(&replaces, path, version) {
            Some((replace, root)) => replaced_directory(replace, root, module_cache),
            None => module_cache.map(|cache| cached_directory(cache, path, version)),
        };
        roots.extend(directory.map(|directory| PackageRoot::module((*path).clone(), directory)));
    }
    for (replace, root) in &replaces {
        if replace.version.is_none() && !versions.contains_key(&replace.path) {
            let directory = replaced_directory(replace, root, module_cache);
            roots.extend(directory.map(|directory| PackageRoot::module(replace.path.clone(), directory)));
        }
    }
    roots
}

/// A version that can't be read comes before every other.
fn precedence(version: &str) -> Option<Version> {
    Version::parse(version.strip_prefix('v')?).ok()
}

/// The replacement of a module; one of its very version goes first.
fn replacement<'a>(
    replaces: &[(&'a Replacement, &'a Path)],
    path: &Name,
    version: &Name,
) -> Option<(&'a Replacement, &'a Path)> {
    let of_version = |wanted: Option<&Name>| {
        replaces
            .iter()
            .find(|(replace, _)| replace.path == *path && replace.version.as_ref() == wanted)
    };
    of_version(Some(version)).or_else(|| of_version(None)).copied()
}

fn replaced_directory(replace: &Replacement, root: &Path, module_cache: Option<&Path>) -> Option<PathBuf> {
    match &replace.by_version {
        Some(version) => Some(cached_directory(module_cache?, &replace.by, version)),
        None => Some(joined(root, &replace.by)),
    }
}

/// Where the module cache keeps a version of a module (Go modules reference, "Module cache").
fn cached_directory(module_cache: &Path, path: &str, version: &str) -> PathBuf {
    module_cache.join(format!("{}@{}", escaped(path), escaped(version)))
}

/// Capital letters are written `!x`, for file systems that don't tell them from small ones.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_uppercase() {
            escaped.push('!');
        }
        escaped.push(character.to_ascii_lowercase());
    }
    escaped
}

/// The `src` directory above a module that lies there under its own path: Debian installs modules so, with their
/// dependencies beside them and no module cache.
fn gopath_source(module: &Module) -> Option<PathBuf> {
    let path = Path::new(module.file.path.as_str());
    if path.as_os_str().is_empty() || !module.root.ends_with(path) {
        return None;
    }
    let source = module.root.ancestors().nth(path.components().count())?;
    (source.file_name()? == "src").then(|| source.to_owned())
}
