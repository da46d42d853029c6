//! What can be done at a place: fixes of findings, refactorings, and the fixes of the whole document.

use std::sync::Arc;

use deferlint_text::{Document, TextEdit};
use deferlint_workspace::{Diagnostic, DocumentId, FileFix};
use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::{
    self as lsp, CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionResponse, Command, Uri,
};

use crate::convert::{lsp_diagnostic, lsp_edits, workspace_edit};
use crate::event::Reply;
use crate::support::ClientSupport;

/// The kind of the action that makes every safe fix of a document, as users name it in `codeActionsOnSave`.
pub(crate) const SOURCE_FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.deferlint");

/// The command that makes an edit for clients whose code actions can't carry one.
pub(crate) const APPLY_FIX: &str = "deferlint.applyFix";

const FIX_ALL_TITLE: &str = "Apply all safe fixes of deferlint";

/// The argument of [`APPLY_FIX`]: an edit, and the version of the document that it is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ApplyFix {
    /// The document.
    pub(crate) uri: Uri,
    /// Its version.
    pub(crate) version: i32,
    /// The edit.
    pub(crate) edits: Vec<lsp::TextEdit>,
}

/// The fixes of a whole document, made beside the session.
#[derive(Debug)]
pub(crate) struct FixedAll {
    /// The document.
    pub(crate) id: DocumentId,
    /// The other actions of the same answer.
    pub(crate) menu: Menu,
    /// The edit; empty when nothing was fixed after all.
    pub(crate) edit: TextEdit,
    /// The answer.
    pub(crate) reply: Reply<Option<CodeActionResponse>>,
}

/// The answer to a request for code actions, while it is being made.
#[derive(Debug)]
pub(crate) struct Menu {
    uri: Uri,
    version: i32,
    document: Document,
    support: Arc<ClientSupport>,
    only: Option<Vec<CodeActionKind>>,
    actions: CodeActionResponse,
    offered: Vec<TextEdit>,
}

impl Menu {
    /// An empty answer about this version of a document, with the kinds that the client asks for; `None` means all.
    pub(crate) fn new(
        uri: Uri,
        (document, version): (Document, i32),
        support: Arc<ClientSupport>,
        only: Option<Vec<CodeActionKind>>,
    ) -> Self {
        Self {
            uri,
            version,
            document,
            support,
            only,
            actions: Vec::new(),
            offered: Vec::new(),
        }
    }

    /// The version of the document that the actions are for.
    pub(crate) fn version(&self) -> i32 {
        self.version
    }

    /// True when the client asks for actions of this kind. A kind covers those below it: `refactor` asks for
    /// `refactor.extract`, and the empty kind for everything (LSP 3.17, `CodeActionKind`).
    pub(crate) fn wants(&self, kind: &CodeActionKind) -> bool {
        self.only.as_ref().is_none_or(|only| {
            only.iter()
                .any(|asked| match kind.as_str().strip_prefix(asked.as_str()) {
                    Some(rest) => rest.is_empty() || rest.starts_with('.') || asked.as_str().is_empty(),
                    None => false,
                })
        })
    }

    /// Adds the fixes of findings, each finding's first one preferred.
    pub(crate) fn add_quick_fixes(&mut self, diagnostics: &[&Diagnostic]) {
        if !self.wants(&CodeActionKind::QUICKFIX) {
            return;
        }
        for diagnostic in diagnostics {
            for (index, fix) in diagnostic.fixes.iter().enumerate() {
                let fixed = lsp_diagnostic(&self.document, diagnostic, &self.uri, &self.support);
                let action = CodeAction {
                    kind: Some(CodeActionKind::QUICKFIX),
                    diagnostics: Some(vec![fixed]),
                    is_preferred: (self.support.preferred_actions && index == 0).then_some(true),
                    ..CodeAction::default()
                };
                self.add(action, &fix.title, &fix.edit);
            }
        }
    }

    /// Adds refactorings, but for those that are already offered as the fix of a finding.
    pub(crate) fn add_refactorings(&mut self, refactorings: &[FileFix]) {
        for refactoring in refactorings {
            if !self.offered.contains(&refactoring.edit) {
                let action = CodeAction {
                    kind: Some(CodeActionKind::REFACTOR_EXTRACT),
                    ..CodeAction::default()
                };
                self.add(action, &refactoring.title, &refactoring.edit);
            }
        }
    }

    /// Adds the action that fixes the whole document.
    pub(crate) fn add_fix_all(&mut self, edit: &TextEdit) {
        let action = CodeAction {
            kind: Some(SOURCE_FIX_ALL),
            ..CodeAction::default()
        };
        self.add(action, FIX_ALL_TITLE, edit);
    }

    /// The answer.
    pub(crate) fn into_response(self) -> Option<CodeActionResponse> {
        (!self.actions.is_empty()).then_some(self.actions)
    }

    fn add(&mut self, action: CodeAction, title: &str, edit: &TextEdit) {
        let edits = lsp_edits(&self.document, edit, self.support.encoding);
        let action = if self.support.code_action_literals {
            let edit = workspace_edit(&self.uri, self.version, edits, &self.support);
            CodeActionOrCommand::CodeAction(CodeAction {
                title: title.to_owned(),
                edit: Some(edit),
                ..action
            })
        } else {
            CodeActionOrCommand::Command(self.command(title, edits))
        };
        self.actions.push(action);
        self.offered.push(edit.clone());
    }

    fn command(&self, title: &str, edits: Vec<lsp::TextEdit>) -> Command {
        let fix = ApplyFix {
            uri: self.uri.clone(),
            version: self.version,
            edits,
        };
        Command {
            title: title.to_owned(),
            command: APPLY_FIX.to_owned(),
            arguments: serde_json::to_value(fix).ok().map(|argument| vec![argument]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(only: Option<&[&'static str]>, kind: &CodeActionKind) -> bool {
        let only = only.map(|only| only.iter().copied().map(CodeActionKind::new).collect());
        let text = (Document::default(), 1);
        let uri = "file:///a.go".parse().expect("a URI");
        Menu::new(uri, text, Arc::default(), only).wants(kind)
    }

    #[test]
    fn a_kind_covers_those_below_it() {
        assert!(wants(None, &SOURCE_FIX_ALL));
        for asked in ["", "source", "source.fixAll", "source.fixAll.deferlint"] {
            assert!(wants(Some(&[asked]), &SOURCE_FIX_ALL), "{asked}");
        }
        for asked in [
            "quickfix",
            "sour",
            "source.fix",
            "source.fixAll.deferlint.more",
            "source.organizeImports",
        ] {
            assert!(!wants(Some(&[asked]), &SOURCE_FIX_ALL), "{asked}");
        }
        assert!(!wants(Some(&[]), &SOURCE_FIX_ALL));
    }
}
