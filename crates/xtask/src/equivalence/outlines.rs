//! `check` with the parse of what rules start from, beside `check` with a parse of whole files.

use std::path::Path;

use anyhow::Result;
use deferlint_workspace::{Checker, DiscoveryOptions, Report, discover};

use super::every_rule;

/// Checks a tree in both ways, with every rule. False when the findings differ.
pub(super) fn compare(tree: &Path) -> Result<bool> {
    let files = discover(&[tree.to_owned()], DiscoveryOptions::default())?.files;
    let outlined = Checker::new(every_rule()).check(&files, &|_| ());
    let mut whole = Checker::new(every_rule());
    whole.parse_whole_files();
    let whole = whole.check(&files, &|_| ());
    let (one, other) = (lines(&outlined), lines(&whole));
    let only = |lines: &[String], others: &[String], side: &str| {
        let missing = lines.iter().filter(|line| !others.contains(line));
        missing.map(|line| println!("{side}: {line}")).count()
    };
    let differences = only(&one, &other, "only without a parse of whole files")
        + only(&other, &one, "only with a parse of whole files");
    println!(
        "{}: {} files checked with and without a parse of whole files: {} findings, {differences} differences",
        tree.display(),
        files.len(),
        other.len()
    );
    Ok(differences == 0)
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
