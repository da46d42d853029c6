//! The findings for people: a code frame, the message, related places, and what the fix would do.

use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use deferlint_rules::{Safety, Severity};
use deferlint_text::ByteRange;
use deferlint_workspace::{Diagnostic, Report};

use super::display_path;
use super::printable::{printable, printable_line};

/// Writes every finding with its frame.
///
/// # Errors
/// What `out` says.
pub(crate) fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let renderer = Renderer::styled().decor_style(DecorStyle::Ascii);
    for file in &report.files {
        let path = printable_line(&display_path(&file.path));
        let text = file.document.to_string();
        let source = printable(&text);
        for diagnostic in &file.diagnostics {
            writeln!(out, "{}\n", renderer.render(&frame(&source, &path, diagnostic)))?;
        }
    }
    Ok(())
}

fn frame<'a>(source: &'a str, path: &'a str, diagnostic: &'a Diagnostic) -> Vec<Group<'a>> {
    let window = Window::around(source, diagnostic);
    let related = diagnostic.related.iter().map(|related| {
        window
            .annotation(AnnotationKind::Context, related.range)
            .label(printable(&related.message))
    });
    let snippet = Snippet::source(window.text)
        .line_start(window.first_line)
        .path(path)
        .annotation(window.annotation(AnnotationKind::Primary, diagnostic.range))
        .annotations(related);
    let title = level(diagnostic.severity)
        .primary_title(printable(&diagnostic.message))
        .id(diagnostic.rule.name);
    let mut group = title.element(snippet);
    for fix in &diagnostic.fixes {
        // The fix of a hint is applied only when its rule is selected by name.
        let select = match diagnostic.severity {
            Severity::Hint => format!(" --select {}", diagnostic.rule.name),
            _ => String::new(),
        };
        let note = match fix.safety {
            Safety::Safe => format!("{} (--fix{select})", fix.title),
            Safety::Unsafe => format!(
                "{} (--fix --unsafe-fixes{select}: changes what the program does)",
                fix.title
            ),
        };
        group = group.element(Level::HELP.message(printable(&note).into_owned()));
    }
    vec![group]
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
        Severity::Hint => Level::NOTE.with_name("hint"),
    }
}

/// The lines of a file that one frame shows, so that a frame costs what it shows and not what the file holds.
struct Window<'a> {
    text: &'a str,
    start: usize,
    first_line: usize,
}

impl<'a> Window<'a> {
    fn around(text: &'a str, diagnostic: &Diagnostic) -> Self {
        let ranges =
            || std::iter::once(diagnostic.range).chain(diagnostic.related.iter().map(|place| place.range));
        let first = ranges()
            .map(|range| range.start() as usize)
            .min()
            .unwrap_or_default();
        let last = ranges()
            .map(|range| range.end() as usize)
            .max()
            .unwrap_or_default();
        let start = text[..first].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[last..]
            .find('\n')
            .map_or(text.len(), |newline| last + newline);
        let first_line = 1 + text[..start].matches('\n').count();
        Self {
            text: &text[start..end],
            start,
            first_line,
        }
    }

    fn annotation(&self, kind: AnnotationKind, range: ByteRange) -> Annotation<'a> {
        kind.span(self.relative(range))
    }

    fn relative(&self, range: ByteRange) -> Range<usize> {
        range.start() as usize - self.start..range.end() as usize - self.start
    }
}
