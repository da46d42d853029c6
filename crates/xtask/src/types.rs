//! Holds the inference of types and callees against go/types, over Go's own source.

mod answers;
mod compare;
mod places;
mod tally;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};

use crate::toolchain::Toolchain;
use compare::Comparison;
use places::Directory;
use tally::Tally;

/// The program that says what go/types says.
pub(crate) const PROGRAM: &str = "tests/oracle/types";

/// Arguments of the task.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The packages of Go's source tree that are compared; all of them when none is named.
    packages: Vec<String>,
    /// List the contradictions.
    #[arg(long)]
    list: bool,
    /// List what stays unknown.
    #[arg(long)]
    list_unknown: bool,
}

/// Asks go/types and the inference about the same places. The exit status is 1 when they contradict each other.
pub(crate) fn run(arguments: &Arguments, root: &Path) -> Result<ExitCode> {
    let toolchain = Toolchain::find()?;
    let program = root.join(PROGRAM);
    let goroot = toolchain.run(&program, &["env", "GOROOT"])?.stdout;
    let source = Path::new(goroot.trim()).join("src");
    let source = source.to_str().context("the path of Go's source")?;
    let mut command = vec!["run", ".", source];
    command.extend(arguments.packages.iter().map(String::as_str));
    let said = toolchain.run(&program, &command)?;
    ensure!(said.success, "{PROGRAM} failed:\n{}", said.stderr);

    let directories = Directory::all(&said.stdout)?;
    ensure!(!directories.is_empty(), "there are no packages to compare");
    let tally = Comparison::new().all(&directories)?;
    print(&tally, arguments);
    Ok(if tally.contradictions.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn print(tally: &Tally, arguments: &Arguments) {
    print!("{tally}");
    if arguments.list_unknown {
        tally
            .unknown
            .iter()
            .for_each(|place| println!("unknown: {place}"));
    }
    if arguments.list {
        tally.contradictions.iter().for_each(|place| println!("{place}"));
    }
}
