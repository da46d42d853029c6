//! Documents in a session, beside `check` with a parse of whole files and all rules.

use std::path::{Path, PathBuf};

use anyhow::Result;
use deferlint_workspace::{Checker, Diagnostic, DiscoveryOptions, DocumentId, Session, discover};
use rayon::prelude::*;

use super::every_rule;

/// Opens the files of some directories of a tree one after the other, and checks them. False when the findings differ.
pub(super) fn compare(tree: &Path, directories: usize) -> Result<bool> {
    let files = discover(&[tree.to_owned()], DiscoveryOptions::default())?.files;
    let all: Vec<_> = files
        .chunk_by(|one, other| one.parent() == other.parent())
        .collect();
    let step = all.len().div_ceil(directories.max(1)).max(1);
    let some: Vec<_> = all.into_iter().step_by(step).collect();
    let files = some.concat();
    let mut checker = Checker::new(every_rule());
    checker.parse_whole_files();
    let report = checker.check(&files, &|_| ());
    let reports = report.files.iter();
    let checked: Vec<_> = reports
        .flat_map(|file| lines(&file.path, &file.diagnostics))
        .collect();
    let opened = opened(&some)?;
    let only = |lines: &[String], others: &[String], side: &str| {
        let missing = lines.iter().filter(|line| !others.contains(line));
        missing.map(|line| println!("only {side}: {line}")).count()
    };
    let differences = only(&checked, &opened, "in a check") + only(&opened, &checked, "in a session");
    println!(
        "{}: {} files in {} directories checked and opened in a session: {} findings, {differences} differences",
        tree.display(),
        files.len(),
        some.len(),
        checked.len()
    );
    Ok(differences == 0)
}

/// The findings in files that are opened one after the other, with a session for each directory.
fn opened(directories: &[&[PathBuf]]) -> Result<Vec<String>> {
    let found = directories.par_iter().map(|files| {
        let mut session = Session::new(every_rule());
        let mut found = Vec::new();
        for path in *files {
            // What isn't UTF-8 isn't checked either.
            let Ok(text) = std::fs::read_to_string(path) else {
                continue;
            };
            let id = DocumentId::from(path.to_string_lossy());
            let changes = session.open(id.clone(), Some(path.clone()), 1, &text)?;
            session.settle(changes);
            if let Some(analysis) = session.analysis(&id) {
                found.extend(lines(path, &analysis.diagnostics));
            }
            session.close(&id);
        }
        Ok(found)
    });
    Ok(found.collect::<Result<Vec<_>>>()?.concat())
}

fn lines(path: &Path, diagnostics: &[Diagnostic]) -> Vec<String> {
    let lines = diagnostics.iter();
    lines
        .map(|diagnostic| format!("{}: {diagnostic:?}", path.display()))
        .collect()
}
