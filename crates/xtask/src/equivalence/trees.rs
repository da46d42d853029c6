//! Two trees, node by node.

use deferlint_syntax::{Field, Kind, Tree};
use deferlint_text::ByteRange;

/// All that a tree says about one node.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    depth: u32,
    kind: Kind,
    field: Option<Field>,
    range: ByteRange,
    is_named: bool,
    is_error: bool,
    is_missing: bool,
}

/// Compares two trees in the order of the text, and counts their nodes.
///
/// # Errors
/// The first nodes that differ.
pub(super) fn compare(kept: &Tree, fresh: &Tree) -> Result<usize, String> {
    let mut nodes = 0;
    let (mut kept, mut fresh) = (entries(kept), entries(fresh));
    loop {
        match (kept.next(), fresh.next()) {
            (None, None) => return Ok(nodes),
            (one, other) if one == other => nodes += 1,
            (one, other) => return Err(format!("the trees differ: kept {one:?}, fresh {other:?}")),
        }
    }
}

/// Every node of a tree, parents before their children.
fn entries(tree: &Tree) -> impl Iterator<Item = Entry> {
    let mut cursor = tree.root().cursor();
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let depth = next?;
        let node = cursor.node();
        let entry = Entry {
            depth,
            kind: node.kind(),
            field: cursor.field(),
            range: node.byte_range(),
            is_named: node.is_named(),
            is_error: node.is_error(),
            is_missing: node.is_missing(),
        };
        let mut depth = depth;
        next = if cursor.goto_first_child() {
            Some(depth + 1)
        } else {
            loop {
                if cursor.goto_next_sibling() {
                    break Some(depth);
                }
                if !cursor.goto_parent() {
                    break None;
                }
                depth -= 1;
            }
        };
        Some(entry)
    })
}

#[cfg(test)]
mod tests {
    use deferlint_syntax::Parser;

    use super::*;

    fn compared(one: &str, other: &str) -> Result<usize, String> {
        let mut parser = Parser::new();
        compare(&parser.parse(one), &parser.parse(other))
    }

    #[test]
    fn trees_of_one_text_are_the_same_and_others_are_not() {
        let text = "package p\n\nfunc f() { g(x) }\n";
        let tree = Parser::new().parse(text);
        let (mut cursor, mut nodes) = (tree.root().cursor(), 1);
        while cursor.goto_next() {
            nodes += 1;
        }
        assert_eq!(compared(text, text), Ok(nodes));
        // Another kind, another place, a child more, a child less, an error.
        for other in ["g(1)", "g( x)", "g(x, y)", "g()", "g(x", "x[g]", "g(x); h()"] {
            let difference = compared(text, &text.replace("g(x)", other));
            assert!(difference.is_err_and(|told| told.contains("fresh")), "{other}");
        }
        compared(text, "package p\n").expect_err("a declaration less");
    }
}
