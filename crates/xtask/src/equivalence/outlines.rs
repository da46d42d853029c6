//! `check` with the parse of what rules start from, beside `check` with a parse of whole files and `check` with the
//! findings of an earlier run.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use deferlint_workspace::{Checker, DiscoveryOptions, DiskCache, Report, discover};

use super::every_rule;

/// Checks a tree in all ways, with every rule. False when the findings differ.
pub(super) fn compare(tree: &Path) -> Result<bool> {
    let files = discover(&[tree.to_owned()], DiscoveryOptions::default())?.files;
    let mut whole = Checker::new(every_rule());
    whole.parse_whole_files();
    let whole = lines(&whole.check(&files, &|_| ()));
    let directory = tempfile::tempdir().context("a directory for the cache")?;
    let cache = DiskCache::at(directory.path()).context("the file of this program")?;
    let mut differences = 0;
    for way in [
        "with a parse of what rules start from",
        "with the findings of an earlier run",
    ] {
        differences += compare_with(&whole, &checked(&files, &cache), way);
    }
    println!(
        "{}: {} files checked with a parse of whole files, with one of what rules start from, and with the findings of an \
         earlier run: {} findings, {differences} differences",
        tree.display(),
        files.len(),
        whole.len()
    );
    Ok(differences == 0)
}

/// What a checker finds that uses the cache.
fn checked(files: &[PathBuf], cache: &DiskCache) -> Vec<String> {
    let mut checker = Checker::new(every_rule());
    checker.use_cache(cache.clone());
    lines(&checker.check(files, &|_| ()))
}

/// Prints what is found in one way and not in the other, and counts it.
fn compare_with(whole: &[String], found: &[String], way: &str) -> usize {
    let missing = |lines: &[String], others: &[String], when: &str| {
        let missing = lines.iter().filter(|line| !others.contains(line));
        missing.map(|line| println!("{when} {way}: {line}")).count()
    };
    missing(found, whole, "only") + missing(whole, found, "not")
}

fn lines(report: &Report) -> Vec<String> {
    let files = report.files.iter();
    let lines = files.flat_map(|file| {
        file.diagnostics
            .iter()
            .map(|diagnostic| format!("{}: {diagnostic:?}", file.path.display()))
    });
    lines.collect()
}
