//! Nodes, cursors, declarations and errors.

use deferlint_syntax::{Field, Kind, Node, Parser, declarations, errors, first_error_in};

/// The declarations of `text`: kind, first line, and whether they hold an error.
fn check_declarations(text: &str, expected: &[(Kind, &str, bool)]) {
    let tree = Parser::new().parse(text);
    let found: Vec<_> = declarations(&tree)
        .map(|node| {
            let first_line = text[node.byte_range().to_usize_range()]
                .lines()
                .next()
                .unwrap_or_default();
            (node.kind(), first_line, node.has_error())
        })
        .collect();
    assert_eq!(found, expected, "{text:?}");
}

#[test]
fn declarations_of_a_file_in_order() {
    check_declarations(
        "package p\nimport \"fmt\"\nconst a = 1\nvar b int\ntype T struct{}\nfunc f() { var local int; _ = local }\nfunc (T) m() {}\n",
        &[
            (Kind::ImportDeclaration, "import \"fmt\"", false),
            (Kind::ConstDeclaration, "const a = 1", false),
            (Kind::VarDeclaration, "var b int", false),
            (Kind::TypeDeclaration, "type T struct{}", false),
            (
                Kind::FunctionDeclaration,
                "func f() { var local int; _ = local }",
                false,
            ),
            (Kind::MethodDeclaration, "func (T) m() {}", false),
        ],
    );
    check_declarations("", &[]);
    check_declarations("package p", &[]);
}

#[test]
fn declarations_of_a_fragment() {
    check_declarations(
        "import \"fmt\"\nfunc f() {}\nx := 1\nvar y = x\n",
        &[
            (Kind::ImportDeclaration, "import \"fmt\"", false),
            (Kind::FunctionDeclaration, "func f() {}", false),
            (Kind::VarDeclaration, "var y = x", false),
        ],
    );
}

#[test]
fn an_error_stays_with_its_declaration() {
    check_declarations(
        "package p\nfunc f() { x := }\nfunc g() {}\n",
        &[
            (Kind::FunctionDeclaration, "func f() { x := }", true),
            (Kind::FunctionDeclaration, "func g() {}", false),
        ],
    );
}

#[test]
fn declarations_beside_text_that_fits_nowhere() {
    check_declarations(
        "package p\n)))\nfunc g() {}\n",
        &[(Kind::FunctionDeclaration, "func g() {}", false)],
    );
    check_declarations(
        "package p\nfunc g() {}\nfunc f( {\n\tvar x = 1\n",
        &[(Kind::FunctionDeclaration, "func g() {}", false)],
    );
}

#[test]
fn a_variable_of_a_broken_function_is_not_a_declaration_of_the_file() {
    let after = [
        (Kind::FunctionDeclaration, "func g() {}", false),
        (Kind::VarDeclaration, "var global int", false),
    ];
    check_declarations(
        "package p\nfunc {\n\tvar local int\nfunc g() {}\nvar global int\n",
        &after,
    );
    check_declarations(
        "package p\nfunc {\n\tvar local int\n}\nvar global int\n",
        &after[1..],
    );
}

fn check_errors(text: &str, expected: &[&str]) {
    let tree = Parser::new().parse(text);
    let found: Vec<_> = errors(&tree)
        .into_iter()
        .map(|range| &text[range.to_usize_range()])
        .collect();
    assert_eq!(found, expected, "{text:?}");
    let first = first_error_in(tree.root()).map(Node::byte_range);
    assert_eq!(first, errors(&tree).first().copied());
}

#[test]
fn errors_are_found_with_their_text() {
    check_errors("package p\nfunc f() {}\n", &[]);
    check_errors("package p\nvar x = (1\n", &[""]);
    check_errors("package p\n)))\nfunc g() {}\n", &[")))"]);
}

#[test]
fn children_come_by_field_and_in_order() {
    let text = "package p\nfunc f(a, b int, c ...string) (err error) { return }\n";
    let tree = Parser::new().parse(text);
    let function = declarations(&tree).next().expect("a function");
    assert_eq!(function.kind(), Kind::FunctionDeclaration);
    let source = |node: Node<'_>| &text[node.byte_range().to_usize_range()];
    assert_eq!(function.child(Field::Name).map(source), Some("f"));
    assert_eq!(function.child(Field::Receiver), None);
    let parameters = function.child(Field::Parameters).expect("parameters");
    let all: Vec<_> = parameters.children().map(Node::kind).collect();
    let declaration = Kind::ParameterDeclaration;
    assert_eq!(
        all,
        [
            Kind::LeftParenthesis,
            declaration,
            Kind::Comma,
            declaration,
            Kind::RightParenthesis
        ]
    );
    let named: Vec<_> = parameters.named_children().map(source).collect();
    assert_eq!(named, ["a, b int", "c ...string"]);
    let first = parameters
        .named_children()
        .next()
        .expect("a parameter declaration");
    let identifiers: Vec<_> = first.children_by_field(Field::Name).map(source).collect();
    assert_eq!(identifiers, ["a", "b"]);
    assert_eq!(first.parent(), Some(parameters));
    assert_eq!(first.next_sibling().map(Node::kind), Some(Kind::Comma));
    assert_eq!(first.prev_sibling().map(Node::kind), Some(Kind::LeftParenthesis));
}

#[test]
fn a_cursor_knows_fields_and_finds_bytes() {
    let text = "package p\nfunc f() {}\nfunc g() { h() }\n";
    let tree = Parser::new().parse(text);
    let mut cursor = tree.root().cursor();
    assert_eq!(cursor.field(), None);
    assert!(!cursor.goto_next_sibling() && !cursor.goto_parent());
    let call = text.find("h()").expect("a call") as u32;
    while cursor.kind() != Kind::CallExpression {
        assert!(cursor.goto_first_child_for_byte(call), "{:?}", cursor.node());
    }
    assert!(cursor.goto_first_child());
    assert_eq!(
        (cursor.kind(), cursor.field()),
        (Kind::Identifier, Some(Field::Function))
    );
    assert!(cursor.goto_next_sibling());
    assert_eq!(
        (cursor.kind(), cursor.field()),
        (Kind::Arguments, Some(Field::Arguments))
    );
    assert!(cursor.goto_parent());
    assert_eq!(cursor.kind(), Kind::CallExpression);
    let function = declarations(&tree).next().expect("a function");
    cursor.reset(function);
    assert_eq!(cursor.node(), function);
    assert!(!cursor.goto_next_outside());
}

#[test]
fn a_default_clause_is_a_clause_with_its_keyword() {
    let tree = Parser::new().parse("switch x {\ndefault:\n\tf()\n}\n");
    let mut cursor = tree.root().cursor();
    while cursor.kind() != Kind::ExpressionCaseClause {
        assert!(cursor.goto_next());
    }
    assert_eq!(
        cursor.node().children().next().map(Node::kind),
        Some(Kind::DefaultKeyword)
    );
}
