//! Spans and the indices into a body's arenas.

use std::fmt;

use deferlint_text::ByteRange;

/// A half-open range of bytes, counted from the first byte of the declaration it belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`.
    pub fn new(start: u32, end: u32) -> Self {
        debug_assert!(start <= end, "a span never ends before it starts");
        Self { start, end }
    }

    /// The span's place in the file when its declaration starts at `declaration_start`.
    pub fn in_file(self, declaration_start: u32) -> ByteRange {
        ByteRange::new(self.start + declaration_start, self.end + declaration_start)
    }

    /// The number of bytes.
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// True when the span holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// True when `other` lies within this span.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that holds both.
    pub fn cover(self, other: Span) -> Span {
        Span::new(self.start.min(other.start), self.end.max(other.end))
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}..{}", self.start, self.end)
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);
    };
}

id!(
    /// The index of an expression in [`Body::expressions`](super::Body::expressions).
    ExpressionId
);
id!(
    /// The index of a statement in [`Body::statements`](super::Body::statements).
    StatementId
);
id!(
    /// The index of a function or function literal in [`Body::functions`](super::Body::functions).
    FunctionId
);
id!(
    /// The index of a local name in [`Body::bindings`](super::Body::bindings).
    BindingId
);
id!(
    /// The index of a scope in [`Body::scopes`](super::Body::scopes).
    ScopeId
);
