//! Runs the tests of packages after safe fixes: all those of a package at once, and one by one when they fail.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use deferlint_text::TextEdit;
use serde_json::json;

use super::{Offer, report};
use crate::toolchain::Toolchain;

/// How long the tests of a package may take; the go command's words.
const PATIENCE: &str = "-timeout=20s";

/// What the tests say of a package.
enum Verdict {
    Passed,
    /// What they print.
    Failed(String),
}

/// Runs the tests of the packages that the fixes change: each fix with whether the tests pass. The fixes of packages
/// whose tests don't pass in time without any fix are left out.
pub(super) fn run<'o, 'p>(
    toolchain: &Toolchain,
    scratch: &Path,
    offers: &[&'o Offer<'p>],
) -> Result<Vec<(&'o Offer<'p>, bool)>> {
    let mut packages: BTreeMap<&str, Vec<&'o Offer<'p>>> = BTreeMap::new();
    for offer in offers {
        packages
            .entry(&offer.package.import_path)
            .or_default()
            .push(offer);
    }
    let mut outcomes = Vec::new();
    for (package, offers) in packages {
        let together = compatible(&offers);
        if matches!(verdict(toolchain, scratch, package, &together)?, Verdict::Passed) {
            outcomes.extend(together.into_iter().map(|offer| (offer, true)));
            continue;
        }
        if let Verdict::Failed(_) = verdict(toolchain, scratch, package, &[])? {
            println!("{package}: its tests don't pass in time as they are");
            continue;
        }
        for offer in together {
            let verdict = verdict(toolchain, scratch, package, &[offer])?;
            if let Verdict::Failed(printed) = &verdict {
                report(offer, printed);
            }
            outcomes.push((offer, matches!(verdict, Verdict::Passed)));
        }
    }
    Ok(outcomes)
}

/// The fixes that can be applied together: of several in one declaration, the first.
fn compatible<'o, 'p>(offers: &[&'o Offer<'p>]) -> Vec<&'o Offer<'p>> {
    let mut chosen: Vec<&'o Offer<'p>> = Vec::new();
    for offer in offers {
        let clashes = chosen.iter().any(|other| {
            other.path == offer.path
                && (other.declaration == offer.declaration || other.fix.edit.intersects(&offer.fix.edit))
        });
        if !clashes {
            chosen.push(offer);
        }
    }
    chosen
}

/// Runs a package's tests with these fixes in it.
fn verdict(toolchain: &Toolchain, scratch: &Path, package: &str, offers: &[&Offer<'_>]) -> Result<Verdict> {
    let directory = tempfile::tempdir_in(scratch)?;
    let mut edits: BTreeMap<&Path, TextEdit> = BTreeMap::new();
    for offer in offers {
        let edit = edits.entry(&offer.path).or_default();
        if let Ok(both) = edit.clone().union(offer.fix.edit.clone()) {
            *edit = both;
        }
    }
    let mut replaced = serde_json::Map::new();
    for (index, (path, edit)) in edits.into_iter().enumerate() {
        let written = directory.path().join(format!("{index}.go"));
        std::fs::write(&written, edit.apply(&std::fs::read_to_string(path)?)?)?;
        replaced.insert(path.display().to_string(), json!(written));
    }
    let overlay = directory.path().join("overlay.json");
    std::fs::write(&overlay, json!({"Replace": replaced}).to_string())?;
    let overlay = format!("-overlay={}", overlay.display());
    let result = toolchain.run(
        scratch,
        &["test", "-short", "-vet=off", PATIENCE, &overlay, package],
    )?;
    Ok(if result.success {
        Verdict::Passed
    } else {
        Verdict::Failed(result.stdout + &result.stderr)
    })
}
