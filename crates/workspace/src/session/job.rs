//! Work that a session leaves to other threads.

use std::path::PathBuf;

use deferlint_syntax::{Parser, Tree};
use deferlint_text::Document;

use super::{DocumentId, Session};
use crate::build_constraints::BuildTarget;
use crate::disk_cache::DiskCache;
use crate::packed_facts::PackedFacts;

/// Work that takes too long for the owner of the session.
#[derive(Debug)]
pub enum Job {
    /// Parse a text from scratch.
    Parse {
        /// The document.
        id: DocumentId,
        /// Its text when the job was made.
        document: Document,
        /// The number of the parse: the outcome of one that was overtaken has no use.
        parse: u64,
    },
    /// Read the Go files of a directory.
    Index {
        /// The directory.
        directory: PathBuf,
        /// Where the facts of its files are kept.
        cache: Option<DiskCache>,
    },
    /// Read those Go files of a directory that form the package that others import.
    Import {
        /// The directory.
        directory: PathBuf,
        /// The build whose files they are.
        target: BuildTarget,
        /// Where the facts of its files are kept.
        cache: Option<DiskCache>,
    },
}

/// What a [`Job`] came to.
#[derive(Debug)]
pub enum Outcome {
    /// A text was parsed.
    Parsed {
        /// The document.
        id: DocumentId,
        /// The tree.
        tree: Tree,
        /// The number of the parse.
        parse: u64,
    },
    /// A directory was read.
    Indexed {
        /// The directory.
        directory: PathBuf,
        /// Its facts.
        facts: PackedFacts,
    },
    /// The package that others import from a directory was read.
    Imported {
        /// The directory.
        directory: PathBuf,
        /// Its facts.
        facts: PackedFacts,
    },
    /// A directory wasn't read, and won't be before it changes or one of its files is opened.
    LeftUnread {
        /// The directory.
        directory: PathBuf,
    },
}

impl Job {
    /// Does the work.
    pub fn run(self) -> Outcome {
        match self {
            Self::Parse { id, document, parse } => Outcome::Parsed {
                id,
                tree: Parser::new().parse(&document),
                parse,
            },
            Self::Index { directory, cache } => {
                let facts = PackedFacts::read(&directory, cache.as_ref());
                Outcome::Indexed { directory, facts }
            }
            Self::Import {
                directory,
                target,
                cache,
            } => {
                let facts = PackedFacts::read_importable(&directory, &target, cache.as_ref());
                Outcome::Imported { directory, facts }
            }
        }
    }
}

impl Session {
    /// Keeps the facts of files in a cache on disk.
    pub fn use_cache(&mut self, cache: DiskCache) {
        self.index.use_cache(cache);
    }

    /// The job that reads a directory.
    pub(super) fn index_job(&self, directory: PathBuf) -> Job {
        Job::Index {
            directory,
            cache: self.index.cache().cloned(),
        }
    }

    /// The jobs that read the imported packages that rules have asked for.
    pub(super) fn import_jobs(&self) -> impl Iterator<Item = Job> {
        let unread = self.index.take_unread().into_iter();
        unread.map(|directory| Job::Import {
            directory,
            target: self.index.target().clone(),
            cache: self.index.cache().cloned(),
        })
    }
}
