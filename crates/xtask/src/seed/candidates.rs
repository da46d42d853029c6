//! Reads a source tree, asks the breakers for places, and the rules for what they find there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deferlint_semantics::body::Body;
use deferlint_semantics::context::Context;
use deferlint_semantics::extract::{assemble, declaration_facts};
use deferlint_semantics::facts::FileFacts;
use deferlint_semantics::header::Header;
use deferlint_semantics::lower::lower;
use deferlint_syntax::{Kind, Parser, declarations};
use deferlint_text::Document;
use deferlint_workspace::{DirectoryFacts, GoEnvironment, PackageIndex, is_test_file};
use rayon::prelude::*;

use super::{Breaker, Seed, Site, is_about_tests};
use crate::corpus::sources::Source;

/// A file with its declarations.
struct Read {
    path: PathBuf,
    facts: Arc<FileFacts>,
    /// Each declaration with where it starts.
    bodies: Vec<(u32, Body)>,
}

/// Every place of a source tree that a breaker knows how to break, in the order of the files.
pub(super) fn candidates(source: &Source, breakers: &[(&'static str, Breaker)]) -> Vec<Seed> {
    let mut directories: BTreeMap<&Path, Vec<&PathBuf>> = BTreeMap::new();
    for file in &source.files {
        let directory = file.parent().unwrap_or(Path::new(""));
        directories.entry(directory).or_default().push(file);
    }
    let index = PackageIndex::new(GoEnvironment::default());
    let places = directories
        .into_par_iter()
        .map(|(directory, files)| in_directory(&index, directory, &files, breakers));
    places.collect::<Vec<_>>().into_iter().flatten().collect()
}

fn in_directory(
    index: &PackageIndex,
    directory: &Path,
    files: &[&PathBuf],
    breakers: &[(&'static str, Breaker)],
) -> Vec<Seed> {
    let mut parser = Parser::new();
    let files = files.iter().filter_map(|path| {
        let text = std::fs::read_to_string(path).ok()?;
        read(&mut parser, path, &text)
    });
    let read: Vec<_> = files.collect();
    let facts = read
        .iter()
        .filter(|file| !is_test_file(&file.path))
        .map(|file| (file.path.clone(), Arc::clone(&file.facts)));
    index.put(directory, DirectoryFacts(facts.collect()));
    let seeds = read
        .iter()
        .flat_map(|file| in_file(index, directory, &read, file, breakers));
    let seeds = seeds.collect();
    index.settle(directory);
    seeds
}

fn in_file(
    index: &PackageIndex,
    directory: &Path,
    read: &[Read],
    file: &Read,
    breakers: &[(&'static str, Breaker)],
) -> Vec<Seed> {
    let is_test = is_test_file(&file.path);
    let breakers = breakers
        .iter()
        .filter(|(rule, _)| is_about_tests(rule) == is_test);
    let breakers: Vec<_> = breakers.collect();
    if breakers.is_empty() {
        return Vec::new();
    }
    index.set_open(&file.path, is_test.then(|| Arc::clone(&file.facts)));
    let visible = index.seen_from(directory);
    let go_version = index.go_version_of(directory);
    let package = index.package_of(&file.path, &file.facts);
    let bodies = read.iter().flat_map(|file| &file.bodies);
    let declarations: Vec<_> = bodies.map(|(_, body)| body).collect();
    let mut seeds = Vec::new();
    for (start, body) in file.bodies.iter().filter(|(_, body)| !body.has_error) {
        let context = Context::new(body, &file.facts, &package, &visible, go_version);
        let site = Site {
            context: &context,
            body,
            declarations: &declarations,
        };
        for (rule, breaker) in &breakers {
            seeds.extend(breaker(&site).into_iter().map(|edit| Seed {
                rule,
                path: file.path.clone(),
                edit: edit.shifted(*start),
            }));
        }
    }
    index.set_open(&file.path, None);
    seeds
}

/// For each of the seeds in one directory, whether its rule speaks about the broken text more often than about the right
/// one.
pub(super) fn found_in_directory(index: &PackageIndex, seeds: &[Seed]) -> Vec<bool> {
    let Some(directory) = seeds.first().and_then(|seed| seed.path.parent()) else {
        return Vec::new();
    };
    index.put(directory, DirectoryFacts::read(directory, None));
    let mut parser = Parser::new();
    let mut found = Vec::new();
    for seed in seeds {
        let (text, broken) = (seed.text(), seed.broken());
        let mut count = |text: &str| findings(index, &mut parser, seed, text).unwrap_or_default();
        found.push(count(&broken) > count(&text));
    }
    index.settle(directory);
    found
}

/// How often a seed's rule speaks about its file when it holds this text.
fn findings(index: &PackageIndex, parser: &mut Parser, seed: &Seed, text: &str) -> Option<usize> {
    let rule = deferlint_rules::rule(seed.rule)?;
    let directory = seed.path.parent()?;
    let file = read(parser, &seed.path, text)?;
    index.set_open(&seed.path, Some(Arc::clone(&file.facts)));
    let package = index.package_of(&seed.path, &file.facts);
    let visible = index.seen_from(directory);
    let go_version = index.go_version_of(directory);
    let mut findings = Vec::new();
    for (_, body) in &file.bodies {
        let context = Context::new(body, &file.facts, &package, &visible, go_version);
        deferlint_rules::run(rule, &context, &mut findings);
    }
    index.set_open(&seed.path, None);
    Some(findings.len())
}

fn read(parser: &mut Parser, path: &Path, text: &str) -> Option<Read> {
    let document = Document::new(text).ok()?;
    let tree = parser.parse(text);
    let nodes = declarations(&tree).filter(|node| node.kind() != Kind::ImportDeclaration);
    let bodies: Vec<_> = nodes
        .map(|node| {
            let range = node.byte_range();
            (range.start(), lower(node, &text[range.to_usize_range()]))
        })
        .collect();
    let facts: Vec<_> = bodies.iter().map(|(_, body)| declaration_facts(body)).collect();
    let facts = assemble(&Header::of(&tree, &document), facts.iter());
    Some(Read {
        path: path.to_owned(),
        facts: Arc::new(facts),
        bodies,
    })
}
