//! A keystroke in the session, from the decoded change to the findings that are queued, beside a bare reparse of the
//! same edit.

use std::hint::black_box;
use std::iter::once;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use deferlint_syntax::{Parser, Tree};
use deferlint_text::{Change, Document, PositionEncoding, PositionRange};
use deferlint_workspace::{Analysis, DocumentId, Session, SettingsLayer, SettingsSources};
use nix::time::{ClockId, clock_gettime};

use super::Subject;
use super::samples::Samples;
use super::table::Table;
use super::typing::{self, Keystrokes, SourceText};

/// How often all keystrokes are made; the first time warms everything up.
const ROUNDS: usize = 6;

/// What may come to a reparse: the median of the small files.
const ADDED: Duration = Duration::from_micros(150);

/// What may come to twice a reparse: the slowest of a hundred keystrokes.
const ADDED_AT_WORST: Duration = Duration::from_millis(1);

/// Types into every file, with the reparse and the session in turns.
pub(super) fn measure(subject: &Subject, table: &mut Table) -> Result<()> {
    for source in typing::files(&subject.tree)? {
        let keystrokes = Keystrokes::of_all_kinds(&source.text)?;
        let (mut bare, mut served) = (
            BareParser::open(&source)?,
            Served::open(Session::new(no_settings()), &source)?,
        );
        let (mut reparses, mut typed) = (Samples::default(), Samples::default());
        for turn in 0..ROUNDS * keystrokes.len() {
            let change = keystrokes.at(turn);
            let reparse = bare.type_in(change)?;
            let keystroke = served.type_in(change)?;
            if turn >= keystrokes.len() {
                reparses.push(reparse);
                typed.push(keystroke);
            }
        }
        ensure!(served.findings() > 0, "{} has no findings", source.path.display());
        let title = source.title();
        let median = format!("keystroke in {title}, median");
        if source.is_huge() {
            table.row(&median, typed.median(), "a bare reparse", reparses.median(), 1.3);
        } else {
            table.row(
                &median,
                typed.median(),
                "a bare reparse + 150 µs",
                reparses.median() + ADDED,
                1.0,
            );
        }
        let worst = reparses.percentile(99) * 2 + ADDED_AT_WORST;
        table.row(
            &format!("keystroke in {title}, 99th percentile"),
            typed.percentile(99),
            "twice a bare reparse + 1 ms, 99th percentile",
            worst,
            1.0,
        );
    }
    Ok(())
}

/// The settings of a server whose client sets nothing.
pub(super) fn no_settings() -> SettingsSources {
    SettingsSources::new(None, SettingsLayer::default())
}

/// The time that this thread has had a processor: what passes while it works alone, and on a machine that others use at
/// the same time nearly the same.
fn thread_time() -> Result<Duration> {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).context("the time of this thread")?;
    Ok(time.into())
}

/// A text with its tree, and nothing else.
struct BareParser {
    parser: Parser,
    document: Document,
    tree: Tree,
}

impl BareParser {
    fn open(source: &SourceText) -> Result<Self> {
        let document = Document::new(&source.text)?;
        let mut parser = Parser::new();
        let tree = parser.parse(&document);
        Ok(Self {
            parser,
            document,
            tree,
        })
    }

    /// How long the reparse takes alone.
    fn type_in(&mut self, change: &Change) -> Result<Duration> {
        let edits = self
            .document
            .apply(std::slice::from_ref(change), PositionEncoding::Utf16)?;
        let start = thread_time()?;
        for edit in &edits {
            self.tree.edit(edit);
        }
        self.tree = self.parser.parse_within(&self.document, Some(&self.tree), None)?;
        Ok(thread_time()?.saturating_sub(start))
    }
}

/// A document in a session, as the server has it.
pub(super) struct Served {
    session: Session,
    id: DocumentId,
    version: i32,
}

impl Served {
    /// Opens the text in the session, and does all the work that comes of it.
    pub(super) fn open(mut session: Session, source: &SourceText) -> Result<Self> {
        let id = DocumentId::from("typed");
        let changes = session.open(id.clone(), Some(source.path.clone()), 1, &source.text)?;
        session.settle(changes);
        Ok(Self {
            session,
            id,
            version: 1,
        })
    }

    /// How long it takes until the findings are there, with their positions.
    pub(super) fn type_in(&mut self, change: &Change) -> Result<Duration> {
        self.version += 1;
        let start = thread_time()?;
        let changes = self.session.apply(
            &self.id,
            self.version,
            std::slice::from_ref(change),
            PositionEncoding::Utf16,
        )?;
        self.session.settle(changes);
        let analysis = self.session.analysis(&self.id).context("an open document")?;
        black_box(positions(analysis));
        Ok(thread_time()?.saturating_sub(start))
    }

    /// How many findings the document has.
    pub(super) fn findings(&self) -> usize {
        self.session
            .analysis(&self.id)
            .map_or(0, |analysis| analysis.diagnostics.len())
    }
}

/// The places of all findings, as a client counts them.
fn positions(analysis: &Analysis) -> Vec<PositionRange> {
    let ranges = analysis.diagnostics.iter().flat_map(|diagnostic| {
        let related = diagnostic.related.iter().map(|place| place.range);
        once(diagnostic.range).chain(related)
    });
    ranges
        .map(|range| analysis.document.position_range(range, PositionEncoding::Utf16))
        .collect()
}
