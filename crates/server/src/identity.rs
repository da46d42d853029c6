//! Which document a URI means.

use std::path::PathBuf;
use std::sync::Arc;

use deferlint_workspace::DocumentId;
use tower_lsp::ls_types::Uri;

/// The document that a URI means: the same for every way to write the URI.
///
/// Clients differ in what they percent-encode, and one client may write a URI in two ways (LSP 3.17, "URI": "it is
/// recommended that clients and servers handle both"). Two spellings of one `file` URI are one document here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The name of the document in the session.
    pub(crate) id: DocumentId,
    /// The file, when the document is one.
    pub(crate) path: Option<PathBuf>,
}

impl Identity {
    /// The document that `uri` means.
    pub(crate) fn of(uri: &Uri) -> Self {
        match file_path(uri) {
            Some(path) => Self {
                id: Arc::from(format!("file:{path}")),
                path: Some(PathBuf::from(path)),
            },
            None => Self {
                id: Arc::from(uri.as_str()),
                path: None,
            },
        }
    }

    /// True when the document's name says that it holds Go.
    pub(crate) fn is_go_file(&self) -> bool {
        self.id.ends_with(".go")
    }
}

/// The path of a `file` URI, decoded; `None` for another scheme, or where the decoded path isn't UTF-8.
fn file_path(uri: &Uri) -> Option<String> {
    if !uri.scheme().as_str().eq_ignore_ascii_case("file") {
        return None;
    }
    let normalized = uri.normalize();
    let decoded = normalized.path().decode().to_string().ok()?;
    let host = normalized.authority().map_or("", |authority| authority.host());
    let path = match drive_of(&decoded) {
        // Windows doesn't tell the cases of a drive letter apart, and clients write both.
        Some(drive) => format!("{}{}", drive.to_ascii_lowercase(), &decoded[2..]),
        None if host.is_empty() || host == "localhost" => decoded.into_owned(),
        None => format!("//{host}{decoded}"),
    };
    (!path.is_empty()).then_some(path)
}

/// The drive letter of a path such as `/c:/project/main.go`.
fn drive_of(path: &str) -> Option<char> {
    match path.as_bytes() {
        [b'/', letter, b':', ..] if letter.is_ascii_alphabetic() => Some(char::from(*letter)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(uri: &str) -> Identity {
        Identity::of(&uri.parse().expect("a URI"))
    }

    #[test]
    fn a_file_is_one_document_however_its_uri_is_encoded() {
        let plain = identity("file:///project/a-b.go");
        assert_eq!(plain, identity("file:///project/a%2Db.go"));
        assert_eq!(plain, identity("file:///project/./sub/../a-b.go"));
        assert_eq!(plain, identity("file://localhost/project/a-b.go"));
        assert_eq!(plain.path, Some(PathBuf::from("/project/a-b.go")));
        assert_eq!(
            identity("file:///x/%5Bid%5D%20%C3%A9.go").path,
            Some(PathBuf::from("/x/[id] é.go"))
        );
    }

    #[test]
    fn the_case_and_the_encoding_of_a_drive_do_not_matter() {
        let plain = identity("file:///c:/project/main.go");
        assert_eq!(plain, identity("file:///C%3A/project/main.go"));
        assert_eq!(plain, identity("file:///c%3a/project/main.go"));
        assert_eq!(plain.path, Some(PathBuf::from("c:/project/main.go")));
        assert_ne!(plain, identity("file:///c:/Project/main.go"));
    }

    #[test]
    fn other_schemes_have_no_path() {
        for uri in [
            "untitled:Untitled-1",
            "git:/project/a.go?ref=HEAD",
            "vscode-notebook-cell:/a.go#1",
        ] {
            let identity = identity(uri);
            assert_eq!(identity.path, None, "{uri}");
            assert_eq!(&*identity.id, uri);
        }
    }
}
