//! The tokens of one declaration, read one after the other.

use deferlint_syntax::{Token, TokenKind};
use deferlint_text::ByteRange;

use crate::Name;

/// How deeply types and values may nest.
const MAX_DEPTH: u32 = 50;

/// A place among the tokens of a declaration. A semicolon that Go inserts at the end of a line counts as a token.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Token],
    blocks: &'a [ByteRange],
    /// The index of the next token.
    at: usize,
    /// True when a semicolon is to be inserted before the next token.
    is_line_end: bool,
    depth: u32,
}

impl<'a> Reader<'a> {
    /// A reader of a declaration with these blocks in it.
    pub(super) fn new(text: &'a str, tokens: &'a [Token], blocks: &'a [ByteRange]) -> Self {
        Self {
            text,
            tokens,
            blocks,
            at: 0,
            is_line_end: false,
            depth: 0,
        }
    }

    /// The text of the next token; empty at the end.
    pub(super) fn peek(&self) -> &'a str {
        if self.is_line_end {
            ";"
        } else {
            self.text_at(self.at)
        }
    }

    /// The text of the token behind the next one.
    pub(super) fn peek_second(&self) -> &'a str {
        if self.ends_line(self.at) {
            ";"
        } else {
            self.text_at(self.at + 1)
        }
    }

    /// What the next token is.
    pub(super) fn kind(&self) -> Option<TokenKind> {
        if self.is_line_end {
            Some(TokenKind::Operator)
        } else {
            self.tokens.get(self.at).map(|token| token.kind)
        }
    }

    /// Moves behind the next token.
    pub(super) fn advance(&mut self) {
        if self.is_line_end {
            self.is_line_end = false;
        } else {
            self.is_line_end = self.ends_line(self.at);
            self.at += 1;
        }
    }

    /// Moves behind the next token if it is this one.
    pub(super) fn accept(&mut self, text: &str) -> bool {
        let is_next = self.peek() == text;
        if is_next {
            self.advance();
        }
        is_next
    }

    /// Moves behind the next token, which must be this one.
    pub(super) fn expect(&mut self, text: &str) -> Option<()> {
        self.accept(text).then_some(())
    }

    /// Moves behind the end of an element of a list in braces or parentheses: a semicolon, unless the list ends here.
    pub(super) fn end_of_element(&mut self, closing: &str) -> Option<()> {
        (self.peek() == closing || self.accept(";")).then_some(())
    }

    /// Where the next token starts.
    pub(super) fn start(&self) -> Option<u32> {
        self.tokens.get(self.at).map(|token| token.range.start())
    }

    /// Where the token before the next one ends.
    pub(super) fn end(&self) -> u32 {
        let last = self.at.checked_sub(1).and_then(|last| self.tokens.get(last));
        last.map_or(0, |token| token.range.end())
    }

    /// True behind the last token.
    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.tokens.len()
    }

    /// True when the next token is an identifier.
    pub(super) fn is_name(&self) -> bool {
        is_identifier(self.peek())
    }

    /// Reads an identifier.
    pub(super) fn name(&mut self) -> Option<Name> {
        let name = self.is_name().then(|| Name::new(self.peek()))?;
        self.advance();
        Some(name)
    }

    /// Moves behind a block.
    pub(super) fn block(&mut self) -> Option<()> {
        if self.peek() != "{" {
            return None;
        }
        let start = self.tokens[self.at].range.end();
        let block = self
            .blocks
            .binary_search_by_key(&start, |block| block.start())
            .ok()?;
        let end = self.blocks[block].end();
        self.at = self.tokens.partition_point(|token| token.range.start() < end);
        self.expect("}")
    }

    /// Moves behind the parenthesis that closes one which has been read.
    pub(super) fn rest_of_parentheses(&mut self) -> Option<()> {
        let mut depth = 1_u32;
        while depth > 0 {
            if self.is_at_end() {
                return None;
            }
            match self.peek() {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            self.advance();
        }
        Some(())
    }

    /// True when the next token is a name, and what stands behind it can only be its type. Between the two, brackets
    /// belong to the type unless `ends` says that nothing comes behind them.
    pub(super) fn is_name_before_type(&self, ends: impl Fn(&str) -> bool) -> bool {
        if !self.is_name() {
            return false;
        }
        match self.peek_second() {
            "*" | "(" | "<-" | "..." => true,
            "[" => self
                .behind_brackets(self.at + 1)
                .is_some_and(|behind| !ends(behind)),
            next => starts_type(next),
        }
    }

    /// True when the next token, a bracket, opens type parameters; `None` when it may also open the length of an array.
    pub(super) fn opens_type_parameters(&self) -> Option<bool> {
        if !is_identifier(self.peek_second()) {
            return Some(false);
        }
        match self.text_at(self.at + 2) {
            "]" | "." => Some(false),
            "," | "~" => Some(true),
            third => starts_type(third).then_some(true),
        }
    }

    /// The text of the token behind the bracket that closes the one at an index.
    fn behind_brackets(&self, open: usize) -> Option<&'a str> {
        let mut depth = 0_u32;
        for index in open..self.tokens.len() {
            match self.text_at(index) {
                "[" => depth += 1,
                "]" if depth == 1 && self.ends_line(index) => return Some(";"),
                "]" if depth == 1 => return Some(self.text_at(index + 1)),
                "]" => depth -= 1,
                _ => {}
            }
        }
        None
    }

    /// Runs `read` one level deeper; `None` when that is too deep.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth == MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn text_at(&self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| token.text(self.text))
    }

    /// True when Go inserts a semicolon behind the token at an index (Go specification, "Semicolons").
    fn ends_line(&self, index: usize) -> bool {
        let is_last = self
            .tokens
            .get(index + 1)
            .is_some_and(|next| next.is_after_newline);
        is_last
            && self.tokens.get(index).is_some_and(|token| match token.kind {
                TokenKind::Word => !is_keyword(token.text(self.text)),
                TokenKind::Number | TokenKind::Text => true,
                TokenKind::Operator => matches!(token.text(self.text), ")" | "]" | "}" | "++" | "--"),
                TokenKind::Invalid => false,
            })
    }
}

/// True for a word that may name something. Only the parser knows which letters of other scripts may stand in names.
fn is_identifier(token: &str) -> bool {
    let is_word = token.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    is_word && token.is_ascii() && !is_keyword(token)
}

/// True for a name and a keyword with which a type begins, but not for a bracket or an operator.
fn starts_type(token: &str) -> bool {
    matches!(token, "func" | "map" | "chan" | "struct" | "interface") || is_identifier(token)
}

fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "break"
            | "case"
            | "chan"
            | "const"
            | "continue"
            | "default"
            | "defer"
            | "else"
            | "fallthrough"
            | "for"
            | "func"
            | "go"
            | "goto"
            | "if"
            | "import"
            | "interface"
            | "map"
            | "package"
            | "range"
            | "return"
            | "select"
            | "struct"
            | "switch"
            | "type"
            | "var"
    )
}
