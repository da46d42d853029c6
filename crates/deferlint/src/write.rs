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
    let permissions = fs::metadata(&target)?.permissions();
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
