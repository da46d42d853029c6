//! Reads files as far as it is safe: no device, no pipe, and no more than a limit.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The largest file that is read of those that describe a module, and of settings, in bytes: Go's own limit of a `go.mod`.
pub(crate) const MAX_DESCRIPTION_LENGTH: u64 = 16 << 20;

/// Reads a file of at most `limit` bytes.
///
/// # Errors
/// A file that can't be read, isn't a regular one, or is larger.
pub(crate) fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let check = |metadata: std::fs::Metadata| {
        if !metadata.is_file() {
            return Err(io::Error::other("not a regular file"));
        }
        if metadata.len() > limit {
            return Err(io::Error::other(format!("larger than {} MiB", limit >> 20)));
        }
        Ok(metadata.len())
    };
    check(std::fs::metadata(path)?)?;
    let file = open(path)?;
    // It may be another file by now.
    let length = check(file.metadata()?)?;
    let mut bytes = Vec::with_capacity(length as usize);
    // What is being written to may grow while it is read.
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens a file without waiting for the other end of a pipe.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;

    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    File::options().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Reads the text of a file that describes a module, or of settings.
///
/// # Errors
/// What [`read`] says, and a text that isn't UTF-8.
pub(crate) fn read_description(path: &Path) -> io::Result<String> {
    let bytes = read(path, MAX_DESCRIPTION_LENGTH)?;
    String::from_utf8(bytes).map_err(|invalid| {
        let message = format!("not valid UTF-8 at byte {}", invalid.utf8_error().valid_up_to());
        io::Error::new(io::ErrorKind::InvalidData, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_within_the_limit_are_read() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("a");
        std::fs::write(&path, "abc").expect("a file");
        assert_eq!(read(&path, 3).expect("it fits"), b"abc");
        let message = |path: &Path| read(path, 2).expect_err("it can't be read").to_string();
        assert_eq!(message(&path), "larger than 0 MiB");
        assert_eq!(message(directory.path()), "not a regular file");
        if cfg!(unix) {
            assert_eq!(message(Path::new("/dev/zero")), "not a regular file");
        }
    }
}
