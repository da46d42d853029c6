//! Runs a rule's page: what each block says must hold of the rule.

use deferlint_rules::{FixAvailability, Rule};
use deferlint_syntax::{Parser, errors};
use deferlint_workspace::{Diagnostic, DocumentId, Selector, Settings};

use crate::fixture::{Fixture, only};
use crate::page::{Block, BlockFile, BlockKind, Page};

/// A block of a rule's page that doesn't hold.
#[derive(Debug)]
pub struct Failure(pub String);

/// The page of a rule.
///
/// # Panics
/// When the page can't be read as one: a page is written by hand, and the message says where.
pub fn page_of(rule: &Rule) -> Page {
    Page::parse(&format!("docs/rules/{}.md", rule.name), rule.page).unwrap_or_else(|error| panic!("{error}"))
}

/// Everything that doesn't hold on the page of a rule when every file is changed by `rewrite` first.
pub fn check_page(rule: &'static Rule, rewrite: &dyn Fn(&str) -> String) -> Vec<Failure> {
    let page = page_of(rule);
    let mut failures = Vec::new();
    for block in &page.blocks {
        let at = |message: String| Failure(format!("docs/rules/{}.md:{}: {message}", rule.name, block.line));
        let found = match &block.kind {
            BlockKind::Plain => continue,
            BlockKind::Bad { .. } => check_findings(rule, block, rewrite),
            BlockKind::Ok => check_findings(rule, block, rewrite),
            BlockKind::Fixed { title, .. } => match page.source_of(block) {
                Some(source) => check_fix(title, source, block, rule, rewrite),
                None => continue,
            },
        };
        failures.extend(found.into_iter().map(at));
    }
    failures
}

fn check_findings(rule: &'static Rule, block: &Block, rewrite: &dyn Fn(&str) -> String) -> Vec<String> {
    let fixture = Fixture::open(block, only(rule), rewrite);
    let mut failures = Vec::new();
    for ((name, id), file) in fixture.files.iter().zip(&block.files) {
        failures.extend(compare(name, &fixture, id, file));
        for diagnostic in fixture.diagnostics(id) {
            failures.extend(availability(rule, diagnostic));
        }
    }
    failures
}

/// Every want is met by one finding on its line, and every finding by a want.
fn compare(name: &str, fixture: &Fixture, id: &DocumentId, file: &BlockFile) -> Vec<String> {
    let Some((document, _)) = fixture.session.text(id) else {
        return vec![format!("{name} isn't open")];
    };
    let shift = document.line_count() as usize - file.text.split('\n').count();
    let mut found: Vec<_> = fixture
        .diagnostics(id)
        .iter()
        .map(|diagnostic| {
            (
                document.line_of(diagnostic.range.start()) as usize + 1 - shift,
                diagnostic,
            )
        })
        .collect();
    let mut failures = Vec::new();
    for want in file.wants() {
        let met = found
            .iter()
            .position(|(line, diagnostic)| *line == want.line && diagnostic.message.contains(&want.message));
        match met {
            Some(index) => {
                found.remove(index);
            }
            None => failures.push(format!(
                "{name}:{}: nothing reported like {:?}",
                want.line, want.message
            )),
        }
    }
    failures.extend(found.iter().map(|(line, diagnostic)| {
        format!(
            "{name}:{line}: reported, and nobody wants it: {:?}",
            diagnostic.message
        )
    }));
    failures
}

/// The rule keeps its word about fixes.
fn availability(rule: &Rule, diagnostic: &Diagnostic) -> Option<String> {
    match rule.fix {
        FixAvailability::Always if diagnostic.fixes.is_empty() => Some(format!(
            "a finding without a fix, though every finding has one: {:?}",
            diagnostic.message
        )),
        FixAvailability::None if !diagnostic.fixes.is_empty() => Some(format!(
            "a finding with a fix, though none has one: {:?}",
            diagnostic.message
        )),
        _ => None,
    }
}

fn check_fix(
    title: &str,
    source: &Block,
    expected: &Block,
    rule: &'static Rule,
    rewrite: &dyn Fn(&str) -> String,
) -> Vec<String> {
    let everything = Settings {
        select: Some(vec![Selector::All]),
        ..Settings::default()
    };
    let before = Fixture::open(source, everything.clone(), rewrite);
    let Some((id, fix)) = before.fix(title) else {
        return vec![format!(
            "no fix {title:?} is offered; there are {:?}",
            offered(&before)
        )];
    };
    let fixed = match fix.edit.apply(&before.text(&id)) {
        Ok(fixed) => fixed,
        Err(error) => return vec![format!("the fix {title:?} doesn't fit: {error}")],
    };
    let wanted = expected
        .files
        .iter()
        .find(|file| file.name == *id)
        .map(|file| rewrite(&file.text));
    let mut failures = Vec::new();
    if wanted.as_deref() != Some(&fixed) {
        failures.push(format!(
            "the fix {title:?} makes\n{fixed}\ninstead of\n{}",
            wanted.unwrap_or_default()
        ));
    }
    if !errors(&Parser::new().parse(fixed.as_str())).is_empty() {
        failures.push(format!("the fix {title:?} breaks the syntax:\n{fixed}"));
    }
    let texts = before.files.iter().map(|(name, other)| {
        (
            name.clone(),
            if *other == id {
                fixed.clone()
            } else {
                before.text(other)
            },
        )
    });
    let after = Fixture::new(&source.go_version, texts.collect::<Vec<_>>(), everything);
    failures.extend(count_changes(title, &before, &after, rule));
    failures
}

/// The fix takes findings of the rule away, unless it is a refactoring, and adds none of any rule.
fn count_changes(title: &str, before: &Fixture, after: &Fixture, rule: &Rule) -> Vec<String> {
    let names = |fixture: &Fixture| {
        let diagnostics = fixture.files.iter().flat_map(|(_, id)| fixture.diagnostics(id));
        diagnostics
            .map(|diagnostic| diagnostic.rule.name)
            .collect::<Vec<_>>()
    };
    let (before, after) = (names(before), names(after));
    let count = |names: &[&str], name: &str| names.iter().filter(|other| **other == name).count();
    let mut failures = Vec::new();
    if count(&before, rule.name) > 0 && count(&after, rule.name) >= count(&before, rule.name) {
        failures.push(format!("the fix {title:?} leaves its finding"));
    }
    let mut raised: Vec<_> = after
        .iter()
        .filter(|name| count(&after, name) > count(&before, name))
        .collect();
    raised.dedup();
    failures.extend(
        raised
            .iter()
            .map(|name| format!("the fix {title:?} raises a finding of {name}")),
    );
    failures
}

fn offered(fixture: &Fixture) -> Vec<String> {
    let diagnostics = fixture.files.iter().flat_map(|(_, id)| fixture.diagnostics(id));
    diagnostics
        .flat_map(|diagnostic| &diagnostic.fixes)
        .map(|fix| fix.title.clone())
        .collect()
}
