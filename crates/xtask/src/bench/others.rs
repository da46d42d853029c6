//! `check` beside other tools for Go, over the same tree. A tool that isn't on the path is left out.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Subject;
use super::check::check;
use super::process::Runs;
use super::table::Table;

/// What `check` is held against.
struct Tool {
    /// How a row calls it.
    name: &'static str,
    program: OsString,
    arguments: Vec<&'static str>,
    /// How often it may take as long as `check`, the other way round.
    goal: f64,
}

/// Runs `check` before and after each of the tools, and each tool once: most of them take minutes.
pub(super) fn measure(subject: &Subject, table: &mut Table) -> Result<()> {
    let caches = tempfile::tempdir().context("a directory for caches")?;
    let mut checks = Runs::default();
    let add = |checks: &mut Runs| {
        checks.add(&mut check(
            &subject.deferlint,
            caches.path(),
            &subject.tree,
            &["--no-cache"],
        ))
    };
    let mut measured = Vec::new();
    for tool in tools() {
        add(&mut checks)?;
        match run(&tool, &subject.tree, caches.path())? {
            Some(elapsed) => measured.push((tool, elapsed)),
            None => eprintln!("{} is not on the path: left out", tool.program.display()),
        }
    }
    add(&mut checks)?;
    for (tool, elapsed) in measured {
        table.row(
            "`check --no-cache`, elapsed",
            checks.elapsed(),
            tool.name,
            elapsed,
            tool.goal,
        );
    }
    Ok(())
}

/// The tools, in the order in which they run: those behind vet find the packages built that it built.
fn tools() -> Vec<Tool> {
    let go = std::env::var_os("GO").filter(|go| !go.is_empty());
    let go = go.unwrap_or_else(|| "go".into());
    let tool = |name, program: OsString, arguments: &[&'static str], goal| Tool {
        name,
        program,
        arguments: arguments.to_vec(),
        goal,
    };
    vec![
        tool("`go vet ./...`, nothing built", go, &["vet", "./..."], 0.1),
        tool(
            "`staticcheck ./...`, nothing cached",
            "staticcheck".into(),
            &["./..."],
            0.1,
        ),
        tool("`revive ./...`", "revive".into(), &["./..."], 0.1),
        tool(
            "`ast-grep run -p 'defer $F($$$)'`",
            "ast-grep".into(),
            &[
                "run",
                "-p",
                "defer $F($$$)",
                "-l",
                "go",
                "--globs",
                "!**/testdata/**",
                ".",
            ],
            1.0,
        ),
    ]
}

/// How long a tool takes, in the tree and with caches of its own; `None` when it isn't there. What it finds is counted
/// and not judged: nothing in Go's own tree is wrong, but a tool that failed at once would have been fast.
fn run(tool: &Tool, tree: &Path, caches: &Path) -> Result<Option<Duration>> {
    let mut command = Command::new(&tool.program);
    command
        .args(&tool.arguments)
        .current_dir(tree)
        .env("GOCACHE", caches.join("go"))
        .env("STATICCHECK_CACHE", caches.join("staticcheck"))
        .env("GOTOOLCHAIN", "local")
        .env("GOFLAGS", "")
        .stdin(Stdio::null());
    let start = Instant::now();
    let output = match command.output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        output => output.with_context(|| format!("running {command:?}"))?,
    };
    let elapsed = start.elapsed();
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().count();
    eprintln!(
        "{}: {}, {} lines of output, {} of errors",
        tool.name,
        output.status,
        lines(&output.stdout),
        lines(&output.stderr)
    );
    Ok(Some(elapsed))
}
