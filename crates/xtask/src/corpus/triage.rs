//! What was judged of findings in real code.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

/// Where a finding is, in words that stay when lines are added above it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Place {
    /// The name of the source tree.
    pub(crate) corpus: String,
    /// The file's path below the tree's top directory.
    pub(crate) path: String,
    /// The rule.
    pub(crate) rule: String,
    /// The declaration around it, as `name` or `*Type.name`.
    pub(crate) function: String,
    /// The text of its line, without the white space around it.
    pub(crate) line: String,
}

/// What was judged of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// The message is true, and the author would change the line.
    Right,
    /// One of the two isn't so.
    Wrong,
}

/// One entry of the triage.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Entry {
    /// Which finding it judges.
    #[serde(flatten)]
    pub(crate) place: Place,
    /// The judgement.
    pub(crate) verdict: Verdict,
    /// The reason, for readers of the file.
    #[expect(dead_code, reason = "every entry must have one")]
    why: String,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    finding: Vec<Entry>,
}

/// The judgements of a triage file by place. Findings that a place can't tell apart have one each.
pub(crate) fn read(path: &Path) -> Result<BTreeMap<Place, Vec<Verdict>>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let file: File = toml::from_str(&text).with_context(|| path.display().to_string())?;
    let mut judged: BTreeMap<Place, Vec<Verdict>> = BTreeMap::new();
    for entry in file.finding {
        judged.entry(entry.place).or_default().push(entry.verdict);
    }
    Ok(judged)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = "[[finding]]\ncorpus = 'go'\npath = 'a/a.go'\nrule = 'nil-map-write'\nfunction = 'f'\n\
                         line = 'm[k] = v'\nverdict = 'wrong'\nwhy = 'It is filled above.'\n";

    fn judged(text: &str) -> Result<BTreeMap<Place, Vec<Verdict>>> {
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), text)?;
        read(file.path())
    }

    #[test]
    fn findings_that_look_alike_are_judged_one_by_one() {
        let judged = judged(&ENTRY.repeat(2)).expect("both entries are read");
        let verdicts: Vec<_> = judged.into_values().collect();
        assert_eq!(verdicts, [[Verdict::Wrong, Verdict::Wrong]]);
    }

    #[test]
    fn a_judgement_has_a_reason() {
        let (without, _) = ENTRY.split_once("why").expect("the entry has a reason");
        assert!(judged(without).is_err());
    }
}
