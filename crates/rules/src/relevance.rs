//! Which declarations the rules can find anything in, by their tokens alone. Most have neither a `defer` nor anything else
//! that a rule starts from: they needn't be parsed.

use deferlint_syntax::{Token, TokenKind};

/// The words that rules start from wherever they stand.
const WORDS: [&str; 3] = ["defer", "go", "recover"];

/// The method of a group of goroutines that starts one.
const STARTER: &str = "Go";

/// How many tokens behind a comma are looked at for the `=` of an assignment.
const MAX_TARGETS: usize = 64;

/// The tokens of one declaration, and the text that they are from.
#[derive(Clone, Copy, Debug)]
pub struct DeclarationTokens<'a> {
    /// The text of the file.
    pub text: &'a str,
    /// The tokens, from the keyword on.
    pub tokens: &'a [Token],
}

impl<'a> DeclarationTokens<'a> {
    /// True when a rule may find something in the declaration, whatever stands in others: it defers, starts a goroutine or
    /// recovers, panics with what may be nil, writes an element, or has a pointer to a map.
    pub fn start_a_rule(self) -> bool {
        (0..self.tokens.len()).any(|index| match self.tokens[index].kind {
            TokenKind::Word => self.word_starts_a_rule(index),
            TokenKind::Operator => match self.at(index) {
                "]" => self.ends_assigned_element(index),
                "*" => self.at(index + 1) == "map",
                _ => false,
            },
            _ => false,
        })
    }

    /// True when it calls something that goes by a name of a helper for recovery.
    pub fn call(self, is_helper: &dyn Fn(&str) -> bool) -> bool {
        let is_word = |token: &Token| token.kind == TokenKind::Word;
        let mut tokens = self.tokens.iter().enumerate();
        tokens.any(|(index, token)| {
            is_word(token) && matches!(self.at(index + 1), "(" | "[") && is_helper(self.at(index))
        })
    }

    /// The text of the token at an index; empty past the end.
    fn at(self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| token.text(self.text))
    }

    fn word_starts_a_rule(self, index: usize) -> bool {
        match self.at(index) {
            STARTER => self.at(index + 1) == "(",
            "panic" => self.panics_with_a_name(index + 1),
            word => WORDS.contains(&word),
        }
    }

    /// True for `(nil)`, `(name)`, and whatever else in parentheses.
    fn panics_with_a_name(self, open: usize) -> bool {
        let is_name = self
            .tokens
            .get(open + 1)
            .is_some_and(|token| token.kind == TokenKind::Word);
        let is_alone = is_name && matches!(self.at(open + 2), ")" | ",");
        self.at(open) == "(" && (is_alone || self.at(open + 1) == "(")
    }

    /// True when the bracket may close the index of an element that is assigned: `m[k] = v`, `(m[k])++`, `m[k], ok = f()`.
    fn ends_assigned_element(self, bracket: usize) -> bool {
        let mut next = bracket + 1;
        while self.at(next) == ")" {
            next += 1;
        }
        match self.at(next) {
            "," => self.is_in_assigned_list(next),
            operator => assigns(operator),
        }
    }

    /// True when the comma may stand on the left of an assignment.
    fn is_in_assigned_list(self, comma: usize) -> bool {
        let mut depth = 0_u32;
        for index in comma + 1..comma + MAX_TARGETS {
            match self.at(index) {
                "(" | "[" => depth += 1,
                ")" | "]" if depth == 0 => return false,
                ")" | "]" => depth -= 1,
                "" | "{" | "}" | ";" | ":" | ":=" => return false,
                operator if depth == 0 && assigns(operator) => return true,
                _ => {}
            }
        }
        true
    }
}

/// True for `=`, `+=` and the like, `++` and `--`.
fn assigns(operator: &str) -> bool {
    match operator {
        "==" | "!=" | "<=" | ">=" | ":=" => false,
        "++" | "--" => true,
        _ => operator.ends_with('='),
    }
}

#[cfg(test)]
mod tests {
    use deferlint_syntax::Lexer;

    use super::*;

    fn in_function(body: &str) -> (String, Vec<Token>) {
        let text = format!("func f(a int) {{\n\t{body}\n}}\n");
        let tokens = Lexer::new(&text).collect();
        (text, tokens)
    }

    fn starts_a_rule(body: &str) -> bool {
        let (text, tokens) = &in_function(body);
        DeclarationTokens { text, tokens }.start_a_rule()
    }

    #[test]
    fn rules_start_from_what_they_speak_about() {
        for body in [
            "defer mu.Unlock()",
            "go f()",
            "group.Go(f)",
            "x := recover()",
            "panic(nil)",
            "panic((nil))",
            "panic(err)",
            "m[k] = v",
            "m[f(a, b)[0]] += v",
            "(m[k])++",
            "m[k], ok = f()",
            "ok, m[k] = f()",
            "for m[k] = range c {",
            "m[k], s[f(1, 2)], t = g()",
            "var x func(*map[string]int)",
        ] {
            assert!(starts_a_rule(body), "{body}");
        }
    }

    #[test]
    fn rules_start_from_nothing_else() {
        for body in [
            "x := m[k]",
            "if m[k] == v { return m[k] }",
            "f(m[k], v)",
            "x = []int{m[k], 1}",
            "panic(\"no\")",
            "panic(fmt.Sprint(x))",
            "x.Gopher()",
            "s := \"defer recover()\" // defer f()",
            "switch m[k], x := m[k], 1; x { case m[k], 2: }",
        ] {
            assert!(!starts_a_rule(body), "{body}");
        }
    }

    #[test]
    fn a_call_of_a_helper_counts() {
        let calls = |body: &str| {
            let (text, tokens) = &in_function(body);
            DeclarationTokens { text, tokens }.call(&|name| name == "handle")
        };
        assert!(calls("handle()"));
        assert!(calls("p.handle(x)"));
        assert!(calls("handle[int](x)"));
        assert!(!calls("x := handle"));
        assert!(!calls("handler()"));
    }
}
