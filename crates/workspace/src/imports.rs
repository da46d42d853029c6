//! Adds imports to a file the way goimports places them.

use deferlint_rules::ImportRequest;
use deferlint_semantics::header::{Header, ImportSite};
use deferlint_text::{ByteRange, Document, TextEdit};

/// The edit that adds the imports asked for, as far as the file doesn't have them. `None` when there is no place for
/// them: a file without a package clause.
pub(crate) fn add_imports(
    header: &Header,
    document: &Document,
    requests: &[ImportRequest],
) -> Option<TextEdit> {
    let mut paths: Vec<&str> = requests
        .iter()
        .map(|request| request.path.as_str())
        .filter(|path| {
            !header
                .imports
                .iter()
                .any(|site| site.path == *path && site.name.is_none())
        })
        .collect();
    paths.sort_unstable();
    paths.dedup();
    if paths.is_empty() {
        return Some(TextEdit::default());
    }
    let newline = newline(document);
    if let Some(edit) = into_group(header, document, &paths, newline) {
        return Some(edit);
    }
    if let Some(edit) = beside_single(header, document, &paths, newline) {
        return Some(edit);
    }
    Some(first_imports(document, header.package_clause?, &paths, newline))
}

/// Into the first parenthesised import declaration.
fn into_group(header: &Header, document: &Document, paths: &[&str], newline: &str) -> Option<TextEdit> {
    let declaration = header.imports.iter().find(|site| site.grouped)?.declaration;
    let sites: Vec<_> = header
        .imports
        .iter()
        .filter(|site| site.declaration == declaration)
        .collect();
    let standard = standard_block(&sites, document);
    let mut edit = TextEdit::builder();
    for path in paths {
        let spec = format!("\"{path}\"");
        match standard.iter().find(|site| site.path.as_str() > *path) {
            Some(after) => {
                edit.insert(after.range.start(), format!("{spec}{newline}\t"));
            }
            None => match standard.last() {
                Some(last) => {
                    let end = end_of_line(document, last.range.end());
                    edit.insert(end, format!("{newline}\t{spec}"));
                }
                None => {
                    let first = sites.first()?;
                    edit.insert(first.range.start(), format!("{spec}{newline}{newline}\t"));
                }
            },
        }
    }
    edit.finish().ok()
}

/// The first run of lines without a blank line between them that holds an import of the standard library: one whose
/// path has no dot in its first element.
fn standard_block<'a>(sites: &[&'a ImportSite], document: &Document) -> Vec<&'a ImportSite> {
    let mut block: Vec<&'a ImportSite> = Vec::new();
    for site in sites {
        let line = document.line_of(site.range.start());
        let goes_on = block
            .last()
            .is_some_and(|last| document.line_of(last.range.start()) + 1 >= line);
        if !goes_on {
            if block.iter().any(|site| is_standard(&site.path)) {
                break;
            }
            block.clear();
        }
        block.push(site);
    }
    if block.iter().any(|site| is_standard(&site.path)) {
        block
    } else {
        Vec::new()
    }
}

fn is_standard(path: &str) -> bool {
    path != "C" && !path.split('/').next().unwrap_or_default().contains('.')
}

/// Next to an import declaration without parentheses, which becomes a parenthesised one. The import of cgo is left as
/// it is, for the comment before it is its program.
fn beside_single(header: &Header, document: &Document, paths: &[&str], newline: &str) -> Option<TextEdit> {
    let single = header
        .imports
        .iter()
        .find(|site| !site.grouped && site.path != "C")?;
    let start = single.range.start();
    let end = end_of_line(document, single.range.end());
    let (before, after): (Vec<_>, Vec<_>) = paths.iter().partition(|path| **path < single.path.as_str());
    let lines = |paths: &[&&str]| {
        paths
            .iter()
            .map(|path| format!("\"{path}\"{newline}\t"))
            .collect::<String>()
    };
    let mut edit = TextEdit::builder();
    edit.insert(start, format!("({newline}\t{}", lines(&before)));
    let rest: String = after
        .iter()
        .map(|path| format!("{newline}\t\"{path}\""))
        .collect();
    edit.insert(end, format!("{rest}{newline})"));
    edit.finish().ok()
}

/// After the package clause, when the file imports nothing, or cgo alone.
fn first_imports(document: &Document, package_clause: ByteRange, paths: &[&str], newline: &str) -> TextEdit {
    let text = match paths {
        [path] => format!("{newline}{newline}import \"{path}\""),
        _ => {
            let lines: String = paths
                .iter()
                .map(|path| format!("\t\"{path}\"{newline}"))
                .collect();
            format!("{newline}{newline}import ({newline}{lines})")
        }
    };
    TextEdit::single(
        ByteRange::empty(end_of_line(document, package_clause.end())),
        text,
    )
}

fn end_of_line(document: &Document, offset: u32) -> u32 {
    document
        .line_range(document.line_of(offset))
        .map_or(offset, ByteRange::end)
}

fn newline(document: &Document) -> &'static str {
    let first = document
        .full_line_range(0)
        .map(|line| document.slice(line).ends_with("\r\n"));
    if first == Some(true) { "\r\n" } else { "\n" }
}
