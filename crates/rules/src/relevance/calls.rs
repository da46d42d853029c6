//! Which calls of a declaration may be statements, by its tokens alone: `recover-helper-not-deferred` starts from them.

use deferlint_syntax::TokenKind;

use super::DeclarationTokens;

/// A name in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalledName<'a> {
    /// The name.
    pub name: &'a str,
    /// True when it is selected from something, as in `x.f()`.
    pub is_selected: bool,
}

impl<'a> DeclarationTokens<'a> {
    /// The calls by a name that may be statements: a rule may find something because one of them calls a helper for
    /// recovery.
    pub fn called(self) -> Vec<CalledName<'a>> {
        let mut called = Vec::new();
        // The name before each open bracket, and the one before the last that was closed.
        let mut open = Vec::new();
        let mut closed = None;
        for (index, token) in self.tokens.iter().enumerate() {
            if token.kind != TokenKind::Operator {
                continue;
            }
            match self.at(index) {
                "(" | "[" => open.push(self.name_before(index, closed)),
                "]" => closed = open.pop().flatten(),
                ")" => {
                    closed = open.pop().flatten().or_else(|| self.name_before(index, closed));
                    if self.ends_statement(index + 1) {
                        called.extend(closed.map(|name| self.called_name(name)));
                    }
                }
                _ => {}
            }
        }
        called
    }

    /// The name of the function or method whose call ends with the parenthesis before an index opens, by the token there:
    /// the name itself, or what closes behind it, as type arguments do.
    fn name_before(self, index: usize, closed: Option<usize>) -> Option<usize> {
        let before = index.checked_sub(1)?;
        match self.at(before) {
            ")" | "]" => closed,
            _ => self.is_word(before).then_some(before),
        }
    }

    fn called_name(self, name: usize) -> CalledName<'a> {
        CalledName {
            name: self.at(name),
            is_selected: name > 0 && self.at(name - 1) == ".",
        }
    }

    /// True when a statement may end before the token at an index: also that before the block of an `if` or a `for`.
    fn ends_statement(self, index: usize) -> bool {
        matches!(self.at(index), "" | ";" | "}" | "{") || self.is_after_newline(index)
    }
}

#[cfg(test)]
mod tests {
    use deferlint_syntax::Lexer;

    use super::*;

    /// The names in the calls that may be statements; with a dot before what is selected.
    fn called(body: &str) -> Vec<String> {
        let text = &format!("func f(a int) {{\n\t{body}\n}}\n");
        let tokens = &Lexer::new(text).collect::<Vec<_>>();
        let called = DeclarationTokens { text, tokens }.called().into_iter();
        let names = called.map(|call| format!("{}{}", if call.is_selected { "." } else { "" }, call.name));
        // Functions end before their blocks, too.
        names.filter(|name| name != "f" && name != "func").collect()
    }

    #[test]
    fn what_is_called_is_known_by_its_name() {
        assert_eq!(called("handle()"), ["handle"]);
        assert_eq!(called("p.handle(x, g(1)); h(); ()"), [".handle", "h"]);
        assert_eq!(called("if true { handle[int](x) }"), ["handle"]);
        assert_eq!(called("(handle(x))\n(handle)(x)"), ["handle", "handle"]);
        assert_eq!(
            called("if handle(); true {}\nfor ;; handle() {}"),
            ["handle", "handle"]
        );
        assert_eq!(
            called("case 1: x[a(1)].handle(func() {\n\tg() })"),
            ["g", ".handle"]
        );
    }

    #[test]
    fn what_is_no_statement_is_not_called() {
        for body in [
            "x := handle",
            "x = handle() + 1",
            "go(handle(), 1)",
            "x[handle()] = 1",
            "x(y, handle(), 1)(z)",
            "if handle() == 1 {}",
            "handle(1).x()",
        ] {
            assert!(
                !called(body).iter().any(|name| name.ends_with("handle")),
                "{body}"
            );
        }
    }
}
