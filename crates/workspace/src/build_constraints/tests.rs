use deferlint_semantics::facts::Import;

use super::*;

fn file(constraint: &str, imports_c: bool) -> FileFacts {
    let import = Import {
        name: None,
        path: "C".into(),
    };
    FileFacts {
        build_constraint: (!constraint.is_empty()).then(|| constraint.into()),
        imports: if imports_c { vec![import] } else { Vec::new() },
        ..FileFacts::default()
    }
}

/// Whether a file with that name and constraint belongs to builds for Linux, macOS and Windows.
#[track_caller]
fn check(file_name: &str, constraint: &str, expected: [bool; 3]) {
    let targets = [("linux", "amd64"), ("darwin", "arm64"), ("windows", "386")];
    let found = targets.map(|(system, architecture)| {
        BuildTarget::new(system, architecture, true).matches(file_name, &file(constraint, false))
    });
    assert_eq!(found, expected, "{file_name}, {constraint}");
}

#[test]
fn evaluates_expressions() {
    check("x.go", "", [true, true, true]);
    check("x.go", "linux", [true, false, false]);
    check("x.go", "!linux", [false, true, true]);
    check("x.go", "linux || windows", [true, false, true]);
    check("x.go", "linux && amd64", [true, false, false]);
    check("x.go", "linux && 386 || darwin && !cgo", [false, false, false]);
    check("x.go", "(linux && 386) || (darwin && cgo)", [false, true, false]);
    check("x.go", "linux && (386 || amd64)", [true, false, false]);
    check("x.go", "!(linux||darwin)", [false, false, true]);
    check("x.go", "unix", [true, true, false]);
    check("x.go", "ignore", [false, false, false]);
    check("x.go", "gc && !gccgo", [true, true, true]);
    check("x.go", "go1.1 && go1.27 && !go1.99 && !go1.0", [true, true, true]);
    check("x.go", "amd64.v1", [true, false, false]);
    check("x.go", "amd64.v3", [false, false, false]);
    check(
        "x.go",
        "goexperiment.jsonv2 && !goexperiment.simd",
        [true, true, true],
    );
}

#[test]
fn a_malformed_expression_excludes_nothing() {
    for malformed in [
        "linux &&",
        "|| linux",
        "!!linux",
        "(linux",
        "linux)",
        "linux darwin",
        "a,b",
        "&",
    ] {
        assert_eq!(Expression::parse(malformed), None, "{malformed}");
        check("x.go", malformed, [true, true, true]);
    }
    let deep = format!("{}linux{}", "(".repeat(100_000), ")".repeat(100_000));
    assert_eq!(Expression::parse(&deep), None);
    let long = format!("{}linux", "linux || ".repeat(100_000));
    assert!(Expression::parse(&long).is_some());
}

#[test]
fn reads_the_suffixes_of_file_names() {
    check("source_windows.go", "", [false, false, true]);
    check("source_windows_test.go", "", [false, false, true]);
    check("source_amd64.go", "", [true, false, false]);
    check("source_windows_386.go", "", [false, false, true]);
    check("source_windows_amd64.go", "", [false, false, false]);
    check("source_darwin_arm64_test.go", "", [false, true, false]);
    check("source_amd64_darwin.go", "", [false, true, false]);
    check("linux.go", "", [true, true, true]);
    check("linux_amd64.go", "", [true, false, false]);
    check("windows_test.go", "", [true, true, true]);
    check("source_unix.go", "", [true, true, true]);
    check("source_linux.x.go", "", [true, false, false]);
    check("x_linux.go", "!linux", [false, false, false]);
}

#[test]
fn some_systems_imply_others() {
    for (system, implied) in [("android", "linux"), ("illumos", "solaris"), ("ios", "darwin")] {
        let target = BuildTarget::new(system, "arm64", true);
        assert!(
            target.matches(&format!("x_{implied}.go"), &file("", false)),
            "{system}"
        );
        assert!(target.matches("x.go", &file(implied, false)), "{system}");
        let other = BuildTarget::new(implied, "arm64", true);
        assert!(!other.matches("x.go", &file(system, false)), "{system}");
    }
}

#[test]
fn cgo_files_need_cgo() {
    for cgo in [true, false] {
        let target = BuildTarget::new("linux", "amd64", cgo);
        assert_eq!(target.matches("x.go", &file("", true)), cgo);
        assert_eq!(target.matches("x.go", &file("cgo", false)), cgo);
        assert_eq!(target.matches("x.go", &file("!cgo", false)), !cgo);
    }
}

#[test]
fn finds_the_nearest_target_of_a_file() {
    let host = BuildTarget::new("linux", "amd64", true);
    let nearest = |name: &str, constraint: &str| host.nearest_matching(name, &file(constraint, false));
    assert_eq!(nearest("x.go", ""), Some(host.clone()));
    assert_eq!(
        nearest("x_windows.go", ""),
        Some(BuildTarget::new("windows", "amd64", true))
    );
    assert_eq!(
        nearest("x_arm64.s.go", "darwin"),
        Some(BuildTarget::new("darwin", "arm64", true))
    );
    assert_eq!(
        nearest("x.go", "!cgo"),
        Some(BuildTarget::new("linux", "amd64", false))
    );
    let tagged = nearest("x.go", "integration && linux").expect("a target");
    assert!(tagged.tags.contains("integration"));
    assert_eq!(nearest("x.go", "linux && !linux"), None);
}
