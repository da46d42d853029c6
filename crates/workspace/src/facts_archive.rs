//! The facts of many packages in one compact file, each decoded on its own.
//!
//! The layout: [`MAGIC`], the length of the index in bytes (`u32`, little-endian), the index, then the packages one
//! after the other, each compressed on its own. The index and the facts are in postcard's format.

use deferlint_semantics::Name;
use deferlint_semantics::facts::FileFacts;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What an archive begins with.
const MAGIC: &[u8] = b"deferlint facts\n";

/// The strength of the compression: the archive is written seldom and kept in the repository.
const COMPRESSION_LEVEL: u8 = 10;

/// The largest package that is decoded, in bytes.
const MAX_PACKAGE_LENGTH: usize = 64 << 20;

/// An archive of facts over its bytes.
#[derive(Debug)]
pub struct FactsArchive<'a> {
    index: Index,
    packages: &'a [u8],
}

/// Bytes that are no archive, or a damaged one, or one that another version of the program wrote.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the archive of facts is damaged, or another version wrote it: {0}")]
pub struct DamagedArchive(String);

#[derive(Debug, Serialize, Deserialize)]
struct Index {
    origin: String,
    /// The paths, sorted, and where the facts of each end.
    packages: Vec<(Name, u32)>,
}

impl<'a> FactsArchive<'a> {
    /// Opens an archive.
    ///
    /// # Errors
    /// Bytes that don't begin like an archive. Damage in a package shows when that package is asked for.
    pub fn open(bytes: &'a [u8]) -> Result<Self, DamagedArchive> {
        let damaged = |reason: &str| DamagedArchive(reason.to_owned());
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| damaged("no magic"))?;
        let (length, rest) = rest.split_first_chunk().ok_or_else(|| damaged("no index"))?;
        let length = u32::from_le_bytes(*length) as usize;
        let (index, packages) = rest
            .split_at_checked(length)
            .ok_or_else(|| damaged("a short index"))?;
        let index = postcard::from_bytes(index).map_err(|error| damaged(&error.to_string()))?;
        Ok(Self { index, packages })
    }

    /// Where the facts come from.
    pub fn origin(&self) -> &str {
        &self.index.origin
    }

    /// The paths of the packages, sorted.
    pub fn paths(&self) -> impl ExactSizeIterator<Item = &Name> {
        self.index.packages.iter().map(|(path, _)| path)
    }

    /// Where a package stands among [`paths`](Self::paths).
    pub fn position(&self, path: &str) -> Option<usize> {
        let packages = &self.index.packages;
        packages
            .binary_search_by(|(found, _)| found.as_str().cmp(path))
            .ok()
    }

    /// The facts of the package at a position, all of its files in one.
    ///
    /// # Errors
    /// A position beyond the last one, and facts that can't be decoded.
    pub fn decode(&self, position: usize) -> Result<FileFacts, DamagedArchive> {
        let end = |position: usize| Some(self.index.packages.get(position)?.1 as usize);
        let start = position.checked_sub(1).map_or(Some(0), end);
        let compressed = start
            .zip(end(position))
            .and_then(|(start, end)| self.packages.get(start..end))
            .ok_or_else(|| DamagedArchive("a package beyond the end".to_owned()))?;
        let bytes = miniz_oxide::inflate::decompress_to_vec_with_limit(compressed, MAX_PACKAGE_LENGTH)
            .map_err(|error| DamagedArchive(error.to_string()))?;
        postcard::from_bytes(&bytes).map_err(|error| DamagedArchive(error.to_string()))
    }
}

/// Writes an archive.
///
/// # Panics
/// When memory runs out: postcard fails for no other reason on facts.
pub fn encode_archive(origin: &str, packages: &std::collections::BTreeMap<Name, FileFacts>) -> Vec<u8> {
    let mut index = Index {
        origin: origin.to_owned(),
        packages: Vec::new(),
    };
    let mut blobs = Vec::new();
    for (path, facts) in packages {
        let bytes = postcard::to_stdvec(facts).expect("facts are serialisable");
        blobs.extend(miniz_oxide::deflate::compress_to_vec(&bytes, COMPRESSION_LEVEL));
        index.packages.push((path.clone(), blobs.len() as u32));
    }
    let index = postcard::to_stdvec(&index).expect("an index is serialisable");
    let mut bytes = MAGIC.to_vec();
    bytes.extend((index.len() as u32).to_le_bytes());
    bytes.extend(index);
    bytes.extend(blobs);
    bytes
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn archive() -> Vec<u8> {
        let package = |name: &str| FileFacts {
            package: name.into(),
            ..FileFacts::default()
        };
        let packages = [("net/http", "http"), ("a", "a"), ("net", "net")];
        let packages = packages.map(|(path, name)| (Name::from(path), package(name)));
        encode_archive("go1.27", &BTreeMap::from(packages))
    }

    #[test]
    fn decodes_what_was_encoded() {
        let bytes = archive();
        let archive = FactsArchive::open(&bytes).expect("an archive");
        assert_eq!(archive.origin(), "go1.27");
        assert_eq!(archive.paths().collect::<Vec<_>>(), ["a", "net", "net/http"]);
        for (path, name) in [("net/http", "http"), ("a", "a"), ("net", "net")] {
            let position = archive.position(path).expect("a package");
            assert_eq!(archive.decode(position).expect("facts").package, name);
        }
        assert_eq!(archive.position("net/htt"), None);
        assert!(archive.decode(3).is_err());
    }

    #[test]
    fn damage_is_an_error() {
        let bytes = archive();
        for length in 0..bytes.len() {
            if let Ok(archive) = FactsArchive::open(&bytes[..length]) {
                assert!(archive.decode(2).is_err(), "{length}");
            }
        }
        for position in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[position] ^= 0x55;
            if let Ok(archive) = FactsArchive::open(&damaged) {
                (0..4).for_each(|package| drop(archive.decode(package)));
            }
        }
    }
}
