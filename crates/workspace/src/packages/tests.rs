use std::path::Path;

use deferlint_semantics::body::TypeExpression;
use tempfile::TempDir;

use super::*;
use crate::build_constraints::BuildTarget;

/// A module `m` with these files.
struct Fixture {
    directory: TempDir,
    index: PackageIndex,
}

impl Fixture {
    fn new(files: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        for (path, text) in files.iter().chain(&[("go.mod", "module m\n\ngo 1.24\n")]) {
            let path = directory.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
            std::fs::write(path, text).expect("written");
        }
        let environment = GoEnvironment::bare(BuildTarget::new("linux", "amd64", true));
        Self {
            directory,
            index: PackageIndex::new(environment),
        }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    /// Reads all files of a directory, as a check does.
    fn put(&self, directory: &str) {
        let directory = self.path(directory);
        self.index.put(&directory, DirectoryFacts::read(&directory, None));
    }

    fn imported(&self, from: &str, path: &str) -> Option<Arc<PackageFacts>> {
        self.index.seen_from(&self.path(from)).package(path)
    }

    fn own(&self, path: &str) -> Arc<PackageFacts> {
        let path = self.path(path);
        let facts = DirectoryFacts::read(path.parent().expect("a parent"), None);
        self.index.package_of(&path, &facts.0[&path])
    }
}

/// The type of the package-level variable `v`, as far as it is a name.
fn type_of_v(package: &PackageFacts) -> Option<String> {
    match &package.value("v")?.type_ {
        TypeExpression::Name { name, .. } => Some(name.to_string()),
        _ => None,
    }
}

#[test]
fn imports_lead_to_facts() {
    let fixture = Fixture::new(&[
        ("a/a.go", "package alpha\nfunc F() {}\n"),
        ("b/b.go", "package b\n"),
    ]);
    let package = fixture.imported("b", "m/a").expect("a package");
    assert_eq!((package.path.as_str(), package.name.as_str()), ("m/a", "alpha"));
    assert!(package.function("F").is_some());
    let again = fixture.imported("a", "m/a").is_some() && fixture.imported("b", "m/a").is_some();
    assert!(again);
    assert!(fixture.imported("b", "m/none").is_none());
    assert!(
        fixture
            .imported("b", "net/http")
            .is_some_and(|package| package.type_("Header").is_some())
    );
    assert_eq!(
        fixture.index.go_version_of(&fixture.path("b")),
        GoVersion::new(1, 24)
    );
}

#[test]
fn import_cycles_are_no_trouble() {
    let fixture = Fixture::new(&[
        ("a/a.go", "package a\nimport \"m/b\"\nvar V = b.V\n"),
        ("b/b.go", "package b\nimport \"m/a\"\nvar V = a.V\n"),
        ("c/c.go", "package c\nimport \"m/c\"\nvar V = c.V\n"),
    ]);
    for (from, path) in [("a", "m/b"), ("b", "m/a"), ("a", "m/c")] {
        assert!(
            fixture
                .imported(from, path)
                .is_some_and(|package| package.declares("V")),
            "{path}"
        );
    }
}

#[test]
fn importers_see_the_build_without_tests() {
    let fixture = Fixture::new(&[
        ("a/a_linux.go", "package a\nvar v int\n"),
        ("a/a_darwin.go", "package a\nvar v string\nvar onlyDarwin int\n"),
        ("a/a_test.go", "package a\nvar inTest int\n"),
        ("a/external_test.go", "package a_test\nvar external int\n"),
        (
            "a/generate.go",
            "//go:build ignore\n\npackage main\nfunc main() {}\n",
        ),
        (
            "a/ignored.go",
            "//go:build ignore\n\npackage a\nvar ignored int\n",
        ),
        ("a/_hidden.go", "package a\nvar hidden int\n"),
        ("a/doc.go", "package documentation\n"),
        ("a/broken.go", "pack age\n"),
    ]);
    fixture.put("a");
    let package = fixture.imported("b", "m/a").expect("a package");
    assert_eq!(package.name, "a");
    assert_eq!(type_of_v(&package).as_deref(), Some("int"));
    for absent in ["onlyDarwin", "inTest", "external", "ignored", "hidden", "main"] {
        assert!(!package.declares(absent), "{absent}");
    }
}

#[test]
fn a_file_of_another_system_sees_that_system() {
    let fixture = Fixture::new(&[
        ("a/a.go", "package a\n"),
        ("a/v_linux.go", "package a\nvar v int\n"),
        ("a/v_windows.go", "package a\nvar v string\n"),
        ("a/use_windows.go", "package a\n"),
        (
            "a/use_unix.go",
            "//go:build unix\n\npackage a\nvar unixOnly int\n",
        ),
        (
            "a/never.go",
            "//go:build linux && !linux\n\npackage a\nvar v bool\n",
        ),
    ]);
    fixture.put("a");
    for (file, expected) in [
        ("a/a.go", "int"),
        ("a/v_linux.go", "int"),
        ("a/use_unix.go", "int"),
        ("a/v_windows.go", "string"),
        ("a/use_windows.go", "string"),
        ("a/never.go", "bool"),
    ] {
        let package = fixture.own(file);
        assert_eq!(type_of_v(&package).as_deref(), Some(expected), "{file}");
        assert!(package.declares("unixOnly"), "{file}");
        assert_eq!(package.path, "m/a");
    }
}

#[test]
fn each_of_several_programs_sees_itself() {
    let fixture = Fixture::new(&[
        ("a/one.go", "package main\nvar v int\nfunc main() {}\n"),
        ("a/two.go", "package main\nvar v string\nfunc main() {}\n"),
        ("b/one.go", "package b\nfunc init() {}\nvar _ int\n"),
        ("b/two.go", "package b\nfunc init() {}\nvar _ int\n"),
    ]);
    fixture.put("a");
    fixture.put("b");
    assert_eq!(type_of_v(&fixture.own("a/one.go")).as_deref(), Some("int"));
    assert_eq!(type_of_v(&fixture.own("a/two.go")).as_deref(), Some("string"));
    assert!(Arc::ptr_eq(&fixture.own("b/one.go"), &fixture.own("b/two.go")));
}

#[test]
fn external_tests_are_another_package() {
    let fixture = Fixture::new(&[
        ("a/a.go", "package a\nvar own int\n"),
        ("a/export_test.go", "package a\nvar Exported int\n"),
        ("a/a_test.go", "package a_test\nvar external int\n"),
        (
            "a/main.go",
            "//go:build ignore\n\npackage main\nvar program int\n",
        ),
        ("alone/b_test.go", "package b_test\n"),
    ]);
    fixture.put("alone");
    assert_eq!(fixture.own("alone/b_test.go").path, "m/alone_test");
    fixture.put("a");
    let external = fixture.own("a/a_test.go");
    assert_eq!(
        (external.path.as_str(), external.name.as_str()),
        ("m/a_test", "a_test")
    );
    assert!(external.declares("external") && !external.declares("own"));
    let tested = fixture.imported("a", "m/a").expect("a package");
    assert!(tested.declares("own") && tested.declares("Exported"));
    assert!(fixture.own("a/a.go").declares("Exported"));
    assert!(
        !fixture
            .imported("b", "m/a")
            .expect("a package")
            .declares("Exported")
    );
    assert_eq!(fixture.own("a/main.go").path, "m/a [main]");
}

#[test]
fn open_files_count_instead_of_those_on_disk() {
    let fixture = Fixture::new(&[("a/a.go", "package a\nvar v int\n")]);
    let v = || {
        fixture
            .imported("b", "m/a")
            .and_then(|package| type_of_v(&package))
    };
    assert_eq!(v().as_deref(), Some("int"));
    std::fs::write(fixture.path("a/a.go"), "package a\nvar v string\n").expect("written");
    let edited = DirectoryFacts::read(&fixture.path("a"), None).0;
    let edited = Arc::clone(&edited[&fixture.path("a/a.go")]);
    assert_eq!(v().as_deref(), Some("int"));
    fixture.index.set_open(&fixture.path("a/a.go"), Some(edited));
    assert_eq!(v().as_deref(), Some("string"));
    fixture.index.set_open(&fixture.path("a/a.go"), None);
    assert_eq!(v().as_deref(), Some("int"));
    fixture.index.forget(&fixture.path("a"));
    assert_eq!(v().as_deref(), Some("string"));
}

#[test]
fn importers_know_a_settled_directory() {
    let fixture = Fixture::new(&[
        ("a/a.go", "package a\nvar v int\n"),
        ("a/a_test.go", "package a\nvar inTest int\n"),
    ]);
    fixture.index.settle(&fixture.path("a"));
    assert!(!fixture.index.is_read(&fixture.path("a")));
    fixture.put("a");
    std::fs::remove_file(fixture.path("a/a.go")).expect("removed");
    fixture.index.settle(&fixture.path("a"));
    assert!(fixture.index.is_read(&fixture.path("a")) && !fixture.index.is_known(&fixture.path("a")));
    let package = fixture.imported("b", "m/a").expect("a package");
    assert!(package.declares("v") && !package.declares("inTest"));
}

#[test]
fn open_files_of_go_source_count_instead_of_the_baked_facts() {
    let version = StandardLibrary::go_version().expect("a version");
    let fixture = Fixture::new(&[
        ("go/VERSION", &format!("{version}\n")),
        ("go/src/go.mod", "module std\n"),
        ("go/src/builtin/builtin.go", "package builtin\n"),
        ("go/src/fmt/print.go", "package fmt\nvar v int\n"),
        ("go/src/log/log.go", "package log\n"),
    ]);
    let declares_v = |from: &str| fixture.imported(from, "fmt").map(|package| package.declares("v"));
    assert_eq!(declares_v("go/src/log"), Some(false));
    let path = fixture.path("go/src/fmt/print.go");
    let facts = DirectoryFacts::read(&fixture.path("go/src/fmt"), None)
        .0
        .remove(&path);
    fixture.index.set_open(&path, facts);
    assert_eq!(declares_v("go/src/log"), Some(true));
    assert_eq!(declares_v("go/src/fmt"), Some(true));
    assert_eq!(declares_v("a"), Some(false));
    fixture.index.set_open(&path, None);
    assert_eq!(declares_v("go/src/log"), Some(false));
}

#[test]
fn a_directory_has_one_name() {
    assert_eq!(
        absolute(Path::new("")),
        std::env::current_dir().expect("a directory")
    );
    assert_eq!(absolute(Path::new("x/./y")), absolute(Path::new("./x/y")));
    let fixture = Fixture::new(&[("a/a.go", "package a\n")]);
    fixture.put("a/.");
    assert!(fixture.index.is_known(&fixture.path("a")));
}

#[test]
fn many_threads_read_a_package_once() {
    let fixture = Fixture::new(&[("a/a.go", "package a\nvar v int\n")]);
    let start = std::sync::Barrier::new(8);
    let packages: Vec<_> = std::thread::scope(|scope| {
        let ask = || {
            start.wait();
            fixture.index.read(&fixture.path("a"));
            Arc::clone(&fixture.index.on_disk.get(&fixture.path("a")).expect("read"))
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    assert!(packages.iter().all(|package| Arc::ptr_eq(package, &packages[0])));
}

#[test]
fn packages_that_nobody_asks_for_are_packed_again_when_files_are_closed() {
    let fixture = Fixture::new(&[("a/a.go", "package a\nvar v int\n"), ("b/b.go", "package b\n")]);
    let directory = fixture.path("a");
    fixture
        .index
        .put_packed(&directory, PackedFacts::read(&directory, None));
    assert!(fixture.index.is_known(&directory));
    let open = ["c/one.go", "c/two.go", "c/three.go", "d/four.go"].map(|name| fixture.path(name));
    for path in &open {
        fixture.index.set_open(path, Some(Arc::default()));
    }
    let unpacked = || {
        let package = fixture.imported("b", "m/a").expect("a package");
        assert_eq!(type_of_v(&package).as_deref(), Some("int"));
        Arc::downgrade(&package.files()[0])
    };

    let facts = unpacked();
    fixture.index.close(&open[0]);
    assert!(facts.upgrade().is_some(), "a check has asked for them");
    fixture.index.close(&open[1]);
    assert!(facts.upgrade().is_none());

    let facts = unpacked();
    fixture.index.close(&open[2]);
    assert!(facts.ptr_eq(&unpacked()));
    fixture.index.close(&open[3]);
    assert!(facts.upgrade().is_none(), "no file is open");
    assert!(fixture.index.is_known(&directory));
}

#[test]
fn nothing_is_known_of_what_was_left_unread() {
    let fixture = Fixture::new(&[("a/a.go", "package a\nvar v int\n"), ("b/b.go", "package b\n")]);
    let directory = fixture.path("a");
    assert!(!fixture.index.leave_unread(&directory));
    assert!(fixture.imported("b", "m/a").is_none());

    fixture
        .index
        .put_packed(&directory, PackedFacts::read(&directory, None));
    assert!(fixture.imported("b", "m/a").is_some());
    assert!(fixture.index.leave_unread(&directory));
    assert!(fixture.imported("b", "m/a").is_none());
    assert!(!fixture.index.is_known(&directory), "an opened file has it read");
    assert!(fixture.index.is_read(&directory), "a change has it read");
}
