//! The writer thread: bodies to frames.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures::stream::FusedStream;
use futures::{Stream, StreamExt as _};
use tower_lsp::jsonrpc::Request;

use super::outlet::Outlet;
use super::queue::Popped;

/// How many bytes are gathered before they are written; larger bodies are written as they are.
const BUFFER_BYTES: usize = 64 * 1024;

/// Writes what the outlet holds, and when that is nothing, the next of the notifications, until the outlet is closed and
/// empty.
///
/// The output is flushed whenever there is nothing more to write.
pub(super) fn write_frames(
    outlet: &Arc<Outlet>,
    notifications: impl Stream<Item = Request> + Unpin,
    output: impl Write,
) -> io::Result<()> {
    let waker = Waker::from(Arc::clone(outlet));
    let mut context = Context::from_waker(&waker);
    let mut notifications = notifications.fuse();
    let mut output = BufWriter::with_capacity(BUFFER_BYTES, output);
    loop {
        match outlet.try_pop() {
            Popped::Message(body) => write_frame(&mut output, &body)?,
            Popped::Closed => return output.flush(),
            Popped::Empty => match next(&mut notifications, &mut context) {
                Some(notification) => {
                    // An answer that was given before there was anything to notify of may have come by now.
                    while let Popped::Message(body) = outlet.try_pop() {
                        write_frame(&mut output, &body)?;
                    }
                    if let Some(body) = outlet.body_of(notification) {
                        write_frame(&mut output, &body)?;
                    }
                }
                None => {
                    output.flush()?;
                    outlet.wait();
                }
            },
        }
    }
}

fn write_frame(output: &mut impl Write, body: &[u8]) -> io::Result<()> {
    write!(output, "Content-Length: {}\r\n\r\n", body.len())?;
    output.write_all(body)
}

/// The next notification, if there is one.
fn next(
    notifications: &mut (impl FusedStream<Item = Request> + Unpin),
    context: &mut Context<'_>,
) -> Option<Request> {
    match notifications.poll_next_unpin(context) {
        Poll::Ready(notification) => notification,
        Poll::Pending => None,
    }
}

#[cfg(test)]
mod tests {
    use std::iter;

    use futures::stream;
    use serde_json::Value;
    use tower_lsp::jsonrpc::Response;

    use super::*;

    #[test]
    fn an_answer_that_was_given_before_there_was_a_notification_is_written_before_it() {
        let outlet = Arc::new(Outlet::new(1000, Arc::default()));
        let notifications = stream::iter(iter::once_with(|| {
            outlet.answer(Response::from_ok(1.into(), Value::Null));
            outlet.close();
            Request::build("a").finish()
        }));
        let mut output = Vec::new();
        write_frames(&outlet, notifications, &mut output).expect("a vector takes everything");
        let output = String::from_utf8(output).expect("JSON");
        let frames: Vec<_> = output.split("Content-Length: ").skip(1).collect();
        assert_eq!(frames.len(), 2, "{output}");
        assert!(frames[0].contains("\"result\""), "{output}");
        assert!(frames[1].contains("\"method\":\"a\""), "{output}");
    }
}
