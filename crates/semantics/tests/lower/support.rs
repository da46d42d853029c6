//! Lowers sources, and checks what holds for every body.

use deferlint_semantics::body::{Body, ExpressionKind, Parent, Span, StatementKind};
use deferlint_semantics::lower::lower;
use deferlint_syntax::{Kind, Node, Parser, declarations};
use expect_test::Expect;

use crate::dump::Dump;

/// The last declaration of a file with this text after the package clause, which has no syntax error.
pub(crate) fn lowered(source: &str) -> Body {
    let text = format!("package p\n{source}");
    let tree = Parser::new().parse(text.as_str());
    assert!(!tree.has_error(), "the source parses:\n{source}");
    let node = declarations(&tree).last().expect("a declaration");
    let range = node.byte_range();
    let own_text = &text[range.start() as usize..range.end() as usize];
    let body = lower(node, own_text);
    assert_complete(&body, node, own_text);
    assert_consistent(&body);
    body
}

/// Checks how the last declaration of a source is lowered.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "reads well at the call")]
pub(crate) fn check(source: &str, expected: Expect) {
    expected.assert_eq(&Dump(&lowered(source)).to_string());
}

/// Checks how the statements of a function are lowered.
#[track_caller]
pub(crate) fn check_statements(statements: &str, expected: Expect) {
    check(&format!("func f() {{\n{statements}\n}}"), expected);
}

/// Nothing of a declaration without a syntax error is lost.
fn assert_complete(body: &Body, node: Node<'_>, text: &str) {
    assert!(!body.has_error, "no error:\n{text}");
    let lost = body
        .expressions
        .iter()
        .filter(|expression| matches!(expression.kind, ExpressionKind::Missing))
        .map(|expression| expression.span)
        .chain(
            body.statements
                .iter()
                .filter(|statement| matches!(statement.kind, StatementKind::Missing))
                .map(|statement| statement.span),
        );
    let lost: Vec<_> = lost.map(|span| body.text_of(span)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    let start = node.byte_range().start();
    let mut comments = Vec::new();
    let mut pending = vec![node];
    while let Some(node) = pending.pop() {
        let range = node.byte_range();
        let span = Span::new(range.start() - start, range.end() - start);
        match node.kind() {
            Kind::Comment => comments.push(span),
            Kind::Identifier
            | Kind::TypeIdentifier
            | Kind::FieldIdentifier
            | Kind::PackageIdentifier
            | Kind::Label => {
                let name = body.text_of(span);
                assert!(
                    body.identifiers.contains(name),
                    "{name} is an identifier of\n{text}"
                );
            }
            _ => {}
        }
        pending.extend(node.children());
    }
    comments.sort_unstable();
    assert_eq!(body.comments, comments, "the comments of\n{text}");
}

/// What holds for every body, also for one with syntax errors.
pub(crate) fn assert_consistent(body: &Body) {
    let whole = Span::new(0, body.text.len() as u32);
    for id in body.expression_ids() {
        let expression = &body[id];
        assert!(
            whole.contains(expression.span),
            "an expression lies in its declaration"
        );
        match expression.parent {
            Parent::Expression(outer) => {
                assert!(id < outer, "an operand comes before the expression around it");
                assert_eq!(
                    expression.function, body[outer].function,
                    "operands are in one function"
                );
                assert!(
                    body[outer].span.contains(expression.span),
                    "an operand lies in its expression"
                );
            }
            Parent::Statement(statement) => {
                assert_eq!(
                    expression.function, body[statement].function,
                    "a statement is in one function"
                );
                assert!(
                    body[statement].span.contains(expression.span),
                    "a statement holds its expressions"
                );
            }
            Parent::None => {}
        }
    }
    for id in body.statement_ids() {
        let statement = &body[id];
        assert!(
            body[statement.function].statements.contains(&id),
            "a function knows its statements"
        );
        if let Some(outer) = statement.parent {
            assert_eq!(
                statement.function, body[outer].function,
                "a statement is in one function"
            );
            assert!(
                body[outer].span.contains(statement.span),
                "a statement lies in the one around it"
            );
        }
    }
    for id in body.function_ids() {
        let starts: Vec<_> = body[id]
            .statements
            .iter()
            .map(|id| body[*id].span.start)
            .collect();
        assert!(starts.is_sorted(), "statements are in the order of the text");
        if let Some(parent) = body[id].parent {
            let literal = body[id].literal.expect("an inner function is a literal");
            assert!(parent < id, "outer functions come first");
            assert_eq!(
                body[literal].function, parent,
                "a literal belongs to the function around it"
            );
            assert_eq!(body.literal_of(literal), Some(id), "a literal knows its function");
        }
    }
    assert_bindings_consistent(body);
}

fn assert_bindings_consistent(body: &Body) {
    for id in body.binding_ids() {
        let binding = &body[id];
        assert_eq!(
            body.text_of(binding.span),
            binding.name,
            "a binding stands where its name stands"
        );
        assert!(
            body[binding.scope].bindings.contains(&id),
            "a scope knows its bindings"
        );
        assert_eq!(
            body[binding.scope].function, binding.function,
            "a scope is of one function"
        );
        let starts: Vec<_> = binding
            .uses
            .iter()
            .map(|use_| body[use_.expression].span.start)
            .collect();
        assert!(starts.is_sorted(), "uses are in the order of the text");
        for use_ in &binding.uses {
            let expression = &body[use_.expression];
            assert_eq!(
                body.text_of(expression.span),
                binding.name,
                "a use stands where the name stands"
            );
            assert_eq!(
                expression.function, use_.function,
                "a use is in its expression's function"
            );
            assert_eq!(
                body.binding_of(use_.expression),
                Some(id),
                "a use names its binding"
            );
            assert!(
                body.is_within(use_.function, binding.function),
                "a use lies inside the function"
            );
        }
    }
}
