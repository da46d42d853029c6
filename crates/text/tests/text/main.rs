//! The crate against a plain `String` and the wording of the protocol.

mod byte_ranges;
mod changes;
mod naive;
mod points;
mod positions;
mod text_edits;

use deferlint_text::{Document, PositionEncoding};
use proptest::prelude::*;

const ENCODINGS: [PositionEncoding; 3] = [
    PositionEncoding::Utf8,
    PositionEncoding::Utf16,
    PositionEncoding::Utf32,
];

fn document(text: &str) -> Document {
    Document::new(text).expect("a short text fits")
}

fn any_encoding() -> impl Strategy<Value = PositionEncoding> {
    prop::sample::select(ENCODINGS.to_vec())
}

/// Texts of up to `pieces` pieces that mix line ends, one to four byte characters and combining marks.
fn any_text(pieces: usize) -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "\r",
        "\n",
        "\r\n",
        "\r",
        "\n",
        "a",
        "defer f()",
        "é",
        "e\u{301}",
        "世界",
        "𝄞",
        "👩‍💻",
        "\u{feff}",
        "\0",
        "\u{2028}",
        "\u{b}",
        "\t",
        " ",
    ]);
    prop::collection::vec(piece, 0..pieces).prop_map(|pieces| pieces.concat())
}

/// Texts that are spread over many chunks of the rope, so that edits meet the seams between them.
fn any_long_text() -> impl Strategy<Value = String> {
    (any_text(12), 0..600_usize, any_text(12)).prop_map(|(body, count, tail)| body.repeat(count) + &tail)
}
