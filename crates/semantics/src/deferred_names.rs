//! The names of what a declaration defers, from its tokens alone.

use deferlint_syntax::{Token, TokenKind};

use crate::Name;

/// The names of the functions and methods that `defer` statements among the tokens call. `defer (f)()` yields every word
/// in the parentheses.
pub fn deferred_names(text: &str, tokens: &[Token]) -> Vec<Name> {
    let mut names = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if token.kind == TokenKind::Word && token.text(text) == "defer" {
            add_callee(text, &tokens[index + 1..], &mut names);
        }
    }
    names
}

/// Adds the name before the last parenthesis of the call that the tokens begin with.
fn add_callee(text: &str, tokens: &[Token], names: &mut Vec<Name>) {
    let mut depth = 0_u32;
    let mut callee = None;
    let mut last: Option<&Token> = None;
    for token in tokens {
        let written = token.text(text);
        let ends = last.is_some_and(|last| token.is_after_newline && last.text(text) == ")");
        if depth == 0 && (ends || written == ";") {
            break;
        }
        match written {
            "(" | "[" | "{" => {
                if depth == 0 && written == "(" {
                    callee = last.filter(|last| last.kind == TokenKind::Word && last.text(text) != "func");
                }
                depth += 1;
            }
            ")" | "]" | "}" if depth == 0 => break,
            ")" | "]" | "}" => depth -= 1,
            _ if token.kind == TokenKind::Word && depth > 0 && tokens[0].text(text) == "(" => {
                names.push(Name::new(written));
            }
            _ => {}
        }
        last = Some(token);
    }
    names.extend(callee.map(|callee| Name::new(callee.text(text))));
}

#[cfg(test)]
mod tests {
    use deferlint_syntax::Lexer;

    use super::*;

    fn names(text: &str) -> Vec<Name> {
        let tokens: Vec<_> = Lexer::new(text).collect();
        deferred_names(text, &tokens)
    }

    #[test]
    fn the_name_before_the_last_parenthesis_is_deferred() {
        assert_eq!(names("defer f()\ng()"), ["f"]);
        assert_eq!(names("{ defer mu.Unlock() }"), ["Unlock"]);
        assert_eq!(names("defer x.(T).Close(a,\nb(c)); g()"), ["Close"]);
        assert_eq!(names("defer a.Lock().Unlock()"), ["Unlock"]);
        assert_eq!(names("defer a.\n\tb(func() { c() })\nd()"), ["b"]);
    }

    #[test]
    fn what_has_no_name_defers_none() {
        assert!(names("defer f()()").is_empty());
        assert!(names("defer f[int](x)").is_empty());
        assert!(names("defer func(x int) {\n\tg()\n}(f(1))").is_empty());
        assert_eq!(names("defer func() { defer f() }()"), ["f"]);
    }

    #[test]
    fn every_word_in_parentheses_may_be_deferred() {
        assert_eq!(names("defer (f)()"), ["f"]);
        assert_eq!(names("defer (a.f)(x)"), ["a", "f", "x"]);
    }
}
