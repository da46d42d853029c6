//! Changes of a document that can't be read.
//!
//! A message that can't be read is dropped, which is right for all but one: after a lost change the client's text isn't
//! the server's any more, and every later place would be wrong. So a change that fits no text takes its place; it puts
//! the document out of step until its whole text comes.

use serde::Deserialize;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Request;
use tower_lsp::ls_types::Range;

use super::message;

/// The notification that changes a document.
const DID_CHANGE: &str = "textDocument/didChange";

/// What has to be there of a `DidChangeTextDocumentParams`, lent from the message.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Params<'a> {
    #[serde(borrow, rename = "textDocument")]
    _document: VersionedDocument<'a>,
    #[serde(borrow, rename = "contentChanges")]
    _changes: Vec<Change<'a>>,
}

#[derive(Deserialize)]
struct VersionedDocument<'a> {
    #[serde(rename = "uri")]
    _uri: &'a str,
    #[serde(rename = "version")]
    _version: i32,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(rename = "range")]
    _range: Option<Range>,
    #[serde(rename = "rangeLength")]
    _range_length: Option<u32>,
    #[serde(rename = "text")]
    _text: &'a str,
}

/// What takes the place of a notification whose parameters can't be read, if it changes a document.
pub(super) fn instead_of(request: &Request) -> Option<Request> {
    let params = request
        .params()
        .filter(|_| request.method() == DID_CHANGE && request.id().is_none())?;
    if Params::deserialize(params).is_ok() {
        return None;
    }
    let uri = params.pointer("/textDocument/uri").and_then(Value::as_str)?;
    Some(fits_no_text(uri))
}

/// What takes the place of a body that is no JSON or is too large, if it seems to change a document.
pub(super) fn instead_of_body(body: &[u8]) -> Option<Request> {
    memchr::memmem::find(body, DID_CHANGE.as_bytes())?;
    // Within a string of JSON the second quote has a backslash before it.
    let name = b"\"uri\"";
    let after = &body[memchr::memmem::find(body, name)? + name.len()..];
    let value = after.trim_ascii_start().strip_prefix(b":")?;
    let uri = serde_json::Deserializer::from_slice(value)
        .into_iter::<String>()
        .next()?
        .ok()?;
    Some(fits_no_text(&uri))
}

fn fits_no_text(uri: &str) -> Request {
    let nowhere = json!({"line": u32::MAX, "character": 0});
    let change = json!({"range": {"start": nowhere, "end": nowhere}, "text": ""});
    let params = json!({"textDocument": {"uri": uri, "version": 0}, "contentChanges": [change]});
    message::request(DID_CHANGE, None, Some(params))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(params: Value) -> Request {
        message::request(DID_CHANGE, None, Some(params))
    }

    #[test]
    fn a_change_that_can_be_read_stays() {
        let change = change(json!({
            "textDocument": {"uri": "file:///a.go", "version": 1},
            "contentChanges": [{"text": "a\n"}, {"range": Range::default(), "rangeLength": 0, "text": "b"}],
        }));
        assert_eq!(instead_of(&change), None);
        let other = message::request(
            "textDocument/didSave",
            None,
            Some(json!({"textDocument": {"uri": "a"}})),
        );
        assert_eq!(instead_of(&other), None);
    }

    #[test]
    fn a_change_that_cannot_be_read_is_replaced() {
        let broken =
            change(json!({"textDocument": {"uri": "file:///a.go", "version": 1}, "contentChanges": 1}));
        assert_eq!(instead_of(&broken), Some(fits_no_text("file:///a.go")));
        let nameless = change(json!({"textDocument": {"version": 1}, "contentChanges": 1}));
        assert_eq!(instead_of(&nameless), None);
    }

    #[test]
    fn the_document_of_a_broken_body_is_found() {
        let check = |body: &str, uri: Option<&str>| {
            assert_eq!(instead_of_body(body.as_bytes()), uri.map(fits_no_text), "{body}");
        };
        check(
            r#"{"method":"textDocument/didChange","params":{"textDocument":{"uri" : "file:///a.go","vers"#,
            Some("file:///a.go"),
        );
        check(
            r#"{"method":"textDocument/didChange","params":{"textDocument":{"uri":"file:/"#,
            None,
        );
        check(
            r#"{"method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a.go""#,
            None,
        );
        check("", None);
    }
}
