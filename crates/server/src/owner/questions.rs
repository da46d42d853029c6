//! What the client asks about a document.

use std::sync::Arc;

use deferlint_text::ByteRange;
use deferlint_workspace::DocumentId;
use serde_json::Value;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types as lsp;

use super::Owner;
use crate::code_action::{ApplyFix, FixedAll, Menu, SOURCE_FIX_ALL};
use crate::convert::{lsp_range, position, position_range, workspace_edit};
use crate::documents::{DiagnosticRequest, PlaceQuestion};
use crate::event::Reply;
use crate::fix_all::{FixAll, OpenText, has_fixes};
use crate::hover;
use crate::identity::Identity;
use crate::messenger::Message;

impl Owner {
    pub(super) fn diagnose(
        &mut self,
        params: lsp::DocumentDiagnosticParams,
        reply: Reply<lsp::DocumentDiagnosticReportResult>,
    ) {
        let id = Identity::of(&params.text_document.uri).id;
        let request = DiagnosticRequest { params, reply };
        match self.documents.get_mut(&id) {
            Some(open) if open.is_go => {
                open.waiting.push(request);
                self.touched.insert(id);
            }
            _ => request.answer_nothing(),
        }
    }

    /// Answers a question about a place, or leaves it until the text that the place is in is parsed.
    pub(super) fn asked_at(&mut self, question: PlaceQuestion) {
        let id = Identity::of(question.uri()).id;
        match self.documents.get_mut(&id) {
            Some(open) if !open.is_out_of_step && self.session.is_being_parsed(&id) => {
                open.places.push(question);
            }
            _ => self.answer_at(question),
        }
    }

    /// Answers a question about a place with what is known.
    pub(super) fn answer_at(&mut self, question: PlaceQuestion) {
        if question.is_cancelled() {
            return;
        }
        match question {
            PlaceQuestion::CodeActions { params, reply } => self.code_actions(params, reply),
            PlaceQuestion::Hover { params, reply } => answer(reply, Ok(self.hover_at(&params))),
        }
    }

    fn code_actions(&mut self, params: lsp::CodeActionParams, reply: Reply<Option<lsp::CodeActionResponse>>) {
        let uri = params.text_document.uri;
        let id = Identity::of(&uri).id;
        let in_step = self.documents.get(&id).is_some_and(|open| !open.is_out_of_step);
        let (true, Some((document, version))) = (in_step, self.session.text(&id)) else {
            answer(reply, Ok(None));
            return;
        };
        let range = document.byte_range(position_range(params.range), self.support.encoding);
        let text = (document.clone(), version);
        let mut menu = Menu::new(uri, text, Arc::clone(&self.support), params.context.only);
        menu.add_quick_fixes(&self.session.diagnostics_at(&id, range));
        if menu.wants(&lsp::CodeActionKind::REFACTOR_EXTRACT) {
            menu.add_refactorings(&self.session.refactorings(&id, range));
        }
        match self.fix_all(&id).filter(|_| menu.wants(&SOURCE_FIX_ALL)) {
            Some(work) => self.jobs.fix_all(id, work, menu, reply),
            None => answer(reply, Ok(menu.into_response())),
        }
    }

    /// The work of fixing a whole document, when there is something to fix.
    fn fix_all(&self, id: &DocumentId) -> Option<FixAll> {
        let analysis = self.session.analysis(id)?;
        let (document, version) = self.session.text(id)?;
        let settings = self.session.settings_of(id);
        if analysis.version != version || !has_fixes(&analysis.diagnostics, &settings) {
            return None;
        }
        let text = OpenText {
            id: Arc::clone(id),
            path: self.documents.get(id)?.path.clone(),
            document: document.clone(),
        };
        let directory = text.path.as_deref().and_then(|path| path.parent());
        let beside = self.documents.iter().filter(|(other, open)| {
            *other != id && open.is_go && directory.is_some() && open.directory() == directory
        });
        let beside = beside.filter_map(|(other, open)| {
            Some(OpenText {
                id: Arc::clone(other),
                path: open.path.clone(),
                document: self.session.text(other)?.0.clone(),
            })
        });
        Some(FixAll {
            settings,
            beside: beside.collect(),
            text,
        })
    }

    pub(super) fn fixed_all(&mut self, fixed: FixedAll) {
        let FixedAll {
            id,
            mut menu,
            edit,
            reply,
        } = fixed;
        let is_current = self.is_current(&id, menu.version());
        if !edit.is_empty() {
            menu.add_fix_all(&edit);
        }
        let response = is_current.then(|| menu.into_response());
        answer(reply, response.ok_or_else(Error::content_modified));
    }

    pub(super) fn apply_fix(&mut self, fix: ApplyFix, reply: Reply<Option<Value>>) {
        if !self.is_current(&Identity::of(&fix.uri).id, fix.version) {
            answer(reply, Err(Error::content_modified()));
            return;
        }
        let edit = workspace_edit(&fix.uri, fix.version, fix.edits, &self.support);
        self.messenger.send(Message::Apply(edit));
        answer(reply, Ok(None));
    }

    /// True when this is the document's current version, and ours is the client's.
    fn is_current(&self, id: &DocumentId, version: i32) -> bool {
        let in_step = self.documents.get(id).is_some_and(|open| !open.is_out_of_step);
        in_step
            && self
                .session
                .text(id)
                .is_some_and(|(_, current)| current == version)
    }

    fn hover_at(&self, params: &lsp::TextDocumentPositionParams) -> Option<lsp::Hover> {
        let id = Identity::of(&params.text_document.uri).id;
        if self.documents.get(&id)?.is_out_of_step {
            return None;
        }
        let (document, _) = self.session.text(&id)?;
        let offset = document.offset(position(params.position), self.support.encoding);
        let found = self.session.diagnostics_at(&id, ByteRange::empty(offset));
        let range = found
            .iter()
            .map(|diagnostic| diagnostic.range)
            .reduce(|all, range| all.intersection(range).unwrap_or(all))?;
        Some(lsp::Hover {
            contents: lsp::HoverContents::Markup(hover::contents(&found, self.support.markdown_hover)),
            range: Some(lsp_range(document, range, self.support.encoding)),
        })
    }
}

/// Sends an answer. Nobody waits for it when the client has cancelled the request.
fn answer<T>(reply: Reply<T>, result: Result<T>) {
    drop(reply.send(result));
}
