//! A package made of sources, and questions about one of its functions.

use std::sync::Arc;

use deferlint_semantics::body::{Body, ExpressionId, ExpressionKind, Parent, StatementKind};
use deferlint_semantics::context::{Context, GoVersion};
use deferlint_semantics::extract::{assemble, declaration_facts};
use deferlint_semantics::facts::{FileFacts, PackageFacts, Packages};
use deferlint_semantics::header::Header;
use deferlint_semantics::lower::lower;
use deferlint_syntax::{Kind, Parser, declarations};
use deferlint_text::Document;

/// The path of the package that every test's source belongs to.
const PATH: &str = "example.com/p";

/// The packages that sources can import.
struct Imported(Vec<Arc<PackageFacts>>);

impl Packages for Imported {
    fn package(&self, path: &str) -> Option<Arc<PackageFacts>> {
        self.0.iter().find(|package| package.path == path).cloned()
    }
}

fn lowered(source: &str) -> (FileFacts, Vec<Body>) {
    let document = Document::new(source).expect("a small source");
    let tree = Parser::new().parse(&document);
    assert!(!tree.has_error(), "the source parses:\n{source}");
    let header = Header::of(&tree, &document);
    let nodes = declarations(&tree).filter(|node| node.kind() != Kind::ImportDeclaration);
    let bodies: Vec<_> = nodes
        .map(|node| lower(node, &document.slice(node.byte_range())))
        .collect();
    let facts: Vec<_> = bodies.iter().map(declaration_facts).collect();
    (assemble(&header, facts.iter()), bodies)
}

/// Reads a package and asks about the function of that name, or about the first declaration for an empty name.
/// `imported` are the paths and sources of other packages.
pub(crate) fn ask<T>(
    source: &str,
    imported: &[(&str, &str)],
    function: &str,
    question: impl FnOnce(&Context<'_>) -> T,
) -> T {
    let (facts, bodies) = lowered(&format!("package p\n{source}"));
    let packages = imported
        .iter()
        .map(|(path, source)| Arc::new(PackageFacts::new(*path, vec![Arc::new(lowered(source).0)])));
    let packages = Imported(packages.collect());
    let facts = Arc::new(facts);
    let package = PackageFacts::new(PATH, vec![Arc::clone(&facts)]);
    let body = bodies
        .iter()
        .find(|body| function.is_empty() || body[Body::DECLARED].name.as_deref() == Some(function))
        .expect("the source declares the function");
    question(&Context::new(
        body,
        &facts,
        &package,
        &packages,
        GoVersion::new(1, 24),
    ))
}

/// The call that is the first statement of the declared function, deferred or not.
pub(crate) fn first_call(body: &Body) -> ExpressionId {
    let calls = body.expression_ids().filter(|id| {
        let alone = matches!(body[*id].parent, Parent::Statement(statement)
            if matches!(body[statement].kind, StatementKind::Expression(_) | StatementKind::Defer(_)));
        alone && matches!(body[*id].kind, ExpressionKind::Call { .. }) && body[*id].function == Body::DECLARED
    });
    calls
        .into_iter()
        .min_by_key(|id| body[*id].span.start)
        .expect("a call that stands alone")
}
