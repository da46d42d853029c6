use std::sync::Arc;

use deferlint_text::{ByteRange, Change, PositionEncoding};

use crate::session::tests::session_with_patience;
use crate::session::{DocumentId, Session};

/// Puts `new` where `old` stands for the first time.
fn replace(session: &mut Session, id: &DocumentId, version: i32, old: &str, new: &str) {
    let document = session.text(id).expect("an open document").0.clone();
    let start = document.to_string().find(old).expect("the old text") as u32;
    let range = ByteRange::new(start, start + old.len() as u32);
    let change = Change {
        range: Some(document.position_range(range, PositionEncoding::Utf16)),
        text: new.to_owned(),
    };
    let changes = session.apply(id, version, &[change], PositionEncoding::Utf16);
    session.settle(changes.expect("the change fits"));
}

/// The names of the rules that found something.
fn rules(session: &Session, id: &DocumentId) -> Vec<&'static str> {
    let analysis = session.analysis(id).expect("an open document");
    let names = analysis.diagnostics.iter();
    names.map(|diagnostic| diagnostic.rule.name).collect()
}

/// The names of the rules that find something in a text, at first and after each of these edits.
fn found(text: &str, edits: &[(&str, &str)]) -> Vec<Vec<&'static str>> {
    let mut session = session_with_patience();
    let id = DocumentId::from("main.go");
    session
        .open(Arc::clone(&id), None, 1, text)
        .expect("a small text");
    let mut found = vec![rules(&session, &id)];
    for (version, (old, new)) in (2..).zip(edits) {
        replace(&mut session, &id, version, old, new);
        found.push(rules(&session, &id));
    }
    found
}

const CALLER: &str = "package a\n\nfunc load() map[string]int {\n\tm := map[string]int{\"a\": 1}\n\tdefer reset(m)\n\treturn m\n}\n";

const BETWEEN: &str = "func reset(m map[string]int) {\n\twipe(m)\n}\n";

const CALLED: &str = "func wipe(m map[string]int) {\n\tclear(m)\n}\n";

#[test]
fn what_calls_a_function_through_others_is_checked_again() {
    let text = [CALLER, BETWEEN, CALLED].join("\n");
    let edits = [("clear(m)", "println(m)"), ("println(m)", "clear(m)")];
    assert_eq!(
        found(&text, &edits),
        [&["returned-map-cleared"][..], &[], &["returned-map-cleared"]]
    );
}

#[test]
fn what_calls_a_function_through_a_closed_file_is_checked_again() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = |name: &str| directory.path().join(name);
    std::fs::write(file("between.go"), format!("package a\n\n{BETWEEN}")).expect("a file");
    let mut session = session_with_patience();
    let [caller, called] = ["caller.go", "called.go"].map(DocumentId::from);
    let changes = session.open(Arc::clone(&caller), Some(file("caller.go")), 1, CALLER);
    session.settle(changes.expect("a small text"));
    let text = format!("package a\n\n{CALLED}");
    let changes = session.open(Arc::clone(&called), Some(file("called.go")), 1, &text);
    session.settle(changes.expect("a small text"));
    assert_eq!(rules(&session, &caller), ["returned-map-cleared"]);
    replace(&mut session, &called, 2, "clear(m)", "println(m)");
    assert_ne!(rules(&session, &caller), ["returned-map-cleared"]);
}

#[test]
fn a_helper_is_found_where_nothing_else_starts_a_rule() {
    let text = "package main\n\nfunc main() {\n\thandle()\n\twork()\n}\n\nfunc handle() {\n\tif r := recover(); r != nil {\n\t\tprintln(r)\n\t}\n}\n";
    assert_eq!(found(text, &[]), [["recover-helper-not-deferred"]]);
}

#[test]
fn whether_a_recovery_is_called_plainly_follows_its_callers() {
    let text = "package main\n\nfunc handle() {\n\tprintln(recover())\n\tprintln(1)\n}\n\nfunc serve() {\n\tstart()\n}\n\nfunc start() {}\n";
    let edits = [("start()", "handle()"), ("\thandle()", "\tstart()")];
    assert_eq!(found(text, &edits), [&[][..], &["recover-not-deferred"], &[]]);
}

#[test]
fn whether_a_map_is_guarded_follows_the_other_methods() {
    let text = "package cache\n\nimport \"sync\"\n\ntype Cache struct {\n\tmu sync.Mutex\n\tm  map[string]int\n}\n\nfunc (c *Cache) All() map[string]int {\n\tc.mu.Lock()\n\tdefer c.mu.Unlock()\n\treturn c.m\n}\n\nfunc (c *Cache) Set(key string) {\n\tc.mu.Lock()\n\tc.m[key] = 1\n\tc.mu.Unlock()\n}\n";
    let edits = [("c.m[key] = 1", "println(key)"), ("println(key)", "c.m[key] = 1")];
    assert_eq!(
        found(text, &edits),
        [&["guarded-map-returned"][..], &[], &["guarded-map-returned"]]
    );
}

#[test]
fn whether_a_function_is_a_helper_follows_who_defers_it() {
    let text = "package a\n\nfunc Handle() {\n\tif r := recover(); r != nil {\n\t\tprintln(r)\n\t}\n}\n\nfunc Serve() {\n\tHandle()\n\tprintln(1)\n}\n\nfunc Run() {\n\tdefer stop()\n\tprintln(2)\n}\n\nfunc stop() {}\n";
    let edits = [
        ("defer stop()", "defer Handle()"),
        ("defer Handle()", "defer stop()"),
    ];
    assert_eq!(
        found(text, &edits),
        [&[][..], &["recover-helper-not-deferred"], &[]]
    );
}
