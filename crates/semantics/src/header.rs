//! The package clause and the imports of a file, with their places.

mod build_constraint;

pub use build_constraint::build_constraint;

use std::borrow::Cow;

use deferlint_syntax::{Field, Kind, Node, Tree, declarations};
use deferlint_text::{ByteRange, Document};

use crate::Name;
use crate::facts::Import;

/// What stands at the head of a file. All ranges count from the file's first byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The package clause.
    pub package_clause: Option<ByteRange>,
    /// The package's name; empty when there is none.
    pub package: Name,
    /// The imports, in the order of the text.
    pub imports: Vec<ImportSite>,
    /// True when a line before the package clause says that the file is generated (`go help generate`).
    pub generated: bool,
    /// The build constraint, as the expression of a `//go:build` line.
    pub build_constraint: Option<Name>,
}

/// One import and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSite {
    /// The name before the path: an alias, `_` or `.`.
    pub name: Option<Name>,
    /// The path.
    pub path: Name,
    /// The name and the path.
    pub range: ByteRange,
    /// The whole declaration, from `import` on.
    pub declaration: ByteRange,
    /// True when the declaration has parentheses.
    pub grouped: bool,
}

impl Header {
    /// The head of a file.
    pub fn of(tree: &Tree, document: &Document) -> Self {
        Self::in_text(tree, |range| document.slice(range))
    }

    /// The head of the file whose text `slice` cuts pieces from.
    pub fn in_text<'a>(tree: &Tree, slice: impl Fn(ByteRange) -> Cow<'a, str>) -> Self {
        let text = |node: Node<'_>| Name::new(slice(node.byte_range()));
        let mut header = Self::default();
        let clause = tree
            .root()
            .named_children()
            .take_while(|node| !node.kind().is_declaration());
        if let Some(clause) = clause.into_iter().find(|node| node.kind() == Kind::PackageClause) {
            header.package_clause = Some(clause.byte_range());
            header.read_comments(&slice(ByteRange::new(0, clause.byte_range().start())));
            let name = clause.child(Field::Name);
            header.package = name.map(text).unwrap_or_default();
        }
        for declaration in declarations(tree).take_while(|node| node.kind() == Kind::ImportDeclaration) {
            let grouped = declaration
                .children()
                .any(|child| child.kind() == Kind::LeftParenthesis);
            for spec in declaration
                .named_children()
                .filter(|child| child.kind() == Kind::ImportSpec)
            {
                let Some(path) = spec.child(Field::Path) else {
                    continue;
                };
                header.imports.push(ImportSite {
                    name: spec.child(Field::Name).map(text),
                    path: Name::new(text(path).trim_matches(['"', '`'])),
                    range: spec.byte_range(),
                    declaration: declaration.byte_range(),
                    grouped,
                });
            }
        }
        header
    }
}

impl Header {
    /// Reads what the comments above the package clause say.
    pub fn read_comments(&mut self, above: &str) {
        self.generated = is_generated(above);
        self.build_constraint = build_constraint(above);
    }

    /// The imports as facts have them.
    pub fn imports(&self) -> Vec<Import> {
        let imports = self.imports.iter().map(|site| Import {
            name: site.name.clone(),
            path: site.path.clone(),
        });
        imports.collect()
    }
}

/// Generated files carry a line `// Code generated ... DO NOT EDIT.` before the package clause.
fn is_generated(head: &str) -> bool {
    head.lines().any(|line| {
        line.strip_prefix("// Code generated ")
            .is_some_and(|rest| rest.ends_with(" DO NOT EDIT."))
    })
}
