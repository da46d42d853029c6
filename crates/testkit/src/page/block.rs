//! The Go blocks of a page.

use super::fence::{FenceKind, default_go_version, quoted_string};
use super::{DEFAULT_FILE_NAME, Located, PageErrorKind};

/// What a block shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    /// Reported on the lines with a `// want`, and nowhere else.
    Bad {
        /// What `go vet` says of it, one finding a line as `file:line:column: message`; empty when silent.
        vet: String,
    },
    /// Not reported.
    Ok,
    /// What a quick-fix makes of another block of the page, byte for byte, its `// want` comments included.
    Fixed {
        /// The fix's title.
        title: String,
        /// The index in [`Page::blocks`](super::Page::blocks) of the `go bad` or `go ok` block that is fixed.
        source: usize,
    },
    /// Built, not analysed.
    Plain,
}

/// A block of whole Go files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What the block shows.
    pub kind: BlockKind,
    /// The go line of the block's module, such as `1.24`; a fixed block has its source's unless it names one.
    pub go_version: String,
    /// The files, at least one, in the block's order.
    pub files: Vec<BlockFile>,
    /// The line of the block's fence in the page, from 1.
    pub line: usize,
}

/// One Go file of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockFile {
    /// The path in the module, with `/`.
    pub name: String,
    /// The file's text, with LF line ends.
    pub text: String,
    /// The line in the page of the file's first line, from 1.
    pub line: usize,
    wants: Vec<Want>,
    run: Option<Run>,
}

/// A finding that a `// want "part of the message"` comment asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Want {
    /// The line in the file, from 1.
    pub line: usize,
    /// A part of the finding's message.
    pub message: String,
}

/// What running a program does, as the last comment of its file says:
///
/// ```text
/// // Exit: 2
/// // Stderr: fatal error: all goroutines are asleep
/// // Output:
/// // every line from here on
/// ```
///
/// `Exit` (0 when absent) and `Stderr` (a part of the standard error) come before `Output`, and may stand alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Run {
    /// The exact standard output, every line ended by LF. White space at a line's end doesn't count, because
    /// gofmt removes it from comments.
    pub stdout: String,
    /// A part of the standard error; `None` when anything will do.
    pub stderr: Option<String>,
    /// The exit status.
    pub exit: u8,
}

impl Block {
    /// Reads the block below the fence on `line`; `earlier` are the page's blocks above it.
    pub(super) fn parse(
        kind: FenceKind,
        go_version: Option<String>,
        code: &str,
        line: usize,
        earlier: &[Self],
    ) -> Located<Self> {
        let (kind, inherited) = match kind {
            FenceKind::Bad => (BlockKind::Bad { vet: String::new() }, None),
            FenceKind::Ok => (BlockKind::Ok, None),
            FenceKind::Plain => (BlockKind::Plain, None),
            FenceKind::Fixed { title } => {
                let source = earlier
                    .iter()
                    .rposition(|block| matches!(block.kind, BlockKind::Bad { .. } | BlockKind::Ok));
                let source = source.ok_or((line, PageErrorKind::NothingToFix))?;
                (
                    BlockKind::Fixed { title, source },
                    Some(earlier[source].go_version.clone()),
                )
            }
        };
        let block = Self {
            kind,
            go_version: go_version.or(inherited).unwrap_or_else(default_go_version),
            files: split_files(code, line)?,
            line,
        };
        block.check_wants()?;
        Ok(block)
    }

    /// The file that runs and what it must print, when the block says so.
    pub fn run(&self) -> Option<(&BlockFile, &Run)> {
        self.files
            .iter()
            .find_map(|file| file.run.as_ref().map(|run| (file, run)))
    }

    fn check_wants(&self) -> Located<()> {
        let first = self
            .files
            .iter()
            .find_map(|file| Some((file, file.wants.first()?)));
        match (&self.kind, first) {
            (BlockKind::Bad { .. }, None) => Err((self.line, PageErrorKind::BadWithoutWant)),
            (BlockKind::Ok | BlockKind::Plain, Some((file, want))) => {
                Err((file.line + want.line - 1, PageErrorKind::UnexpectedWant))
            }
            _ => Ok(()),
        }
    }
}

impl BlockFile {
    /// Reads a file whose first line is the page's line `line`.
    fn parse(name: &str, text: &str, line: usize) -> Located<Self> {
        let package = text.lines().find_map(|text| text.strip_prefix("package "));
        let package = package.ok_or_else(|| (line, PageErrorKind::NoPackageClause(name.to_owned())))?;
        let is_main = package.split_whitespace().next() == Some("main");
        let in_page = |(in_file, kind)| (line + in_file - 1, kind);
        let wants = parse_wants(text).map_err(in_page)?;
        let run = parse_run(text, is_main).map_err(in_page)?;
        Ok(Self {
            name: name.to_owned(),
            text: text.to_owned(),
            line,
            wants,
            run,
        })
    }

    /// What must be reported in this file, by line. In a `go fixed` block these are the source's comments, and ask
    /// for nothing.
    pub fn wants(&self) -> &[Want] {
        &self.wants
    }

    /// What running the program does, when the file's last comment says so.
    pub fn run(&self) -> Option<&Run> {
        self.run.as_ref()
    }
}

/// Splits a block at its `-- name.go --` lines. Text above the first one is [`DEFAULT_FILE_NAME`].
fn split_files(code: &str, fence_line: usize) -> Located<Vec<BlockFile>> {
    let mut files: Vec<BlockFile> = Vec::new();
    let mut name = DEFAULT_FILE_NAME;
    let mut start = 0;
    let mut start_line = fence_line + 1;
    let mut offset = 0;
    for (index, line) in code.split_inclusive('\n').enumerate() {
        if let Some(next) = file_marker(line) {
            let page_line = fence_line + 1 + index;
            check_file_name(next).map_err(|kind| (page_line, kind))?;
            let text = &code[start..offset];
            if start > 0 || !text.trim().is_empty() {
                files.push(BlockFile::parse(name, text, start_line)?);
            }
            if files.iter().any(|file| file.name == next) {
                return Err((page_line, PageErrorKind::DuplicateFile(next.to_owned())));
            }
            name = next;
            start = offset + line.len();
            start_line = page_line + 1;
        }
        offset += line.len();
    }
    files.push(BlockFile::parse(name, &code[start..], start_line)?);
    Ok(files)
}

/// The name in a line `-- name --`.
fn file_marker(line: &str) -> Option<&str> {
    line.trim_end()
        .strip_prefix("-- ")?
        .strip_suffix(" --")
        .map(str::trim)
}

/// A block's files are written below a directory: their names may not lead out of it.
fn check_file_name(name: &str) -> Result<(), PageErrorKind> {
    let is_plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    match name.strip_suffix(".go") {
        Some(stem) if stem.split('/').all(is_plain) => Ok(()),
        _ => Err(PageErrorKind::BadFileName(name.to_owned())),
    }
}

fn parse_wants(text: &str) -> Located<Vec<Want>> {
    let mut wants = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some((_, mut rest)) = line.split_once("// want ") else {
            continue;
        };
        loop {
            rest = rest.trim_start();
            let malformed = (index + 1, PageErrorKind::MalformedWant);
            let (message, after) = quoted_string(rest)
                .filter(|(message, _)| !message.is_empty())
                .ok_or(malformed)?;
            wants.push(Want {
                line: index + 1,
                message,
            });
            rest = after;
            if rest.trim().is_empty() {
                break;
            }
        }
    }
    Ok(wants)
}

const RUN_WORDS: [&str; 3] = ["// Output:", "// Exit:", "// Stderr:"];

/// Reads what the last comment of a file says about running it.
fn parse_run(text: &str, is_main: bool) -> Located<Option<Run>> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let end = lines
        .iter()
        .rposition(|line| !line.is_empty() && *line != "}")
        .map_or(0, |last| last + 1);
    let start = lines[..end]
        .iter()
        .rposition(|line| !line.starts_with("//"))
        .map_or(0, |code| code + 1);
    let misplaced = |index: usize| (index + 1, PageErrorKind::MisplacedRun(lines[index].to_owned()));
    let first = lines
        .iter()
        .position(|line| RUN_WORDS.iter().any(|word| line.starts_with(word)));
    let Some(first) = first else { return Ok(None) };
    if !is_main || first < start {
        return Err(misplaced(first));
    }
    let mut run = Run::default();
    for index in first..end {
        let comment = lines[index];
        if let Some(status) = comment.strip_prefix("// Exit:") {
            let status = status.trim().parse().ok().filter(|status| *status != 0);
            run.exit = status.ok_or((index + 1, PageErrorKind::MalformedExit))?;
        } else if let Some(part) = comment.strip_prefix("// Stderr:") {
            run.stderr = Some(part.trim().to_owned());
        } else if let Some(inline) = comment.strip_prefix("// Output:") {
            run.stdout = expected_output(inline, &lines[index + 1..end]);
            break;
        }
    }
    Ok(Some(run))
}

/// The output that stands behind `// Output:` and in the comment lines below it.
fn expected_output(inline: &str, comments: &[&str]) -> String {
    let below = comments.iter().map(|comment| {
        let line = comment.strip_prefix("//").unwrap_or(comment);
        line.strip_prefix(' ').unwrap_or(line)
    });
    let first = (!inline.trim().is_empty()).then_some(inline.trim());
    let mut stdout = String::new();
    for line in first.into_iter().chain(below) {
        stdout.push_str(line.trim_end());
        stdout.push('\n');
    }
    stdout
}
