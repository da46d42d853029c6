//! The findings for programs. The form is documented in docs/json.md and stable within one `version`.

use std::io::{self, Write};

use deferlint_text::{ByteRange, Document, PositionEncoding};
use deferlint_workspace::{Diagnostic, FileFix, FileReport, Report};
use serde::Serialize;

use super::display_path;

#[derive(Serialize)]
struct Output {
    version: u32,
    diagnostics: Vec<JsonDiagnostic>,
    summary: Summary,
}

#[derive(Serialize)]
struct JsonDiagnostic {
    path: String,
    rule: &'static str,
    severity: &'static str,
    message: String,
    range: Range,
    related: Vec<Related>,
    fixes: Vec<Fix>,
}

#[derive(Serialize)]
struct Range {
    start: Place,
    end: Place,
}

/// Line and column count from 1, column and offset count bytes, as Go's own tools print them.
#[derive(Serialize)]
struct Place {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct Related {
    path: String,
    range: Range,
    message: String,
}

#[derive(Serialize)]
struct Fix {
    title: String,
    safety: &'static str,
    edits: Vec<Edit>,
}

#[derive(Serialize)]
struct Edit {
    range: Range,
    new_text: String,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    packages: usize,
    findings: usize,
    errors: Vec<Error>,
}

#[derive(Serialize)]
struct Error {
    path: String,
    message: String,
}

/// Writes the whole report as one line of JSON.
///
/// # Errors
/// What `out` says.
pub(crate) fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let diagnostics: Vec<_> = report.files.iter().flat_map(file_diagnostics).collect();
    let errors = report
        .errors
        .iter()
        .map(|error| Error {
            path: display_path(&error.path),
            message: error.message.clone(),
        })
        .collect();
    let summary = Summary {
        files: report.file_count,
        packages: report.package_count,
        findings: diagnostics.len(),
        errors,
    };
    serde_json::to_writer(
        &mut *out,
        &Output {
            version: 1,
            diagnostics,
            summary,
        },
    )?;
    writeln!(out)
}

fn file_diagnostics(file: &FileReport) -> impl Iterator<Item = JsonDiagnostic> {
    let path = display_path(&file.path);
    file.diagnostics
        .iter()
        .map(move |diagnostic| json_diagnostic(&path, &file.document, diagnostic))
}

fn json_diagnostic(path: &str, document: &Document, diagnostic: &Diagnostic) -> JsonDiagnostic {
    let related = diagnostic.related.iter().map(|related| Related {
        path: path.to_owned(),
        range: range(document, related.range),
        message: related.message.clone(),
    });
    JsonDiagnostic {
        path: path.to_owned(),
        rule: diagnostic.rule.name,
        severity: diagnostic.severity.name(),
        message: diagnostic.message.clone(),
        range: range(document, diagnostic.range),
        related: related.collect(),
        fixes: diagnostic
            .fixes
            .iter()
            .map(|fix| json_fix(document, fix))
            .collect(),
    }
}

fn json_fix(document: &Document, fix: &FileFix) -> Fix {
    let edits = fix.edit.iter().map(|edit| Edit {
        range: range(document, edit.range),
        new_text: edit.text.clone(),
    });
    Fix {
        title: fix.title.clone(),
        safety: fix.safety.name(),
        edits: edits.collect(),
    }
}

fn range(document: &Document, range: ByteRange) -> Range {
    Range {
        start: place(document, range.start()),
        end: place(document, range.end()),
    }
}

fn place(document: &Document, offset: u32) -> Place {
    let position = document.position(offset, PositionEncoding::Utf8);
    Place {
        line: position.line + 1,
        column: position.column + 1,
        offset,
    }
}
