//! The writer thread: bodies to frames.

use std::io::{self, BufWriter, Write};

use super::queue::{Popped, Queue};

/// How many bytes are gathered before they are written; larger bodies are written as they are.
const BUFFER_BYTES: usize = 64 * 1024;

/// Writes every body of `outbox` as a frame until the queue is closed and empty.
///
/// The output is flushed whenever there is nothing more to write.
pub(super) fn write_frames(outbox: &Queue<Vec<u8>>, output: impl Write) -> io::Result<()> {
    let mut output = BufWriter::with_capacity(BUFFER_BYTES, output);
    loop {
        let body = match outbox.try_pop() {
            Popped::Message(body) => body,
            Popped::Closed => return output.flush(),
            Popped::Empty => {
                output.flush()?;
                match outbox.pop() {
                    Some(body) => body,
                    None => return Ok(()),
                }
            }
        };
        write!(output, "Content-Length: {}\r\n\r\n", body.len())?;
        output.write_all(&body)?;
    }
}
