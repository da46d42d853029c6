//! The info string of a fence.

use super::{DEFAULT_GO_VERSION, PageErrorKind};

/// What a fence's info string announces.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fence {
    /// A block of Go; the version is `None` when the fence names none.
    Go {
        kind: FenceKind,
        go_version: Option<String>,
    },
    /// What vet says of the block above.
    Vet,
    /// Any other language: none of a page's business.
    Other,
}

/// The kind that a Go fence names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FenceKind {
    Bad,
    Ok,
    Fixed { title: String },
    Plain,
}

impl Fence {
    /// Reads an info string, without the fence's own backticks or tildes.
    pub(super) fn parse(info: &str) -> Result<Self, PageErrorKind> {
        let info = info.trim();
        let (language, rest) = info.split_once(char::is_whitespace).unwrap_or((info, ""));
        match language {
            "go" => parse_go(rest.trim()),
            "text" if rest.trim() == "vet" => Ok(Self::Vet),
            _ => Ok(Self::Other),
        }
    }
}

fn parse_go(words: &str) -> Result<Fence, PageErrorKind> {
    let (kind, attributes) = match words.split_once(char::is_whitespace).unwrap_or((words, "")) {
        ("bad", rest) => (FenceKind::Bad, rest),
        ("ok", rest) => (FenceKind::Ok, rest),
        ("fixed", rest) => {
            let (title, rest) = quoted_string(rest.trim_start()).ok_or(PageErrorKind::NoFixTitle)?;
            (FenceKind::Fixed { title }, rest)
        }
        (word, _) if word.is_empty() || word.contains('=') => (FenceKind::Plain, words),
        (word, _) => return Err(PageErrorKind::UnknownKind(word.to_owned())),
    };
    let mut go_version = None;
    for attribute in attributes.split_whitespace() {
        let version = attribute
            .strip_prefix("go=")
            .filter(|version| is_go_version(version));
        let version = version.ok_or_else(|| PageErrorKind::UnknownAttribute(attribute.to_owned()))?;
        go_version = Some(version.to_owned());
    }
    Ok(Fence::Go { kind, go_version })
}

/// Whether `version` is a language version of Go 1, as in a go.mod's go line.
fn is_go_version(version: &str) -> bool {
    version
        .strip_prefix("1.")
        .is_some_and(|minor| minor.parse::<u32>().is_ok())
}

/// The version that a fence without an attribute means.
pub(super) fn default_go_version() -> String {
    DEFAULT_GO_VERSION.to_owned()
}

/// Reads the string literal that `text` begins with: `"..."` with `\"` and `\\` as escapes, or a raw one in
/// backquotes. Gives its value and the text after it.
pub(super) fn quoted_string(text: &str) -> Option<(String, &str)> {
    if let Some(raw) = text.strip_prefix('`') {
        return raw.split_once('`').map(|(value, rest)| (value.to_owned(), rest));
    }
    let body = text.strip_prefix('"')?;
    let mut value = String::new();
    let mut characters = body.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &body[at + 1..])),
            '\\' => value.push(
                characters
                    .next()
                    .map(|(_, escaped)| escaped)
                    .filter(|c| matches!(c, '"' | '\\'))?,
            ),
            _ => value.push(character),
        }
    }
    None
}
