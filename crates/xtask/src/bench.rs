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
    /// What another process than the first one does.
    #[arg(long, hide = true)]
    only: Option<Work>,
}

/// What `check` is held against, as processes of their own.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Work {
    /// Read every file.
    Read,
    /// Parse every file.
    Parse,
}

/// What is measured, each in turn with the others.
#[derive(Default)]
struct Runs {
    read: Vec<Cost>,
    parse: Vec<Cost>,
    version: Vec<Cost>,
    small: Vec<Cost>,
    cold: Vec<Cost>,
    one_thread: Vec<Cost>,
    warm: Vec<Cost>,
}

/// Runs all programs in turns, and prints the medians and their ratios.
pub(crate) fn run(arguments: &Arguments, root: &Path) -> Result<ExitCode> {
    if let Some(work) = arguments.only {
        return read(&arguments.path, work);
    }
    let deferlint = root.join("target/release/deferlint");
    ensure!(
        deferlint.is_file(),
        "{}: build it first, with `cargo build --release`",
        deferlint.display()
    );
    let this = std::env::current_exe().context("the path of this program")?;
    let caches = tempfile::tempdir().context("a directory for the cache")?;
    let small = caches.path().join("small.go");
    std::fs::write(&small, "package small\n\nfunc f() {\n\tdefer println()\n}\n")?;
    let bare = |work: &str| {
        let mut command = Command::new(&this);
        command.args(["bench", "--only", work]).arg(&arguments.path);
        command
    };
    let check = |path: &Path, options: &[&str]| {
        let mut command = Command::new(&deferlint);
        command.args(["check", "--exit-zero", "--statistics", "--no-config"]);
        command
            .env("XDG_CACHE_HOME", caches.path())
            .args(options)
            .arg(path);
        command
    };
    let mut runs = Runs::default();
    // Fills the cache.
    measure(&mut check(&arguments.path, &[]))?;
    for _ in 0..arguments.runs {
        runs.read.push(measure(&mut bare("read"))?);
        runs.parse.push(measure(&mut bare("parse"))?);
        runs.version
            .push(measure(Command::new(&deferlint).arg("--version"))?);
        runs.small.push(measure(&mut check(&small, &["--no-cache"]))?);
        runs.cold
            .push(measure(&mut check(&arguments.path, &["--no-cache"]))?);
        runs.one_thread.push(measure(&mut check(
            &arguments.path,
            &["--no-cache", "--jobs", "1"],
        ))?);
        runs.warm.push(measure(&mut check(&arguments.path, &[]))?);
    }
    runs.print();
    println!("peak memory of the largest child: {} MB", peak()? / 1_000_000);
    Ok(ExitCode::SUCCESS)
}

impl Runs {
    fn print(mut self) {
        let [read, parse, version, small, cold, one_thread, warm] = [
            &mut self.read,
            &mut self.parse,
            &mut self.version,
            &mut self.small,
            &mut self.cold,
            &mut self.one_thread,
            &mut self.warm,
        ]
        .map(|costs| median(costs));
        let line = |what: &str, one: Duration, against: &str, other: Duration| {
            let (one, other) = (one.as_secs_f64(), other.as_secs_f64());
            println!(
                "{what}: {one:.3} s, {against}: {other:.3} s, ratio {:.2}",
                one / other
            );
        };
        line("check, CPU", cold.cpu, "a bare parse", parse.cpu);
        line(
            "check with a warm cache, CPU",
            warm.cpu,
            "reading the files",
            read.cpu,
        );
        line(
            "check on one thread, elapsed",
            one_thread.elapsed,
            "on all",
            cold.elapsed,
        );
        line(
            "check of a small file, elapsed",
            small.elapsed,
            "--version",
            version.elapsed,
        );
    }
}

/// Reads or parses every Go file that `check` would read, one after the other.
fn read(path: &Path, work: Work) -> Result<ExitCode> {
    let found = discover(&[path.to_owned()], DiscoveryOptions::default())?;
    let mut parser = Parser::new();
    let mut bytes = 0;
    for file in found.files {
        // What can't be read or isn't UTF-8 isn't parsed by `check` either.
        if let Ok(text) = std::fs::read_to_string(&file) {
            bytes += text.len();
            if matches!(work, Work::Parse) {
                parser.parse(text.as_str());
            }
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
