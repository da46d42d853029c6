//! The facts of files that nobody asks for at present, in as little memory as they need.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deferlint_semantics::facts::{FileFacts, SummarySource};

use crate::build_constraints::BuildTarget;
use crate::directory::{DirectoryFacts, read_files, read_importable_files};
use crate::disk_cache::{ContentHash, DiskCache};
use crate::file_text::FileText;
use crate::outline_record::OutlinedFacts;

/// The facts of the Go files of one directory, packed.
#[derive(Debug, Default)]
pub struct PackedFacts(BTreeMap<PathBuf, PackedFile>);

/// The facts of a file.
#[derive(Debug)]
pub(crate) enum PackedFile {
    /// Those of a file whose functions are summarised from its text when somebody asks.
    Packed {
        /// The hash of the text.
        hash: ContentHash,
        /// The [`OutlinedFacts`] in postcard's format.
        facts: Box<[u8]>,
    },
    /// Those of a file that was parsed as a whole, with the summaries of its functions.
    Unpacked(Arc<FileFacts>),
}

impl PackedFacts {
    /// Reads every Go file of the directory. What can't be read is left out: it makes rules quieter, never wrong.
    pub fn read(directory: &Path, cache: Option<&DiskCache>) -> Self {
        Self(read_files(directory, cache, |reader, path, text| {
            reader.pack(path, text).ok()
        }))
    }

    /// Reads the Go files of the directory that form the package that others import; those of other builds aren't even
    /// parsed.
    pub fn read_importable(directory: &Path, target: &BuildTarget, cache: Option<&DiskCache>) -> Self {
        let (files, _) = read_importable_files(directory, target, cache, |reader, path, text| {
            reader.pack(path, text).ok()
        });
        Self(files)
    }

    /// The facts.
    pub fn unpack(&self) -> DirectoryFacts {
        let files = self.0.iter();
        DirectoryFacts(
            files
                .filter_map(|(path, file)| Some((path.clone(), file.unpack(path)?)))
                .collect(),
        )
    }
}

impl PackedFile {
    /// Packs the facts of a file with this hash. `None` when memory runs out: postcard fails for no other reason on facts.
    pub(crate) fn new(facts: &OutlinedFacts, hash: ContentHash) -> Option<Self> {
        let facts = postcard::to_stdvec(facts).ok()?.into();
        Some(Self::Packed { hash, facts })
    }

    /// The facts of the file `path`; `None` only when they were damaged in memory.
    fn unpack(&self, path: &Path) -> Option<Arc<FileFacts>> {
        let (hash, facts) = match self {
            Self::Unpacked(facts) => return Some(Arc::clone(facts)),
            Self::Packed { hash, facts } => (*hash, facts),
        };
        let facts: OutlinedFacts = postcard::from_bytes(facts).ok()?;
        let text: Arc<dyn SummarySource> = Arc::new(FileText::on_disk(path, hash, facts.imports().to_vec()));
        Some(Arc::new(facts.summarised_from(&text)))
    }
}

#[cfg(test)]
mod tests {
    use deferlint_semantics::facts::Summary;

    use super::*;

    const FILES: [(&str, &str); 3] = [
        (
            "a.go",
            "package a\n\nimport \"os\"\n\ntype T struct{ file *os.File }\n\nfunc (t T) f() {\n\tdefer t.file.Close()\n\tdefer g()\n}\n",
        ),
        (
            "broken.go",
            "package a\n\nfunc g() {\n\trecover()\n\nfunc h() { panic(1) }\n",
        ),
        ("a_test.go", "package a\n\nvar inTest = T{}\n"),
    ];

    #[test]
    fn what_is_unpacked_is_what_was_read() {
        let directory = tempfile::tempdir().expect("a directory");
        for (name, text) in FILES {
            std::fs::write(directory.path().join(name), text).expect("written");
        }
        let read = DirectoryFacts::read(directory.path(), None);
        let packed = PackedFacts::read(directory.path(), None);
        let is_unpacked =
            |name: &str| matches!(packed.0[&directory.path().join(name)], PackedFile::Unpacked(_));
        assert!(is_unpacked("broken.go") && !is_unpacked("a.go"));
        let unpacked = packed.unpack();
        assert_eq!(read.0.len(), FILES.len());
        assert_eq!(unpacked.0, read.0);
        let f = &unpacked.0[&directory.path().join("a.go")].functions[0];
        let calls = f.summary.get().map(|summary: &Summary| summary.calls.len());
        assert_eq!(calls, Some(2));
    }
}
