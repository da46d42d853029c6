//! Where a tree holds errors.

use deferlint_text::ByteRange;

use crate::{Node, Tree};

/// The ranges of the ERROR nodes, outermost only, and of the missing tokens, in the order of the text. A missing
/// token has an empty range. Only nodes that hold an error are visited.
pub fn errors(tree: &Tree) -> Vec<ByteRange> {
    errors_in(tree.root()).map(Node::byte_range).collect()
}

/// The first ERROR node or missing token in the order of the text, `node` itself included.
pub fn first_error_in(node: Node<'_>) -> Option<Node<'_>> {
    errors_in(node).next()
}

/// Walks from one error to the next, past every subtree that holds none.
fn errors_in(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let mut cursor = node.cursor();
    let mut exhausted = !node.has_error();
    std::iter::from_fn(move || {
        while !exhausted {
            let node = cursor.node();
            let is_error = node.is_error() || node.is_missing();
            let descends = node.has_error() && !is_error;
            exhausted = !(descends && cursor.goto_first_child() || cursor.goto_next_outside());
            if is_error {
                return Some(node);
            }
        }
        None
    })
}
