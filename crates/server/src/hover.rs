//! What an editor shows over a finding.

use std::fmt::Write;

use deferlint_workspace::Diagnostic;
use tower_lsp::ls_types::{MarkupContent, MarkupKind};

use crate::convert::page_address;

/// What findings say: each one's message, the first paragraph of its rule's page and where the page is.
pub(crate) fn contents(diagnostics: &[&Diagnostic], markdown: bool) -> MarkupContent {
    let sections: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| {
            if markdown {
                in_markdown(diagnostic)
            } else {
                in_plain_text(diagnostic)
            }
        })
        .collect();
    let (kind, separator) = if markdown {
        (MarkupKind::Markdown, "\n\n---\n\n")
    } else {
        (MarkupKind::PlainText, "\n\n")
    };
    MarkupContent {
        kind,
        value: sections.join(separator),
    }
}

fn in_markdown(diagnostic: &Diagnostic) -> String {
    let rule = diagnostic.rule;
    format!(
        "**deferlint** [{}]({}): {}\n\n{}",
        rule.name,
        page_address(rule),
        escaped(&diagnostic.message),
        rule.summary()
    )
}

fn in_plain_text(diagnostic: &Diagnostic) -> String {
    let rule = diagnostic.rule;
    let mut text = format!("deferlint {}: {}", rule.name, diagnostic.message);
    let summary = rule.summary();
    if !summary.is_empty() {
        // Writing to a string can't fail.
        let _ = write!(text, "\n\n{summary}");
    }
    text
}

/// A message so that Markdown shows it as it is. What stands between backticks is code in both.
fn escaped(message: &str) -> String {
    let mut escaped = String::with_capacity(message.len());
    let mut in_code = false;
    for character in message.chars() {
        match character {
            '`' => in_code = !in_code,
            '\n' if !in_code => escaped.push_str("  "),
            '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' if !in_code => escaped.push('\\'),
            _ => {}
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn go_in_a_message_is_not_taken_for_markdown() {
        assert_eq!(escaped("`a_b` and *p in m[k]"), r"`a_b` and \*p in m\[k\]");
        assert_eq!(escaped("one\ntwo"), "one  \ntwo");
    }
}
