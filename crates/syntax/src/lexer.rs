//! The tokens of Go (Go specification, "Tokens"), for whoever needs less than a tree.

use deferlint_text::ByteRange;

/// A token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its bytes, counted from the first one of the text.
    pub range: ByteRange,
    /// True when a line ends between the token before and this one.
    pub is_after_newline: bool,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// An identifier or a keyword.
    Word,
    /// A number.
    Number,
    /// A string or a rune.
    Text,
    /// An operator or a punctuation mark, the longest one that fits.
    Operator,
    /// A string or a rune without an end, or a byte that begins no token.
    Invalid,
}

impl Token {
    /// The text of the token in the text it is from.
    pub fn text<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.range.start() as usize..self.range.end() as usize)
            .unwrap_or_default()
    }
}

impl Token {
    /// Appends the token to a text in a way that keeps it apart from the token before, and on another line where it was.
    pub(crate) fn write(&self, text: &str, into: &mut String) {
        into.push(if self.is_after_newline { '\n' } else { ' ' });
        into.push_str(self.text(text));
    }
}

/// Reads the tokens of a text of at most 4 GiB, one after the other. Comments count as the white space that they are.
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    /// The tokens of the text.
    pub fn new(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            at: 0,
        }
    }

    /// Skips white space and comments. True when a line ends there.
    fn skip_space(&mut self) -> bool {
        let mut is_after_newline = false;
        loop {
            match self.text.get(self.at) {
                Some(b'\n') => {
                    is_after_newline = true;
                    self.at += 1;
                }
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'/') if self.text.get(self.at + 1) == Some(&b'/') => {
                    self.at = self.position_of(self.at, b'\n').unwrap_or(self.text.len());
                }
                Some(b'/') if self.text.get(self.at + 1) == Some(&b'*') => {
                    is_after_newline |= self.skip_general_comment();
                }
                _ => return is_after_newline,
            }
        }
    }

    /// Skips a comment between `/*` and `*/`. True when a line ends in it.
    fn skip_general_comment(&mut self) -> bool {
        let start = self.at;
        self.at += 2;
        while let Some(star) = self.position_of(self.at, b'*') {
            self.at = star + 1;
            if self.text.get(self.at) == Some(&b'/') {
                self.at += 1;
                return self.text[start..self.at].contains(&b'\n');
            }
        }
        self.at = self.text.len();
        true
    }

    fn position_of(&self, from: usize, byte: u8) -> Option<usize> {
        let rest = self.text.get(from..)?;
        Some(from + memchr::memchr(byte, rest)?)
    }

    /// Moves behind the token that starts here, and says what it is.
    fn scan(&mut self) -> Option<TokenKind> {
        let first = *self.text.get(self.at)?;
        let kind = match first {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => {
                self.skip_while(is_word);
                TokenKind::Word
            }
            b'0'..=b'9' => self.number(),
            b'.' if self.text.get(self.at + 1).is_some_and(u8::is_ascii_digit) => self.number(),
            b'"' | b'\'' => self.interpreted(first),
            b'`' => self.raw(),
            _ => match operator_length(&self.text[self.at..]) {
                0 => {
                    self.at += 1;
                    TokenKind::Invalid
                }
                length => {
                    self.at += length;
                    TokenKind::Operator
                }
            },
        };
        Some(kind)
    }

    fn skip_while(&mut self, is_part: impl Fn(u8) -> bool) {
        let rest = &self.text[self.at..];
        self.at += rest.iter().position(|byte| !is_part(*byte)).unwrap_or(rest.len());
    }

    /// A number, also one that Go wouldn't take. A sign belongs to it behind an exponent.
    fn number(&mut self) -> TokenKind {
        let is_hexadecimal =
            self.text[self.at] == b'0' && matches!(self.text.get(self.at + 1), Some(b'x' | b'X'));
        loop {
            self.skip_while(|byte| byte == b'.' || is_word(byte));
            let is_exponent = match self.text[self.at - 1] {
                b'e' | b'E' => !is_hexadecimal,
                b'p' | b'P' => is_hexadecimal,
                _ => false,
            };
            if !is_exponent || !matches!(self.text.get(self.at), Some(b'+' | b'-')) {
                return TokenKind::Number;
            }
            self.at += 1;
        }
    }

    /// A string or rune that ends on its line.
    fn interpreted(&mut self, quote: u8) -> TokenKind {
        self.at += 1;
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b'\n' => return TokenKind::Invalid,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
            if *byte == quote {
                return TokenKind::Text;
            }
        }
        self.at = self.text.len();
        TokenKind::Invalid
    }

    fn raw(&mut self) -> TokenKind {
        match self.position_of(self.at + 1, b'`') {
            Some(end) => {
                self.at = end + 1;
                TokenKind::Text
            }
            None => {
                self.at = self.text.len();
                TokenKind::Invalid
            }
        }
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let is_after_newline = self.skip_space();
        let start = self.at;
        let kind = self.scan()?;
        Some(Token {
            kind,
            range: ByteRange::new(start as u32, self.at as u32),
            is_after_newline,
        })
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The length of the operator that a text begins with; 0 when there is none.
fn operator_length(text: &[u8]) -> usize {
    let at = |index: usize| text.get(index).copied().unwrap_or_default();
    match (at(0), at(1), at(2)) {
        (b'<', b'<', b'=') | (b'>', b'>', b'=') | (b'&', b'^', b'=') | (b'.', b'.', b'.') => 3,
        (b'<', b'<' | b'-' | b'=', _)
        | (b'>', b'>' | b'=', _)
        | (b'&', b'^' | b'&' | b'=', _)
        | (b'|', b'|' | b'=', _)
        | (b'+', b'+' | b'=', _)
        | (b'-', b'-' | b'=', _)
        | (b'*' | b'/' | b'%' | b'^' | b'=' | b'!' | b':', b'=', _) => 2,
        (
            b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'<' | b'>' | b'=' | b'!' | b'(' | b')'
            | b'[' | b']' | b'{' | b'}' | b',' | b';' | b'.' | b':' | b'~',
            ..,
        ) => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<&str> {
        Lexer::new(text).map(|token| token.text(text)).collect()
    }

    fn kinds(text: &str) -> Vec<TokenKind> {
        Lexer::new(text).map(|token| token.kind).collect()
    }

    #[test]
    fn the_longest_operator_counts() {
        assert_eq!(
            tokens("a<<=b&^c&^=d<-e++ :=f...;x!=y"),
            [
                "a", "<<=", "b", "&^", "c", "&^=", "d", "<-", "e", "++", ":=", "f", "...", ";", "x", "!=",
                "y"
            ]
        );
    }

    #[test]
    fn strings_and_runes_hide_what_is_in_them() {
        assert_eq!(
            tokens(r#"f("a \" {", '\'', '{', `"{`)"#),
            [
                "f",
                "(",
                r#""a \" {""#,
                ",",
                r"'\''",
                ",",
                "'{'",
                ",",
                "`\"{`",
                ")"
            ]
        );
    }

    #[test]
    fn numbers_keep_their_signs_and_points() {
        assert_eq!(
            tokens("1e+3-.5+0x1p-2-0xe+1"),
            ["1e+3", "-", ".5", "+", "0x1p-2", "-", "0xe", "+", "1"]
        );
    }

    #[test]
    fn comments_are_white_space_and_may_end_a_line() {
        let text = "a // {\nb /* { */ c /* \n */ d";
        assert_eq!(tokens(text), ["a", "b", "c", "d"]);
        let newlines: Vec<_> = Lexer::new(text).map(|token| token.is_after_newline).collect();
        assert_eq!(newlines, [false, true, false, true]);
    }

    #[test]
    fn what_has_no_end_is_invalid() {
        assert_eq!(kinds("`a"), [TokenKind::Invalid]);
        assert_eq!(kinds("\"a\nb"), [TokenKind::Invalid, TokenKind::Word]);
        assert_eq!(kinds("'\\"), [TokenKind::Invalid]);
        assert_eq!(kinds("#"), [TokenKind::Invalid]);
        assert_eq!(kinds("a /* b"), [TokenKind::Word]);
    }

    #[test]
    fn letters_of_every_script_are_words() {
        assert_eq!(tokens("größe := 世界"), ["größe", ":=", "世界"]);
    }
}
