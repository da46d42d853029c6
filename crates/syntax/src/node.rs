//! Nodes and their neighbours.

use std::fmt;

use deferlint_text::ByteRange;

use crate::{Cursor, Field, Kind};

/// A node of a syntax tree: a handle to copy freely.
///
/// Two nodes are equal when they are the same node of the same tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Node<'tree>(pub(crate) tree_sitter::Node<'tree>);

impl<'tree> Node<'tree> {
    /// What the node is. A missing token has the kind of the token that should be there.
    pub fn kind(self) -> Kind {
        Kind::from_id(self.0.kind_id())
    }

    /// The bytes of the text that the node covers, without white space before or after.
    pub fn byte_range(self) -> ByteRange {
        ByteRange::new(self.0.start_byte() as u32, self.0.end_byte() as u32)
    }

    /// A number that no other node of the same tree has. A node that an incremental parse reuses keeps its number.
    pub fn id(self) -> usize {
        self.0.id()
    }

    /// Whether the node stands for a rule or a token with a name, such as an identifier, and not for a bare token
    /// such as `(`.
    pub fn is_named(self) -> bool {
        self.0.is_named()
    }

    /// Whether the node is text that no rule takes.
    pub fn is_error(self) -> bool {
        self.0.is_error()
    }

    /// Whether the parser put the node in, with no text of its own, to repair an error.
    pub fn is_missing(self) -> bool {
        self.0.is_missing()
    }

    /// Whether the node is an error, is missing, or holds such a node at any depth.
    pub fn has_error(self) -> bool {
        self.0.has_error()
    }

    /// The first child that plays the part `field`.
    pub fn child(self, field: Field) -> Option<Self> {
        self.0.child_by_field_id(field.id()?.get()).map(Self)
    }

    /// The children that play the part `field`, in the order of the text: the names of a variable declaration, say.
    /// The iterator allocates one cursor.
    pub fn children_by_field(self, field: Field) -> ChildrenByField<'tree> {
        ChildrenByField {
            children: self.children(),
            field,
        }
    }

    /// All children, bare tokens and comments too, in the order of the text. The iterator allocates one cursor.
    pub fn children(self) -> Children<'tree> {
        let mut cursor = self.cursor();
        let exhausted = !cursor.goto_first_child();
        Children { cursor, exhausted }
    }

    /// The children with a name, comments too, in the order of the text. The iterator allocates one cursor.
    pub fn named_children(self) -> NamedChildren<'tree> {
        NamedChildren(self.children())
    }

    /// A cursor on this node, which can move anywhere below it and not above.
    pub fn cursor(self) -> Cursor<'tree> {
        Cursor(self.0.walk())
    }

    /// The node that holds this one. The search starts at the root, so it takes time by the node's depth.
    pub fn parent(self) -> Option<Self> {
        self.0.parent().map(Self)
    }

    /// The node after this one in its parent. The search starts at the root: walk with a [`Cursor`] where speed counts.
    pub fn next_sibling(self) -> Option<Self> {
        self.0.next_sibling().map(Self)
    }

    /// The node before this one in its parent. The search starts at the root.
    pub fn prev_sibling(self) -> Option<Self> {
        self.0.prev_sibling().map(Self)
    }

    /// The smallest node, this one or one below it, that covers all of `range`.
    pub fn descendant_for_range(self, range: ByteRange) -> Option<Self> {
        self.0
            .descendant_for_byte_range(range.start() as usize, range.end() as usize)
            .map(Self)
    }

    /// The smallest node with a name, this one or one below it, that covers all of `range`.
    pub fn named_descendant_for_range(self, range: ByteRange) -> Option<Self> {
        self.0
            .named_descendant_for_byte_range(range.start() as usize, range.end() as usize)
            .map(Self)
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}@{:?}", self.kind(), self.byte_range())
    }
}

/// The children of a node, from [`Node::children`].
pub struct Children<'tree> {
    cursor: Cursor<'tree>,
    exhausted: bool,
}

impl<'tree> Children<'tree> {
    /// The next child with the part it plays.
    fn next_with_field(&mut self) -> Option<(Node<'tree>, Option<Field>)> {
        if self.exhausted {
            return None;
        }
        let child = (self.cursor.node(), self.cursor.field());
        self.exhausted = !self.cursor.goto_next_sibling();
        Some(child)
    }
}

impl<'tree> Iterator for Children<'tree> {
    type Item = Node<'tree>;

    fn next(&mut self) -> Option<Node<'tree>> {
        if self.exhausted {
            return None;
        }
        let child = self.cursor.node();
        self.exhausted = !self.cursor.goto_next_sibling();
        Some(child)
    }
}

/// The children of a node that have a name, from [`Node::named_children`].
pub struct NamedChildren<'tree>(Children<'tree>);

impl<'tree> Iterator for NamedChildren<'tree> {
    type Item = Node<'tree>;

    fn next(&mut self) -> Option<Node<'tree>> {
        self.0.find(|child| child.is_named())
    }
}

/// The children of a node that play one part, from [`Node::children_by_field`].
pub struct ChildrenByField<'tree> {
    children: Children<'tree>,
    field: Field,
}

impl<'tree> Iterator for ChildrenByField<'tree> {
    type Item = Node<'tree>;

    fn next(&mut self) -> Option<Node<'tree>> {
        while let Some((child, field)) = self.children.next_with_field() {
            if field == Some(self.field) {
                return Some(child);
            }
        }
        None
    }
}
