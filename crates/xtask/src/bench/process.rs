//! What a program costs from its start to its end.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};

use super::samples::Samples;

/// What running a program to its end costs.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    cpu: Duration,
    elapsed: Duration,
}

/// What several runs of one program cost.
#[derive(Default)]
pub(super) struct Runs {
    cpu: Samples,
    elapsed: Samples,
}

impl Runs {
    /// Runs the program once more.
    pub(super) fn add(&mut self, command: &mut Command) -> Result<()> {
        let cost = run(command)?;
        self.cpu.push(cost.cpu);
        self.elapsed.push(cost.elapsed);
        Ok(())
    }

    /// The median of its user and system times.
    pub(super) fn cpu(&self) -> Duration {
        self.cpu.median()
    }

    /// The median of the times that passed.
    pub(super) fn elapsed(&self) -> Duration {
        self.elapsed.median()
    }
}

/// Runs a program to its end.
pub(super) fn run(command: &mut Command) -> Result<Cost> {
    let before = cpu_of_children()?;
    let start = Instant::now();
    let status = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .with_context(|| format!("running {command:?}"))?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(Cost {
        elapsed: start.elapsed(),
        cpu: cpu_of_children()?.saturating_sub(before),
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
pub(super) fn peak_of_children() -> Result<u64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("the resource usage")?;
    Ok(u64::try_from(usage.max_rss()).unwrap_or_default() * 1024)
}
