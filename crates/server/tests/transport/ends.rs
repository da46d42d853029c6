//! How the transport ends.

use std::io::{self, Read, Write};
#[cfg(unix)]
use std::process::{Command, Stdio};
#[cfg(unix)]
use std::time::Duration;

use deferlint_server::transport::{EndReason, Ended};
use deferlint_testkit::lsp::{LspClient, frame};
use futures::stream;
use serde_json::{Value, json};

use crate::test_server::{EXECUTE, Run, command, execute, initialize, quick};

/// Starts a run, lets `talk` speak with it, and expects how it ends.
fn check_end(talk: impl FnOnce(&mut LspClient), reason: EndReason, code: i32) {
    let (run, mut client) = Run::with_client(quick());
    talk(&mut client);
    let ended = run.end();
    assert_eq!(
        (ended.reason, ended.code()),
        (reason, code),
        "{}",
        client.transcript()
    );
    client
        .wait_for_end_of_output()
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn exit_after_shutdown_is_success() {
    let talk = |client: &mut LspClient| {
        initialize(client);
        assert_eq!(
            client
                .request("shutdown", &Value::Null)
                .expect("shutdown succeeds"),
            Value::Null
        );
        client.notify("exit", &Value::Null).expect("the input is open");
    };
    check_end(talk, EndReason::Exit, 0);
}

#[test]
fn shutdown_and_exit_in_one_write() {
    let talk = |client: &mut LspClient| {
        initialize(client);
        let shutdown = frame(&json!({"jsonrpc": "2.0", "id": 100, "method": "shutdown"}));
        let exit = frame(&json!({"jsonrpc": "2.0", "method": "exit"}));
        client
            .send_raw(&[shutdown, exit].concat())
            .expect("the input is open");
        assert_eq!(
            client
                .wait_for_response(100, "shutdown")
                .expect("the answer is flushed"),
            Value::Null
        );
    };
    check_end(talk, EndReason::Exit, 0);
}

#[test]
fn exit_alone_is_failure() {
    let exit = |client: &mut LspClient| client.notify("exit", &Value::Null).expect("the input is open");
    check_end(exit, EndReason::Exit, 1);
    let talk = |client: &mut LspClient| {
        initialize(client);
        exit(client);
    };
    check_end(talk, EndReason::Exit, 1);
}

#[test]
fn the_end_of_the_input_ends_the_server() {
    check_end(|client| client.close_input(), EndReason::InputEnded, 1);
    let talk = |client: &mut LspClient| {
        initialize(client);
        client
            .request("shutdown", &Value::Null)
            .expect("shutdown succeeds");
        client.close_input();
    };
    check_end(talk, EndReason::InputEnded, 0);
    check_end(
        |client| {
            client
                .send_raw(b"Content-Length: 100\r\n\r\n{")
                .expect("the input is open");
            client.close_input();
        },
        EndReason::InputEnded,
        1,
    );
}

#[test]
fn handlers_finish_after_the_end_of_the_input() {
    let talk = |client: &mut LspClient| {
        initialize(client);
        let id = client
            .start_request(EXECUTE, &command("yield", 7))
            .expect("the input is open");
        client.close_input();
        assert_eq!(
            client.wait_for_response(id, EXECUTE).expect("an answer comes"),
            json!(7)
        );
    };
    check_end(talk, EndReason::InputEnded, 1);
}

#[test]
fn exit_ends_a_server_whose_handlers_wait_or_block() {
    for stuck in ["never", "wait", "block"] {
        let (run, mut client) = Run::initialized(quick());
        execute(&mut client, "echo", 1);
        client
            .start_request(EXECUTE, &command(stuck, 0))
            .expect("the input is open");
        client.notify("exit", &Value::Null).expect("the input is open");
        let expected = Ended {
            reason: EndReason::Exit,
            after_shutdown: false,
        };
        assert_eq!(run.end(), expected, "with a handler that does: {stuck}");
    }
}

#[test]
fn a_closed_output_ends_the_server() {
    let (run, from_server, mut to_server) = Run::over_pipes(quick());
    drop(from_server);
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}});
    to_server.write_all(&frame(&request)).expect("the input is open");
    // A process that another test is just starting holds the pipe's other end for a moment. So the answers are more
    // than a pipe holds, and one of them meets the closed end; the server may be gone before it has read everything.
    let question = |id: u32| frame(&json!({"jsonrpc": "2.0", "id": id, "method": "nobody/knows"}));
    let questions: Vec<u8> = (2..2_000).flat_map(question).collect();
    drop(to_server.write_all(&questions));
    assert_eq!(
        run.end(),
        Ended {
            reason: EndReason::OutputFailed,
            after_shutdown: false
        }
    );
}

/// Streams that panic at the first use behind `before`.
struct Panicking<R> {
    before: R,
}

impl<R: Read> Read for Panicking<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.before.read(buffer)? {
            0 => panic!("the input panics"),
            bytes => Ok(bytes),
        }
    }
}

impl<R> Write for Panicking<R> {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        panic!("the output panics")
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn streams_that_panic_end_the_server() {
    let request =
        |id, method, params| frame(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
    let initialize = request(1, "initialize", json!({"capabilities": {}}));
    let never = request(2, EXECUTE, command("never", Value::Null));
    let failed = Ended {
        reason: EndReason::ThreadFailed,
        after_shutdown: false,
    };
    for messages in [Vec::new(), [initialize.clone(), never].concat()] {
        let before = io::Cursor::new(messages);
        let run = Run::over(Panicking { before }, io::sink(), stream::empty(), quick());
        assert_eq!(run.end(), failed);
    }
    let (input, mut to_server) = io::pipe().expect("a pipe opens");
    to_server.write_all(&initialize).expect("the input is open");
    let output = Panicking { before: io::empty() };
    assert_eq!(Run::over(input, output, stream::empty(), quick()).end(), failed);
}

#[cfg(unix)]
#[test]
fn the_death_of_the_client_ends_the_server() {
    let mut process = Command::new("cat")
        .stdin(Stdio::piped())
        .spawn()
        .expect("cat starts");
    let (run, mut client) = Run::with_client(quick());
    let params = json!({"processId": process.id(), "capabilities": {}});
    client
        .request("initialize", &params)
        .expect("initialize succeeds");
    execute(&mut client, "echo", 1);
    process.kill().expect("cat can be killed");
    process.wait().expect("cat ends");
    assert_eq!(
        run.end(),
        Ended {
            reason: EndReason::ClientDied,
            after_shutdown: false
        }
    );
}

#[cfg(unix)]
#[test]
fn a_process_that_was_never_seen_is_not_watched() {
    let mut process = Command::new("true").spawn().expect("true starts");
    process.wait().expect("true ends");
    let (run, mut client) = Run::with_client(quick());
    for id in [
        json!(process.id()),
        json!(-1),
        json!(0),
        json!(1_i64 << 40),
        json!("x"),
        json!(null),
    ] {
        let params = json!({"processId": id, "capabilities": {}});
        let _ = client.request("initialize", &params);
    }
    // Many looks at the process would have passed by then.
    client.set_patience(Duration::from_millis(100));
    client
        .wait_for_notification("never", |_| true)
        .expect_err("nobody sends it");
    client.close_input();
    assert_eq!(run.end().reason, EndReason::InputEnded);
}

#[test]
fn exit_behind_an_initialize_that_never_ends() {
    let talk = |client: &mut LspClient| {
        let params = json!({"capabilities": {}, "initializationOptions": "never"});
        client
            .start_request("initialize", &params)
            .expect("the input is open");
        client.notify("exit", &Value::Null).expect("the input is open");
    };
    check_end(talk, EndReason::Exit, 1);
}
