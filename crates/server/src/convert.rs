//! Places, findings and edits in the protocol's terms.

use std::collections::HashMap;
use std::str::FromStr;

use deferlint_rules::{Rule, Severity, Tag};
use deferlint_text::{ByteRange, Document, Position, PositionEncoding, PositionRange, TextEdit};
use deferlint_workspace::{Analysis, Diagnostic};
use tower_lsp::ls_types as lsp;

use crate::support::ClientSupport;

/// The name under which an editor shows the findings.
pub(crate) const SOURCE: &str = "deferlint";

/// The most diagnostics that are reported for one document. A file with more is generated or broken, and an editor
/// that draws them all stops being one.
pub(crate) const MAX_DIAGNOSTICS: usize = 1_000;

/// Where the rules' pages are.
const PAGES: &str = "https://github.com/deferlint/deferlint/blob/main/docs/rules";

/// The address of a rule's page.
pub(crate) fn page_address(rule: &Rule) -> String {
    format!("{PAGES}/{}.md", rule.name)
}

/// A position of the protocol as one of the text.
pub(crate) fn position(position: lsp::Position) -> Position {
    Position::new(position.line, position.character)
}

/// A range of the protocol as one of the text.
pub(crate) fn position_range(range: lsp::Range) -> PositionRange {
    PositionRange::new(position(range.start), position(range.end))
}

/// A range of bytes as one of the protocol.
pub(crate) fn lsp_range(document: &Document, range: ByteRange, encoding: PositionEncoding) -> lsp::Range {
    let range = document.position_range(range, encoding);
    lsp::Range::new(lsp_position(range.start), lsp_position(range.end))
}

fn lsp_position(position: Position) -> lsp::Position {
    lsp::Position::new(position.line, position.column)
}

/// An edit as the protocol's.
pub(crate) fn lsp_edits(
    document: &Document,
    edit: &TextEdit,
    encoding: PositionEncoding,
) -> Vec<lsp::TextEdit> {
    edit.iter()
        .map(|indel| lsp::TextEdit::new(lsp_range(document, indel.range, encoding), indel.text.clone()))
        .collect()
}

/// Edits of one document, for its version where the client reads versions.
pub(crate) fn workspace_edit(
    uri: &lsp::Uri,
    version: i32,
    edits: Vec<lsp::TextEdit>,
    support: &ClientSupport,
) -> lsp::WorkspaceEdit {
    if support.document_changes {
        let edit = lsp::TextDocumentEdit {
            text_document: lsp::OptionalVersionedTextDocumentIdentifier {
                uri: uri.clone(),
                version: Some(version),
            },
            edits: edits.into_iter().map(lsp::OneOf::Left).collect(),
        };
        return lsp::WorkspaceEdit {
            document_changes: Some(lsp::DocumentChanges::Edits(vec![edit])),
            ..lsp::WorkspaceEdit::default()
        };
    }
    lsp::WorkspaceEdit {
        changes: Some(HashMap::from([(uri.clone(), edits)])),
        ..lsp::WorkspaceEdit::default()
    }
}

/// The findings of a document, the first [`MAX_DIAGNOSTICS`] of them.
pub(crate) fn lsp_diagnostics(
    analysis: &Analysis,
    uri: &lsp::Uri,
    support: &ClientSupport,
) -> Vec<lsp::Diagnostic> {
    let reported = analysis.diagnostics.iter().take(MAX_DIAGNOSTICS);
    reported
        .map(|diagnostic| lsp_diagnostic(&analysis.document, diagnostic, uri, support))
        .collect()
}

/// One finding.
pub(crate) fn lsp_diagnostic(
    document: &Document,
    diagnostic: &Diagnostic,
    uri: &lsp::Uri,
    support: &ClientSupport,
) -> lsp::Diagnostic {
    let rule = diagnostic.rule;
    let href = support
        .code_descriptions
        .then(|| lsp::Uri::from_str(&page_address(rule)).ok())
        .flatten();
    lsp::Diagnostic {
        range: lsp_range(document, diagnostic.range, support.encoding),
        severity: Some(severity(diagnostic.severity)),
        code: Some(lsp::NumberOrString::String(rule.name.to_owned())),
        code_description: href.map(|href| lsp::CodeDescription { href }),
        source: Some(SOURCE.to_owned()),
        message: diagnostic.message.clone(),
        related_information: related_information(document, diagnostic, uri, support),
        tags: diagnostic
            .tag
            .filter(|_| support.diagnostic_tags)
            .map(|tag| vec![lsp_tag(tag)]),
        data: None,
    }
}

fn related_information(
    document: &Document,
    diagnostic: &Diagnostic,
    uri: &lsp::Uri,
    support: &ClientSupport,
) -> Option<Vec<lsp::DiagnosticRelatedInformation>> {
    let places = &diagnostic.related;
    (support.related_information && !places.is_empty()).then(|| {
        let information = places.iter().map(|place| lsp::DiagnosticRelatedInformation {
            location: lsp::Location::new(uri.clone(), lsp_range(document, place.range, support.encoding)),
            message: place.message.clone(),
        });
        information.collect()
    })
}

fn severity(severity: Severity) -> lsp::DiagnosticSeverity {
    match severity {
        Severity::Hint => lsp::DiagnosticSeverity::HINT,
        Severity::Info => lsp::DiagnosticSeverity::INFORMATION,
        Severity::Warning => lsp::DiagnosticSeverity::WARNING,
        Severity::Error => lsp::DiagnosticSeverity::ERROR,
    }
}

fn lsp_tag(tag: Tag) -> lsp::DiagnosticTag {
    match tag {
        Tag::Unnecessary => lsp::DiagnosticTag::UNNECESSARY,
    }
}
