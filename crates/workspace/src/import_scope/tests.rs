use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::build_constraints::BuildTarget;
use crate::environment::WorkspaceFile;

/// A directory with these files; those named `.go` hold a package clause.
struct Tree {
    directory: TempDir,
    environment: GoEnvironment,
}

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        for (path, text) in files {
            let path = directory.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
            std::fs::write(path, text).expect("written");
        }
        let mut environment = GoEnvironment::bare(BuildTarget::new("linux", "amd64", true));
        environment.module_cache = Some(directory.path().join("cache"));
        Self {
            directory,
            environment,
        }
    }

    fn scopes(&self) -> ImportScopes {
        ImportScopes::new(self.environment.clone())
    }

    /// Where the files of the directory `from` find the package: below the tree, or nowhere.
    #[track_caller]
    fn check(&self, from: &str, path: &str, expected: Option<&str>) {
        let scopes = self.scopes();
        let scope = scopes.of(&self.directory.path().join(from));
        let expected = expected.map_or(Resolution::Unknown, |expected| {
            Resolution::Directory(self.directory.path().join(expected).into())
        });
        for _ in 0..2 {
            assert_eq!(scopes.resolve(&scope, path), expected, "{path} from {from}");
        }
    }

    #[track_caller]
    fn check_path(&self, directory: &str, expected: &str) {
        let directory = self.directory.path().join(directory);
        assert_eq!(self.scopes().of(&directory).package_path(&directory), expected);
    }
}

#[test]
fn the_own_module_is_found_by_its_path() {
    let tree = Tree::new(&[
        ("m/go.mod", "module example.com/m\n"),
        ("m/m.go", ""),
        ("m/a/a.go", ""),
        ("m/a/b/b.go", ""),
        ("m/empty/README", ""),
        ("m/nested/go.mod", "module example.com/other\n"),
        ("m/nested/n.go", ""),
    ]);
    tree.check("m/a", "example.com/m", Some("m"));
    tree.check("m", "example.com/m/a/b", Some("m/a/b"));
    tree.check("m", "example.com/m/empty", None);
    tree.check("m", "example.com/m/none", None);
    tree.check("m", "example.com/mother", None);
    tree.check("m", "example.com/m/nested", None);
    tree.check("m/nested", "example.com/other", Some("m/nested"));
    tree.check("m/nested", "example.com/m", None);
    tree.check_path("m/a/b", "example.com/m/a/b");
    tree.check_path("m", "example.com/m");
}

#[test]
fn the_standard_library_is_known_everywhere() {
    let tree = Tree::new(&[("m/go.mod", "module log\n"), ("m/x/x.go", ""), ("m/log.go", "")]);
    let scopes = tree.scopes();
    for directory in ["m", "elsewhere"] {
        let scope = scopes.of(&tree.directory.path().join(directory));
        assert_eq!(scopes.resolve(&scope, "log"), Resolution::Standard, "{directory}");
    }
    tree.check("m", "log/x", Some("m/x"));
}

#[test]
fn paths_that_name_no_package_lead_nowhere() {
    let tree = Tree::new(&[
        ("m/go.mod", "module m\n"),
        ("m/x.go", ""),
        ("x.go", ""),
        ("m/C/c.go", ""),
        ("src/p/x.go", ""),
        ("src/C/x.go", ""),
    ]);
    for path in [
        "", ".", "..", "./x", "../m", "m/..", "/m", "m//C", "m/./C", "C", "unsafe", "m\\C", "m/", "m\0",
    ] {
        tree.check("m", path, None);
        tree.check("src/p", path, None);
    }
}

#[test]
fn replacements_lead_to_directories_and_other_modules() {
    let tree = Tree::new(&[
        (
            "m/go.mod",
            "module m\nrequire (\n\ta.b/local v1.0.0\n\ta.b/Fork v1.1.0\n\ta.b/one v1.5.0\n)\n\
             replace a.b/local => ../local\nreplace a.b/Fork => a.b/Other v1.2.0\n\
             replace a.b/one v1.4.0 => ../wrong\nreplace a.b/one v1.5.0 => ../right\nreplace a.b/extra => ./extra\n",
        ),
        ("m/m.go", ""),
        ("m/extra/e.go", ""),
        ("local/go.mod", "module a.b/local\n"),
        ("local/sub/l.go", ""),
        ("right/r.go", ""),
        ("wrong/w.go", ""),
        ("cache/a.b/!other@v1.2.0/o.go", ""),
        ("cache/a.b/!fork@v1.1.0/f.go", ""),
    ]);
    tree.check("m", "a.b/local/sub", Some("local/sub"));
    tree.check("m", "a.b/Fork", Some("cache/a.b/!other@v1.2.0"));
    tree.check("m", "a.b/one", Some("right"));
    tree.check("m", "a.b/extra", Some("m/extra"));
}

#[test]
fn the_module_cache_holds_what_is_required() {
    let tree = Tree::new(&[
        (
            "m/go.mod",
            "module m\nrequire github.com/BurntSushi/toml v1.2.3-RC1 // indirect\nrequire x.y/z v1.0.0\nrequire x.y/z/sub v0.1.0\n",
        ),
        ("m/m.go", ""),
        ("cache/github.com/!burnt!sushi/toml@v1.2.3-!r!c1/t.go", ""),
        ("cache/x.y/z@v1.0.0/z.go", ""),
        ("cache/x.y/z@v1.0.0/sub/old.go", ""),
        ("cache/x.y/z@v1.0.0/other/o.go", ""),
        ("cache/x.y/z/sub@v0.1.0/s.go", ""),
        ("cache/x.y/unrequired@v1.0.0/u.go", ""),
    ]);
    tree.check(
        "m",
        "github.com/BurntSushi/toml",
        Some("cache/github.com/!burnt!sushi/toml@v1.2.3-!r!c1"),
    );
    tree.check("m", "x.y/z/sub", Some("cache/x.y/z/sub@v0.1.0"));
    tree.check("m", "x.y/z/other", Some("cache/x.y/z@v1.0.0/other"));
    tree.check("m", "x.y/unrequired", None);
}

#[test]
fn vendored_packages_go_before_the_module_cache() {
    let tree = Tree::new(&[
        ("m/go.mod", "module m\nrequire x.y/z v1.0.0\n"),
        ("m/a/a.go", ""),
        ("m/vendor/x.y/z/z.go", ""),
        ("cache/x.y/z@v1.0.0/z.go", ""),
    ]);
    tree.check("m/a", "x.y/z", Some("m/vendor/x.y/z"));
    tree.check("m/vendor/x.y/z", "m/a", Some("m/a"));
    tree.check_path("m/vendor/x.y/z", "x.y/z");
}

const WORKSPACE: [(&str, &str); 9] = [
    (
        "w/go.work",
        "go 1.24\nuse (\n\t./a\n\t./b\n)\nreplace x.y/r => ./r\n",
    ),
    ("w/a/go.mod", "module x.y/a\ngo 1.20\nrequire x.y/d v1.9.0\n"),
    ("w/a/a.go", ""),
    ("w/b/go.mod", "module x.y/b\ngo 1.21\nrequire x.y/d v1.10.0\n"),
    ("w/b/sub/b.go", ""),
    ("w/r/r.go", ""),
    ("w/stray/go.mod", "module x.y/stray\n"),
    ("cache/x.y/d@v1.9.0/d.go", ""),
    ("cache/x.y/d@v1.10.0/d.go", ""),
];

#[test]
fn a_workspace_joins_its_modules() {
    let tree = Tree::new(&WORKSPACE);
    tree.check("w/a", "x.y/b/sub", Some("w/b/sub"));
    tree.check("w/b/sub", "x.y/a", Some("w/a"));
    tree.check("w/a", "x.y/r", Some("w/r"));
    tree.check("w/a", "x.y/d", Some("cache/x.y/d@v1.10.0"));
    tree.check("w/stray", "x.y/a", None);
    let version = |directory: &str| {
        tree.scopes()
            .of(&tree.directory.path().join(directory))
            .go_version
    };
    assert_eq!(
        (version("w/a"), version("w/b/sub")),
        (GoVersion::new(1, 20), GoVersion::new(1, 21))
    );
}

#[test]
fn the_setting_of_gowork_decides() {
    let mut tree = Tree::new(&WORKSPACE);
    tree.environment.workspace = WorkspaceFile::Off;
    tree.check("w/a", "x.y/b/sub", None);
    tree.check("w/a", "x.y/d", Some("cache/x.y/d@v1.9.0"));
    tree.environment.workspace = WorkspaceFile::At(tree.directory.path().join("w/go.work"));
    tree.check("w/a", "x.y/b/sub", Some("w/b/sub"));
    tree.environment.workspace = WorkspaceFile::At("/nowhere/go.work".into());
    tree.check("w/a", "x.y/b/sub", None);
}

#[test]
fn gopath_directories_are_import_paths() {
    let mut tree = Tree::new(&[
        ("share/gocode/src/x.y/p/p.go", ""),
        ("share/gocode/src/x.y/p/vendor/x.y/q/q.go", ""),
        ("share/gocode/src/x.y/p/vendor/x.y/q/vendor/x.y/s/s.go", ""),
        ("share/gocode/src/x.y/p/src/inner/i.go", ""),
        ("share/gocode/src/x.y/q/q.go", ""),
        ("share/gocode/src/x.y/s/s.go", ""),
        ("other/src/plain/p.go", ""),
        ("other/src/more/m.go", ""),
    ]);
    tree.check("share/gocode/src/x.y/s", "x.y/q", Some("share/gocode/src/x.y/q"));
    tree.check(
        "share/gocode/src/x.y/p",
        "x.y/q",
        Some("share/gocode/src/x.y/p/vendor/x.y/q"),
    );
    tree.check("share/gocode/src/x.y/p", "x.y/s", Some("share/gocode/src/x.y/s"));
    tree.check(
        "share/gocode/src/x.y/p/vendor/x.y/q",
        "x.y/s",
        Some("share/gocode/src/x.y/p/vendor/x.y/q/vendor/x.y/s"),
    );
    tree.check(
        "share/gocode/src/x.y/p/src/inner",
        "x.y/s",
        Some("share/gocode/src/x.y/s"),
    );
    tree.check("other/src/plain", "more", Some("other/src/more"));
    tree.check("other/src/plain", "x.y/s", None);
    tree.check_path("share/gocode/src/x.y/p/src/inner", "x.y/p/src/inner");
    tree.check_path("share/gocode/src/x.y/p/vendor/x.y/q", "x.y/q");
    tree.check_path("other/src/plain", "plain");
    tree.environment.gopath = vec![tree.directory.path().join("share/gocode")];
    tree.check("other/src/plain", "x.y/s", Some("share/gocode/src/x.y/s"));
}

#[test]
fn a_module_below_src_finds_its_neighbours_there() {
    let tree = Tree::new(&[
        ("share/src/x.y/p/go.mod", "module x.y/p\nrequire x.y/q v1.0.0\n"),
        ("share/src/x.y/p/sub/s.go", ""),
        ("share/src/x.y/q/q.go", ""),
        ("home/src/p/go.mod", "module x.y/p\nrequire q v1.0.0\n"),
        ("home/src/q/q.go", ""),
    ]);
    tree.check("share/src/x.y/p/sub", "x.y/q", Some("share/src/x.y/q"));
    tree.check("home/src/p", "q", None);
}

#[test]
fn go_source_resolves_against_itself() {
    let mut tree = Tree::new(&[
        ("go/src/go.mod", "module std\n\ngo 1.27\n"),
        ("go/src/builtin/builtin.go", ""),
        ("go/src/fmt/print.go", ""),
        ("go/src/internal/x/x.go", ""),
        ("go/src/onlyhere/o.go", ""),
        ("go/src/vendor/golang.org/x/net/n.go", ""),
        ("go/src/cmd/go.mod", "module cmd\n\ngo 1.27\n"),
        ("go/src/cmd/internal/obj/o.go", ""),
        ("go/src/cmd/vendor/golang.org/x/mod/m.go", ""),
        ("m/go.mod", "module m\n"),
    ]);
    tree.check("go/src/fmt", "internal/x", Some("go/src/internal/x"));
    tree.check("go/src/internal/x", "fmt", Some("go/src/fmt"));
    tree.check(
        "go/src/fmt",
        "golang.org/x/net",
        Some("go/src/vendor/golang.org/x/net"),
    );
    tree.check("go/src/fmt", "golang.org/x/mod", None);
    tree.check(
        "go/src/cmd/internal/obj",
        "golang.org/x/mod",
        Some("go/src/cmd/vendor/golang.org/x/mod"),
    );
    tree.check("go/src/cmd", "cmd/internal/obj", Some("go/src/cmd/internal/obj"));
    tree.check("go/src/cmd", "fmt", Some("go/src/fmt"));
    tree.check_path("go/src/fmt", "fmt");
    tree.check_path("go/src/cmd/internal/obj", "cmd/internal/obj");
    tree.check_path("go/src/vendor/golang.org/x/net", "golang.org/x/net");
    tree.check("m", "onlyhere", None);
    tree.environment.goroot = Some(tree.directory.path().join("go"));
    tree.check("m", "onlyhere", Some("go/src/onlyhere"));
    tree.check("outside", "onlyhere", Some("go/src/onlyhere"));
}

#[test]
fn go_source_of_the_baked_version_is_read_for_its_internal_packages() {
    let tree = Tree::new(&[
        ("go/VERSION", StandardLibrary::go_version().expect("a version")),
        ("go/src/go.mod", "module std\n"),
        ("go/src/builtin/builtin.go", ""),
        ("go/src/fmt/print.go", ""),
        ("go/src/internal/bytealg/b.go", ""),
        ("go/src/cmd/go.mod", "module cmd\n"),
    ]);
    for from in ["go/src/fmt", "go/src/cmd"] {
        tree.check(from, "internal/bytealg", Some("go/src/internal/bytealg"));
        let scopes = tree.scopes();
        let scope = scopes.of(&tree.directory.path().join(from));
        let source = tree.directory.path().join("go/src/fmt");
        assert_eq!(
            scopes.resolve(&scope, "fmt"),
            Resolution::Source(source.into()),
            "{from}"
        );
        assert_eq!(scopes.resolve(&scope, "log"), Resolution::Unknown, "{from}");
    }
}

#[test]
fn what_is_broken_leads_nowhere() {
    let mut tree = Tree::new(&[
        ("broken/go.mod", "modul (((\n\"\nrequire\n\u{0}"),
        ("broken/a/a.go", ""),
        (
            "m/go.mod",
            "module m\nrequire x.y/z v1.0.0\nreplace x.y/w => ../gone\nreplace m => ../m\n",
        ),
        ("m/a/a.go", ""),
        ("m/go.work", "use ./gone\n"),
    ]);
    tree.check("broken", "a", None);
    tree.check("broken", "broken/a", None);
    tree.check("m", "x.y/w", None);
    tree.check("m", "m/a", Some("m/a"));
    tree.environment.module_cache = Some(tree.directory.path().join("m/go.mod"));
    tree.check("m", "x.y/z", None);
    tree.environment.module_cache = None;
    tree.check("m", "x.y/z", None);
}

#[test]
fn new_packages_are_found_after_forgetting() {
    let tree = Tree::new(&[("m/go.mod", "module m\n"), ("m/m.go", "")]);
    let scopes = tree.scopes();
    let root = tree.directory.path().join("m");
    let resolve = |path: &str| scopes.resolve(&scopes.of(&root), path);
    assert_eq!(resolve("m/new"), Resolution::Unknown);
    std::fs::create_dir(root.join("new")).expect("created");
    std::fs::write(root.join("new/n.go"), "").expect("written");
    assert_eq!(resolve("m/new"), Resolution::Unknown);
    scopes.forget_missing();
    let found = |directory: &Path| Resolution::Directory(directory.into());
    assert_eq!(resolve("m/new"), found(&root.join("new")));
    std::fs::write(root.join("go.mod"), "module changed\n").expect("written");
    scopes.forget();
    assert_eq!(resolve("changed/new"), found(&root.join("new")));
}
