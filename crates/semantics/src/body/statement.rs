//! Lowered statements.

use super::{
    BinaryOperator, BindingId, ExpressionId, FunctionId, ScopeId, Span, StatementId, TypeExpression,
};
use crate::Name;

/// One statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// Where it stands, without a terminating semicolon.
    pub span: Span,
    /// The innermost function or function literal around it.
    pub function: FunctionId,
    /// The statement around it within the same function; clauses count as part of their switch or select.
    pub parent: Option<StatementId>,
    /// The scope in which it stands.
    pub scope: ScopeId,
}

/// The kinds of statements of the Go specification.
#[derive(Clone, Debug)]
pub enum StatementKind {
    /// Text that is no statement, or one nested too deeply to follow.
    Missing,
    /// `;`
    Empty,
    /// `{ ... }`
    Block(Box<[StatementId]>),
    /// A call, a receive, or another expression alone.
    Expression(ExpressionId),
    /// `channel <- value`
    Send {
        /// The channel.
        channel: ExpressionId,
        /// The value.
        value: ExpressionId,
    },
    /// `x++` or `x--`
    IncDec {
        /// The `x`.
        operand: ExpressionId,
        /// True for `++`.
        increment: bool,
    },
    /// `a, b = x, y` or `a += x`
    Assign {
        /// The left-hand sides.
        left: Box<[ExpressionId]>,
        /// The operator of an `op=` assignment.
        operator: Option<BinaryOperator>,
        /// The right-hand sides.
        right: Box<[ExpressionId]>,
    },
    /// `a, b := x, y`: the left-hand sides are names; those that this statement declares are the bindings whose span
    /// is the name's, the others are assigned.
    ShortVar {
        /// The names.
        left: Box<[ExpressionId]>,
        /// For each name the binding that it declares here, or `None` when it assigns an existing one or is blank.
        declared: Box<[Option<BindingId>]>,
        /// The right-hand sides.
        right: Box<[ExpressionId]>,
    },
    /// A `var`, `const` or `type` declaration.
    Declare(Declaration),
    /// `label: statement`
    Labeled {
        /// The label.
        label: Name,
        /// The statement, unless the label ends its block.
        statement: Option<StatementId>,
    },
    /// `go f()`
    Go(ExpressionId),
    /// `defer f()`
    Defer(ExpressionId),
    /// `return x, y`
    Return(Box<[ExpressionId]>),
    /// `break` or `break label`
    Break(Option<Name>),
    /// `continue` or `continue label`
    Continue(Option<Name>),
    /// `goto label`
    Goto(Name),
    /// `fallthrough`
    Fallthrough,
    /// `if init; condition { } else { }`
    If {
        /// The statement before the condition.
        init: Option<StatementId>,
        /// The condition.
        condition: ExpressionId,
        /// The block.
        then: StatementId,
        /// The else branch: a block or another `if`.
        otherwise: Option<StatementId>,
    },
    /// `switch init; value { case ...: }`
    Switch {
        /// The statement before the value.
        init: Option<StatementId>,
        /// The value; none means `true`.
        value: Option<ExpressionId>,
        /// The clauses, in order.
        clauses: Box<[Clause]>,
    },
    /// `switch init; x := operand.(type) { case T: }`
    TypeSwitch {
        /// The statement before the guard.
        init: Option<StatementId>,
        /// The `x` of the guard.
        name: Option<Name>,
        /// The operand.
        operand: ExpressionId,
        /// The clauses, in order.
        clauses: Box<[Clause]>,
    },
    /// `select { case ...: }`
    Select(Box<[Clause]>),
    /// `for init; condition; post { }`
    For {
        /// The statement before the loop.
        init: Option<StatementId>,
        /// The condition; none means `true`.
        condition: Option<ExpressionId>,
        /// The statement after each turn.
        post: Option<StatementId>,
        /// The block.
        body: StatementId,
    },
    /// `for k, v := range x { }`
    Range {
        /// The iteration variables or the expressions assigned; at most two.
        left: Box<[ExpressionId]>,
        /// For each of them the binding it declares, when the clause has `:=`.
        declared: Box<[Option<BindingId>]>,
        /// True for `:=`.
        define: bool,
        /// The range expression.
        operand: ExpressionId,
        /// The block.
        body: StatementId,
    },
}

/// One clause of a switch, a type switch or a select.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Where it stands.
    pub span: Span,
    /// The values of an expression switch's case. In a type switch, `nil` and names stand in `types`.
    pub values: Box<[ExpressionId]>,
    /// The types of a type switch's case; `nil` is the name `nil`.
    pub types: Box<[TypeExpression]>,
    /// The send, receive, assignment or short variable declaration of a select's case.
    pub communication: Option<StatementId>,
    /// True for `default`.
    pub is_default: bool,
    /// The variable that a type switch's guard declares in this clause.
    pub binding: Option<BindingId>,
    /// The clause's own scope.
    pub scope: ScopeId,
    /// The statements.
    pub statements: Box<[StatementId]>,
}

/// A declaration statement, or a package-level declaration.
#[derive(Clone, Debug)]
pub enum Declaration {
    /// `var a, b T = x, y`, one element a line of the parenthesised form.
    Variables(Box<[ValueSpec]>),
    /// `const a = 1`; specs without values repeat the one before, and are kept as written.
    Constants(Box<[ValueSpec]>),
    /// `type T struct{}`
    Types(Box<[TypeSpec]>),
}

/// One line of a `var` or `const` declaration.
#[derive(Clone, Debug)]
pub struct ValueSpec {
    /// The names and where they stand.
    pub names: Box<[(Name, Span)]>,
    /// For each name its binding; `None` for package-level names and `_`.
    pub bindings: Box<[Option<BindingId>]>,
    /// The type, when one is written.
    pub type_: Option<TypeExpression>,
    /// Where the type stands.
    pub type_span: Option<Span>,
    /// The values.
    pub values: Box<[ExpressionId]>,
    /// Where the line stands.
    pub span: Span,
}

/// One line of a `type` declaration.
#[derive(Clone, Debug)]
pub struct TypeSpec {
    /// The name.
    pub name: Name,
    /// Where the name stands.
    pub name_span: Span,
    /// Its binding; `None` at package level.
    pub binding: Option<BindingId>,
    /// True for `type A = B`.
    pub is_alias: bool,
    /// The names of the type parameters and their constraints.
    pub type_parameters: Box<[super::TypeParameter]>,
    /// The type.
    pub type_: TypeExpression,
    /// Where the line stands.
    pub span: Span,
}
