//! How findings are printed.

pub(crate) mod json;
pub(crate) mod printable;
pub(crate) mod statistics;
pub(crate) mod text;

use std::path::Path;

/// A path as it is printed: relative to the working directory where it lies below it, with `/`.
pub(crate) fn display_path(path: &Path) -> String {
    let current = std::env::current_dir().ok();
    let shown = current
        .and_then(|current| path.strip_prefix(current).ok())
        .unwrap_or(path);
    shown.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}
