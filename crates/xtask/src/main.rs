//! Project tasks, run as `cargo run -p xtask -- TASK`.

mod bench;
mod corpus;
mod equivalence;
mod extraction;
mod fixes;
mod kill;
mod oracle;
mod picture;
mod resident;
mod seed;
mod soak;
mod std_facts;
mod toolchain;
mod types;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The measures allocate as the program does (docs/decisions/005).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Project tasks.
#[derive(Parser)]
#[command(name = "xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Hold every Go block of the documentation, the examples and the traps against the Go toolchain.
    Oracle(oracle::Arguments),
    /// Run programs before and after the extraction of their returned maps.
    Extraction(extraction::Arguments),
    /// Write the facts of the standard library that are baked into the program, or check them.
    StdFacts(std_facts::Arguments),
    /// Hold the inference of types and callees against go/types, over the source of Go itself.
    Types(types::Arguments),
    /// Draw what the README shows: the output of `check` on the examples.
    Picture,
    /// Measure what checks, keystrokes and memory cost beside what they are held against.
    Bench(bench::Arguments),
    /// What a measure has done by a process of its own.
    #[command(hide = true)]
    BenchWork(bench::work::Arguments),
    /// Edit files at random, and check a source tree with and without a parse of whole files: nothing may differ.
    Equivalence(equivalence::Arguments),
    /// Check real code, and hold the findings against what was judged of them.
    Corpus(corpus::Arguments),
    /// Break right code, one place at a time, and count what the rules find of it.
    Seed(seed::Arguments),
    /// Apply every fix that is offered in Go's own source, one at a time, and compile the package.
    Fixes(fixes::Arguments),
    /// Edit documents through the real binary for a long time: its memory must not grow.
    Soak(soak::Arguments),
    /// Kill `check --fix` at random moments: no file may be half written.
    Kill(kill::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Oracle(arguments) => oracle::run(&arguments, &repository_root()),
        Task::Extraction(arguments) => extraction::run(&arguments, &repository_root()),
        Task::StdFacts(arguments) => std_facts::run(&arguments, &repository_root()),
        Task::Types(arguments) => types::run(&arguments, &repository_root()),
        Task::Picture => picture::run(&repository_root()),
        Task::Bench(arguments) => bench::run(&arguments, &repository_root()),
        Task::BenchWork(arguments) => bench::work::run(&arguments),
        Task::Equivalence(arguments) => equivalence::run(&arguments, &repository_root()),
        Task::Corpus(arguments) => corpus::run(&arguments, &repository_root()),
        Task::Seed(arguments) => seed::run(&arguments, &repository_root()),
        Task::Fixes(arguments) => fixes::run(&arguments),
        Task::Soak(arguments) => soak::run(&arguments, &repository_root()),
        Task::Kill(arguments) => kill::run(&arguments, &repository_root()),
    };
    result.unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::from(2)
    })
}

/// The repository's top directory: two above this crate's.
fn repository_root() -> PathBuf {
    let crate_directory = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_directory
        .ancestors()
        .nth(2)
        .unwrap_or(crate_directory)
        .to_path_buf()
}
