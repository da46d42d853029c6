//! The reader thread: frames to messages.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

use serde_json::Value;
use tower_lsp::jsonrpc::{ErrorCode, Request, Response};

use super::client_process::ClientProcess;
use super::frame::{Frame, FrameError, FrameReader};
use super::lost_change;
use super::message::{self, Message};
use super::queue::Queue;
use super::uri::Spellings;
use super::{EndReason, Event};

/// Reads the client's messages into the inbox until `exit` or the end of the input.
pub(super) struct Reader<R> {
    pub(super) frames: FrameReader<R>,
    pub(super) inbox: Arc<Queue<Message>>,
    pub(super) spellings: Arc<Spellings>,
    /// Set once a `shutdown` request has been read.
    pub(super) has_shut_down: Arc<AtomicBool>,
    pub(super) events: Sender<Event>,
    pub(super) stall_limit: Duration,
    /// What comes next, before anything else is read.
    pub(super) next: Option<Message>,
}

impl<R: Read> Reader<R> {
    pub(super) fn run(mut self) {
        let last = loop {
            let Some((message, bytes)) = self.next_message() else {
                break EndReason::InputEnded;
            };
            if matches!(&message, Message::Request(request) if request.method() == "exit") {
                // The other threads end as soon as they see it, so the reason has to be known before.
                let _ = self.events.send(Event::Ending(EndReason::Exit));
                return self.inbox.push(message, bytes);
            }
            if !self.inbox.wait_for_room(self.stall_limit) {
                tracing::error!("the client sends without reading, giving it up");
                break EndReason::ClientStalled;
            }
            self.inbox.push(message, bytes);
        };
        let _ = self.events.send(Event::Ending(last));
    }

    /// The next message and the length of its body in bytes; `None` at the end of the input.
    pub(super) fn next_message(&mut self) -> Option<(Message, usize)> {
        if let Some(message) = self.next.take() {
            return Some((self.inspect(message), 0));
        }
        let (message, bytes) = match self.frames.next_frame() {
            Ok(Some(Frame::Body(body))) => {
                let message = message::parse(body);
                if matches!(message, Message::Refused(_)) {
                    self.next = lost_change::instead_of_body(body).map(Message::Request);
                }
                (message, body.len())
            }
            Ok(Some(Frame::Malformed(error))) => {
                if let FrameError::BodyTooLarge { prefix, .. } = &error {
                    self.next = lost_change::instead_of_body(prefix).map(Message::Request);
                }
                return Some((message::refuse_frame(&error), 0));
            }
            Ok(None) => return None,
            Err(error) => {
                tracing::warn!(%error, "the input failed");
                return None;
            }
        };
        Some((self.inspect(message), bytes))
    }

    /// Notes what the transport itself has to know of a message and makes its URIs legal.
    fn inspect(&mut self, message: Message) -> Message {
        match message {
            Message::Request(request) => {
                self.note_lifecycle(&request);
                let request = lost_change::instead_of(&request).unwrap_or(request);
                let (method, id, mut params) = request.into_parts();
                if let Some(params) = &mut params {
                    self.spellings.legalise(params);
                }
                Message::Request(message::request(method, id, params))
            }
            Message::Response(response) => {
                let (id, mut body) = response.into_parts();
                if let Ok(result) = &mut body {
                    self.spellings.legalise(result);
                }
                Message::Response(Response::from_parts(id, body))
            }
            Message::Refused(response) => {
                if response
                    .error()
                    .is_some_and(|error| error.code == ErrorCode::ParseError)
                {
                    self.frames.resync_within_last_body();
                }
                Message::Refused(response)
            }
        }
    }

    fn note_lifecycle(&self, request: &Request) {
        match request.method() {
            "initialize" => {
                // It is looked for before the answer: it may end right after that.
                let client = request
                    .params()
                    .and_then(|params| params.get("processId"))
                    .and_then(Value::as_i64)
                    .and_then(ClientProcess::watch);
                if let Some(client) = client {
                    let _ = self.events.send(Event::ClientProcess(client));
                }
            }
            "shutdown" if request.id().is_some() => self.has_shut_down.store(true, Ordering::Release),
            _ => {}
        }
    }
}

/// The closed inbox tells the dispatch task that no more will come, also if the reader itself fails.
impl<R> Drop for Reader<R> {
    fn drop(&mut self) {
        self.inbox.close();
    }
}
