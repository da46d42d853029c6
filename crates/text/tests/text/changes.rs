use deferlint_text::PositionEncoding::{Utf8, Utf16};
use deferlint_text::{ByteEdit, Change, Desync, Document, Point, Position, PositionEncoding, PositionRange};
use proptest::prelude::*;

use crate::{any_encoding, any_long_text, any_text, document, naive};

type LineAndColumn = (u32, u32);

fn range(start: LineAndColumn, end: LineAndColumn) -> PositionRange {
    PositionRange::new(Position::new(start.0, start.1), Position::new(end.0, end.1))
}

fn change(start: LineAndColumn, end: LineAndColumn, text: &str) -> Change {
    Change {
        range: Some(range(start, end)),
        text: text.to_owned(),
    }
}

fn whole(text: &str) -> Change {
    Change {
        range: None,
        text: text.to_owned(),
    }
}

#[track_caller]
fn check(text: &str, changes: &[Change], expected: &str) -> Vec<ByteEdit> {
    let mut document = document(text);
    let edits = document.apply(changes, Utf16).expect("the changes fit");
    assert_eq!(document.to_string(), expected);
    assert_eq!(document, self::document(expected));
    edits
}

#[track_caller]
fn check_desync(text: &str, changes: &[Change], index: usize, line_count: u32) {
    let mut document = document(text);
    let range = changes[index].range.expect("only a range can be impossible");
    assert_eq!(
        document.apply(changes, Utf16),
        Err(Desync::ImpossibleRange {
            change: index,
            range,
            line_count
        })
    );
    assert_eq!(document, self::document(text));
}

#[test]
fn an_edit_is_told_in_bytes_and_points() {
    let edits = check("a\n𝄞b\nc", &[change((1, 2), (2, 1), "x\r\nyz")], "a\n𝄞x\r\nyz");
    let expected = ByteEdit {
        start: 6,
        old_end: 9,
        new_end: 11,
        start_point: Point { row: 1, column: 4 },
        old_end_point: Point { row: 2, column: 1 },
        new_end_point: Point { row: 2, column: 2 },
    };
    assert_eq!(edits, [expected]);
}

#[test]
fn each_change_applies_to_the_result_of_the_one_before() {
    check(
        "",
        &[
            change((0, 0), (0, 0), "a\n"),
            change((1, 0), (1, 0), "b"),
            change((0, 1), (1, 0), ""),
        ],
        "ab",
    );
    check(
        "abc",
        &[change((0, 2), (0, 3), "X"), change((0, 0), (0, 1), "Y")],
        "YbX",
    );
}

#[test]
fn a_change_without_range_replaces_the_document() {
    let edits = check("a\r\nb", &[whole("x\ny"), change((1, 1), (1, 1), "z")], "x\nyz");
    let end = |row, column| Point { row, column };
    assert_eq!((edits[0].start, edits[0].old_end, edits[0].new_end), (0, 4, 3));
    assert_eq!(
        (edits[0].old_end_point, edits[0].new_end_point),
        (end(1, 1), end(1, 1))
    );
    assert_eq!((edits[1].start, edits[1].old_end, edits[1].new_end), (3, 3, 4));
    check("a", &[whole("")], "");
}

#[test]
fn no_change_makes_no_edit() {
    assert_eq!(check("a", &[], "a"), []);
}

#[test]
fn columns_past_the_end_of_the_line_stop_before_the_terminator() {
    check("a\r\nb", &[change((0, 9), (0, 99), "x")], "ax\r\nb");
    check("a\nb", &[change((0, 0), (0, u32::MAX), "")], "\nb");
    check("a\nb", &[change((1, 7), (1, 7), "x")], "a\nbx");
}

#[test]
fn a_column_within_a_surrogate_pair_means_the_start_of_the_character() {
    check("𝄞", &[change((0, 1), (0, 1), "x")], "x𝄞");
    check("𝄞b", &[change((0, 1), (0, 2), "x")], "xb");
}

#[test]
fn the_line_after_the_last_is_the_end_of_the_document() {
    check("a\nb", &[change((0, 0), (2, 0), "x")], "x");
    check("a\n", &[change((2, 0), (2, 0), "x")], "a\nx");
    check("", &[change((1, 0), (1, 0), "x")], "x");
}

#[test]
fn a_line_that_does_not_exist_is_a_desync() {
    check_desync("a\nb", &[change((0, 0), (2, 1), "")], 0, 2);
    check_desync("a\nb", &[change((0, 0), (3, 0), "")], 0, 2);
    check_desync("a\nb", &[change((u32::MAX, 0), (u32::MAX, 0), "")], 0, 2);
    check_desync("", &[change((1, 1), (1, 1), "")], 0, 1);
}

#[test]
fn a_reversed_range_is_a_desync() {
    check_desync("abc", &[change((0, 2), (0, 1), "x")], 0, 1);
    check_desync("a\nb", &[change((1, 0), (0, 1), "x")], 0, 2);
    // Both columns mean the end of the line, but the client that sent them counts otherwise than we do.
    check_desync("a", &[change((0, 9), (0, 8), "x")], 0, 1);
}

#[test]
fn on_a_desync_none_of_the_changes_is_made() {
    check_desync(
        "a\nb",
        &[
            whole("x\ny\nz"),
            change((0, 0), (0, 1), "r"),
            change((4, 0), (4, 0), "s"),
        ],
        2,
        3,
    );
}

#[test]
fn a_desync_says_what_does_not_fit() {
    let error = document("a\nb")
        .apply(&[whole("a"), change((3, 1), (4, 0), "x")], Utf8)
        .unwrap_err();
    let expected = "change 1 covers 3:1-4:0 (lines from 0), which is no range of a document of 1 lines";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_clone_keeps_its_text() {
    let mut edited = document("a\rb");
    let snapshot = edited.clone();
    edited.apply(&[change((1, 0), (1, 0), "\n")], Utf16).unwrap();
    assert_eq!(
        (snapshot.to_string(), snapshot.line_count()),
        ("a\rb".to_owned(), 2)
    );
    assert_eq!(
        (edited.to_string(), edited.line_count()),
        ("a\r\nb".to_owned(), 2)
    );
}

#[test]
fn rows_stay_right_when_edits_join_and_split_terminators() {
    check("a\rb", &[change((1, 0), (1, 0), "\n")], "a\r\nb");
    check("a\nb", &[change((0, 1), (0, 1), "\r")], "a\r\nb");
    check("a\r\nb", &[change((0, 1), (1, 0), "\r")], "a\rb");
    check("a\rx\nb", &[change((1, 0), (1, 1), "")], "a\r\nb");
    check("\r\n\r", &[change((1, 0), (2, 0), "\n\r")], "\r\n\n\r");
    check(
        "\r",
        &[change((0, 0), (0, 0), "\r"), change((2, 0), (2, 0), "\n")],
        "\r\r\n",
    );
}

/// A change whose positions mostly fit a short document.
fn any_change() -> impl Strategy<Value = Change> {
    let position = || (0..8_u32, 0..12_u32);
    let range = (position(), position(), prop::bool::weighted(0.95)).prop_map(|(left, right, ordered)| {
        if ordered {
            range(left.min(right), left.max(right))
        } else {
            range(left, right)
        }
    });
    (prop::option::weighted(0.95, range), any_text(6)).prop_map(|(range, text)| Change { range, text })
}

/// Applies one change to both and compares everything that can be asked of the document afterwards.
fn check_against_naive(
    document: &mut Document,
    text: &mut String,
    change: &Change,
    encoding: PositionEncoding,
) -> Result<(), TestCaseError> {
    let Some(expected) = naive::apply(text, std::slice::from_ref(change), encoding) else {
        let before = document.clone();
        prop_assert!(document.apply(std::slice::from_ref(change), encoding).is_err());
        prop_assert_eq!(&*document, &before);
        return Ok(());
    };
    let edits = document.apply(std::slice::from_ref(change), encoding);
    let replaced = change
        .range
        .map_or(Some(0..text.len()), |range| naive::changed(text, range, encoding));
    let replaced = replaced.expect("the naive model made this change");
    let new_end = replaced.start + change.text.len();
    let edit = ByteEdit {
        start: replaced.start as u32,
        old_end: replaced.end as u32,
        new_end: new_end as u32,
        start_point: naive::point(text, replaced.start),
        old_end_point: naive::point(text, replaced.end),
        new_end_point: naive::point(&expected, new_end),
    };
    prop_assert_eq!(edits, Ok(vec![edit]));
    *text = expected;
    prop_assert_eq!(document.to_string(), text.as_str());
    // Equality covers what the document knows beside its text: its count of lone carriage returns.
    prop_assert_eq!(&*document, &self::document(text));
    prop_assert_eq!(document.line_count() as usize, naive::lines(text).len());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn random_changes_equal_the_naive_model(
        text in any_text(20),
        changes in prop::collection::vec(any_change(), 1..8),
        encoding in any_encoding(),
    ) {
        let (mut document, mut current) = (document(&text), text.clone());
        for change in &changes {
            check_against_naive(&mut document, &mut current, change, encoding)?;
        }
    }

    #[test]
    fn a_batch_of_changes_is_all_or_nothing(
        text in any_text(20),
        changes in prop::collection::vec(any_change(), 0..5),
        encoding in any_encoding(),
    ) {
        let mut document = document(&text);
        let applied = document.apply(&changes, encoding);
        let expected = naive::apply(&text, &changes, encoding);
        prop_assert_eq!(applied.is_ok(), expected.is_some());
        prop_assert_eq!(document.to_string(), expected.unwrap_or(text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn random_changes_across_chunks_equal_the_naive_model(
        text in any_long_text(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..3000_usize, any_long_text()), 1..6),
        encoding in any_encoding(),
    ) {
        let (mut document, mut current) = (document(&text), text.clone());
        for (start, length, inserted) in edits {
            let start = start.index(current.len() + 1);
            let end = (start + length).min(current.len());
            let range = document.position_range(deferlint_text::ByteRange::from(start..end), encoding);
            let change = Change { range: Some(range), text: inserted };
            check_against_naive(&mut document, &mut current, &change, encoding)?;
        }
    }
}
