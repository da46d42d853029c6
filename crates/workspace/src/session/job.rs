//! Work that a session leaves to other threads.

use std::path::PathBuf;

use deferlint_syntax::{Parser, Tree};
use deferlint_text::Document;

use super::DocumentId;
use crate::directory::DirectoryFacts;

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
        facts: DirectoryFacts,
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
            Self::Index { directory } => {
                let facts = DirectoryFacts::read(&directory);
                Outcome::Indexed { directory, facts }
            }
        }
    }
}
