//! Asks the inference about the places of a source tree.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use deferlint_semantics::body::{Body, ExpressionId};
use deferlint_semantics::context::Context;
use deferlint_semantics::extract::{assemble, declaration_facts};
use deferlint_semantics::facts::FileFacts;
use deferlint_semantics::header::Header;
use deferlint_semantics::lower::lower;
use deferlint_syntax::{Kind, Parser, declarations};
use deferlint_text::Document;
use deferlint_workspace::{BuildTarget, DirectoryFacts, GoEnvironment, PackageIndex, is_go_file};
use rayon::prelude::*;

use super::answers::{compare_callee, compare_class};
use super::places::{Directory, File, Place, PlaceKind};
use super::tally::{Question, Tally};

/// The packages of the tree, as the language server sees them: read when something asks for them.
pub(super) struct Comparison {
    index: PackageIndex,
}

/// A file with its declarations and where each of them starts.
struct ParsedFile {
    text: String,
    bodies: Vec<(u32, Body)>,
    facts: Arc<FileFacts>,
}

impl Comparison {
    /// The build is the one that the Go program speaks of.
    pub(super) fn new() -> Self {
        let target = BuildTarget {
            cgo: false,
            ..BuildTarget::default()
        };
        Self {
            index: PackageIndex::new(GoEnvironment::bare(target)),
        }
    }

    /// Compares all directories.
    pub(super) fn all(&self, directories: &[Directory<'_>]) -> Result<Tally> {
        let tallies: Result<Vec<_>> = directories
            .par_iter()
            .map(|directory| self.directory(directory))
            .collect();
        Ok(tallies?.into_iter().fold(Tally::default(), Tally::and))
    }

    fn directory(&self, directory: &Directory<'_>) -> Result<Tally> {
        let path = Path::new(directory.path);
        let files = read(path)?;
        let facts = files
            .iter()
            .map(|(path, file)| (path.clone(), Arc::clone(&file.facts)));
        self.index.put(path, DirectoryFacts(facts.collect()));
        let mut tally = Tally::default();
        for file in &directory.files {
            let path = path.join(file.name);
            let parsed = files
                .get(&path)
                .with_context(|| format!("{} isn't there", path.display()))?;
            self.file(&path, parsed, file, &mut tally);
        }
        self.index.settle(path);
        Ok(tally)
    }

    fn file(&self, path: &Path, parsed: &ParsedFile, file: &File<'_>, tally: &mut Tally) {
        let directory = path.parent().unwrap_or(path);
        let package = self.index.package_of(path, &parsed.facts);
        let visible = self.index.seen_from(directory);
        let version = self.index.go_version_of(directory);
        let mut places = file.places.iter().peekable();
        for (start, body) in &parsed.bodies {
            let context = Context::new(body, &parsed.facts, &package, &visible, version);
            let by_span: HashMap<_, _> = body
                .expression_ids()
                .map(|id| ((body[id].span.start, body[id].span.end), id))
                .collect();
            let end = start + body.text.len() as u32;
            while let Some(place) = places.next_if(|place| place.start < end) {
                let span = (place.start.wrapping_sub(*start), place.end.wrapping_sub(*start));
                let asked = Asked {
                    path,
                    text: &parsed.text,
                    context: &context,
                    place,
                };
                asked.compare(by_span.get(&span).copied(), tally);
            }
        }
    }
}

/// One place, and what it is asked with.
struct Asked<'a> {
    path: &'a Path,
    text: &'a str,
    context: &'a Context<'a>,
    place: &'a Place<'a>,
}

impl Asked<'_> {
    fn compare(&self, expression: Option<ExpressionId>, tally: &mut Tally) {
        let class = self.place.class;
        let Some(expression) = expression else {
            let where_ = self.describe("an expression", "none");
            tally.contradictions.push(where_);
            return;
        };
        let (question, said) = match self.place.kind {
            PlaceKind::Returned => {
                let (verdict, answer) = compare_class(self.context, expression, class);
                tally.add(Question::ReturnedClass, class, &verdict, || {
                    self.describe(class, answer)
                });
                return;
            }
            PlaceKind::Called(said) => (Question::Callee, said),
            PlaceKind::Deferred(said) => (Question::DeferredCallee, said),
        };
        let (verdict, answer) = compare_callee(self.context, expression, said);
        let kind = said.split('\t').next().unwrap_or(said);
        tally.add(question, kind, &verdict, || {
            self.describe(&said.replace('\t', " "), &answer.replace('\t', " "))
        });
        // A predeclared function has no type that a value could have.
        if let Some((function, _)) = self
            .context
            .body
            .call_of(expression)
            .filter(|_| class != "builtin")
        {
            let (verdict, answer) = compare_class(self.context, function, class);
            tally.add(Question::OperandClass, class, &verdict, || {
                self.describe(class, answer)
            });
        }
    }

    /// Where the place is, what Go says, and what the inference says.
    fn describe(&self, said: &str, answer: &str) -> String {
        let (start, end) = (self.place.start as usize, self.place.end as usize);
        let line = self.text[..start].matches('\n').count() + 1;
        let expression = self.text[start..end].lines().next().unwrap_or_default();
        let path = self.path.display();
        format!("{path}:{line}: {expression}: Go says {said}, the inference {answer}")
    }
}

/// Reads the Go files of a directory.
fn read(directory: &Path) -> Result<BTreeMap<PathBuf, ParsedFile>> {
    let mut parser = Parser::new();
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(directory).with_context(|| directory.display().to_string())? {
        let path = entry?.path();
        if is_go_file(&path) {
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let file = parse(&mut parser, text).with_context(|| path.display().to_string())?;
            files.insert(path, file);
        }
    }
    Ok(files)
}

fn parse(parser: &mut Parser, text: String) -> Result<ParsedFile> {
    let document = Document::new(&text)?;
    let tree = parser.parse(&document);
    let bodies: Vec<_> = declarations(&tree)
        .filter(|node| node.kind() != Kind::ImportDeclaration)
        .map(|node| {
            let range = node.byte_range();
            (range.start(), lower(node, &document.slice(range)))
        })
        .collect();
    let facts: Vec<_> = bodies.iter().map(|(_, body)| declaration_facts(body)).collect();
    let facts = Arc::new(assemble(&Header::of(&tree, &document), facts.iter()));
    Ok(ParsedFile { text, bodies, facts })
}
