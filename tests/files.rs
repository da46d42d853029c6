//! Files that aren't what they seem, change under us, or can't be written.

#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use deferlint_testkit::directory::file_names;
use tempfile::TempDir;

/// One finding with an unsafe fix.
const TRAP: &str = "package stock\n\nfunc Flush() map[string]int {\n\tcounts := map[string]int{}\n\tdefer clear(counts)\n\treturn counts\n}\n";

fn fixed() -> String {
    TRAP.replace("package stock\n", "package stock\n\nimport \"maps\"\n")
        .replace("return counts", "return maps.Clone(counts)")
}

/// A module whose only Go file is `stock.go` with this text.
fn module(text: &str) -> TempDir {
    let directory = TempDir::new().expect("a temporary directory");
    fs::write(
        directory.path().join("go.mod"),
        "module example.com/stock\n\ngo 1.24\n",
    )
    .expect("a file");
    fs::write(directory.path().join("stock.go"), text).expect("a file");
    directory
}

fn deferlint(directory: &Path, arguments: &[&str]) -> Output {
    command(directory, arguments).output().expect("deferlint ends")
}

fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deferlint"));
    command.args(arguments).current_dir(directory);
    command
}

const FIX: [&str; 3] = ["check", "--fix", "--unsafe-fixes"];

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("the file")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs as somebody who isn't root, for whom permissions count.
fn as_nobody(command: &mut Command) {
    use std::os::unix::process::CommandExt;

    // Who may not change the user isn't root.
    let is_root = fs::metadata("/proc/self").is_ok_and(|metadata| {
        use std::os::unix::fs::MetadataExt;
        metadata.uid() == 0
    });
    if is_root {
        command.uid(65_534).gid(65_534);
    }
}

#[test]
fn what_is_no_file_is_not_opened() {
    let module = module(TRAP);
    let path = |name: &str| module.path().join(name);
    fs::create_dir(path("directory.go")).expect("a directory");
    fs::write(path("directory.go/inner.go"), TRAP.replace("Flush", "Inner")).expect("a file");
    let made = Command::new("mkfifo").arg(path("pipe.go")).status();
    assert!(made.expect("mkfifo is there").success());
    symlink("/dev/zero", path("device.go")).expect("a link");
    symlink("nowhere.go", path("dangling.go")).expect("a link");
    symlink("loop.go", path("loop.go")).expect("a link");
    let large = fs::File::create(path("large.go")).expect("a file");
    large.set_len(1 << 30).expect("a sparse file");

    let all = deferlint(module.path(), &["check"]);
    assert_eq!(all.status.code(), Some(1), "{}", stderr(&all));
    assert!(stdout(&all).contains("stock.go:5"), "{}", stdout(&all));
    assert!(
        stdout(&all).contains("directory.go/inner.go:5"),
        "{}",
        stdout(&all)
    );
    assert!(
        stderr(&all).contains("large.go: larger than 64 MiB"),
        "{}",
        stderr(&all)
    );
    for (name, complaint) in [
        ("pipe.go", "not a regular file"),
        ("device.go", "not a regular file"),
        ("large.go", "larger than 64 MiB"),
        ("dangling.go", "No such file"),
        ("loop.go", "symbolic links"),
    ] {
        for arguments in [&["check", name][..], &["check", "--fix", name]] {
            let named = deferlint(module.path(), arguments);
            let complaints = stderr(&named);
            assert!(
                complaints.contains(name) && complaints.contains(complaint),
                "{complaints}"
            );
        }
    }
}

#[test]
fn settings_and_modules_that_are_no_files_are_not_opened() {
    for name in [".deferlint.toml", "go.mod", "go.work"] {
        for large in [true, false] {
            let module = module(TRAP);
            let path = module.path().join(name);
            let _ = fs::remove_file(&path);
            if large {
                fs::File::create(&path)
                    .expect("a file")
                    .set_len(1 << 30)
                    .expect("a sparse file");
            } else {
                symlink("/dev/zero", &path).expect("a link");
            }
            let output = deferlint(module.path(), &["check"]);
            let code = if large && name == ".deferlint.toml" { 2 } else { 1 };
            assert_eq!(output.status.code(), Some(code), "{name} {}", stderr(&output));
        }
    }
    let module = module(TRAP);
    let output = deferlint(module.path(), &["check", "--config", "/dev/zero"]);
    assert!(
        stderr(&output).contains("not a regular file"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn read_only_files_and_directories_are_left_alone() {
    let module = module(TRAP);
    let file = module.path().join("stock.go");
    for (file_mode, directory_mode) in [(0o444, 0o755), (0o644, 0o555), (0o444, 0o555)] {
        let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
        set(&file, file_mode).expect("permissions");
        set(module.path(), directory_mode).expect("permissions");
        let mut command = command(module.path(), &FIX);
        as_nobody(&mut command);
        let output = command.output().expect("deferlint ends");
        set(module.path(), 0o755).expect("permissions");
        assert_eq!(text(&file), TRAP);
        assert_eq!(output.status.code(), Some(2));
        let complaints = stderr(&output);
        assert!(
            complaints.contains("stock.go: is read-only")
                || complaints.contains("stock.go: can't write beside it"),
            "{complaints}"
        );
        assert_eq!(file_names(module.path()), ["go.mod", "stock.go"]);
    }
}

#[test]
fn a_full_disk_leaves_the_original() {
    // Longer than what may be written.
    let long = format!("{TRAP}// {}\n", "x".repeat(100_000));
    // With the signal ignored the write fails as on a full disk; without, the process is killed within it.
    for (before, is_told) in [("trap '' XFSZ; ", true), ("", false)] {
        let module = module(&long);
        let script = format!("{before}ulimit -f 8; exec \"$0\" \"$@\"");
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &script, env!("CARGO_BIN_EXE_deferlint")])
            .args(FIX);
        let output = shell.current_dir(module.path()).output().expect("the shell ends");
        assert_eq!(text(&module.path().join("stock.go")), long);
        if is_told {
            assert!(
                stderr(&output).contains("stock.go: can't write beside it"),
                "{}",
                stderr(&output)
            );
            assert_eq!(output.status.code(), Some(2));
            assert_eq!(file_names(module.path()), ["go.mod", "stock.go"]);
        } else {
            assert_eq!(output.status.code(), None, "{}", stderr(&output));
            assert_eq!(file_names(module.path()).len(), 3, "a part of the fixed file");
        }
        // What is left over of a killed run is no Go file, and the next one removes it.
        let again = deferlint(module.path(), &FIX);
        assert!(
            stderr(&again).contains("in 1 file of 1 package."),
            "{}",
            stderr(&again)
        );
        assert!(text(&module.path().join("stock.go")).contains("maps.Clone"));
        assert_eq!(file_names(module.path()), ["go.mod", "stock.go"]);
    }
}

#[test]
fn several_runs_at_once_fix_each_file_once() {
    let module = module(TRAP);
    let path = |number: usize| module.path().join(format!("stock{number}.go"));
    for number in 0..20 {
        fs::write(path(number), TRAP.replace("Flush", &format!("Flush{number}"))).expect("a file");
    }
    let start = |_| -> Child {
        let mut command = command(module.path(), &FIX);
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("deferlint starts")
    };
    let processes: Vec<_> = (0..6).map(start).collect();
    for mut process in processes {
        process.wait().expect("deferlint ends");
    }
    for number in 0..20 {
        assert_eq!(
            text(&path(number)),
            fixed().replace("Flush", &format!("Flush{number}"))
        );
    }
    assert_eq!(file_names(module.path()).len(), 22);
}

#[test]
fn a_file_that_changes_meanwhile_is_not_overwritten() {
    let module = module(TRAP);
    let file = module.path().join("stock.go");
    let versions = [TRAP.to_owned(), TRAP.replace("counts", "numbers")];
    let results = versions.clone().map(|version| {
        version
            .replace("package stock\n", "package stock\n\nimport \"maps\"\n")
            .replace("return counts", "return maps.Clone(counts)")
            .replace("return numbers", "return maps.Clone(numbers)")
    });
    for turn in 0..20 {
        let mut process = command(module.path(), &FIX)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        let process = process.as_mut().expect("deferlint starts");
        let mut last = String::new();
        let mut turns = turn;
        // An editor that saves as often as it can.
        while process.try_wait().expect("a state").is_none() {
            turns += 1;
            last.clone_from(&versions[turns % 2]);
            let beside = module.path().join("saved");
            fs::write(&beside, &last).expect("a file");
            fs::rename(&beside, &file).expect("the file");
        }
        let now = text(&file);
        assert!(versions.contains(&now) || results.contains(&now), "{now}");
    }
}

#[test]
fn a_link_stays_and_its_target_is_fixed() {
    let module = module(TRAP);
    let elsewhere = TempDir::new().expect("a temporary directory");
    let target = elsewhere.path().join("target.txt");
    fs::rename(module.path().join("stock.go"), &target).expect("moved");
    let link = module.path().join("stock.go");
    symlink(&target, &link).expect("a link");
    deferlint(module.path(), &FIX);
    assert_eq!(fs::read_link(&link).expect("still a link"), target);
    assert_eq!(text(&target), fixed());
    assert_eq!(file_names(elsewhere.path()), ["target.txt"]);
}

#[test]
fn permissions_and_the_owner_stay() {
    use std::os::unix::fs::{MetadataExt, chown};

    for mode in [0o600, 0o640, 0o755, 0o664] {
        let module = module(TRAP);
        let file = module.path().join("stock.go");
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("permissions");
        // Only root may give a file away.
        let _ = chown(&file, Some(65_534), Some(65_534));
        let before = fs::metadata(&file).expect("a file");
        deferlint(module.path(), &FIX);
        let after = fs::metadata(&file).expect("a file");
        assert_eq!(text(&file), fixed());
        assert_eq!(after.mode(), before.mode());
        assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
    }
}

#[test]
fn names_that_are_not_utf_8_are_checked_and_fixed() {
    let module = module("package stock\n");
    let name = OsStr::from_bytes(b"st\xffck.go");
    let path = module.path().join(name);
    if fs::write(&path, TRAP).is_err() {
        // Some file systems only have names in UTF-8.
        return;
    }
    let output = deferlint(module.path(), &["check"]);
    assert!(
        stdout(&output).contains("st\u{fffd}ck.go:5"),
        "{}",
        stdout(&output)
    );
    deferlint(module.path(), &FIX);
    assert_eq!(text(&path), fixed());
}

/// A `go` on the path that leaves a trace, and what might make a tool run something.
#[test]
fn no_program_is_run() {
    let module = module(TRAP);
    let path = |name: &str| module.path().join(name);
    fs::create_dir_all(path("tools/bin")).expect("directories");
    fs::create_dir_all(path("tools/src")).expect("directories");
    for program in ["go", "git", "gofmt", "sh"] {
        let program = path("tools/bin").join(program);
        fs::write(&program, "#!/bin/sh\ntouch \"$TRACE\"\n").expect("a file");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("permissions");
    }
    fs::write(path("go.work"), "go 1.24\n\ntoolchain go1.99.0\n\nuse .\n").expect("a file");
    for arguments in [&["check"][..], &FIX, &["check", "--diff"], &["lsp"], &["rules"]] {
        let mut command = command(module.path(), arguments);
        command
            .env("PATH", path("tools/bin"))
            .env("TRACE", path("trace"))
            .env("GOFLAGS", "-toolexec=sh -vettool=sh")
            .stdin(Stdio::null());
        let output = command.output().expect("deferlint ends");
        assert!(
            output.status.code().is_some_and(|code| code < 2),
            "{}",
            stderr(&output)
        );
        assert!(!path("trace").exists(), "{arguments:?} ran a program");
    }
}

/// A module with control sequences in a reported line, in a file's name, and in a settings file.
fn hostile() -> (TempDir, PathBuf) {
    let trap = TRAP.replace(
        "clear(counts)",
        "clear(counts) // \u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\u{202e}\r\n",
    );
    let module = module(&trap);
    fs::write(
        module.path().join("\u{1b}[31mred\n.go"),
        TRAP.replace("Flush", "Red"),
    )
    .expect("a file");
    fs::write(module.path().join("\u{1b}[31mbad.go"), b"package stock\n\xff\n").expect("a file");
    let strict = module.path().join("strict");
    fs::create_dir(&strict).expect("a directory");
    fs::write(strict.join(".deferlint.toml"), "\"\\u001b[31m\" = 1\n").expect("a file");
    (module, strict)
}

fn assert_plain(output: &[u8]) {
    let shown = String::from_utf8_lossy(output).into_owned();
    // Colours are the program's own.
    let mut rest = shown.as_str();
    while let Some(escape) = rest.find('\u{1b}') {
        rest = &rest[escape + 1..];
        let colour = rest.strip_prefix('[').unwrap_or_else(|| panic!("{shown:?}"));
        let end = colour.find(|character: char| !(character.is_ascii_digit() || character == ';'));
        assert_eq!(end.map(|end| &colour[end..=end]), Some("m"), "{shown:?}");
    }
    for control in [
        "\u{7}",
        "\u{9b}",
        "\u{202e}",
        "\u{1b}[31mred",
        "\u{1b}[31mbad",
        "\u{1b}[2J",
    ] {
        assert!(!shown.contains(control), "{shown:?}");
    }
}

#[test]
fn control_sequences_do_not_reach_a_terminal() {
    let (module, strict) = hostile();
    fs::write(strict.join("stock.go"), TRAP).expect("a file");
    for arguments in [
        &["check", "--no-config", "--color", "always"][..],
        &["check", "--no-config", "--color", "always", "--statistics"],
        &[
            "check",
            "--no-config",
            "--color",
            "always",
            "--output-format",
            "json",
        ],
        &["check", "--color", "always", "strict"],
    ] {
        let output = deferlint(module.path(), arguments);
        assert_plain(&output.stdout);
        assert_plain(&output.stderr);
    }
    // On a terminal, where `script` makes one.
    for arguments in [
        "check --no-config",
        "check --no-config --diff --unsafe-fixes",
        "check strict",
    ] {
        let shell = format!("{} {arguments}", env!("CARGO_BIN_EXE_deferlint"));
        let mut script = Command::new("script");
        script.args(["-qec", &shell, "/dev/null"]).stdin(Stdio::null());
        match script.current_dir(module.path()).output() {
            Ok(output) => assert_plain(&output.stdout),
            Err(error) => println!("skipped, script isn't there: {error}"),
        }
    }
    // A program gets what stands in the file.
    let diff = deferlint(
        module.path(),
        &["check", "--no-config", "--diff", "--unsafe-fixes"],
    );
    assert!(stdout(&diff).contains("\u{1b}[2J"));
}
