//! Half-open ranges of bytes.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A half-open range of bytes, `start..end`, with `start <= end` by construction.
///
/// Ranges are ordered by their start, then by their end.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "(u32, u32)", into = "(u32, u32)")]
pub struct ByteRange {
    start: u32,
    end: u32,
}

impl From<(u32, u32)> for ByteRange {
    fn from((start, end): (u32, u32)) -> Self {
        Self::new(start, end)
    }
}

impl From<ByteRange> for (u32, u32) {
    fn from(range: ByteRange) -> Self {
        (range.start, range.end)
    }
}

impl ByteRange {
    /// The bytes between two offsets, given in either order.
    pub const fn new(start: u32, end: u32) -> Self {
        if start <= end {
            Self { start, end }
        } else {
            Self {
                start: end,
                end: start,
            }
        }
    }

    /// The empty range at an offset: where a cursor stands or an insertion goes.
    pub const fn empty(offset: u32) -> Self {
        Self {
            start: offset,
            end: offset,
        }
    }

    /// The offset of the first byte.
    pub const fn start(self) -> u32 {
        self.start
    }

    /// The offset just past the last byte.
    pub const fn end(self) -> u32 {
        self.end
    }

    /// The number of bytes.
    pub const fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether the range holds no byte.
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether the byte at `offset` lies in the range; the end does not.
    pub const fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }

    /// Whether `other` lies within this range. An empty range at either boundary does.
    pub const fn contains_range(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share at least one byte. An empty range shares none.
    pub fn intersects(self, other: Self) -> bool {
        self.start.max(other.start) < self.end.min(other.end)
    }

    /// Whether the two share at least a boundary.
    ///
    /// This is the question behind a request for code actions: a cursor (an empty range) just before or just
    /// after a finding still asks for it.
    pub const fn touches(self, other: Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }

    /// The bytes in both; empty where the two merely touch, `None` where they do not.
    pub fn intersection(self, other: Self) -> Option<Self> {
        self.touches(other).then(|| Self {
            start: self.start.max(other.start),
            end: self.end.min(other.end),
        })
    }

    /// The smallest range that contains both.
    pub fn hull(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The range moved by `by` bytes. Both ends stop at 0 and at `u32::MAX`, past which no document reaches.
    pub fn shifted(self, by: i64) -> Self {
        let distance = u32::try_from(by.unsigned_abs()).unwrap_or(u32::MAX);
        let shift = |offset: u32| {
            if by < 0 {
                offset.saturating_sub(distance)
            } else {
                offset.saturating_add(distance)
            }
        };
        Self {
            start: shift(self.start),
            end: shift(self.end),
        }
    }

    /// The range moved towards the end by `base` bytes: from relative to a declaration to relative to its
    /// file.
    pub const fn offset_by(self, base: u32) -> Self {
        Self {
            start: self.start.saturating_add(base),
            end: self.end.saturating_add(base),
        }
    }

    /// The same range in the type that indexes a `str`.
    pub const fn to_usize_range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Offsets above `u32::MAX` become `u32::MAX`: no [`Document`](crate::Document) is longer.
impl From<Range<usize>> for ByteRange {
    fn from(range: Range<usize>) -> Self {
        let saturate = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self::new(saturate(range.start), saturate(range.end))
    }
}

impl From<ByteRange> for Range<usize> {
    fn from(range: ByteRange) -> Self {
        range.to_usize_range()
    }
}

impl fmt::Debug for ByteRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}..{}", self.start, self.end)
    }
}

impl fmt::Display for ByteRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, formatter)
    }
}
