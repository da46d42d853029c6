//! The number of findings of each rule.

use std::collections::BTreeMap;
use std::io::{self, Write};

use deferlint_workspace::Report;

/// Writes a line for each rule with findings, the most frequent one first.
///
/// # Errors
/// What `out` says.
pub(crate) fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let mut counts: BTreeMap<&str, (usize, bool)> = BTreeMap::new();
    for diagnostic in report.files.iter().flat_map(|file| &file.diagnostics) {
        let (count, fixable) = counts.entry(diagnostic.rule.name).or_default();
        *count += 1;
        *fixable |= !diagnostic.fixes.is_empty();
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|(name, (count, _))| (std::cmp::Reverse(*count), *name));
    for (name, (count, fixable)) in rows {
        writeln!(out, "{count:>6}  {}  {name}", if fixable { "[*]" } else { "[ ]" })?;
    }
    Ok(())
}
