//! The command line through the real binary.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use deferlint_testkit::page::Page;
use serde_json::Value;
use tempfile::TempDir;

/// A map that is cleared on its way out: one error of the rule returned-map-cleared, on line 5.
const TRAP: &str = "package stock\n\nfunc Flush() map[string]int {\n\tcounts := map[string]int{}\n\tdefer clear(counts)\n\treturn counts\n}\n";

/// A returned map without a name: a hint, with a safe fix.
const HINT: &str =
    "package stock\n\nfunc All(done func()) map[string]int {\n\tdefer done()\n\treturn map[string]int{}\n}\n";

fn module(files: &[(&str, &str)]) -> TempDir {
    let directory = TempDir::new().expect("a temporary directory");
    write(
        directory.path(),
        "go.mod",
        b"module example.com/stock\n\ngo 1.24\n",
    );
    for (name, text) in files {
        write(directory.path(), name, text.as_bytes());
    }
    directory
}

fn write(directory: &Path, name: &str, bytes: &[u8]) {
    let path = directory.join(name);
    fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
    fs::write(path, bytes).expect("the file is written");
}

fn deferlint(directory: &Path, arguments: &[&str]) -> Output {
    deferlint_reading(directory, arguments, "")
}

/// The command, with the input and the output of a test.
fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deferlint"));
    command
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn deferlint_reading(directory: &Path, arguments: &[&str], input: &str) -> Output {
    let mut process = command(directory, arguments).spawn().expect("deferlint starts");
    process
        .stdin
        .take()
        .expect("standard input")
        .write_all(input.as_bytes())
        .expect("deferlint reads");
    process.wait_with_output().expect("deferlint ends")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn check_code(directory: &Path, arguments: &[&str], code: i32) {
    let output = deferlint(directory, arguments);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments:?}\n{}",
        stderr(&output)
    );
}

#[test]
fn the_exit_status_tells_what_was_found() {
    let module = module(&[("stock.go", TRAP)]);
    check_code(module.path(), &["check"], 1);
    check_code(module.path(), &["check", "./..."], 1);
    check_code(module.path(), &["check", "--exit-zero"], 0);
    check_code(module.path(), &["check", "--ignore", "maps"], 0);
    check_code(module.path(), &["check", "--select", "defer"], 0);
    check_code(module.path(), &["check", "--select", "all"], 1);
    check_code(module.path(), &["check", "--select", "returned-map-cleared"], 1);
}

#[test]
fn what_cannot_be_done_exits_with_two() {
    let module = module(&[]);
    check_code(module.path(), &["check", "nowhere"], 2);
    check_code(module.path(), &["check", "go.mod"], 2);
    check_code(module.path(), &["check", "--select", "banana"], 2);
    check_code(module.path(), &["check", "--unsafe-fixes"], 2);
    check_code(module.path(), &["explain", "banana"], 2);
    let output = deferlint(module.path(), &["check", "nowhere"]);
    assert_eq!(
        stderr(&output).matches("nowhere").count(),
        1,
        "{}",
        stderr(&output)
    );
}

#[test]
fn the_floor_hides_hints_unless_asked() {
    let module = module(&[("stock.go", HINT)]);
    check_code(module.path(), &["check"], 0);
    check_code(module.path(), &["check", "--severity", "hint"], 1);
}

#[test]
fn json_gives_places_in_bytes() {
    let module = module(&[(
        "stock.go",
        &TRAP
            .replace("counts :=", "/* é𝄞 */ counts :=")
            .replace("\tdefer", "\t/* é */ defer"),
    )]);
    let report = json(&deferlint(module.path(), &["check", "--output-format", "json"]));
    let text = fs::read_to_string(module.path().join("stock.go")).expect("the file");
    let diagnostic = &report["diagnostics"][0];
    assert_eq!(diagnostic["path"], "stock.go");
    assert_eq!(diagnostic["rule"], "returned-map-cleared");
    assert_eq!(diagnostic["severity"], "error");
    assert_eq!(diagnostic["range"]["start"]["line"], 5);
    let offset = text.find("defer clear").expect("the defer");
    assert_eq!(diagnostic["range"]["start"]["offset"], offset);
    let line_start = text[..offset].rfind('\n').expect("a line before") + 1;
    assert_eq!(diagnostic["range"]["start"]["column"], offset - line_start + 1);
    assert_eq!(diagnostic["fixes"][0]["safety"], "unsafe");
    assert_eq!(report["summary"]["findings"], 1);
    assert_eq!(report["version"], 1);
}

#[test]
fn fixes_are_applied_only_when_asked() {
    let module = module(&[("stock.go", TRAP)]);
    let text = || fs::read_to_string(module.path().join("stock.go")).expect("the file");
    check_code(module.path(), &["check", "--fix"], 1);
    assert_eq!(text(), TRAP);
    check_code(module.path(), &["check", "--diff", "--unsafe-fixes"], 1);
    assert_eq!(text(), TRAP);
    check_code(module.path(), &["check", "--fix", "--unsafe-fixes"], 0);
    assert!(
        text().contains("import \"maps\"") && text().contains("return maps.Clone(counts)"),
        "{}",
        text()
    );
}

#[test]
fn the_fix_of_a_hint_needs_its_name() {
    let module = module(&[("stock.go", HINT)]);
    let text = || fs::read_to_string(module.path().join("stock.go")).expect("the file");
    let shown = deferlint(module.path(), &["check", "--severity", "hint"]);
    let shown = String::from_utf8_lossy(&shown.stdout);
    assert!(
        shown.contains("(--fix --select map-returned-directly)"),
        "{shown}"
    );
    check_code(
        module.path(),
        &["check", "--fix", "--severity", "hint", "--select", "all"],
        1,
    );
    assert_eq!(text(), HINT);
    check_code(
        module.path(),
        &[
            "check",
            "--fix",
            "--severity",
            "hint",
            "--select",
            "map-returned-directly",
        ],
        0,
    );
    assert!(
        text().contains("\tm := map[string]int{}\n\treturn m\n"),
        "{}",
        text()
    );
}

#[test]
fn standard_input_is_checked_and_fixed() {
    let module = module(&[]);
    let arguments = [
        "check",
        "--fix",
        "--severity",
        "hint",
        "--select",
        "map-returned-directly",
        "--stdin-filename",
        "a.go",
    ];
    let output = deferlint_reading(module.path(), &arguments, HINT);
    assert!(String::from_utf8_lossy(&output.stdout).contains("\treturn m\n"));
    assert!(!module.path().join("a.go").exists());
}

#[test]
fn what_a_go_developer_passes_over_is_passed_over() {
    let ignored = [
        "vendor/v.go",
        "testdata/t.go",
        "_old/o.go",
        ".hidden/h.go",
        "ignored/i.go",
    ];
    let files: Vec<_> = ignored
        .iter()
        .map(|name| (*name, TRAP))
        .chain([(".gitignore", "/ignored\n")])
        .collect();
    let module = module(&files);
    check_code(module.path(), &["check"], 0);
    check_code(module.path(), &["check", "testdata/t.go"], 1);
}

#[test]
fn generated_files_and_tests_are_left_out_as_asked() {
    let generated = format!("// Code generated by a tool. DO NOT EDIT.\n\n{TRAP}");
    let module = module(&[
        ("generated.go", &generated),
        ("stock_test.go", &TRAP.replace("Flush", "flushTest")),
    ]);
    check_code(module.path(), &["check", "--no-tests"], 0);
    check_code(module.path(), &["check", "--no-tests", "--generated"], 1);
    check_code(module.path(), &["check"], 1);
}

#[test]
fn bad_files_are_named_and_the_others_checked() {
    let module = module(&[
        ("stock.go", TRAP),
        ("empty.go", ""),
        ("half.go", "package stock\n\nfunc f() {\n\tif x {"),
    ]);
    write(module.path(), "invalid.go", b"package stock\n\xff\n");
    write(module.path(), "nul.go", b"package stock\n\0\n");
    write(module.path(), "bom.go", b"\xef\xbb\xbfpackage stock\n");
    let nested = format!(
        "package stock\n\nvar x = {}1{}\n",
        "(".repeat(100_000),
        ")".repeat(100_000)
    );
    write(module.path(), "nested.go", nested.as_bytes());
    let output = deferlint(module.path(), &["check", "--output-format", "json"]);
    let report = json(&output);
    assert_eq!(output.status.code(), Some(1), "{report}");
    assert_eq!(report["summary"]["findings"], 1);
    assert_eq!(report["summary"]["errors"][0]["path"], "invalid.go", "{report}");
    assert_eq!(report["summary"]["errors"].as_array().map(Vec::len), Some(1));
}

/// Only builds with debug assertions let a rule panic.
#[cfg(debug_assertions)]
#[test]
fn a_panicking_rule_costs_its_own_findings_only() {
    let module = module(&[("stock.go", TRAP), ("all.go", HINT)]);
    let mut check = command(
        module.path(),
        &["check", "--output-format", "json", "--severity", "hint"],
    );
    let output = check.env("DEFERLINT_PANIC", "returned-map-cleared").output();
    let output = output.expect("deferlint ends");
    let report = json(&output);
    assert_eq!(output.status.code(), Some(1), "{report}");
    assert_eq!(
        report["diagnostics"].as_array().map(Vec::len),
        Some(1),
        "{report}"
    );
    assert_eq!(report["diagnostics"][0]["rule"], "map-returned-directly");
    let errors = report["summary"]["errors"].to_string();
    assert!(
        errors.contains("returned-map-cleared") && errors.contains("stock.go"),
        "{errors}"
    );
}

#[test]
fn the_nearest_settings_file_counts_below_the_command_line() {
    let module = module(&[("stock.go", TRAP), ("strict/stock.go", TRAP)]);
    write(
        module.path(),
        ".deferlint.toml",
        b"[rules]\nreturned-map-cleared = \"off\"\n",
    );
    write(
        module.path(),
        "strict/.deferlint.toml",
        b"[rules]\nreturned-map-cleared = \"warning\"\n",
    );
    let severities = |arguments: &[&str]| {
        let report = json(&deferlint(module.path(), arguments));
        let diagnostics = report["diagnostics"].as_array().expect("a list").iter();
        let places =
            diagnostics.map(|diagnostic| format!("{} {}", diagnostic["path"], diagnostic["severity"]));
        places.collect::<Vec<_>>().join(", ")
    };
    let json = ["check", "--output-format", "json"];
    assert_eq!(severities(&json), "\"strict/stock.go\" \"warning\"");
    assert_eq!(
        severities(&[&json[..], &["--select", "returned-map-cleared"]].concat()),
        "\"stock.go\" \"error\", \"strict/stock.go\" \"warning\""
    );
    assert_eq!(
        severities(&[&json[..], &["--ignore", "returned-map-cleared"]].concat()),
        ""
    );
    let none = [&json[..], &["--no-config"]].concat();
    assert_eq!(
        severities(&none),
        "\"stock.go\" \"error\", \"strict/stock.go\" \"error\""
    );
    let one = [&json[..], &["--config", "strict/.deferlint.toml"]].concat();
    assert_eq!(
        severities(&one),
        "\"stock.go\" \"warning\", \"strict/stock.go\" \"warning\""
    );
}

#[test]
fn a_wrong_settings_file_is_named_with_the_place() {
    let module = module(&[("stock.go", TRAP)]);
    let wrong = b"ignore = [\"maps\"]\n\n[rules]\nreturned-map-cleard = \"off\"\n";
    write(module.path(), ".deferlint.toml", wrong);
    let output = deferlint(module.path(), &["check"]);
    assert_eq!(output.status.code(), Some(2));
    let expected = ".deferlint.toml:4:1: unknown rule or category `returned-map-cleard`: did you mean `returned-map-cleared`?";
    assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    check_code(module.path(), &["check", "--no-config"], 1);
    check_code(module.path(), &["check", "--config", "none.toml"], 2);
}

#[test]
fn comments_take_findings_away() {
    for comment in [
        "//nolint:deferlint",
        "//nolint:errcheck,returned-map-cleared // emptied on purpose",
        "//lint:ignore returned-map-cleared emptied on purpose",
        "//deferlint:ignore returned-map-cleared emptied on purpose",
    ] {
        let behind = TRAP.replace("clear(counts)", &format!("clear(counts) {comment}"));
        let above = TRAP.replace("defer clear", &format!("{comment}\n\tdefer clear"));
        let module = module(&[("behind.go", &behind), ("above.go", &above)]);
        check_code(module.path(), &["check"], 0);
    }
    let other = TRAP.replace("clear(counts)", "clear(counts) //nolint:errcheck");
    let module = module(&[("other.go", &other)]);
    check_code(module.path(), &["check"], 1);
}

#[test]
fn the_comments_of_the_settings_page_work() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/settings.md");
    let text = fs::read_to_string(path).expect("the page");
    let page = Page::parse("docs/settings.md", &text).expect("a page with Go blocks");
    let example = &page.blocks[0].files[0].text;
    let all = ["check", "--severity", "hint", "--select", "defer-in-loop"];
    check_code(module(&[("sizes.go", example)]).path(), &all, 0);
    let bare: String = example
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{}\n", line.split("//").next().unwrap_or_default()))
        .collect();
    check_code(module(&[("sizes.go", &bare)]).path(), &all, 1);
}

#[test]
fn a_log_that_no_terminal_shows_has_no_colours() {
    let log = stderr(&deferlint(Path::new("."), &["lsp", "--log-level", "debug"]));
    assert!(log.contains("the server ends"), "{log}");
    assert!(!log.contains('\u{1b}'), "{log:?}");
}
