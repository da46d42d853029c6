//! Writes the facts of Go's standard library that are baked into the program, from Go's source.

mod collect;
mod reach;
mod relevance;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use deferlint_workspace::{FactsArchive, StandardLibrary, encode_archive};

/// Where the archive lies, from the repository's top directory.
const ARCHIVE: &str = "crates/workspace/data/standard_library.facts";

/// Write the facts of the standard library, or check that they are what Go's source says.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The directory of a Go toolchain with its source, as `go env GOROOT` prints it
    #[arg(long, value_name = "DIR")]
    goroot: PathBuf,
    /// Write nothing; fail unless the archive in the repository is the one that would be written
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(arguments: &Arguments, repository: &Path) -> Result<ExitCode> {
    let version = go_version(&arguments.goroot)?;
    if arguments.check && StandardLibrary::go_version() != Some(&version) {
        let own = StandardLibrary::go_version().unwrap_or("an unreadable archive");
        bail!("the repository's facts are those of {own}, and the source is {version}'s");
    }
    let library = collect::collect(&arguments.goroot.join("src"))?;
    let public = reach::reachable(&library);
    let bytes = encode_archive(&version, &public);
    if arguments.check {
        if bytes != StandardLibrary::BYTES {
            bail!(
                "{ARCHIVE} isn't what `cargo run -p xtask -- std-facts --goroot DIR` writes from {version}'s source: \
                 {} bytes against {}",
                StandardLibrary::BYTES.len(),
                bytes.len()
            );
        }
    } else {
        let path = repository.join(ARCHIVE);
        std::fs::write(&path, &bytes).with_context(|| path.display().to_string())?;
    }
    let packages = FactsArchive::open(&bytes)?.paths().len();
    println!("{version}: {packages} packages, {} bytes", bytes.len());
    Ok(ExitCode::SUCCESS)
}

/// The first line of the toolchain's `VERSION`, as `go1.27.3`.
fn go_version(goroot: &Path) -> Result<String> {
    let path = goroot.join("VERSION");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    match text.lines().next() {
        Some(version) if version.starts_with("go1.") => Ok(version.to_owned()),
        _ => bail!("{}: no Go version", path.display()),
    }
}
