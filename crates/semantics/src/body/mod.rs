//! A declaration lowered from its syntax tree: expressions, statements, functions, bindings and scopes in arenas.
//!
//! A [`Body`] holds one top-level declaration: a function or method with all its function literals, or a `var`,
//! `const` or `type` declaration. All its [`Span`]s count from the declaration's first byte, so that a body stays valid
//! when an edit elsewhere in the file merely moves it.

mod binding;
mod expression;
mod function;
mod ids;
mod plain_path;
mod statement;
mod type_expression;

pub use binding::{Access, Binding, BindingKind, Origin, Scope, Use};
pub use expression::{
    BinaryOperator, Element, Expression, ExpressionKind, LiteralKind, Parent, Resolution, UnaryOperator,
};
pub use function::{Function, Parameter, TypeParameter};
pub use ids::{BindingId, ExpressionId, FunctionId, ScopeId, Span, StatementId};
pub use plain_path::{PlainPath, Root};
pub use statement::{Clause, Declaration, Statement, StatementKind, TypeSpec, ValueSpec};
pub use type_expression::{
    ChannelDirection, FieldExpression, MethodExpression, SignatureExpression, TypeExpression,
};

use std::ops::Index;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::Name;

/// What kind of top-level declaration a [`Body`] holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclarationKind {
    /// `func f() {}`
    Function,
    /// `func (r T) f() {}`
    Method,
    /// `var x = ...`, also in its parenthesised form.
    Variable,
    /// `const x = ...`, also in its parenthesised form.
    Constant,
    /// `type T ...`, also in its parenthesised form.
    Type,
    /// `import ...`, or text that is no declaration.
    Other,
}

/// One lowered top-level declaration with all its function literals.
#[derive(Clone, Debug)]
pub struct Body {
    /// What kind of declaration this is.
    pub kind: DeclarationKind,
    /// The declaration's own text; spans are ranges of it.
    pub text: Arc<str>,
    /// The declared function and every function literal in it, outer before inner. Function 0 always exists: the
    /// declared function, or for other declarations the pseudo-function whose body is the declaration.
    pub functions: Vec<Function>,
    /// Every expression; an operand has a smaller id than the expression around it.
    pub expressions: Vec<Expression>,
    /// Every statement.
    pub statements: Vec<Statement>,
    /// Every local name that is declared in this body, in the order in which the names are declared: those inside an
    /// initial value come before the name that it initialises.
    pub bindings: Vec<Binding>,
    /// Every block scope; scope 0 is the outermost one of function 0.
    pub scopes: Vec<Scope>,
    /// Every identifier of the body, declared or used, also field names and labels: a name that isn't here is fresh.
    pub identifiers: FxHashSet<Name>,
    /// Comments, in source order.
    pub comments: Vec<Span>,
    /// True when the declaration holds an ERROR or MISSING node, or nests deeper than the lowering follows: rules stay
    /// silent in such a declaration.
    pub has_error: bool,
}

impl Body {
    /// The declared function, or the pseudo-function around a declaration that is none.
    pub const DECLARED: FunctionId = FunctionId(0);

    /// The same body in as little memory as it needs: for one that is kept.
    pub fn shrunk(self) -> Self {
        Self {
            functions: exact(self.functions),
            expressions: exact(self.expressions),
            statements: exact(self.statements),
            bindings: exact(self.bindings),
            scopes: exact(self.scopes),
            ..self
        }
    }

    /// The source text of a span of this declaration; empty when the span isn't one of its own.
    pub fn text_of(&self, span: Span) -> &str {
        self.text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }

    /// The ids of all functions, outer before inner.
    pub fn function_ids(&self) -> impl Iterator<Item = FunctionId> + use<> {
        (0..self.functions.len() as u32).map(FunctionId)
    }

    /// The ids of all expressions, operands before the expressions around them.
    pub fn expression_ids(&self) -> impl Iterator<Item = ExpressionId> + use<> {
        (0..self.expressions.len() as u32).map(ExpressionId)
    }

    /// The ids of all statements.
    pub fn statement_ids(&self) -> impl Iterator<Item = StatementId> + use<> {
        (0..self.statements.len() as u32).map(StatementId)
    }

    /// The ids of all bindings, in the order in which they are declared.
    pub fn binding_ids(&self) -> impl Iterator<Item = BindingId> + use<> {
        (0..self.bindings.len() as u32).map(BindingId)
    }

    /// The expression without the parentheses around it.
    pub fn unparenthesized(&self, mut id: ExpressionId) -> ExpressionId {
        while let ExpressionKind::Parenthesized(inner) = self[id].kind {
            id = inner;
        }
        id
    }

    /// The operand that stands first in the text of an expression: the left one of an operator, what is called, selected
    /// from, indexed or converted. Rows of these are long in real code; other operands nest.
    pub fn first_operand(&self, id: ExpressionId) -> Option<ExpressionId> {
        match self[id].kind {
            ExpressionKind::Parenthesized(operand)
            | ExpressionKind::Selector { operand, .. }
            | ExpressionKind::Index { operand, .. }
            | ExpressionKind::Slice { operand, .. }
            | ExpressionKind::TypeAssertion { operand, .. }
            | ExpressionKind::Call {
                function: operand, ..
            }
            | ExpressionKind::Binary { left: operand, .. } => Some(operand),
            _ => None,
        }
    }

    /// The local binding that an expression names, through parentheses.
    pub fn binding_of(&self, id: ExpressionId) -> Option<BindingId> {
        match &self[self.unparenthesized(id)].kind {
            ExpressionKind::Name {
                resolution: Resolution::Local(binding),
                ..
            } => Some(*binding),
            _ => None,
        }
    }

    /// The name that an expression is when no local declaration binds it: a package-level or predeclared name, or an
    /// import's.
    pub fn outer_name_of(&self, id: ExpressionId) -> Option<&Name> {
        match &self[self.unparenthesized(id)].kind {
            ExpressionKind::Name {
                name,
                resolution: Resolution::Outer,
            } => Some(name),
            _ => None,
        }
    }

    /// The call a `defer` or `go` statement holds, and every other call expression: its function and arguments.
    pub fn call_of(&self, id: ExpressionId) -> Option<(ExpressionId, &[ExpressionId])> {
        match &self[self.unparenthesized(id)].kind {
            ExpressionKind::Call {
                function, arguments, ..
            } => Some((*function, arguments)),
            _ => None,
        }
    }

    /// The function whose literal an expression is, through parentheses.
    pub fn literal_of(&self, id: ExpressionId) -> Option<FunctionId> {
        match self[self.unparenthesized(id)].kind {
            ExpressionKind::FunctionLiteral(function) => Some(function),
            _ => None,
        }
    }

    /// The variable at the root of `x`, `x.f`, `x[i]`, `*x`, `x[:]` and combinations of them, when it is local.
    pub fn root_binding(&self, id: ExpressionId) -> Option<BindingId> {
        let mut id = id;
        loop {
            id = match &self[id].kind {
                ExpressionKind::Name {
                    resolution: Resolution::Local(binding),
                    ..
                } => return Some(*binding),
                ExpressionKind::Parenthesized(inner) => *inner,
                ExpressionKind::Selector { operand, .. }
                | ExpressionKind::Index { operand, .. }
                | ExpressionKind::Slice { operand, .. }
                | ExpressionKind::Unary {
                    operator: UnaryOperator::Dereference,
                    operand,
                } => *operand,
                _ => return None,
            };
        }
    }

    /// The statement in which an expression is evaluated: the innermost one around it within its function.
    pub fn statement_of(&self, mut id: ExpressionId) -> Option<StatementId> {
        loop {
            match self[id].parent {
                Parent::Expression(outer) => id = outer,
                Parent::Statement(statement) => return Some(statement),
                Parent::None => return None,
            }
        }
    }

    /// True when `inner` is `outer` or a function literal anywhere inside it.
    pub fn is_within(&self, inner: FunctionId, outer: FunctionId) -> bool {
        let mut current = Some(inner);
        while let Some(function) = current {
            if function == outer {
                return true;
            }
            current = self[function].parent;
        }
        false
    }

    /// The statement and every statement around it within the same function, innermost first.
    pub fn enclosing_statements(&self, id: StatementId) -> impl Iterator<Item = StatementId> + '_ {
        std::iter::successors(Some(id), |id| self[*id].parent)
    }

    /// The binding a name has at a place: looked up from `scope` outwards among the bindings declared before `offset`.
    pub fn lookup(&self, scope: ScopeId, name: &str, offset: u32) -> Option<BindingId> {
        let mut scope = Some(scope);
        while let Some(id) = scope {
            let found = self[id].bindings.iter().rev().find(|binding| {
                let binding = &self[**binding];
                binding.name == name && binding.visible_from <= offset
            });
            if found.is_some() {
                return found.copied();
            }
            scope = self[id].parent;
        }
        None
    }
}

/// The vector without slack. `shrink_to_fit` leaves it to the allocator, which keeps a block of which half is used.
fn exact<T>(mut slack: Vec<T>) -> Vec<T> {
    let mut exact = Vec::with_capacity(slack.len());
    exact.append(&mut slack);
    exact
}

macro_rules! index_by {
    ($id:ty, $field:ident, $output:ty) => {
        impl Index<$id> for Body {
            type Output = $output;

            fn index(&self, id: $id) -> &$output {
                &self.$field[id.0 as usize]
            }
        }
    };
}

index_by!(ExpressionId, expressions, Expression);
index_by!(StatementId, statements, Statement);
index_by!(FunctionId, functions, Function);
index_by!(BindingId, bindings, Binding);
index_by!(ScopeId, scopes, Scope);
