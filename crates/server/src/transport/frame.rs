//! Reads the frames of the base protocol: header lines, a blank line, a body of `Content-Length` bytes.
//!
//! <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#baseProtocol>

use std::io::{self, Read};
use std::ops::Range;

use super::header::{self, Line};

/// The longest header line in bytes; a longer one is garbage.
const MAX_HEADER_LINE_BYTES: usize = 8 * 1024;
/// How much of a body that is too large is kept, in bytes, so that the id of its request can be found.
const PREFIX_BYTES: usize = 4 * 1024;
/// The buffer's size in bytes at the start, and again after a large frame has passed.
const INITIAL_BUFFER_BYTES: usize = 64 * 1024;
/// A buffer above this many bytes is given back once its frame has been read.
const KEPT_BUFFER_BYTES: usize = 1024 * 1024;

/// One step of the input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame<'buffer> {
    /// The body of a well-formed frame; what it holds is for the caller to parse.
    Body(&'buffer [u8]),
    /// Bytes that make no frame. Reading goes on behind them.
    Malformed(FrameError),
}

/// Why bytes of the input make no frame.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum FrameError {
    /// Bytes where a header belongs; everything up to the next `Content-Length:` is skipped.
    #[error("expected a header, skipping to the next Content-Length")]
    Garbage,
    /// The header part ended without a `Content-Length`.
    #[error("the header part has no Content-Length")]
    MissingContentLength,
    /// The value of `Content-Length` isn't a number of bytes.
    #[error("the value of Content-Length is not a number of bytes")]
    InvalidContentLength,
    /// The body is larger than the limit and is skipped.
    #[error("a body of {length} bytes is larger than the limit of {limit} bytes")]
    BodyTooLarge {
        /// The announced length in bytes.
        length: u64,
        /// The limit in bytes.
        limit: usize,
        /// The first bytes of the body.
        prefix: Vec<u8>,
    },
    /// The input ended within a header or a body.
    #[error("the input ended within a message")]
    Truncated,
}

/// Takes frames off a byte stream and finds its way back after anything else.
///
/// Bodies are lent from one buffer, so a message costs no allocation here.
/// Of a frame that isn't there yet only the received bytes take memory, whatever length it announces.
pub(super) struct FrameReader<R> {
    input: R,
    max_body_bytes: usize,
    /// `buffer[start..end]` has been received and not yet consumed.
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Where the last body lies, while it still does.
    last_body: Range<usize>,
    /// The bytes of a too large body that are still to be discarded.
    skip: u64,
    /// Garbage has been reported and no frame has begun since: one report is enough for a run of it.
    in_garbage: bool,
}

impl<R: Read> FrameReader<R> {
    /// Reads frames from `input` whose bodies have at most `max_body_bytes` bytes.
    pub(super) fn new(input: R, max_body_bytes: usize) -> Self {
        Self {
            input,
            max_body_bytes,
            buffer: vec![0; INITIAL_BUFFER_BYTES],
            start: 0,
            end: 0,
            last_body: 0..0,
            skip: 0,
            in_garbage: false,
        }
    }

    /// The next frame, or `None` at the end of the input.
    pub(super) fn next_frame(&mut self) -> io::Result<Option<Frame<'_>>> {
        self.give_back_large_buffer();
        if !self.discard_skipped()? {
            return Ok(None);
        }
        match self.read_header()? {
            Header::Length(length) => self.read_body(length).map(Some),
            Header::Malformed(error) => {
                self.in_garbage = true;
                Ok(Some(Frame::Malformed(error)))
            }
            Header::End => Ok(None),
        }
    }

    /// Goes back to a `Content-Length:` within the last body, if it has one.
    ///
    /// A body that isn't JSON may have swallowed the frames behind it because its announced length is too
    /// large. JSON holds no raw line ends within strings, but nothing else is lost by looking.
    pub(super) fn resync_within_last_body(&mut self) {
        if let Some(marker) = header::find_content_length(&self.buffer[self.last_body.clone()]) {
            self.start = self.last_body.start + marker;
        }
    }

    /// Reads header lines up to the blank one.
    fn read_header(&mut self) -> io::Result<Header> {
        let mut length = None;
        let mut has_header = false;
        loop {
            let line = match self.next_line()? {
                NextLine::Line(line) => line,
                NextLine::TooLong => {
                    self.drop_long_line();
                    (length, has_header) = (None, false);
                    if self.in_garbage {
                        continue;
                    }
                    return Ok(Header::Malformed(FrameError::Garbage));
                }
                NextLine::End => {
                    let is_truncated = has_header || length.is_some() || self.start < self.end;
                    self.start = self.end;
                    return Ok(if is_truncated && !self.in_garbage {
                        Header::Malformed(FrameError::Truncated)
                    } else {
                        Header::End
                    });
                }
            };
            let bytes = &self.buffer[line.clone()];
            let error = match header::classify(bytes) {
                Line::Blank => match length {
                    Some(length) => return Ok(Header::Length(length)),
                    None if has_header => FrameError::MissingContentLength,
                    None => continue,
                },
                Line::ContentLength(value) => {
                    length = Some(value);
                    self.in_garbage = false;
                    continue;
                }
                Line::Other => {
                    has_header = true;
                    continue;
                }
                Line::InvalidContentLength => FrameError::InvalidContentLength,
                Line::Garbage => FrameError::Garbage,
            };
            // The header of the next frame may stand on the same line, behind the garbage.
            if let Some(marker) = bytes.get(1..).and_then(header::find_content_length) {
                self.start = line.start + 1 + marker;
            }
            (length, has_header) = (None, false);
            if !self.in_garbage {
                return Ok(Header::Malformed(error));
            }
        }
    }

    /// Lends the body of `length` bytes, or says why there is none.
    fn read_body(&mut self, length: u64) -> io::Result<Frame<'_>> {
        let wanted = usize::try_from(length)
            .ok()
            .filter(|&wanted| wanted <= self.max_body_bytes);
        let Some(wanted) = wanted else {
            let prefix = PREFIX_BYTES.min(usize::try_from(length).unwrap_or(PREFIX_BYTES));
            self.fill_to(prefix)?;
            let prefix = self.take(prefix.min(self.end - self.start));
            self.skip = length - prefix.len() as u64;
            return Ok(Frame::Malformed(FrameError::BodyTooLarge {
                length,
                limit: self.max_body_bytes,
                prefix: self.buffer[prefix].to_vec(),
            }));
        };
        if !self.fill_to(wanted)? {
            self.start = self.end;
            self.in_garbage = true;
            return Ok(Frame::Malformed(FrameError::Truncated));
        }
        self.last_body = self.take(wanted);
        Ok(Frame::Body(&self.buffer[self.last_body.clone()]))
    }

    /// Discards what is left of a too large body; `false` at the end of the input.
    fn discard_skipped(&mut self) -> io::Result<bool> {
        while self.skip > 0 {
            if self.start == self.end && !self.fill()? {
                return Ok(false);
            }
            let discarded = self.skip.min((self.end - self.start) as u64);
            self.skip -= discarded;
            self.start += discarded as usize;
        }
        Ok(true)
    }

    /// Takes the next line and its end off the input.
    fn next_line(&mut self) -> io::Result<NextLine> {
        let mut searched = 0;
        loop {
            let received = &self.buffer[self.start..self.end];
            if let Some(newline) = received[searched..].iter().position(|&byte| byte == b'\n') {
                let length = searched + newline;
                if length > MAX_HEADER_LINE_BYTES {
                    return Ok(NextLine::TooLong);
                }
                let line = self.take(length + 1);
                return Ok(NextLine::Line(line.start..line.end - 1));
            }
            searched = received.len();
            if searched > MAX_HEADER_LINE_BYTES {
                return Ok(NextLine::TooLong);
            }
            if !self.fill()? {
                return Ok(NextLine::End);
            }
        }
    }

    /// Drops a line that is too long for a header, up to a `Content-Length:` within what has been received
    /// of it; without one, the last bytes stay, since they may be the beginning of one.
    fn drop_long_line(&mut self) {
        let received = &self.buffer[self.start..self.end];
        let line = received
            .iter()
            .position(|&byte| byte == b'\n')
            .map_or(received, |end| &received[..=end]);
        self.start += match header::find_content_length(&line[1..]) {
            Some(marker) => 1 + marker,
            None if line.ends_with(b"\n") => line.len(),
            None => line.len() - (header::CONTENT_LENGTH.len() - 1),
        };
    }

    /// Consumes `length` received bytes and says where they lie.
    fn take(&mut self, length: usize) -> Range<usize> {
        let taken = self.start..self.start + length;
        self.start = taken.end;
        taken
    }

    /// Receives until `wanted` bytes are there; `false` if the input ends before.
    fn fill_to(&mut self, wanted: usize) -> io::Result<bool> {
        while self.end - self.start < wanted {
            if !self.fill()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Receives at least one byte; `false` at the end of the input.
    fn fill(&mut self) -> io::Result<bool> {
        self.last_body = 0..0;
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.end == self.buffer.len() {
            if self.start > self.buffer.len() / 2 {
                self.buffer.copy_within(self.start..self.end, 0);
                (self.start, self.end) = (0, self.end - self.start);
            } else {
                self.buffer.resize(self.buffer.len() * 2, 0);
            }
        }
        loop {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(received) => {
                    self.end += received;
                    return Ok(received > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Returns to a small buffer once a large frame has been consumed.
    fn give_back_large_buffer(&mut self) {
        let remaining = self.end - self.start;
        if self.buffer.len() > KEPT_BUFFER_BYTES && remaining < INITIAL_BUFFER_BYTES {
            let mut small = vec![0; INITIAL_BUFFER_BYTES];
            small[..remaining].copy_from_slice(&self.buffer[self.start..self.end]);
            self.buffer = small;
            (self.start, self.end) = (0, remaining);
            self.last_body = 0..0;
        }
    }
}

/// The outcome of a header part.
enum Header {
    /// It announces a body of so many bytes.
    Length(u64),
    /// It is none.
    Malformed(FrameError),
    /// The input has ended.
    End,
}

/// The outcome of looking for a line.
enum NextLine {
    /// Where the line lies, without its `\n`; it has been consumed.
    Line(Range<usize>),
    /// More bytes than a header line has.
    TooLong,
    /// The input ended before a line end.
    End,
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
