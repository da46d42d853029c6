//! Places the findings of declarations in their file.

use deferlint_rules::{Finding, Fix, ImportRequest};
use deferlint_text::{ByteRange, TextEdit};

use crate::diagnostic::{Diagnostic, FileFix, RelatedPlace};
use crate::file::SourceFile;
use crate::imports::add_imports;
use crate::settings::Settings;
use crate::suppression::Suppression;

/// The findings of a file in the order of the text, as far as the settings let them through.
pub(crate) fn diagnostics(file: &SourceFile, settings: &Settings) -> Vec<Diagnostic> {
    if file.facts.generated && !settings.generated {
        return Vec::new();
    }
    let mut diagnostics = Vec::new();
    let mut suppression = None;
    for declaration in &file.declarations {
        let findings = declaration.found.iter().flat_map(|found| &*found.findings);
        let mut wanted = findings
            .filter(|finding| {
                settings.is_enabled(finding.rule) && (!finding.is_opt_in || settings.selects(finding.rule))
            })
            .peekable();
        if wanted.peek().is_none() {
            continue;
        }
        let suppression = suppression.get_or_insert_with(|| Suppression::of(file));
        let suppressed = suppression.in_declaration(&file.document, declaration);
        let left = wanted.filter(|finding| !suppressed.covers(finding.rule, finding.span.start));
        diagnostics.extend(left.map(|finding| diagnostic(file, settings, declaration.range, finding)));
    }
    diagnostics
}

fn diagnostic(
    file: &SourceFile,
    settings: &Settings,
    declaration: ByteRange,
    finding: &Finding,
) -> Diagnostic {
    let start = declaration.start();
    let related = finding.related.iter().map(|related| RelatedPlace {
        range: related.span.in_file(start),
        message: related.message.clone(),
    });
    Diagnostic {
        rule: finding.rule,
        severity: settings.severity_of(finding.rule, finding.severity),
        range: finding.span.in_file(start),
        declaration,
        message: finding.message.clone(),
        related: related.collect(),
        fixes: finding
            .fixes
            .iter()
            .filter_map(|fix| file_fix(file, start, fix))
            .collect(),
        tag: finding.tag,
    }
}

/// The fix as an edit of its file, with the imports it needs. `None` when they have no place.
pub(crate) fn file_fix(file: &SourceFile, declaration_start: u32, fix: &Fix) -> Option<FileFix> {
    let edit = with_imports(file, fix.edit.clone().shifted(declaration_start), &fix.imports)?;
    Some(FileFix {
        title: fix.title.clone(),
        safety: fix.safety,
        edit,
    })
}

fn with_imports(file: &SourceFile, edit: TextEdit, imports: &[ImportRequest]) -> Option<TextEdit> {
    if imports.is_empty() {
        return Some(edit);
    }
    add_imports(&file.header, &file.document, imports)?
        .union(edit)
        .ok()
}
