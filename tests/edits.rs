//! Pages as they are typed: cut off anywhere, and edited in steps that must leave what a fresh document has.

use std::sync::Arc;

use deferlint_rules::RULES;
use deferlint_syntax::{Parser, errors};
use deferlint_testkit::page::BlockKind;
use deferlint_testkit::rule_page::page_of;
use deferlint_text::{ByteRange, Change, Document, PositionEncoding};
use deferlint_workspace::{Diagnostic, DocumentId, Selector, Session, Settings};

const ENCODINGS: [PositionEncoding; 3] = [
    PositionEncoding::Utf8,
    PositionEncoding::Utf16,
    PositionEncoding::Utf32,
];

/// The first file of every `go bad` and `go ok` block, behind a comment of wide characters.
fn texts() -> Vec<String> {
    let blocks = RULES.iter().flat_map(|rule| page_of(rule).blocks);
    let checked = blocks.filter(|block| matches!(block.kind, BlockKind::Bad { .. } | BlockKind::Ok));
    checked
        .map(|block| format!("// 漢字 𝄞 🧪\n{}", block.files[0].text))
        .collect()
}

fn session() -> Session {
    Session::new(Settings {
        select: Some(vec![Selector::All]),
        ..Settings::default()
    })
}

fn open(text: &str) -> (Session, DocumentId) {
    let (mut session, id) = (session(), DocumentId::from("page.go"));
    let changes = session
        .open(Arc::clone(&id), None, 1, text)
        .expect("a small file");
    assert!(changes.reports.is_empty(), "{:?}\n{text}", changes.reports);
    session.settle(changes);
    (session, id)
}

fn diagnostics(session: &Session, id: &DocumentId) -> Vec<Diagnostic> {
    session
        .analysis(id)
        .expect("an open document")
        .diagnostics
        .clone()
}

#[test]
fn a_text_that_is_cut_off_is_checked_without_a_panic() {
    for text in texts() {
        // Every seventh cut of a text, others for the next one: all shapes of cuts, in a seventh of the time.
        let cuts = (0..text.len())
            .filter(|at| text.is_char_boundary(*at))
            .skip(text.len() % 3)
            .step_by(3);
        for cut in cuts {
            open(&text[..cut]);
        }
    }
}

#[test]
fn edits_leave_what_a_fresh_document_has() {
    let mut random = Random(0x5eed);
    let mut compared = 0;
    for (index, text) in texts().iter().enumerate() {
        let encoding = ENCODINGS[index % ENCODINGS.len()];
        let (mut session, id) = open(text);
        let mut expected = text.clone();
        for version in 2..30 {
            let (range, inserted) = random.edit(&expected);
            let document = Document::new(&expected).expect("a small file");
            let range_in_units = document.position_range(range, encoding);
            let change = Change {
                range: Some(range_in_units),
                text: inserted.clone(),
            };
            let changes = session
                .apply(&id, version, &[change], encoding)
                .expect("the edit fits");
            session.settle(changes);
            expected.replace_range(range.to_usize_range(), &inserted);
            let (edited, _) = session.text(&id).expect("an open document");
            assert_eq!(edited.to_string(), expected);
            if errors(&Parser::new().parse(expected.as_str())).is_empty() {
                let (fresh, fresh_id) = open(&expected);
                assert_eq!(
                    diagnostics(&session, &id),
                    diagnostics(&fresh, &fresh_id),
                    "{expected}"
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "only {compared} texts were without an error");
}

/// A small generator of its own: the same edits in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }

    /// A range of the text and what replaces it: white space and comments, which keep the text whole, more often than
    /// pieces that break it.
    fn edit(&mut self, text: &str) -> (ByteRange, String) {
        const PIECES: [&str; 10] = [
            "\n",
            "\n\n",
            "// 🧪\n",
            "\t",
            "x",
            "}",
            "defer ",
            "/* é */",
            "`",
            "\n\treturn nil\n",
        ];
        let boundaries: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
        if self.below(3) > 0 {
            let lines: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
            let at = lines.get(self.below(lines.len())).copied().unwrap_or_default();
            return (ByteRange::empty(at as u32), PIECES[self.below(3)].to_owned());
        }
        let start = self.below(boundaries.len());
        let end = (start + self.below(4)).min(boundaries.len() - 1);
        let range = ByteRange::new(boundaries[start] as u32, boundaries[end] as u32);
        (range, PIECES[self.below(PIECES.len())].to_owned())
    }
}
