//! deferlint: the command line.

/// A check allocates and frees many small things on many threads (docs/decisions/005).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod check;
mod cli;
mod explain;
mod output;
mod write;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::cli::{Cli, Command};
use crate::output::printable::printable;

/// The command did its work and found nothing.
const SUCCESS: u8 = 0;
/// There are findings.
const FINDINGS: u8 = 1;
/// The command couldn't do its work.
const FAILURE: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => ExitCode::from(code),
        Err(error) if is_broken_pipe(&error) => ExitCode::from(SUCCESS),
        Err(error) => {
            // Nothing is left to do when standard error is gone, too.
            let _ = writeln!(io::stderr(), "deferlint: {}", printable(&format!("{error:#}")));
            ExitCode::from(FAILURE)
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<u8> {
    let filter = EnvFilter::builder().parse(&cli.log_level)?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
    match cli.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Lsp(_) => Ok(deferlint_server::run()),
        Command::Rules(arguments) => explain::list(arguments.output_format),
        Command::Explain { rule } => explain::explain(&rule),
    }
}

/// A reader that has seen enough, such as `head`, isn't a failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let causes = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes
        .into_iter()
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
