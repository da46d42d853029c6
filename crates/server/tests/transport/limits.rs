//! Bounded queues and bounded work.

use std::io::Write as _;
use std::time::Duration;

use deferlint_server::transport::{EndReason, Ended, Options};
use deferlint_testkit::lsp::{LspClient, frame};
use futures::channel::mpsc;
use futures::stream;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Request;

use crate::test_server::{EXECUTE, Gated, Run, command, execute, initialize, quick};

#[test]
fn handlers_at_work_are_limited() {
    let (_run, mut client) = Run::initialized(Options {
        max_running_handlers: 3,
        ..quick()
    });
    let ids = [0; 3].map(|_| {
        client
            .start_request(EXECUTE, &command("wait", 0))
            .expect("the input is open")
    });
    let error = client
        .request(EXECUTE, &command("echo", 1))
        .expect_err("there are enough");
    assert_eq!(error.response_code(), Some(-32803));
    client.cancel(ids[0]).expect("the input is open");
    client
        .wait_for_response(ids[0], EXECUTE)
        .expect_err("the request is cancelled");
    assert_eq!(execute(&mut client, "echo", 1), json!(1));
}

/// A request whose answer has a mebibyte.
fn large_request(id: i64) -> Vec<u8> {
    frame(&json!({"jsonrpc": "2.0", "id": id, "method": EXECUTE, "params": command("large", 1 << 20)}))
}

#[test]
fn exit_reaches_a_server_whose_client_never_reads() {
    let options = Options {
        max_queued_bytes: 1 << 20,
        ..quick()
    };
    let (run, _unread, mut to_server) = Run::over_pipes(options);
    let initialize =
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}});
    to_server
        .write_all(&frame(&initialize))
        .expect("the input is open");
    for id in 2..200 {
        to_server
            .write_all(&large_request(id))
            .expect("the input is open");
    }
    for method in ["shutdown", "exit"] {
        let id = if method == "shutdown" {
            json!({"id": 1000})
        } else {
            json!({})
        };
        let mut message = json!({"jsonrpc": "2.0", "method": method});
        message
            .as_object_mut()
            .expect("an object")
            .extend(id.as_object().cloned().unwrap_or_default());
        to_server.write_all(&frame(&message)).expect("the input is open");
    }
    assert_eq!(
        run.end(),
        Ended {
            reason: EndReason::Exit,
            after_shutdown: true
        }
    );
}

#[test]
fn a_client_that_only_sends_is_held_and_given_up() {
    let limit = 1 << 20;
    let options = Options {
        max_queued_bytes: limit,
        stall_limit: Duration::from_millis(200),
        ..quick()
    };
    let (run, _unread, mut to_server) = Run::over_pipes(options);
    let initialize =
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}});
    to_server
        .write_all(&frame(&initialize))
        .expect("the input is open");
    let sender = std::thread::spawn(move || {
        let request = large_request(2);
        let mut sent = 0;
        while to_server.write_all(&request).is_ok() {
            sent += request.len();
        }
        sent
    });
    assert_eq!(
        run.end(),
        Ended {
            reason: EndReason::ClientStalled,
            after_shutdown: false
        }
    );
    let sent = sender.join().expect("the sender ends when the input closes");
    assert!(sent < 2 * limit, "{sent} bytes were taken in");
}

#[test]
fn notifications_without_end_hold_up_no_answer() {
    let notifications = stream::repeat_with(|| Request::build("a").params(json!("x".repeat(1000))).finish());
    let (run, from_server, to_server) = Run::notifying(notifications, quick());
    let mut client = LspClient::over(from_server, to_server);
    client
        .wait_for_notification("a", |_| true)
        .expect("a notification comes");
    initialize(&mut client);
    assert_eq!(execute(&mut client, "echo", 1), json!(1));
    client
        .request("shutdown", &Value::Null)
        .expect("shutdown succeeds");
    client.notify("exit", &Value::Null).expect("the input is open");
    assert_eq!(run.end().reason, EndReason::Exit);
}

#[test]
fn notifications_that_come_later_wake_the_writer() {
    let (sender, notifications) = mpsc::unbounded();
    let (_run, from_server, to_server) = Run::notifying(notifications, quick());
    let mut client = LspClient::over(from_server, to_server);
    initialize(&mut client);
    for number in 0..100 {
        let notification = Request::build("a").params(json!([number])).finish();
        sender.unbounded_send(notification).expect("the server runs");
        let params = client.wait_for_notification("a", |_| true);
        assert_eq!(params.expect("a notification comes"), json!([number]));
    }
    // What has come to its end isn't asked any more.
    drop(sender);
    assert_eq!(execute(&mut client, "echo", 1), json!(1));
}

#[test]
fn a_client_that_reads_late_gets_everything() {
    let (run, from_server, to_server) = Run::over_pipes(Options {
        max_queued_bytes: 50_000,
        ..quick()
    });
    let (gated, gate) = Gated::new(from_server);
    let mut client = LspClient::over(gated, to_server);
    initialize(&mut client);
    let large = command("large", 100_000);
    let ids: Vec<_> = (0..400)
        .map(|_| client.start_request(EXECUTE, &large).expect("the input is open"))
        .collect();
    gate.send(()).expect("the reader waits");
    for id in ids {
        let answer = client.wait_for_response(id, EXECUTE).expect("an answer comes");
        assert_eq!(answer.as_str().map(str::len), Some(100_000));
    }
    client
        .request("shutdown", &Value::Null)
        .expect("shutdown succeeds");
    client.notify("exit", &Value::Null).expect("the input is open");
    assert_eq!(
        run.end(),
        Ended {
            reason: EndReason::Exit,
            after_shutdown: true
        }
    );
}
