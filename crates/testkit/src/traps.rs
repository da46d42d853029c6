//! The index of `tests/traps`: which rules each trap is for.

use std::path::{Path, PathBuf};

use deferlint_rules::{Rule, rule};

/// The directory of the traps in the repository.
pub const DIRECTORY: &str = "tests/traps";

/// How the index says that nothing must be reported.
const NO_RULE: &str = "no rule of ours";

/// One file of traps.
#[derive(Debug)]
pub struct Trap {
    /// The file.
    pub path: PathBuf,
    /// The rules that the index names for it, the one that the trap is for first; none where nothing must be reported.
    pub rules: Vec<&'static Rule>,
}

/// The rows of the index in `tests/traps/README.md` of the repository at `root`.
///
/// # Panics
/// When the index can't be read, or names a file or a rule that isn't there: the message says which.
pub fn index(root: &Path) -> Vec<Trap> {
    let directory = root.join(DIRECTORY);
    let page = std::fs::read_to_string(directory.join("README.md")).expect("the index of the traps");
    let files = go_files(&directory);
    let rows = page.lines().filter(|line| line.starts_with("| ")).skip(1);
    rows.flat_map(|row| {
        let mut columns = row.split('|').skip(1);
        let (names, rules) = (
            columns.next().unwrap_or_default(),
            columns.next().unwrap_or_default(),
        );
        let rules = rules_named_in(rules);
        let names = names.split(',').map(str::trim);
        names
            .map(|name| Trap {
                path: file_of(&files, name),
                rules: rules.clone(),
            })
            .collect::<Vec<_>>()
    })
    .collect()
}

/// Every Go file of the directory, sorted.
fn go_files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).expect("the directory of the traps");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|found| found == "go"))
        .collect();
    files.sort();
    files
}

/// The file of that name, or whose name starts with that number.
fn file_of(files: &[PathBuf], name: &str) -> PathBuf {
    let numbered = format!("{name}_");
    let mut found = files.iter().filter(|path| {
        let file_name = path.file_name().unwrap_or_default().to_string_lossy();
        file_name == name || file_name.starts_with(&numbered)
    });
    let path = found.next();
    path.unwrap_or_else(|| panic!("the index of the traps names {name}, and there is no such file"))
        .clone()
}

fn rules_named_in(text: &str) -> Vec<&'static Rule> {
    let words = text.split(|character: char| !character.is_ascii_lowercase() && character != '-');
    let rules: Vec<_> = words.filter_map(rule).collect();
    let is_known = !rules.is_empty() || text.trim_start().starts_with(NO_RULE);
    assert!(is_known, "the index of the traps names no rule in `{text}`");
    rules
}
