//! Bytes that make no frame, and bodies that make no message.

use serde_json::{Value, json};

use crate::lsp_support::{Editor, TRAP, range};
use crate::patient::Patient;

const VICTIM: &str = "file:///shop/victim.go";

fn framed(body: &[u8]) -> Vec<u8> {
    [format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

/// A body of brackets, deeper than any parser should go.
fn deep(open: &str, inner: &str, close: &str) -> Vec<u8> {
    let (open, close) = (open.repeat(100_000), close.repeat(100_000));
    format!("{open}{inner}{close}").into_bytes()
}

#[test]
fn malformed_frames_and_messages_are_answered() {
    let parse_error = [
        framed(b""),
        framed(b"{"),
        framed(b"{\"jsonrpc"),
        framed(b"{}}"),
        framed(b"nul"),
        framed(b"\xff\xfe"),
        framed(b"\x01\x02\x03\x04"),
        framed(b"\xef\xbb\xbf{}"),
        framed(b"{\"jsonrpc\":\"2.0\",\"method\":\"\xff\"}"),
        framed(&b"[".repeat(9_000)),
        framed(&deep("[", "1", "]")),
        framed(&deep("{\"a\":", "1", "}")),
        framed(&deep(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\",\"params\":[",
            "",
            "]}",
        )),
        b"no header at all\r\n\r\n".to_vec(),
        b"Content-Type: x\r\n\r\n".to_vec(),
        b"Content-Length: many\r\n\r\n".to_vec(),
        b"Content-Length: -1\r\n\r\n".to_vec(),
        b"Content-Length: 99999999999999999999999\r\n\r\n".to_vec(),
        b"Content-Length:\r\n\r\n".to_vec(),
        [b"x".repeat(100_000), b"\r\n\r\n".to_vec()].concat(),
        [b"\0".repeat(1_000), b"\n".to_vec()].concat(),
    ];
    let invalid_request = [
        framed(b"[]"),
        framed(b"1"),
        framed(b"null"),
        framed(b"\"text\""),
        framed(b"{}"),
        framed(b"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"shutdown\"}]"),
        framed(b"{\"jsonrpc\":\"2.0\",\"method\":1}"),
        framed(b"{\"jsonrpc\":\"2.0\",\"id\":[1],\"method\":\"shutdown\"}"),
        framed(b"{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"shutdown\"}"),
        framed(b"{\"jsonrpc\":\"2.0\",\"method\":\"initialized\",\"params\":\"text\"}"),
        framed(b"{\"jsonrpc\":\"1.0\",\"method\":\"initialized\"}"),
        framed(b"{\"method\":\"initialized\"}"),
        framed(b"{\"jsonrpc\":\"2.0\",\"result\":1}"),
        framed(b"{\"jsonrpc\":\"2.0\",\"error\":1}"),
    ];
    let cases = parse_error.into_iter().map(|bytes| (bytes, -32700));
    let cases = cases.chain(invalid_request.into_iter().map(|bytes| (bytes, -32600)));
    // Its last bytes are garbage before the next frame, and answered as well.
    let too_short = b"Content-Length: 3\r\n\r\n{}}}}".to_vec();
    let cases = cases.chain([(too_short, -32700)]);
    let mut patient = Patient::new();
    for (bytes, code) in cases {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        patient.editor.client.send_raw(&bytes).expect("the server reads");
        let refusal = patient.editor.client.wait_for_refusal();
        let refusal = refusal.unwrap_or_else(|error| panic!("{shown}: {error}"));
        assert_eq!(refusal.code, code, "{shown}");
        patient.survives(&shown);
    }
    patient.leave();
}

#[test]
fn odd_frames_are_read() {
    let mut patient = Patient::new();
    let body = br#"{"jsonrpc":"2.0","id":"odd","method":"textDocument/hover"}"#;
    let length = body.len();
    for header in [
        format!("Content-Length: {length}\n\n"),
        format!("content-length:{length}\r\n\r\n"),
        format!(
            "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: {length}\r\n\r\n"
        ),
        format!("Content-Length: {length}\r\nX-Other: 1\r\n\r\n"),
        format!("\r\n\r\nContent-Length: {length}\r\n\r\n"),
        format!("Content-Length: 7\r\nContent-Length: {length}\r\n\r\n"),
    ] {
        // Byte by byte, so that every read ends within something.
        for byte in header.bytes().chain(body.iter().copied()) {
            patient.editor.client.send_raw(&[byte]).expect("the server reads");
        }
        patient.survives(&header);
    }
    patient.leave();
}

#[test]
fn answers_to_nothing_are_survived() {
    let mut patient = Patient::new();
    for answer in [
        json!({"jsonrpc": "2.0", "id": 1, "result": null}),
        json!({"jsonrpc": "2.0", "id": "never asked", "result": {"a": [1]}}),
        json!({"jsonrpc": "2.0", "id": 0, "error": {"code": 1, "message": "no"}}),
        json!({"jsonrpc": "2.0", "id": 0, "error": "no"}),
        json!({"jsonrpc": "2.0", "id": null, "result": 1}),
        json!({"jsonrpc": "2.0", "id": 5, "result": 1, "error": null}),
    ] {
        patient.editor.client.send(&answer).expect("the server reads");
        patient.survives(&answer.to_string());
    }
    patient.leave();
}

#[test]
fn a_message_of_64_megabytes_is_taken_or_refused_and_costs_no_other() {
    const LARGEST: usize = 64 << 20;
    let mut patient = Patient::new();
    let mut opened = json!({"textDocument": {"uri": VICTIM, "languageId": "go", "version": 1, "text": "package shop\n//"}});
    // Read, and refused by the session if it is too large for it.
    opened["textDocument"]["text"] = json!(format!("package shop\n//{}", "x".repeat(LARGEST - 1_000)));
    patient.editor.notify("textDocument/didOpen", &opened);
    patient.survives("a document of 64 MB");
    patient.editor.close(VICTIM);

    // Past the limit of a message: the document's text isn't known any more.
    let editor = &mut patient.editor;
    editor.open(VICTIM, TRAP);
    check_offered(editor);
    let large = format!(
        r#"{{"jsonrpc":"2.0","method":"textDocument/didChange","params":{{"textDocument":{{"uri":"{VICTIM}","version":2}},"contentChanges":[{{"text":"{}"}}]}}}}"#,
        "x".repeat(LARGEST)
    );
    editor
        .client
        .send_raw(&framed(large.as_bytes()))
        .expect("the server reads");
    let refusal = editor.client.wait_for_refusal().expect("an answer");
    assert_eq!(refusal.code, -32600);
    assert_eq!(editor.actions_in_line(VICTIM, 4), Vec::<Value>::new());
    editor.change(VICTIM, &[(Some(range((0, 0), (0, 1))), "")]);
    assert_eq!(editor.pull(VICTIM, None)["items"], json!([]));
    editor.replace(VICTIM, TRAP);
    check_offered(editor);
    patient.survives("a change of more than 64 MB");
    patient.leave();
}

/// The fixes of the trap are offered, once it has been checked: a document is open before that when its parse takes long.
fn check_offered(editor: &mut Editor) {
    editor.pull(VICTIM, None);
    assert!(!editor.actions_in_line(VICTIM, 4).is_empty());
}

#[test]
fn a_change_whose_json_is_broken_puts_its_document_out_of_step() {
    let change = |text: &str| {
        format!(
            r#"{{"jsonrpc":"2.0","method":"textDocument/didChange","params":{{"textDocument":{{"uri":"{VICTIM}","version":2}},"contentChanges":[{{"text":{text}}}]}}}}"#
        )
    };
    let nested = String::from_utf8(deep("[", "", "]")).expect("brackets");
    for text in ["\"package shop", "\"\u{1}\"", "\"\\x\"", &nested] {
        let mut patient = Patient::new();
        let editor = &mut patient.editor;
        editor.open(VICTIM, TRAP);
        check_offered(editor);
        let body = change(text);
        editor
            .client
            .send_raw(&framed(body.as_bytes()))
            .expect("the server reads");
        assert_eq!(editor.client.wait_for_refusal().expect("an answer").code, -32700);
        assert_eq!(editor.actions_in_line(VICTIM, 4), Vec::<Value>::new());
        editor.replace(VICTIM, TRAP);
        check_offered(editor);
        patient.survives("a change that is no JSON");
        patient.leave();
    }
}
