//! Text of files as a terminal may see it: what others wrote must not move the cursor, change colours or turn lines around.

use std::borrow::Cow;

/// The text with a mark in the place of every control character but tabs and line ends. The mark is as long as what it
/// stands for, so that all places stay.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let mut characters = text.chars().peekable();
    let mut shown = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        let is_line_end = character == '\r' && matches!(characters.peek(), None | Some('\n'));
        shown.push_str(match character.len_utf8() {
            _ if !is_unprintable(character) => {
                shown.push(character);
                continue;
            }
            1 if is_line_end => " ",
            1 => "?",
            2 => "\u{b7}",
            _ => "\u{fffd}",
        });
    }
    Cow::Owned(shown)
}

/// The same for what stands in one line.
pub(crate) fn printable_line(text: &str) -> String {
    printable(text).replace('\n', "?")
}

fn is_unprintable(character: char) -> bool {
    match character {
        '\t' | '\n' => false,
        // The controls of bidirectional text.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        other => other.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let shown = printable(text);
        assert_eq!(shown, expected);
        assert_eq!(shown.len(), text.len());
    }

    #[test]
    fn control_characters_are_marked() {
        check("\ta é漢𝄞\n", "\ta é漢𝄞\n");
        check("\u{1b}[2J\u{7}\u{7f}", "?[2J??");
        check("\u{9b}31m\u{85}", "\u{b7}31m\u{b7}");
        check("a\u{202e}b\u{2066}", "a\u{fffd}b\u{fffd}");
        check("\u{61c}", "\u{b7}");
    }

    #[test]
    fn a_carriage_return_before_a_line_end_is_a_space() {
        check("a\r\nb\rc\r", "a \nb?c ");
        assert_eq!(printable_line("a\nb"), "a?b");
    }
}
