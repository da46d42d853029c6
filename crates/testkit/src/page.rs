//! Pages: Markdown that is prose for users and a test at once.
//!
//! A fence whose first word is `go` holds a [`Block`] of Go; its further words say what the block shows:
//!
//! | fence | the block |
//! |---|---|
//! | `go bad` | must be reported on the lines that carry `// want "part of the message"`, and nowhere else |
//! | `go ok` | must not be reported |
//! | `go fixed "Title"` | is what the quick-fix of that title makes of the nearest `go bad` or `go ok` block above |
//! | `go` | is built, and not analysed |
//! | `text vet` | directly below a `go bad` block: what `go vet` says of it; without one, vet is silent |
//!
//! `go=1.19` after the kind sets the Go version of the block's module, `example.com/page`. A block is one Go file,
//! or several of them, each under a line `-- sub/name.go --`. A file of package main may end in a comment that says
//! what running it does: see [`Run`].

mod block;
mod fence;

pub use block::{Block, BlockFile, BlockKind, Run, Want};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

use self::fence::Fence;

/// The Go version of a block whose fence names none.
pub const DEFAULT_GO_VERSION: &str = "1.24";

/// The module path of every block.
pub const MODULE_PATH: &str = "example.com/page";

/// The name of a block's file above the first `-- name.go --` line.
pub const DEFAULT_FILE_NAME: &str = "page.go";

/// What is wrong with a page, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{page}:{line}: {kind}")]
pub struct PageError {
    /// The page's name, as given to [`Page::parse`].
    pub page: String,
    /// The line in the page, from 1.
    pub line: usize,
    /// What is wrong there.
    pub kind: PageErrorKind,
}

/// What can be wrong with a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageErrorKind {
    /// The page has no first-level heading.
    #[error("the page has no title (`# Title`)")]
    NoTitle,
    /// The words after `go` in a fence are none that a page knows.
    #[error("`{0}` is no kind of Go block: use `go bad`, `go ok`, `go fixed \"Title\"` or `go`")]
    UnknownKind(String),
    /// An attribute that a page doesn't know, or whose value is none.
    #[error("`{0}` is no attribute of a Go block: use `go=1.N`")]
    UnknownAttribute(String),
    /// `go fixed` names no fix.
    #[error("a `go fixed` block names the fix: `go fixed \"Title\"`")]
    NoFixTitle,
    /// `go fixed` has nothing above it that could be fixed.
    #[error("no `go bad` or `go ok` block stands above this `go fixed` block")]
    NothingToFix,
    /// `text vet` stands elsewhere than directly below a `go bad` block.
    #[error("a `text vet` block stands directly below the `go bad` block that vet speaks of")]
    VetWithoutBad,
    /// `go bad` without any `// want`.
    #[error("a `go bad` block says what must be reported: `// want \"part of the message\"`")]
    BadWithoutWant,
    /// `// want` in a block whose findings nobody expects.
    #[error("`// want` belongs in a `go bad` block")]
    UnexpectedWant,
    /// The text after `// want` isn't one or more string literals up to the line's end.
    #[error("`// want` is followed by one or more quoted strings up to the line's end")]
    MalformedWant,
    /// A file of a block has no package clause.
    #[error("`{0}` has no package clause: a block holds whole Go files")]
    NoPackageClause(String),
    /// The name of a block's file isn't a relative, clean path that ends in `.go`.
    #[error("`{0}` is no name for a file of a block: use a relative path of plain names that ends in `.go`")]
    BadFileName(String),
    /// Two files of one block have the same name.
    #[error("the block holds `{0}` twice")]
    DuplicateFile(String),
    /// `// Output:`, `// Exit:` or `// Stderr:` outside the last comment of a file of package main.
    #[error("`{0}` belongs in the last comment of a file of package main")]
    MisplacedRun(String),
    /// `// Exit:` isn't followed by a number, or says 0, which needs no saying.
    #[error("`// Exit:` is followed by an exit status from 1 to 255")]
    MalformedExit,
}

/// A Markdown page and its Go blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The text of the first first-level heading.
    pub title: String,
    /// The first paragraph below the title as Markdown, its lines joined by spaces; empty without one.
    pub first_paragraph: String,
    /// The Go blocks in the page's order.
    pub blocks: Vec<Block>,
}

impl Page {
    /// Reads the page `name` (used in errors only) from its Markdown. CRLF counts as LF.
    pub fn parse(name: &str, text: &str) -> Result<Self, PageError> {
        let text = text.replace("\r\n", "\n");
        let mut reader = Reader::new(&text);
        reader.read().map_err(|(line, kind)| PageError {
            page: name.to_owned(),
            line,
            kind,
        })
    }

    /// The block that a `go fixed` block fixes; `None` for the other kinds.
    pub fn source_of(&self, block: &Block) -> Option<&Block> {
        match block.kind {
            BlockKind::Fixed { source, .. } => self.blocks.get(source),
            BlockKind::Bad { .. } | BlockKind::Ok | BlockKind::Plain => None,
        }
    }
}

/// An error inside one page: the line, from 1, and what is wrong there.
type Located<T> = Result<T, (usize, PageErrorKind)>;

/// One walk over a page's Markdown events.
struct Reader<'text> {
    text: &'text str,
    line_starts: Vec<usize>,
    blocks: Vec<Block>,
    /// The byte at which the last `go bad` block ends, and nothing but white space since.
    vet_may_follow: Option<usize>,
}

impl<'text> Reader<'text> {
    fn new(text: &'text str) -> Self {
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self {
            text,
            line_starts,
            blocks: Vec::new(),
            vet_may_follow: None,
        }
    }

    fn read(&mut self) -> Located<Page> {
        let mut title: Option<String> = None;
        let mut first_paragraph: Option<String> = None;
        let mut events = Parser::new(self.text).into_offset_iter();
        while let Some((event, range)) = events.next() {
            match event {
                Event::Start(Tag::Heading {
                    level: HeadingLevel::H1,
                    ..
                }) if title.is_none() => {
                    let words = events.by_ref().map(|(event, _)| event);
                    title = Some(collect_text(words, |end| matches!(end, TagEnd::Heading(_))));
                }
                Event::Start(Tag::Paragraph) if title.is_some() && first_paragraph.is_none() => {
                    let lines: Vec<&str> = self.text[range].lines().map(str::trim).collect();
                    first_paragraph = Some(lines.join(" ").trim_end().to_owned());
                }
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                    let words = events.by_ref().map(|(event, _)| event);
                    let code = collect_text(words, |end| matches!(end, TagEnd::CodeBlock));
                    self.code_block(range, &code)?;
                }
                _ => {}
            }
        }
        let title = title.ok_or((1, PageErrorKind::NoTitle))?;
        let first_paragraph = first_paragraph.unwrap_or_default();
        Ok(Page {
            title,
            first_paragraph,
            blocks: std::mem::take(&mut self.blocks),
        })
    }

    /// Takes the fenced block at `range`. Its info string is read from the source, because Markdown's own backslash
    /// escapes would change a quoted title.
    fn code_block(&mut self, range: std::ops::Range<usize>, code: &str) -> Located<()> {
        let line = self.line_at(range.start);
        let source = &self.text[range.clone()];
        let info = source
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches(['`', '~']);
        let gap_start = self.vet_may_follow.take();
        match Fence::parse(info).map_err(|kind| (line, kind))? {
            Fence::Go { kind, go_version } => {
                let block = Block::parse(kind, go_version, code, line, &self.blocks)?;
                self.vet_may_follow = matches!(block.kind, BlockKind::Bad { .. }).then_some(range.end);
                self.blocks.push(block);
                Ok(())
            }
            Fence::Vet => {
                let directly = gap_start.is_some_and(|end| self.text[end..range.start].trim().is_empty());
                match self.blocks.last_mut().map(|block| &mut block.kind) {
                    Some(BlockKind::Bad { vet }) if directly => code.clone_into(vet),
                    _ => return Err((line, PageErrorKind::VetWithoutBad)),
                }
                Ok(())
            }
            Fence::Other => Ok(()),
        }
    }

    /// The line of a byte, from 1.
    fn line_at(&self, byte: usize) -> usize {
        self.line_starts.partition_point(|&start| start <= byte)
    }
}

/// Joins the text events up to the end tag that `is_end` accepts.
fn collect_text<'e>(events: impl Iterator<Item = Event<'e>>, is_end: impl Fn(TagEnd) -> bool) -> String {
    let mut text = String::new();
    for event in events {
        match event {
            Event::End(end) if is_end(end) => break,
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests;
