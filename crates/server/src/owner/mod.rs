//! The one thread that owns the session.
//!
//! Handlers send it [`Event`]s in the order in which their messages came, so a question always sees every edit before
//! it. Nothing here waits: what takes long is a job, and what the client is asked for comes back as an event.

mod questions;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use deferlint_text::Change;
use deferlint_workspace::{
    Changes, DiskCache, DocumentId, EditError, Outcome, Session, SettingsLayer, SettingsProblem,
    SettingsSources,
};
use serde_json::Value;
use tower_lsp::ls_types::{self as lsp, MessageType};

use crate::configuration::{Configuration, Run};
use crate::documents::OpenDocument;
use crate::event::{Event, FailedJob};
use crate::identity::Identity;
use crate::jobs::Jobs;
use crate::messenger::{Message, Messenger};
use crate::publisher::{Outbox, Published};
use crate::registration::registrations;
use crate::support::ClientSupport;

/// How many waiting events are handled before their results are published.
const BATCH: usize = 64;

/// The most different messages that are remembered in order not to repeat them.
const MAX_TOLD: usize = 1_000;

/// The session and all that belongs to serving it to one client.
pub(crate) struct Owner {
    session: Session,
    support: Arc<ClientSupport>,
    documents: HashMap<DocumentId, OpenDocument>,
    /// How many documents were opened so far.
    openings: u64,
    /// The documents whose findings may have to be published or reported.
    touched: BTreeSet<DocumentId>,
    run: Run,
    initialization_options: Value,
    configuration: Value,
    /// What wasn't understood in the client's configuration as it is now.
    complaints: Vec<String>,
    told: HashSet<String>,
    jobs: Jobs,
    outbox: Arc<Outbox>,
    messenger: Messenger,
}

impl Owner {
    /// The owner of a session without documents.
    pub(crate) fn new(jobs: Jobs, outbox: Arc<Outbox>, messenger: Messenger) -> Self {
        let mut session = Session::new(SettingsSources::new(None, SettingsLayer::default()));
        if let Some(cache) = DiskCache::of_user() {
            session.use_cache(cache);
        }
        Self {
            session,
            support: Arc::default(),
            documents: HashMap::new(),
            openings: 0,
            touched: BTreeSet::new(),
            run: Run::default(),
            initialization_options: Value::Null,
            configuration: Value::Null,
            complaints: Vec::new(),
            told: HashSet::new(),
            jobs,
            outbox,
            messenger,
        }
    }

    /// Handles events until no one is left to send any.
    pub(crate) fn run(mut self, events: &Receiver<Event>) {
        while let Ok(event) = events.recv() {
            self.handle(event);
            for event in events.try_iter().take(BATCH) {
                self.handle(event);
            }
            self.publish();
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Initialize { support, options } => {
                self.support = Arc::from(support);
                self.initialization_options = options;
                self.configure();
            }
            Event::Initialized => self.initialized(),
            Event::Opened(document) => self.opened(&document),
            Event::Changed { document, changes } => self.changed(&document, &changes),
            Event::Saved(uri) => self.saved(&uri),
            Event::Closed(uri) => self.closed(&uri),
            Event::ChangedOnDisk(paths) => {
                let changes = self.session.changed_on_disk(&paths);
                self.take(changes, None);
            }
            Event::ConfigurationChanged(settings) => self.configuration_changed(settings),
            Event::ConfigurationAnswered(settings) => {
                self.configuration = settings;
                self.configure();
            }
            Event::FoldersChanged => self.ask_configuration(),
            Event::Diagnose { params, reply } => self.diagnose(params, reply),
            Event::AskedAt(question) => self.asked_at(question),
            Event::FixedAll(fixed) => self.fixed_all(*fixed),
            Event::ApplyFix { fix, reply } => self.apply_fix(fix, reply),
            Event::ProgressCancelled(token) => {
                if self.messenger.shows_progress(&token) {
                    self.jobs.cancel_indexing();
                }
            }
            Event::JobDone(outcome) => self.job_done(outcome),
            Event::JobFailed(job) => self.job_failed(job),
            Event::IndexingCancelled(directory) => self.left_unread(directory),
        }
    }

    fn initialized(&mut self) {
        let registrations = registrations(&self.support);
        if !registrations.is_empty() {
            self.messenger.send(Message::Register(registrations));
        }
        self.ask_configuration();
    }

    fn opened(&mut self, item: &lsp::TextDocumentItem) {
        let identity = Identity::of(&item.uri);
        let id = &identity.id;
        self.openings += 1;
        if let Some(open) = self.documents.get_mut(id) {
            tracing::warn!("{} was opened twice: the second text counts", item.uri.as_str());
            open.reopen(self.openings, &item.uri);
            self.outbox.hold_back(id);
        } else {
            let is_go = item.language_id == "go" || identity.is_go_file();
            let open = OpenDocument::new(self.openings, &item.uri, identity.path.clone(), is_go);
            self.documents.insert(Arc::clone(id), open);
        }
        if !self.documents[id].is_go {
            return;
        }
        match self
            .session
            .open(Arc::clone(id), identity.path, item.version, &item.text)
        {
            Ok(changes) => self.take(changes, Some(id)),
            Err(error) => self.tell(MessageType::WARNING, format!("{}: {error}", item.uri.as_str())),
        }
    }

    fn changed(&mut self, document: &lsp::VersionedTextDocumentIdentifier, changes: &[Change]) {
        let id = Identity::of(&document.uri).id;
        let Some(open) = self.documents.get_mut(&id) else {
            tracing::warn!("{} was changed but isn't open", document.uri.as_str());
            return;
        };
        if !open.is_go {
            return;
        }
        // A change of the whole text makes all before it irrelevant, and ends being out of step.
        let whole = changes.iter().rposition(|change| change.range.is_none());
        if open.is_out_of_step && whole.is_none() {
            return;
        }
        open.is_unsaved = true;
        open.answer_places_with_nothing();
        self.outbox.hold_back(&id);
        self.warn_of_version(&id, document);
        let changes = &changes[whole.unwrap_or(0)..];
        match self
            .session
            .apply(&id, document.version, changes, self.support.encoding)
        {
            Ok(changes) => {
                if let Some(open) = self.documents.get_mut(&id) {
                    open.is_out_of_step = false;
                }
                self.take(changes, Some(&id));
            }
            Err(error) => self.lost_step(&id, &document.uri, &error),
        }
    }

    fn warn_of_version(&self, id: &DocumentId, document: &lsp::VersionedTextDocumentIdentifier) {
        if let Some((_, version)) = self.session.text(id)
            && document.version <= version
        {
            let uri = document.uri.as_str();
            tracing::warn!("{uri} went from version {version} to {}", document.version);
        }
    }

    /// The client's text isn't ours any more: say so, and offer nothing until the whole text comes.
    fn lost_step(&mut self, id: &DocumentId, uri: &lsp::Uri, error: &EditError) {
        tracing::error!("{} is out of step: {error}", uri.as_str());
        if let Some(open) = self.documents.get_mut(id) {
            open.is_out_of_step = true;
        }
        self.outbox.withdraw(id);
        self.touched.insert(Arc::clone(id));
        let text = format!(
            "deferlint lost track of {}: an edit of it doesn't fit. Close and open the file to have it checked again.",
            uri.as_str()
        );
        self.messenger.send(Message::Show(MessageType::WARNING, text));
    }

    fn saved(&mut self, uri: &lsp::Uri) {
        let id = Identity::of(uri).id;
        let Some(open) = self.documents.get_mut(&id) else {
            tracing::warn!("{} was saved but isn't open", uri.as_str());
            return;
        };
        let was_unsaved = std::mem::take(&mut open.is_unsaved);
        let path = open.path.clone();
        self.touched.insert(id);
        if self.run == Run::OnSave && was_unsaved {
            self.messenger.refresh();
        }
        // A client that watches files reports this one, too.
        if !self.support.watched_files
            && let Some(path) = path
        {
            let changes = self.session.changed_on_disk(&[path]);
            self.take(changes, None);
        }
    }

    fn closed(&mut self, uri: &lsp::Uri) {
        let id = Identity::of(uri).id;
        let Some(open) = self.documents.get_mut(&id) else {
            tracing::warn!("{} was closed but isn't open", uri.as_str());
            return;
        };
        self.touched.insert(Arc::clone(&id));
        if open.close(uri) {
            return;
        }
        if let Some(mut closed) = self.documents.remove(&id) {
            closed.answer_nothing();
        }
        self.outbox.withdraw(&id);
        let changes = self.session.close(&id);
        self.take(changes, Some(&id));
    }

    fn configuration_changed(&mut self, settings: Value) {
        // A client that can be asked sends nothing of use along: `null`, or only what changed.
        if self.support.configuration {
            self.ask_configuration();
        } else {
            self.configuration = settings;
            self.configure();
        }
    }

    fn ask_configuration(&self) {
        if self.support.configuration {
            self.messenger.send(Message::AskConfiguration);
        }
    }

    fn configure(&mut self) {
        let sources = [&self.initialization_options, &self.configuration];
        let (configuration, complaints) = Configuration::read(&sources);
        self.configuration_problems(complaints);
        if self.run != configuration.run {
            self.run = configuration.run;
            self.touched.extend(self.documents.keys().cloned());
        }
        let sources = SettingsSources::new(configuration.file, configuration.settings);
        let changes = self.session.configure(sources);
        self.take(changes, None);
    }

    fn job_done(&mut self, outcome: Outcome) {
        let (directory, edited) = match &outcome {
            Outcome::Parsed { id, .. } => (None, Some(Arc::clone(id))),
            Outcome::Indexed { directory, .. }
            | Outcome::Imported { directory, .. }
            | Outcome::LeftUnread { directory } => (Some(directory.clone()), None),
        };
        let changes = self.session.finish(outcome);
        self.take(changes, edited.as_ref());
        if let Some(directory) = directory {
            self.indexed(&directory);
        }
    }

    fn job_failed(&mut self, job: FailedJob) {
        let work = match &job {
            FailedJob::Index(directory) => format!("reading {}", directory.display()),
            FailedJob::Parse { id, .. } => format!("the parse of {id}"),
        };
        self.tell(MessageType::ERROR, format!("internal error: {work} panicked"));
        match job {
            FailedJob::Index(directory) => self.left_unread(directory),
            FailedJob::Parse { id, parse } => {
                if self.session.abandon_parse(&id, parse)
                    && let Some(open) = self.documents.get_mut(&id)
                {
                    open.is_out_of_step = true;
                    self.outbox.withdraw(&id);
                    self.touched.insert(id);
                }
            }
        }
    }

    /// Whoever waits for the package of a directory waits in vain: nothing is known of it any more.
    fn left_unread(&mut self, directory: PathBuf) {
        self.job_done(Outcome::LeftUnread { directory });
    }

    fn indexed(&mut self, directory: &Path) {
        self.jobs.indexed(directory);
        self.messenger.set_indexing(self.jobs.indexing());
    }

    /// Takes over what a call of the session brought about. `edited` is the document that the client knows to have
    /// changed; when others have new findings, a client that asks for them is told to ask again.
    fn take(&mut self, changes: Changes, edited: Option<&DocumentId>) {
        for report in changes.reports {
            tracing::error!("{report}");
            self.tell(MessageType::ERROR, format!("internal error: {report}"));
        }
        self.settings_problems(&changes.problems);
        for job in changes.jobs {
            self.jobs.start(job);
        }
        self.messenger.set_indexing(self.jobs.indexing());
        let elsewhere = changes.analyzed.iter().filter(|id| Some(*id) != edited);
        if elsewhere.into_iter().any(|id| self.has_news(id)) {
            self.messenger.refresh();
        }
        self.touched.extend(changes.analyzed);
    }

    /// Shows what couldn't be understood in settings files.
    fn settings_problems(&self, problems: &[SettingsProblem]) {
        if !problems.is_empty() {
            let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
            self.show_problems(&lines);
        }
    }

    /// Shows what couldn't be understood in the client's configuration, when a change has brought something new.
    fn configuration_problems(&mut self, complaints: Vec<String>) {
        let before = std::mem::replace(&mut self.complaints, complaints);
        if self
            .complaints
            .iter()
            .any(|complaint| !before.contains(complaint))
        {
            self.show_problems(&self.complaints);
        }
    }

    /// Shows all that is wrong with settings in one message.
    fn show_problems(&self, problems: &[String]) {
        let text = format!(
            "deferlint doesn't understand its settings:\n{}",
            problems.join("\n")
        );
        self.messenger.send(Message::Show(MessageType::WARNING, text));
    }

    /// True when the client was told other findings of a document than it has now.
    fn has_news(&self, id: &DocumentId) -> bool {
        let reported = self.documents.get(id).and_then(|open| open.reported.as_ref());
        match (reported, self.session.analysis(id)) {
            (Some(before), Some(now)) => before.diagnostics != now.diagnostics,
            _ => false,
        }
    }

    /// Tells the client once.
    fn tell(&mut self, kind: MessageType, text: String) {
        if self.told.len() < MAX_TOLD && self.told.insert(text.clone()) {
            self.messenger.send(Message::Log(kind, text));
        }
    }

    /// Publishes and answers what can be, after a batch of events.
    fn publish(&mut self) {
        for id in std::mem::take(&mut self.touched) {
            self.publish_one(&id);
        }
    }

    fn publish_one(&mut self, id: &DocumentId) {
        let Some(open) = self.documents.get_mut(id) else {
            return;
        };
        if open.is_out_of_step {
            open.answer_nothing();
            return;
        }
        if self.session.is_being_parsed(id) {
            // What is known is of an earlier text.
            return;
        }
        let Some(analysis) = self.session.analysis(id) else {
            // The session refused the text.
            open.answer_nothing();
            return;
        };
        let is_shown = self.run == Run::OnType || !open.is_unsaved;
        open.answer_waiting(analysis, &self.support, !is_shown);
        if is_shown && !self.support.pulls_diagnostics {
            let published = Published {
                opening: open.opening,
                uris: open.uris.clone(),
                analysis: Arc::clone(analysis),
                support: Arc::clone(&self.support),
            };
            self.outbox.publish(id, published);
        }
        for question in std::mem::take(&mut open.places) {
            self.answer_at(question);
        }
    }
}

#[cfg(test)]
mod tests;
