//! Whether broken texts are still Go: go/types checks each in the place of the file that it was.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::Seed;
use crate::toolchain::Toolchain;
use crate::types::PROGRAM;

/// Leaves out the texts of Go's own tree that don't compile, and prints each with its complaint. Nothing is known of those of
/// other trees, and of files that the host's build leaves out.
pub(super) fn those_that_compile(root: &Path, source: &Path, seeds: Vec<Seed>) -> Result<Vec<Seed>> {
    let toolchain = Toolchain::find()?;
    let scratch = tempfile::tempdir().context("a temporary directory for the broken files")?;
    let mut list = String::new();
    let mut checked = Vec::new();
    let own = seeds.iter().enumerate();
    for (index, seed) in own.filter(|(_, seed)| seed.path.starts_with(source)) {
        let broken = scratch.path().join(format!("{index}.go"));
        std::fs::write(&broken, seed.broken())?;
        writeln!(list, "{}\t{}", seed.path.display(), broken.display())?;
        checked.push(index);
    }
    let list_path = scratch.path().join("list");
    std::fs::write(&list_path, list)?;
    let (list, source) = (list_path.display().to_string(), source.display().to_string());
    let said = toolchain.run(&root.join(PROGRAM), &["run", ".", "-broken", &list, &source])?;
    ensure!(said.success, "{PROGRAM} failed:\n{}", said.stderr);
    let mut complaints = BTreeMap::new();
    for line in said.stdout.lines() {
        let (number, complaint) = line.split_once('\t').context("a line without a tab")?;
        let index = checked
            .get(number.parse::<usize>()?)
            .context("a number of the list")?;
        complaints.insert(*index, complaint);
    }
    for (index, complaint) in &complaints {
        let seed = &seeds[*index];
        println!(
            "{}: {}:{}: doesn't compile: {complaint}",
            seed.rule,
            seed.path.display(),
            seed.line()
        );
    }
    let seeds = seeds.into_iter().enumerate();
    Ok(seeds
        .filter(|(index, _)| !complaints.contains_key(index))
        .map(|(_, seed)| seed)
        .collect())
}
