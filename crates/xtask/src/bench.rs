//! What deferlint costs, each measure beside what it is held against, in one run.

mod check;
mod indexed;
mod keystroke;
mod memory;
mod others;
mod pipes;
mod process;
mod samples;
mod start;
mod table;
mod typing;
pub(crate) mod work;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};

use self::table::Table;

/// Arguments of the task.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Go's own source tree: `$(go env GOROOT)/src`
    path: PathBuf,
    /// What is measured; all but the other tools when nothing is named
    #[arg(long = "part", value_enum)]
    parts: Vec<Part>,
    /// How often each program runs
    #[arg(long, default_value_t = 3)]
    runs: usize,
}

/// A group of measures.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// `check`, beside a bare parse of exactly the files it reads
    Check,
    /// The start of the server
    Start,
    /// A keystroke in the session, beside a bare reparse of the same edit
    Keystroke,
    /// A keystroke beside many packages that are known
    Indexed,
    /// A keystroke through pipes and the real binary
    Pipes,
    /// What the session keeps
    Memory,
    /// `check` beside other tools for Go, for minutes
    Others,
}

/// What is measured without the other tools.
const USUAL: [Part; 6] = [
    Part::Check,
    Part::Start,
    Part::Keystroke,
    Part::Indexed,
    Part::Pipes,
    Part::Memory,
];

/// What is run, and on what.
struct Subject {
    /// The source tree, absolute.
    tree: PathBuf,
    /// The binary, built in release mode.
    deferlint: PathBuf,
    /// This program, for processes that only do a part of the work.
    this: PathBuf,
    /// How often each program runs.
    runs: usize,
}

/// Measures one part after the other, and prints a row for each measure.
pub(crate) fn run(arguments: &Arguments, root: &Path) -> Result<ExitCode> {
    let deferlint = root.join("target/release/deferlint");
    ensure!(
        deferlint.is_file(),
        "{}: build it first, with `cargo build --release`",
        deferlint.display()
    );
    let tree = &arguments.path;
    let subject = Subject {
        tree: std::path::absolute(tree).with_context(|| format!("the place of {}", tree.display()))?,
        deferlint,
        this: std::env::current_exe().context("the path of this program")?,
        runs: arguments.runs.max(1),
    };
    let parts = if arguments.parts.is_empty() {
        USUAL.as_slice()
    } else {
        arguments.parts.as_slice()
    };
    let mut table = Table::default();
    for part in parts {
        match part {
            Part::Check => check::measure(&subject, &mut table)?,
            Part::Start => start::measure(&subject, &mut table)?,
            Part::Keystroke => keystroke::measure(&subject, &mut table)?,
            Part::Indexed => indexed::measure(&subject, &mut table)?,
            Part::Pipes => pipes::measure(&subject, &mut table)?,
            Part::Memory => memory::measure(&subject, &mut table)?,
            Part::Others => others::measure(&subject, &mut table)?,
        }
    }
    Ok(ExitCode::SUCCESS)
}
