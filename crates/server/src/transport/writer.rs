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
        let body = match outlet.try_pop() {
            Popped::Message(body) => Some(body),
            Popped::Closed => return output.flush(),
            Popped::Empty => match next(&mut notifications, &mut context) {
                Some(notification) => outlet.body_of(notification),
                None => {
                    output.flush()?;
                    outlet.wait();
                    None
                }
            },
        };
        if let Some(body) = body {
            write!(output, "Content-Length: {}\r\n\r\n", body.len())?;
            output.write_all(&body)?;
        }
    }
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
