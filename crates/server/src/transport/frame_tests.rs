use std::io::Read;

use super::*;

/// Gives out at most `size` bytes a read.
struct Chopped<'input> {
    input: &'input [u8],
    size: usize,
}

impl Read for Chopped<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.size.min(self.input.len()).min(buffer.len());
        buffer[..length].copy_from_slice(&self.input[..length]);
        self.input = &self.input[length..];
        Ok(length)
    }
}

/// Reads all frames in reads of `size` bytes; a body stands as its text, an error as `!` and its message.
fn read_chopped(input: &[u8], size: usize, limit: usize) -> Vec<String> {
    let mut frames = FrameReader::new(Chopped { input, size }, limit);
    let mut seen = Vec::new();
    while let Some(frame) = frames.next_frame().expect("the input has no read errors") {
        match frame {
            Frame::Body(body) => {
                seen.push(String::from_utf8_lossy(body).into_owned());
                if body.starts_with(b"resync") {
                    frames.resync_within_last_body();
                }
            }
            Frame::Malformed(error) => seen.push(format!("!{error}")),
        }
    }
    seen
}

const LIMIT: usize = 100;

/// Expects the frames of `input`, however it is chopped.
fn check(input: impl AsRef<[u8]>, expected: &[&str]) {
    let input = input.as_ref();
    let sizes = (1..=input.len().min(300)).chain([1000, 5000, input.len().max(1)]);
    for size in sizes {
        assert_eq!(
            read_chopped(input, size, LIMIT),
            expected,
            "in reads of {size} bytes"
        );
    }
}

const GARBAGE: &str = "!expected a header, skipping to the next Content-Length";
const MISSING: &str = "!the header part has no Content-Length";
const INVALID: &str = "!the value of Content-Length is not a number of bytes";
const TRUNCATED: &str = "!the input ended within a message";

#[test]
fn well_formed_frames() {
    check("", &[]);
    check(
        "Content-Length: 2\r\n\r\n{}Content-Length: 4\r\n\r\nnull",
        &["{}", "null"],
    );
    check(
        "Content-Length: 0\r\n\r\nContent-Length: 2\r\n\r\n{}",
        &["", "{}"],
    );
}

#[test]
fn headers_in_any_case_order_and_company() {
    check(
        "content-length:2\r\n\r\n{}CONTENT-LENGTH:   2  \r\n\r\n[]",
        &["{}", "[]"],
    );
    check(
        "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}",
        &["{}"],
    );
    check(
        "Content-Length: 2\r\nContent-Type: x\r\nX-Other: y\r\n\r\n{}",
        &["{}"],
    );
    check("Content-Length: 9\r\nContent-Length: 2\r\n\r\n{}", &["{}"]);
}

#[test]
fn bare_newlines_end_header_lines() {
    check("Content-Length: 2\n\n{}Content-Length: 2\n\r\n[]", &["{}", "[]"]);
    check(
        "\r\n\nContent-Length: 2\r\n\r\n{}\n\nContent-Length: 2\r\n\r\n[]\n",
        &["{}", "[]"],
    );
}

#[test]
fn garbage_is_reported_once_and_skipped() {
    check(
        "what is this\nand this?\r\n\r\nContent-Length: 2\r\n\r\n{}",
        &[GARBAGE, "{}"],
    );
    check(
        "{\"a\":1}Content-Length: 2\r\n\r\n{}x\nContent-Length: 2\r\n\r\n[]",
        &[GARBAGE, "{}", GARBAGE, "[]"],
    );
    check("xxxContent-LeContent-Length: 2\r\n\r\n{}", &[GARBAGE, "{}"]);
    check(
        [b"\xff\xfe\0\n".as_slice(), b"Content-Length: 2\r\n\r\n{}"].concat(),
        &[GARBAGE, "{}"],
    );
    check("no frame at all", &[TRUNCATED]);
    check("no frame\nat all", &[GARBAGE]);
}

#[test]
fn long_garbage_without_a_line_end_takes_no_memory() {
    let garbage = "x".repeat(3 * MAX_HEADER_LINE_BYTES);
    check(
        format!("{garbage}Content-Length: 2\r\n\r\n{{}}"),
        &[GARBAGE, "{}"],
    );
    check(
        format!("{garbage}\r\nContent-Length: 2\r\n\r\n{{}}"),
        &[GARBAGE, "{}"],
    );
    check(
        format!("X-Long: {garbage}\r\n\r\nContent-Length: 2\r\n\r\n{{}}"),
        &[GARBAGE, "{}"],
    );

    let endless = vec![b'x'; 10 * KEPT_BUFFER_BYTES];
    let mut frames = FrameReader::new(endless.as_slice(), LIMIT);
    assert_eq!(
        frames.next_frame().expect("no read errors"),
        Some(Frame::Malformed(FrameError::Garbage))
    );
    assert_eq!(frames.next_frame().expect("no read errors"), None);
    assert_eq!(frames.buffer.len(), INITIAL_BUFFER_BYTES);
}

#[test]
fn headers_without_a_usable_length() {
    check(
        "Content-Type: x\r\n\r\n{}Content-Length: 2\r\n\r\n[]",
        &[MISSING, "[]"],
    );
    for value in ["", "x", "-1", "+2", "2.0", "0x2", "99999999999999999999"] {
        check(
            format!("Content-Length: {value}\r\n\r\n{{}}Content-Length: 2\r\n\r\n[]"),
            &[INVALID, "[]"],
        );
    }
    check("Content-Length: 1Content-Length: 2\r\n\r\n{}", &[INVALID, "{}"]);
}

#[test]
fn a_length_too_small_costs_one_message() {
    check(
        "Content-Length: 5\r\n\r\n{\"id\":1}Content-Length: 2\r\n\r\n{}",
        &["{\"id\"", GARBAGE, "{}"],
    );
}

#[test]
fn a_length_too_large_costs_one_message_once_the_body_is_refused() {
    let swallowed = "resync{Content-Length: 2\r\n\r\n{}Content-Length: 2\r\n\r\n[";
    let input = format!("Content-Length: {}\r\n\r\n{swallowed}]", swallowed.len());
    check(input, &[swallowed, "{}", "[]"]);
}

#[test]
fn bodies_over_the_limit_are_skipped() {
    let body = "y".repeat(LIMIT + 1);
    let error = |length| format!("!a body of {length} bytes is larger than the limit of {LIMIT} bytes");
    let input = format!(
        "Content-Length: {}\r\n\r\n{body}Content-Length: 2\r\n\r\n{{}}",
        body.len()
    );
    check(input, &[&error(body.len()), "{}"]);
    check(
        format!("Content-Length: {}\r\n\r\n{body}", body.len() + 1),
        &[&error(body.len() + 1)],
    );
    let fits = "z".repeat(LIMIT);
    check(format!("Content-Length: {LIMIT}\r\n\r\n{fits}"), &[&fits]);
}

#[test]
fn a_huge_announced_body_is_not_buffered() {
    let announced = 1_u64 << 40;
    let input = format!(
        "Content-Length: {announced}\r\n\r\n{}",
        "y".repeat(3 * KEPT_BUFFER_BYTES)
    );
    let mut frames = FrameReader::new(input.as_bytes(), LIMIT);
    let Some(Frame::Malformed(FrameError::BodyTooLarge { length, prefix, .. })) =
        frames.next_frame().expect("no read errors")
    else {
        panic!("the body is too large");
    };
    assert_eq!((length, prefix.len()), (announced, PREFIX_BYTES));
    assert_eq!(frames.next_frame().expect("no read errors"), None);
    assert_eq!(frames.buffer.len(), INITIAL_BUFFER_BYTES);
}

#[test]
fn input_that_ends_within_a_message() {
    check("Content-Len", &[TRUNCATED]);
    check("Content-Length: 2\r\n", &[TRUNCATED]);
    check("Content-Length: 2\r\n\r\n", &[TRUNCATED]);
    check("Content-Length: 2\r\n\r\n{", &[TRUNCATED]);
    check(
        "Content-Length: 2\r\n\r\n{}Content-Length: 3\r\n\r\n[]",
        &["{}", TRUNCATED],
    );
}

#[test]
fn a_large_frame_passes_and_gives_its_memory_back() {
    let body = "b".repeat(5 * KEPT_BUFFER_BYTES);
    let input = format!(
        "Content-Length: {}\r\n\r\n{body}Content-Length: 2\r\n\r\n{{}}",
        body.len()
    );
    let mut frames = FrameReader::new(input.as_bytes(), usize::MAX);
    assert_eq!(
        frames.next_frame().expect("no read errors"),
        Some(Frame::Body(body.as_bytes()))
    );
    assert_eq!(
        frames.next_frame().expect("no read errors"),
        Some(Frame::Body(b"{}"))
    );
    assert_eq!(frames.next_frame().expect("no read errors"), None);
    assert_eq!(frames.buffer.len(), INITIAL_BUFFER_BYTES);
}
