//! Go's language versions.

use std::fmt;
use std::str::FromStr;

/// A version of the Go language, as a `go` line names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GoVersion {
    /// 1 in `1.24`.
    pub major: u32,
    /// 24 in `1.24`.
    pub minor: u32,
}

impl GoVersion {
    /// The version of that number.
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }
}

/// Where no `go` line says otherwise, code is read as today's Go.
impl Default for GoVersion {
    fn default() -> Self {
        Self::new(1, 27)
    }
}

/// Text that is no Go version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidGoVersion;

impl FromStr for GoVersion {
    type Err = InvalidGoVersion;

    /// Reads `1.24`, `1.24.3`, `1.24rc1` and the same with `go` before it; patch and pre-release don't matter to the
    /// language.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.strip_prefix("go").unwrap_or(text);
        let (major, rest) = text.split_once('.').unwrap_or((text, "0"));
        let digits = rest
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(rest.len());
        let major = major.parse().map_err(|_| InvalidGoVersion)?;
        let minor = rest[..digits].parse().map_err(|_| InvalidGoVersion)?;
        Ok(Self { major, minor })
    }
}

impl fmt::Display for GoVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<GoVersion>) {
        assert_eq!(text.parse().ok(), expected, "{text}");
    }

    #[test]
    fn reads_versions() {
        check("1.24", Some(GoVersion::new(1, 24)));
        check("1.21.3", Some(GoVersion::new(1, 21)));
        check("go1.22rc1", Some(GoVersion::new(1, 22)));
        check("1", Some(GoVersion::new(1, 0)));
        check("banana", None);
        check("1.x", None);
    }

    #[test]
    fn orders_versions() {
        assert!(GoVersion::new(1, 9) < GoVersion::new(1, 21));
    }
}
