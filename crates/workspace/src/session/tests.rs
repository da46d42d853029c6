use deferlint_text::{Position, PositionRange};

use super::*;

/// A session that leaves every reparse to a job, with one large document open.
fn session_without_patience(text: &str) -> (Session, DocumentId) {
    let mut session = Session {
        parse_budget: Duration::ZERO,
        ..Session::default()
    };
    let id = DocumentId::from("main.go");
    session
        .open(Arc::clone(&id), None, 1, text)
        .expect("a small text");
    (session, id)
}

/// So many functions that no parse is done before its time is looked at.
fn large_text(name: &str) -> String {
    let functions = (0..5_000).map(|number| format!("func {name}{number}() {{}}\n"));
    format!("package main\n\n{}", functions.collect::<String>())
}

/// Puts a text before everything else.
fn insert(session: &mut Session, id: &DocumentId, version: i32, text: &str) -> Option<Job> {
    let change = Change {
        range: Some(PositionRange::new(Position::new(0, 0), Position::new(0, 0))),
        text: text.to_owned(),
    };
    let changes = session.apply(id, version, &[change], PositionEncoding::Utf16);
    changes.expect("the change fits").jobs.pop()
}

#[test]
fn the_parse_of_a_document_that_was_closed_is_not_taken_for_that_of_its_successor() {
    let (mut session, id) = session_without_patience(&large_text("first"));
    let first = insert(&mut session, &id, 2, "// first\n").expect("a parse");
    session.close(&id);
    session
        .open(Arc::clone(&id), None, 1, &large_text("second"))
        .expect("a small text");
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
    let (mut session, id) = session_without_patience(&large_text("function"));
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
