//! Diagnostics on their way to a client that doesn't ask for them.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use dashmap::DashMap;
use deferlint_workspace::{Analysis, DocumentId};
use futures::Stream;
use futures::task::AtomicWaker;
use serde_json::json;
use tower_lsp::jsonrpc::Request;
use tower_lsp::ls_types::notification::{Notification, PublishDiagnostics};
use tower_lsp::ls_types::{Diagnostic, PublishDiagnosticsParams, Uri};

use crate::convert::lsp_diagnostics;
use crate::support::ClientSupport;

/// What may be published: the newest analysis of each open document, and which of them wait to be sent.
///
/// The session's thread fills it and never waits; a [`Publisher`] takes from it as fast as the client reads. A document
/// waits at most once and its newest analysis wins, so a slow client costs no memory.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    published: DashMap<DocumentId, Published>,
    waiting: Mutex<BTreeSet<DocumentId>>,
    /// Wakes the publisher.
    publisher: AtomicWaker,
}

/// The newest analysis of a document.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    /// Which opening of the document it is of: what the client has of an earlier one it may have dropped.
    pub(crate) opening: u64,
    /// The URIs under which the client has it open.
    pub(crate) uris: Vec<Uri>,
    /// The analysis of the document's current version.
    pub(crate) analysis: Arc<Analysis>,
    /// What the client can read.
    pub(crate) support: Arc<ClientSupport>,
}

impl Outbox {
    /// Sends this analysis, unless a newer one comes before the client takes it.
    pub(crate) fn publish(&self, id: &DocumentId, published: Published) {
        self.published.insert(Arc::clone(id), published);
        self.enqueue(id);
    }

    /// Takes the findings of a document back, because it is closed or out of step.
    pub(crate) fn withdraw(&self, id: &DocumentId) {
        self.published.remove(id);
        self.enqueue(id);
    }

    /// Doesn't send the findings of this document that wait, because its text has just changed. That it has none any more
    /// is sent all the same.
    pub(crate) fn hold_back(&self, id: &DocumentId) {
        if self.published.contains_key(id) {
            self.waiting().remove(id);
        }
    }

    fn enqueue(&self, id: &DocumentId) {
        self.waiting().insert(Arc::clone(id));
        self.publisher.wake();
    }

    fn next(&self) -> Option<DocumentId> {
        self.waiting().pop_first()
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeSet<DocumentId>> {
        // A set of names is whole after every single operation on it.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The notifications that make up what an outbox holds, each built when it is asked for. They never end.
#[derive(Debug)]
pub(crate) struct Publisher {
    outbox: Arc<Outbox>,
    sent: Sent,
    /// What is still to be sent of a document that the client has open under several URIs.
    ready: VecDeque<PublishDiagnosticsParams>,
}

impl Publisher {
    /// The notifications of this outbox.
    pub(crate) fn new(outbox: Arc<Outbox>) -> Self {
        Self {
            outbox,
            sent: Sent::default(),
            ready: VecDeque::new(),
        }
    }
}

impl Stream for Publisher {
    type Item = Request;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Request>> {
        self.outbox.publisher.register(context.waker());
        loop {
            if let Some(params) = self.ready.pop_front() {
                let notification = Request::build(PublishDiagnostics::METHOD).params(json!(params));
                return Poll::Ready(Some(notification.finish()));
            }
            let Some(id) = self.outbox.next() else {
                return Poll::Pending;
            };
            let published = self.outbox.published.get(&id).map(|entry| entry.clone());
            let messages = self.sent.update(&id, published.as_ref());
            self.ready.extend(messages);
        }
    }
}

/// What the client was sent last.
#[derive(Debug, Default)]
struct Sent(HashMap<DocumentId, SentOfDocument>);

/// What the client was sent last of a document.
#[derive(Debug, Default)]
struct SentOfDocument {
    /// As in [`Published`]; 0 is none.
    opening: u64,
    diagnostics: HashMap<Uri, Vec<Diagnostic>>,
}

impl Sent {
    /// What has to be sent so that the client has this; nothing that it has already. The first analysis after a document
    /// was opened is always sent, even without findings: it says that there are none.
    fn update(&mut self, id: &DocumentId, published: Option<&Published>) -> Vec<PublishDiagnosticsParams> {
        let before = self.0.remove(id).unwrap_or_default();
        let mut now = SentOfDocument::default();
        let mut messages = Vec::new();
        if let Some(published) = published {
            let Published {
                opening,
                uris,
                analysis,
                support,
            } = published;
            let version = support.diagnostic_versions.then_some(analysis.version);
            now.opening = *opening;
            for uri in uris {
                let diagnostics = lsp_diagnostics(analysis, uri, support);
                if before.opening != *opening || before.diagnostics.get(uri) != Some(&diagnostics) {
                    messages.push(PublishDiagnosticsParams::new(
                        uri.clone(),
                        diagnostics.clone(),
                        version,
                    ));
                }
                now.diagnostics.insert(uri.clone(), diagnostics);
            }
        }
        for (uri, diagnostics) in before.diagnostics {
            if !now.diagnostics.contains_key(&uri) && !diagnostics.is_empty() {
                messages.push(PublishDiagnosticsParams::new(uri, Vec::new(), None));
            }
        }
        if !now.diagnostics.is_empty() {
            self.0.insert(Arc::clone(id), now);
        }
        messages
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use deferlint_text::Document;
    use futures::{FutureExt as _, StreamExt as _};

    use super::*;

    fn published(uris: &[&str], version: i32) -> Published {
        Published {
            opening: 1,
            uris: uris.iter().map(|uri| uri.parse().expect("a URI")).collect(),
            analysis: Arc::new(Analysis {
                version,
                document: Document::default(),
                diagnostics: Vec::new(),
            }),
            support: Arc::new(ClientSupport {
                diagnostic_versions: true,
                ..ClientSupport::default()
            }),
        }
    }

    #[test]
    fn what_the_client_has_is_not_sent_again() {
        let mut sent = Sent::default();
        let id = DocumentId::from("a");
        let mut update = |published: Option<Published>| {
            let messages = sent.update(&id, published.as_ref());
            messages
                .iter()
                .map(|message| (message.uri.to_string(), message.version))
                .collect::<Vec<_>>()
        };
        let (uri, spelled_anew) = ("file:///a.go", "file:///%61.go");
        assert_eq!(update(Some(published(&[uri], 1))), [(uri.to_owned(), Some(1))]);
        assert_eq!(update(Some(published(&[uri], 2))), []);
        let both = published(&[uri, spelled_anew], 3);
        assert_eq!(update(Some(both)), [(spelled_anew.to_owned(), Some(3))]);
        let opened_again = Published {
            opening: 2,
            ..published(&[uri], 4)
        };
        assert_eq!(update(Some(opened_again)), [(uri.to_owned(), Some(4))]);
        assert_eq!(update(None), [], "there is nothing to take back");
        assert_eq!(update(Some(published(&[uri], 1))), [(uri.to_owned(), Some(1))]);
    }

    #[test]
    fn a_document_waits_once_and_not_after_an_edit() {
        let outbox = Arc::<Outbox>::default();
        let mut publisher = Publisher::new(Arc::clone(&outbox));
        let mut next = || {
            let notification = publisher.next().now_or_never()?.expect("they never end");
            let params = notification.params().cloned().expect("all have parameters");
            serde_json::from_value::<PublishDiagnosticsParams>(params).ok()
        };
        let (a, b) = (DocumentId::from("a"), DocumentId::from("b"));
        assert_eq!(next(), None);
        for version in 1..=100 {
            outbox.publish(&b, published(&["file:///b.go"], version));
            outbox.publish(&a, published(&["file:///a.go"], version));
        }
        outbox.hold_back(&a);
        assert_eq!(next().and_then(|params| params.version), Some(100));
        assert_eq!(next(), None);
    }

    #[tokio::test]
    async fn whoever_waits_for_notifications_is_woken() {
        let outbox = Arc::<Outbox>::default();
        let mut publisher = Publisher::new(Arc::clone(&outbox));
        let filler = thread::spawn(move || outbox.publish(&"a".into(), published(&["file:///a.go"], 1)));
        let notification = publisher.next().await.expect("they never end");
        assert_eq!(notification.method(), "textDocument/publishDiagnostics");
        filler.join().expect("the thread ends");
    }
}
