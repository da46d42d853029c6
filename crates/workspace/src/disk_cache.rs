//! What was read and found before, on disk: the facts of a file whose text is the same needn't be made again.
//!
//! One file of the cache holds what is known of one directory, and another one what was found there. Each is written
//! beside its place and renamed, so that another process reads the old one or the new one; one that can't be read, or that
//! is damaged, counts as empty and is written anew.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use etcetera::BaseStrategy;
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

/// What a file of the cache begins with, before the checksum of the rest.
const MAGIC: &[u8; 16] = b"deferlint cache\n";

/// How many versions of the program have a cache at once.
const MAX_VERSIONS: usize = 3;

/// The hash of a text.
pub(crate) type ContentHash = u128;

/// The hash by which a text is known again.
pub(crate) fn content_hash(text: &str) -> ContentHash {
    xxh3_128(text.as_bytes())
}

/// What a directory holds the facts of its files under.
const FACTS: &str = "facts";

/// A cache of facts and findings on disk. It may be deleted at any time.
#[derive(Clone, Debug)]
pub struct DiskCache {
    directory: PathBuf,
}

impl DiskCache {
    /// The cache of this build of the program in the user's directory for caches (`$XDG_CACHE_HOME`, or `.cache` in the
    /// home directory; on Windows the local application data). `None` when there is no such directory.
    pub fn of_user() -> Option<Self> {
        let caches = etcetera::choose_base_strategy().ok()?.cache_dir();
        Self::at(&caches.join("deferlint"))
    }

    /// The cache of this build of the program below a directory that holds nothing but caches of deferlint, and needn't
    /// exist yet.
    pub fn at(root: &Path) -> Option<Self> {
        Some(Self::of_version(root, &build()?))
    }

    /// The cache of a build of the program, by its name.
    fn of_version(root: &Path, version: &str) -> Self {
        Self {
            directory: root.join(version),
        }
    }

    /// What is cached of the Go files in a directory.
    pub(crate) fn open(&self, directory: &Path) -> CachedDirectory {
        let path = self.path_of(directory, FACTS);
        let records: Vec<(ContentHash, Vec<u8>)> = load(&path).unwrap_or_default();
        CachedDirectory {
            path: Some(path),
            known: records.into_iter().collect(),
            used: Vec::new(),
            is_changed: false,
        }
    }

    /// What is kept of a kind for a directory; `None` when there is nothing, or when it is damaged.
    pub(crate) fn load<T: DeserializeOwned>(&self, directory: &Path, kind: &str) -> Option<T> {
        load(&self.path_of(directory, kind))
    }

    /// Keeps something of a kind for a directory instead of what is there. What can't be written isn't kept.
    pub(crate) fn store<T: Serialize>(&self, directory: &Path, kind: &str, value: &T) {
        store(&self.path_of(directory, kind), value);
    }

    fn path_of(&self, directory: &Path, kind: &str) -> PathBuf {
        // `.` is another directory wherever the program runs.
        let directory = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
        let name = xxh3_128(directory.as_os_str().as_encoded_bytes());
        self.directory.join(format!("{name:032x}.{kind}"))
    }
}

/// The cached records of the files in one directory.
#[derive(Debug, Default)]
pub(crate) struct CachedDirectory {
    /// Where it lies; without a place nothing is kept.
    path: Option<PathBuf>,
    known: FxHashMap<ContentHash, Vec<u8>>,
    used: Vec<(ContentHash, Vec<u8>)>,
    is_changed: bool,
}

impl CachedDirectory {
    /// The record of the file with this text.
    pub(crate) fn get<T: DeserializeOwned>(&mut self, hash: ContentHash) -> Option<T> {
        let bytes = self.known.remove(&hash)?;
        let record = postcard::from_bytes(&bytes).ok()?;
        self.used.push((hash, bytes));
        Some(record)
    }

    /// Adds the record of the file with this text.
    pub(crate) fn put<T: Serialize>(&mut self, hash: ContentHash, record: &T) {
        if self.path.is_some()
            && let Ok(bytes) = postcard::to_stdvec(record)
        {
            self.used.push((hash, bytes));
            self.is_changed = true;
        }
    }

    /// Writes what is new. When all files of the directory were read, records that none of them asked for go.
    pub(crate) fn save(mut self, is_complete: bool) {
        let Some(path) = self.path.filter(|_| self.is_changed) else {
            return;
        };
        if !is_complete {
            self.used.extend(self.known);
        }
        store(&path, &self.used);
    }
}

fn load<T: DeserializeOwned>(path: &Path) -> Option<T> {
    decode(&std::fs::read(path).ok()?)
}

fn store<T: Serialize>(path: &Path, value: &T) {
    if let Err(error) = write(path, value) {
        tracing::debug!("{}: the cache can't be written: {error}", path.display());
    }
}

fn write<T: Serialize>(path: &Path, value: &T) -> std::io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new(""));
    if !directory.is_dir() {
        std::fs::create_dir_all(directory)?;
        remove_old_versions(directory);
    }
    let value = postcard::to_stdvec(value).map_err(std::io::Error::other)?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(MAGIC)?;
    file.write_all(&xxh3_64(&value).to_le_bytes())?;
    file.write_all(&value)?;
    file.persist(path)?;
    Ok(())
}

/// What is in a file of the cache; `None` when it is damaged.
fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let (checksum, value) = bytes.strip_prefix(MAGIC)?.split_first_chunk()?;
    let is_whole = u64::from_le_bytes(*checksum) == xxh3_64(value);
    is_whole.then(|| postcard::from_bytes(value).ok())?
}

/// A name for this build of the program: what another one makes of the same text may differ.
fn build() -> Option<String> {
    let program = std::env::current_exe().ok()?.metadata().ok()?;
    let modified = program.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!(
        "{}-{:x}-{:x}",
        env!("CARGO_PKG_VERSION"),
        modified.as_nanos(),
        program.len()
    ))
}

/// Removes the caches of other versions, except for the latest ones. What can't be removed stays.
fn remove_old_versions(newest: &Path) {
    let versions = newest.parent().and_then(|parent| std::fs::read_dir(parent).ok());
    let mut versions: Vec<_> = versions
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .filter(|(_, path)| path != newest)
        .collect();
    versions.sort();
    for (_, path) in versions.iter().rev().skip(MAX_VERSIONS - 1) {
        if let Err(error) = std::fs::remove_dir_all(path) {
            tracing::debug!("{}: an old cache can't be removed: {error}", path.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The only file of a cache.
    fn only_file(cache: &DiskCache) -> PathBuf {
        let mut files = std::fs::read_dir(&cache.directory).expect("a directory");
        let file = files.next().expect("a file").expect("a readable directory");
        assert!(files.next().is_none());
        file.path()
    }

    fn get(cache: &DiskCache, hash: ContentHash) -> Option<String> {
        cache.open(Path::new("/shop")).get(hash)
    }

    fn filled(root: &Path) -> DiskCache {
        let cache = DiskCache::of_version(root, "version");
        let mut shop = cache.open(Path::new("/shop"));
        shop.put(1, &"one");
        shop.put(2, &"two");
        shop.save(true);
        cache
    }

    #[test]
    fn records_are_found_again() {
        let root = tempfile::tempdir().expect("a directory");
        let cache = filled(root.path());
        assert_eq!(get(&cache, 1).as_deref(), Some("one"));
        assert_eq!(get(&cache, 3), None);
        assert_eq!(cache.open(Path::new("/other")).get::<String>(1), None);
    }

    #[test]
    fn what_no_file_asks_for_goes() {
        let root = tempfile::tempdir().expect("a directory");
        let cache = filled(root.path());
        for (is_complete, left) in [(false, Some("two")), (true, None)] {
            let mut shop = cache.open(Path::new("/shop"));
            assert_eq!(shop.get::<String>(1).as_deref(), Some("one"));
            shop.put(3, &"three");
            shop.save(is_complete);
            assert_eq!(get(&cache, 2).as_deref(), left);
            assert_eq!(get(&cache, 3).as_deref(), Some("three"));
        }
    }

    #[test]
    fn a_damaged_file_counts_as_empty_and_is_written_anew() {
        let root = tempfile::tempdir().expect("a directory");
        let cache = filled(root.path());
        let file = only_file(&cache);
        let whole = std::fs::read(&file).expect("a file");
        for index in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[index] ^= 0x40;
            std::fs::write(&file, &damaged).expect("a file");
            assert_eq!(get(&cache, 1), None, "byte {index}");
            std::fs::write(&file, &whole[..index]).expect("a file");
            assert_eq!(get(&cache, 1), None, "{index} bytes");
        }
        filled(root.path());
        assert_eq!(get(&cache, 1).as_deref(), Some("one"));
    }

    #[test]
    fn a_cache_that_cannot_be_written_costs_nothing() {
        let root = tempfile::tempdir().expect("a directory");
        let path = root.path().join("file");
        std::fs::write(&path, "no directory").expect("a file");
        let cache = filled(&path);
        assert_eq!(get(&cache, 1), None);
    }

    #[test]
    fn old_versions_go() {
        let root = tempfile::tempdir().expect("a directory");
        for version in ["a", "b", "c", "d"] {
            let cache = DiskCache::of_version(root.path(), version);
            let mut shop = cache.open(Path::new("/shop"));
            shop.put(1, &version);
            shop.save(true);
        }
        let left = std::fs::read_dir(root.path()).expect("a directory").count();
        assert_eq!(left, MAX_VERSIONS);
        assert!(root.path().join("d").is_dir());
    }
}
