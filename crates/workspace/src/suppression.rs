//! Comments that take findings away.
//!
//! Four forms are known, each on the line of the finding or on a line of its own above it:
//!
//! ```go
//! defer f.Close() //nolint:defer-in-loop
//! defer f.Close() //nolint:deferlint // the files are few
//! //lint:ignore defer-in-loop the files are few
//! //deferlint:ignore defer-in-loop the files are few
//! ```
//!
//! A comment counts for all of the statements that begin in its line or in the line below it, for a whole function when
//! it stands above it, behind it or in its first line, and for the whole file above the package clause.

use deferlint_rules::Rule;
use deferlint_semantics::body::{Body, Span};
use deferlint_text::{ByteRange, Document};

use crate::file::{Declaration, SourceFile};
use crate::settings::Selector;

/// The name by which all rules are meant: that of the tool.
const ALL_RULES: &str = "deferlint";

/// The comments of a file above its declarations, and of its declarations as far as they are asked for.
pub(crate) struct Suppression {
    of_file: Vec<Selector>,
}

impl Suppression {
    /// What the comments above the package clause say.
    pub(crate) fn of(file: &SourceFile) -> Self {
        let clause = file.header.package_clause;
        Self {
            of_file: clause.map_or_else(Vec::new, |clause| above(&file.document, clause)),
        }
    }

    /// What the comments in a declaration and above it say.
    pub(crate) fn in_declaration(&self, document: &Document, declaration: &Declaration) -> Suppressed {
        let mut everywhere = self.of_file.clone();
        everywhere.extend(above(document, declaration.range));
        everywhere.extend(behind(document, declaration.range));
        let body = &declaration.body;
        let mut parts = Vec::new();
        for comment in &body.comments {
            let selectors = selectors(body.text_of(*comment));
            if !selectors.is_empty() {
                parts.push((reach(body, *comment), selectors));
            }
        }
        Suppressed { everywhere, parts }
    }
}

/// What the comments of one declaration say.
pub(crate) struct Suppressed {
    everywhere: Vec<Selector>,
    /// Parts of the declaration, relative to it.
    parts: Vec<(Span, Vec<Selector>)>,
}

impl Suppressed {
    /// True when a finding of the rule that begins at this byte of the declaration is not wanted.
    pub(crate) fn covers(&self, rule: &Rule, start: u32) -> bool {
        let parts = self
            .parts
            .iter()
            .filter(|(part, _)| part.start <= start && start < part.end);
        let mut selectors = self
            .everywhere
            .iter()
            .chain(parts.flat_map(|(_, selectors)| selectors));
        selectors.any(|selector| selector.matches(rule))
    }
}

/// The selectors of the comments in the lines right above a place.
fn above(document: &Document, place: ByteRange) -> Vec<Selector> {
    let line = document.line_of(place.start());
    let lines = (0..line).rev().map_while(|line| document.line_range(line));
    let texts = lines.map(|range| document.slice(range));
    let comments = texts.take_while(|text| text.trim_start().starts_with("//"));
    comments.flat_map(|text| selectors(text.trim_start())).collect()
}

/// The selectors of the comment behind a declaration.
fn behind(document: &Document, declaration: ByteRange) -> Vec<Selector> {
    let line = document.line_range(document.line_of(declaration.end()));
    let rest = line.map(|line| ByteRange::new(declaration.end(), line.end().max(declaration.end())));
    rest.map_or_else(Vec::new, |rest| selectors(document.slice(rest).trim_start()))
}

/// The part of a declaration that a comment counts for: from its line to the end of what begins there or, when it has
/// the line for itself, of what begins in the next line.
fn reach(body: &Body, comment: Span) -> Span {
    let text = body.text.as_bytes();
    let line_start = |at: usize| {
        text[..at]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1)
    };
    let line_end = |at: usize| {
        let end = text[at..].iter().position(|byte| *byte == b'\n');
        end.map_or(text.len(), |length| at + length)
    };
    let start = line_start(comment.start as usize);
    let is_alone = text[start..comment.start as usize]
        .iter()
        .all(u8::is_ascii_whitespace);
    let mut end = line_end(comment.end as usize);
    if is_alone && end < text.len() {
        end = line_end(end + 1);
    }
    if start == 0 {
        // The first line of a function: it holds the whole of it.
        return Span::new(0, body.text.len() as u32);
    }
    let begins_here = |span: &Span| (start..end).contains(&(span.start as usize));
    let statements = body.statements.iter().map(|statement| statement.span);
    let last = statements.filter(begins_here).map(|span| span.end).max();
    Span::new(start as u32, last.unwrap_or(0).max(end as u32))
}

/// The rules that a comment names; none for a comment that says something else.
fn selectors(comment: &str) -> Vec<Selector> {
    let Some(text) = comment.strip_prefix("//") else {
        return Vec::new();
    };
    if let Some(rest) = text.trim_start().strip_prefix("nolint") {
        return nolint(rest);
    }
    let ignored = text
        .strip_prefix("lint:ignore")
        .or_else(|| text.strip_prefix("deferlint:ignore"));
    let mut words = ignored
        .filter(|rest| rest.starts_with([' ', '\t']))
        .unwrap_or_default()
        .split_whitespace();
    match (words.next(), words.next()) {
        (Some(names), Some(_reason)) => named(names),
        _ => Vec::new(),
    }
}

/// `//nolint` alone is meant for every tool; `//nolint:a,b` for those it names. What follows is the reason.
fn nolint(rest: &str) -> Vec<Selector> {
    match rest.strip_prefix(':') {
        Some(names) => {
            let end = names.find("//").unwrap_or(names.len());
            let list = names[..end]
                .split(',')
                .filter_map(|name| name.split_whitespace().next());
            list.flat_map(named).collect()
        }
        None if rest.is_empty() || rest.starts_with([' ', '\t']) => vec![Selector::All],
        None => Vec::new(),
    }
}

/// The rules of a list of names; those of other tools are left out.
fn named(names: &str) -> Vec<Selector> {
    let selector = |name: &str| match name {
        ALL_RULES => Some(Selector::All),
        name => name.parse().ok(),
    };
    names.split(',').filter_map(selector).collect()
}

#[cfg(test)]
mod tests {
    use deferlint_rules::rule;
    use deferlint_syntax::Parser;

    use super::*;

    /// Checks that a finding of `defer-in-loop` at each `<-` of the text is taken away, and at each `<!` is not.
    #[track_caller]
    fn check(source: &str) {
        let document = Document::new(source).expect("a small file");
        let file = SourceFile::new(document.clone(), &Parser::new().parse(&document));
        let rule = rule("defer-in-loop").expect("a rule");
        let suppression = Suppression::of(&file);
        let mut marks = 0;
        for declaration in &file.declarations {
            let suppressed = suppression.in_declaration(&document, declaration);
            for (mark, expected) in [("/*-*/", true), ("/*!*/", false)] {
                for (at, _) in declaration.body.text.match_indices(mark) {
                    let start = at as u32;
                    assert_eq!(
                        suppressed.covers(rule, start),
                        expected,
                        "{mark} at {at} of\n{source}"
                    );
                    marks += 1;
                }
            }
        }
        assert!(marks > 0, "a mark in\n{source}");
    }

    #[test]
    fn at_the_end_of_the_line() {
        check("package p\nfunc f() {\n\tg()\n\t/*-*/g() //nolint:defer-in-loop\n\t/*!*/g()\n}\n");
        check("package p\nfunc f() {\n\tg()\n\t/*-*/g() // nolint:govet,deferlint // few\n\t/*!*/g()\n}\n");
        check("package p\nfunc f() {\n\tg()\n\t/*-*/g() //nolint\n\t/*!*/g()\n}\n");
        check("package p\nfunc f() {\n\tg()\n\t/*-*/g() //nolint:defer\n\t/*!*/g()\n}\n");
        check("package p\nfunc f() {\n\tg()\n\t/*-*/g() //lint:ignore SA1000,defer-in-loop few\n}\n");
        check("package p\nfunc f() {\n\tg()\n\t/*-*/g() //deferlint:ignore all few\n}\n");
    }

    #[test]
    fn above_the_statement() {
        check("package p\nfunc f() {\n\tg()\n\t//nolint:deferlint\n\t/*-*/g()\n\t/*!*/g()\n}\n");
        check("package p\nfunc f() {\n\t//nolint:deferlint\n\tfor {\n\t\t/*-*/g()\n\t}\n\t/*!*/g()\n}\n");
    }

    #[test]
    fn above_the_function_and_in_its_first_line() {
        check(
            "package p\n\n// f is f.\n//\n//nolint:deferlint\nfunc f() {\n\t/*-*/g()\n}\n\nfunc h() { /*!*/ }\n",
        );
        check("package p\nfunc f() { //nolint:deferlint\n\t/*-*/g()\n}\nfunc h() {\n\t/*!*/g()\n}\n");
        check("package p\nfunc f() { /*-*/g() } //nolint:deferlint\nfunc h() { /*!*/g() }\n");
        check("package p\n\n//nolint:deferlint\n\nfunc f() {\n\t/*!*/g()\n}\n");
    }

    #[test]
    fn above_the_package_clause() {
        check("//nolint:deferlint\npackage p\n\nfunc f() {\n\t/*-*/g()\n}\n");
        check("//nolint:deferlint\n\npackage p\n\nfunc f() {\n\t/*!*/g()\n}\n");
    }

    #[test]
    fn other_comments() {
        for comment in [
            "//nolint:govet",
            "//nolintdefer",
            "//lint:ignore defer-in-loop",
            "// lint:ignore defer-in-loop few",
            "//deferlint:ignored defer-in-loop few",
            "//lint:ignore defer-lock few",
            "/* nolint */",
        ] {
            check(&format!(
                "package p\nfunc f() {{\n\tg()\n\t/*!*/g() {comment}\n}}\n"
            ));
        }
        check("package p\nfunc f() {\n\tg()\n\t/*!*/g(\"//nolint\")\n}\n");
    }
}
