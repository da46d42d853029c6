//! Diagnostics on their way to a client that doesn't ask for them.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dashmap::DashMap;
use deferlint_workspace::{Analysis, DocumentId};
use tokio::sync::Notify;
use tower_lsp::Client;
use tower_lsp::ls_types::{Diagnostic, Uri};

use crate::convert::lsp_diagnostics;
use crate::support::ClientSupport;

/// What may be published: the newest analysis of each open document, and which of them wait to be sent.
///
/// The session's thread fills it and never waits; a task takes from it as fast as the client reads. A document waits at
/// most once and its newest analysis wins, so a slow client costs no memory.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    published: DashMap<DocumentId, Published>,
    waiting: Mutex<BTreeSet<DocumentId>>,
    wake: Notify,
}

/// The newest analysis of a document.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    /// The URIs under which the client has it open.
    pub(crate) uris: Vec<Uri>,
    /// The analysis of the document's current version.
    pub(crate) analysis: Arc<Analysis>,
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

    /// Doesn't send what waits for this document, because its text has just changed.
    pub(crate) fn hold_back(&self, id: &DocumentId) {
        self.waiting().remove(id);
    }

    fn enqueue(&self, id: &DocumentId) {
        self.waiting().insert(Arc::clone(id));
        self.wake.notify_one();
    }

    fn next(&self) -> Option<DocumentId> {
        self.waiting().pop_first()
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeSet<DocumentId>> {
        // A set of names is whole after every single operation on it.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends what the outbox holds for as long as the process lives.
pub(crate) async fn publish(client: Client, support: ClientSupport, outbox: Arc<Outbox>) {
    let mut sent = Sent::default();
    loop {
        while let Some(id) = outbox.next() {
            let published = outbox.published.get(&id).map(|entry| entry.clone());
            for (uri, version, diagnostics) in sent.update(&id, published.as_ref(), &support) {
                let version = version.filter(|_| support.diagnostic_versions);
                client.publish_diagnostics(uri, diagnostics, version).await;
            }
        }
        outbox.wake.notified().await;
    }
}

/// What the client was sent last, by document and URI.
#[derive(Debug, Default)]
struct Sent(HashMap<DocumentId, HashMap<Uri, Vec<Diagnostic>>>);

impl Sent {
    /// What has to be sent so that the client has this; nothing that it has already. The first analysis of a document
    /// is always sent, even without findings: it says that there are none.
    fn update(
        &mut self,
        id: &DocumentId,
        published: Option<&Published>,
        support: &ClientSupport,
    ) -> Vec<(Uri, Option<i32>, Vec<Diagnostic>)> {
        let before = self.0.remove(id).unwrap_or_default();
        let mut now = HashMap::new();
        let mut messages = Vec::new();
        if let Some(Published { uris, analysis }) = published {
            for uri in uris {
                let diagnostics = lsp_diagnostics(analysis, uri, support);
                if before.get(uri) != Some(&diagnostics) {
                    messages.push((uri.clone(), Some(analysis.version), diagnostics.clone()));
                }
                now.insert(uri.clone(), diagnostics);
            }
        }
        for (uri, diagnostics) in before {
            if !now.contains_key(&uri) && !diagnostics.is_empty() {
                messages.push((uri, None, Vec::new()));
            }
        }
        if !now.is_empty() {
            self.0.insert(Arc::clone(id), now);
        }
        messages
    }
}

#[cfg(test)]
mod tests {
    use deferlint_text::Document;

    use super::*;

    fn published(uris: &[&str], version: i32) -> Published {
        Published {
            uris: uris.iter().map(|uri| uri.parse().expect("a URI")).collect(),
            analysis: Arc::new(Analysis {
                version,
                document: Document::default(),
                diagnostics: Vec::new(),
            }),
        }
    }

    #[test]
    fn what_the_client_has_is_not_sent_again() {
        let (mut sent, support) = (Sent::default(), ClientSupport::default());
        let id = DocumentId::from("a");
        let first = sent.update(&id, Some(&published(&["file:///a.go"], 1)), &support);
        assert_eq!(first.len(), 1);
        assert_eq!(first[0].1, Some(1));
        assert_eq!(
            sent.update(&id, Some(&published(&["file:///a.go"], 2)), &support),
            []
        );
        let spelled_anew = published(&["file:///a.go", "file:///%61.go"], 3);
        assert_eq!(sent.update(&id, Some(&spelled_anew), &support).len(), 1);
        assert_eq!(
            sent.update(&id, None, &support),
            [],
            "there is nothing to take back"
        );
        assert_eq!(
            sent.update(&id, Some(&published(&["file:///a.go"], 1)), &support)
                .len(),
            1
        );
    }

    #[test]
    fn a_document_waits_once_and_not_after_an_edit() {
        let outbox = Outbox::default();
        let (a, b) = (DocumentId::from("a"), DocumentId::from("b"));
        for version in 1..=100 {
            outbox.publish(&b, published(&["file:///b.go"], version));
            outbox.publish(&a, published(&["file:///a.go"], version));
        }
        outbox.hold_back(&a);
        assert_eq!(outbox.next(), Some(Arc::clone(&b)));
        assert_eq!(outbox.next(), None);
        let newest = outbox.published.get(&b).map(|entry| entry.analysis.version);
        assert_eq!(newest, Some(100));
    }
}
