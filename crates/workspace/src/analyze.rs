//! Runs the rules over declarations, each rule on its own: one that panics loses its findings and nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};

use deferlint_rules::{Finding, Fix, Rule, run};
use deferlint_semantics::body::Span;
use deferlint_semantics::context::{Context, GoVersion};
use deferlint_semantics::facts::{FileFacts, PackageFacts, Packages};
use xxhash_rust::xxh3::xxh3_64;

use crate::file::Declaration;

/// A name, as far as it matters whether it is another one: two names may have one hash.
pub(crate) type NameHash = u32;

/// The hash of a name.
pub(crate) fn name_hash(name: &str) -> NameHash {
    xxh3_64(name.as_bytes()) as NameHash
}

/// What the rules found in a declaration.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The findings, by place.
    pub(crate) findings: Box<[Finding]>,
    /// The names of the functions and methods that were asked about to find them.
    pub(crate) names_asked: Box<[NameHash]>,
}

/// What the declarations of one file are checked with.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    /// The facts of the file.
    pub(crate) file: &'a FileFacts,
    /// The facts of its package.
    pub(crate) package: &'a PackageFacts,
    /// The facts of other packages.
    pub(crate) packages: &'a dyn Packages,
    /// The version of the `go` line of its module.
    pub(crate) go_version: GoVersion,
}

impl<'a> Surroundings<'a> {
    fn context(&self, declaration: &'a Declaration) -> Context<'a> {
        Context::new(
            &declaration.body,
            self.file,
            self.package,
            self.packages,
            self.go_version,
        )
    }

    /// What the rules find in a declaration. The names of rules that panicked go to `panicked`.
    pub(crate) fn check(
        &self,
        declaration: &'a Declaration,
        rules: &[&'static Rule],
        panicked: &mut Vec<&'static str>,
    ) -> Found {
        let context = self.context(declaration);
        let mut findings = Vec::new();
        for rule in rules {
            let before = findings.len();
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                run(rule, &context, &mut findings);
                panic_on_request(rule);
            }));
            if outcome.is_err() {
                findings.truncate(before);
                panicked.push(rule.name);
            }
        }
        findings.sort_by_key(|finding| (finding.span.start, finding.span.end));
        Found {
            findings: findings.into(),
            names_asked: context.names_asked(|names| names.map(|name| name_hash(name)).collect()),
        }
    }

    /// The rewrites that are offered at a place of a declaration although nothing is wrong there.
    pub(crate) fn refactorings(&self, declaration: &'a Declaration, place: Span) -> Vec<Fix> {
        if declaration.body.has_error {
            return Vec::new();
        }
        let context = self.context(declaration);
        catch_unwind(AssertUnwindSafe(|| {
            deferlint_rules::refactorings(&context, place)
        }))
        .unwrap_or_default()
    }
}

/// Panics after the rule that the environment variable `DEFERLINT_PANIC` names, so that tests of the binary see what a
/// defect in a rule costs. Optimised builds don't ask.
fn panic_on_request(rule: &Rule) {
    let requested = || std::env::var_os("DEFERLINT_PANIC").is_some_and(|name| name == rule.name);
    let panics = cfg!(debug_assertions) && requested();
    assert!(!panics, "the rule {} panics on request", rule.name);
}

#[cfg(test)]
mod tests {
    use deferlint_rules::{Category, Findings, FixAvailability, Severity};
    use deferlint_semantics::body::Body;
    use deferlint_semantics::facts::PackageFacts;
    use deferlint_syntax::Parser;
    use deferlint_text::Document;

    use super::*;
    use crate::file::SourceFile;

    static PANICKING: Rule = rule("panicking", |_, findings| {
        findings.report(Span::new(0, 1), "found before the panic");
        panic!("a rule that panics");
    });

    static SOUND: Rule = rule("sound", |context, findings| {
        findings.report(context.body[Body::DECLARED].span, "found");
    });

    const fn rule(name: &'static str, check: fn(&Context<'_>, &mut Findings<'_>)) -> Rule {
        Rule {
            name,
            category: Category::Defer,
            severity: Severity::Warning,
            is_default: true,
            fix: FixAvailability::None,
            page: "",
            check,
        }
    }

    #[test]
    fn a_rule_that_panics_loses_its_own_findings_only() {
        let document = Document::new("package a\n\nfunc f() {}\n").expect("a small file");
        let tree = Parser::new().parse(&document);
        let file = SourceFile::new(document, &tree);
        let package = PackageFacts::new("a", vec![file.facts.clone()]);
        let surroundings = Surroundings {
            file: &file.facts,
            package: &package,
            packages: &(),
            go_version: GoVersion::default(),
        };
        let mut panicked = Vec::new();
        let found = surroundings.check(&file.declarations[0], &[&PANICKING, &SOUND], &mut panicked);
        let names: Vec<_> = found.findings.iter().map(|finding| finding.rule.name).collect();
        assert_eq!(names, ["sound"]);
        assert_eq!(panicked, ["panicking"]);
    }
}
