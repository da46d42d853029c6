//! A cursor that walks a tree in constant time a step.

use crate::{Field, Kind, Node};

/// A place in a tree that moves from node to node. It never leaves the node it was made for or last reset to.
#[derive(Clone)]
pub struct Cursor<'tree>(pub(crate) tree_sitter::TreeCursor<'tree>);

impl<'tree> Cursor<'tree> {
    /// The node under the cursor.
    pub fn node(&self) -> Node<'tree> {
        Node(self.0.node())
    }

    /// The kind of the node under the cursor.
    pub fn kind(&self) -> Kind {
        self.node().kind()
    }

    /// The part that the node under the cursor plays in its parent; `None` also at the node the cursor started from.
    pub fn field(&self) -> Option<Field> {
        self.0.field_id().and_then(Field::from_id)
    }

    /// Moves to the first child. Without one the cursor stays, and the answer is `false`.
    pub fn goto_first_child(&mut self) -> bool {
        self.0.goto_first_child()
    }

    /// Moves to the first child that ends after offset `byte`. Without one the cursor stays, and the answer is
    /// `false`.
    pub fn goto_first_child_for_byte(&mut self, byte: u32) -> bool {
        self.0.goto_first_child_for_byte(byte as usize).is_some()
    }

    /// Moves to the next sibling. Without one, or at its start, the cursor stays, and the answer is `false`.
    pub fn goto_next_sibling(&mut self) -> bool {
        self.0.goto_next_sibling()
    }

    /// Moves to the parent. At its start the cursor stays, and the answer is `false`.
    pub fn goto_parent(&mut self) -> bool {
        self.0.goto_parent()
    }

    /// Moves to the next node in the order of the text, parents before their children. After the last node the
    /// cursor is back at its start, and the answer is `false`.
    pub fn goto_next(&mut self) -> bool {
        self.goto_first_child() || self.goto_next_outside()
    }

    /// Moves to the next node in the order of the text that isn't below this one. After the last node the cursor is
    /// back at its start, and the answer is `false`.
    pub fn goto_next_outside(&mut self) -> bool {
        while !self.goto_next_sibling() {
            if !self.goto_parent() {
                return false;
            }
        }
        true
    }

    /// Puts the cursor on `node`, which becomes its start. Cheaper than a new cursor.
    pub fn reset(&mut self, node: Node<'tree>) {
        self.0.reset(node.0);
    }
}
