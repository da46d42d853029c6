//! Directories that vanish or become something else under a running server.

mod lsp_support;

use std::fs;
use std::path::Path;

use lsp_support::{Editor, RULE, TRAP, findings, found, pulling, pushing, uri_in};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Imports `sweep`, whose function decides whether there is a finding.
const DEPOT: &str = "package depot\n\nimport \"example.com/depot/sweep\"\n\nfunc Take() map[string]int {\n\tcounts := map[string]int{}\n\tdefer sweep.Empty(counts)\n\treturn counts\n}\n";

const SWEEP: &str = "package sweep\n\nfunc Empty(counts map[string]int) {\n\tclear(counts)\n}\n";

/// What is found in [`DEPOT`] when [`SWEEP`] is known.
const EMPTIED: (&str, u64) = ("returned-map-cleared", 6);

/// What doesn't matter here.
fn without_hints() -> Value {
    json!({"rules": {"map-returned-directly": "off"}})
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a directory")).expect("directories");
    fs::write(path, text).expect("a file");
}

fn module() -> TempDir {
    let module = TempDir::new().expect("a temporary directory");
    write(
        &module.path().join("go.mod"),
        "module example.com/depot\n\ngo 1.24\n",
    );
    write(&module.path().join("depot.go"), DEPOT);
    write(&module.path().join("sweep/sweep.go"), SWEEP);
    module
}

/// Does something to the directory `sweep`.
type Fault = fn(&Path);

/// The ways in which a package's directory can go.
fn faults() -> [(&'static str, Fault); 4] {
    [
        ("it is deleted", |sweep| {
            fs::remove_dir_all(sweep).expect("removed");
        }),
        ("it is renamed", |sweep| {
            fs::rename(sweep, sweep.with_file_name("other")).expect("renamed");
        }),
        ("it becomes a file", |sweep| {
            fs::remove_dir_all(sweep).expect("removed");
            fs::write(sweep, SWEEP).expect("a file");
        }),
        ("its file becomes a directory", |sweep| {
            fs::remove_file(sweep.join("sweep.go")).expect("removed");
            fs::create_dir(sweep.join("sweep.go")).expect("a directory");
        }),
    ]
}

#[test]
fn a_package_whose_directory_goes_is_forgotten_and_known_again_when_it_is_back() {
    for (fault, spoil) in faults() {
        for reported in ["sweep", "sweep/sweep.go"] {
            let module = module();
            let (depot, sweep) = (uri_in(module.path(), "depot.go"), module.path().join("sweep"));
            let mut editor = Editor::with_options(&pushing(), &without_hints());
            editor.open(&depot, DEPOT);
            editor.await_findings(&depot, &found(&[EMPTIED]));
            spoil(&sweep);
            editor.changed_on_disk(&uri_in(module.path(), reported));
            assert_eq!(editor.pushed_findings(&depot), found(&[]), "{fault}, {reported}");

            if sweep.is_dir() {
                fs::remove_dir_all(&sweep).expect("removed");
            } else if sweep.exists() {
                fs::remove_file(&sweep).expect("removed");
            }
            write(&sweep.join("sweep.go"), SWEEP);
            editor.changed_on_disk(&uri_in(module.path(), reported));
            let again = editor.pushed_findings(&depot);
            assert_eq!(again, found(&[EMPTIED]), "{fault}, {reported}");
            assert_eq!(editor.leave(), Some(0));
        }
    }
}

#[test]
fn what_nobody_reports_stays_known_and_hurts_nothing() {
    for (fault, spoil) in faults() {
        let module = module();
        let depot = uri_in(module.path(), "depot.go");
        let mut editor = Editor::with_options(&pushing(), &without_hints());
        editor.open(&depot, DEPOT);
        editor.await_findings(&depot, &found(&[EMPTIED]));
        spoil(&module.path().join("sweep"));
        editor.replace(&depot, &format!("// Moved.\n{DEPOT}"));
        let moved = (EMPTIED.0, EMPTIED.1 + 1);
        assert_eq!(editor.pushed_findings(&depot), found(&[moved]), "{fault}");
        assert_eq!(editor.leave(), Some(0));
    }
}

#[test]
fn an_open_file_whose_directory_vanishes_is_served_on() {
    let module = module();
    let directory = module.path().join("shop");
    write(&directory.join("stock.go"), TRAP);
    let stock = uri_in(&directory, "stock.go");
    let mut editor = Editor::new(&pulling());
    editor.open(&stock, TRAP);
    assert_eq!(findings(&editor.pull(&stock, None)["items"]), found(&[(RULE, 4)]));
    fs::remove_dir_all(&directory).expect("removed");
    for reports in [false, true] {
        if reports {
            editor.changed_on_disk(&stock);
            editor.changed_on_disk(&uri_in(module.path(), "shop"));
        }
        editor.replace(&stock, &format!("// Moved.\n{TRAP}"));
        assert_eq!(findings(&editor.pull(&stock, None)["items"]), found(&[(RULE, 5)]));
        assert!(!editor.actions_in_line(&stock, 5).is_empty());
        editor.save(&stock);
        editor.replace(&stock, TRAP);
        assert_eq!(findings(&editor.pull(&stock, None)["items"]), found(&[(RULE, 4)]));
    }
    editor.close(&stock);
    assert_eq!(editor.leave(), Some(0));
}

#[test]
fn a_folder_of_the_workspace_that_is_removed_takes_its_packages_along_and_nothing_else() {
    let (gone, kept) = (module(), module());
    let uris = [&gone, &kept].map(|module| uri_in(module.path(), "depot.go"));
    let mut editor = Editor::with_options(&pushing(), &without_hints());
    for uri in &uris {
        editor.open(uri, DEPOT);
        editor.await_findings(uri, &found(&[EMPTIED]));
    }
    fs::remove_dir_all(gone.path()).expect("removed");
    let folder = json!({"uri": format!("file://{}", gone.path().display()), "name": "gone"});
    editor.notify(
        "workspace/didChangeWorkspaceFolders",
        &json!({"event": {"added": [], "removed": [folder]}}),
    );
    editor.changed_on_disk(&uri_in(gone.path(), "go.mod"));
    assert_eq!(editor.pushed_findings(&uris[0]), found(&[]));
    // The document is still open, and still checked.
    editor.replace(&uris[0], &DEPOT.replace("sweep.Empty", "clear"));
    assert_eq!(editor.pushed_findings(&uris[0]), found(&[EMPTIED]));
    editor.close(&uris[0]);
    assert_eq!(editor.pushed_findings(&uris[0]), found(&[]));
    assert_eq!(editor.unseen(), Vec::<Value>::new());
    editor.replace(&uris[1], &format!("// Moved.\n{DEPOT}"));
    assert_eq!(
        editor.pushed_findings(&uris[1]),
        found(&[(EMPTIED.0, EMPTIED.1 + 1)])
    );
    assert_eq!(editor.leave(), Some(0));
}
