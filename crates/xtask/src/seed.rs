//! Breaks right code of the source trees mechanically, one place at a time, and counts what the rules find of it.
//! The broken texts stay in memory.

mod candidates;
mod compile;
mod defer;
mod locks;
mod maps;
mod recover;
mod results;
mod site;
mod testing;
#[cfg(test)]
mod tests;
mod writers;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use deferlint_text::TextEdit;
use deferlint_workspace::{DiscoveryOptions, PackageIndex};
use fastrand::Rng;
use rayon::prelude::*;

use self::candidates::{candidates, found_in_directory};
use self::site::Site;
use crate::corpus::sources::{SourceArguments, sources};
use crate::toolchain::goroot;

/// Finds the places of one declaration where right code can be broken, each with the edit that breaks it.
type Breaker = fn(&Site<'_>) -> Vec<TextEdit>;

/// For each rule what it must find, in the catalogue's order.
const BREAKERS: &[(&str, Breaker)] = &[
    ("deferred-reads-stale-error", results::deferred_reads_stale_error),
    ("deferred-assignment-lost", results::deferred_assignment_lost),
    ("deferred-pointer-to-local", results::deferred_pointer_to_local),
    ("deferred-shadows-result", results::deferred_shadows_result),
    ("deferred-overwrites-error", results::deferred_overwrites_error),
    ("recover-reports-success", results::recover_reports_success),
    ("recover-nil-map-result", results::recover_nil_map_result),
    ("map-returned-directly", maps::map_returned_directly),
    ("returned-map-cleared", maps::returned_map_cleared),
    ("deferred-map-write-lost", maps::deferred_map_write_lost),
    ("deferred-write-to-nil-map", maps::deferred_write_to_nil_map),
    ("nil-map-write", maps::nil_map_write),
    ("guarded-map-returned", maps::guarded_map_returned),
    ("concurrent-map-write", maps::concurrent_map_write),
    ("pointer-to-map", defer::pointer_to_map),
    ("recover-evaluated-early", recover::recover_evaluated_early),
    ("recover-in-nested-function", recover::recover_in_nested_function),
    ("recover-in-nested-defer", recover::recover_in_nested_defer),
    ("recover-in-range-over-func", recover::recover_in_range_over_func),
    (
        "recover-helper-not-deferred",
        recover::recover_helper_not_deferred,
    ),
    ("recover-not-deferred", recover::recover_not_deferred),
    ("recovered-value-discarded", recover::recovered_value_discarded),
    ("recovered-value-asserted", recover::recovered_value_asserted),
    ("panic-in-deferred-function", recover::panic_in_deferred_function),
    ("repanic-loses-type", recover::repanic_loses_type),
    (
        "recover-swallows-abort-handler",
        recover::recover_swallows_abort_handler,
    ),
    ("panic-nil", recover::panic_nil),
    ("defer-argument-stale", defer::defer_argument_stale),
    ("defer-receiver-stale", defer::defer_receiver_stale),
    ("defer-function-stale", defer::defer_function_stale),
    ("defer-uncalled-function", defer::defer_uncalled_function),
    ("defer-lock", locks::defer_lock),
    ("defer-lock-in-loop", locks::defer_lock_in_loop),
    ("defer-in-loop", defer::defer_in_loop),
    ("defer-skipped-by-exit", writers::defer_skipped_by_exit),
    ("defer-before-error-check", defer::defer_before_error_check),
    ("return-before-defer", locks::return_before_defer),
    ("unlock-twice", locks::unlock_twice),
    ("recovery-handler-relocks", locks::recovery_handler_relocks),
    ("writable-close-lost", writers::writable_close_lost),
    (
        "defer-before-parallel-subtests",
        testing::defer_before_parallel_subtests,
    ),
    ("fatal-in-deferred-function", testing::fatal_in_deferred_function),
    ("goroutine-escapes-recover", recover::goroutine_escapes_recover),
    ("channel-closed-twice", recover::channel_closed_twice),
];

/// Arguments of the task.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    sources: SourceArguments,
    /// Breaks at most this many places for each rule.
    #[arg(long, default_value_t = 50)]
    per_rule: usize,
    /// Breaks places for these rules only.
    #[arg(long, value_delimiter = ',')]
    select: Vec<String>,
    /// Leaves out the broken texts of Go's own tree that don't compile, and prints what is wrong with them.
    #[arg(long)]
    compile: bool,
    /// Prints the places that weren't found.
    #[arg(long)]
    list: bool,
    /// Prints these places as diffs would: the lines around them after the change.
    #[arg(long)]
    show: bool,
}

/// A broken text that a rule should speak about.
struct Seed {
    rule: &'static str,
    path: PathBuf,
    /// In bytes of the file.
    edit: TextEdit,
}

/// True for the rules that speak about tests.
fn is_about_tests(rule: &str) -> bool {
    matches!(
        rule,
        "defer-before-parallel-subtests" | "fatal-in-deferred-function"
    )
}

/// Seeds the places, checks each and prints the table. The exit status is 0: a recall is a measurement.
pub(crate) fn run(arguments: &Arguments, root: &Path) -> Result<ExitCode> {
    let breakers: Vec<_> = BREAKERS
        .iter()
        .copied()
        .filter(|(rule, _)| deferlint_rules::rule(rule).is_some())
        .filter(|(rule, _)| arguments.select.is_empty() || arguments.select.iter().any(|name| name == rule))
        .collect();
    let mut places: BTreeMap<&str, Vec<Seed>> = BTreeMap::new();
    let options = DiscoveryOptions {
        tests: breakers.iter().any(|(rule, _)| is_about_tests(rule)),
    };
    for source in sources(&arguments.sources, options)? {
        for seed in candidates(&source, &breakers) {
            places.entry(seed.rule).or_default().push(seed);
        }
    }
    let mut seeds = Vec::new();
    for found in places.into_values() {
        seeds.extend(chosen(found, arguments.per_rule));
    }
    seeds.sort_by(|one, other| one.path.cmp(&other.path));
    if arguments.compile {
        let goroot = goroot(arguments.sources.goroot.as_deref())?;
        seeds = compile::those_that_compile(root, &goroot.join("src"), seeds)?;
    }
    let index = PackageIndex::default();
    let directories: Vec<_> = seeds
        .chunk_by(|one, other| one.path.parent() == other.path.parent())
        .collect();
    let outcomes: Vec<bool> = directories
        .into_par_iter()
        .flat_map_iter(|seeds| found_in_directory(&index, seeds))
        .collect();
    print(&breakers, &seeds, &outcomes);
    if arguments.list || arguments.show {
        for (seed, _) in seeds.iter().zip(&outcomes).filter(|(_, found)| !**found) {
            print_miss(seed, arguments.show);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// As many places as are wanted, the same ones in every run on the same source.
fn chosen(mut seeds: Vec<Seed>, most: usize) -> Vec<Seed> {
    Rng::with_seed(0).shuffle(&mut seeds);
    seeds.truncate(most);
    seeds
}

fn print(breakers: &[(&'static str, Breaker)], seeds: &[Seed], outcomes: &[bool]) {
    println!("{:32} {:>6} {:>6} {:>7}", "rule", "seeded", "found", "recall");
    let (mut all_seeded, mut all_found) = (0, 0);
    for (rule, _) in breakers {
        let of_rule = seeds.iter().zip(outcomes).filter(|(seed, _)| seed.rule == *rule);
        let (mut seeded, mut found) = (0_u32, 0_u32);
        for (_, outcome) in of_rule {
            seeded += 1;
            found += u32::from(*outcome);
        }
        all_seeded += seeded;
        all_found += found;
        print_line(rule, seeded, found);
    }
    print_line("all", all_seeded, all_found);
}

fn print_line(name: &str, seeded: u32, found: u32) {
    let recall = if seeded == 0 {
        "-".to_owned()
    } else {
        format!("{:.0} %", f64::from(found) * 100.0 / f64::from(seeded))
    };
    println!("{name:32} {seeded:>6} {found:>6} {recall:>7}");
}

impl Seed {
    /// The file as it was.
    fn text(&self) -> String {
        std::fs::read_to_string(&self.path).unwrap_or_default()
    }

    /// The broken text.
    fn broken(&self) -> String {
        self.edit.apply(&self.text()).unwrap_or_default()
    }

    /// The number of the line that changes first.
    fn line(&self) -> usize {
        let start = self.edit.hull().map_or(0, |hull| hull.start() as usize);
        self.text()[..start].lines().count()
    }
}

/// Prints where a rule stayed silent, and what stands there now.
fn print_miss(seed: &Seed, show: bool) {
    let line = seed.line();
    println!("{}: {}:{line}", seed.rule, seed.path.display());
    if show {
        let broken = seed.broken();
        for shown in broken.lines().skip(line.saturating_sub(4)).take(30) {
            println!("    {shown}");
        }
    }
}
