//! What `check` costs, beside a bare parse of exactly the files it reads.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use deferlint_syntax::Parser;
use deferlint_workspace::{DiscoveryOptions, discover};
use nix::sys::resource::{UsageWho, getrusage};

/// Arguments of the task.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What is checked: a large source tree.
    path: PathBuf,
    /// How often each program runs.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Parse the files, and do nothing else: the bare parse runs as a process of its own.
    #[arg(long, hide = true)]
    parse: bool,
}

/// Runs both programs in turns, and prints the medians and their ratio.
pub(crate) fn run(arguments: &Arguments, root: &Path) -> Result<ExitCode> {
    if arguments.parse {
        return parse(&arguments.path);
    }
    let deferlint = root.join("target/release/deferlint");
    ensure!(
        deferlint.is_file(),
        "{}: build it first, with `cargo build --release`",
        deferlint.display()
    );
    let this = std::env::current_exe().context("the path of this program")?;
    let (mut checks, mut parses) = (Vec::new(), Vec::new());
    for _ in 0..arguments.runs {
        parses.push(measure(
            Command::new(&this)
                .args(["bench", "--parse"])
                .arg(&arguments.path),
        )?);
        let mut check = Command::new(&deferlint);
        check.args(["check", "--exit-zero", "--statistics", "--no-config"]);
        checks.push(measure(check.arg(&arguments.path))?);
    }
    let (check, parse) = (median(&mut checks), median(&mut parses));
    println!(
        "bare parse: {:.2} s CPU, {:.2} s elapsed",
        parse.cpu.as_secs_f64(),
        parse.elapsed.as_secs_f64()
    );
    println!(
        "check:      {:.2} s CPU, {:.2} s elapsed",
        check.cpu.as_secs_f64(),
        check.elapsed.as_secs_f64()
    );
    println!(
        "ratio of CPU: {:.2}",
        check.cpu.as_secs_f64() / parse.cpu.as_secs_f64()
    );
    println!("peak memory of the children: {} MB", peak()? / 1_000_000);
    Ok(ExitCode::SUCCESS)
}

/// Parses every Go file that `check` would read, one after the other.
fn parse(path: &Path) -> Result<ExitCode> {
    let found = discover(&[path.to_owned()], DiscoveryOptions::default())?;
    let mut parser = Parser::new();
    let mut bytes = 0;
    for file in found.files {
        // What can't be read or isn't UTF-8 isn't parsed by `check` either.
        if let Ok(text) = std::fs::read_to_string(&file) {
            bytes += text.len();
            parser.parse(text.as_str());
        }
    }
    println!("{bytes} bytes");
    Ok(ExitCode::SUCCESS)
}

#[derive(Clone, Copy)]
struct Cost {
    cpu: Duration,
    elapsed: Duration,
}

/// What running a program to its end costs.
fn measure(command: &mut Command) -> Result<Cost> {
    let before = cpu_of_children()?;
    let start = Instant::now();
    let status = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .with_context(|| format!("running {command:?}"))?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(Cost {
        cpu: cpu_of_children()?.saturating_sub(before),
        elapsed: start.elapsed(),
    })
}

/// The user and system time of all children that have ended.
fn cpu_of_children() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("the resource usage")?;
    let microseconds = |time: nix::sys::time::TimeVal| time.tv_sec() * 1_000_000 + time.tv_usec();
    let total = microseconds(usage.user_time()) + microseconds(usage.system_time());
    Ok(Duration::from_micros(u64::try_from(total).unwrap_or_default()))
}

/// The largest resident set of any child that has ended, in bytes.
fn peak() -> Result<u64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("the resource usage")?;
    Ok(u64::try_from(usage.max_rss()).unwrap_or_default() * 1024)
}

/// The run with the median CPU time.
fn median(costs: &mut [Cost]) -> Cost {
    costs.sort_by_key(|cost| cost.cpu);
    costs[costs.len() / 2]
}
