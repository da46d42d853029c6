//! What must hold for any bytes. `fuzz/` feeds these functions at random; the test `fuzz_replay` with the kept corpora.

#![allow(
    clippy::missing_panics_doc,
    reason = "a panic is how a target says what doesn't hold"
)]

use std::path::Path;
use std::sync::Arc;

use deferlint_semantics::lower::lower;
use deferlint_server::transport;
use deferlint_syntax::{Parser, declarations, errors};
use deferlint_text::{Change, Document, Position, PositionEncoding, PositionRange};
use deferlint_workspace::{Analysis, Selector, Session, Settings, parse_settings};

/// A function that panics for bytes for which something doesn't hold.
pub type Target = fn(&[u8]);

/// The targets by name.
pub const TARGETS: [(&str, Target); 7] = [
    ("text_edits", text_edits),
    ("lowering", lowering),
    ("rules", rules),
    ("fixes", fixes),
    ("frames", frames),
    ("configuration", configuration),
    ("suppression", suppression),
];

/// Edits of a document: all or none of them apply, and the text is what the places say.
pub fn text_edits(data: &[u8]) {
    let mut input = Input(data);
    let encoding = match input.byte() % 3 {
        0 => PositionEncoding::Utf8,
        1 => PositionEncoding::Utf16,
        _ => PositionEncoding::Utf32,
    };
    let text = input.text();
    let mut document = Document::new(&text).expect("a short text");
    while !input.0.is_empty() {
        let mut position = || Position {
            line: u32::from(input.byte() % 16),
            column: u32::from(input.byte() % 64),
        };
        let range = PositionRange::new(position(), position());
        let change = Change {
            range: (input.byte() % 8 > 0).then_some(range),
            text: input.text(),
        };
        let before = document.to_string();
        let place = document.byte_range(range, encoding).to_usize_range();
        match document.apply(std::slice::from_ref(&change), encoding) {
            Ok(_) if change.range.is_none() => assert_eq!(document.to_string(), change.text),
            Ok(_) => {
                let expected = format!(
                    "{}{}{}",
                    &before[..place.start],
                    change.text,
                    &before[place.end..]
                );
                assert_eq!(document.to_string(), expected);
            }
            Err(_) => assert_eq!(document.to_string(), before),
        }
        let last = document.len();
        let end = document.position(last, encoding);
        assert_eq!(document.offset(end, encoding), last);
    }
}

/// Any text is lowered, and every span of a body lies in it.
pub fn lowering(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let tree = Parser::new().parse(&*text);
    for declaration in declarations(&tree) {
        let own = &text[declaration.byte_range().to_usize_range()];
        let body = lower(declaration, own);
        let spans = body.statements.iter().map(|statement| statement.span);
        for span in spans.chain(body.comments.iter().copied()) {
            assert!(
                own.get(span.start as usize..span.end as usize).is_some(),
                "{span:?} of\n{own}"
            );
        }
    }
}

/// No rule panics, and every finding lies in the text.
pub fn rules(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for diagnostic in &analyze(&text).diagnostics {
        let related = diagnostic.related.iter().map(|related| related.range);
        for range in std::iter::once(diagnostic.range).chain(related) {
            assert!(
                text.get(range.to_usize_range()).is_some(),
                "{diagnostic:?} of\n{text}"
            );
        }
    }
}

/// Every fix fits, and a text without syntax errors has none afterwards.
pub fn fixes(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut parser = Parser::new();
    let is_whole = errors(&parser.parse(&*text)).is_empty();
    for diagnostic in &analyze(&text).diagnostics {
        for fix in &diagnostic.fixes {
            let fixed = fix.edit.apply(&text).expect("a fix fits its text");
            let broken = errors(&parser.parse(fixed.as_str()));
            assert!(
                !is_whole || broken.is_empty(),
                "{:?} of\n{text}\nmakes\n{fixed}",
                fix.title
            );
        }
    }
}

/// Any input ends, in no more messages than it has bytes.
pub fn frames(data: &[u8]) {
    let messages = transport::count_messages(data.to_owned());
    assert!(messages <= data.len() + 1, "{messages} of {} bytes", data.len());
}

/// Whatever stands in a settings file is understood, or complained about at a place of it.
pub fn configuration(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (_, problems) = parse_settings(Path::new("settings"), &text);
    let lines = 1 + text.matches('\n').count();
    for problem in problems {
        assert!(
            (1..=lines).contains(&(problem.line as usize)),
            "{problem} of\n{text}"
        );
        assert!(
            problem.column >= 1 && problem.column as usize <= text.len() + 1,
            "{problem} of\n{text}"
        );
    }
}

/// A comment takes a finding away only with the words for it.
pub fn suppression(data: &[u8]) {
    let comment = String::from_utf8_lossy(data).replace(['\n', '\r'], " ");
    let text = format!("package p\n\nfunc f() {{\n\tfor {{\n\t\tdefer g() //{comment}\n\t}}\n}}\n");
    let is_whole = errors(&Parser::new().parse(text.as_str())).is_empty();
    let diagnostics = &analyze(&text).diagnostics;
    let is_found = diagnostics
        .iter()
        .any(|diagnostic| diagnostic.rule.name == "defer-in-loop");
    let has_words = comment.contains("nolint") || comment.contains("ignore");
    assert!(is_found || has_words || !is_whole, "{comment:?}");
}

/// Checks a document with all rules, none of which may panic.
fn analyze(text: &str) -> Arc<Analysis> {
    let mut session = Session::new(Settings {
        select: Some(vec![Selector::All]),
        ..Settings::default()
    });
    let id = Arc::from("fuzzed.go");
    let opened = session
        .open(Arc::clone(&id), None, 1, text)
        .expect("a short text");
    assert!(opened.reports.is_empty(), "{:?} in\n{text}", opened.reports);
    session.settle(opened);
    let analysis = session.analysis(&id).expect("an open document");
    Arc::clone(analysis)
}

/// Bytes from which choices and texts are made.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    /// The next byte; 0 behind the last one.
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    /// The bytes up to the next 0xff, which no UTF-8 holds.
    fn text(&mut self) -> String {
        let end = self
            .0
            .iter()
            .position(|byte| *byte == 0xff)
            .unwrap_or(self.0.len());
        let (text, rest) = self.0.split_at(end);
        self.0 = rest.get(1..).unwrap_or_default();
        String::from_utf8_lossy(text).into_owned()
    }
}
