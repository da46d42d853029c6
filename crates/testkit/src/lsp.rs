//! A blocking language client for tests.
//!
//! It speaks to a server process over its standard streams, or to a server in the same process over pipes.
//! It never sleeps: a thread reads the server's messages, and every wait is for one of them, with a deadline.
//! Every error carries the record of all messages in both directions.

mod capabilities;
mod connection;
mod process;
mod transcript;

use std::fmt;
use std::io::{Read, Write};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::connection::{Connection, Incoming};
use self::process::ServerProcess;
use self::transcript::Transcript;

pub use self::capabilities::ClientKind;
pub use self::connection::RequestHandler;

/// How long a wait lasts by default; generous, since it only passes when a test fails.
const DEFAULT_PATIENCE: Duration = Duration::from_secs(120);

/// An error member of a response.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseError {
    /// The code, from JSON-RPC or `LSPErrorCodes`.
    pub code: i64,
    /// What the server says about it.
    pub message: String,
    /// Further details.
    pub data: Option<Value>,
}

/// A notification or request of the server.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerMessage {
    /// The name of the method.
    pub method: String,
    /// Its parameters; null when there are none.
    pub params: Value,
}

/// Why a step of a test failed. The text ends with the record of all messages.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server answered with an error.
    #[error("{method}: error {}: {}", error.code, error.message)]
    Response {
        /// The method that was requested.
        method: String,
        /// The error member of the response.
        error: ResponseError,
    },
    /// The deadline passed.
    #[error("waited in vain for {wanted}\n{transcript}")]
    Timeout {
        /// What was expected.
        wanted: String,
        /// All messages so far.
        transcript: String,
    },
    /// The server's output ended.
    #[error("the server ended before {wanted}\n{transcript}")]
    Closed {
        /// What was expected.
        wanted: String,
        /// All messages so far.
        transcript: String,
    },
    /// The server wrote something that is no message.
    #[error("the server broke the protocol: {reason}\n{transcript}")]
    Protocol {
        /// What is wrong with it.
        reason: String,
        /// All messages so far.
        transcript: String,
    },
    /// The process could not be started, written to or waited for.
    #[error("{action}: {source}\n{transcript}")]
    Io {
        /// What was being done.
        action: &'static str,
        /// The operating system's answer.
        source: std::io::Error,
        /// All messages so far.
        transcript: String,
    },
}

impl Error {
    /// The code of the server's error, if that is what happened.
    pub fn response_code(&self) -> Option<i64> {
        match self {
            Self::Response { error, .. } => Some(error.code),
            _ => None,
        }
    }
}

/// The client's end of a connection to a server. Dropping it kills a server process that still runs.
pub struct LspClient {
    connection: Connection,
    process: Option<ServerProcess>,
    next_id: i64,
    /// Messages nobody has asked for yet, oldest first.
    unclaimed: Vec<Incoming>,
    patience: Duration,
}

impl fmt::Debug for LspClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("LspClient")
            .field("transcript", &self.transcript())
            .finish_non_exhaustive()
    }
}

impl LspClient {
    /// Starts the server `command`. Its standard error becomes part of the record.
    pub fn spawn(command: &mut Command) -> Result<Self, Error> {
        let transcript = Transcript::default();
        match ServerProcess::spawn(command, &transcript) {
            Ok((process, output, input)) => Ok(Self::new(output, input, transcript, Some(process))),
            Err(source) => {
                let transcript = transcript.to_string();
                Err(Error::Io {
                    action: "starting the server",
                    source,
                    transcript,
                })
            }
        }
    }

    /// Talks to a server over two byte streams: what it writes and what it reads.
    pub fn over(output: impl Read + Send + 'static, input: impl Write + Send + 'static) -> Self {
        Self::new(output, input, Transcript::default(), None)
    }

    fn new(
        output: impl Read + Send + 'static,
        input: impl Write + Send + 'static,
        transcript: Transcript,
        process: Option<ServerProcess>,
    ) -> Self {
        let connection = Connection::new(output, input, transcript);
        Self {
            connection,
            process,
            next_id: 1,
            unclaimed: Vec::new(),
            patience: DEFAULT_PATIENCE,
        }
    }

    /// Sets how long every later wait may last.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Sets what answers the requests of the server from now on; the presets of [`ClientKind`] otherwise.
    pub fn set_request_handler(&self, handler: RequestHandler) {
        self.connection.set_request_handler(handler);
    }

    /// Answers no request of the server, until [`LspClient::release_answers`].
    pub fn hold_answers(&self) {
        self.connection.hold_answers();
    }

    /// Answers all requests that wait, and the later ones as they come.
    pub fn release_answers(&self) {
        self.connection.release_answers();
    }

    /// Sends `initialize` as a client of `kind` with `folder` (a URI) open, then `initialized`.
    ///
    /// Returns the result of `initialize`.
    pub fn initialize(
        &mut self,
        kind: ClientKind,
        folder: Option<&str>,
        options: &Value,
    ) -> Result<Value, Error> {
        let params = kind.initialize_params(folder, options);
        let result = self.request("initialize", &params)?;
        self.notify("initialized", &json!({}))?;
        Ok(result)
    }

    /// Sends a request and waits for its result.
    pub fn request(&mut self, method: &str, params: &Value) -> Result<Value, Error> {
        let id = self.start_request(method, params)?;
        self.wait_for_response(id, method)
    }

    /// Sends a request without waiting for its answer; returns its id.
    pub fn start_request(&mut self, method: &str, params: &Value) -> Result<i64, Error> {
        let id = self.next_id;
        self.next_id += 1;
        let mut message = json!({"jsonrpc": "2.0", "id": id, "method": method});
        if !params.is_null() {
            message["params"] = params.clone();
        }
        self.send(&message)?;
        Ok(id)
    }

    /// Waits for the answer to the request `id`.
    pub fn wait_for_response(&mut self, id: i64, method: &str) -> Result<Value, Error> {
        let response = self.wait(
            &format!("the response to {method} (id {id})"),
            |message| match message {
                Incoming::Response { id: answered, body } if *answered == json!(id) => Some(body.clone()),
                _ => None,
            },
        )?;
        response.map_err(|error| Error::Response {
            method: method.to_owned(),
            error,
        })
    }

    /// Waits for an error answer with a null id: what the server says to bytes it can't understand.
    pub fn wait_for_refusal(&mut self) -> Result<ResponseError, Error> {
        self.wait("an error response with a null id", |message| match message {
            Incoming::Response {
                id: Value::Null,
                body: Err(error),
            } => Some(error.clone()),
            _ => None,
        })
    }

    /// Sends a notification.
    pub fn notify(&self, method: &str, params: &Value) -> Result<(), Error> {
        let mut message = json!({"jsonrpc": "2.0", "method": method});
        if !params.is_null() {
            message["params"] = params.clone();
        }
        self.send(&message)
    }

    /// Asks the server to cancel the request `id`.
    pub fn cancel(&self, id: i64) -> Result<(), Error> {
        self.notify("$/cancelRequest", &json!({ "id": id }))
    }

    /// Sends any message in a frame.
    pub fn send(&self, message: &Value) -> Result<(), Error> {
        self.send_raw(&frame(message))
    }

    /// Sends bytes as they are.
    pub fn send_raw(&self, bytes: &[u8]) -> Result<(), Error> {
        self.connection
            .send_raw(bytes)
            .map_err(|source| self.io_error("writing to the server", source))
    }

    /// Closes the server's input.
    pub fn close_input(&self) {
        self.connection.close_input();
    }

    /// Waits for a notification `method` whose parameters satisfy `predicate`, among those already received
    /// and the ones to come, and takes it. The ones before it stay for later waits.
    pub fn wait_for_notification(
        &mut self,
        method: &str,
        mut predicate: impl FnMut(&Value) -> bool,
    ) -> Result<Value, Error> {
        self.wait(&format!("the notification {method}"), |message| match message {
            Incoming::Notification(seen) if seen.method == method && predicate(&seen.params) => {
                Some(seen.params.clone())
            }
            _ => None,
        })
    }

    /// Waits for a request `method` of the server whose parameters satisfy `predicate`, and takes it.
    /// By then it has been answered.
    pub fn wait_for_server_request(
        &mut self,
        method: &str,
        mut predicate: impl FnMut(&Value) -> bool,
    ) -> Result<Value, Error> {
        self.wait(
            &format!("the request {method} of the server"),
            |message| match message {
                Incoming::Request(seen) if seen.method == method && predicate(&seen.params) => {
                    Some(seen.params.clone())
                }
                _ => None,
            },
        )
    }

    /// Takes all notifications `method` received so far. An answer may overtake a notification, and diagnostics and messages
    /// may overtake each other: what was waited for last says only of its own kind that nothing earlier is to come.
    pub fn take_notifications(&mut self, method: &str) -> Vec<Value> {
        self.unclaimed.extend(self.connection.received());
        let is_wanted =
            |message: &mut Incoming| matches!(message, Incoming::Notification(seen) if seen.method == method);
        let taken = self.unclaimed.extract_if(.., is_wanted);
        taken
            .filter_map(Incoming::into_server_message)
            .map(|message| message.params)
            .collect()
    }

    /// All requests the server has sent so far, answered ones and claimed ones too.
    pub fn server_requests(&self) -> Vec<ServerMessage> {
        self.connection.server_requests()
    }

    /// Waits for a line on the server's standard error that contains `text`.
    pub fn wait_for_log(&self, text: &str) -> Result<(), Error> {
        if self.connection.transcript().wait_for_log(text, self.patience) {
            return Ok(());
        }
        Err(Error::Timeout {
            wanted: format!("{text:?} on the standard error"),
            transcript: self.transcript(),
        })
    }

    /// Sends `shutdown` and `exit` and waits for the end of the process.
    pub fn shutdown_and_exit(mut self) -> Result<ExitStatus, Error> {
        self.request("shutdown", &Value::Null)?;
        self.notify("exit", &Value::Null)?;
        self.wait_for_exit()
    }

    /// Waits until the server has closed its output.
    pub fn wait_for_end_of_output(&mut self) -> Result<(), Error> {
        match self.wait("the end of the output", |_| None::<()>) {
            Ok(()) | Err(Error::Closed { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Waits for the end of the process.
    pub fn wait_for_exit(mut self) -> Result<ExitStatus, Error> {
        self.wait_for_end_of_output()?;
        let waited = match self.process.take() {
            Some(process) => process.wait(self.patience),
            None => Err(std::io::Error::other("there is no server process")),
        };
        waited.map_err(|source| self.io_error("waiting for the server's end", source))
    }

    /// Kills the process.
    pub fn kill(mut self) -> Result<ExitStatus, Error> {
        let killed = match self.process.take() {
            Some(process) => process.kill(),
            None => Err(std::io::Error::other("there is no server process")),
        };
        killed.map_err(|source| self.io_error("killing the server", source))
    }

    /// The process id of the server, if it runs in a process of its own.
    pub fn process_id(&self) -> Option<u32> {
        self.process.as_ref().map(ServerProcess::id)
    }

    /// The record of every message in both directions and of the server's standard error.
    pub fn transcript(&self) -> String {
        self.connection.transcript().to_string()
    }

    /// Claims the first message `claim` returns something for.
    fn wait<T>(&mut self, wanted: &str, mut claim: impl FnMut(&Incoming) -> Option<T>) -> Result<T, Error> {
        let early = self
            .unclaimed
            .iter()
            .enumerate()
            .find_map(|(index, seen)| Some((index, claim(seen)?)));
        if let Some((index, claimed)) = early {
            self.unclaimed.remove(index);
            return Ok(claimed);
        }
        let deadline = Instant::now() + self.patience;
        loop {
            match self.connection.receive(deadline) {
                Some(Incoming::Closed) => {
                    return Err(Error::Closed {
                        wanted: wanted.to_owned(),
                        transcript: self.transcript(),
                    });
                }
                Some(Incoming::Broken(reason)) => {
                    return Err(Error::Protocol {
                        reason,
                        transcript: self.transcript(),
                    });
                }
                Some(message) => match claim(&message) {
                    Some(claimed) => return Ok(claimed),
                    None => self.unclaimed.push(message),
                },
                None => {
                    return Err(Error::Timeout {
                        wanted: wanted.to_owned(),
                        transcript: self.transcript(),
                    });
                }
            }
        }
    }

    fn io_error(&self, action: &'static str, source: std::io::Error) -> Error {
        Error::Io {
            action,
            source,
            transcript: self.transcript(),
        }
    }
}

/// The frame of a message, as it stands on the wire.
pub fn frame(message: &Value) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

#[cfg(all(test, unix))]
mod tests;
