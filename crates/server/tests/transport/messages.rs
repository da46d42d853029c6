//! What goes over the wire.

use deferlint_server::transport::Options;
use deferlint_testkit::lsp::{LspClient, frame};
use serde_json::{Value, json};

use crate::test_server::{EXECUTE, Run, command, execute, quick};

#[test]
fn malformed_input_is_answered_and_survived() {
    let (_run, mut client) = Run::initialized(Options {
        max_body_bytes: 10_000,
        ..quick()
    });
    let framed = |body: &[u8]| [format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat();
    let batch = r#"[{"jsonrpc":"2.0","id":1,"method":"shutdown"}]"#;
    let malformed = [
        (framed(b""), -32700),
        (framed(b"{"), -32700),
        (framed(b"\xff\xfe"), -32700),
        (framed(&b"[".repeat(9_000)), -32700),
        (framed(batch.as_bytes()), -32600),
        (framed(b"{\"jsonrpc\":\"2.0\",\"method\":1}"), -32600),
        (framed(&b"x".repeat(10_001)), -32600),
        (b"no header at all\r\n\r\n".to_vec(), -32700),
        (b"Content-Type: x\r\n\r\n".to_vec(), -32700),
        (b"Content-Length: many\r\n\r\n".to_vec(), -32700),
        (b"Content-Length: 3\r\n\r\n{}}}}".to_vec(), -32700),
    ];
    for (bytes, code) in malformed {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        client.send_raw(&bytes).expect("the input is open");
        let refusal = client
            .wait_for_refusal()
            .unwrap_or_else(|error| panic!("{shown}: {error}"));
        assert_eq!(refusal.code, code, "{shown}");
        assert_eq!(execute(&mut client, "echo", 1), json!(1), "after {shown}");
    }
}

#[test]
fn a_body_announced_too_long_costs_only_itself() {
    let (_run, mut client) = Run::initialized(quick());
    let request =
        frame(&json!({"jsonrpc": "2.0", "id": 500, "method": EXECUTE, "params": command("echo", 5)}));
    let short = b"{\"jsonrpc\":\"2.0\",\"method\":\"initialized\"}";
    let header = format!("Content-Length: {}\r\n\r\n", short.len() + 30);
    client
        .send_raw(&[header.as_bytes(), short, &request].concat())
        .expect("the input is open");
    assert_eq!(
        client.wait_for_refusal().expect("the body is refused").code,
        -32700
    );
    assert_eq!(
        client.wait_for_response(500, EXECUTE).expect("an answer comes"),
        json!(5)
    );
}

#[test]
fn requests_that_cannot_be_served_are_answered_with_their_id() {
    let (_run, mut client) = Run::initialized(Options {
        max_body_bytes: 10_000,
        ..quick()
    });
    let check = |client: &mut LspClient, method: &str, params: Value, code: i64| {
        let error = client
            .request(method, &params)
            .expect_err("there is nothing to answer");
        assert_eq!(error.response_code(), Some(code), "{error}");
    };
    check(&mut client, "deferlint/unknown", json!({}), -32601);
    check(&mut client, "$/unknown", json!({}), -32601);
    check(&mut client, EXECUTE, json!({"arguments": 1}), -32602);
    check(&mut client, "textDocument/didOpen", json!({}), -32600);
    check(&mut client, "initialize", json!({"capabilities": {}}), -32600);
    check(&mut client, EXECUTE, json!(5), -32600);
    // serde_json sorts the members, so the id comes before the parameters.
    check(&mut client, EXECUTE, command("echo", "x".repeat(10_000)), -32600);
    client.notify("$/unknown", &json!({})).expect("the input is open");
    assert_eq!(execute(&mut client, "echo", 1), json!(1));
}

#[test]
fn the_server_asks_the_client() {
    let (_run, mut client) = Run::initialized(quick());
    assert_eq!(execute(&mut client, "configuration", 0), json!([null]));
    client.set_request_handler(Box::new(|method, params| {
        assert_eq!(
            (method, params),
            (
                "workspace/configuration",
                &json!({"items": [{"section": "deferlint"}]})
            )
        );
        Ok(json!([{"answer": 42}]))
    }));
    assert_eq!(execute(&mut client, "configuration", 0), json!([{"answer": 42}]));
    let asked = client.server_requests();
    assert_eq!(
        asked
            .iter()
            .map(|request| request.method.as_str())
            .collect::<Vec<_>>(),
        ["workspace/configuration"; 2]
    );
}

#[test]
fn uris_keep_the_clients_spelling() {
    let (_run, mut client) = Run::initialized(quick());
    let own = "file:///a b/[x]/é.go";
    let open = json!({"textDocument": {"uri": own, "languageId": "go", "version": 3, "text": own}});
    client
        .notify("textDocument/didOpen", &open)
        .expect("the input is open");
    let published = client.wait_for_notification("textDocument/publishDiagnostics", |_| true);
    assert_eq!(
        published.expect("diagnostics come"),
        json!({"uri": own, "version": 3, "diagnostics": []})
    );
    let record = execute(&mut client, "record", 0);
    assert_eq!(record[2], json!("open file:///a%20b/%5Bx%5D/%C3%A9.go"));
    assert_eq!(
        execute(&mut client, "echo", json!({"changes": {own: 1}})),
        json!({"changes": {own: 1}})
    );
}
