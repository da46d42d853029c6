//! Half characters in the text of clients.
//!
//! Editors that keep text as UTF-16 may hold one half of a surrogate pair, and `JSON.stringify` writes it as
//! an escape that stands for no character. Refusing the message would lose an edit of the document.

/// Replaces every escape of a lone surrogate in `json` by `\uFFFD`, which is one UTF-16 code unit as well, so
/// that all positions stay right. `None` if there is nothing to replace.
pub(super) fn replace_lone(json: &[u8]) -> Option<Vec<u8>> {
    let mut replaced: Option<Vec<u8>> = None;
    let mut index = 0;
    while let Some(backslash) = json[index..].iter().position(|&byte| byte == b'\\') {
        let escape = index + backslash;
        index = match code_unit(&json[escape..]) {
            Some(0xD800..0xDC00) if matches!(code_unit(&json[escape + 6..]), Some(0xDC00..0xE000)) => {
                escape + 12
            }
            Some(0xD800..0xE000) => {
                let replaced = replaced.get_or_insert_with(|| json.to_vec());
                replaced[escape..escape + 6].copy_from_slice(b"\\uFFFD");
                escape + 6
            }
            Some(_) => escape + 6,
            None => (escape + 2).min(json.len()),
        };
    }
    replaced
}

/// The UTF-16 code unit of the escape at the beginning of `json`, if it is one of four digits.
fn code_unit(json: &[u8]) -> Option<u16> {
    let digits = json.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0_u16, |unit, &digit| {
        let value = char::from(digit).to_digit(16)?;
        Some(unit << 4 | value as u16)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: Option<&str>) {
        let replaced = replace_lone(json.as_bytes());
        assert_eq!(replaced.as_deref(), expected.map(str::as_bytes), "{json}");
    }

    #[test]
    fn lone_halves_are_replaced() {
        check(r"\ud83d", Some(r"\uFFFD"));
        check(r"a\uDE00b", Some(r"a\uFFFDb"));
        check(r"\ud83d\ud83d\ude00\ude00", Some(r"\uFFFD\ud83d\ude00\uFFFD"));
        check(r"\ud83dA", Some(r"\uFFFDA"));
        check(r"\ud83d\n", Some(r"\uFFFD\n"));
        check(r"\\\ud83d", Some(r"\\\uFFFD"));
    }

    #[test]
    fn everything_else_stays() {
        for json in [
            "",
            "a",
            "\\",
            "\\u",
            "\\ud8",
            r"\u00e9",
            r"\ud83d\ude00",
            r"\\ud83d",
            r"\uzzzz",
            "\\n\\",
        ] {
            check(json, None);
        }
    }
}
