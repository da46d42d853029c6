//! The declarations of a file.

use crate::{Cursor, Kind, Node, Tree};

/// The declarations at the top level of the text, in its order: imports, constants, variables, types, functions and
/// methods, in a text without a package clause too.
///
/// Where the text has errors, whole declarations inside an ERROR node are found as well. A constant, variable or type
/// declaration after a `{` that belongs to no block is taken for a local one of a broken function, and left out; the
/// next import, function or method shows that the function is over. [`Node::has_error`] says whether a declaration
/// itself holds an error.
pub fn declarations(tree: &Tree) -> Declarations<'_> {
    let mut cursor = tree.root().cursor();
    let exhausted = !cursor.goto_first_child();
    Declarations {
        cursor,
        exhausted,
        open_braces: 0,
    }
}

/// The declarations of a text without errors that end after offset `byte`.
pub fn declarations_after(tree: &Tree, byte: u32) -> Declarations<'_> {
    let mut cursor = tree.root().cursor();
    let exhausted = !cursor.goto_first_child_for_byte(byte);
    Declarations {
        cursor,
        exhausted,
        open_braces: 0,
    }
}

/// The declarations of a file, from [`declarations`].
pub struct Declarations<'tree> {
    cursor: Cursor<'tree>,
    exhausted: bool,
    /// How many braces are open that the parser couldn't make a block of.
    open_braces: u32,
}

impl<'tree> Iterator for Declarations<'tree> {
    type Item = Node<'tree>;

    fn next(&mut self) -> Option<Node<'tree>> {
        while !self.exhausted {
            let node = self.cursor.node();
            let kind = node.kind();
            let descends = kind == Kind::Error;
            self.exhausted = !(descends && self.cursor.goto_first_child() || self.cursor.goto_next_outside());
            match kind {
                Kind::LeftBrace => self.open_braces += 1,
                Kind::RightBrace => self.open_braces = self.open_braces.saturating_sub(1),
                _ if kind.is_declaration_of_top_level_only() => self.open_braces = 0,
                _ => {}
            }
            if kind.is_declaration() && self.open_braces == 0 {
                return Some(node);
            }
        }
        None
    }
}
