//! Functions and function literals.

use super::{BindingId, ExpressionId, FunctionId, ScopeId, Span, StatementId, TypeExpression};
use crate::Name;

/// A declared function, a method, a function literal, or the pseudo-function around another declaration.
#[derive(Clone, Debug)]
pub struct Function {
    /// The function in which a literal is written.
    pub parent: Option<FunctionId>,
    /// The expression that is this literal.
    pub literal: Option<ExpressionId>,
    /// The declared name.
    pub name: Option<Name>,
    /// Where the name stands.
    pub name_span: Option<Span>,
    /// The receiver of a method.
    pub receiver: Option<Parameter>,
    /// The type parameters.
    pub type_parameters: Box<[TypeParameter]>,
    /// The parameters, one element a name.
    pub parameters: Box<[Parameter]>,
    /// Where the parameter list stands, with its parentheses.
    pub parameters_span: Span,
    /// The results, one element a name.
    pub results: Box<[Parameter]>,
    /// Where the results stand: the bare type, or the list with its parentheses.
    pub results_span: Option<Span>,
    /// The block; `None` for a function that is implemented elsewhere.
    pub block: Option<StatementId>,
    /// The scope of its parameters and results, which is also the block's.
    pub scope: ScopeId,
    /// Where the function stands: the literal, or the whole declaration.
    pub span: Span,
    /// Every statement of its own, without those of literals inside, in source order.
    pub statements: Vec<StatementId>,
}

impl Function {
    /// True when the function has results and they have names (`_` counts as a name).
    pub fn has_named_results(&self) -> bool {
        self.results.first().is_some_and(|result| result.name.is_some())
    }

    /// True when the function has results without names.
    pub fn has_unnamed_results(&self) -> bool {
        self.results.first().is_some_and(|result| result.name.is_none())
    }
}

/// A parameter, a receiver or a result.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The name, also `_`.
    pub name: Option<Name>,
    /// Where the name stands.
    pub name_span: Option<Span>,
    /// The local name; `None` for `_` and without a name.
    pub binding: Option<BindingId>,
    /// The type; the element type of a variadic parameter.
    pub type_: TypeExpression,
    /// Where the type stands, without `...`.
    pub type_span: Span,
    /// True for `...T`.
    pub variadic: bool,
}

/// A type parameter with its constraint.
#[derive(Clone, Debug)]
pub struct TypeParameter {
    /// The name.
    pub name: Name,
    /// Where the name stands.
    pub name_span: Span,
    /// Its local name.
    pub binding: Option<BindingId>,
    /// The constraint.
    pub constraint: TypeExpression,
}
