//! Files that become something else between being read and being written.

#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

use tempfile::TempDir;

/// One finding with an unsafe fix.
const TRAP: &str = "package stock\n\nfunc Flush() map[string]int {\n\tcounts := map[string]int{}\n\tdefer clear(counts)\n\treturn counts\n}\n";

fn fixed() -> String {
    TRAP.replace("package stock\n", "package stock\n\nimport \"maps\"\n")
        .replace("return counts", "return maps.Clone(counts)")
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a directory")).expect("directories");
    fs::write(path, text).expect("a file");
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("the file")
}

/// The names of all files below a directory that begin with a dot.
fn hidden(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("a directory");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let hidden = paths.flat_map(|path| {
        let is_hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        match (is_hidden, path.is_dir() && !path.is_symlink()) {
            (true, _) => vec![path],
            (false, true) => hidden(&path),
            (false, false) => Vec::new(),
        }
    });
    hidden.collect()
}

/// Files whose names are so long that the log of writing them doesn't fit into a pipe: whoever writes it waits for its
/// reader.
fn long_names(module: &Path) -> Vec<PathBuf> {
    let directory = (0..8).fold(module.join("a"), |path, _| path.join("long".repeat(60)));
    (0..60)
        .map(|number| directory.join(format!("stock{number}.go")))
        .collect()
}

/// A run of `check --fix` that has read everything, and that writes no file behind those with long names before the rest
/// of its log is read.
struct Held {
    process: Child,
    log: BufReader<ChildStderr>,
}

impl Held {
    fn start(module: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deferlint"));
        command
            .args(["--log-level", "deferlint=debug"])
            .args(["check", "--fix", "--unsafe-fixes"])
            .current_dir(module)
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut process = command.spawn().expect("deferlint starts");
        let mut log = BufReader::new(process.stderr.take().expect("a pipe"));
        let mut line = String::new();
        while !line.contains("writing") {
            line.clear();
            assert!(log.read_line(&mut line).expect("UTF-8") > 0, "it ended early");
        }
        Self { process, log }
    }

    /// Lets it go on. Its exit code, and what it says but for the log.
    fn release(mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        self.log.read_to_string(&mut said).expect("UTF-8");
        let status = self.process.wait().expect("it ends");
        let lines = said.lines().filter(|line| !line.contains("DEBUG"));
        (status.code(), lines.map(|line| format!("{line}\n")).collect())
    }
}

#[test]
fn a_file_that_became_something_else_is_left_alone_and_the_others_are_fixed() {
    let directory = TempDir::new().expect("a temporary directory");
    let module = directory.path().join("module");
    let elsewhere = directory.path().join("elsewhere");
    let path = |name: &str| module.join("z").join(name);
    write(&module.join("go.mod"), "module example.com/stock\n\ngo 1.24\n");
    let long = long_names(&module);
    for (number, path) in long.iter().enumerate() {
        write(path, &TRAP.replace("Flush", &format!("Flush{number}")));
    }
    let names = [
        "deleted",
        "directory",
        "emptied",
        "link",
        "moved",
        "near",
        "pipe",
        "renamed",
        "saved",
        "whole",
    ];
    for name in names {
        write(&path(name).join("stock.go"), TRAP);
    }
    let stock = |name: &str| path(name).join("stock.go");
    write(&elsewhere.join("stock.go"), TRAP);

    let held = Held::start(&module);
    fs::remove_file(stock("deleted")).expect("removed");
    fs::remove_file(stock("directory")).expect("removed");
    fs::create_dir(stock("directory")).expect("a directory");
    fs::remove_dir_all(path("emptied")).expect("removed");
    fs::remove_file(stock("link")).expect("removed");
    symlink(elsewhere.join("stock.go"), stock("link")).expect("a link");
    fs::rename(path("moved"), elsewhere.join("moved")).expect("moved");
    symlink(elsewhere.join("moved"), path("moved")).expect("a link");
    fs::rename(stock("near"), path("near").join("other.go")).expect("renamed");
    symlink("other.go", stock("near")).expect("a link");
    fs::remove_file(stock("pipe")).expect("removed");
    let made = Command::new("mkfifo").arg(stock("pipe")).status();
    assert!(made.expect("mkfifo is there").success());
    fs::rename(stock("renamed"), path("renamed").join("other.go")).expect("renamed");
    write(&stock("saved"), &TRAP.replace("counts", "numbers"));
    let (code, said) = held.release();

    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("Applied 61 fixes in 61 files."), "{said}");
    for (name, complaint) in [
        ("deleted", "can't be found any more"),
        ("directory", "isn't a regular file any more"),
        ("emptied", "can't be found any more"),
        ("link", "is another file than the one that was checked"),
        ("moved", "is another file than the one that was checked"),
        ("near", "is another file than the one that was checked"),
        ("pipe", "isn't a regular file any more"),
        ("renamed", "can't be found any more"),
        ("saved", "changed while it was being fixed"),
    ] {
        let told = format!("deferlint: z/{name}/stock.go: {complaint}");
        assert!(said.contains(&told), "{told}\n{said}");
    }
    for (number, path) in long.iter().enumerate() {
        assert_eq!(text(path), fixed().replace("Flush", &format!("Flush{number}")));
    }
    assert_eq!(text(&stock("whole")), fixed());
    for untouched in [
        elsewhere.join("stock.go"),
        elsewhere.join("moved/stock.go"),
        path("near").join("other.go"),
        path("renamed").join("other.go"),
    ] {
        assert_eq!(text(&untouched), TRAP);
    }
    assert_eq!(text(&stock("saved")), TRAP.replace("counts", "numbers"));
    assert_eq!(hidden(directory.path()), Vec::<PathBuf>::new());
}
