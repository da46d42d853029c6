//! Traps whose helpers and types live in other packages: the command line and the server find them, on a machine
//! without Go and without a home directory as well.

mod lsp_support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lsp_support::{Editor, found, pushing, uri_in};
use serde_json::json;
use tempfile::TempDir;

/// A rule and the line, from 0, where it finds something.
type Place = (&'static str, u64);

const EMPTIED: Place = ("returned-map-cleared", 12);
const NIL_MAP: Place = ("recover-nil-map-result", 18);
const NOT_DEFERRED: Place = ("recover-helper-not-deferred", 26);
const NIL_MAP_WITHOUT_EXIT: Place = ("recover-nil-map-result", 33);

/// The module with the traps.
fn module() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cross_package")
}

/// A copy of the module, whose files may be changed.
fn copy_of_module() -> TempDir {
    let copy = TempDir::new().expect("a temporary directory");
    for name in [
        "go.mod",
        "depot.go",
        "guard/guard.go",
        "halt/halt.go",
        "stock/stock.go",
        "sweep/sweep.go",
    ] {
        let target = copy.path().join(name);
        fs::create_dir_all(target.parent().expect("a directory")).expect("a directory");
        fs::copy(module().join(name), target).expect("a file");
    }
    copy
}

fn check() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deferlint"));
    command.args(["check", "./..."]).current_dir(module());
    command
}

fn output_of(command: &mut Command) -> Output {
    command.output().expect("deferlint runs")
}

/// The rules and lines that `check --output-format json` prints, lines from 0.
fn checked(command: &mut Command) -> Vec<(String, u64)> {
    let output = output_of(command.args(["--output-format", "json"]));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let diagnostics = report["diagnostics"].as_array().expect("diagnostics");
    let place = |diagnostic: &serde_json::Value| {
        assert_eq!(diagnostic["path"], "depot.go");
        let rule = diagnostic["rule"].as_str().expect("a rule").to_owned();
        let line = diagnostic["range"]["start"]["line"].as_u64().expect("a line");
        (rule, line - 1)
    };
    diagnostics.iter().map(place).collect()
}

#[test]
fn check_looks_into_other_packages() {
    assert_eq!(checked(&mut check()), found(&[EMPTIED, NIL_MAP, NOT_DEFERRED]));
}

#[test]
fn check_prints_the_same_without_go_and_home() {
    let home = TempDir::new().expect("an empty directory");
    let usual = output_of(&mut check());
    let bare = output_of(check().env_clear().env("HOME", home.path()));
    assert_eq!(usual.status.code(), Some(1));
    assert_eq!(usual, bare);
}

#[test]
fn the_buffer_of_a_helper_counts() {
    follow_helpers(Editor::with_options(&pushing(), &without_hints()));
}

#[test]
fn the_buffer_of_a_helper_counts_without_go_and_home() {
    let home = TempDir::new().expect("an empty directory");
    follow_helpers(Editor::without_go(home.path(), &pushing(), &without_hints()));
}

fn without_hints() -> serde_json::Value {
    json!({"deferlint": {"rules": {"map-returned-directly": "off"}}})
}

/// Opens the traps, edits one helper after the other, and takes each edit back.
fn follow_helpers(mut editor: Editor) {
    let module = copy_of_module();
    let depot = uri_in(module.path(), "depot.go");
    let text = |name: &str| fs::read_to_string(module.path().join(name)).expect("a file");
    let usual = [EMPTIED, NIL_MAP, NOT_DEFERRED];
    editor.open(&depot, &text("depot.go"));
    editor.await_findings(&depot, &found(&usual));

    let edits: [(&str, &str, &str, &[Place]); 4] = [
        (
            "sweep/sweep.go",
            "clear(counts)",
            "_ = counts",
            &[NIL_MAP, NOT_DEFERRED],
        ),
        ("guard/guard.go", "r := recover()", "r := any(nil)", &[EMPTIED]),
        (
            "halt/halt.go",
            "os.Exit(3)",
            "os.Getpid()",
            &[EMPTIED, NIL_MAP, NOT_DEFERRED, NIL_MAP_WITHOUT_EXIT],
        ),
        ("stock/stock.go", "map[string]int", "[]int", &[NOT_DEFERRED]),
    ];
    for (name, before, after, expected) in edits {
        let helper = uri_in(module.path(), name);
        let original = text(name);
        let edited = original.replace(before, after);
        assert_ne!(edited, original, "{name}");
        editor.open(&helper, &original);
        assert_eq!(editor.pushed_findings(&helper), found(&[]));
        editor.replace(&helper, &edited);
        assert_eq!(editor.pushed_findings(&depot), found(expected), "{name}");
        editor.replace(&helper, &original);
        assert_eq!(editor.pushed_findings(&depot), found(&usual), "{name}");
        editor.replace(&helper, &edited);
        assert_eq!(editor.pushed_findings(&depot), found(expected), "{name}");
        // Once it is closed, the text on disk counts.
        editor.close(&helper);
        assert_eq!(editor.pushed_findings(&depot), found(&usual), "{name}");
    }
    assert_eq!(editor.leave(), Some(0));
}
