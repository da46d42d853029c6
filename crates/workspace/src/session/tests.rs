use deferlint_rules::Severity;
use deferlint_text::{Position, PositionRange};

use super::*;

/// A session that leaves every parse of a large text to a job.
fn session_without_patience() -> (Session, DocumentId) {
    let session = Session {
        parse_budget: Duration::ZERO,
        ..Session::default()
    };
    (session, DocumentId::from("main.go"))
}

/// A session that leaves no parse to a job, however busy the machine is.
pub(super) fn session_with_patience() -> Session {
    Session {
        parse_budget: Duration::MAX,
        ..Session::default()
    }
}

/// Opens a large document, and parses it.
fn open(session: &mut Session, id: &DocumentId, text: &str) {
    let changes = session.open(Arc::clone(id), None, 1, text);
    session.settle(changes.expect("a small text"));
}

/// So many functions that no parse is done before its time is looked at.
fn large_text(name: &str) -> String {
    let functions = (0..5_000).map(|number| format!("func {name}{number}() {{}}\n"));
    format!("package main\n\n{}", functions.collect::<String>())
}

/// Puts a text before everything else.
fn insert(session: &mut Session, id: &DocumentId, version: i32, text: &str) -> Option<Job> {
    replace(session, id, version, ((0, 0), (0, 0)), text)
}

/// Puts a text in the place of another one.
fn replace(
    session: &mut Session,
    id: &DocumentId,
    version: i32,
    (start, end): ((u32, u32), (u32, u32)),
    text: &str,
) -> Option<Job> {
    let change = Change {
        range: Some(PositionRange::new(
            Position::new(start.0, start.1),
            Position::new(end.0, end.1),
        )),
        text: text.to_owned(),
    };
    let changes = session.apply(id, version, &[change], PositionEncoding::Utf16);
    changes.expect("the change fits").jobs.pop()
}

#[test]
fn the_parse_of_a_document_that_was_closed_is_not_taken_for_that_of_its_successor() {
    let (mut session, id) = session_without_patience();
    open(&mut session, &id, &large_text("first"));
    let first = insert(&mut session, &id, 2, "// first\n").expect("a parse");
    session.close(&id);
    open(&mut session, &id, &large_text("second"));
    let second = insert(&mut session, &id, 2, "// second\n").expect("a parse");

    assert_eq!(session.finish(first.run()).analyzed, []);
    assert_eq!(session.finish(second.run()).analyzed, [Arc::clone(&id)]);
    let analysis = session.analysis(&id).expect("an analysis");
    assert_eq!(analysis.version, 2);
    assert_eq!(
        analysis.document.to_string(),
        format!("// second\n{}", large_text("second"))
    );
}

#[test]
fn an_analysis_names_the_version_of_its_own_text() {
    let (mut session, id) = session_without_patience();
    open(&mut session, &id, &large_text("function"));
    let job = insert(&mut session, &id, 2, "// later\n").expect("a parse");
    let settings = Settings {
        generated: true,
        ..Settings::default()
    };
    assert_eq!(session.configure(settings).analyzed, [Arc::clone(&id)]);
    let analysis = session.analysis(&id).expect("an analysis");
    assert_eq!(
        (analysis.version, session.text(&id).map(|(_, version)| version)),
        (1, Some(2))
    );
    assert_eq!(analysis.document.to_string(), large_text("function"));

    assert!(
        insert(&mut session, &id, 3, "// last\n").is_none(),
        "one parse at a time"
    );
    let mut changes = session.finish(job.run());
    while let Some(job) = changes.jobs.pop() {
        changes = session.finish(job.run());
    }
    let analysis = session.analysis(&id).expect("an analysis");
    assert_eq!(analysis.version, 3);
    assert!(
        analysis
            .document
            .to_string()
            .starts_with("// last\n// later\npackage main\n")
    );
}

#[test]
fn a_large_document_is_open_before_it_is_parsed_and_holds_up_no_other() {
    let (mut session, large) = session_without_patience();
    let mut changes = session
        .open(Arc::clone(&large), None, 1, &large_text("function"))
        .expect("a small text");
    assert_eq!(changes.analyzed, []);
    assert!(session.analysis(&large).is_none());
    let first = changes.jobs.pop().expect("a parse");

    // Another document is checked at every edit, and what concerns all leaves the large one alone.
    let small = DocumentId::from("small.go");
    let opened = session.open(Arc::clone(&small), None, 1, "package p\n");
    assert_eq!(opened.expect("a small text").analyzed, [Arc::clone(&small)]);
    for version in 2..5 {
        assert!(insert(&mut session, &small, version, "// a\n").is_none());
        let analysis = session.analysis(&small).expect("an analysis");
        assert_eq!(analysis.version, version);
    }
    let settings = Settings {
        generated: true,
        ..Settings::default()
    };
    assert_eq!(session.configure(settings).analyzed, [Arc::clone(&small)]);

    // Edits that come meanwhile are one more parse, of the latest text.
    for version in 2..10 {
        assert!(insert(&mut session, &large, version, "// b\n").is_none());
    }
    let mut changes = session.finish(first.run());
    assert_eq!(changes.analyzed, [], "the text is an earlier one");
    let second = changes.jobs.pop().expect("a parse of the latest text");
    assert!(changes.jobs.is_empty());
    assert_eq!(session.finish(second.run()).analyzed, [Arc::clone(&large)]);
    let analysis = session.analysis(&large).expect("an analysis");
    assert_eq!(analysis.version, 9);
    let expected = format!("{}{}", "// b\n".repeat(8), large_text("function"));
    assert_eq!(analysis.document.to_string(), expected);
    assert!(session.tree(&large).is_some_and(|tree| !tree.has_error()));
}

#[test]
fn a_raw_string_that_is_opened_and_removed_during_a_parse_leaves_what_was_there() {
    let (mut session, id) = session_without_patience();
    let trap = "\nfunc stock() map[string]int {\n\tdefer println()\n\treturn map[string]int{}\n}\n";
    let text = large_text("function") + trap;
    open(&mut session, &id, &text);
    let findings = |session: &Session, id: &DocumentId| {
        let analysis = session.analysis(id).expect("an analysis");
        analysis
            .diagnostics
            .iter()
            .map(|found| found.rule.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(findings(&session, &id), ["map-returned-directly"]);

    // Behind the first function: what follows is a string, then Go again.
    let parse = replace(&mut session, &id, 2, ((3, 0), (3, 0)), "`").expect("a parse");
    assert!(replace(&mut session, &id, 3, ((3, 1), (3, 1)), "x").is_none());
    assert!(replace(&mut session, &id, 4, ((3, 0), (3, 2)), "").is_none());
    let changes = session.finish(parse.run());
    session.settle(changes);
    assert_eq!(session.analysis(&id).map(|analysis| analysis.version), Some(4));
    assert_eq!(findings(&session, &id), ["map-returned-directly"]);
    assert!(session.tree(&id).is_some_and(|tree| !tree.has_error()));
}

/// A file that imports two packages, each of which decides about one finding.
const DEPOT: &str = "package depot\n\nimport (\n\t\"example.com/depot/guard\"\n\t\"example.com/depot/sweep\"\n)\n\nfunc take() map[string]int {\n\tcounts := map[string]int{}\n\tdefer sweep.Empty(counts)\n\treturn counts\n}\n\nfunc work(job func()) {\n\tdefer func() {\n\t\tguard.Recover()\n\t}()\n\tjob()\n}\n\nfunc load(job func()) {\n\tdefer guard.Recover()\n\tjob()\n}\n";

#[test]
fn a_document_is_checked_at_once_and_again_when_all_its_imports_are_known() {
    let module = tempfile::tempdir().expect("a temporary directory");
    for (name, text) in [
        ("go.mod", "module example.com/depot\n\ngo 1.24\n"),
        ("depot.go", DEPOT),
        (
            "guard/guard.go",
            "package guard\n\nfunc Recover() {\n\tif r := recover(); r != nil {\n\t\tprintln(r)\n\t}\n}\n",
        ),
        (
            "sweep/sweep.go",
            "package sweep\n\nfunc Empty(counts map[string]int) {\n\tclear(counts)\n}\n",
        ),
    ] {
        let path = module.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        std::fs::write(path, text).expect("a file");
    }
    let mut session = session_with_patience();
    let id = DocumentId::from("depot.go");
    let path = module.path().join("depot.go");
    let opened = session.open(Arc::clone(&id), Some(path), 1, DEPOT);
    let opened = opened.expect("a small text");
    assert_eq!(opened.analyzed, [Arc::clone(&id)]);
    let rules = |session: &Session| {
        let analysis = session.analysis(&id).expect("an analysis");
        let diagnostics = analysis.diagnostics.iter();
        let warnings = diagnostics.filter(|found| found.severity > Severity::Hint);
        warnings.map(|found| found.rule.name).collect::<Vec<_>>()
    };
    assert_eq!(rules(&session), [""; 0]);

    // A keystroke doesn't wait for them, and asks for nothing again.
    assert!(insert(&mut session, &id, 2, "// a\n").is_none());
    assert_eq!(session.analysis(&id).map(|analysis| analysis.version), Some(2));
    let is_import = |job: &Job| matches!(job, Job::Import { .. });
    let (mut imports, own): (Vec<_>, Vec<_>) = opened.jobs.into_iter().partition(is_import);
    assert_eq!((imports.len(), own.len()), (2, 1));

    let second = imports.pop().expect("an import");
    let first = imports.pop().expect("an import");
    assert_eq!(session.finish(first.run()).analyzed, [], "one is still to come");
    assert_eq!(session.finish(second.run()).analyzed, [Arc::clone(&id)]);
    assert_eq!(
        rules(&session),
        ["returned-map-cleared", "recover-helper-not-deferred"]
    );
    for job in own {
        let changes = session.finish(job.run());
        assert_eq!(changes.jobs.len(), 0, "all is known");
    }
}

#[test]
fn a_file_that_changes_while_its_directory_is_read_for_the_first_time_is_read_again() {
    let module = tempfile::tempdir().expect("a temporary directory");
    let write = |name: &str, text: &str| std::fs::write(module.path().join(name), text).expect("a file");
    write("go.mod", "module example.com/shop\n\ngo 1.24\n");
    let text = "package shop\n\nfunc stock() map[string]int {\n\tdefer println()\n\treturn shelf()\n}\n";
    let mut session = session_with_patience();
    let id = DocumentId::from("stock.go");
    let opened = session.open(Arc::clone(&id), Some(module.path().join("stock.go")), 1, text);
    let mut jobs = opened.expect("a small text").jobs;
    let (first, none) = (jobs.pop().expect("the directory is read"), jobs.pop());
    assert!(none.is_none());
    let before = first.run();

    write(
        "shelf.go",
        "package shop\n\nfunc shelf() map[string]int { return nil }\n",
    );
    for changed in [module.path().join("shelf.go"), module.path().to_owned()] {
        let mut jobs = session.changed_on_disk(&[changed]).jobs;
        assert!(matches!(jobs.pop(), Some(Job::Index { directory, .. }) if directory == module.path()));
    }
    let again = session.index_job(module.path().to_owned());
    let findings = |session: &Session| session.analysis(&id).map(|found| found.diagnostics.len());
    session.finish(before);
    assert_eq!(findings(&session), Some(0));
    session.finish(again.run());
    assert_eq!(findings(&session), Some(1));
}

#[test]
fn a_document_that_others_were_parsed_after_is_parsed_anew_when_it_is_edited() {
    let mut session = session_with_patience();
    let text =
        "package main\n\nfunc stock() map[string]int {\n\tdefer println()\n\treturn map[string]int{}\n}\n";
    let ids: Vec<_> = (0..12)
        .map(|number| DocumentId::from(format!("{number}.go")))
        .collect();
    for id in &ids {
        open(&mut session, id, text);
    }
    let (first, last) = (&ids[0], &ids[11]);
    assert!(session.tree(first).is_none() && session.tree(last).is_some());
    let findings = |session: &Session| session.analysis(first).map(|found| found.diagnostics.len());
    assert_eq!(findings(&session), Some(1));

    assert!(replace(&mut session, first, 2, ((3, 0), (4, 0)), "").is_none());
    assert_eq!(session.analysis(first).map(|found| found.version), Some(2));
    assert_eq!(findings(&session), Some(0));
    assert!(session.tree(first).is_some_and(|tree| !tree.has_error()));

    assert!(insert(&mut session, first, 3, "(").is_none());
    assert!(session.tree(first).is_some_and(Tree::has_error));
    session.close(first);
    assert!(session.trees.get(first).is_none());
}
