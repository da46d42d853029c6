//! Runs the rules over declarations, each rule on its own: one that panics loses its findings and nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};

use deferlint_rules::{Finding, Fix, Rule, run};
use deferlint_semantics::body::Span;
use deferlint_semantics::context::{Context, GoVersion};
use deferlint_semantics::facts::{FileFacts, PackageFacts, Packages};

use crate::file::Declaration;

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

    /// What the rules find in a declaration, by place. The names of rules that panicked go to `panicked`.
    pub(crate) fn findings(
        &self,
        declaration: &'a Declaration,
        rules: &[&'static Rule],
        panicked: &mut Vec<&'static str>,
    ) -> Vec<Finding> {
        let context = self.context(declaration);
        let mut findings = Vec::new();
        for rule in rules {
            let before = findings.len();
            let outcome = catch_unwind(AssertUnwindSafe(|| run(rule, &context, &mut findings)));
            if outcome.is_err() {
                findings.truncate(before);
                panicked.push(rule.name);
            }
        }
        findings.sort_by_key(|finding| (finding.span.start, finding.span.end));
        findings
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
