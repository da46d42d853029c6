//! Lowered expressions.

use super::{BindingId, ExpressionId, FunctionId, Span, StatementId, TypeExpression};
use crate::Name;

/// One expression.
#[derive(Clone, Debug)]
pub struct Expression {
    /// What it is.
    pub kind: ExpressionKind,
    /// Where it stands.
    pub span: Span,
    /// The innermost function or function literal around it; a literal belongs to the function it is written in.
    pub function: FunctionId,
    /// What it is an operand of.
    pub parent: Parent,
}

/// What an expression belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    /// The expression around it.
    Expression(ExpressionId),
    /// The statement it stands in.
    Statement(StatementId),
    /// Nothing: array lengths in types, for example.
    None,
}

/// The kinds of expressions of the Go specification.
#[derive(Clone, Debug)]
pub enum ExpressionKind {
    /// Text that is no expression, or one nested too deeply to follow.
    Missing,
    /// An identifier.
    Name {
        /// The identifier.
        name: Name,
        /// What it names.
        resolution: Resolution,
    },
    /// A literal of a basic type.
    Literal(LiteralKind),
    /// `T{...}`; an inner literal whose type is left out has `None`.
    Composite {
        /// The type before the brace.
        type_: Option<Box<TypeExpression>>,
        /// The span of that type.
        type_span: Option<Span>,
        /// The elements, in order.
        elements: Box<[Element]>,
    },
    /// `func(...) {...}`
    FunctionLiteral(FunctionId),
    /// `(x)`
    Parenthesized(ExpressionId),
    /// `x.f`: a field, a method, or a name of a package.
    Selector {
        /// The `x`.
        operand: ExpressionId,
        /// The `f`.
        field: Name,
        /// Where `f` stands.
        field_span: Span,
    },
    /// `x[i]`, also an instantiation `f[int]`; its indices may be types.
    Index {
        /// The `x`.
        operand: ExpressionId,
        /// The `i`, or the type arguments.
        indices: Box<[ExpressionId]>,
    },
    /// `x[low:high:max]`
    Slice {
        /// The `x`.
        operand: ExpressionId,
        /// `low`, `high` and `max` in this order, as far as they are there.
        bounds: [Option<ExpressionId>; 3],
    },
    /// `x.(T)`, and `x.(type)` with `None`.
    TypeAssertion {
        /// The `x`.
        operand: ExpressionId,
        /// The `T`.
        type_: Option<Box<TypeExpression>>,
    },
    /// `f(a, b...)`: a call or a conversion; which of them is decided by what `f` is.
    Call {
        /// The `f`.
        function: ExpressionId,
        /// The arguments, in order; the first one of `make` and `new` is often a [`ExpressionKind::Type`].
        arguments: Box<[ExpressionId]>,
        /// True when `...` follows the last argument.
        spread: bool,
    },
    /// An operator before its operand.
    Unary {
        /// The operator.
        operator: UnaryOperator,
        /// Its operand.
        operand: ExpressionId,
    },
    /// An operator between two operands.
    Binary {
        /// The operator.
        operator: BinaryOperator,
        /// The left operand.
        left: ExpressionId,
        /// The right operand.
        right: ExpressionId,
    },
    /// A type that can't be a value by its syntax, where an expression may stand: `map[K]V`, `[]T`, `chan T`, `func()`.
    Type(Box<TypeExpression>),
}

/// What an identifier names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// A name declared in this body.
    Local(BindingId),
    /// No name of this body: a name of the package, an import, a predeclared name, or unresolved.
    Outer,
    /// The blank identifier on a left-hand side.
    Blank,
    /// A field: the key in a literal whose type is a struct by its syntax or by a local declaration.
    Field,
}

/// One element of a composite literal.
#[derive(Clone, Copy, Debug)]
pub struct Element {
    /// The key, index or field name before the colon. A plain identifier is a [`Resolution::Field`] where the literal's
    /// type shows that it is a struct. Where the type is a name that this body doesn't declare, it may be a field or a
    /// key: it is resolved, and counts as a use, as if it were a key.
    pub key: Option<ExpressionId>,
    /// The value; a nested `{...}` is a [`ExpressionKind::Composite`] without a type.
    pub value: ExpressionId,
}

/// The kinds of basic literals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiteralKind {
    /// `1`
    Int,
    /// `1.5`
    Float,
    /// `1i`
    Imaginary,
    /// `'a'`
    Rune,
    /// `"a"` or a raw string
    String,
}

/// The operators that stand before an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `+x`
    Plus,
    /// `-x`
    Minus,
    /// `!x`
    Not,
    /// `^x`
    Complement,
    /// `*x`, also a pointer type where an expression may stand
    Dereference,
    /// `&x`
    AddressOf,
    /// `<-x`
    Receive,
    /// `~x`, in constraints only
    Tilde,
}

/// The operators that stand between two operands; also those of `op=` assignments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `||`
    LogicalOr,
    /// `&&`
    LogicalAnd,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `|`
    Or,
    /// `^`
    Xor,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
    /// `&`
    And,
    /// `&^`
    AndNot,
}

impl BinaryOperator {
    /// True for the operators that yield a boolean by comparing two operands.
    pub fn is_comparison(self) -> bool {
        matches!(
            self,
            Self::Equal
                | Self::NotEqual
                | Self::Less
                | Self::LessOrEqual
                | Self::Greater
                | Self::GreaterOrEqual
        )
    }

    /// True for `&&` and `||`.
    pub fn is_logical(self) -> bool {
        matches!(self, Self::LogicalOr | Self::LogicalAnd)
    }

    /// True for `<<` and `>>`.
    pub fn is_shift(self) -> bool {
        matches!(self, Self::ShiftLeft | Self::ShiftRight)
    }
}
