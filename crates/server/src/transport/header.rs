//! The header lines of the base protocol.

/// The name of the one header that counts, with its colon.
pub(super) const CONTENT_LENGTH: &[u8] = b"Content-Length:";

/// What a line of the header part is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// The blank line before the body.
    Blank,
    /// `Content-Length` with a number of bytes.
    ContentLength(u64),
    /// `Content-Length` with anything else.
    InvalidContentLength,
    /// Another header, such as `Content-Type`.
    Other,
    /// No header at all.
    Garbage,
}

/// Says what `line` is, without its `\n`; a `\r` before it belongs to the line end.
pub(super) fn classify(line: &[u8]) -> Line {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() {
        return Line::Blank;
    }
    let Some(colon) = line.iter().position(|&byte| byte == b':') else {
        return Line::Garbage;
    };
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    let is_name = !name.is_empty()
        && name
            .iter()
            .all(|&byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match find_content_length(&line[..=colon]) {
        Some(0) => parse_length(value.trim_ascii()).map_or(Line::InvalidContentLength, Line::ContentLength),
        // `trueContent-Length: 2` is the rest of a body and the header behind it.
        Some(start) if name[start - 1] != b'-' => Line::Garbage,
        _ if is_name => Line::Other,
        _ => Line::Garbage,
    }
}

/// Where in `bytes` the next `Content-Length:` begins, in any case of letters.
pub(super) fn find_content_length(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(CONTENT_LENGTH.len())
        .position(|window| window.eq_ignore_ascii_case(CONTENT_LENGTH))
}

/// Reads a number of bytes; unlike `str::parse` it takes no sign.
fn parse_length(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |length, &digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        length.checked_mul(10)?.checked_add(digit)
    })
}
