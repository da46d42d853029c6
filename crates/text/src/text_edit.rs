//! Sets of replacements that can be made at once.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ByteRange;

/// One replacement: what is deleted and what is inserted in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indel {
    /// The bytes that go away; empty for an insertion.
    pub range: ByteRange,
    /// The text that stands there afterwards; empty for a deletion.
    pub text: String,
}

impl Indel {
    fn changes_nothing(&self) -> bool {
        self.range.is_empty() && self.text.is_empty()
    }

    /// An insertion comes before the replacement that starts where it stands and behind the one that ends
    /// there.
    fn order(&self, other: &Self) -> Ordering {
        self.range.cmp(&other.range)
    }

    fn is_insertion_at(&self, other: &Self) -> bool {
        self.range.is_empty() && self.range == other.range
    }

    /// What the replacement adds to every offset behind it.
    fn growth(&self) -> i64 {
        // A text in memory is shorter than i64::MAX.
        self.text.len().cast_signed() as i64 - i64::from(self.range.len())
    }
}

/// Two replacements of one edit cover the same bytes, or one inserts into what the other deletes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the edits of bytes {first} and {second} overlap")]
pub struct OverlappingEdits {
    /// The bytes of the replacement that starts first.
    pub first: ByteRange,
    /// The bytes of the one that starts before the first has ended.
    pub second: ByteRange,
}

/// An edit was made for another text: a range lies past the end or within a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the edit of bytes {range} doesn't fit a text of {length} bytes")]
pub struct EditOutOfBounds {
    /// The range that doesn't fit.
    pub range: ByteRange,
    /// The length of the text, in bytes.
    pub length: usize,
}

/// Replacements whose ranges all refer to the text before the edit, sorted and disjoint by construction.
///
/// Several insertions at one offset are allowed and stand in the order in which they were added; an insertion
/// at either end of a replaced range is allowed and stands outside the replacement (LSP 3.17, `TextEdit[]`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Indel>", into = "Vec<Indel>")]
pub struct TextEdit {
    indels: Vec<Indel>,
}

impl TextEdit {
    /// Collects replacements in any order.
    pub fn builder() -> TextEditBuilder {
        TextEditBuilder::default()
    }

    /// The edit that makes one replacement.
    pub fn single(range: ByteRange, text: impl Into<String>) -> Self {
        let mut builder = Self::builder();
        builder.replace(range, text);
        Self {
            indels: builder.indels,
        }
    }

    /// The replacements, in the order of the text.
    pub fn iter(&self) -> std::slice::Iter<'_, Indel> {
        self.indels.iter()
    }

    /// Whether the edit replaces nothing.
    pub fn is_empty(&self) -> bool {
        self.indels.is_empty()
    }

    /// The text after the edit.
    pub fn apply(&self, text: &str) -> Result<String, EditOutOfBounds> {
        let inserted: usize = self.iter().map(|indel| indel.text.len()).sum();
        let mut result = String::with_capacity(text.len() + inserted);
        let mut copied = 0;
        for indel in self {
            let out_of_bounds = EditOutOfBounds {
                range: indel.range,
                length: text.len(),
            };
            let range = indel.range.to_usize_range();
            let kept = text
                .get(copied..range.start)
                .filter(|_| text.is_char_boundary(range.end))
                .ok_or(out_of_bounds)?;
            result.push_str(kept);
            result.push_str(&indel.text);
            copied = range.end;
        }
        result.push_str(&text[copied..]);
        Ok(result)
    }

    /// The edit moved towards the end by `base` bytes: from relative to a declaration to relative to its
    /// file.
    pub fn shifted(mut self, base: u32) -> Self {
        for indel in &mut self.indels {
            indel.range = indel.range.offset_by(base);
        }
        self
    }

    /// The edit that makes the replacements of both. Where both insert at one offset, the text of `self`
    /// comes first.
    pub fn union(self, other: Self) -> Result<Self, OverlappingEdits> {
        let mut indels = self.indels;
        indels.extend(other.indels);
        Self::from_indels(indels)
    }

    /// The smallest range that holds every replaced byte and every insertion; `None` for an edit that
    /// replaces nothing.
    pub fn hull(&self) -> Option<ByteRange> {
        let (first, last) = (self.indels.first()?, self.indels.last()?);
        Some(first.range.hull(last.range))
    }

    /// Whether the two cannot be made together independently: they overlap, or both insert at one offset, so
    /// that the result would depend on which comes first. Where this is false, [`TextEdit::union`] succeeds
    /// in either order with the same result.
    pub fn intersects(&self, other: &Self) -> bool {
        let (mut left, mut right) = (self.iter().peekable(), other.iter().peekable());
        while let (Some(ours), Some(theirs)) = (left.peek(), right.peek()) {
            let (first, second) = if ours.order(theirs).is_le() {
                (ours, theirs)
            } else {
                (theirs, ours)
            };
            if overlap(first, second) || first.is_insertion_at(second) {
                return true;
            }
            if ours.order(theirs).is_le() {
                left.next()
            } else {
                right.next()
            };
        }
        false
    }

    /// Where the place just before the byte at `offset` lies after the edit.
    ///
    /// A place at which text is inserted moves behind that text, as the byte does. The start of a replaced
    /// range stays the start of its replacement; a place within it moves to the end of the replacement.
    /// Offsets stop at 0 and at `u32::MAX`, past which no document reaches.
    pub fn map_offset(&self, offset: u32) -> u32 {
        self.map(offset, true)
    }

    /// Where a range lies after the edit: text inserted at either end stays outside. An empty range is mapped
    /// as its offset is.
    pub fn map_range(&self, range: ByteRange) -> ByteRange {
        let start = self.map(range.start(), true);
        if range.is_empty() {
            ByteRange::empty(start)
        } else {
            ByteRange::new(start, self.map(range.end(), false))
        }
    }

    fn map(&self, offset: u32, behind_insertions: bool) -> u32 {
        let mut growth = 0_i64;
        for indel in self {
            let range = indel.range;
            let behind =
                range.end() < offset || (range.end() == offset && (!range.is_empty() || behind_insertions));
            if behind {
                growth += indel.growth();
            } else if range.start() < offset {
                return shift(range.end(), growth + indel.growth());
            } else {
                break;
            }
        }
        shift(offset, growth)
    }

    fn from_indels(mut indels: Vec<Indel>) -> Result<Self, OverlappingEdits> {
        // The sort is stable, so insertions at one offset keep their order.
        indels.sort_by(Indel::order);
        match indels.windows(2).find(|pair| overlap(&pair[0], &pair[1])) {
            Some(pair) => Err(OverlappingEdits {
                first: pair[0].range,
                second: pair[1].range,
            }),
            None => Ok(Self { indels }),
        }
    }
}

impl TryFrom<Vec<Indel>> for TextEdit {
    type Error = OverlappingEdits;

    fn try_from(indels: Vec<Indel>) -> Result<Self, Self::Error> {
        Self::from_indels(indels)
    }
}

impl From<TextEdit> for Vec<Indel> {
    fn from(edit: TextEdit) -> Self {
        edit.indels
    }
}

impl<'a> IntoIterator for &'a TextEdit {
    type Item = &'a Indel;
    type IntoIter = std::slice::Iter<'a, Indel>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Collects the replacements of a [`TextEdit`] in any order. Those that change nothing are left out.
#[derive(Clone, Debug, Default)]
pub struct TextEditBuilder {
    indels: Vec<Indel>,
}

impl TextEditBuilder {
    /// Inserts a text before the byte at `offset`.
    pub fn insert(&mut self, offset: u32, text: impl Into<String>) {
        self.replace(ByteRange::empty(offset), text);
    }

    /// Deletes the bytes of a range.
    pub fn delete(&mut self, range: ByteRange) {
        self.replace(range, String::new());
    }

    /// Replaces the bytes of a range; an empty range inserts.
    pub fn replace(&mut self, range: ByteRange, text: impl Into<String>) {
        let indel = Indel {
            range,
            text: text.into(),
        };
        if !indel.changes_nothing() {
            self.indels.push(indel);
        }
    }

    /// The edit that makes all replacements, unless two of them overlap.
    pub fn finish(self) -> Result<TextEdit, OverlappingEdits> {
        TextEdit::from_indels(self.indels)
    }
}

/// Whether `second`, which doesn't sort before `first`, starts within it.
fn overlap(first: &Indel, second: &Indel) -> bool {
    second.range.start() < first.range.end()
}

fn shift(offset: u32, by: i64) -> u32 {
    ByteRange::empty(offset).shifted(by).start()
}
