//! Asks about marked expressions of small Go files, and compares the answers.

mod calls;
mod generics;
mod guarded;
mod holding;
mod limits;
mod members;
mod names;
mod printing;
mod questions;
mod types;

use std::sync::Arc;

use deferlint_syntax::{Kind, Parser, declarations};
use deferlint_text::Document;
use rustc_hash::FxHashMap;

use super::{Callee, Context, GoVersion};
use crate::Name;
use crate::body::{Body, ExpressionId, ExpressionKind};
use crate::extract::{assemble, declaration_facts};
use crate::facts::{FileFacts, PackageFacts, Packages};
use crate::header::Header;
use crate::lower::lower;

/// The packages that a snippet may import; a path is missing where nothing shall be known.
#[derive(Default)]
struct Known(FxHashMap<Name, Arc<PackageFacts>>);

impl Packages for Known {
    fn package(&self, path: &str) -> Option<Arc<PackageFacts>> {
        self.0.get(path).cloned()
    }
}

/// A Go file of the package `example.com/shop`, alone or with others, and the packages that it imports.
struct Snippet {
    bodies: Vec<(u32, Body)>,
    file: Arc<FileFacts>,
    package: PackageFacts,
    packages: Known,
    text: String,
}

impl Snippet {
    /// The first file of `files` is asked about; `imported` are other packages: their paths and their text.
    fn new(files: &[&str], imported: &[(&str, &str)]) -> Self {
        let with_clause = |text: &str, package: &str| {
            if text.contains("package ") {
                text.to_owned()
            } else {
                format!("package {package}\n\n{text}\n")
            }
        };
        let text = with_clause(files[0], "shop");
        let (file, bodies) = parsed(&text);
        let others = files[1..]
            .iter()
            .map(|other| parsed(&with_clause(other, "shop")).0);
        let all = std::iter::once(file.clone()).chain(others).collect();
        let mut packages = Known::default();
        for (path, text) in imported {
            let name = path.rsplit('/').next().unwrap_or(path);
            let facts = PackageFacts::new(*path, vec![parsed(&with_clause(text, name)).0]);
            packages.0.insert(Name::new(path), Arc::new(facts));
        }
        Self {
            bodies,
            file,
            package: PackageFacts::new("example.com/shop", all),
            packages,
            text,
        }
    }

    /// Calls `ask` with every expression that is marked: it ends right before a comment `/*name: answer*/`, and is the
    /// longest one that does.
    fn ask(&self, marker: &str, ask: impl Fn(&Context<'_>, ExpressionId) -> String) {
        let start = format!("/*{marker}: ");
        let mut asked = 0;
        for (offset, _) in self.text.match_indices(&start) {
            let answer = &self.text[offset + start.len()..];
            let expected = &answer[..answer.find("*/").expect("a marker ends")];
            let (declaration, body) = self
                .bodies
                .iter()
                .rfind(|(start, _)| (*start as usize) < offset)
                .expect("a marker stands in a declaration");
            let end = self.text[..offset].trim_end().len() as u32 - declaration;
            let marked = body.expression_ids().filter(|id| body[*id].span.end == end);
            let marked = marked.min_by_key(|id| body[*id].span.start).unwrap_or_else(|| {
                panic!("no expression ends before {}", &self.text[offset..]);
            });
            let context = Context::new(
                body,
                &self.file,
                &self.package,
                &self.packages,
                GoVersion::default(),
            );
            let what = body.text_of(body[marked].span);
            assert_eq!(ask(&context, marked), expected, "{what}");
            asked += 1;
        }
        assert!(asked > 0, "nothing is marked with {marker}");
    }
}

fn parsed(text: &str) -> (Arc<FileFacts>, Vec<(u32, Body)>) {
    let document = Document::new(text).expect("small");
    let tree = Parser::new().parse(&document);
    let header = Header::of(&tree, &document);
    let bodies: Vec<_> = declarations(&tree)
        .filter(|node| node.kind() != Kind::ImportDeclaration)
        .map(|node| {
            let range = node.byte_range();
            let body = lower(node, &document.slice(range));
            (range.start(), body)
        })
        .collect();
    let facts: Vec<_> = bodies.iter().map(|(_, body)| declaration_facts(body)).collect();
    (Arc::new(assemble(&header, facts.iter())), bodies)
}

/// Compares the types of the expressions marked with `/*type: ...*/`.
#[track_caller]
fn check(text: &str) {
    check_with(&[text], &[]);
}

/// [`check`] in a package of several files, with imported packages.
#[track_caller]
fn check_with(files: &[&str], imported: &[(&str, &str)]) {
    Snippet::new(files, imported).ask("type", |context, marked| {
        context.describe(&context.type_of(marked))
    });
}

/// Compares who is called by the calls marked with `/*callee: ...*/`.
#[track_caller]
fn check_callee(text: &str, imported: &[(&str, &str)]) {
    Snippet::new(&[text], imported).ask("callee", |context, call| match context.callee(call) {
        Callee::Builtin(builtin) => format!("builtin {builtin:?}"),
        Callee::Conversion(type_) => format!("conversion {}", context.describe(&type_)),
        Callee::Literal(_) => "literal".to_owned(),
        Callee::Variable(variable) => match context.single_literal(variable) {
            Some(_) => "variable with one literal".to_owned(),
            None => "variable".to_owned(),
        },
        Callee::Function { package, name } => format!("function {package}.{name}"),
        Callee::Method(method) => format!("method {}.{}.{}", method.package, method.type_name, method.name),
        Callee::MethodExpression(method) => format!("method expression {}.{}", method.type_name, method.name),
        Callee::InterfaceMethod(name) => format!("interface method {name}"),
        Callee::Unknown => "unknown".to_owned(),
    });
}

/// Every expression of every declaration is asked about, the last one first; the type of the last use of the name is the
/// answer.
fn type_of_last(text: &str, last: &str) -> String {
    let snippet = Snippet::new(&[text], &[]);
    let mut answer = String::new();
    for (_, body) in &snippet.bodies {
        let context = Context::new(
            body,
            &snippet.file,
            &snippet.package,
            &snippet.packages,
            GoVersion::default(),
        );
        let ids: Vec<_> = body.expression_ids().collect();
        for id in ids.into_iter().rev() {
            let type_ = context.type_of(id);
            if matches!(&body[id].kind, ExpressionKind::Name { name, .. } if name == last)
                && answer.is_empty()
            {
                answer = context.describe(&type_);
            }
        }
    }
    answer
}
