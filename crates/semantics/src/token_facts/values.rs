//! Reads variables and constants, with the types that their values have by their form.

use deferlint_syntax::TokenKind;

use super::reader::Reader;
use crate::Name;
use crate::body::{LiteralKind, TypeExpression};
use crate::extract::{common_type, default_type, type_of_literal};
use crate::facts::ValueFacts;

/// The types of the names in a spec.
struct Written {
    /// The type behind the names.
    type_: Option<TypeExpression>,
    /// The types of the values.
    values: Vec<TypeExpression>,
}

impl Reader<'_> {
    /// Reads what `var` or `const` declares, behind the keyword.
    pub(super) fn values(&mut self, is_constant: bool) -> Option<Vec<ValueFacts>> {
        let mut values = Vec::new();
        let mut written = None;
        if !self.accept("(") {
            self.value_spec(is_constant, &mut written, &mut values)?;
            return Some(values);
        }
        while !self.accept(")") {
            self.value_spec(is_constant, &mut written, &mut values)?;
            self.end_of_element(")")?;
        }
        Some(values)
    }

    /// `written` is what the specs before have written last, which one without values repeats (Go specification,
    /// "Constant declarations").
    fn value_spec(
        &mut self,
        is_constant: bool,
        written: &mut Option<Written>,
        values: &mut Vec<ValueFacts>,
    ) -> Option<()> {
        let mut names = vec![self.name()?];
        while self.accept(",") {
            names.push(self.name()?);
        }
        let has_type = !matches!(self.peek(), "=" | ";" | ")" | "");
        let type_ = has_type.then(|| self.type_());
        let mut spec = Written {
            type_: type_.map_or(Some(None), |type_| type_.map(Some))?,
            values: Vec::new(),
        };
        if self.accept("=") {
            spec.values.push(self.value()?);
            while self.accept(",") {
                spec.values.push(self.value()?);
            }
        }
        if !is_constant && spec.type_.is_none() && spec.values.is_empty() {
            return None;
        }
        let repeats = is_constant && spec.values.is_empty() && written.is_some();
        if !repeats {
            *written = Some(spec);
        }
        add(values, &names, written.as_ref()?, is_constant)
    }

    /// Reads a value.
    fn value(&mut self) -> Option<TypeExpression> {
        self.binary(0)
    }

    /// Reads a row of operators that bind tighter than those of a precedence.
    fn binary(&mut self, outer: u8) -> Option<TypeExpression> {
        self.nested(|reader| {
            let mut left = reader.unary()?;
            loop {
                let operator = reader.peek();
                let precedence = precedence(operator);
                if precedence <= outer {
                    return Some(left);
                }
                reader.advance();
                let right = reader.binary(precedence)?;
                left = match operator {
                    "==" | "!=" | "<" | "<=" | ">" | ">=" => TypeExpression::named("untyped bool"),
                    "<<" | ">>" => left,
                    _ => common_type(left, right),
                };
            }
        })
    }

    fn unary(&mut self) -> Option<TypeExpression> {
        self.nested(|reader| match reader.peek() {
            "+" | "-" | "!" | "^" => {
                reader.advance();
                reader.unary()
            }
            "&" => {
                reader.advance();
                Some(match reader.unary()? {
                    TypeExpression::Missing => TypeExpression::Missing,
                    type_ => TypeExpression::Pointer(Box::new(type_)),
                })
            }
            _ => reader.operand(),
        })
    }

    /// Reads an operand; `None` when a selector, an index or a call of what is no function's name stands behind it.
    fn operand(&mut self) -> Option<TypeExpression> {
        let type_ = match self.kind()? {
            TokenKind::Number => self.number()?,
            TokenKind::Text => {
                let is_rune = self.peek().starts_with('\'');
                self.advance();
                type_of_literal(if is_rune {
                    LiteralKind::Rune
                } else {
                    LiteralKind::String
                })
            }
            TokenKind::Word if self.is_name() => self.name_call_or_literal()?,
            _ => match self.peek() {
                "(" => {
                    self.advance();
                    let inner = self.value()?;
                    self.expect(")")?;
                    inner
                }
                "func" => self.function_literal()?,
                "[" | "map" | "struct" => self.literal_or_conversion()?,
                _ => return None,
            },
        };
        (!matches!(self.peek(), "." | "[" | "(" | "{")).then_some(type_)
    }

    /// Reads a number; `None` for a form that isn't plain.
    pub(super) fn number(&mut self) -> Option<TypeExpression> {
        if self.kind()? != TokenKind::Number {
            return None;
        }
        let kind = number_kind(self.peek())?;
        self.advance();
        Some(type_of_literal(kind))
    }

    /// `func() { ... }`, `func() T { ... }(x)`
    fn function_literal(&mut self) -> Option<TypeExpression> {
        self.advance();
        let signature = self.signature()?;
        self.block()?;
        if !self.accept("(") {
            return Some(TypeExpression::Function(Box::new(signature)));
        }
        self.rest_of_parentheses()?;
        Some(signature.results.into_iter().next().unwrap_or_default())
    }

    /// `[]T{ ... }`, `[]T(x)`
    fn literal_or_conversion(&mut self) -> Option<TypeExpression> {
        let type_ = self.type_()?;
        if self.accept("(") {
            self.rest_of_parentheses()?;
        } else {
            self.block()?;
        }
        Some(type_)
    }

    /// `x`, `p.x`, `T{ ... }`, `f(x)`, `make(T)`
    fn name_call_or_literal(&mut self) -> Option<TypeExpression> {
        let name = self.name()?;
        let is_built_in = self.peek() == "(" && matches!(name.as_str(), "make" | "new");
        let named = if self.accept(".") {
            TypeExpression::Qualified {
                package: name.clone(),
                name: self.name()?,
                arguments: Box::default(),
            }
        } else {
            TypeExpression::named(name.clone())
        };
        match self.peek() {
            "{" => {
                self.block()?;
                Some(named)
            }
            "(" => {
                self.advance();
                let type_ = if is_built_in {
                    self.made(&name)?
                } else {
                    TypeExpression::ResultOf {
                        function: Box::new(named),
                        index: 0,
                    }
                };
                self.rest_of_parentheses()?;
                Some(type_)
            }
            _ => Some(TypeExpression::ValueOf(Box::new(named))),
        }
    }

    /// What `make` or `new` makes, from the first argument; `None` for what may be no type.
    fn made(&mut self, function: &Name) -> Option<TypeExpression> {
        let is_plain = self.is_name() || matches!(self.peek(), "[" | "map" | "chan" | "func" | "struct");
        let type_ = is_plain.then(|| self.type_())??;
        matches!(self.peek(), "," | ")").then_some(())?;
        Some(if function == "new" {
            TypeExpression::Pointer(Box::new(type_))
        } else {
            type_
        })
    }
}

/// Adds what a spec declares. `None` when one value is for several names.
fn add(values: &mut Vec<ValueFacts>, names: &[Name], written: &Written, is_constant: bool) -> Option<()> {
    if written.type_.is_none() && written.values.len() == 1 && names.len() > 1 {
        return None;
    }
    for (index, name) in names.iter().enumerate().filter(|(_, name)| *name != "_") {
        let type_ = written.type_.as_ref().or_else(|| written.values.get(index));
        let type_ = type_.cloned().unwrap_or_default();
        values.push(ValueFacts {
            name: name.clone(),
            is_constant,
            type_: if is_constant { type_ } else { default_type(type_) },
        });
    }
    Some(())
}

/// How tightly a binary operator binds (Go specification, "Operator precedence"); 0 for what is none.
fn precedence(operator: &str) -> u8 {
    match operator {
        "||" => 1,
        "&&" => 2,
        "==" | "!=" | "<" | "<=" | ">" | ">=" => 3,
        "+" | "-" | "|" | "^" => 4,
        "*" | "/" | "%" | "<<" | ">>" | "&" | "&^" => 5,
        _ => 0,
    }
}

/// The kind of a decimal number without an exponent, or a hexadecimal integer.
fn number_kind(number: &str) -> Option<LiteralKind> {
    let bytes = number.as_bytes();
    match bytes {
        [b'0', b'x' | b'X', digits @ ..] => {
            let is_plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
            is_plain.then_some(LiteralKind::Int)
        }
        [b'0', digits @ ..] if digits.iter().all(u8::is_ascii_digit) => {
            let is_octal = digits.iter().all(|digit| *digit < b'8');
            is_octal.then_some(LiteralKind::Int)
        }
        _ if bytes.iter().all(u8::is_ascii_digit) => Some(LiteralKind::Int),
        _ => {
            let (whole, fraction) = number.split_once('.')?;
            let mut digits = whole.bytes().chain(fraction.bytes());
            digits
                .all(|digit| digit.is_ascii_digit())
                .then_some(LiteralKind::Float)
        }
    }
}
