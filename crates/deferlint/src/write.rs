//! Writes fixed files: beside the original, then renamed over it, so that no file is ever half written.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, ensure};
use deferlint_workspace::read_text;
use tempfile::NamedTempFile;

/// How the name of a file begins and ends that is to become a fixed one. It is no Go file's.
const PREFIX: &str = ".deferlint-fix-";
const SUFFIX: &str = ".tmp";

/// Replaces the texts of files.
#[derive(Debug, Default)]
pub(crate) struct Replacer {
    /// The files as they were named, and where the links among them led.
    targets: BTreeMap<PathBuf, PathBuf>,
    /// The directories where nothing of killed runs is left.
    tidied: BTreeSet<PathBuf>,
}

impl Replacer {
    /// Notes which files these are, before their texts are read.
    pub(crate) fn of(files: &[PathBuf]) -> Self {
        let targets = files.iter().filter_map(|path| {
            let target = fs::canonicalize(path).ok()?;
            Some((path.clone(), target))
        });
        Self {
            targets: targets.collect(),
            ..Self::default()
        }
    }

    /// Replaces the text of a file, unless it isn't the same one any more or somebody changed it since `before` was read.
    /// What a killed run left beside it is removed.
    ///
    /// # Errors
    /// A file that changed, is read-only, or can't be replaced; it is left as it was.
    pub(crate) fn replace(&mut self, path: &Path, before: &str, after: &str) -> anyhow::Result<()> {
        // A symbolic link stays one: what it points to is replaced.
        let target = fs::canonicalize(path).context("can't be found any more")?;
        ensure!(
            self.targets.get(path) == Some(&target),
            "is another file than the one that was checked, left unchanged"
        );
        let metadata = fs::symlink_metadata(&target)?;
        ensure!(
            metadata.is_file(),
            "isn't a regular file any more, left unchanged"
        );
        let permissions = metadata.permissions();
        ensure!(!permissions.readonly(), "is read-only, left unchanged");
        let directory = target.parent().context("a file lies in a directory")?;
        if self.tidied.insert(directory.to_owned()) {
            remove_left_over(directory);
        }
        let mut beside = create_in(directory).context("can't write beside it")?;
        beside
            .write_all(after.as_bytes())
            .context("can't write beside it")?;
        keep_owner(beside.as_file(), &metadata);
        beside.as_file().set_permissions(permissions)?;
        beside.as_file().sync_all()?;
        let now = read_text(&target).map_err(|error| anyhow!("can't be read again: {}", error.message))?;
        ensure!(now == before, "changed while it was being fixed, left unchanged");
        beside.persist(&target).context("can't be replaced")?;
        Ok(())
    }
}

/// Creates a file that is to become a fixed one. It is locked for as long as this process may write it.
fn create_in(directory: &Path) -> io::Result<NamedTempFile> {
    loop {
        let file = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(SUFFIX)
            .tempfile_in(directory)?;
        // Without locks nobody takes it for a left-over either.
        let is_locked = file.as_file().lock().is_ok();
        // Another run may have taken it for one before it was locked.
        if !is_locked || file.path().exists() {
            return Ok(file);
        }
    }
}

/// Removes what runs that were killed left in a directory: the files that no process has locked. One that can't be
/// removed stays; it is in nobody's way.
fn remove_left_over(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_ours = name
            .to_str()
            .is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        if !is_ours || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        let removed = fs::File::open(entry.path()).and_then(|file| {
            file.try_lock()?;
            fs::remove_file(entry.path())
        });
        tracing::debug!(path = ?entry.path(), ?removed, "left over of a killed run");
    }
}

/// Gives a file to the owner of the one that it replaces, as far as this user may: root fixes the files of others.
#[cfg(unix)]
fn keep_owner(file: &fs::File, original: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};

    let is_owned_alike = |own: fs::Metadata| (own.uid(), own.gid()) == (original.uid(), original.gid());
    if file.metadata().is_ok_and(is_owned_alike) {
        return;
    }
    if let Err(error) = fchown(file, Some(original.uid()), Some(original.gid())) {
        tracing::debug!(%error, "a fixed file changes its owner");
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &fs::File, _: &fs::Metadata) {}

#[cfg(test)]
mod tests {
    use deferlint_testkit::directory::file_names;

    use super::*;

    #[test]
    fn a_file_that_changed_is_left_as_it_is() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("a.go");
        fs::write(&path, "changed").expect("a file");
        let mut replacer = Replacer::of(std::slice::from_ref(&path));
        let error = replacer
            .replace(&path, "before", "after")
            .expect_err("it changed");
        assert!(error.to_string().contains("changed while"), "{error:#}");
        assert_eq!(fs::read_to_string(&path).expect("a file"), "changed");
        assert_eq!(file_names(directory.path()), ["a.go"]);
        replacer
            .replace(&path, "changed", "after")
            .expect("it is as before");
        assert_eq!(fs::read_to_string(&path).expect("a file"), "after");
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_what_a_living_one_writes_is_not() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("a.go");
        fs::write(&path, "before").expect("a file");
        // A file without a process, the file of a process that lives, and a file of the user.
        let left_over = directory.path().join(format!("{PREFIX}abcdef{SUFFIX}"));
        fs::write(&left_over, "half").expect("a file");
        let living = create_in(directory.path()).expect("a file");
        let own = format!("{PREFIX}of-the-user");
        fs::write(directory.path().join(&own), "").expect("a file");

        let mut replacer = Replacer::of(std::slice::from_ref(&path));
        replacer
            .replace(&path, "before", "after")
            .expect("it is as before");
        let living = living.path().file_name().expect("a name").to_string_lossy();
        let mut expected = [&living, own.as_str(), "a.go"];
        expected.sort_unstable();
        assert_eq!(file_names(directory.path()), expected);
    }
}
