//! Syntax trees.

use deferlint_text::ByteEdit;

use crate::Node;

/// The syntax tree of one text. A clone shares its nodes, so it is cheap.
#[derive(Clone, Debug)]
pub struct Tree(pub(crate) tree_sitter::Tree);

impl Tree {
    /// The node of the whole text: [`Kind::SourceFile`](crate::Kind::SourceFile), or an ERROR when nothing of the
    /// text fits together. Its range starts at the first token.
    pub fn root(&self) -> Node<'_> {
        Node(self.0.root_node())
    }

    /// Moves the nodes as `edit` moved the text, and marks those it touched, so that a parse of the new text can
    /// reuse the others. Until that parse the tree describes neither text.
    pub fn edit(&mut self, edit: &ByteEdit) {
        self.0.edit(&tree_sitter::InputEdit {
            start_byte: edit.start as usize,
            old_end_byte: edit.old_end as usize,
            new_end_byte: edit.new_end as usize,
            start_position: point(edit.start_point),
            old_end_position: point(edit.old_end_point),
            new_end_position: point(edit.new_end_point),
        });
    }

    /// Whether the text doesn't follow the grammar somewhere.
    pub fn has_error(&self) -> bool {
        self.root().has_error()
    }
}

fn point(point: deferlint_text::Point) -> tree_sitter::Point {
    tree_sitter::Point {
        row: point.row as usize,
        column: point.column as usize,
    }
}
