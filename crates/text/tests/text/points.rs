use deferlint_text::Point;
use proptest::prelude::*;

use crate::{any_long_text, any_text, document, naive};

#[track_caller]
fn check(text: &str, expected: &[(u32, u32)]) {
    let document = document(text);
    let points: Vec<_> = (0..=document.len())
        .map(|byte| document.point(byte))
        .map(|point| (point.row, point.column))
        .collect();
    assert_eq!(points, expected);
}

#[test]
fn only_a_line_feed_ends_a_row() {
    check("", &[(0, 0)]);
    check("a\nb", &[(0, 0), (0, 1), (1, 0), (1, 1)]);
    check("a\r\nb", &[(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]);
    check("a\rb\n", &[(0, 0), (0, 1), (0, 2), (0, 3), (1, 0)]);
    check("\n\r\r\n", &[(0, 0), (1, 0), (1, 1), (1, 2), (2, 0)]);
}

#[test]
fn columns_of_points_are_bytes_even_within_a_character() {
    check("𝄞\n", &[(0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (1, 0)]);
}

#[test]
fn a_point_past_the_end_is_the_end() {
    assert_eq!(document("a\nb").point(99), Point { row: 1, column: 1 });
    assert_eq!(document("a\rb").point(99), Point { row: 0, column: 3 });
}

proptest! {
    #[test]
    fn points_equal_the_naive_count(text in any_text(40)) {
        let document = document(&text);
        for byte in 0..=text.len() {
            prop_assert_eq!(document.point(byte as u32), naive::point(&text, byte));
        }
    }

    #[test]
    fn points_equal_the_naive_count_across_chunks(
        text in any_long_text(),
        byte in any::<prop::sample::Index>(),
    ) {
        let byte = byte.index(text.len() + 1);
        prop_assert_eq!(document(&text).point(byte as u32), naive::point(&text, byte));
    }
}
