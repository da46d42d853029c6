//! Turns the body of a frame into a JSON-RPC message.
//!
//! <https://www.jsonrpc.org/specification>

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};
use tower_lsp::jsonrpc::{Error, Id, Request, Response};

use super::frame::FrameError;
use super::surrogates;

/// A message from the client.
#[derive(Debug)]
pub(super) enum Message {
    /// A request or a notification.
    Request(Request),
    /// The answer to a request of the server.
    Response(Response),
    /// Not a message; the answer to give in its place.
    Refused(Response),
}

/// Parses a body. Anything but one JSON-RPC message is [`Message::Refused`].
///
/// The recursion of JSON is limited by `serde_json` to 128 levels.
pub(super) fn parse(body: &[u8]) -> Message {
    let parsed = serde_json::from_slice(body).or_else(|error| {
        surrogates::replace_lone(body).map_or(Err(error), |body| serde_json::from_slice(&body))
    });
    match parsed {
        Ok(Value::Object(object)) => from_object(object),
        Ok(_) => refuse(Id::Null, Error::invalid_request(), "a message is one JSON object"),
        Err(error) => refuse(Id::Null, Error::parse_error(), error),
    }
}

/// The answer to bytes that make no frame, with the id of the request where it can still be seen.
pub(super) fn refuse_frame(error: &FrameError) -> Message {
    match error {
        FrameError::BodyTooLarge { prefix, .. } => refuse(
            id_in_prefix(prefix).unwrap_or_default(),
            Error::invalid_request(),
            error,
        ),
        _ => refuse(Id::Null, Error::parse_error(), error),
    }
}

fn from_object(mut object: Map<String, Value>) -> Message {
    let id = match object.remove("id").map(serde_json::from_value) {
        None => None,
        Some(Ok(id)) => Some(id),
        Some(Err(_)) => {
            return refuse(
                Id::Null,
                Error::invalid_request(),
                "an id is an integer or a string",
            );
        }
    };
    let refused = |id: Option<Id>, reason| refuse(id.unwrap_or_default(), Error::invalid_request(), reason);
    if object.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return refused(id, "the member jsonrpc is \"2.0\"");
    }
    match object.remove("method") {
        Some(Value::String(method)) => match object.remove("params") {
            None => Message::Request(request(method, id, None)),
            Some(params @ (Value::Object(_) | Value::Array(_) | Value::Null)) => {
                Message::Request(request(method, id, Some(params)))
            }
            Some(_) => refused(id, "params are an object or an array"),
        },
        Some(_) => refused(id, "the name of a method is a string"),
        None => match (id, response_body(object)) {
            (Some(id), Some(body)) => Message::Response(Response::from_parts(id, body)),
            (id, _) => refused(id, "a message has a method or is the answer to one"),
        },
    }
}

/// What a response says; `None` when it has neither a result nor an error.
///
/// Some clients send both members and leave one null. An error that isn't one still ends the request.
fn response_body(mut object: Map<String, Value>) -> Option<Result<Value, Error>> {
    let result = object.remove("result");
    match object.remove("error") {
        None | Some(Value::Null) => result.map(Ok),
        Some(error) => Some(Err(
            serde_json::from_value(error).unwrap_or_else(|_| Error::internal_error())
        )),
    }
}

/// Puts a request together; one without an id is a notification.
pub(super) fn request(
    method: impl Into<Cow<'static, str>>,
    id: Option<Id>,
    params: Option<Value>,
) -> Request {
    let mut builder = Request::build(method);
    if let Some(id) = id {
        builder = builder.id(id);
    }
    if let Some(params) = params {
        builder = builder.params(params);
    }
    builder.finish()
}

fn refuse(id: Id, error: Error, reason: impl fmt::Display) -> Message {
    tracing::warn!(%reason, "refused a message of the client");
    let message = format!("{}: {reason}", error.message).into();
    Message::Refused(Response::from_error(id, Error { message, ..error }))
}

/// Finds the id of a message of which only the beginning is there: the members before the cut are read,
/// and most clients write the id before the parameters.
fn id_in_prefix(prefix: &[u8]) -> Option<Id> {
    struct Members<'id>(&'id Cell<Option<Id>>);

    impl<'de> Visitor<'de> for Members<'_> {
        type Value = ();

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a JSON-RPC message")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
            while let Some(name) = members.next_key::<String>()? {
                if name == "id" {
                    self.0.set(Some(members.next_value()?));
                    return Ok(());
                }
                members.next_value::<IgnoredAny>()?;
            }
            Ok(())
        }
    }

    let id = Cell::new(None);
    // The error tells of the cut, which is known.
    let _ = serde_json::Deserializer::from_slice(prefix).deserialize_map(Members(&id));
    id.into_inner()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Expects the answer that refuses `body`.
    fn check_refused(body: impl AsRef<[u8]>, code: i64, id: &Value) {
        let Message::Refused(response) = parse(body.as_ref()) else {
            panic!("expected a refusal")
        };
        let response = serde_json::to_value(response).expect("a response serialises");
        assert_eq!((&response["error"]["code"], &response["id"]), (&json!(code), id));
    }

    #[test]
    fn what_is_not_json_is_a_parse_error() {
        for body in ["", "{", "{}}", "nul", "{\"jsonrpc\":\"2.0\",\"method\":\"a\"} x"] {
            check_refused(body, -32700, &Value::Null);
        }
        check_refused(b"{\"method\":\"\xff\"}", -32700, &Value::Null);
        check_refused("[".repeat(100_000), -32700, &Value::Null);
        let nested = format!(
            "{{\"id\":1,\"a\":{}1{}}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        check_refused(nested, -32700, &Value::Null);
    }

    #[test]
    fn what_is_not_a_message_is_an_invalid_request() {
        for body in [
            "[]",
            "1",
            "null",
            "\"a\"",
            "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}]",
            "{}",
        ] {
            check_refused(body, -32600, &Value::Null);
        }
        let refused = [
            (json!({"jsonrpc": "2.0", "id": 7}), json!(7)),
            (json!({"jsonrpc": "2.0", "id": "x", "method": 1}), json!("x")),
            (
                json!({"jsonrpc": "2.0", "id": 7, "method": "a", "params": 1}),
                json!(7),
            ),
            (
                json!({"jsonrpc": "2.0", "method": "a", "params": "b"}),
                json!(null),
            ),
            (json!({"jsonrpc": "1.0", "id": 7, "method": "a"}), json!(7)),
            (json!({"id": 7, "method": "a"}), json!(7)),
            (json!({"jsonrpc": "2.0", "id": [1], "method": "a"}), json!(null)),
            (json!({"jsonrpc": "2.0", "id": 1.5, "method": "a"}), json!(null)),
            (json!({"jsonrpc": "2.0", "result": 1}), json!(null)),
        ];
        for (body, id) in refused {
            check_refused(body.to_string(), -32600, &id);
        }
    }

    #[test]
    fn half_a_character_does_not_cost_the_message() {
        let body = br#"{"jsonrpc":"2.0","method":"a","params":["\ud83d","\ud83d\ude00"]}"#;
        let Message::Request(request) = parse(body) else {
            panic!("it is a notification")
        };
        assert_eq!(request.params(), Some(&json!(["\u{fffd}", "\u{1f600}"])));
        check_refused(
            br#"{"jsonrpc":"2.0","method":"a","params":["\ud83d"}"#,
            -32700,
            &Value::Null,
        );
    }

    #[test]
    fn requests_and_notifications() {
        for body in [
            json!({"jsonrpc": "2.0", "id": 7, "method": "a", "params": {"b": 1}}),
            json!({"jsonrpc": "2.0", "id": "x", "method": "a"}),
            json!({"jsonrpc": "2.0", "method": "a", "params": [1]}),
            json!({"jsonrpc": "2.0", "method": "a", "params": null}),
        ] {
            let Message::Request(request) = parse(body.to_string().as_bytes()) else {
                panic!("{body} is a request");
            };
            assert_eq!(serde_json::to_value(request).expect("a request serialises"), body);
        }
    }

    #[test]
    fn responses_of_the_client() {
        let check = |body: Value, expected: Value| {
            let Message::Response(response) = parse(body.to_string().as_bytes()) else {
                panic!("{body} is a response");
            };
            assert_eq!(
                serde_json::to_value(response).expect("a response serialises"),
                expected
            );
        };
        let null = json!({"jsonrpc": "2.0", "id": 1, "result": null});
        check(null.clone(), null.clone());
        check(
            json!({"jsonrpc": "2.0", "id": 1, "result": null, "error": null}),
            null,
        );
        let error = json!({"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "no"}});
        check(error.clone(), error);
        check(
            json!({"jsonrpc": "2.0", "id": 1, "error": "broken"}),
            json!({"jsonrpc": "2.0", "id": 1, "error": {"code": -32603, "message": "Internal error"}}),
        );
    }

    #[test]
    fn the_id_before_a_cut_is_found() {
        assert_eq!(
            id_in_prefix(br#"{"jsonrpc":"2.0","id":7,"method":"a","par"#),
            Some(Id::Number(7))
        );
        assert_eq!(
            id_in_prefix(br#"{"method":"a","id":"x","params":{"te"#),
            Some(Id::String("x".into()))
        );
        assert_eq!(
            id_in_prefix(br#"{"method":"a","params":{"id":3,"text":"..."#),
            None
        );
        assert_eq!(id_in_prefix(b"[[["), None);
        assert_eq!(id_in_prefix(b""), None);
    }
}
