//! Finds a file's build constraint in what stands before its package clause (`go help buildconstraint`).

use crate::Name;

/// The expression of the `//go:build` line of a file, or what the older `// +build` lines say when there is none. Only
/// what stands before the package clause is looked at.
pub fn build_constraint(text: &str) -> Option<Name> {
    let lines = comment_lines(text);
    let go_build = lines.iter().find_map(|line| {
        let expression = line.text.strip_prefix("//go:build")?;
        expression.starts_with([' ', '\t']).then(|| expression.trim())
    });
    if let Some(expression) = go_build {
        return Some(expression.into());
    }
    let blank = lines.iter().rposition(|line| line.text.is_empty())?;
    let old: Vec<_> = lines[..blank]
        .iter()
        .filter(|line| line.is_leading)
        .filter_map(|line| plus_build(line.text))
        .collect();
    (!old.is_empty()).then(|| old.join(" && ").into())
}

/// A line outside `/* ... */`.
struct Line<'a> {
    text: &'a str,
    /// True while only line comments and blank lines stand before it.
    is_leading: bool,
}

/// The lines before the first one with anything but comments. The inside of a general comment is left out.
fn comment_lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut is_leading = true;
    let mut in_comment = false;
    for text in text.lines().map(str::trim) {
        if !in_comment {
            is_leading &= text.is_empty() || text.starts_with("//");
            if is_leading || text.starts_with("//") {
                lines.push(Line { text, is_leading });
            }
        }
        let mut rest = text;
        while !rest.is_empty() {
            if in_comment {
                let Some((_, after)) = rest.split_once("*/") else {
                    break;
                };
                in_comment = false;
                rest = after.trim_start();
            } else if rest.starts_with("//") {
                break;
            } else if let Some(after) = rest.strip_prefix("/*") {
                in_comment = true;
                rest = after;
            } else {
                return lines;
            }
        }
    }
    lines
}

/// `// +build a,!b c` as an expression: the words are alternatives, a comma joins what must hold together.
fn plus_build(line: &str) -> Option<String> {
    let text = line.strip_prefix("//")?.trim_start().strip_prefix("+build")?;
    if !text.starts_with([' ', '\t']) {
        return None;
    }
    let alternatives: Vec<_> = text
        .split_whitespace()
        .map(|word| word.replace(',', " && "))
        .collect();
    (!alternatives.is_empty()).then(|| format!("({})", alternatives.join(" || ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(head: &str, expected: Option<&str>) {
        assert_eq!(build_constraint(head).as_deref(), expected, "{head}");
    }

    #[test]
    fn finds_go_build_lines() {
        check("", None);
        check("// A comment about a build.\n\n", None);
        check("//go:build linux\n\n", Some("linux"));
        check("//go:build linux\n", Some("linux"));
        check(
            "// Copyright\n\n//go:build (a && !b) || c\r\n\n// Package x.\n",
            Some("(a && !b) || c"),
        );
        check("\n\t//go:build\tlinux \n\n", Some("linux"));
        check("// //go:build linux\n\n", None);
        check("// go:build linux\n\n", None);
        check("//go:builder linux\n\n", None);
        check("/*\n//go:build linux\n*/\n\n", None);
        check("/* Copyright */\n//go:build linux\n\n", Some("linux"));
        check("/* a\n*/ /* b */ // c\n//go:build linux\n\n", Some("linux"));
        check("x\n//go:build linux\n", None);
    }

    #[test]
    fn finds_the_older_lines() {
        check("// +build linux\n\n", Some("(linux)"));
        check(
            "//+build linux,386 darwin,!cgo\n\n",
            Some("(linux && 386 || darwin && !cgo)"),
        );
        check(
            "// +build linux darwin\n// +build amd64\n\n",
            Some("(linux || darwin) && (amd64)"),
        );
        check("// +build linux\n", None);
        check("// +builder linux\n\n", None);
        check("//go:build a\n// +build b\n\n", Some("a"));
        check("/* x */\n// +build linux\n\n", None);
    }
}
