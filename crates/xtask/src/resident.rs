//! How much memory a process has.

use anyhow::{Context, Result};

/// The resident set of a process, in kilobytes (`man 5 proc_pid_status`).
pub(crate) fn resident_kilobytes(process: u32) -> Result<u32> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let resident = resident.context("no VmRSS: this needs Linux")?;
    Ok(resident.trim().trim_end_matches(" kB").parse()?)
}
