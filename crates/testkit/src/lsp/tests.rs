//! The client against programs that are in every system.

use super::*;

fn spawn(program: &str, arguments: &[&str]) -> LspClient {
    let mut client = LspClient::spawn(Command::new(program).args(arguments)).expect("the program starts");
    client.set_patience(Duration::from_secs(60));
    client
}

#[test]
fn what_an_echo_says() {
    // An echo sends the client's own messages back: a request comes back as one of the server, and so does
    // the client's answer to it.
    let mut echo = spawn("cat", &[]);
    let error = echo
        .request("echo/unknown", &json!({"a": "é"}))
        .expect_err("the client doesn't know it");
    assert_eq!(error.response_code(), Some(-32601));
    let items = json!({"items": [{}, {}]});
    assert_eq!(
        echo.request("workspace/configuration", &items)
            .expect("it is answered"),
        json!([null, null])
    );
    let asked = echo.wait_for_server_request("workspace/configuration", |params| *params == items);
    assert_eq!(asked.expect("it was asked"), items);

    for number in 1..=3 {
        echo.notify("echo/number", &json!(number))
            .expect("the input is open");
    }
    assert_eq!(
        echo.wait_for_notification("echo/number", |params| *params == json!(2))
            .expect("it comes"),
        2
    );
    assert_eq!(
        echo.wait_for_notification("echo/number", |params| *params == json!(3))
            .expect("it comes"),
        3
    );
    assert_eq!(echo.take_notifications("echo/number"), [json!(1)]);
    assert_eq!(echo.take_notifications("echo/number"), Vec::<Value>::new());
    assert_eq!(echo.server_requests().len(), 2);

    let transcript = echo.transcript();
    assert!(
        transcript.contains("--> Content-Length") && transcript.contains("<-- {"),
        "{transcript}"
    );
    echo.close_input();
    assert!(echo.wait_for_exit().expect("it ends").success());
}

#[test]
fn a_wait_ends_at_its_deadline() {
    let mut echo = spawn("cat", &[]);
    echo.set_patience(Duration::from_millis(1));
    let error = echo
        .wait_for_notification("never", |_| true)
        .expect_err("nobody sends it");
    assert!(
        matches!(&error, Error::Timeout { wanted, .. } if wanted == "the notification never"),
        "{error}"
    );
    assert!(!echo.kill().expect("it can be killed").success());
}

#[test]
fn what_is_no_message_breaks_the_protocol() {
    let check = |output: &str, reason: &str| {
        let mut server = spawn("printf", &["%b", output]);
        let error = server
            .wait_for_notification("any", |_| true)
            .expect_err("nothing is sent");
        assert!(error.to_string().contains(reason), "{output}: {error}");
    };
    check("", "the server ended");
    check("print\\n", "without its end");
    check("Content-Length: x\\r\\n\\r\\n", "no length of a body");
    check("Content-Length: 5\\r\\n\\r\\n{}", "broke the protocol");
    check("Content-Length: 2\\r\\n\\r\\n{}", "jsonrpc");
    check(
        "Content-Length: 17\\r\\n\\r\\n{\"jsonrpc\":\"2.0\"}",
        "neither a method nor an id",
    );
}

#[test]
fn the_standard_error_is_recorded() {
    let mut server = spawn("sh", &["-c", "echo a word in passing >&2; cat"]);
    server.wait_for_log("word in").expect("it is said");
    assert!(server.transcript().contains("log a word in passing"));
    server.close_input();
    server.wait_for_end_of_output().expect("it ends");
    let closed = server
        .wait_for_notification("any", |_| true)
        .expect_err("it has ended");
    assert!(matches!(closed, Error::Closed { .. }));
    assert!(server.wait_for_exit().expect("it ends").success());
}
