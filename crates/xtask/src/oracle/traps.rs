//! Every trap, repaired by the fixes that its own rules offer: it still builds, and what had a fix is gone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use deferlint_rules::Severity;
use deferlint_testkit::traps::{self, Trap};
use deferlint_workspace::{FixOptions, Fixed, Selector, Settings, fix};

use super::go_failures;
use crate::toolchain::Toolchain;

/// How the check is called in the filter and in failures.
pub(super) const NAME: &str = "tests/traps, repaired";

/// Repairs a copy of the traps and builds it. Says how many files were repaired on the standard output.
pub(super) fn check(toolchain: &Toolchain, root: &Path, copy: &Path) -> Result<Vec<String>> {
    std::fs::create_dir_all(copy).with_context(|| copy.display().to_string())?;
    let mut failures = Vec::new();
    let mut repaired = BTreeMap::new();
    for trap in traps::index(root) {
        let fixed = repair(&trap);
        failures.extend(left(&trap, &fixed));
        repaired.extend(fixed.files.into_iter().map(|(path, file)| (path, file.after)));
    }
    for entry in std::fs::read_dir(root.join(traps::DIRECTORY))? {
        let path = entry?.path();
        let target = copy.join(path.file_name().unwrap_or_default());
        match repaired.get(&path) {
            Some(text) => std::fs::write(&target, text).map(|()| 0),
            None => std::fs::copy(&path, &target),
        }
        .with_context(|| target.display().to_string())?;
    }
    println!("{NAME}: {} files", repaired.len());
    failures.extend(go_failures(toolchain, copy, NAME)?);
    Ok(failures)
}

/// Applies the fixes of the rules that the trap is for, unsafe ones too.
fn repair(trap: &Trap) -> Fixed {
    let settings = Settings {
        select: Some(trap.rules.iter().map(|rule| Selector::Rule(rule.name)).collect()),
        ..Settings::default()
    };
    let options = FixOptions {
        unsafe_fixes: true,
        floor: Severity::Hint,
    };
    let files: [PathBuf; 1] = [trap.path.clone()];
    fix(settings, &files, options, BTreeMap::new())
}

/// The findings that are still there although they have a fix.
fn left(trap: &Trap, fixed: &Fixed) -> Vec<String> {
    let diagnostics = fixed.report.files.iter().flat_map(|file| &file.diagnostics);
    let fixable = diagnostics.filter(|diagnostic| !diagnostic.fixes.is_empty());
    fixable
        .map(|diagnostic| {
            format!(
                "{NAME}: {}: {} is still there",
                trap.path.display(),
                diagnostic.rule.name
            )
        })
        .collect()
}
