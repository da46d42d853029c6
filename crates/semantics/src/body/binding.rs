//! Local names: what declares them, which scope they live in, and every place that uses them.

use super::{ExpressionId, FunctionId, ScopeId, Span, StatementId, TypeExpression};
use crate::Name;

/// A name that is declared inside a body. The blank identifier never has a binding.
#[derive(Clone, Debug)]
pub struct Binding {
    /// The name.
    pub name: Name,
    /// Where the declaring identifier stands.
    pub span: Span,
    /// What it is.
    pub kind: BindingKind,
    /// The function whose frame holds it.
    pub function: FunctionId,
    /// The scope it is declared in.
    pub scope: ScopeId,
    /// The offset, in bytes from the declaration's start, from which the name is visible (Go specification,
    /// "Declarations and scope": a variable's scope begins at the end of its `ValueSpec` or `ShortVarDecl`).
    pub visible_from: u32,
    /// The statement that declares it; none for parameters and results.
    pub statement: Option<StatementId>,
    /// Where its type comes from.
    pub origin: Origin,
    /// Every use after the declaration, in source order; the declaring identifier isn't a use.
    pub uses: Vec<Use>,
}

impl Binding {
    /// True when a function literal inside its function uses it.
    pub fn is_captured(&self) -> bool {
        self.uses.iter().any(|use_| use_.function != self.function)
    }

    /// True when `&x` or `&x.f` takes its address, or `x[:]` for a variable whose type is written as an array type. What
    /// needs types to be seen doesn't count: a method with a pointer receiver, or a slice of a named array type.
    pub fn is_address_taken(&self) -> bool {
        self.uses.iter().any(|use_| use_.access == Access::AddressOf)
    }
}

/// What a local name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingKind {
    /// The receiver of a method.
    Receiver,
    /// A parameter, by its index.
    Parameter(u32),
    /// A named result, by its index.
    Result(u32),
    /// A variable of a `var` or short variable declaration.
    Variable,
    /// An iteration variable of a `for` clause (`for i := 0; ...`).
    LoopVariable,
    /// An iteration variable of a `range` clause.
    RangeVariable,
    /// The variable of a type switch's guard, one a clause.
    TypeSwitchVariable,
    /// A constant.
    Constant,
    /// A type.
    Type,
    /// A type parameter.
    TypeParameter,
}

impl BindingKind {
    /// True for everything that holds a value at run time and can be assigned.
    pub fn is_variable(self) -> bool {
        !matches!(self, Self::Constant | Self::Type | Self::TypeParameter)
    }
}

/// Where the type of a local name comes from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// A written type. The type that a local type name stands for, too; `alias` is true for `type A = B`.
    Type {
        /// The type.
        type_: TypeExpression,
        /// True for the name of an alias declaration.
        alias: bool,
    },
    /// `...T` of a variadic parameter: a slice of the type.
    Variadic(TypeExpression),
    /// The value at `index` of the expression on the right-hand side: the expression's own when it has one value, and
    /// 1 for the second value of `v, ok := m[k]`, `<-c` and `x.(T)`.
    Value {
        /// The right-hand side.
        expression: ExpressionId,
        /// The index of the value; `None` when the expression stands for this name alone.
        index: Option<u32>,
    },
    /// The first iteration value of a range over the expression.
    RangeKey(ExpressionId),
    /// The second iteration value of a range over the expression.
    RangeValue(ExpressionId),
    /// A type switch's clause with the one type named there.
    Case(TypeExpression),
    /// A type switch's clause with no or several types: the type of the operand.
    Operand(ExpressionId),
    /// A constraint, for a type parameter.
    Constraint(TypeExpression),
    /// Not known.
    Unknown,
}

/// One place where a local name is used.
#[derive(Clone, Copy, Debug)]
pub struct Use {
    /// The name's expression.
    pub expression: ExpressionId,
    /// The function or literal in which it stands.
    pub function: FunctionId,
    /// What is done to the variable there.
    pub access: Access,
}

/// What a use does to a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Its value is read.
    Read,
    /// It is assigned as a whole: `x = v`, a redeclaring `x, y := ...`, `for x = range`.
    Write,
    /// It is read and assigned: `x += v`, `x++`.
    Update,
    /// Something reached through it is assigned: `x.f = v`, `x[i] = v`, `*x = v`, also with `op=` and `++`.
    WriteThrough,
    /// Its address, or the address of a part of it, is taken: `&x`, `&x.f`, `&x[i]`, and `x[:]` of an array.
    AddressOf,
}

impl Access {
    /// True when the variable itself gets another value.
    pub fn assigns(self) -> bool {
        matches!(self, Self::Write | Self::Update)
    }
}

/// A block scope.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The scope around it; a function literal's outermost scope has the one it is written in.
    pub parent: Option<ScopeId>,
    /// The function it belongs to.
    pub function: FunctionId,
    /// The names it declares, in the order in which they are declared.
    pub bindings: Vec<super::BindingId>,
    /// Where it stands.
    pub span: Span,
}
