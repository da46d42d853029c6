//! What a session keeps of closed files and of open ones, in bytes of resident memory for each byte of source.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use deferlint_workspace::{DiscoveryOptions, Job, Session, discover};

use super::Subject;
use super::keystroke::no_settings;
use super::table::{Quantity, Table};
use crate::resident::resident_kilobytes;

/// How many documents are opened.
const DOCUMENTS: usize = 50;

/// The lengths of the documents, in bytes: large enough that what a session takes without any doesn't count.
const DOCUMENT_LENGTHS: std::ops::Range<u64> = 20_000..200_000;

/// A text whose parse brings the parser's own working memory into being before anything is measured.
const WARM_UP: &str = "net/http/server.go";

/// The allocator keeps free pages for a second; who allocates after that gives them back.
const ALLOCATOR_DELAY: Duration = Duration::from_millis(1500);

/// Has both measured by processes of their own.
pub(super) fn measure(subject: &Subject, table: &mut Table) -> Result<()> {
    let (kept, source) = grown(subject, "keep-facts")?;
    let measure = "facts of closed files, resident memory";
    table.row(
        measure,
        Quantity::Bytes(kept),
        "their source",
        Quantity::Bytes(source),
        0.5,
    );
    let (kept, source) = grown(subject, "open-documents")?;
    let measure = format!("{DOCUMENTS} open documents, resident memory");
    table.row(
        &measure,
        Quantity::Bytes(kept),
        "their source",
        Quantity::Bytes(source),
        45.0,
    );
    Ok(())
}

/// By how many bytes the process grew, and over how many bytes of source.
fn grown(subject: &Subject, work: &str) -> Result<(u64, u64)> {
    let mut command = Command::new(&subject.this);
    let output = command.args(["bench-work", work]).arg(&subject.tree).output()?;
    ensure!(
        output.status.success(),
        "{command:?} ended with {}",
        output.status
    );
    let output = String::from_utf8(output.stdout)?;
    let numbers = output.trim().split_once(' ').context("two numbers")?;
    Ok((numbers.0.parse()?, numbers.1.parse()?))
}

/// Keeps the facts of every file below the path, as if a document had been open in each directory.
pub(super) fn keep_facts(path: &Path) -> Result<()> {
    let files = go_files(path)?;
    let mut directories: Vec<_> = files.iter().filter_map(|file| file.parent()).collect();
    directories.sort_unstable();
    directories.dedup();
    let mut session = Session::new(no_settings());
    let before = resident_after_rest(&mut session, path)?;
    let source = files.iter().map(|file| length(file)).sum::<Result<u64>>()?;
    for directory in directories {
        let directory = directory.to_owned();
        let job = Job::Index {
            directory,
            cache: None,
        };
        let changes = session.finish(job.run());
        session.settle(changes);
    }
    let after = resident_after_rest(&mut session, path)?;
    println!("{} {source}", after.saturating_sub(before));
    Ok(())
}

/// Opens documents of many lengths. They are packages by themselves, so that nothing else is read.
pub(super) fn open_documents(path: &Path) -> Result<()> {
    let mut files = Vec::new();
    for file in go_files(path)? {
        if DOCUMENT_LENGTHS.contains(&length(&file)?) {
            files.push(file);
        }
    }
    ensure!(files.len() >= DOCUMENTS, "{} holds too few files", path.display());
    let chosen = files.iter().step_by(files.len() / DOCUMENTS).take(DOCUMENTS);
    let mut session = Session::new(no_settings());
    let before = resident_after_rest(&mut session, path)?;
    let mut source = 0;
    for file in chosen {
        let text = std::fs::read_to_string(file)?;
        source += text.len() as u64;
        let changes = session.open(file.to_string_lossy(), None, 1, &text)?;
        session.settle(changes);
    }
    let after = resident_after_rest(&mut session, path)?;
    println!("{} {source}", after.saturating_sub(before));
    Ok(())
}

/// The resident memory of this process in bytes, once a session has parsed and checked a text and dropped it again, with
/// what was free before given back.
fn resident_after_rest(session: &mut Session, path: &Path) -> Result<u64> {
    std::thread::sleep(ALLOCATOR_DELAY);
    let text = std::fs::read_to_string(path.join(WARM_UP))?;
    let changes = session.open("warm-up", None, 1, &text)?;
    session.settle(changes);
    let changes = session.close(&"warm-up".into());
    session.settle(changes);
    Ok(u64::from(resident_kilobytes(std::process::id())?) * 1024)
}

fn go_files(path: &Path) -> Result<Vec<PathBuf>> {
    Ok(discover(&[path.to_owned()], DiscoveryOptions::default())?.files)
}

fn length(file: &Path) -> Result<u64> {
    Ok(file.metadata()?.len())
}
