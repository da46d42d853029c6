//! Checks real code, and holds the findings against `tests/corpus/triage.toml`, where each was judged by a reader.

pub(crate) mod sources;
mod triage;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use deferlint_rules::{RULES, Severity};
use deferlint_semantics::body::{Body, DeclarationKind};
use deferlint_semantics::lower::lower;
use deferlint_syntax::{Parser, Tree, declarations};
use deferlint_text::ByteRange;
use deferlint_workspace::{Checker, Diagnostic, DiscoveryOptions, FileReport, Settings};

use self::sources::{Source, SourceArguments, sources};
use self::triage::{Place, Verdict};

/// The judgements, in the repository.
const TRIAGE: &str = "tests/corpus/triage.toml";

/// How many findings a million lines may have.
const MOST_PER_MILLION: f64 = 15.0;

/// How many of a hundred judged findings must be right.
const LEAST_PERCENT_RIGHT: f64 = 90.0;

/// Arguments of the task.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    sources: SourceArguments,
}

/// A finding at warning or above.
struct Found {
    place: Place,
    /// The file's path and the number of the line.
    position: String,
    message: String,
}

/// What is counted of one rule, or of all.
#[derive(Clone, Copy, Default)]
struct Tally {
    findings: u32,
    right: u32,
    wrong: u32,
}

impl Tally {
    fn per_million(self, lines: u32) -> f64 {
        f64::from(self.findings) * 1e6 / f64::from(lines)
    }

    /// The share of the judged findings that are right; of none, all are.
    fn percent_right(self) -> f64 {
        match self.right + self.wrong {
            0 => 100.0,
            judged => f64::from(self.right) * 100.0 / f64::from(judged),
        }
    }
}

/// Checks the source trees. The exit status is 1 when a finding is new or gone, or when there are too many or too many
/// wrong ones.
pub(crate) fn run(arguments: &Arguments, root: &Path) -> Result<ExitCode> {
    let sources = sources(&arguments.sources, DiscoveryOptions { tests: false })?;
    let mut judged = triage::read(&root.join(TRIAGE))?;
    judged.retain(|place, _| sources.iter().any(|source| source.name == place.corpus));
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut new = Vec::new();
    for found in sources.iter().flat_map(findings) {
        let tally = tallies.entry(rule_name(&found.place.rule)).or_default();
        tally.findings += 1;
        match judged.get_mut(&found.place).and_then(Vec::pop) {
            Some(Verdict::Right) => tally.right += 1,
            Some(Verdict::Wrong) => tally.wrong += 1,
            None => new.push(found),
        }
    }
    judged.retain(|_, verdicts| !verdicts.is_empty());
    let lines: u32 = sources.iter().map(|source| source.lines).sum();
    ensure!(lines > 0, "the source trees hold no Go");
    let total = print_tallies(&sources, &tallies, lines);
    print_new(&new);
    for place in judged.keys() {
        println!(
            "gone: {}: {}: {} in {}: {}",
            place.rule, place.corpus, place.path, place.function, place.line
        );
    }
    let holds = total.per_million(lines) <= MOST_PER_MILLION && total.percent_right() >= LEAST_PERCENT_RIGHT;
    if !holds {
        println!(
            "out of bounds: at most {MOST_PER_MILLION} findings a million lines, at least {LEAST_PERCENT_RIGHT} % right"
        );
    }
    Ok(if holds && new.is_empty() && judged.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The name as the registry has it.
fn rule_name(name: &str) -> &'static str {
    deferlint_rules::rule(name).map_or("", |rule| rule.name)
}

/// What the default rules find in a source tree at warning or above.
fn findings(source: &Source) -> Vec<Found> {
    let report = Checker::new(Settings::default()).check(&source.files, &|_| {});
    for error in &report.errors {
        eprintln!("{}: {}", error.path.display(), error.message);
    }
    report
        .files
        .iter()
        .flat_map(|file| findings_of(source, file))
        .collect()
}

fn findings_of(source: &Source, file: &FileReport) -> Vec<Found> {
    let loud: Vec<_> = file
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity >= Severity::Warning)
        .collect();
    if loud.is_empty() {
        return Vec::new();
    }
    let text = file.document.to_string();
    let tree = Parser::new().parse(text.as_str());
    let found = |diagnostic: &Diagnostic| {
        let line = file.document.line_of(diagnostic.range.start());
        let range = file.document.line_range(line).unwrap_or(diagnostic.range);
        Found {
            place: Place {
                corpus: source.name.clone(),
                path: source.relative(&file.path),
                rule: diagnostic.rule.name.to_owned(),
                function: declared_name(&tree, &text, diagnostic.declaration),
                line: file.document.slice(range).trim().to_owned(),
            },
            position: format!("{}:{}", file.path.display(), line + 1),
            message: diagnostic.message.clone(),
        }
    };
    loud.into_iter().map(found).collect()
}

/// The name of what is declared there: `name` or `*Type.name`, and the first line of other declarations.
fn declared_name(tree: &Tree, text: &str, range: ByteRange) -> String {
    let Some(node) = declarations(tree).find(|node| node.byte_range() == range) else {
        return String::new();
    };
    let body = lower(node, &text[range.to_usize_range()]);
    let function = &body[Body::DECLARED];
    let name = function.name.as_deref().unwrap_or_default();
    match (&function.receiver, body.kind) {
        (Some(receiver), DeclarationKind::Method) => {
            format!("{}.{name}", body.text_of(receiver.type_span))
        }
        (_, DeclarationKind::Function) => name.to_owned(),
        _ => body.text.lines().next().unwrap_or_default().trim().to_owned(),
    }
}

fn print_tallies(sources: &[Source], tallies: &BTreeMap<&str, Tally>, lines: u32) -> Tally {
    for source in sources {
        println!(
            "{}: {} files, {} lines",
            source.name,
            source.files.len(),
            source.lines
        );
    }
    println!(
        "\n{:32} {:>8} {:>12} {:>7} {:>7}",
        "rule", "findings", "per million", "right", "wrong"
    );
    let mut total = Tally::default();
    for rule in RULES {
        if let Some(tally) = tallies.get(rule.name) {
            total.findings += tally.findings;
            total.right += tally.right;
            total.wrong += tally.wrong;
            print_tally(rule.name, *tally, lines);
        }
    }
    print_tally("all", total, lines);
    println!(
        "{:.1} findings a million hand-written lines, {:.1} % of the judged ones right\n",
        total.per_million(lines),
        total.percent_right()
    );
    total
}

fn print_tally(name: &str, tally: Tally, lines: u32) {
    println!(
        "{name:32} {:>8} {:>12.2} {:>7} {:>7}",
        tally.findings,
        tally.per_million(lines),
        tally.right,
        tally.wrong
    );
}

/// Prints the findings that nobody has judged as entries to be completed.
fn print_new(new: &[Found]) {
    for found in new {
        let place = &found.place;
        println!(
            "# new: {}\n# {}",
            found.position,
            found.message.replace('\n', "\n# ")
        );
        println!("[[finding]]");
        for (key, value) in [
            ("corpus", &place.corpus),
            ("path", &place.path),
            ("rule", &place.rule),
            ("function", &place.function),
            ("line", &place.line),
        ] {
            println!("{key} = {}", toml::Value::from(value.as_str()));
        }
        println!();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_named_as_their_users_name_them() {
        let text = "package a\n\nfunc f() {}\n\nfunc (t *T) m() {}\n\nvar x = func() {}\n";
        let tree = Parser::new().parse(text);
        let names: Vec<_> = declarations(&tree)
            .map(|node| declared_name(&tree, text, node.byte_range()))
            .collect();
        assert_eq!(names, ["f", "*T.m", "var x = func() {}"]);
    }
}
