//! Where calls of `recover` stand, and whether they stop a panic there (Go specification, "Handling panics").

use super::{Frames, Role, Surroundings};
use crate::body::{Body, ExpressionId, ExpressionKind, FunctionId, StatementId, StatementKind};
use crate::types::Certainty;

/// A call of the predeclared `recover`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoverCall {
    /// The call.
    pub call: ExpressionId,
    /// The function or literal on whose frame it stands.
    pub function: FunctionId,
    /// How that function comes to run.
    pub position: RecoverPosition,
    /// How the call stands in that function.
    pub site: RecoverSite,
}

/// How the function that calls `recover` comes to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoverPosition {
    /// A declared function or method: it recovers when it is itself deferred.
    DeclaredFunction,
    /// The initial value of a package-level variable, outside of any literal.
    PackageInitializer,
    /// A literal that is deferred: it recovers.
    DeferredLiteral {
        /// The function that defers it.
        deferred_by: FunctionId,
        /// Its `defer` statement.
        statement: StatementId,
    },
    /// A literal that is deferred by a deferred literal: it doesn't see the panic that made the outer one run.
    NestedDefer {
        /// The outer deferred literal.
        outer: FunctionId,
        /// The `defer` statement inside it.
        statement: StatementId,
    },
    /// A literal inside a deferred literal that isn't deferred itself.
    NestedLiteral {
        /// The deferred literal.
        outer: FunctionId,
        /// What is done with the inner one: [`Role::Called`], [`Role::Passed`] or [`Role::Escaping`].
        role: Role,
    },
    /// A literal that a `go` statement starts.
    Goroutine {
        /// The `go` statement.
        statement: StatementId,
    },
    /// A literal that is called, not deferred.
    CalledLiteral {
        /// The call.
        call: ExpressionId,
    },
    /// A literal that is an argument: who is called decides.
    PassedLiteral {
        /// The call it is passed to.
        call: ExpressionId,
    },
    /// A literal that is stored, returned or sent: nothing says who runs it.
    EscapingLiteral,
}

/// How a call of `recover` stands in its function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoverSite {
    /// It is evaluated by a statement of the function.
    Plain,
    /// `defer recover()`
    Deferred(StatementId),
    /// It is evaluated by a `defer` statement, as an argument or a part of one: `defer f(recover())`.
    DeferredArgument(StatementId),
    /// It stands in the body of a loop that ranges over a function, or over something that may be one.
    RangeBody {
        /// The loop.
        statement: StatementId,
        /// Whether it ranges over a function; never [`Certainty::No`].
        over_function: Certainty,
    },
}

impl RecoverCall {
    /// Whether the call stops a panic that makes the deferred function run: the one of the function that defers the
    /// literal. A declared function's answer depends on who defers it.
    pub fn is_effective(&self) -> Certainty {
        let by_position = match self.position {
            RecoverPosition::DeferredLiteral { .. } => Certainty::Yes,
            RecoverPosition::DeclaredFunction
            | RecoverPosition::PassedLiteral { .. }
            | RecoverPosition::EscapingLiteral
            | RecoverPosition::NestedLiteral {
                role: Role::Escaping, ..
            } => Certainty::Unknown,
            RecoverPosition::PackageInitializer
            | RecoverPosition::NestedDefer { .. }
            | RecoverPosition::NestedLiteral { .. }
            | RecoverPosition::Goroutine { .. }
            | RecoverPosition::CalledLiteral { .. } => Certainty::No,
        };
        match (by_position, self.is_on_own_frame()) {
            (Certainty::No, _) | (_, Certainty::No) => Certainty::No,
            (Certainty::Yes, Certainty::Yes) => Certainty::Yes,
            _ => Certainty::Unknown,
        }
    }

    /// Whether the call recovers when its function is deferred, by someone or by the text around it. The body of a
    /// range-over-func loop is a function of its own, which isn't deferred (golang/go#71685).
    pub fn is_on_own_frame(&self) -> Certainty {
        match self.site {
            RecoverSite::Plain | RecoverSite::Deferred(_) | RecoverSite::DeferredArgument(_) => {
                Certainty::Yes
            }
            RecoverSite::RangeBody {
                over_function: Certainty::Yes,
                ..
            } => Certainty::No,
            RecoverSite::RangeBody { .. } => Certainty::Unknown,
        }
    }
}

/// Every call of the predeclared `recover` in a body, in the order of the text.
pub fn recover_calls(body: &Body, frames: &Frames, surroundings: &dyn Surroundings) -> Vec<RecoverCall> {
    let is_recover = |id: &ExpressionId| match &body[*id].kind {
        ExpressionKind::Call {
            function, arguments, ..
        } => arguments.is_empty() && surroundings.is_builtin(*function, "recover"),
        _ => false,
    };
    let mut calls: Vec<_> = body
        .expression_ids()
        .filter(is_recover)
        .map(|call| {
            let function = body[call].function;
            RecoverCall {
                call,
                function,
                position: position_of(body, frames, function),
                site: site_of(body, call, surroundings),
            }
        })
        .collect();
    calls.sort_by_key(|call| body[call.call].span.start);
    calls
}

fn position_of(body: &Body, frames: &Frames, function: FunctionId) -> RecoverPosition {
    let role = frames.role(function);
    match role {
        Role::Declared => RecoverPosition::DeclaredFunction,
        Role::Initializer => RecoverPosition::PackageInitializer,
        Role::Goroutine { statement } => RecoverPosition::Goroutine { statement },
        Role::Deferred { by, statement } => match frames.role(by) {
            Role::Deferred { .. } => RecoverPosition::NestedDefer { outer: by, statement },
            _ => RecoverPosition::DeferredLiteral {
                deferred_by: by,
                statement,
            },
        },
        Role::Called { .. } | Role::Passed { .. } | Role::Escaping => {
            match (enclosing_deferred_literal(body, frames, function), role) {
                (Some(outer), role) => RecoverPosition::NestedLiteral { outer, role },
                (None, Role::Called { call }) => RecoverPosition::CalledLiteral { call },
                (None, Role::Passed { call }) => RecoverPosition::PassedLiteral { call },
                (None, _) => RecoverPosition::EscapingLiteral,
            }
        }
    }
}

/// The deferred literal around a literal, unless a goroutine starts in between.
fn enclosing_deferred_literal(body: &Body, frames: &Frames, function: FunctionId) -> Option<FunctionId> {
    let mut around = body[function].parent;
    while let Some(function) = around {
        match frames.role(function) {
            Role::Deferred { .. } => return Some(function),
            Role::Called { .. } | Role::Passed { .. } | Role::Escaping => around = body[function].parent,
            Role::Declared | Role::Initializer | Role::Goroutine { .. } => return None,
        }
    }
    None
}

fn site_of(body: &Body, call: ExpressionId, surroundings: &dyn Surroundings) -> RecoverSite {
    let Some(statement) = body.statement_of(call) else {
        return RecoverSite::Plain;
    };
    let deferred = match body[statement].kind {
        StatementKind::Defer(deferred) => Some(deferred),
        _ => None,
    };
    if deferred.is_some_and(|deferred| body.unparenthesized(deferred) == call) {
        return RecoverSite::Deferred(statement);
    }
    match (range_body_around(body, statement, surroundings), deferred) {
        (Some(site), _) => site,
        (None, Some(_)) => RecoverSite::DeferredArgument(statement),
        (None, None) => RecoverSite::Plain,
    }
}

/// The loop over a function in whose body a statement stands; a certain one comes before one that may be. What the loop
/// statement itself evaluates, its range expression, isn't part of the body.
fn range_body_around(
    body: &Body,
    statement: StatementId,
    surroundings: &dyn Surroundings,
) -> Option<RecoverSite> {
    let mut possible = None;
    for statement in body.enclosing_statements(statement).skip(1) {
        let StatementKind::Range { operand, .. } = body[statement].kind else {
            continue;
        };
        let over_function = surroundings.ranges_over_function(operand);
        let site = RecoverSite::RangeBody {
            statement,
            over_function,
        };
        match over_function {
            Certainty::Yes => return Some(site),
            Certainty::Unknown => possible = possible.or(Some(site)),
            Certainty::No => {}
        }
    }
    possible
}
