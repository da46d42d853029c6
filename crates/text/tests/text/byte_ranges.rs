use deferlint_text::ByteRange;

fn range(start: u32, end: u32) -> ByteRange {
    ByteRange::new(start, end)
}

#[test]
fn a_range_is_normalised_and_half_open() {
    assert_eq!(range(7, 3), range(3, 7));
    assert_eq!(
        (range(3, 7).start(), range(3, 7).end(), range(3, 7).len()),
        (3, 7, 4)
    );
    assert!(range(3, 7).contains(3) && range(3, 7).contains(6));
    assert!(!range(3, 7).contains(2) && !range(3, 7).contains(7));
    assert!(ByteRange::empty(3).is_empty() && !ByteRange::empty(3).contains(3));
    assert_eq!(ByteRange::default(), range(0, 0));
}

#[test]
fn a_range_is_written_as_in_rust() {
    assert_eq!(format!("{:?} {}", range(3, 7), range(0, 0)), "3..7 0..0");
}

#[test]
fn a_range_contains_itself_and_the_empty_ranges_at_its_boundaries() {
    assert!(range(3, 7).contains_range(range(3, 7)));
    assert!(range(3, 7).contains_range(range(3, 3)) && range(3, 7).contains_range(range(7, 7)));
    assert!(!range(3, 7).contains_range(range(2, 4)) && !range(3, 7).contains_range(range(6, 8)));
}

#[test]
fn touching_needs_a_boundary_and_intersecting_a_byte() {
    let check = |left: ByteRange, right: ByteRange, touches: bool, intersects: bool| {
        assert_eq!(
            (left.touches(right), right.touches(left)),
            (touches, touches),
            "{left} {right}"
        );
        assert_eq!(
            (left.intersects(right), right.intersects(left)),
            (intersects, intersects),
            "{left} {right}"
        );
    };
    check(range(3, 7), range(6, 9), true, true);
    check(range(3, 7), range(4, 5), true, true);
    check(range(3, 7), range(7, 9), true, false);
    check(range(3, 7), range(8, 9), false, false);
    check(range(3, 7), range(3, 3), true, false);
    check(range(3, 7), range(5, 5), true, false);
    check(range(3, 7), range(7, 7), true, false);
    check(range(3, 3), range(3, 3), true, false);
}

#[test]
fn intersection_and_hull() {
    assert_eq!(range(3, 7).intersection(range(5, 9)), Some(range(5, 7)));
    assert_eq!(range(3, 7).intersection(range(7, 9)), Some(range(7, 7)));
    assert_eq!(range(3, 7).intersection(range(8, 9)), None);
    assert_eq!(range(3, 4).hull(range(8, 9)), range(3, 9));
    assert_eq!(range(8, 9).hull(range(3, 10)), range(3, 10));
}

#[test]
fn shifting_stops_at_both_ends() {
    assert_eq!(range(3, 7).shifted(2), range(5, 9));
    assert_eq!(range(3, 7).shifted(-3), range(0, 4));
    assert_eq!(range(3, 7).shifted(-5), range(0, 2));
    assert_eq!(range(3, 7).shifted(i64::MIN), range(0, 0));
    assert_eq!(range(3, 7).shifted(i64::MAX), range(u32::MAX, u32::MAX));
    assert_eq!(
        range(3, 7).shifted(i64::from(u32::MAX) - 5),
        range(u32::MAX - 2, u32::MAX)
    );
    assert_eq!(range(3, 7).offset_by(10), range(13, 17));
    assert_eq!(range(3, 7).offset_by(u32::MAX), range(u32::MAX, u32::MAX));
}

#[test]
fn ranges_convert_to_and_from_those_of_rust() {
    assert_eq!(ByteRange::from(3..7), range(3, 7));
    assert_eq!(range(3, 7).to_usize_range(), 3..7);
    assert_eq!(std::ops::Range::<usize>::from(range(3, 7)), 3..7);
    assert_eq!(ByteRange::from(3..usize::MAX), range(3, u32::MAX));
}

#[test]
fn ranges_are_ordered_by_start_then_end() {
    let mut ranges = [range(3, 7), range(2, 9), range(3, 3)];
    ranges.sort();
    assert_eq!(ranges, [range(2, 9), range(3, 3), range(3, 7)]);
}
