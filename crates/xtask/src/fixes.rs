//! Whether fixes keep real code well: each one that is offered in Go's own source is applied by itself, the package is
//! compiled with the fixed file in the place of its own, gofmt looks at the file, and after the safe ones the package's
//! tests run. Nothing is written outside a temporary directory.

mod packages;
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use deferlint_rules::{RULES, Safety};
use deferlint_text::ByteRange;
use deferlint_workspace::{Checker, Diagnostic, FileFix, Selector, Settings};
use rayon::prelude::*;

use self::packages::{Package, Packages};
use crate::toolchain::Toolchain;

/// Arguments of the task.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The packages, in the go command's words.
    #[arg(default_values = ["std", "cmd"])]
    packages: Vec<String>,
    /// Applies only the fixes of these rules.
    #[arg(long, value_delimiter = ',')]
    select: Vec<Selector>,
    /// Doesn't run the tests after the safe fixes.
    #[arg(long)]
    no_tests: bool,
}

/// A fix that is offered, and the file that it makes.
struct Offer<'p> {
    package: &'p Package,
    path: PathBuf,
    /// The number of the line that is complained about.
    line: u32,
    rule: &'static str,
    /// The declaration that the fix changes.
    declaration: ByteRange,
    fix: FileFix,
    fixed: String,
}

/// What is counted of one rule, or of all.
#[derive(Clone, Copy, Default)]
struct Tally {
    applied: usize,
    not_compiled: usize,
    not_formatted: usize,
    tested: usize,
    not_passed: usize,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.applied += other.applied;
        self.not_compiled += other.not_compiled;
        self.not_formatted += other.not_formatted;
        self.tested += other.tested;
        self.not_passed += other.not_passed;
    }

    fn failures(self) -> usize {
        self.not_compiled + self.not_formatted + self.not_passed
    }
}

/// Applies the fixes. The exit status is 1 when a package no longer compiles, a file is no longer formatted, or a test
/// no longer passes.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let toolchain = Toolchain::find()?;
    let scratch = tempfile::tempdir().context("a temporary directory for the fixed files")?;
    let packages = Packages::list(&toolchain, scratch.path(), &arguments.packages)?;
    let offers: Vec<_> = packages
        .list
        .par_iter()
        .flat_map_iter(|package| offers(package, &arguments.select))
        .collect();
    println!("{} packages, {} fixes", packages.list.len(), offers.len());
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let outcomes = offers.par_iter().map(|offer| apply(&packages, &toolchain, offer));
    let mut sound = Vec::new();
    for (offer, tally) in offers.iter().zip(outcomes.collect::<Result<Vec<_>>>()?) {
        tallies.entry(offer.rule).or_default().add(tally);
        if offer.fix.safety == Safety::Safe && tally.failures() == 0 {
            sound.push(offer);
        }
    }
    if !arguments.no_tests {
        for (offer, passed) in tests::run(&toolchain, scratch.path(), &sound)? {
            let tally = tallies.entry(offer.rule).or_default();
            tally.tested += 1;
            tally.not_passed += usize::from(!passed);
        }
    }
    Ok(if print(&tallies).failures() == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Every fix that is offered in a package, hints included.
fn offers<'p>(package: &'p Package, select: &[Selector]) -> Vec<Offer<'p>> {
    let select = if select.is_empty() {
        vec![Selector::All]
    } else {
        select.to_vec()
    };
    let settings = Settings {
        select: Some(select),
        ..Settings::default()
    };
    let files: Vec<_> = package.files().collect();
    let report = Checker::new(settings).check(&files, &|_| {});
    let mut offers = Vec::new();
    for file in &report.files {
        let text = file.document.to_string();
        let fixes = |diagnostic: &Diagnostic| {
            let line = file.document.line_of(diagnostic.range.start()) + 1;
            let offers = diagnostic.fixes.iter().filter_map(|fix| {
                Some(Offer {
                    package,
                    path: file.path.clone(),
                    line,
                    rule: diagnostic.rule.name,
                    declaration: diagnostic.declaration,
                    fix: fix.clone(),
                    fixed: fix.edit.apply(&text).ok()?,
                })
            });
            offers.collect::<Vec<_>>()
        };
        offers.extend(file.diagnostics.iter().flat_map(fixes));
    }
    offers
}

/// Compiles and formats what a fix makes, and prints what is wrong with it.
fn apply(packages: &Packages<'_>, toolchain: &Toolchain, offer: &Offer<'_>) -> Result<Tally> {
    let mut tally = Tally {
        applied: 1,
        ..Tally::default()
    };
    let complaints = packages.complaints(offer.package, Some((&offer.path, &offer.fixed)))?;
    if let Some(complaints) = complaints {
        // What doesn't compile by itself even unchanged says nothing about fixes.
        if packages.complaints(offer.package, None)?.is_some() {
            return Ok(Tally::default());
        }
        tally.not_compiled = 1;
        report(offer, &complaints);
    }
    let before = std::fs::read_to_string(&offer.path)?;
    if toolchain.is_formatted(&before)? && !toolchain.is_formatted(&offer.fixed)? {
        tally.not_formatted = 1;
        report(offer, "no longer formatted");
    }
    Ok(tally)
}

fn report(offer: &Offer<'_>, failure: &str) {
    eprintln!(
        "{}:{}: {}: {:?}: {}",
        offer.path.display(),
        offer.line,
        offer.rule,
        offer.fix.title,
        failure.trim_end()
    );
}

fn print(tallies: &BTreeMap<&str, Tally>) -> Tally {
    let mut total = Tally::default();
    println!(
        "{:32} {:>7} {:>12} {:>13} {:>6} {:>10}",
        "rule", "applied", "not compiled", "not formatted", "tested", "not passed"
    );
    for rule in RULES {
        if let Some(tally) = tallies.get(rule.name) {
            total.add(*tally);
            print_tally(rule.name, *tally);
        }
    }
    print_tally("all", total);
    total
}

fn print_tally(name: &str, tally: Tally) {
    println!(
        "{name:32} {:>7} {:>12} {:>13} {:>6} {:>10}",
        tally.applied, tally.not_compiled, tally.not_formatted, tally.tested, tally.not_passed
    );
}
