//! What `check` costs, beside a bare parse of exactly the files it reads.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::Subject;
use super::process::{Runs, peak_of_children, run};
use super::table::{Quantity, Table};

/// The memory that a check of Go's own source may take, in bytes.
const PEAK: u64 = 250_000_000;

/// `deferlint check` of a path, as it is measured: with all rules' findings, and a cache of its own.
pub(super) fn check(deferlint: &Path, cache: &Path, path: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(deferlint);
    command
        .args(["check", "--exit-zero", "--statistics", "--no-config"])
        .args(options)
        .arg(path)
        .env("XDG_CACHE_HOME", cache);
    command
}

/// Runs all programs in turns.
pub(super) fn measure(subject: &Subject, table: &mut Table) -> Result<()> {
    let caches = tempfile::tempdir().context("a directory for the cache")?;
    let small = caches.path().join("small.go");
    std::fs::write(&small, "package small\n\nfunc f() {\n\tdefer println()\n}\n")?;
    let bare = |work: &str| {
        let mut command = Command::new(&subject.this);
        command.args(["bench-work", work]).arg(&subject.tree);
        command
    };
    let check = |path: &Path, options: &[&str]| check(&subject.deferlint, caches.path(), path, options);
    let [
        mut read,
        mut parse,
        mut version,
        mut tiny,
        mut cold,
        mut one_thread,
        mut warm,
    ] = <[Runs; 7]>::default();
    // Fills the cache.
    run(&mut check(&subject.tree, &[]))?;
    for _ in 0..subject.runs {
        read.add(&mut bare("read"))?;
        parse.add(&mut bare("parse"))?;
        version.add(Command::new(&subject.deferlint).arg("--version"))?;
        tiny.add(&mut check(&small, &["--no-cache"]))?;
        cold.add(&mut check(&subject.tree, &["--no-cache"]))?;
        one_thread.add(&mut check(&subject.tree, &["--no-cache", "--jobs", "1"]))?;
        warm.add(&mut check(&subject.tree, &[]))?;
    }
    let peak = peak_of_children()?;
    table.row(
        "`check --no-cache`, CPU",
        cold.cpu(),
        "a bare parse of the same files",
        parse.cpu(),
        0.5,
    );
    table.row(
        "`check` with a warm cache, CPU",
        warm.cpu(),
        "reading the files",
        read.cpu(),
        5.0,
    );
    // At least 1.75 times as fast, where all threads are two.
    table.row(
        "`check` on all threads, elapsed",
        cold.elapsed(),
        "on one thread",
        one_thread.elapsed(),
        0.57,
    );
    table.row(
        "`check` of a small file, elapsed",
        tiny.elapsed(),
        "`deferlint --version`",
        version.elapsed(),
        4.0,
    );
    table.row(
        "`check`, peak memory",
        Quantity::Bytes(peak),
        "a fixed size",
        Quantity::Bytes(PEAK),
        1.0,
    );
    Ok(())
}
