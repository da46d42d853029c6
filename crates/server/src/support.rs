//! What a client can do, as far as it changes what the server does.

use deferlint_text::PositionEncoding;
use tower_lsp::ls_types::{ClientCapabilities, MarkupKind, PositionEncodingKind};

/// What a client announced when it connected (LSP 3.17, `ClientCapabilities`). What it didn't announce counts as
/// missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "the protocol announces each of these by itself"
)]
pub(crate) struct ClientSupport {
    /// The unit of columns: UTF-8 where the client offers it, UTF-16 otherwise.
    pub(crate) encoding: PositionEncoding,
    /// It asks for diagnostics, and again when it is told that they changed, so they aren't sent to it.
    pub(crate) pulls_diagnostics: bool,
    /// It reads the version of published diagnostics.
    pub(crate) diagnostic_versions: bool,
    /// Diagnostics may carry related places.
    pub(crate) related_information: bool,
    /// Diagnostics may carry tags.
    pub(crate) diagnostic_tags: bool,
    /// Diagnostics may carry a link to their rule's page.
    pub(crate) code_descriptions: bool,
    /// Code actions may carry edits; otherwise they are commands.
    pub(crate) code_action_literals: bool,
    /// Code actions may be marked as the preferred one.
    pub(crate) preferred_actions: bool,
    /// Edits may name the version that they are for.
    pub(crate) document_changes: bool,
    /// It applies edits that the server sends.
    pub(crate) apply_edit: bool,
    /// It answers `workspace/configuration`.
    pub(crate) configuration: bool,
    /// It can be asked to report changes of its configuration.
    pub(crate) configuration_registration: bool,
    /// It can be asked to watch files.
    pub(crate) watched_files: bool,
    /// It shows progress that the server starts.
    pub(crate) work_done_progress: bool,
    /// It renders Markdown in hovers.
    pub(crate) markdown_hover: bool,
}

impl ClientSupport {
    /// What these capabilities amount to.
    pub(crate) fn new(capabilities: &ClientCapabilities) -> Self {
        let mut support = Self {
            encoding: encoding(capabilities),
            ..Self::default()
        };
        support.read_workspace(capabilities);
        support.read_text_document(capabilities);
        support.work_done_progress = capabilities
            .window
            .as_ref()
            .is_some_and(|window| window.work_done_progress == Some(true));
        support
    }

    /// True when code actions have to be commands, and the client can apply what they do.
    pub(crate) fn needs_commands(&self) -> bool {
        !self.code_action_literals && self.apply_edit
    }

    fn read_workspace(&mut self, capabilities: &ClientCapabilities) {
        let Some(workspace) = &capabilities.workspace else {
            return;
        };
        self.apply_edit = workspace.apply_edit == Some(true);
        self.configuration = workspace.configuration == Some(true);
        self.document_changes = workspace
            .workspace_edit
            .as_ref()
            .is_some_and(|edit| edit.document_changes == Some(true));
        self.configuration_registration = workspace
            .did_change_configuration
            .as_ref()
            .is_some_and(|change| change.dynamic_registration == Some(true));
        self.watched_files = workspace
            .did_change_watched_files
            .as_ref()
            .is_some_and(|watched| watched.dynamic_registration == Some(true));
    }

    fn read_text_document(&mut self, capabilities: &ClientCapabilities) {
        let Some(text_document) = &capabilities.text_document else {
            return;
        };
        if let Some(publish) = &text_document.publish_diagnostics {
            self.diagnostic_versions = publish.version_support == Some(true);
            self.related_information = publish.related_information == Some(true);
            self.diagnostic_tags = publish.tag_support.is_some();
            self.code_descriptions = publish.code_description_support == Some(true);
        }
        if let Some(pull) = &text_document.diagnostic {
            self.pulls_diagnostics = refreshes_diagnostics(capabilities);
            self.related_information |= pull.related_information == Some(true);
            self.diagnostic_tags |= pull.tag_support.is_some();
            self.code_descriptions |= pull.code_description_support == Some(true);
        }
        if let Some(action) = &text_document.code_action {
            self.code_action_literals = action.code_action_literal_support.is_some();
            self.preferred_actions = action.is_preferred_support == Some(true);
        }
        self.markdown_hover = text_document
            .hover
            .as_ref()
            .and_then(|hover| hover.content_format.as_ref())
            .is_some_and(|formats| formats.contains(&MarkupKind::Markdown));
    }
}

/// Without it a client wouldn't hear of findings that change with another file or a setting: Neovim 0.11 is one.
fn refreshes_diagnostics(capabilities: &ClientCapabilities) -> bool {
    let workspace = capabilities.workspace.as_ref();
    workspace
        .and_then(|workspace| workspace.diagnostics.as_ref())
        .is_some_and(|diagnostics| diagnostics.refresh_support == Some(true))
}

fn encoding(capabilities: &ClientCapabilities) -> PositionEncoding {
    let offered = capabilities
        .general
        .as_ref()
        .and_then(|general| general.position_encodings.as_ref());
    match offered {
        Some(offered) if offered.contains(&PositionEncodingKind::UTF8) => PositionEncoding::Utf8,
        _ => PositionEncoding::Utf16,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn support(capabilities: serde_json::Value) -> ClientSupport {
        ClientSupport::new(&serde_json::from_value(capabilities).expect("capabilities"))
    }

    #[test]
    fn a_client_that_announces_nothing_can_do_nothing() {
        assert_eq!(support(json!({})), ClientSupport::default());
        let empty = json!({"workspace": {}, "textDocument": {}, "window": {}, "general": {}});
        assert_eq!(support(empty), ClientSupport::default());
    }

    #[test]
    fn only_a_client_that_asks_again_is_not_sent_diagnostics() {
        let asking = json!({"textDocument": {"diagnostic": {}}});
        assert!(!support(asking.clone()).pulls_diagnostics);
        let refreshing = |can: bool| {
            let mut capabilities = asking.clone();
            capabilities["workspace"] = json!({"diagnostics": {"refreshSupport": can}});
            support(capabilities).pulls_diagnostics
        };
        assert!(refreshing(true));
        assert!(!refreshing(false));
    }

    #[test]
    fn utf_8_is_chosen_wherever_it_is_offered() {
        let offering =
            |offered: &[&str]| support(json!({"general": {"positionEncodings": offered}})).encoding;
        assert_eq!(offering(&["utf-16", "utf-8"]), PositionEncoding::Utf8);
        assert_eq!(offering(&["utf-16"]), PositionEncoding::Utf16);
        assert_eq!(offering(&["utf-32"]), PositionEncoding::Utf16);
        assert_eq!(offering(&[]), PositionEncoding::Utf16);
    }

    #[test]
    fn commands_are_for_clients_without_literals_that_apply_edits() {
        let apply = json!({"workspace": {"applyEdit": true}});
        assert!(support(apply).needs_commands());
        assert!(!support(json!({})).needs_commands());
        let literals = json!({
            "workspace": {"applyEdit": true},
            "textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}},
        });
        assert!(!support(literals).needs_commands());
    }
}
