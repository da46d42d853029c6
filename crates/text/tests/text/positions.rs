use deferlint_text::PositionEncoding::{Utf8, Utf16, Utf32};
use deferlint_text::{ByteRange, Position, PositionEncoding, PositionRange};
use proptest::prelude::*;

use crate::{ENCODINGS, any_encoding, any_long_text, any_text, document, naive};

#[track_caller]
fn check_offset(text: &str, (line, column): (u32, u32), encoding: PositionEncoding, expected: u32) {
    assert_eq!(
        document(text).offset(Position::new(line, column), encoding),
        expected
    );
}

#[track_caller]
fn check_position(text: &str, byte: u32, encoding: PositionEncoding, (line, column): (u32, u32)) {
    assert_eq!(
        document(text).position(byte, encoding),
        Position::new(line, column)
    );
}

#[track_caller]
fn check_lines(text: &str, expected: &[&str]) {
    let document = document(text);
    let lines: Vec<_> = (0..document.line_count())
        .map(|line| document.slice(document.line_range(line).unwrap()).into_owned())
        .collect();
    assert_eq!(lines, expected);
}

#[test]
fn columns_are_counted_in_the_units_of_the_encoding() {
    check_offset("a世𝄞b", (0, 8), Utf8, 8);
    check_offset("a世𝄞b", (0, 4), Utf16, 8);
    check_offset("a世𝄞b", (0, 3), Utf32, 8);
    check_position("a世𝄞b", 8, Utf8, (0, 8));
    check_position("a世𝄞b", 8, Utf16, (0, 4));
    check_position("a世𝄞b", 8, Utf32, (0, 3));
}

#[test]
fn lines_end_with_all_three_terminators_of_the_protocol_and_no_other() {
    check_lines("", &[""]);
    check_lines("a\nb\r\nc\rd", &["a", "b", "c", "d"]);
    check_lines("\n", &["", ""]);
    check_lines("a\r", &["a", ""]);
    check_lines("\r\n\r\r\n\n\r", &["", "", "", "", "", ""]);
    check_lines(
        "a\u{b}b\u{c}c\u{85}d\u{2028}e\u{2029}f",
        &["a\u{b}b\u{c}c\u{85}d\u{2028}e\u{2029}f"],
    );
}

#[test]
fn a_line_has_a_range_with_and_without_its_terminator() {
    let document = document("ab\r\nc\rd\n");
    let ranges = |line| (document.line_range(line), document.full_line_range(line));
    assert_eq!(
        ranges(0),
        (Some(ByteRange::new(0, 2)), Some(ByteRange::new(0, 4)))
    );
    assert_eq!(
        ranges(1),
        (Some(ByteRange::new(4, 5)), Some(ByteRange::new(4, 6)))
    );
    assert_eq!(
        ranges(2),
        (Some(ByteRange::new(6, 7)), Some(ByteRange::new(6, 8)))
    );
    assert_eq!(
        ranges(3),
        (Some(ByteRange::new(8, 8)), Some(ByteRange::new(8, 8)))
    );
    assert_eq!(ranges(4), (None, None));
    assert_eq!(ranges(u32::MAX), (None, None));
}

#[test]
fn a_terminator_belongs_to_the_line_it_ends() {
    let document = document("a\r\nb\rc");
    let lines: Vec<_> = (0..8).map(|byte| document.line_of(byte)).collect();
    assert_eq!(lines, [0, 0, 0, 1, 1, 2, 2, 2]);
}

#[test]
fn a_column_past_the_end_of_its_line_stops_before_the_terminator() {
    for encoding in ENCODINGS {
        for column in [1, 2, 3, 1000, u32::MAX] {
            check_offset("a\nb\r\nc\rd", (0, column), encoding, 1);
            check_offset("a\nb\r\nc\rd", (1, column), encoding, 3);
            check_offset("a\nb\r\nc\rd", (2, column), encoding, 6);
            check_offset("a\nb\r\nc\rd", (3, column), encoding, 8);
        }
    }
}

#[test]
fn a_column_within_a_character_means_its_start() {
    check_offset("a𝄞b", (0, 2), Utf16, 1);
    check_offset("a𝄞b", (0, 3), Utf16, 5);
    for column in 1..=4 {
        check_offset("a𝄞b", (0, column), Utf8, 1);
    }
    check_offset("a𝄞b", (0, 5), Utf8, 5);
    check_offset("a𝄞b", (0, 2), Utf32, 5);
}

#[test]
fn a_line_past_the_last_is_the_end_of_the_document() {
    for encoding in ENCODINGS {
        check_offset("a\nb", (2, 0), encoding, 3);
        check_offset("a\nb", (u32::MAX, u32::MAX), encoding, 3);
        check_offset("", (1, 1), encoding, 0);
    }
}

#[test]
fn there_is_no_position_within_a_character_or_a_terminator() {
    for encoding in ENCODINGS {
        check_position("a𝄞", 3, encoding, (0, 1));
        check_position("a\r\nb", 2, encoding, (0, 1));
        check_position("a\r\nb", 3, encoding, (1, 0));
        check_position("a\r\nb", 99, encoding, (1, 1));
    }
}

#[test]
fn a_combining_mark_is_a_character_of_its_own() {
    check_offset("e\u{301}x", (0, 1), Utf16, 1);
    check_offset("e\u{301}x", (0, 2), Utf16, 3);
}

#[test]
fn ranges_convert_both_ways_and_reading_forgives_their_order() {
    let document = document("a\n𝄞b");
    let positions = PositionRange::new(Position::new(0, 1), Position::new(1, 2));
    let reversed = PositionRange::new(positions.end, positions.start);
    assert_eq!(document.position_range(ByteRange::new(1, 6), Utf16), positions);
    assert_eq!(document.byte_range(positions, Utf16), ByteRange::new(1, 6));
    assert_eq!(document.byte_range(reversed, Utf16), ByteRange::new(1, 6));
}

#[test]
fn slices_that_fit_are_got_and_others_are_fitted() {
    let document = document("a𝄞b");
    assert_eq!(document.get(ByteRange::new(1, 5)).as_deref(), Some("𝄞"));
    assert_eq!(document.get(ByteRange::empty(6)).as_deref(), Some(""));
    assert_eq!(document.get(ByteRange::new(1, 3)), None);
    assert_eq!(document.get(ByteRange::new(5, 7)), None);
    assert_eq!(document.get(ByteRange::empty(7)), None);
    assert_eq!(document.slice(ByteRange::new(3, 5)), "𝄞");
    assert_eq!(document.slice(ByteRange::new(1, 3)), "");
    assert_eq!(document.slice(ByteRange::new(5, 99)), "b");
    assert_eq!(document.slice(ByteRange::new(98, 99)), "");
}

#[test]
fn a_chunk_past_the_end_is_empty() {
    assert_eq!(document("ab").chunk_at(1), ("ab", 0));
    assert_eq!(document("ab").chunk_at(2), ("", 2));
    assert_eq!(document("ab").chunk_at(9), ("", 9));
    assert_eq!(document("").chunk_at(0), ("", 0));
}

#[test]
fn an_empty_document_has_one_line() {
    let document = document("");
    assert!(document.is_empty());
    assert_eq!(
        (document.len(), document.line_count(), document.to_string()),
        (0, 1, String::new())
    );
}

#[test]
fn the_length_of_a_text_depends_on_the_encoding() {
    assert_eq!(ENCODINGS.map(|encoding| encoding.length_of("a世𝄞")), [8, 4, 3]);
}

proptest! {
    #[test]
    fn positions_round_trip(text in any_text(40), encoding in any_encoding()) {
        let document = document(&text);
        for byte in (0..=text.len()).filter(|byte| text.is_char_boundary(*byte)) {
            let position = document.position(byte as u32, encoding);
            let between = text[..byte].ends_with('\r') && text[byte..].starts_with('\n');
            let expected = byte - usize::from(between);
            prop_assert_eq!(document.offset(position, encoding) as usize, expected);
            prop_assert_eq!(position, naive::position(&text, expected, encoding));
        }
    }

    #[test]
    fn offsets_equal_the_naive_ones(text in any_text(30), encoding in any_encoding()) {
        let document = document(&text);
        prop_assert_eq!(document.line_count() as usize, naive::lines(&text).len());
        for line in 0..=document.line_count() + 1 {
            for column in 0..40 {
                let position = Position::new(line, column);
                let expected = naive::offset(&text, position, encoding).unwrap_or(text.len());
                prop_assert_eq!(document.offset(position, encoding) as usize, expected);
            }
        }
    }

    #[test]
    fn no_byte_or_position_panics(
        text in any_text(20),
        encoding in any_encoding(),
        (byte, other) in (0..100_u32, 0..100_u32),
        (line, column) in any::<(u32, u32)>(),
    ) {
        let document = document(&text);
        document.point(byte);
        document.slice(ByteRange::new(byte, other));
        document.get(ByteRange::new(byte, other));
        prop_assert!(document.position(byte, encoding).line < document.line_count());
        prop_assert!(document.offset(Position::new(line, column), encoding) <= document.len());
        prop_assert!(document.position(line, encoding) <= document.position(u32::MAX, encoding));
    }

    #[test]
    fn chunks_make_up_the_text(text in any_long_text()) {
        let document = document(&text);
        prop_assert_eq!(document.to_string(), text.as_str());
        let mut read = Vec::new();
        loop {
            let byte = read.len() as u32;
            let (chunk, start) = document.chunk_at(byte);
            let unread = &chunk.as_bytes()[(byte - start) as usize..];
            if unread.is_empty() {
                break;
            }
            read.extend_from_slice(unread);
        }
        prop_assert_eq!(read, text.as_bytes());
    }
}
