//! Order, waiting handlers, panics and cancellation.

use deferlint_testkit::lsp::frame;
use serde_json::{Value, json};

use crate::test_server::{EXECUTE, Run, command, execute, initialize, quick};

fn change(version: i32) -> Value {
    json!({"textDocument": {"uri": "file:///a.go", "version": version}, "contentChanges": [{"text": ""}]})
}

#[test]
fn order_is_that_of_arrival_though_handlers_wait() {
    let (_run, mut client) = Run::initialized(quick());
    for version in 1..=20 {
        client
            .notify("textDocument/didChange", &change(version))
            .expect("the input is open");
    }
    let expected = |events: &[&str], versions: std::ops::RangeInclusive<i32>| {
        let mut record: Vec<_> = ["initialize", "initialized"].map(str::to_owned).into();
        for event in events {
            record.extend(versions.clone().map(|version| format!("{event} {version}")));
        }
        json!(record)
    };
    assert_eq!(
        execute(&mut client, "record", Value::Null),
        expected(&["change"], 1..=20)
    );
    execute(&mut client, "release", Value::Null);
    execute(&mut client, "yield", Value::Null);
    assert_eq!(
        execute(&mut client, "record", Value::Null),
        expected(&["change", "changed"], 1..=20)
    );
}

#[test]
fn four_hundred_frames_in_one_write() {
    let (_run, mut client) = Run::initialized(quick());
    let mut bytes = Vec::new();
    for number in 1000..1400 {
        let name = if number % 2 == 0 { "echo" } else { "yield" };
        let request = json!({
            "jsonrpc": "2.0", "id": number, "method": EXECUTE, "params": command(name, number),
        });
        bytes.extend(frame(&request));
    }
    client.send_raw(&bytes).expect("the input is open");
    for number in 1000..1400 {
        assert_eq!(
            client
                .wait_for_response(number, EXECUTE)
                .expect("an answer comes"),
            json!(number)
        );
    }
}

#[test]
fn everything_behind_initialize_waits_for_it() {
    let (_run, mut client) = Run::with_client(quick());
    let open = json!({"textDocument": {"uri": "file:///a.go", "languageId": "go", "version": 1, "text": ""}});
    let pipelined = [
        json!({"jsonrpc": "2.0", "id": 100, "method": "initialize", "params": {"capabilities": {}}}),
        json!({"jsonrpc": "2.0", "method": "initialized", "params": {}}),
        json!({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": open}),
        json!({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": change(2)}),
        json!({"jsonrpc": "2.0", "id": 101, "method": EXECUTE, "params": command("record", 0)}),
    ];
    client
        .send_raw(&pipelined.map(|message| frame(&message)).concat())
        .expect("the input is open");
    assert_eq!(
        client.wait_for_response(101, EXECUTE).expect("an answer comes"),
        json!(["initialize", "initialized", "open file:///a.go", "change 2"])
    );
    let published = client.wait_for_notification("textDocument/publishDiagnostics", |_| true);
    assert_eq!(published.expect("diagnostics come")["version"], json!(1));
}

#[test]
fn initialize_may_fail_and_be_tried_again() {
    let (_run, mut client) = Run::with_client(quick());
    for (option, code) in [("fail", -32602), ("panic", -32603)] {
        let params = json!({"capabilities": {}, "initializationOptions": option});
        let error = client
            .request("initialize", &params)
            .expect_err("initialize fails");
        assert_eq!(error.response_code(), Some(code));
    }
    let early = client
        .request(EXECUTE, &command("echo", 1))
        .expect_err("the server isn't initialized");
    assert_eq!(early.response_code(), Some(-32002));
    initialize(&mut client);
    assert_eq!(execute(&mut client, "echo", 1), json!(1));
}

#[test]
fn panics_cost_one_answer() {
    let (_run, mut client) = Run::initialized(quick());
    for name in ["panic", "panic-later"] {
        let request = json!({"jsonrpc": "2.0", "id": 77, "method": EXECUTE, "params": command(name, 0)});
        client.send(&request).expect("the input is open");
        let error = client
            .wait_for_response(77, EXECUTE)
            .expect_err("the handler panics");
        assert_eq!(error.response_code(), Some(-32603));
        assert!(error.to_string().contains("told to panic"), "{error}");
    }
    client
        .notify(
            "textDocument/didClose",
            &json!({"textDocument": {"uri": "file:///a.go"}}),
        )
        .expect("the input is open");
    assert_eq!(execute(&mut client, "echo", 1), json!(1));
}

#[test]
fn requests_can_be_cancelled() {
    let (_run, mut client) = Run::initialized(quick());
    let id = client
        .start_request(EXECUTE, &command("never", 0))
        .expect("the input is open");
    assert_eq!(execute(&mut client, "echo", 1), json!(1));
    client.cancel(id).expect("the input is open");
    let error = client
        .wait_for_response(id, EXECUTE)
        .expect_err("the request is cancelled");
    assert_eq!(error.response_code(), Some(-32800));
    // Cancelling what has been answered, or never asked, does nothing.
    client.cancel(id).expect("the input is open");
    client.cancel(12345).expect("the input is open");
    assert_eq!(execute(&mut client, "echo", 2), json!(2));
}

#[test]
fn handlers_that_never_finish_do_not_hold_the_others() {
    let (_run, mut client) = Run::initialized(quick());
    for _ in 0..100 {
        client
            .start_request(EXECUTE, &command("never", 0))
            .expect("the input is open");
    }
    assert_eq!(execute(&mut client, "yield", 1), json!(1));
}
