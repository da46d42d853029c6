//! What is typed, and into which files.

use std::iter::once;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use deferlint_syntax::{Field, Kind, Node, Parser, declarations};
use deferlint_text::{ByteRange, Change, Document, PositionEncoding};
use serde_json::{Value, json};

/// The real files that are edited, of about 3.6, 26 and 140 kB.
const FILES: [&str; 3] = [
    "cmd/compile/internal/noder/helpers.go",
    "cmd/go/internal/modfetch/cache.go",
    LARGE_FILE,
];

/// The file of about 140 kB.
const LARGE_FILE: &str = "net/http/server.go";

/// A length that the declarations of a package are put together to, in bytes.
const HUGE: usize = 1_000_000;

/// A trap whose finding moves with every line that is added above it.
const TRAP: &str =
    "\nfunc keystrokeTrap(done func()) map[string]int {\n\tdefer done()\n\treturn map[string]int{}\n}\n";

/// How many places of each kind are edited.
const PLACES: usize = 10;

/// A Go file that is edited; nothing is written.
pub(super) struct SourceText {
    /// Where it stands, or would stand.
    pub(super) path: PathBuf,
    /// The text, with a trap added.
    pub(super) text: String,
}

impl SourceText {
    /// How it is called in a row.
    pub(super) fn title(&self) -> String {
        let bytes = self.text.len();
        format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
    }

    /// True for the text that no single file has.
    pub(super) fn is_huge(&self) -> bool {
        self.text.len() > HUGE
    }
}

/// The files that are edited, from the smallest to the largest. The last one holds the declarations of a whole package.
pub(super) fn files(tree: &Path) -> Result<Vec<SourceText>> {
    let single = FILES.iter().map(|name| file(&tree.join(name)));
    single.chain(once(huge(tree))).collect()
}

/// The file of about 140 kB.
pub(super) fn large(tree: &Path) -> Result<SourceText> {
    file(&tree.join(LARGE_FILE))
}

fn file(path: &Path) -> Result<SourceText> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    Ok(SourceText {
        path: path.to_owned(),
        text: text + TRAP,
    })
}

/// The large file with the declarations of the others of its directory behind it.
fn huge(tree: &Path) -> Result<SourceText> {
    let first = tree.join(LARGE_FILE);
    let directory = first.parent().context("a directory")?;
    let mut others: Vec<_> = std::fs::read_dir(directory)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| *path != first && path.extension().is_some_and(|extension| extension == "go"))
        .collect();
    others.sort();
    let mut text = std::fs::read_to_string(&first)?;
    for other in others {
        if text.len() > HUGE {
            break;
        }
        text += declared(&std::fs::read_to_string(&other)?);
    }
    ensure!(text.len() > HUGE, "{} is too small", directory.display());
    Ok(SourceText {
        path: directory.join("all.go"),
        text: text + TRAP,
    })
}

/// What stands in a file behind its package clause and its imports.
fn declared(text: &str) -> &str {
    let tree = Parser::new().parse(text);
    let imports = declarations(&tree).take_while(|node| node.kind() == Kind::ImportDeclaration);
    let clause = tree
        .root()
        .named_children()
        .filter(|node| node.kind() == Kind::PackageClause);
    let head = clause.chain(imports).map(|node| node.byte_range().end()).max();
    &text[head.unwrap_or(0) as usize..]
}

/// Characters that are typed one at a time and taken away again. Each change belongs to the text as the ones before it
/// left it, and after an even number of them it is the text from the beginning.
pub(super) struct Keystrokes(Vec<Change>);

impl Keystrokes {
    /// A character in the body of a function, in a comment, in an identifier and at the top of the file, in several
    /// places of each kind. None of them breaks the syntax.
    pub(super) fn of_all_kinds(text: &str) -> Result<Self> {
        let places = Places::of(text)?;
        let mut typed = Vec::new();
        for index in 0..PLACES {
            let pick = |offsets: &[u32]| offsets[(offsets.len() - 1) * index / (PLACES - 1)];
            typed.extend([
                (pick(&places.statements), "\n"),
                (pick(&places.comments), "x"),
                (pick(&places.identifiers), "x"),
                (0, "\n"),
            ]);
        }
        Self::new(text, &typed)
    }

    /// The ends of lines, at the top of the file and between statements: all that stands below moves.
    pub(super) fn line_ends(text: &str) -> Result<Self> {
        let places = Places::of(text)?.statements;
        let between = (0..PLACES).map(|index| places[(places.len() - 1) * index / (PLACES - 1)]);
        let typed: Vec<_> = between.flat_map(|offset| [(offset, "\n"), (0, "\n")]).collect();
        Self::new(text, &typed)
    }

    fn new(text: &str, typed: &[(u32, &str)]) -> Result<Self> {
        let mut document = Document::new(text)?;
        let mut changes = Vec::new();
        for (offset, character) in typed {
            let width = character.len() as u32;
            for (length, text) in [(0, *character), (width, "")] {
                let range = ByteRange::new(*offset, offset + length);
                let change = Change {
                    range: Some(document.position_range(range, PositionEncoding::Utf16)),
                    text: text.to_owned(),
                };
                document.apply(std::slice::from_ref(&change), PositionEncoding::Utf16)?;
                changes.push(change);
            }
            let tree = Parser::new().parse(&document);
            ensure!(!tree.has_error(), "the text holds a syntax error");
        }
        Ok(Self(changes))
    }

    /// How many there are before they begin again.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The keystroke of a turn; they begin again after the last one.
    pub(super) fn at(&self, turn: usize) -> &Change {
        &self.0[turn % self.0.len()]
    }
}

/// A change as a client sends it (LSP 3.17, `DidChangeTextDocumentParams`).
pub(super) fn did_change(uri: &str, version: i32, change: &Change) -> Value {
    let position =
        |position: deferlint_text::Position| json!({"line": position.line, "character": position.column});
    let range = change
        .range
        .map(|range| json!({"start": position(range.start), "end": position(range.end)}));
    json!({
        "textDocument": {"uri": uri, "version": version},
        "contentChanges": [{"range": range, "text": change.text}],
    })
}

/// Where something can be typed that breaks nothing.
#[derive(Default)]
struct Places {
    /// Where statements begin.
    statements: Vec<u32>,
    /// Where comments end.
    comments: Vec<u32>,
    /// Where identifiers end that stand in bodies.
    identifiers: Vec<u32>,
}

impl Places {
    fn of(text: &str) -> Result<Self> {
        let tree = Parser::new().parse(text);
        let mut places = Self::default();
        for body in declarations(&tree).filter_map(|declaration| declaration.child(Field::Body)) {
            places.visit(body, text);
        }
        let found = [&places.statements, &places.comments, &places.identifiers];
        ensure!(
            found.iter().all(|places| !places.is_empty()),
            "too small a file to type in"
        );
        Ok(places)
    }

    fn visit(&mut self, body: Node<'_>, text: &str) {
        let mut cursor = body.cursor();
        while cursor.goto_next() {
            let range = cursor.node().byte_range();
            match cursor.kind() {
                Kind::ReturnStatement | Kind::IfStatement => self.statements.push(range.start()),
                Kind::Identifier => self.identifiers.push(range.end()),
                Kind::Comment if text[range.to_usize_range()].starts_with("// ") => {
                    self.comments.push(range.end());
                }
                _ => {}
            }
        }
    }
}
