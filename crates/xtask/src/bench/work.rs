//! What a measure has done by a process of its own: `bench-work`, which only `bench` starts.

use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use deferlint_syntax::Parser;
use deferlint_workspace::{DiscoveryOptions, discover};

use super::memory;

/// Arguments of the task.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What is done.
    work: Work,
    /// The source tree.
    #[arg(default_value = ".")]
    path: PathBuf,
}

/// What is done.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Work {
    /// Read every file that `check` would read, one after the other.
    Read,
    /// Parse them, too.
    Parse,
    /// Keep the facts of the files of a tree, and say what that takes.
    KeepFacts,
    /// Open documents, and say what that takes.
    OpenDocuments,
    /// Answer each frame on standard input with the first one.
    Echo,
}

/// Does the work.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    match arguments.work {
        Work::Read => read(&arguments.path, false)?,
        Work::Parse => read(&arguments.path, true)?,
        Work::KeepFacts => memory::keep_facts(&arguments.path)?,
        Work::OpenDocuments => memory::open_documents(&arguments.path)?,
        Work::Echo => echo(io::stdin().lock(), io::stdout().lock())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path, parses: bool) -> Result<()> {
    let found = discover(&[path.to_owned()], DiscoveryOptions::default())?;
    let mut parser = Parser::new();
    let mut bytes = 0;
    for file in found.files {
        // What can't be read or isn't UTF-8 isn't parsed by `check` either.
        if let Ok(text) = std::fs::read_to_string(&file) {
            bytes += text.len();
            if parses {
                parser.parse(text.as_str());
            }
        }
    }
    println!("{bytes} bytes");
    Ok(())
}

/// Answers each frame after the first one with the first one, as a server would that has nothing to think about.
fn echo(mut input: impl BufRead, mut output: impl Write) -> Result<()> {
    let Some(body) = read_frame(&mut input)? else {
        return Ok(());
    };
    let mut answer = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend(body);
    while read_frame(&mut input)?.is_some() {
        output.write_all(&answer)?;
        output.flush()?;
    }
    Ok(())
}

/// The body of the next frame (LSP 3.17, "Base Protocol"); `None` at the end.
fn read_frame(input: &mut impl BufRead) -> Result<Option<Vec<u8>>> {
    let mut header = String::new();
    if input.read_line(&mut header)? == 0 {
        return Ok(None);
    }
    let length = header.trim_end().strip_prefix("Content-Length: ");
    let length = length.context("a frame begins with its length")?.parse()?;
    header.clear();
    input.read_line(&mut header)?;
    let mut body = vec![0; length];
    input.read_exact(&mut body)?;
    Ok(Some(body))
}
