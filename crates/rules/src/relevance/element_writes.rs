//! Which assigned elements may be those of a nil map, by the tokens of a declaration alone.
//!
//! `nil-map-write` starts from what a variable holds: nothing, because it is declared without a value; nil, because it is
//! assigned or compared with it; or something in which the map on the way is missing. Where no token of the declaration
//! says so of the variable, there is nothing to find.

use deferlint_syntax::TokenKind;
use rustc_hash::FxHashMap;

use super::{DeclarationTokens, assigns};

/// How many variables are looked for in one declaration: each costs a pass over its tokens.
const MAX_VARIABLES: usize = 32;

/// What is written to: an element of the variable itself, or of something reached from it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Root<'a> {
    name: &'a str,
    is_map_itself: bool,
}

/// The operand of an index.
enum Operand<'a> {
    /// A variable, or what is reached from it by fields and elements.
    Variable(Root<'a>),
    /// The result of a call, or a part of it.
    Result,
    /// Something else.
    Other,
}

/// The assigned elements of one declaration.
pub(super) struct ElementWrites<'a> {
    tokens: DeclarationTokens<'a>,
    /// The end of the function's parameters: they have a value from the start.
    parameters_end: usize,
    /// True when variables are declared in parentheses.
    has_group: bool,
    /// Whether there may be a nil map.
    known: FxHashMap<Root<'a>, bool>,
}

impl<'a> ElementWrites<'a> {
    pub(super) fn new(tokens: DeclarationTokens<'a>) -> Self {
        let mut indices = 0..tokens.tokens.len();
        Self {
            tokens,
            parameters_end: parameters_end(tokens).unwrap_or(0),
            has_group: indices.any(|index| tokens.at(index) == "var" && tokens.at(index + 1) == "("),
            known: FxHashMap::default(),
        }
    }

    /// True when the element whose index a bracket closes may be one of a nil map.
    pub(super) fn may_be_of_nil(&mut self, bracket: usize) -> bool {
        let root = match self.operand(bracket).unwrap_or(Operand::Other) {
            Operand::Variable(root) => root,
            Operand::Result => return false,
            Operand::Other => return true,
        };
        if let Some(known) = self.known.get(&root) {
            return *known;
        }
        let mut uses = self.parameters_end..self.tokens.tokens.len();
        let may_be_nil = self.has_group
            || self.known.len() == MAX_VARIABLES
            || uses.any(|index| self.is_use(index, root.name) && self.may_be_nil_by(root, index));
        self.known.insert(root, may_be_nil);
        may_be_nil
    }

    /// What an index is taken of.
    fn operand(&self, bracket: usize) -> Option<Operand<'a>> {
        let tokens = self.tokens;
        let mut end = tokens.opening(bracket)?.checked_sub(1)?;
        let mut is_map_itself = true;
        loop {
            match tokens.at(end) {
                "]" => end = tokens.opening(end)?.checked_sub(1)?,
                ")" => {
                    let before = tokens.opening(end)?.checked_sub(1)?;
                    let is_call = tokens.is_word(before) || tokens.at(before) == "]";
                    return is_call.then_some(Operand::Result);
                }
                name if tokens.is_word(end) => {
                    let dot = end.checked_sub(1)?;
                    if tokens.at(dot) != "." {
                        return Some(Operand::Variable(Root { name, is_map_itself }));
                    }
                    end = dot.checked_sub(1)?;
                }
                _ => return None,
            }
            is_map_itself = false;
        }
    }

    fn is_use(&self, index: usize, name: &str) -> bool {
        let is_selected = index > 0 && self.tokens.at(index - 1) == ".";
        self.tokens.at(index) == name && !is_selected
    }

    /// True when a use of the variable says that there may be a nil map.
    fn may_be_nil_by(&self, root: Root<'_>, index: usize) -> bool {
        self.declares(root, index)
            || root.is_map_itself && self.is_compared_with_nil(index)
            || self.assigns_nil(root, index)
    }

    /// True when a type stands behind the names that the use is one of.
    fn declares(&self, root: Root<'_>, index: usize) -> bool {
        let tokens = self.tokens;
        let mut last = index;
        while tokens.at(last + 1) == "," && tokens.is_word(last + 2) {
            last += 2;
        }
        let mut next = last + 1;
        // An array of maps is no map.
        while !root.is_map_itself && tokens.at(next) == "[" {
            match tokens.closing(next) {
                Some(close) => next = close + 1,
                None => return true,
            }
        }
        tokens.at(next) == "(" || tokens.is_word(next) && !tokens.is_after_newline(next)
    }

    fn is_compared_with_nil(&self, index: usize) -> bool {
        let tokens = self.tokens;
        let compares = |operator: usize| matches!(tokens.at(operator), "==" | "!=");
        let behind = tokens.behind_parentheses(index);
        let is_nil_behind = compares(behind) && tokens.at(tokens.in_parentheses(behind + 1)) == "nil";
        let mut before = (0..index)
            .rev()
            .filter(|index| !matches!(tokens.at(*index), "(" | ")"));
        let is_nil_before =
            before.next().is_some_and(compares) && before.next().is_some_and(|nil| tokens.at(nil) == "nil");
        is_nil_behind || is_nil_before
    }

    /// True when the variable is assigned nil, or something in which a nil map may lie; also when there are several
    /// values.
    fn assigns_nil(&self, root: Root<'_>, index: usize) -> bool {
        let tokens = self.tokens;
        let Some(operator) = tokens.assignment(tokens.behind_parentheses(index)) else {
            return false;
        };
        let value = tokens.in_parentheses(operator + 1);
        let is_nil_value = match tokens.at(value) {
            "nil" => true,
            _ if root.is_map_itself => false,
            "&" | "new" | "make" | "map" | "[" | "struct" => true,
            _ => tokens.is_composite(value),
        };
        match tokens.at(operator) {
            "=" | ":=" => is_nil_value || tokens.is_list(operator + 1),
            // Another operator leaves nothing nil; too far behind the use nobody looks for it.
            text => !assigns(text),
        }
    }
}

/// The end of the parameters of a function.
fn parameters_end(tokens: DeclarationTokens<'_>) -> Option<usize> {
    if tokens.at(0) != "func" {
        return None;
    }
    let name = match tokens.at(1) {
        "(" => tokens.closing(1)? + 1,
        _ => 1,
    };
    let parameters = match tokens.at(name + 1) {
        "[" => tokens.closing(name + 1)? + 1,
        _ => name + 1,
    };
    tokens.closing(parameters)
}

impl DeclarationTokens<'_> {
    pub(super) fn is_word(self, index: usize) -> bool {
        self.tokens
            .get(index)
            .is_some_and(|token| token.kind == TokenKind::Word)
    }

    /// True when a line ends before the token at an index.
    pub(super) fn is_after_newline(self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| token.is_after_newline)
    }

    /// The bracket that opens what another one closes.
    fn opening(self, close: usize) -> Option<usize> {
        let mut depth = 0_u32;
        (0..=close).rev().find(|index| {
            match self.at(*index) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        })
    }

    /// The bracket that closes what another one opens.
    fn closing(self, open: usize) -> Option<usize> {
        let mut depth = 0_u32;
        (open..self.tokens.len()).find(|index| {
            match self.at(*index) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        })
    }

    /// The token behind one and the parentheses that close there.
    pub(super) fn behind_parentheses(self, index: usize) -> usize {
        let mut behind = index + 1;
        while self.at(behind) == ")" {
            behind += 1;
        }
        behind
    }

    /// The first token of an expression that may stand in parentheses.
    fn in_parentheses(self, index: usize) -> usize {
        let mut first = index;
        while self.at(first) == "(" {
            first += 1;
        }
        first
    }

    /// True for `T{`, `p.T{` and `T[A]{`.
    fn is_composite(self, type_: usize) -> bool {
        let mut next = type_;
        while self.is_word(next) && self.at(next + 1) == "." {
            next += 2;
        }
        if !self.is_word(next) {
            return false;
        }
        next += 1;
        if self.at(next) == "["
            && let Some(close) = self.closing(next)
        {
            next = close + 1;
        }
        self.at(next) == "{"
    }

    /// True when several expressions begin at a token, with commas between them.
    fn is_list(self, first: usize) -> bool {
        let mut index = first;
        loop {
            match self.at(index) {
                "," => return true,
                "" | ")" | "]" | "}" | ";" | ":" => return false,
                "(" | "[" | "{" => match self.closing(index) {
                    Some(close) => index = close,
                    None => return true,
                },
                _ => {}
            }
            index += 1;
            let is_operator = self.tokens[index - 1].kind == TokenKind::Operator;
            let goes_on = is_operator && !matches!(self.at(index - 1), ")" | "]" | "}");
            if self.is_after_newline(index) && !goes_on {
                return false;
            }
        }
    }
}
