//! Build constraint expressions: tags with `&&`, `||`, `!` and parentheses (`go help buildconstraint`).

use deferlint_semantics::Name;

/// How deeply an expression may be nested before it is given up.
const MAX_DEPTH: usize = 100;

/// A build constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression {
    /// A tag, true when it is satisfied.
    Tag(Name),
    /// `!x`
    Not(Box<Expression>),
    /// `x && y && ...`
    And(Vec<Expression>),
    /// `x || y || ...`
    Or(Vec<Expression>),
}

impl Expression {
    /// Reads an expression; `None` when it is malformed.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parser = Parser { rest: text };
        let expression = parser.or(0)?;
        parser.rest.trim_start().is_empty().then_some(expression)
    }

    /// True when it holds with the tags that `satisfies` names.
    pub(super) fn is_met(&self, satisfies: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Tag(tag) => satisfies(tag),
            Self::Not(operand) => !operand.is_met(satisfies),
            Self::And(operands) => operands.iter().all(|operand| operand.is_met(satisfies)),
            Self::Or(operands) => operands.iter().any(|operand| operand.is_met(satisfies)),
        }
    }

    /// Calls `visit` for every tag.
    pub(super) fn for_each_tag(&self, visit: &mut dyn FnMut(&Name)) {
        match self {
            Self::Tag(tag) => visit(tag),
            Self::Not(operand) => operand.for_each_tag(visit),
            Self::And(operands) | Self::Or(operands) => {
                for operand in operands {
                    operand.for_each_tag(visit);
                }
            }
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn or(&mut self, depth: usize) -> Option<Expression> {
        let mut operands = vec![self.and(depth)?];
        while self.accept("||") {
            operands.push(self.and(depth)?);
        }
        Some(single_or(operands, Expression::Or))
    }

    fn and(&mut self, depth: usize) -> Option<Expression> {
        let mut operands = vec![self.not(depth)?];
        while self.accept("&&") {
            operands.push(self.not(depth)?);
        }
        Some(single_or(operands, Expression::And))
    }

    fn not(&mut self, depth: usize) -> Option<Expression> {
        if !self.accept("!") {
            return self.atom(depth);
        }
        // Go refuses `!!x`.
        if self.accept("!") {
            return None;
        }
        Some(Expression::Not(Box::new(self.atom(depth)?)))
    }

    fn atom(&mut self, depth: usize) -> Option<Expression> {
        if self.accept("(") {
            if depth == MAX_DEPTH {
                return None;
            }
            let inner = self.or(depth + 1)?;
            return self.accept(")").then_some(inner);
        }
        let is_part = |character: char| character.is_alphanumeric() || character == '_' || character == '.';
        let end = self
            .rest
            .find(|character| !is_part(character))
            .unwrap_or(self.rest.len());
        let (tag, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!tag.is_empty()).then(|| Expression::Tag(tag.into()))
    }

    fn accept(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

fn single_or(mut operands: Vec<Expression>, many: fn(Vec<Expression>) -> Expression) -> Expression {
    if operands.len() == 1 {
        operands.remove(0)
    } else {
        many(operands)
    }
}
