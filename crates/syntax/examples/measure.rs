//! Times the parser on one Go file: `cargo run --release -p deferlint-syntax --example measure -- FILE [DEPTH]`.
//!
//! Prints the best and the median of 30 runs of a full parse, a walk over every node, the search for a declaration by
//! offset, and of reparses after one typed character: inside an expression, one that makes an error, and one that
//! ends it. With DEPTH also the parse and the walk of so many nested parentheses.

use std::{env, error::Error, fs, hint::black_box, time::Instant};

use deferlint_syntax::{Cursor, Kind, Parser, Tree};
use deferlint_text::{ByteEdit, Point};

const RUNS: usize = 30;

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args().nth(1).ok_or("usage: measure FILE [DEPTH]")?;
    let text = fs::read_to_string(&path)?;
    let mut parser = Parser::new();
    let tree = parser.parse(text.as_str());
    println!(
        "{} bytes, {} nodes, error: {}",
        text.len(),
        walk(tree.root().cursor()),
        tree.has_error()
    );

    time("full parse", || parser.parse(text.as_str()).has_error());
    time("walk of every node", || walk(tree.root().cursor()));
    let middle = text.len() / 2;
    time("declaration by offset", || {
        tree.root().cursor().goto_first_child_for_byte(middle as u32)
    });

    let at = text[middle..]
        .find(":= ")
        .map(|found| middle + found + 3)
        .ok_or("no := in the second half")?;
    for (name, inserted) in [
        ("a letter", "x"),
        ("an open parenthesis", "("),
        ("an open raw string", "`"),
    ] {
        measure_edit(&mut parser, &text, &tree, at, (name, inserted));
    }
    if let Some(depth) = env::args().nth(2) {
        measure_nesting(&mut parser, depth.parse()?);
    }
    Ok(())
}

/// Times the reparse after `inserted` was typed at `at`, and the one after it was deleted again.
fn measure_edit(parser: &mut Parser, text: &str, tree: &Tree, at: usize, (name, inserted): (&str, &str)) {
    let mut changed = text.to_owned();
    changed.insert_str(at, inserted);
    let start = point_at(text, at);
    let end = Point {
        row: start.row,
        column: start.column + inserted.len() as u32,
    };
    let (start_byte, end_byte) = (at as u32, (at + inserted.len()) as u32);
    let typed = ByteEdit {
        start: start_byte,
        old_end: start_byte,
        new_end: end_byte,
        start_point: start,
        old_end_point: start,
        new_end_point: end,
    };
    let deleted = ByteEdit {
        old_end: end_byte,
        new_end: start_byte,
        old_end_point: end,
        new_end_point: start,
        ..typed
    };
    let edited = |tree: &Tree, edit| {
        let mut edited = tree.clone();
        edited.edit(edit);
        edited
    };
    let mut after = tree.clone();
    time(&format!("{name} typed: incremental"), || {
        let parsed = parser.parse_within(changed.as_str(), Some(&edited(tree, &typed)), None);
        after = parsed.unwrap_or_else(|_| tree.clone());
    });
    println!("    error: {}", after.has_error());
    time(&format!("{name} deleted: incremental"), || {
        parser
            .parse_within(text, Some(&edited(&after, &deleted)), None)
            .map(|tree| tree.has_error())
    });
    time(&format!("{name} deleted: reparse"), || {
        parser
            .reparse(text, &edited(&after, &deleted), None)
            .map(|tree| tree.has_error())
    });
}

/// Times the parse and the walk of `depth` pairs of parentheses.
fn measure_nesting(parser: &mut Parser, depth: usize) {
    let text = format!(
        "package p\n\nvar x = {}1{}\n",
        "(".repeat(depth),
        ")".repeat(depth)
    );
    let start = Instant::now();
    let tree = parser.parse(text.as_str());
    println!(
        "{depth} parentheses: parsed in {:?}, error: {}",
        start.elapsed(),
        tree.has_error()
    );
    let start = Instant::now();
    println!(
        "    {} nodes walked in {:?}",
        walk(tree.root().cursor()),
        start.elapsed()
    );
    let start = Instant::now();
    drop(tree);
    println!("    dropped in {:?}", start.elapsed());
}

/// The number of nodes, each of them asked for its kind and field.
fn walk(mut cursor: Cursor<'_>) -> usize {
    let mut nodes = 1;
    while cursor.goto_next() {
        black_box((cursor.kind() == Kind::Other, cursor.field()));
        nodes += 1;
    }
    nodes
}

fn point_at(text: &str, byte: usize) -> Point {
    let before = &text[..byte];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Point {
        row: before.matches('\n').count() as u32,
        column: (byte - line_start) as u32,
    }
}

fn time<T>(name: &str, mut run: impl FnMut() -> T) {
    let mut times: Vec<_> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            black_box(run());
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!(
        "{name:<40} best {:>10.1?}  median {:>10.1?}",
        times[0],
        times[RUNS / 2]
    );
}
