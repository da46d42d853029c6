//! The facts of files of which only that is parsed which their tokens don't say, beside those of whole files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use deferlint_semantics::extract::{assemble, declaration_facts};
use deferlint_semantics::facts::FileFacts;
use deferlint_semantics::header::Header;
use deferlint_semantics::lower::lower;
use deferlint_syntax::{Kind, Parser, declarations};
use deferlint_text::Document;
use deferlint_workspace::{DirectoryFacts, DiscoveryOptions, discover};
use rayon::prelude::*;

/// Compares the facts of all files of a tree, with what their functions do. False when some differ.
pub(super) fn compare(tree: &Path) -> Result<bool> {
    let files = discover(&[tree.to_owned()], DiscoveryOptions::default())?.files;
    let directories: BTreeSet<_> = files.iter().filter_map(|file| file.parent()).collect();
    let directories: Vec<_> = directories.into_iter().collect();
    let compared: Vec<(usize, Vec<PathBuf>)> = directories.into_par_iter().map(compare_directory).collect();
    let count: usize = compared.iter().map(|(count, _)| count).sum();
    let differing: Vec<_> = compared
        .into_iter()
        .flat_map(|(_, differing)| differing)
        .collect();
    for path in &differing {
        println!("other facts: {}", path.display());
    }
    println!(
        "{}: the facts of {count} files, read by their tokens and from a parse of whole files: {} differences",
        tree.display(),
        differing.len()
    );
    Ok(differing.is_empty())
}

/// How many files were compared, and those whose facts differ.
fn compare_directory(directory: &Path) -> (usize, Vec<PathBuf>) {
    let read = DirectoryFacts::read(directory, None).0;
    let mut parser = Parser::new();
    let differing = read.iter().filter(|(path, facts)| {
        let whole = whole_facts(&mut parser, path);
        whole.is_none_or(|whole| !are_same(facts, whole))
    });
    (read.len(), differing.map(|(path, _)| path.clone()).collect())
}

/// What a file defers, its tokens say with more words than a parse does.
fn are_same(read: &Arc<FileFacts>, mut whole: FileFacts) -> bool {
    whole.deferred.clone_from(&read.deferred);
    **read == whole
}

fn whole_facts(parser: &mut Parser, path: &Path) -> Option<FileFacts> {
    let document = Document::new(&std::fs::read_to_string(path).ok()?).ok()?;
    let tree = parser.parse(&document);
    let declarations = declarations(&tree).filter(|node| node.kind() != Kind::ImportDeclaration);
    let facts = declarations.map(|node| declaration_facts(&lower(node, &document.slice(node.byte_range()))));
    let facts: Vec<_> = facts.collect();
    Some(assemble(&Header::of(&tree, &document), facts.iter()))
}
