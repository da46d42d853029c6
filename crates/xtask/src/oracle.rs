//! The Go oracle: what the documentation says about Go is said by Go. `tests/oracle/README.md` lists the checks.

mod module;
mod output;
mod program;
mod traps;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use deferlint_testkit::page::{Page, PageError};

use self::module::{Module, Outcome};
use crate::toolchain::Toolchain;

/// The Go modules of the repository that must build.
const MODULE_DIRECTORIES: [&str; 3] = ["examples", "tests/traps", "tests/cross_package"];

/// The page of wrong blocks, by which the oracle checks itself.
const REFUSED_PAGE: &str = "tests/oracle/refused.md";

/// In a block of [`REFUSED_PAGE`]: what its failure must say.
const REFUSED_MARKER: &str = "// Refused: ";

/// Arguments of the oracle.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Check only the pages and modules whose path in the repository contains this text.
    filter: Option<String>,
}

/// A page, its path in the repository written with `/`.
struct NamedPage {
    path: String,
    page: Page,
}

/// How many checks passed and failed; a check is one block or one module.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    /// Counts one check and prints its failures, if any.
    fn count(&mut self, failures: &[String]) {
        if failures.is_empty() {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
        for failure in failures {
            eprintln!("{failure}");
        }
    }
}

/// Runs every check on the repository at `root`. The exit status is 0 when all passed, 1 when one failed; an error
/// means that the checks couldn't be run.
pub(crate) fn run(arguments: &Arguments, root: &Path) -> Result<ExitCode> {
    let toolchain = Toolchain::find()?;
    let is_selected = |path: &str| {
        arguments
            .filter
            .as_ref()
            .is_none_or(|filter| path.contains(filter))
    };
    let mut tally = Tally::default();
    let pages = read_pages(root, &is_selected, &mut tally)?;
    let directory = tempfile::tempdir().context("a temporary directory for the blocks")?;
    for outcome in check_pages(&toolchain, &pages, &directory.path().join("pages"))? {
        tally.count(&outcome.failures);
    }
    if is_selected(REFUSED_PAGE) {
        let pages = [read_page(root, REFUSED_PAGE)??];
        for outcome in check_pages(&toolchain, &pages, &directory.path().join("refused"))? {
            tally.count(&check_refusal(&outcome));
        }
    }
    for name in MODULE_DIRECTORIES.into_iter().filter(|name| is_selected(name)) {
        tally.count(&check_directory(&toolchain, root, name)?);
    }
    if is_selected(traps::NAME) {
        tally.count(&traps::check(&toolchain, root, &directory.path().join("traps"))?);
    }
    if tally.passed + tally.failed == 0 {
        bail!("nothing to check: no page with a Go block and no module has the filter's text in its path");
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(if tally.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Reads `README.md` and `docs/**/*.md`; a page that can't be parsed is a failed check.
fn read_pages(root: &Path, is_selected: &dyn Fn(&str) -> bool, tally: &mut Tally) -> Result<Vec<NamedPage>> {
    let mut pages = Vec::new();
    for file in markdown_files(root)? {
        let relative = file.strip_prefix(root).unwrap_or(&file);
        let path = relative.to_string_lossy().replace('\\', "/");
        if !is_selected(&path) {
            continue;
        }
        match read_page(root, &path)? {
            Ok(page) => pages.push(page),
            Err(error) => tally.count(&[error.to_string()]),
        }
    }
    Ok(pages)
}

fn read_page(root: &Path, path: &str) -> Result<Result<NamedPage, PageError>> {
    let text = std::fs::read_to_string(root.join(path)).with_context(|| path.to_owned())?;
    Ok(Page::parse(path, &text).map(|page| NamedPage {
        path: path.to_owned(),
        page,
    }))
}

fn check_pages<'p>(
    toolchain: &Toolchain,
    pages: &'p [NamedPage],
    directory: &Path,
) -> Result<Vec<Outcome<'p>>> {
    let mut outcomes = Vec::new();
    for module in Module::group(pages, directory) {
        outcomes.extend(module.check(toolchain)?);
    }
    Ok(outcomes)
}

/// A block of [`REFUSED_PAGE`] must fail, and for the reason that it gives.
fn check_refusal(outcome: &Outcome) -> Vec<String> {
    let mut lines = outcome.block.files.iter().flat_map(|file| file.text.lines());
    let place = format!("{}:{}", outcome.page, outcome.block.line);
    let Some(reason) = lines.find_map(|line| Some(line.split_once(REFUSED_MARKER)?.1)) else {
        return vec![format!(
            "{place}: the block doesn't say why it is refused (`{REFUSED_MARKER}...`)"
        )];
    };
    if outcome.failures.iter().any(|failure| failure.contains(reason)) {
        return Vec::new();
    }
    vec![format!(
        "{place}: not refused for `{reason}`, but for {:?}",
        outcome.failures
    )]
}

fn markdown_files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for start in [root.join("README.md"), root.join("docs")] {
        if !start.exists() {
            continue;
        }
        for entry in ignore::WalkBuilder::new(start).build() {
            let path = entry?.into_path();
            if path.extension().is_some_and(|extension| extension == "md") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Builds a module of the repository, its tests too.
fn check_directory(toolchain: &Toolchain, root: &Path, name: &str) -> Result<Vec<String>> {
    let directory = root.join(name);
    if !directory.join("go.mod").is_file() {
        return Ok(vec![format!("{name}: no go.mod")]);
    }
    go_failures(toolchain, &directory, name)
}

/// What Go says against a module and its tests, called `name` in the failures.
fn go_failures(toolchain: &Toolchain, directory: &Path, name: &str) -> Result<Vec<String>> {
    let mut failures = Vec::new();
    for arguments in [&["build", "./..."][..], &["test", "-vet=off", "-run=^$", "./..."]] {
        let result = toolchain.run(directory, arguments)?;
        if !result.success {
            let command = arguments.join(" ");
            failures.push(format!(
                "{name}: go {command}\n{}{}",
                result.stdout, result.stderr
            ));
        }
    }
    Ok(failures)
}
