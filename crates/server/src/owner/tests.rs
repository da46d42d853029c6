//! What happens while a text is parsed beside the session: the thread for jobs is held up for as long as a test wants.

use std::sync::mpsc::{Receiver, Sender};

use deferlint_text::{Position, PositionRange};
use futures::{FutureExt as _, StreamExt as _};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;
use tower_lsp::jsonrpc;

use super::*;
use crate::documents::PlaceQuestion;
use crate::jobs::tests::held_up;
use crate::publisher::Publisher;

const LARGE: &str = "file:///depot/large.go";
const SMALL: &str = "file:///shop/small.go";

/// A finding in line 5.
const TRAP: &str = "package shop\n\n\nfunc stock() map[string]int {\n\tdefer println()\n\treturn map[string]int{\"bolts\": 1}\n}\n";

/// Go whose parse takes several times the budget, with the finding of [`TRAP`] in the same line.
fn large() -> String {
    let list = format!("package shop\n\nvar bolts = []int{{{}}}\n", "1, ".repeat(250_000));
    TRAP.replacen("package shop\n\n\n", &list, 1)
}

/// The answer to a question.
type Answer<T> = oneshot::Receiver<jsonrpc::Result<T>>;

/// The owner of a session whose jobs wait.
struct Held {
    owner: Owner,
    events: Receiver<Event>,
    release: Sender<()>,
    publisher: Publisher,
    messages: UnboundedReceiver<Message>,
    version: i32,
}

impl Held {
    fn new() -> Self {
        let (jobs, events, release) = held_up();
        let outbox = Arc::<Outbox>::default();
        let publisher = Publisher::new(Arc::clone(&outbox));
        let (messenger, messages) = Messenger::new();
        Self {
            owner: Owner::new(jobs, outbox, messenger),
            events,
            release,
            publisher,
            messages,
            version: 0,
        }
    }

    fn handle(&mut self, event: Event) {
        self.owner.handle(event);
        self.owner.publish();
    }

    fn open(&mut self, uri: &str, text: &str) {
        self.version = 1;
        let item = lsp::TextDocumentItem::new(self::uri(uri), "go".to_owned(), 1, text.to_owned());
        self.handle(Event::Opened(item));
    }

    /// Puts an empty line before the second one.
    fn add_line(&mut self, uri: &str) {
        let place = Position::new(1, 0);
        self.change(uri, Some(PositionRange::new(place, place)), "\n");
    }

    fn change(&mut self, uri: &str, range: Option<PositionRange>, text: &str) {
        self.version += 1;
        let document = lsp::VersionedTextDocumentIdentifier::new(self::uri(uri), self.version);
        let text = text.to_owned();
        let changes = vec![Change { range, text }];
        self.handle(Event::Changed { document, changes });
    }

    /// Asks what is to be said of the finding of [`TRAP`], and what can be done.
    fn ask(
        &mut self,
        uri: &str,
    ) -> (
        Answer<Option<lsp::Hover>>,
        Answer<Option<lsp::CodeActionResponse>>,
    ) {
        let (reply, hover) = oneshot::channel();
        let document = lsp::TextDocumentIdentifier::new(self::uri(uri));
        let place = lsp::Position::new(5, 1);
        let params = lsp::TextDocumentPositionParams::new(document.clone(), place);
        self.handle(Event::AskedAt(PlaceQuestion::Hover { params, reply }));
        let (reply, actions) = oneshot::channel();
        let params = lsp::CodeActionParams {
            text_document: document,
            range: lsp::Range::new(place, place),
            context: lsp::CodeActionContext::default(),
            work_done_progress_params: lsp::WorkDoneProgressParams::default(),
            partial_result_params: lsp::PartialResultParams::default(),
        };
        self.handle(Event::AskedAt(PlaceQuestion::CodeActions { params, reply }));
        (hover, actions)
    }

    /// Asks for the findings of a document.
    fn pull(&mut self, uri: &str) -> Answer<lsp::DocumentDiagnosticReportResult> {
        let (reply, findings) = oneshot::channel();
        let params = lsp::DocumentDiagnosticParams {
            text_document: lsp::TextDocumentIdentifier::new(self::uri(uri)),
            identifier: None,
            previous_result_id: None,
            work_done_progress_params: lsp::WorkDoneProgressParams::default(),
            partial_result_params: lsp::PartialResultParams::default(),
        };
        self.handle(Event::Diagnose { params, reply });
        findings
    }

    /// Lets the parse that is under way fail.
    fn fail_parse(&mut self, uri: &str) {
        let id = Identity::of(&self::uri(uri)).id;
        let mut numbers = 0..;
        while self.owner.session.is_being_parsed(&id)
            && let Some(parse) = numbers.next()
        {
            let id = Arc::clone(&id);
            self.handle(Event::JobFailed(FailedJob::Parse { id, parse }));
        }
    }

    /// The lines of the next findings that are published; `None` if there are none to publish.
    fn published(&mut self) -> Option<Vec<u32>> {
        let notification = self.publisher.next().now_or_never()??;
        let params = notification.params().cloned()?;
        let params: lsp::PublishDiagnosticsParams = serde_json::from_value(params).expect("diagnostics");
        let found = params.diagnostics.iter().map(|found| found.range.start.line);
        Some(found.collect())
    }

    /// Lets the jobs run until nothing is parsed any more.
    fn parse(&mut self, uri: &str) {
        self.release.send(()).expect("the thread waits");
        let id = Identity::of(&self::uri(uri)).id;
        while self.owner.session.is_being_parsed(&id) {
            let event = self.events.recv().expect("a job ends");
            self.handle(event);
        }
    }
}

fn uri(uri: &str) -> lsp::Uri {
    uri.parse().expect("a URI")
}

fn is_open<T>(answer: &mut Answer<T>) -> bool {
    matches!(answer.try_recv(), Err(TryRecvError::Empty))
}

fn is_answered_with_nothing<T>(mut answer: Answer<Option<T>>) -> bool {
    matches!(answer.try_recv(), Ok(Ok(None)))
}

#[test]
fn another_document_is_served() {
    let mut held = Held::new();
    held.open(LARGE, &large());
    held.open(SMALL, TRAP);
    assert_eq!(held.published(), Some(vec![5]));
    held.add_line(SMALL);
    assert_eq!(held.published(), Some(vec![6]));
    assert_eq!(held.published(), None);
    held.parse(LARGE);
    assert_eq!(held.published(), Some(vec![5]));
}

#[test]
fn findings_are_those_of_the_latest_of_many_edits() {
    let mut held = Held::new();
    held.open(LARGE, &large());
    for _ in 0..40 {
        held.add_line(LARGE);
    }
    held.parse(LARGE);
    assert_eq!(held.published(), Some(vec![45]));
    assert_eq!(held.published(), None);
}

#[test]
fn a_document_that_is_closed_or_replaced_has_no_stale_findings() {
    let mut held = Held::new();
    held.open(LARGE, &large());
    held.handle(Event::Closed(uri(LARGE)));
    held.open(LARGE, &TRAP.replace("map[string]int{\"bolts\": 1}", "nil"));
    assert_eq!(held.published(), Some(vec![]));
    held.change(LARGE, None, &large());
    held.change(LARGE, None, &format!("\n{TRAP}"));
    held.parse(LARGE);
    assert_eq!(held.published(), Some(vec![6]));
    assert_eq!(held.published(), None);
}

#[test]
fn questions_about_a_place_wait() {
    let mut held = Held::new();
    held.open(LARGE, &large());
    let (mut hover, mut actions) = held.ask(LARGE);
    assert!(is_open(&mut hover) && is_open(&mut actions));
    held.parse(LARGE);
    let hover = hover.try_recv().expect("an answer").expect("no error");
    assert!(hover.is_some_and(|hover| hover.range.is_some_and(|range| range.start.line == 5)));
    let actions = actions.try_recv().expect("an answer").expect("no error");
    assert_eq!(actions.map(|actions| actions.len()), Some(1));
}

#[test]
fn questions_about_a_place_do_not_outlive_its_text() {
    let mut held = Held::new();
    held.open(LARGE, &large());
    let ends: [fn(&mut Held); 5] = [
        |held| held.add_line(LARGE),
        |held| held.open(LARGE, &large()),
        |held| {
            let nowhere = Position::new(1_000, 0);
            held.change(LARGE, Some(PositionRange::new(nowhere, nowhere)), "x");
        },
        |held| held.fail_parse(LARGE),
        |held| held.handle(Event::Closed(uri(LARGE))),
    ];
    for (number, end) in ends.into_iter().enumerate() {
        held.open(LARGE, &large());
        let (mut hover, mut actions) = held.ask(LARGE);
        assert!(is_open(&mut hover) && is_open(&mut actions), "{number}");
        end(&mut held);
        assert!(is_answered_with_nothing(hover), "{number}");
        assert!(is_answered_with_nothing(actions), "{number}");
    }
}

#[test]
fn findings_of_an_earlier_text_are_no_answer_though_the_version_stays() {
    let mut held = Held::new();
    held.open(LARGE, TRAP);
    assert_eq!(held.published(), Some(vec![5]));
    held.version -= 1;
    held.change(LARGE, None, &format!("\n{}", large()));
    let mut findings = held.pull(LARGE);
    let (mut hover, _actions) = held.ask(LARGE);
    held.handle(Event::Saved(uri(LARGE)));
    assert!(is_open(&mut findings) && is_open(&mut hover));
    assert_eq!(held.published(), None);
    held.parse(LARGE);
    assert!(matches!(findings.try_recv(), Ok(Ok(_))));
    assert_eq!(held.published(), Some(vec![6]));
}

#[test]
fn after_a_parse_that_failed_the_whole_text_makes_up_for_it() {
    for before in [TRAP, &large()] {
        let mut held = Held::new();
        held.open(LARGE, before);
        held.change(LARGE, None, &large());
        held.fail_parse(LARGE);
        assert!(matches!(
            held.messages.try_recv(),
            Ok(Message::Log(MessageType::ERROR, _))
        ));
        assert!(
            held.messages.try_recv().is_err(),
            "told once, whichever parse it was"
        );
        held.add_line(LARGE);
        while let Some(lines) = held.published() {
            assert_eq!(lines, [0; 0]);
        }
        held.change(LARGE, None, TRAP);
        assert_eq!(held.published(), Some(vec![5]));
        held.add_line(LARGE);
        assert_eq!(held.published(), Some(vec![6]));
    }
}

#[test]
fn what_is_closed_and_opened_at_once_is_published_anew() {
    let mut held = Held::new();
    held.open(SMALL, TRAP);
    assert_eq!(held.published(), Some(vec![5]));
    held.handle(Event::Closed(uri(SMALL)));
    held.open(SMALL, TRAP);
    assert_eq!(held.published(), Some(vec![5]));
    assert_eq!(held.published(), None);

    held.handle(Event::Closed(uri(SMALL)));
    held.open(SMALL, &large());
    held.add_line(SMALL);
    assert_eq!(held.published(), Some(vec![]), "what was closed is taken back");
    assert_eq!(held.published(), None);
}

#[test]
fn a_document_that_is_named_like_the_root_directory_is_checked() {
    let mut held = Held::new();
    held.open("file:///", TRAP);
    assert_eq!(held.published(), Some(vec![5]));
}
