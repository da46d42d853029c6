//! The top-level declarations of a file, found by its tokens alone.

use std::ops::Range;

use deferlint_text::ByteRange;

use crate::{Token, TokenKind};

/// Where the declarations of a file stand, and the blocks in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// The start of the package clause: only comments stand above it.
    pub package_start: u32,
    /// The end of the last import, or of the package clause: the head of the file ends there.
    pub head_end: u32,
    /// The declarations other than imports, in the order of the text.
    pub declarations: Vec<OutlinedDeclaration>,
}

/// A declaration of an [`Outline`]. All ranges count from the first byte of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlinedDeclaration {
    /// From its keyword to its last token.
    pub range: ByteRange,
    /// Its tokens among those of the file.
    pub tokens: Range<usize>,
    /// True for functions and methods.
    pub is_function: bool,
    /// What stands between the outermost braces that belong to no type: the bodies of functions and the elements of
    /// composite literals, in the order of the text. What the declaration says to the outside doesn't depend on them.
    pub blocks: Vec<ByteRange>,
}

impl OutlinedDeclaration {
    /// True for a function or method with a body.
    pub fn has_body(&self) -> bool {
        self.is_function && !self.blocks.is_empty()
    }

    /// Appends the tokens of the declaration to a text, without those in its blocks. `tokens` are those of the file.
    pub fn write_without_blocks(&self, text: &str, tokens: &[Token], into: &mut String) {
        let mut blocks = self.blocks.iter().peekable();
        for token in &tokens[self.tokens.clone()] {
            while blocks
                .next_if(|block| block.end() <= token.range.start())
                .is_some()
            {}
            let is_in_block = blocks
                .peek()
                .is_some_and(|block| block.start() <= token.range.start());
            if !is_in_block {
                token.write(text, into);
            }
        }
    }
}

impl Outline {
    /// The outline of a text with these tokens. `None` when they aren't those of a whole Go file: then only a parser that
    /// recovers from errors can say where its declarations are.
    pub fn of(text: &str, tokens: &[Token]) -> Option<Self> {
        let mut scan = Scan::new(text);
        for (index, token) in tokens.iter().enumerate() {
            scan.token(index, *token)?;
        }
        scan.finish()
    }
}

/// What has been read of a text.
struct Scan<'a> {
    text: &'a str,
    outline: Outline,
    /// What the statement at the top level is that is being read.
    statement: Statement,
    /// The declaration that is being read, up to the token before.
    declaration: Option<OutlinedDeclaration>,
    /// The brackets that are open.
    open: Vec<Bracket>,
    /// The token before, outside of comments.
    last: Option<Token>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Statement {
    Nothing,
    Package,
    Import,
    Declaration,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Parenthesis,
    Square,
    /// The brace of a struct or an interface.
    OfType,
    /// The brace of a block in no other block; the end of the brace.
    Outermost(u32),
    /// The brace of a block in another one.
    Inner,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            outline: Outline {
                package_start: 0,
                head_end: 0,
                declarations: Vec::new(),
            },
            statement: Statement::Nothing,
            declaration: None,
            open: Vec::new(),
            last: None,
        }
    }

    /// Takes the next token; `None` when it can't come here.
    fn token(&mut self, index: usize, token: Token) -> Option<()> {
        let text = token.text(self.text);
        match token.kind {
            TokenKind::Invalid => return None,
            _ if self.open.is_empty() && self.ends_before(token) => {
                self.end_statement();
                if text != ";" {
                    self.begin_statement(index, token, text)?;
                }
            }
            TokenKind::Operator => self.bracket(token, text)?,
            _ => {}
        }
        if let Some(declaration) = &mut self.declaration {
            declaration.range = ByteRange::new(declaration.range.start(), token.range.end());
            declaration.tokens.end = index + 1;
        } else if text != ";" {
            self.outline.head_end = token.range.end();
        }
        self.last = Some(token);
        Some(())
    }

    /// True when the statement ends before a token: there is a semicolon, or Go inserts one (Go specification, "Semicolons").
    fn ends_before(&self, token: Token) -> bool {
        let Some(last) = self.last else { return true };
        let last_text = last.text(self.text);
        let inserts = match last.kind {
            TokenKind::Word | TokenKind::Number | TokenKind::Text => true,
            TokenKind::Operator => matches!(last_text, ")" | "]" | "}" | "++" | "--"),
            TokenKind::Invalid => false,
        };
        last_text == ";" || token.text(self.text) == ";" || token.is_after_newline && inserts
    }

    fn end_statement(&mut self) {
        self.outline.declarations.extend(self.declaration.take());
    }

    fn begin_statement(&mut self, index: usize, token: Token, keyword: &str) -> Option<()> {
        let statement = match keyword {
            "package" if self.statement == Statement::Nothing => Statement::Package,
            "import" if self.statement != Statement::Nothing => Statement::Import,
            "func" | "var" | "const" | "type" if self.statement != Statement::Nothing => {
                Statement::Declaration
            }
            _ => return None,
        };
        if statement < self.statement {
            return None;
        }
        if statement == Statement::Package {
            self.outline.package_start = token.range.start();
        }
        self.statement = statement;
        self.declaration = (statement == Statement::Declaration).then(|| OutlinedDeclaration {
            range: token.range,
            tokens: index..index + 1,
            is_function: keyword == "func",
            blocks: Vec::new(),
        });
        Some(())
    }

    fn bracket(&mut self, token: Token, text: &str) -> Option<()> {
        match text {
            "(" => self.open.push(Bracket::Parenthesis),
            "[" => self.open.push(Bracket::Square),
            "{" => {
                let brace = self.brace(token);
                self.open.push(brace);
            }
            ")" => (self.open.pop()? == Bracket::Parenthesis).then_some(())?,
            "]" => (self.open.pop()? == Bracket::Square).then_some(())?,
            "}" => match self.open.pop()? {
                Bracket::Parenthesis | Bracket::Square => return None,
                Bracket::Outermost(start) => {
                    let block = ByteRange::new(start, token.range.start());
                    self.declaration.as_mut()?.blocks.push(block);
                }
                Bracket::OfType | Bracket::Inner => {}
            },
            _ => {}
        }
        Some(())
    }

    /// What an opening brace is.
    fn brace(&self, token: Token) -> Bracket {
        let is_of_type = self
            .last
            .is_some_and(|last| matches!(last.text(self.text), "struct" | "interface"));
        let is_block = |bracket: &Bracket| matches!(bracket, Bracket::Outermost(_) | Bracket::Inner);
        if is_of_type {
            Bracket::OfType
        } else if self.open.iter().any(is_block) {
            Bracket::Inner
        } else {
            Bracket::Outermost(token.range.end())
        }
    }

    fn finish(mut self) -> Option<Outline> {
        self.end_statement();
        let is_whole = self.open.is_empty() && self.statement != Statement::Nothing;
        is_whole.then_some(self.outline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lexer, Node, Parser, declarations};

    /// The declarations without their blocks.
    fn outlined(text: &str) -> Option<Vec<String>> {
        let tokens: Vec<_> = Lexer::new(text).collect();
        let outline = Outline::of(text, &tokens)?;
        let written = outline.declarations.iter().map(|declaration| {
            let mut written = String::new();
            declaration.write_without_blocks(text, &tokens, &mut written);
            written.trim().to_owned()
        });
        Some(written.collect())
    }

    #[test]
    fn blocks_are_left_out_and_types_stay() {
        let text = "package a\n\nfunc f(x struct{ a int }) interface{ M() } { return func() {}() }\n\
                    type t struct { f func() }\n\
                    var m, n = map[string]struct{ b int }{\"{\": {1}}, g([]int{1}, func() { h() })\n";
        assert_eq!(
            outlined(text).expect("a whole file"),
            [
                "func f ( x struct { a int } ) interface { M ( ) } { }",
                "type t struct { f func ( ) }",
                "var m , n = map [ string ] struct { b int } { } , g ( [ ] int { } , func ( ) { } )",
            ]
        );
    }

    #[test]
    fn declarations_lie_where_the_parser_finds_them() {
        let text = "// Package a.\npackage a; import \"b\"\nimport (\n\t\"c\"\n)\n\n// f is external.\nfunc f()\n\
                    var (\n\tx = 1\n\ty = func() int {\n\t\treturn 2\n\t}\n) /* x */ ; const z =\n\t3\n\
                    type F = func()\n\nfunc (t T[P]) g() { ; }\n// the end";
        let tokens: Vec<_> = Lexer::new(text).collect();
        let outline = Outline::of(text, &tokens).expect("a whole file");
        let tree = Parser::new().parse(text);
        let parsed: Vec<_> = declarations(&tree).map(Node::byte_range).collect();
        let outlined = outline.declarations.iter().map(|declaration| declaration.range);
        assert_eq!(outlined.collect::<Vec<_>>(), parsed[2..]);
        assert_eq!(outline.head_end, parsed[1].end());
        assert_eq!(outline.package_start, "// Package a.\n".len() as u32);
        let bodies = outline.declarations.iter().map(OutlinedDeclaration::has_body);
        assert_eq!(bodies.collect::<Vec<_>>(), [false, false, false, false, true]);
    }

    #[test]
    fn what_is_no_whole_file_has_no_outline() {
        for text in [
            "",
            "func f() {}",
            "package a\nx := 1",
            "package a\nfunc f() {",
            "package a\nfunc f() }",
            "package a\nfunc f() { (] }",
            "package a\nvar s = \"\n",
            "package a\nfunc f() { ` }\n",
            "package a\nfunc f() {}\nimport \"b\"",
            "package a\npackage b",
        ] {
            let tokens: Vec<_> = Lexer::new(text).collect();
            assert_eq!(Outline::of(text, &tokens), None, "{text}");
        }
    }
}
