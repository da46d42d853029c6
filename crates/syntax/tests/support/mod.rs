//! What the tests of this crate share.

use deferlint_syntax::{Field, Kind, Tree};
use deferlint_text::{ByteEdit, ByteRange, Point};

/// One node of a tree, in full.
#[derive(Debug, PartialEq)]
pub(crate) struct Entry {
    depth: u32,
    kind: Kind,
    field: Option<Field>,
    range: ByteRange,
    missing: bool,
}

/// Every node of a tree in the order of the text.
pub(crate) fn outline(tree: &Tree) -> Vec<Entry> {
    let mut cursor = tree.root().cursor();
    let mut entries = Vec::new();
    let mut depth = 0;
    loop {
        let node = cursor.node();
        entries.push(Entry {
            depth,
            kind: node.kind(),
            field: cursor.field(),
            range: node.byte_range(),
            missing: node.is_missing(),
        });
        if cursor.goto_first_child() {
            depth += 1;
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return entries;
            }
            depth -= 1;
        }
    }
}

/// Replaces bytes `start..end` of `text`, and says so in the parser's terms.
pub(crate) fn replace(text: &mut String, start: usize, end: usize, replacement: &str) -> ByteEdit {
    let start_point = point_at(text, start);
    let old_end_point = point_at(text, end);
    text.replace_range(start..end, replacement);
    let new_end = start + replacement.len();
    ByteEdit {
        start: start as u32,
        old_end: end as u32,
        new_end: new_end as u32,
        start_point,
        old_end_point,
        new_end_point: point_at(text, new_end),
    }
}

fn point_at(text: &str, byte: usize) -> Point {
    let before = &text[..byte];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Point {
        row: before.matches('\n').count() as u32,
        column: (byte - line_start) as u32,
    }
}
