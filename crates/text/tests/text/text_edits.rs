use deferlint_text::{ByteRange, EditOutOfBounds, OverlappingEdits, TextEdit};
use proptest::prelude::*;

fn range(start: u32, end: u32) -> ByteRange {
    ByteRange::new(start, end)
}

fn build(indels: &[(u32, u32, &str)]) -> Result<TextEdit, OverlappingEdits> {
    let mut builder = TextEdit::builder();
    for (start, end, text) in indels {
        builder.replace(range(*start, *end), *text);
    }
    builder.finish()
}

fn edit(indels: &[(u32, u32, &str)]) -> TextEdit {
    build(indels).expect("the replacements are disjoint")
}

#[track_caller]
fn check(text: &str, indels: &[(u32, u32, &str)], expected: &str) {
    assert_eq!(edit(indels).apply(text).as_deref(), Ok(expected));
}

#[track_caller]
fn check_overlap(indels: &[(u32, u32, &str)], first: ByteRange, second: ByteRange) {
    assert_eq!(build(indels), Err(OverlappingEdits { first, second }));
}

#[test]
fn the_builder_inserts_deletes_and_replaces_in_any_order() {
    let mut builder = TextEdit::builder();
    builder.replace(range(4, 5), "E");
    builder.insert(0, "<");
    builder.delete(range(1, 3));
    let edit = builder.finish().unwrap();
    assert_eq!(edit.apply("abcdef").unwrap(), "<adEf");
    let ranges: Vec<_> = edit.iter().map(|indel| indel.range).collect();
    assert_eq!(ranges, [range(0, 0), range(1, 3), range(4, 5)]);
}

#[test]
fn insertions_at_one_offset_keep_their_order() {
    check(
        "ab",
        &[(1, 1, "x"), (0, 0, "<"), (1, 1, "y"), (1, 1, "z")],
        "<axyzb",
    );
}

#[test]
fn an_insertion_at_either_end_of_a_replaced_range_stands_outside() {
    check("abcd", &[(1, 3, "X"), (1, 1, "<"), (3, 3, ">")], "a<X>d");
    check("abcd", &[(1, 2, "X"), (2, 3, "Y"), (2, 2, "-")], "aX-Yd");
}

#[test]
fn overlapping_replacements_do_not_build() {
    check_overlap(&[(1, 3, "x"), (2, 4, "y")], range(1, 3), range(2, 4));
    check_overlap(&[(2, 4, "y"), (1, 3, "x")], range(1, 3), range(2, 4));
    check_overlap(&[(1, 3, ""), (1, 3, "")], range(1, 3), range(1, 3));
    check_overlap(&[(1, 3, ""), (2, 2, "x")], range(1, 3), range(2, 2));
    check_overlap(&[(0, 9, ""), (2, 3, "x")], range(0, 9), range(2, 3));
}

#[test]
fn an_overlap_says_which_ranges() {
    let error = build(&[(1, 3, ""), (2, 2, "x")]).unwrap_err();
    assert_eq!(error.to_string(), "the edits of bytes 1..3 and 2..2 overlap");
}

#[test]
fn what_changes_nothing_is_left_out() {
    assert!(TextEdit::default().is_empty());
    assert_eq!(edit(&[(1, 1, "")]), TextEdit::default());
    assert_eq!(TextEdit::single(range(1, 1), ""), TextEdit::default());
    assert_eq!(TextEdit::single(range(1, 2), "x"), edit(&[(1, 2, "x")]));
    assert_eq!(TextEdit::default().apply("a").unwrap(), "a");
}

#[test]
fn an_edit_made_for_another_text_is_refused() {
    let check = |text: &str, start, end| {
        let refused = EditOutOfBounds {
            range: range(start, end),
            length: text.len(),
        };
        assert_eq!(TextEdit::single(range(start, end), "x").apply(text), Err(refused));
    };
    check("abc", 3, 4);
    check("abc", 4, 4);
    check("𝄞", 0, 2);
    check("𝄞", 2, 4);
    check("𝄞", 2, 2);
}

#[test]
fn an_edit_moves_with_its_declaration() {
    assert_eq!(
        edit(&[(1, 2, "x"), (4, 4, "y")]).shifted(10),
        edit(&[(11, 12, "x"), (14, 14, "y")])
    );
    let at_the_limit = edit(&[(1, 2, "x")]).shifted(u32::MAX);
    assert_eq!(at_the_limit.hull(), Some(ByteRange::empty(u32::MAX)));
}

#[test]
fn a_union_makes_both_edits_or_none() {
    let left = edit(&[(1, 2, "x"), (5, 5, "left")]);
    let union = left.clone().union(edit(&[(5, 5, "right"), (2, 3, "y")])).unwrap();
    assert_eq!(
        union,
        edit(&[(1, 2, "x"), (2, 3, "y"), (5, 5, "left"), (5, 5, "right")])
    );
    let overlap = OverlappingEdits {
        first: range(0, 2),
        second: range(1, 2),
    };
    assert_eq!(left.union(edit(&[(0, 2, "")])), Err(overlap));
}

#[test]
fn the_hull_reaches_from_the_first_replacement_to_the_last() {
    assert_eq!(TextEdit::default().hull(), None);
    assert_eq!(edit(&[(7, 9, ""), (2, 2, "x")]).hull(), Some(range(2, 9)));
}

#[test]
fn edits_intersect_where_they_overlap_or_insert_at_one_offset() {
    let check = |left: &[(u32, u32, &str)], right: &[(u32, u32, &str)], expected: bool| {
        let (left, right) = (edit(left), edit(right));
        assert_eq!(
            (left.intersects(&right), right.intersects(&left)),
            (expected, expected),
            "{left:?} {right:?}"
        );
    };
    check(&[(1, 3, "x")], &[(2, 4, "y")], true);
    check(&[(1, 3, "x")], &[(2, 2, "y")], true);
    check(&[(1, 1, "x")], &[(1, 1, "y")], true);
    check(&[(1, 3, "x")], &[(3, 4, "y")], false);
    check(&[(1, 3, "x")], &[(1, 1, "y"), (3, 3, "z")], false);
    check(
        &[(0, 1, "x"), (8, 9, "x")],
        &[(2, 3, "y"), (4, 4, "y"), (8, 9, "y")],
        true,
    );
    check(&[(0, 1, "x"), (8, 9, "x")], &[], false);
}

#[test]
fn offsets_land_where_their_bytes_go() {
    let edit = edit(&[(2, 2, "ins"), (4, 7, "x"), (9, 9, "end")]);
    let mapped: Vec<_> = (0..=10).map(|offset| edit.map_offset(offset)).collect();
    assert_eq!(mapped, [0, 1, 5, 6, 7, 8, 8, 8, 9, 13, 14]);
    assert_eq!(TextEdit::single(range(0, 0), "x").map_offset(u32::MAX), u32::MAX);
}

#[test]
fn a_mapped_range_leaves_insertions_at_its_ends_outside() {
    let edit = edit(&[(2, 2, "<"), (5, 5, ">>")]);
    assert_eq!(edit.map_range(range(2, 5)), range(3, 6));
    assert_eq!(edit.map_range(range(1, 6)), range(1, 9));
    assert_eq!(edit.map_range(ByteRange::empty(2)), ByteRange::empty(3));
    assert_eq!(
        TextEdit::single(range(0, 9), "").map_range(range(2, 5)),
        ByteRange::empty(0)
    );
}

const TEXT: &str = "0123456789abcdef";

type RawIndel = (u32, u32, String);

fn any_indels() -> impl Strategy<Value = Vec<RawIndel>> {
    let indel = (0..=16_u32, 0..4_u32, "[A-Z]{0,3}")
        .prop_map(|(start, length, text)| (start, (start + length).min(16), text));
    prop::collection::vec(indel, 0..6)
}

/// The replacements without those that overlap one before them, by a check of every byte and gap.
fn disjoint(indels: Vec<RawIndel>) -> Vec<RawIndel> {
    let mut kept: Vec<RawIndel> = Vec::new();
    for (start, end, text) in indels {
        let clashes = kept.iter().any(|(other_start, other_end, _)| {
            let shares_a_byte = (start..end).any(|byte| (*other_start..*other_end).contains(&byte));
            let within = |offset: u32, from: u32, to: u32| from < offset && offset < to;
            shares_a_byte
                || (start == end && within(start, *other_start, *other_end))
                || (other_start == other_end && within(*other_start, start, end))
        });
        if !clashes {
            kept.push((start, end, text));
        }
    }
    kept
}

fn from_raw(indels: &[RawIndel]) -> Result<TextEdit, OverlappingEdits> {
    build(
        &indels
            .iter()
            .map(|(start, end, text)| (*start, *end, text.as_str()))
            .collect::<Vec<_>>(),
    )
}

/// At each offset: what is inserted, then what replaces a range that starts there; bytes that are deleted are
/// left out.
fn naive_apply(indels: &[RawIndel]) -> String {
    let mut result = String::new();
    for offset in 0..=16_u32 {
        let at_offset = || indels.iter().filter(|(start, ..)| *start == offset);
        for (_, _, text) in at_offset().filter(|(start, end, _)| start == end) {
            result.push_str(text);
        }
        for (_, _, text) in at_offset().filter(|(start, end, _)| start < end) {
            result.push_str(text);
        }
        if !indels
            .iter()
            .any(|(start, end, _)| (*start..*end).contains(&offset))
        {
            result.push_str(TEXT.get(offset as usize..=offset as usize).unwrap_or_default());
        }
    }
    result
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn exactly_disjoint_replacements_build(indels in any_indels()) {
        let changes_something = |(start, end, text): &RawIndel| start < end || !text.is_empty();
        let meaningful: Vec<_> = indels.into_iter().filter(changes_something).collect();
        let kept = disjoint(meaningful.clone());
        prop_assert_eq!(from_raw(&meaningful).is_ok(), kept.len() == meaningful.len());
    }

    #[test]
    fn an_edit_is_sorted_and_applies_as_the_naive_one(indels in any_indels().prop_map(disjoint)) {
        let edit = from_raw(&indels).unwrap();
        let ranges: Vec<_> = edit.iter().map(|indel| indel.range).collect();
        prop_assert!(ranges.is_sorted());
        prop_assert_eq!(edit.apply(TEXT).unwrap(), naive_apply(&indels));
    }

    #[test]
    fn a_union_equals_one_edit_after_the_other_mapped(
        indels in any_indels().prop_map(disjoint),
        split in any::<prop::sample::Index>(),
    ) {
        let (left, right) = indels.split_at(split.index(indels.len() + 1));
        let (left, right) = (from_raw(left).unwrap(), from_raw(right).unwrap());
        let mut mapped = TextEdit::builder();
        for indel in &right {
            mapped.replace(left.map_range(indel.range), indel.text.as_str());
        }
        let one_after_the_other = mapped.finish().unwrap().apply(&left.apply(TEXT).unwrap()).unwrap();
        prop_assert_eq!(left.union(right).unwrap().apply(TEXT).unwrap(), one_after_the_other);
    }

    #[test]
    fn edits_that_do_not_intersect_unite_in_either_order(
        left in any_indels().prop_map(disjoint),
        right in any_indels().prop_map(disjoint),
    ) {
        let (left, right) = (from_raw(&left).unwrap(), from_raw(&right).unwrap());
        let (forth, back) = (left.clone().union(right.clone()), right.clone().union(left.clone()));
        let insert_at_one_offset = left.iter().any(|ours| {
            right.iter().any(|theirs| ours.range.is_empty() && ours.range == theirs.range)
        });
        prop_assert_eq!(left.intersects(&right), forth.is_err() || insert_at_one_offset);
        prop_assert_eq!(left.intersects(&right), right.intersects(&left));
        if !left.intersects(&right) {
            prop_assert_eq!(forth, back);
        }
    }

    #[test]
    fn a_byte_that_stays_is_found_where_it_was_mapped(indels in any_indels().prop_map(disjoint)) {
        let edit = from_raw(&indels).unwrap();
        let edited = edit.apply(TEXT).unwrap();
        for (offset, character) in TEXT.char_indices() {
            let offset = offset as u32;
            if !indels.iter().any(|(start, end, _)| (*start..*end).contains(&offset)) {
                let mapped = edit.map_offset(offset) as usize;
                prop_assert_eq!(edited[mapped..].chars().next(), Some(character));
            }
        }
    }

    #[test]
    fn mapping_keeps_the_order_of_offsets(indels in any_indels().prop_map(disjoint)) {
        let edit = from_raw(&indels).unwrap();
        let mapped: Vec<_> = (0..=16).map(|offset| edit.map_offset(offset)).collect();
        prop_assert!(mapped.is_sorted());
    }
}
