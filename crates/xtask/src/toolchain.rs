//! The Go toolchain that says what is true of Go.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The oldest Go 1 whose word counts: older ones lack checks of vet that pages record.
const OLDEST_MINOR: u32 = 26;

/// A `go` command of a version that will do.
pub(crate) struct Toolchain {
    command: OsString,
}

/// What a run of `go` said.
pub(crate) struct GoResult {
    pub(crate) success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Toolchain {
    /// Takes `$GO`, or `go` on the path.
    pub(crate) fn find() -> Result<Self> {
        let command = std::env::var_os("GO")
            .filter(|go| !go.is_empty())
            .unwrap_or_else(|| "go".into());
        let toolchain = Self { command };
        let version = toolchain.run(Path::new("."), &["env", "GOVERSION"])?.stdout;
        let version = version.trim();
        if minor_version(version).is_none_or(|minor| minor < OLDEST_MINOR) {
            bail!("the oracle needs Go 1.{OLDEST_MINOR} or later on the path or in $GO, not `{version}`");
        }
        Ok(toolchain)
    }

    /// Runs `go` in `directory`, cut off from the network, other modules and the caller's settings, and without a
    /// C compiler.
    pub(crate) fn run(&self, directory: &Path, arguments: &[&str]) -> Result<GoResult> {
        let output = Command::new(&self.command)
            .args(arguments)
            .current_dir(directory)
            .env("GOTOOLCHAIN", "local")
            .env("GOPROXY", "off")
            .env("GOWORK", "off")
            .env("GOFLAGS", "")
            .env("GODEBUG", "")
            .env("GO111MODULE", "on")
            .env("CGO_ENABLED", "0")
            .output()
            .with_context(|| {
                format!(
                    "running `{}` (Go 1.{OLDEST_MINOR} or later)",
                    self.command.display()
                )
            })?;
        Ok(GoResult {
            success: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// True when gofmt, which stands beside the go command, would leave a text as it is.
    pub(crate) fn is_formatted(&self, text: &str) -> Result<bool> {
        let mut child = Command::new(Path::new(&self.command).with_file_name("gofmt"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("running gofmt")?;
        let mut stdin = child.stdin.take().context("gofmt reads a text")?;
        let output = std::thread::scope(|scope| {
            scope.spawn(move || stdin.write_all(text.as_bytes()));
            child.wait_with_output()
        });
        Ok(output.context("running gofmt")?.stdout == text.as_bytes())
    }
}

/// The 26 in `go1.26.8`, `go1.26rc1` and `go1.26`.
fn minor_version(version: &str) -> Option<u32> {
    let minor = version.strip_prefix("go1.")?;
    let digits = minor.find(|c: char| !c.is_ascii_digit()).unwrap_or(minor.len());
    minor[..digits].parse().ok()
}

/// The directory of the Go toolchain: the one given, or what `go env GOROOT` says.
pub(crate) fn goroot(given: Option<&Path>) -> Result<PathBuf> {
    if let Some(path) = given {
        return Ok(path.to_owned());
    }
    let go = std::env::var_os("GO").unwrap_or_else(|| "go".into());
    let output = Command::new(go)
        .args(["env", "GOROOT"])
        .env("GOTOOLCHAIN", "local")
        .output();
    let output = output.context("running `go env GOROOT` (set $GO, or give --goroot)")?;
    Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim()))
}

#[cfg(test)]
mod tests {
    use super::minor_version;

    #[test]
    fn minor_versions() {
        assert_eq!(minor_version("go1.26.8"), Some(26));
        assert_eq!(minor_version("go1.27rc1"), Some(27));
        assert_eq!(minor_version("go1.26-X:jsonv2"), Some(26));
        assert_eq!(minor_version("devel"), None);
        assert_eq!(minor_version(""), None);
    }
}
