//! Shows that what is kept from edit to edit, and what isn't parsed at all, makes no difference: random edits to open
//! documents, and `check` with and without a parse of whole files.

mod facts;
mod model;
mod outlines;
mod script;
mod sessions;
mod trees;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, ensure};
use deferlint_workspace::{DiscoveryOptions, Selector, Settings, discover};
use rayon::prelude::*;

use self::script::{Difference, Script, Tally};
use crate::toolchain::goroot;

/// How many edits one file gets.
const EDITS_PER_FILE: usize = 100;

/// The largest file that is edited, in bytes: the fresh session after every edit reads all of it.
const MAX_LENGTH: usize = 24 << 10;

/// Arguments of the task.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many edits are made.
    #[arg(long, default_value_t = 20_000)]
    edits: usize,
    /// The number that the random edits follow from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many directories have their files opened in a session, too.
    #[arg(long, default_value_t = 50)]
    opened: usize,
    /// The Go source whose files are edited and checked; without it, what `go env GOROOT` says.
    #[arg(long)]
    goroot: Option<PathBuf>,
}

/// Makes the edits and the checks, and prints what was compared.
pub(crate) fn run(arguments: &Arguments, root: &Path) -> Result<ExitCode> {
    let goroot = goroot(arguments.goroot.as_deref())?;
    let source = goroot.join("src");
    // Half of the files that are edited hold findings.
    let traps = texts(&[root.join("tests/traps"), root.join("examples")])?;
    let edited = edit(&[traps, texts(std::slice::from_ref(&source))?], arguments);
    let read = facts::compare(&source)?;
    let checked = outlines::compare(&source)?;
    let opened = sessions::compare(&source, arguments.opened)?;
    Ok(if edited && read && checked && opened {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Edits one file after the other on all threads. False when something differed.
fn edit(pools: &[Vec<String>; 2], arguments: &Arguments) -> bool {
    let rounds = arguments.edits.div_ceil(EDITS_PER_FILE);
    let outcomes: Vec<(Tally, Option<Difference>)> = (0..rounds)
        .into_par_iter()
        .map(|round| {
            let mut random = fastrand::Rng::with_seed(arguments.seed.wrapping_add(round as u64));
            let texts = &pools[round % 2];
            let text = random.choice(texts).cloned().unwrap_or_default();
            let script = Script::random(&mut random, text, texts, EDITS_PER_FILE);
            let (tally, difference) = script.run();
            (tally, difference.map(Difference::shrunk))
        })
        .collect();
    let tally = outcomes
        .iter()
        .map(|(tally, _)| *tally)
        .fold(Tally::default(), Tally::and);
    let differences: Vec<_> = outcomes
        .iter()
        .filter_map(|(_, difference)| difference.as_ref())
        .collect();
    println!(
        "{} edits in {rounds} runs over {} files, {} of them within a character: {} texts compared, {} states without \
         an error compared with {} nodes and {} findings, {} differences",
        tally.edits,
        pools.iter().map(Vec::len).sum::<usize>(),
        tally.split,
        tally.texts,
        tally.states,
        tally.nodes,
        tally.findings,
        differences.len()
    );
    for difference in &differences {
        println!("{difference}");
    }
    differences.is_empty()
}

/// Settings with every rule on.
fn every_rule() -> Settings {
    Settings {
        select: Some(vec![Selector::All]),
        ..Settings::default()
    }
}

/// The texts of the Go files in these directories that are small enough to be edited.
fn texts(directories: &[PathBuf]) -> Result<Vec<String>> {
    let found = discover(directories, DiscoveryOptions::default())?;
    let texts = found
        .files
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok());
    let texts: Vec<_> = texts.filter(|text| text.len() <= MAX_LENGTH).collect();
    ensure!(!texts.is_empty(), "there are no Go files to edit");
    Ok(texts)
}
