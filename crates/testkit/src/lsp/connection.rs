//! Frames, the reading thread and the answers to the server's requests.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use serde_json::{Value, json};

use super::capabilities;
use super::transcript::{Speaker, Transcript};
use super::{ResponseError, ServerMessage, frame};

/// Answers a request of the server: method and parameters to result.
pub type RequestHandler = Box<dyn FnMut(&str, &Value) -> Result<Value, ResponseError> + Send>;

/// What the reading thread hears.
#[derive(Debug)]
pub(super) enum Incoming {
    Response {
        id: Value,
        body: Result<Value, ResponseError>,
    },
    Notification(ServerMessage),
    Request(ServerMessage),
    /// The server wrote what is no message; nothing comes after this.
    Broken(String),
    /// The output has ended; nothing comes after this.
    Closed,
}

impl Incoming {
    pub(super) fn into_server_message(self) -> Option<ServerMessage> {
        match self {
            Self::Notification(message) | Self::Request(message) => Some(message),
            _ => None,
        }
    }
}

/// A connection with its reading thread.
pub(super) struct Connection {
    shared: Arc<Shared>,
    incoming: Receiver<Incoming>,
}

/// What both threads use.
struct Shared {
    /// `None` once closed.
    input: Mutex<Option<Box<dyn Write + Send>>>,
    handler: Mutex<RequestHandler>,
    requests: Mutex<Vec<ServerMessage>>,
    /// The requests that wait for their answers, while those are held back.
    held: Mutex<Option<Vec<(Value, ServerMessage)>>>,
    transcript: Transcript,
}

impl Connection {
    pub(super) fn new(
        output: impl Read + Send + 'static,
        input: impl Write + Send + 'static,
        transcript: Transcript,
    ) -> Self {
        let shared = Arc::new(Shared {
            input: Mutex::new(Some(Box::new(input))),
            handler: Mutex::new(Box::new(capabilities::answer_server_request)),
            requests: Mutex::default(),
            held: Mutex::default(),
            transcript,
        });
        let (sender, incoming) = mpsc::channel();
        let reading = Arc::clone(&shared);
        thread::spawn(move || reading.read_messages(BufReader::new(output), &sender));
        Self { shared, incoming }
    }

    pub(super) fn set_request_handler(&self, handler: RequestHandler) {
        *lock(&self.shared.handler) = handler;
    }

    pub(super) fn hold_answers(&self) {
        lock(&self.shared.held).get_or_insert_default();
    }

    pub(super) fn release_answers(&self) {
        for (id, request) in lock(&self.shared.held).take().into_iter().flatten() {
            self.shared.answer(&id, &request);
        }
    }

    pub(super) fn send_raw(&self, bytes: &[u8]) -> io::Result<()> {
        self.shared.send_raw(bytes)
    }

    pub(super) fn close_input(&self) {
        *lock(&self.shared.input) = None;
    }

    /// The next message; `None` if there is none until `deadline`. After the end there are only ends.
    pub(super) fn receive(&self, deadline: Instant) -> Option<Incoming> {
        match self
            .incoming
            .recv_timeout(deadline.saturating_duration_since(Instant::now()))
        {
            Ok(message) => Some(message),
            Err(mpsc::RecvTimeoutError::Disconnected) => Some(Incoming::Closed),
            Err(mpsc::RecvTimeoutError::Timeout) => None,
        }
    }

    /// The messages that are already there.
    pub(super) fn received(&self) -> impl Iterator<Item = Incoming> {
        self.incoming.try_iter()
    }

    pub(super) fn server_requests(&self) -> Vec<ServerMessage> {
        lock(&self.shared.requests).clone()
    }

    pub(super) fn transcript(&self) -> &Transcript {
        &self.shared.transcript
    }
}

impl Shared {
    fn read_messages(&self, mut output: impl BufRead, incoming: &Sender<Incoming>) {
        loop {
            let message = match read_frame(&mut output) {
                Ok(Some(body)) => {
                    self.transcript.record(Speaker::Server, &body);
                    self.hear(&body).unwrap_or_else(Incoming::Broken)
                }
                Ok(None) => Incoming::Closed,
                Err(error) => Incoming::Broken(error.to_string()),
            };
            let is_last = matches!(message, Incoming::Broken(_) | Incoming::Closed);
            if incoming.send(message).is_err() || is_last {
                return;
            }
        }
    }

    /// Understands a body, and answers it if it is a request.
    fn hear(&self, body: &[u8]) -> Result<Incoming, String> {
        let mut message: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        if message["jsonrpc"] != json!("2.0") {
            return Err("a message without \"jsonrpc\":\"2.0\"".to_owned());
        }
        let id = message.get_mut("id").map(Value::take);
        if let Value::String(method) = message["method"].take() {
            let heard = ServerMessage {
                method,
                params: message["params"].take(),
            };
            return Ok(match id {
                Some(id) => {
                    lock(&self.requests).push(heard.clone());
                    match &mut *lock(&self.held) {
                        Some(held) => held.push((id, heard.clone())),
                        None => self.answer(&id, &heard),
                    }
                    Incoming::Request(heard)
                }
                None => Incoming::Notification(heard),
            });
        }
        let id = id.ok_or("a message with neither a method nor an id")?;
        let body = match (message.get_mut("result").map(Value::take), message.get("error")) {
            (Some(result), None) => Ok(result),
            (None, Some(error)) => Err(ResponseError {
                code: error["code"].as_i64().ok_or("an error without a code")?,
                message: error["message"]
                    .as_str()
                    .ok_or("an error without a message")?
                    .to_owned(),
                data: error.get("data").cloned(),
            }),
            _ => return Err("a response has either a result or an error".to_owned()),
        };
        Ok(Incoming::Response { id, body })
    }

    fn answer(&self, id: &Value, request: &ServerMessage) {
        let response = match (lock(&self.handler))(&request.method, &request.params) {
            Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
            Err(error) => {
                let error = json!({"code": error.code, "message": error.message, "data": error.data});
                json!({"jsonrpc": "2.0", "id": id, "error": error})
            }
        };
        // A server that has closed its input doesn't want the answer.
        let _ = self.send_raw(&frame(&response));
    }

    fn send_raw(&self, bytes: &[u8]) -> io::Result<()> {
        self.transcript.record(Speaker::Client, bytes);
        match &mut *lock(&self.input) {
            Some(input) => {
                input.write_all(bytes)?;
                input.flush()
            }
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

/// Reads one frame, strictly as the specification has it: a server has no excuse. `None` at the end.
fn read_frame(output: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let invalid = |reason: String| io::Error::new(io::ErrorKind::InvalidData, reason);
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if output.read_until(b'\n', &mut line)? == 0 {
            return if length.is_none() {
                Ok(None)
            } else {
                Err(io::ErrorKind::UnexpectedEof.into())
            };
        }
        let line = String::from_utf8_lossy(&line).into_owned();
        let Some(header) = line.strip_suffix("\r\n") else {
            return Err(invalid(format!("a header line without its end: {line:?}")));
        };
        match (header.split_once(": "), length) {
            (Some(("Content-Length", value)), None) => {
                let value = value.parse::<usize>();
                length = Some(value.map_err(|_| invalid(format!("no length of a body: {header:?}")))?);
            }
            (Some(("Content-Type", _)), _) => {}
            (None, Some(length)) if header.is_empty() => {
                let mut body = vec![0; length];
                output.read_exact(&mut body)?;
                return Ok(Some(body));
            }
            _ => return Err(invalid(format!("not a header: {header:?}"))),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
