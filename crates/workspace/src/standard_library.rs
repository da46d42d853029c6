//! The facts of Go's standard library, which are part of the program: they are known on a machine without Go.
//!
//! `cargo run -p xtask -- std-facts` writes them.

use std::path::Path;
use std::sync::{Arc, LazyLock, OnceLock};

use deferlint_semantics::facts::PackageFacts;

use crate::facts_archive::FactsArchive;
use crate::regular_file::read_description;

/// The standard library's facts.
#[derive(Debug)]
pub struct StandardLibrary {
    archive: FactsArchive<'static>,
    packages: Vec<OnceLock<Option<Arc<PackageFacts>>>>,
}

static STANDARD_LIBRARY: LazyLock<Option<StandardLibrary>> = LazyLock::new(|| {
    let archive = FactsArchive::open(StandardLibrary::BYTES)
        .inspect_err(|error| tracing::error!("the standard library isn't known: {error}"))
        .ok()?;
    let packages = archive.paths().map(|_| OnceLock::new()).collect();
    Some(StandardLibrary { archive, packages })
});

impl StandardLibrary {
    /// The archive as it is in the repository.
    pub const BYTES: &'static [u8] = include_bytes!("../data/standard_library.facts");

    /// The version of Go whose source the facts come from, as `go1.27.3`.
    pub fn go_version() -> Option<&'static str> {
        STANDARD_LIBRARY.as_ref().map(|library| library.archive.origin())
    }

    /// True for the `src` directory of the very version that the facts come from. A development tree has no `VERSION`.
    pub(crate) fn is_of(source: &Path) -> bool {
        let version = source.parent().and_then(|goroot| {
            let text = read_description(&goroot.join("VERSION")).ok()?;
            Some(text.lines().next()? == Self::go_version()?)
        });
        version == Some(true)
    }

    /// True when anybody can import a package with this path from the library, so that all that it exports is known.
    pub(crate) fn exports(path: &str) -> bool {
        Self::contains(path) && path.split('/').all(|element| element != "internal")
    }

    /// True when the library has a package with this path.
    pub fn contains(path: &str) -> bool {
        STANDARD_LIBRARY
            .as_ref()
            .is_some_and(|library| library.archive.position(path).is_some())
    }

    /// The facts of a package of the library: what it exports, and what that needs. They are decoded when they are
    /// first asked for.
    pub fn package(path: &str) -> Option<Arc<PackageFacts>> {
        let library = STANDARD_LIBRARY.as_ref()?;
        let position = library.archive.position(path)?;
        let package = library.packages[position].get_or_init(|| {
            let facts = library
                .archive
                .decode(position)
                .inspect_err(|error| tracing::error!("{path}: {error}"))
                .ok()?;
            Some(Arc::new(PackageFacts::new(path, vec![Arc::new(facts)])))
        });
        package.clone()
    }
}

#[cfg(test)]
mod tests;
