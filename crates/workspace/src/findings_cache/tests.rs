use deferlint_rules::RULES;
use tempfile::TempDir;

use super::*;
use crate::Checker;
use crate::settings::Selector;

const STOPS: &str = "package log\n\nimport \"os\"\n\nfunc Stop() { os.Exit(1) }\n";

/// A module in which one package calls another one that ends the process, and a cache of what was found there.
struct Fixture {
    directory: TempDir,
    cache: DiskCache,
    settings: Settings,
    files: Vec<&'static str>,
}

impl Fixture {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let fixture = Self {
            cache: DiskCache::at(&directory.path().join("cache")).expect("this program has a file"),
            directory,
            settings: Settings::default(),
            files: vec!["a/a.go", "a/other.go"],
        };
        fixture.write("go.mod", "module m\n\ngo 1.24\n");
        fixture.write("log/log.go", STOPS);
        fixture.write("other/other.go", "package other\n");
        fixture.write("a/other.go", "package a\n\nfunc g() {}\n");
        fixture.write(
            "a/a.go",
            "package a\n\nimport (\n\t\"m/log\"\n\t\"os\"\n)\n\nfunc f() {\n\tdefer os.RemoveAll(\"x\")\n\tlog.Stop()\n}\n",
        );
        fixture
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.directory.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
        std::fs::write(path, text).expect("written");
    }

    fn paths(&self) -> Vec<PathBuf> {
        let files = self.files.iter();
        files.map(|file| self.directory.path().join(file)).collect()
    }

    /// Checks with the cache.
    fn check(&self) -> Report {
        let mut checker = Checker::new(self.settings.clone());
        checker.use_cache(self.cache.clone());
        checker.check(&self.paths(), &|_| {})
    }

    /// What another run would take from the cache.
    fn remembered(&self) -> Option<Report> {
        let index = PackageIndex::default();
        let paths = self.paths();
        FindingsCache::new(&self.cache, &index).get(Checked {
            directory: &self.directory.path().join("a"),
            wanted: &paths.iter().collect::<Vec<_>>(),
            settings: &self.settings,
        })
    }

    fn remembers(&self) -> bool {
        self.remembered().is_some()
    }
}

/// What a report says, in a form that can be compared.
fn told(report: &Report) -> Vec<(&Path, String, &[Diagnostic])> {
    let files = report.files.iter();
    files
        .map(|file| (&*file.path, file.document.to_string(), &*file.diagnostics))
        .collect()
}

#[test]
fn what_was_found_is_remembered() {
    let fixture = Fixture::new();
    assert!(!fixture.remembers());
    let first = fixture.check();
    let rules: Vec<_> = first.files[0]
        .diagnostics
        .iter()
        .map(|found| found.rule.name)
        .collect();
    assert_eq!(rules, ["defer-skipped-by-exit"]);
    let remembered = fixture.remembered().expect("the findings");
    assert_eq!(told(&remembered), told(&first));
    assert_eq!((remembered.file_count, remembered.package_count), (2, 1));
    assert_eq!(told(&fixture.check()), told(&first));
}

#[test]
fn what_the_findings_do_not_follow_from_changes_nothing() {
    let fixture = Fixture::new();
    fixture.check();
    for (path, text) in [
        ("other/other.go", "package other\n\nfunc f() {}\n"),
        ("log/log_test.go", "package log\n\nfunc f() {}\n"),
        ("log/log_plan9_arm.go", "package log\n\nfunc f() {}\n"),
        ("a/notes.txt", "notes"),
    ] {
        fixture.write(path, text);
        assert!(fixture.remembers(), "{path}");
    }
}

#[test]
fn a_change_of_what_the_findings_follow_from_is_seen() {
    for (path, text) in [
        (
            "a/a.go",
            "package a\n\nimport \"m/log\"\n\nfunc f() { log.Stop() }\n",
        ),
        ("a/other.go", "package a\n\nfunc g() { panic(1) }\n"),
        ("a/new.go", "package a\n"),
        ("a/a_test.go", "package a_test\n"),
        ("log/log.go", "package log\n\nfunc Stop() {}\n"),
        ("log/new.go", "package log\n"),
        ("go.mod", "module m\n\ngo 1.21\n"),
        ("go.mod", "module n\n\ngo 1.24\n"),
    ] {
        let fixture = Fixture::new();
        fixture.check();
        assert!(fixture.remembers());
        fixture.write(path, text);
        assert!(!fixture.remembers(), "{path}: {text}");
        let fresh = Checker::new(Settings::default()).check(&fixture.paths(), &|_| {});
        assert_eq!(told(&fixture.check()), told(&fresh), "{path}: {text}");
        assert!(fixture.remembers(), "{path}: {text}");
    }
}

#[test]
fn a_package_that_appears_or_goes_is_seen() {
    let fixture = Fixture::new();
    let log = fixture.directory.path().join("log");
    std::fs::remove_dir_all(&log).expect("removed");
    assert!(fixture.check().files.is_empty());
    assert!(fixture.remembers());
    fixture.write("log/log.go", STOPS);
    assert!(!fixture.remembers());
    assert_eq!(fixture.check().files.len(), 1);
    std::fs::remove_dir_all(&log).expect("removed");
    assert!(!fixture.remembers());
}

#[test]
fn other_settings_and_other_files_are_another_check() {
    let mut fixture = Fixture::new();
    fixture.check();
    fixture.settings.ignore = vec![Selector::All];
    assert!(!fixture.remembers());
    fixture.settings = Settings::default();
    fixture.files.pop();
    assert!(!fixture.remembers());
}

#[test]
fn a_check_with_errors_is_not_remembered() {
    let fixture = Fixture::new();
    std::fs::write(fixture.directory.path().join("a/other.go"), [0xff]).expect("written");
    assert_eq!(fixture.check().errors.len(), 1);
    assert!(!fixture.remembers());
}

#[test]
fn diagnostics_of_every_rule_are_read_back() {
    for rule in RULES {
        let bytes = postcard::to_stdvec(rule).expect("written");
        let read: &'static deferlint_rules::Rule = postcard::from_bytes(&bytes).expect("read");
        assert_eq!(read, *rule);
    }
}

#[test]
fn findings_are_never_told_of_another_text() {
    let fixture = Fixture::new();
    fixture.check();
    let directory = fixture.directory.path().join("a");
    let before = Contents::read(&directory);
    let remembered = || -> Remembered { fixture.cache.load(&directory, KIND).expect("the findings") };
    assert!(remembered().report(&directory, &before).is_some());
    // Written after the contents were compared and before the text is read for its places.
    fixture.write("a/a.go", "package a\n");
    assert!(remembered().report(&directory, &before).is_none());
}
