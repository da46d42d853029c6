//! A keystroke beside many packages that are known, and beside none.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use deferlint_workspace::{DocumentId, Session};

use super::Subject;
use super::keystroke::{Served, no_settings};
use super::samples::Samples;
use super::table::Table;
use super::typing::{self, Keystrokes, SourceText};

/// How many packages of one file each are known.
const PACKAGES: usize = 8_000;

/// How often all keystrokes are made; the first time warms everything up.
const ROUNDS: usize = 6;

/// How many of them one file imports.
const IMPORTS: usize = 100;

/// Types into the same file in two sessions in turns.
pub(super) fn measure(subject: &Subject, table: &mut Table) -> Result<()> {
    let module = tempfile::tempdir().context("a directory for a module")?;
    let importers = generate(module.path())?;
    let source = SourceText {
        path: module.path().join("typed/typed.go"),
        ..typing::large(&subject.tree)?
    };
    let keystrokes = Keystrokes::of_all_kinds(&source.text)?;
    let mut many = Served::open(with_all_imported(&importers)?, &source)?;
    let mut none = Served::open(Session::new(no_settings()), &source)?;
    let (mut beside_many, mut beside_none) = (Samples::default(), Samples::default());
    for turn in 0..ROUNDS * keystrokes.len() {
        let change = keystrokes.at(turn);
        let (with_none, with_many) = (none.type_in(change)?, many.type_in(change)?);
        if turn >= keystrokes.len() {
            beside_none.push(with_none);
            beside_many.push(with_many);
        }
    }
    table.row(
        &format!("keystroke in {} with 8,000 files indexed, median", source.title()),
        beside_many.median(),
        "with none",
        beside_none.median(),
        1.1,
    );
    Ok(())
}

/// Writes a module of many packages, and returns files that import and call them all.
fn generate(module: &Path) -> Result<Vec<SourceText>> {
    std::fs::write(module.join("go.mod"), "module example.org/indexed\n\ngo 1.26\n")?;
    let mut importers = Vec::new();
    for first in (0..PACKAGES).step_by(IMPORTS) {
        let (mut imports, mut functions) = (String::new(), String::new());
        for package in first..first + IMPORTS {
            let directory = module.join(format!("p{package}"));
            std::fs::create_dir(&directory)?;
            let text = format!(
                "package p{package}\n\n// Recover ends a panic.\nfunc Recover() {{\n\trecover()\n}}\n"
            );
            std::fs::write(directory.join("recover.go"), text)?;
            writeln!(imports, "\t\"example.org/indexed/p{package}\"")?;
            writeln!(
                functions,
                "\nfunc f{package}() {{\n\tdefer func() {{\n\t\tp{package}.Recover()\n\t}}()\n}}"
            )?;
        }
        importers.push(SourceText {
            path: module.join(format!("importer{first}/importer.go")),
            text: format!(
                "package importer\n\nimport (\n{imports})\n{functions}\nfunc deferred() {{\n\tdefer p{first}.Recover()\n}}\n"
            ),
        });
    }
    Ok(importers)
}

/// A session that has read all packages, because documents that were open import them.
fn with_all_imported(importers: &[SourceText]) -> Result<Session> {
    let mut session = Session::new(no_settings());
    let mut known = 0;
    for importer in importers {
        let id = DocumentId::from("importer");
        let changes = session.open(id.clone(), Some(importer.path.clone()), 1, &importer.text)?;
        session.settle(changes);
        // Each call is a finding as soon as it is known that what is called recovers.
        known += session
            .analysis(&id)
            .map_or(0, |analysis| analysis.diagnostics.len());
        let changes = session.close(&id);
        session.settle(changes);
    }
    ensure!(known == PACKAGES, "{known} of {PACKAGES} packages are known");
    Ok(session)
}
