//! Writes fixed files: beside the original, then renamed over it, so that no file is ever half written.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, ensure};
use tempfile::NamedTempFile;

/// Replaces the text of a file, unless somebody changed it since `before` was read.
///
/// # Errors
/// A file that changed, is read-only, or can't be replaced; it is left as it was.
pub(crate) fn replace(path: &Path, before: &str, after: &str) -> anyhow::Result<()> {
    // A symbolic link stays one: what it points to is replaced.
    let target = fs::canonicalize(path).with_context(|| format!("{}: can't be found", path.display()))?;
    let metadata = fs::metadata(&target)?;
    let permissions = metadata.permissions();
    ensure!(
        !permissions.readonly(),
        "{}: is read-only, left unchanged",
        path.display()
    );
    let directory = target.parent().context("a file lies in a directory")?;
    let mut beside = NamedTempFile::with_prefix_in(".deferlint-", directory)
        .with_context(|| format!("{}: can't write beside it", path.display()))?;
    beside
        .write_all(after.as_bytes())
        .with_context(|| format!("{}: can't write beside it", path.display()))?;
    keep_owner(beside.as_file(), &metadata);
    beside.as_file().set_permissions(permissions)?;
    beside.as_file().sync_all()?;
    let now = fs::read(&target).with_context(|| format!("{}: can't be read again", path.display()))?;
    ensure!(
        now == before.as_bytes(),
        "{}: changed while it was being fixed, left unchanged",
        path.display()
    );
    beside
        .persist(&target)
        .with_context(|| format!("{}: can't be replaced", path.display()))?;
    Ok(())
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
    use super::*;

    #[test]
    fn a_file_that_changed_is_left_as_it_is() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("a.go");
        fs::write(&path, "changed").expect("a file");
        let error = replace(&path, "before", "after").expect_err("it changed");
        assert!(error.to_string().contains("changed while"), "{error:#}");
        assert_eq!(fs::read_to_string(&path).expect("a file"), "changed");
        assert_eq!(fs::read_dir(directory.path()).expect("a directory").count(), 1);
        replace(&path, "changed", "after").expect("it is as before");
        assert_eq!(fs::read_to_string(&path).expect("a file"), "after");
    }
}
