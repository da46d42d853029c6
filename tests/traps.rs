//! Every trap is reported by the rules that the index names for it, on the lines that `tests/traps/findings.txt` lists.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use deferlint_rules::RULES;
use deferlint_testkit::traps;
use deferlint_workspace::{Checker, Report, Selector, Settings};
use expect_test::expect_file;

/// Rules that no trap is for: their pages show them.
const WITHOUT_TRAP: [&str; 2] = ["fatal-in-deferred-function", "pointer-to-map"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn check(settings: Settings) -> Report {
    let mut paths: Vec<_> = traps::index(&root()).into_iter().map(|trap| trap.path).collect();
    paths.sort();
    let report = Checker::new(settings).check(&paths, &|_| {});
    assert!(report.errors.is_empty(), "{:?}", report.errors);
    report
}

fn everything() -> Settings {
    Settings {
        select: Some(vec![Selector::All]),
        ..Settings::default()
    }
}

/// The rules that report something in a file.
fn reported(report: &Report, path: &Path) -> BTreeSet<&'static str> {
    let files = report.files.iter().filter(|file| file.path == path);
    let diagnostics = files.flat_map(|file| &file.diagnostics);
    diagnostics.map(|diagnostic| diagnostic.rule.name).collect()
}

#[test]
fn every_trap_is_reported_by_the_rules_of_the_index() {
    let report = check(everything());
    for trap in traps::index(&root()) {
        let found = reported(&report, &trap.path);
        let name = trap.path.display();
        if trap.rules.is_empty() {
            assert!(found.is_empty(), "{name} must stay silent, but {found:?}");
        }
        for rule in trap.rules {
            assert!(
                found.contains(rule.name),
                "{name}: no {}, only {found:?}",
                rule.name
            );
        }
    }
}

#[test]
fn the_index_lists_every_trap_and_every_rule() {
    let index = traps::index(&root());
    let listed: BTreeSet<_> = index.iter().map(|trap| trap.path.clone()).collect();
    let entries = std::fs::read_dir(root().join(traps::DIRECTORY)).expect("the directory");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let files: BTreeSet<_> = paths
        .filter(|path| path.extension().is_some_and(|found| found == "go"))
        .collect();
    assert_eq!(listed, files);
    let named: BTreeSet<_> = index
        .iter()
        .flat_map(|trap| &trap.rules)
        .map(|rule| rule.name)
        .collect();
    let missing: Vec<_> = RULES
        .iter()
        .map(|rule| rule.name)
        .filter(|name| !named.contains(name) && !WITHOUT_TRAP.contains(name))
        .collect();
    assert!(missing.is_empty(), "rules without a trap: {missing:?}");
}

#[test]
fn findings_stand_on_the_listed_lines() {
    let report = check(everything());
    let mut listing = String::new();
    for file in &report.files {
        let name = file.path.file_name().expect("a file").to_string_lossy();
        for diagnostic in &file.diagnostics {
            let line = file.document.line_of(diagnostic.range.start()) + 1;
            let (severity, rule) = (diagnostic.severity, diagnostic.rule.name);
            listing.push_str(&format!("{name}:{line}: {severity} {rule}\n"));
        }
    }
    expect_file![root().join(traps::DIRECTORY).join("findings.txt")].assert_eq(&listing);
}

#[test]
fn rules_that_are_off_are_silent_until_they_are_selected() {
    let report = check(Settings::default());
    let diagnostics = report.files.iter().flat_map(|file| &file.diagnostics);
    let off: Vec<_> = diagnostics
        .filter(|diagnostic| !diagnostic.rule.is_default)
        .collect();
    assert!(off.is_empty(), "{off:?}");
}
