//! Every rule's page holds: as it is written, with CRLF line ends, and behind a comment of wide characters.

use std::collections::BTreeSet;
use std::path::Path;

use deferlint_rules::{FixAvailability, RULES, Rule};
use deferlint_testkit::fixture::Fixture;
use deferlint_testkit::rule_page::{check_page, page_of};
use deferlint_workspace::{Checker, Selector, Settings};

#[track_caller]
fn check(rewrite: impl Fn(&str) -> String) {
    let failures: Vec<_> = RULES
        .iter()
        .flat_map(|rule| check_page(rule, &rewrite))
        .map(|failure| failure.0)
        .collect();
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn pages_hold() {
    check(str::to_owned);
}

#[test]
fn pages_hold_with_carriage_returns() {
    check(|text| text.replace('\n', "\r\n"));
}

#[test]
fn pages_hold_behind_wide_characters() {
    check(|text| format!("// 漢字 𝄞 🧪 é\n{text}"));
}

/// The terminal passes over declarations that no rule can find anything in, an editor doesn't.
#[test]
fn the_terminal_finds_what_an_editor_finds() {
    let settings = Settings {
        select: Some(vec![Selector::All]),
        ..Settings::default()
    };
    for rule in RULES {
        for block in page_of(rule).blocks {
            let fixture = Fixture::open(&block, settings.clone(), str::to_owned);
            let paths: Vec<_> = fixture.files.iter().map(|(name, _)| fixture.path(name)).collect();
            let report = Checker::new(settings.clone()).check(&paths, &|_| {});
            assert!(report.errors.is_empty(), "{:?}", report.errors);
            for ((_, id), path) in fixture.files.iter().zip(&paths) {
                let file = report.files.iter().find(|file| file.path == *path);
                let found = file.map_or(&[][..], |file| &file.diagnostics);
                assert_eq!(found, fixture.diagnostics(id), "{}:{}", rule.name, block.line);
            }
        }
    }
}

#[test]
fn every_page_has_a_title_a_summary_and_examples() {
    for rule in RULES {
        let page = page_of(rule);
        assert_eq!(page.title, rule.name);
        assert!(!rule.summary().is_empty(), "{}: no summary", rule.name);
        let has = |prefix: &str| rule.page.contains(&format!("```go {prefix}"));
        assert!(
            has("bad") && has("ok"),
            "{}: a page shows what is reported and what isn't",
            rule.name
        );
        let promises_fix = rule.fix != FixAvailability::None;
        assert_eq!(
            has("fixed"),
            promises_fix,
            "{}: a page shows the fix that the rule has",
            rule.name
        );
    }
}

#[test]
fn rules_pages_and_files_are_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let names = |directory: &str, extension: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(root.join(directory)).expect("the directory");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        let files = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
        let stems = files.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned());
        stems
            .filter(|name| name != "README" && name != "mod")
            .map(|name| name.replace('_', "-"))
            .collect()
    };
    let registered: BTreeSet<String> = RULES.iter().map(|rule| rule.name.to_owned()).collect();
    assert_eq!(
        registered.len(),
        RULES.len(),
        "a name stands twice in the registry"
    );
    assert_eq!(names("docs/rules", "md"), registered);
    assert_eq!(names("crates/rules/src/rules", "rs"), registered);
    let is_sorted = |rules: &[&Rule]| rules.windows(2).all(|pair| pair[0].category <= pair[1].category);
    assert!(is_sorted(RULES), "the registry follows the catalogue's order");
}

/// The README's table of rules says what the registry says.
#[test]
fn the_readme_lists_every_rule() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = std::fs::read_to_string(root.join("README.md")).expect("the README");
    let rows = RULES.iter().map(|rule| {
        let Rule {
            name,
            category,
            severity,
            ..
        } = rule;
        let fix = match rule.fix {
            FixAvailability::Always => "always",
            FixAvailability::Sometimes => "sometimes",
            FixAvailability::None => "none",
        };
        let off = if rule.is_default { "" } else { ", off" };
        format!("| [`{name}`](docs/rules/{name}.md) | {category} | {severity}{off} | {fix} |\n")
    });
    let table: String = rows.collect();
    assert!(
        readme.contains(&table),
        "the README should hold these rows:\n{table}"
    );
    assert_eq!(readme.matches("](docs/rules/").count(), RULES.len());
}
