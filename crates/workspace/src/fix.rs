//! Applies fixes until there is nothing left to apply.

use std::collections::BTreeMap;
use std::path::PathBuf;

use deferlint_rules::{Safety, Severity};
use deferlint_text::TextEdit;

use crate::check::Checker;
use crate::diagnostic::{Diagnostic, FileFix, Report};
use crate::settings::{Settings, SettingsSources};

/// How often a file is fixed and checked again before the rest is left alone.
pub const MAX_ROUNDS: usize = 10;

/// Which fixes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixOptions {
    /// Also those that change what the program does.
    pub unsafe_fixes: bool,
    /// The least severity of a finding whose fix is applied.
    pub floor: Severity,
}

/// What fixing came to.
#[derive(Debug, Default)]
pub struct Fixed {
    /// The files whose text changed.
    pub files: BTreeMap<PathBuf, FixedFile>,
    /// What is found in the fixed texts.
    pub report: Report,
}

impl Fixed {
    /// How many fixes were applied to these files.
    pub fn applied(&self) -> usize {
        self.files.values().map(|file| file.fixes).sum()
    }
}

/// A file with another text than on disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FixedFile {
    /// The text before.
    pub before: String,
    /// The text after.
    pub after: String,
    /// How many fixes were applied.
    pub fixes: usize,
}

/// Fixes files in memory. Of the fixes of one declaration a round applies one; the next round sees its result.
pub fn fix(
    settings: impl Into<SettingsSources>,
    files: &[PathBuf],
    options: FixOptions,
    overlay: BTreeMap<PathBuf, String>,
) -> Fixed {
    let mut checker = Checker::new(settings);
    for (path, text) in overlay {
        checker.overlay(path, text);
    }
    let mut fixed = Fixed {
        report: checker.check(files, &|_| {}),
        ..Fixed::default()
    };
    for _ in 0..MAX_ROUNDS {
        let mut changed = Vec::new();
        for file in &fixed.report.files {
            let settings = checker.settings().of(file.path.parent());
            let (edit, count) = fix_round(&file.diagnostics, &settings, options);
            let before = file.document.to_string();
            let Ok(text) = edit.apply(&before) else {
                continue;
            };
            if count > 0 {
                changed.push((file.path.clone(), before, text, count));
            }
        }
        if changed.is_empty() {
            break;
        }
        for (path, before, after, count) in changed {
            checker.overlay(path.clone(), after.clone());
            let file = fixed.files.entry(path).or_insert_with(|| FixedFile {
                before,
                ..FixedFile::default()
            });
            file.after = after;
            file.fixes += count;
        }
        fixed.report = checker.check(files, &|_| {});
    }
    fixed
}

/// The fixes of one round in a file with these findings, and how many they are: at most one for each declaration.
pub fn fix_round(diagnostics: &[Diagnostic], settings: &Settings, options: FixOptions) -> (TextEdit, usize) {
    let mut edit = TextEdit::default();
    let mut declarations = Vec::new();
    for diagnostic in diagnostics {
        if declarations.contains(&diagnostic.declaration) {
            continue;
        }
        let Some(fix) = applicable(diagnostic, settings, options) else {
            continue;
        };
        // Two fixes that add an import meet at one place; the second one waits for the result of the first.
        if edit.intersects(&fix.edit) {
            continue;
        }
        if let Ok(both) = edit.clone().union(fix.edit.clone()) {
            edit = both;
            declarations.push(diagnostic.declaration);
        }
    }
    (edit, declarations.len())
}

/// The fix of a finding that may be applied without asking. A hint is an offer, not a complaint: its fix is applied
/// only when its rule was selected by name.
pub fn applicable<'a>(
    diagnostic: &'a Diagnostic,
    settings: &Settings,
    options: FixOptions,
) -> Option<&'a FileFix> {
    if diagnostic.severity < options.floor {
        return None;
    }
    if diagnostic.severity == Severity::Hint && !settings.names(diagnostic.rule) {
        return None;
    }
    diagnostic
        .fixes
        .iter()
        .find(|fix| options.unsafe_fixes || fix.safety == Safety::Safe)
}
