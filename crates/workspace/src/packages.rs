//! The index of packages: facts by directory, filled by whoever asks first and read by many threads.
//!
//! No guard of a map is held while a file is read or facts are linked, and facts of one package are linked without
//! those of another: import cycles are as good as any other imports.

mod asked;
mod on_disk;
mod own;
mod unread;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dashmap::DashMap;
use deferlint_semantics::Name;
use deferlint_semantics::context::GoVersion;
use deferlint_semantics::facts::{FileFacts, PackageFacts, Packages};

use self::asked::Asked;
use self::on_disk::OnDisk;
use self::own::OwnPackages;
use self::unread::Unread;
use crate::build_constraints::BuildTarget;
use crate::directory::{Contents, DirectoryFacts};
use crate::disk_cache::DiskCache;
use crate::environment::GoEnvironment;
use crate::import_scope::{ImportScope, ImportScopes, Resolution};
use crate::packed_facts::PackedFacts;
use crate::standard_library::StandardLibrary;

/// What is known of packages: their files on disk, and over them the files that are open.
#[derive(Debug, Default)]
pub struct PackageIndex {
    scopes: ImportScopes,
    on_disk: DashMap<PathBuf, Arc<OnDisk>>,
    open: DashMap<PathBuf, BTreeMap<PathBuf, Arc<FileFacts>>>,
    /// The packages that others import, by directory.
    imported: DashMap<PathBuf, Asked<Option<Arc<PackageFacts>>>>,
    /// The packages as their own files see them, by directory.
    own: DashMap<PathBuf, Asked<Arc<OwnPackages>>>,
    /// What the files of directories held that others import, when they were read.
    contents: DashMap<PathBuf, u128>,
    /// Where facts of files are kept from run to run.
    cache: Option<DiskCache>,
    /// The imported packages that somebody else is to read; without it they are read when they are asked for.
    unread: Option<Unread>,
}

impl PackageIndex {
    /// An empty index for this environment.
    pub fn new(environment: GoEnvironment) -> Self {
        Self {
            scopes: ImportScopes::new(environment),
            ..Self::default()
        }
    }

    /// Keeps the facts of files in a cache on disk.
    pub fn use_cache(&mut self, cache: DiskCache) {
        self.cache = Some(cache);
    }

    /// Reads no imported package any more: what isn't known yet counts as missing until [`put`](Self::put) brings what
    /// [`take_unread`](Self::take_unread) asks for.
    pub fn leave_reading(&mut self) {
        self.unread = Some(Unread::default());
    }

    /// The directories of imported packages that are to be read, each one once.
    pub fn take_unread(&self) -> Vec<PathBuf> {
        self.unread.as_ref().map(Unread::take).unwrap_or_default()
    }

    /// True while imported packages are asked for and not known.
    pub fn is_waiting(&self) -> bool {
        self.unread.as_ref().is_some_and(|unread| !unread.is_empty())
    }

    /// Where facts of files are kept from run to run.
    pub fn cache(&self) -> Option<&DiskCache> {
        self.cache.as_ref()
    }

    /// What decides which files belong to the build, and where packages lie.
    pub(crate) fn environment(&self) -> &GoEnvironment {
        self.scopes.environment()
    }

    /// The hash of what a directory's facts were read from, as far as others import them.
    pub(crate) fn contents_of(&self, directory: &Path) -> Option<u128> {
        self.contents.get(&*absolute(directory)).map(|hash| *hash)
    }

    /// Sets what the facts of a directory were read from.
    pub(crate) fn set_contents(&self, directory: &Path, contents: &Contents) {
        let hash = contents.hash_for_importers(&self.scopes.environment().target);
        self.contents.insert(absolute(directory).into_owned(), hash);
    }

    /// The version of the `go` line of a directory's module; today's where there is no module.
    pub fn go_version_of(&self, directory: &Path) -> GoVersion {
        self.scopes.of(&absolute(directory)).go_version
    }

    /// The import path of a directory: below its module or its `src` directory, or the directory itself where there is
    /// neither.
    pub fn package_path(&self, directory: &Path) -> Name {
        let directory = absolute(directory);
        self.scopes.of(&directory).package_path(&directory)
    }

    /// The packages as the files of a directory see them.
    pub fn seen_from(&self, directory: &Path) -> VisiblePackages<'_> {
        let directory = absolute(directory).into_owned();
        VisiblePackages {
            index: self,
            scope: self.scopes.of(&directory),
            directory,
        }
    }

    /// The facts of the package that a file belongs to, as the file sees it: with the tests of its directory, and with
    /// the file itself first where several files declare the same name. An external test package is another one.
    pub fn package_of(&self, path: &Path, facts: &FileFacts) -> Arc<PackageFacts> {
        let path = absolute(path);
        let directory = path.parent().unwrap_or(&path);
        self.own(directory).package_of(&path, facts)
    }

    /// The facts of the package that other packages import from the directory. Its files are read when they aren't
    /// known yet.
    pub fn importable(&self, directory: &Path) -> Option<Arc<PackageFacts>> {
        let directory = absolute(directory);
        if let Some(known) = self.imported.get(&*directory) {
            return known.get();
        }
        match &self.unread {
            Some(unread) if !self.has_facts(&directory) => {
                unread.ask(&directory);
                return None;
            }
            _ => self.read(&directory),
        }
        let files = self.known_files(&directory);
        let importable = files.importable(&self.scopes.environment().target);
        let package = importable.map(|(_, files)| {
            let path = self.scopes.of(&directory).package_path(&directory);
            Arc::new(PackageFacts::new(path, files))
        });
        self.imported
            .insert(directory.into_owned(), Asked::new(package.clone()));
        package
    }

    /// True when all files of the directory have been read.
    pub fn is_known(&self, directory: &Path) -> bool {
        self.on_disk
            .get(&*absolute(directory))
            .is_some_and(|known| known.is_complete())
    }

    /// True when the files of the directory that others import have been read, or are being read.
    pub fn is_read(&self, directory: &Path) -> bool {
        let directory = absolute(directory);
        self.on_disk.contains_key(&*directory)
            || self
                .unread
                .as_ref()
                .is_some_and(|unread| unread.holds(&directory))
    }

    /// The directory and those below it, as far as they have been read.
    pub fn read_below(&self, directory: &Path) -> Vec<PathBuf> {
        let directory = absolute(directory);
        let read = self.on_disk.iter().map(|known| known.key().clone());
        read.filter(|known| known.starts_with(&*directory)).collect()
    }

    /// Forgets which imported packages weren't found, because there may be new ones.
    pub fn forget_missing(&self) {
        self.scopes.forget_missing();
    }

    /// Sets what is known of those files of a directory that others import, unless all of them are known.
    pub fn put_importable(&self, directory: &Path, facts: PackedFacts) {
        let directory = absolute(directory);
        if let Some(unread) = &self.unread {
            unread.remove(&directory);
        }
        if !self.is_known(&directory) {
            let facts = OnDisk::packed(Arc::new(facts), false);
            self.on_disk
                .insert(directory.clone().into_owned(), Arc::new(facts));
            self.unlink(&directory);
        }
    }

    /// Forgets what is known of a directory, and knows that nothing will come: what was read before may not hold any more.
    /// True when something was known.
    pub fn leave_unread(&self, directory: &Path) -> bool {
        let was_known = self.on_disk.contains_key(&*absolute(directory));
        self.forget(directory);
        self.put_importable(directory, PackedFacts::default());
        was_known
    }

    /// The build that the packages which others import are for.
    pub fn target(&self) -> &BuildTarget {
        &self.scopes.environment().target
    }

    /// Sets what is known of the files of a directory, which stays unpacked.
    pub fn put(&self, directory: &Path, facts: DirectoryFacts) {
        self.put_complete(directory, OnDisk::unpacked(facts, true));
    }

    /// Sets what is known of the files of a directory.
    pub fn put_packed(&self, directory: &Path, facts: PackedFacts) {
        self.put_complete(directory, OnDisk::packed(Arc::new(facts), true));
    }

    fn put_complete(&self, directory: &Path, facts: OnDisk) {
        let directory = absolute(directory);
        if let Some(unread) = &self.unread {
            unread.remove(&directory);
        }
        if self
            .on_disk
            .insert(directory.clone().into_owned(), Arc::new(facts))
            .is_none()
        {
            self.scopes.forget_missing();
        }
        self.unlink(&directory);
    }

    /// Forgets what only the files of a directory themselves ask for, because they have been checked.
    pub fn settle(&self, directory: &Path) {
        let directory = absolute(directory);
        self.own.remove(&*directory);
        let target = &self.scopes.environment().target;
        let known = self.on_disk.get(&*directory).map(|known| Arc::clone(&known));
        if let Some(facts) = known.as_ref().and_then(|known| known.facts()) {
            let settled = OnDisk::unpacked(facts.importable_files(target), false);
            self.on_disk.insert(directory.into_owned(), Arc::new(settled));
        }
    }

    /// Forgets the files of a directory, because they changed.
    pub fn forget(&self, directory: &Path) {
        let directory = absolute(directory);
        self.on_disk.remove(&*directory);
        self.unlink(&directory);
    }

    /// Sets the facts of an open file, which count instead of those on disk; `None` when it is closed.
    pub fn set_open(&self, path: &Path, facts: Option<Arc<FileFacts>>) {
        let path = absolute(path);
        let Some(directory) = path.parent() else { return };
        match facts {
            Some(facts) => {
                let mut open = self.open.entry(directory.to_owned()).or_default();
                open.insert(path.clone().into_owned(), facts);
            }
            None => {
                if let Some(mut open) = self.open.get_mut(directory) {
                    open.remove(&*path);
                }
                self.open.remove_if(directory, |_, open| open.is_empty());
            }
        }
        self.unlink(directory);
    }

    /// Forgets the facts of an open file, because it is closed. Packages that no check has asked for since another file was
    /// closed are packed again, and with the last open file all are.
    pub fn close(&self, path: &Path) {
        self.set_open(path, None);
        let is_last = self.open.is_empty();
        self.imported
            .retain(|_, package| package.take_asked() && !is_last);
        self.own.retain(|_, packages| packages.take_asked() && !is_last);
        self.on_disk.alter_all(|directory, known| {
            let is_asked = self.imported.contains_key(directory) || self.own.contains_key(directory);
            if is_asked {
                known
            } else {
                OnDisk::packed_again(known)
            }
        });
    }

    /// Sets the facts of an open file that declares the same as before, whose functions only do something else.
    pub(crate) fn set_functions(&self, path: &Path, facts: &Arc<FileFacts>) {
        let path = absolute(path);
        let Some(directory) = path.parent() else { return };
        if let Some(mut open) = self.open.get_mut(directory) {
            open.insert(path.clone().into_owned(), Arc::clone(facts));
        }
        self.imported.remove(directory);
        if let Some(mut own) = self.own.get_mut(directory) {
            let now = own.get().with_functions_of(&path, facts);
            *own = Asked::new(Arc::new(now));
        }
    }

    /// Forgets every module and where packages lie, because a `go.mod` or a `go.work` changed.
    pub fn forget_modules(&self) {
        self.scopes.forget();
        self.imported.clear();
        self.own.clear();
    }

    fn unlink(&self, directory: &Path) {
        self.imported.remove(directory);
        self.own.remove(directory);
    }

    fn own(&self, directory: &Path) -> Arc<OwnPackages> {
        if let Some(known) = self.own.get(directory) {
            return known.get();
        }
        let path = self.scopes.of(directory).package_path(directory);
        let target = self.scopes.environment().target.clone();
        let own = Arc::new(OwnPackages::new(path, self.known_files(directory), target));
        self.own
            .insert(directory.to_owned(), Asked::new(Arc::clone(&own)));
        own
    }

    /// The files of an absolute directory that are known, with the open ones in place of those on disk.
    fn known_files(&self, directory: &Path) -> DirectoryFacts {
        let on_disk = self.on_disk.get(directory).map(|known| Arc::clone(&known));
        let mut files = on_disk
            .and_then(|known| known.facts().cloned())
            .unwrap_or_default();
        if let Some(open) = self.open.get(directory) {
            let open = open.iter().map(|(path, facts)| (path.clone(), Arc::clone(facts)));
            files.0.extend(open);
        }
        files
    }

    fn has_facts(&self, directory: &Path) -> bool {
        let known = self.on_disk.get(directory);
        known.is_some_and(|known| known.has_facts())
    }

    /// Reads the files of an absolute directory that others import when they aren't known yet. Whoever else asks for them
    /// meanwhile waits.
    fn read(&self, directory: &Path) {
        let known = self.on_disk.get(directory).map(|known| Arc::clone(&known));
        let known =
            known.unwrap_or_else(|| Arc::clone(&self.on_disk.entry(directory.to_owned()).or_default()));
        known.read_unless_known(|| {
            let target = &self.scopes.environment().target;
            let (facts, contents) =
                DirectoryFacts::read_importable_with_contents(directory, target, self.cache());
            self.set_contents(directory, &contents);
            facts
        });
    }
}

/// Directories are known by their absolute paths: the same one may be named from the current directory by whoever
/// checks it, and found through a module by whoever imports it.
fn absolute(path: &Path) -> Cow<'_, Path> {
    if path.is_absolute() {
        return Cow::Borrowed(path);
    }
    let path = if path == Path::new("") {
        Path::new(".")
    } else {
        path
    };
    Cow::Owned(std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
}

/// The packages that the files of one directory can import.
#[derive(Clone, Debug)]
pub struct VisiblePackages<'a> {
    index: &'a PackageIndex,
    scope: Arc<ImportScope>,
    directory: PathBuf,
}

impl VisiblePackages<'_> {
    /// Where the facts of a package come from.
    pub(crate) fn resolve(&self, path: &str) -> Resolution {
        self.index.scopes.resolve(&self.scope, path)
    }
}

impl Packages for VisiblePackages<'_> {
    fn package(&self, path: &str) -> Option<Arc<PackageFacts>> {
        let index = self.index;
        match self.resolve(path) {
            Resolution::Unknown => None,
            Resolution::Standard => StandardLibrary::package(path),
            // An external test package sees what the tests of the package itself declare.
            Resolution::Directory(directory) | Resolution::Source(directory)
                if *directory == *self.directory =>
            {
                index.own(&directory).tested()
            }
            Resolution::Source(directory) if !index.open.contains_key(&*directory) => {
                StandardLibrary::package(path)
            }
            Resolution::Directory(directory) | Resolution::Source(directory) => index.importable(&directory),
        }
    }
}

#[cfg(test)]
mod tests;
