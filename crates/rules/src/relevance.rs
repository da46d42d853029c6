//! Which declarations the rules can find anything in, by their tokens alone. Most have neither a `defer` nor anything else
//! that a rule starts from: they needn't be parsed.

mod calls;
mod element_writes;

use deferlint_syntax::{Token, TokenKind};

pub use self::calls::CalledName;
use self::element_writes::ElementWrites;

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
    /// recovers, panics with what may be nil, writes an element of what may be a nil map, or has a pointer to a map.
    pub fn start_a_rule(self) -> bool {
        let mut writes = None;
        (0..self.tokens.len()).any(|index| match self.tokens[index].kind {
            TokenKind::Word => self.word_starts_a_rule(index),
            TokenKind::Operator => match self.at(index) {
                "]" => {
                    self.ends_assigned_element(index)
                        && writes
                            .get_or_insert_with(|| ElementWrites::new(self))
                            .may_be_of_nil(index)
                }
                "*" => self.at(index + 1) == "map",
                _ => false,
            },
            _ => false,
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
        let operator = self.assignment(self.behind_parentheses(bracket));
        operator.is_some_and(|operator| self.at(operator) != ":=")
    }

    /// The operator of the assignment or definition in which something is assigned, by the token behind it: the operator
    /// itself, or a comma. An index past the tokens when it would be too far behind.
    fn assignment(self, behind: usize) -> Option<usize> {
        let is_operator = |index: usize| self.at(index) == ":=" || assigns(self.at(index));
        if self.at(behind) != "," {
            return is_operator(behind).then_some(behind);
        }
        let mut depth = 0_u32;
        for index in behind + 1..behind + MAX_TARGETS {
            match self.at(index) {
                "(" | "[" => depth += 1,
                ")" | "]" if depth == 0 => return None,
                ")" | "]" => depth -= 1,
                "" | "{" | "}" | ";" | ":" => return None,
                _ if depth == 0 && is_operator(index) => return Some(index),
                _ => {}
            }
        }
        Some(self.tokens.len())
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
        starts_a_rule_in(&in_function(body).0)
    }

    fn starts_a_rule_in(text: &str) -> bool {
        let tokens: Vec<_> = Lexer::new(text).collect();
        let tokens = &tokens;
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
    fn an_element_of_what_may_be_a_nil_map_counts() {
        for write in [
            "m[k] = v",
            "m[f(a, b)[0]] += v",
            "(m[k])++",
            "m[k], ok = f()",
            "ok, m[k] = f()",
            "for m[k] = range c {",
            "m[k], s[f(1, 2)], t = g()",
        ] {
            assert!(
                starts_a_rule(&format!("var m map[string]int; {write}")),
                "{write}"
            );
            assert!(!starts_a_rule(&format!("m := f(); {write}")), "{write}");
        }
    }

    #[test]
    fn a_map_may_be_nil_because_of_how_it_is_declared_assigned_or_compared() {
        for before in [
            "var m M",
            "var m, n M",
            "var n, m M",
            "var ( n N; m M )",
            "m = nil",
            "(m) = (nil)",
            "m, n := nil, 1",
            "n, m = f(), g()",
            "n, m = f() +\n1, nil",
            "if m == nil {}",
            "if (nil) != m {}",
            "func() (n N, m M) {}()",
        ] {
            assert!(starts_a_rule(&format!("{before}; m[k] = v")), "{before}");
        }
        assert!(starts_a_rule_in("func f() (m M) { m[k] = v }"));
        assert!(starts_a_rule_in("func (r R) f(n N) (_ int, m, o M) { m[k] = v }"));
        for before in [
            "m := make(M)",
            "m := M{}",
            "m, n := f()",
            "n, m = f(1,\n2)\ng(3, 4)",
            "for _, m := range s {}",
            "var m [4]int",
            "x.m = nil",
            "if x := f(m, nil); x == nil {}",
            "x = T{m: nil}",
            "switch m := x.(type) {}",
            "m += 1",
        ] {
            assert!(!starts_a_rule(&format!("{before}; m[k] = v")), "{before}");
        }
        assert!(!starts_a_rule_in("func (r R) f(m M) (n N) { m[k] = v }"));
        assert!(!starts_a_rule_in("func f[K C](a, m M) { m[k] = v }"));
    }

    #[test]
    fn what_a_path_leads_to_may_be_nil_because_of_what_it_starts_from() {
        for write in ["x.m[k] = v", "x[i][j]++", "x.a[i].m[k] = v"] {
            for before in [
                "var x T",
                "var x [2]M",
                "var x, y [2][3]M",
                "x := T{}",
                "x := &p.T{a: 1}",
                "x = (T[int]{})",
                "x := new(T)",
                "x := make(map[string]M)",
                "y, x := 1, T{}",
            ] {
                assert!(starts_a_rule(&format!("{before}; {write}")), "{before}; {write}");
            }
            for before in [
                "x := f(T{})",
                "x, y := p.f()",
                "x.m = nil",
                "if x == nil {}",
                "x := y[1]",
            ] {
                assert!(!starts_a_rule(&format!("{before}; {write}")), "{before}; {write}");
            }
        }
        for write in ["f(x).m[k] = v", "x.f().m[k] = v", "f[int]()[k] = v"] {
            assert!(!starts_a_rule(&format!("var x T; {write}")), "{write}");
        }
        for write in ["(*x)[k] = v", "(x).m[k] = v", "T{}.m[k] = v"] {
            assert!(starts_a_rule(write), "{write}");
        }
    }
}
