//! On whose frame function literals run: deferred, called where they stand, in a goroutine, or who knows where.

use std::collections::VecDeque;

use crate::body::{
    Access, BindingId, Body, DeclarationKind, ExpressionId, ExpressionKind, FunctionId, Origin, Parent,
    StatementId, StatementKind,
};

/// How a function of a body comes to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is the declared function or method.
    Declared,
    /// It is the pseudo-function around a declaration that is none.
    Initializer,
    /// A literal that a `defer` statement calls, where it is written or through the one variable that holds it.
    Deferred {
        /// The function whose `defer` statement it is.
        by: FunctionId,
        /// The statement.
        statement: StatementId,
    },
    /// A literal that a `go` statement calls.
    Goroutine {
        /// The statement.
        statement: StatementId,
    },
    /// A literal that is called, where it is written or through the one variable that holds it, and nothing else.
    Called {
        /// The call, or the first one.
        call: ExpressionId,
    },
    /// A literal that is an argument of a call.
    Passed {
        /// The call.
        call: ExpressionId,
    },
    /// A literal that is stored, returned, sent or never used: nothing says who runs it.
    Escaping,
}

/// The roles of all functions of a body.
#[derive(Clone, Debug)]
pub struct Frames {
    roles: Vec<Role>,
    on_declared_frame: Vec<bool>,
}

impl Frames {
    /// Finds out how each function of a body comes to run.
    pub fn of(body: &Body) -> Self {
        let mut variables = vec![None; body.functions.len()];
        for binding in body.binding_ids() {
            if let Some(literal) = held_literal(body, binding) {
                variables[literal.0 as usize] = Some(binding);
            }
        }
        let role = |function: FunctionId| match body[function].literal {
            None if matches!(body.kind, DeclarationKind::Function | DeclarationKind::Method) => {
                Role::Declared
            }
            None => Role::Initializer,
            Some(literal) => match variables[function.0 as usize] {
                Some(variable) => role_of_variable(body, variable),
                None => role_of_value(body, literal),
            },
        };
        let roles: Vec<_> = body.function_ids().map(role).collect();
        let on_declared_frame = reached_on_frame(body, &roles);
        Self {
            roles,
            on_declared_frame,
        }
    }

    /// How a function comes to run.
    pub fn role(&self, function: FunctionId) -> Role {
        self.roles[function.0 as usize]
    }

    /// True for the declared function and every literal that runs before it has returned to its caller, on the same
    /// goroutine: literals that are called or deferred by it, or by such a literal.
    pub fn runs_on_declared_frame(&self, function: FunctionId) -> bool {
        self.on_declared_frame[function.0 as usize]
    }

    /// True for `outer` itself and for the literals inside it that run before it returns.
    pub fn runs_within(&self, body: &Body, mut inner: FunctionId, outer: FunctionId) -> bool {
        while inner != outer {
            match (self.role(inner), body[inner].parent) {
                (Role::Called { .. } | Role::Deferred { .. }, Some(parent)) => inner = parent,
                _ => return false,
            }
        }
        true
    }
}

/// The literal that a variable always holds: it is declared with it, and never assigned nor its address taken.
fn held_literal(body: &Body, binding: BindingId) -> Option<FunctionId> {
    let Origin::Value {
        expression,
        index: None,
    } = body[binding].origin
    else {
        return None;
    };
    let literal = body.literal_of(expression)?;
    let is_read = |access| access == Access::Read;
    body[binding]
        .uses
        .iter()
        .all(|use_| is_read(use_.access))
        .then_some(literal)
}

/// A literal in a variable runs as all uses of the variable say together.
fn role_of_variable(body: &Body, variable: BindingId) -> Role {
    let mut together = None;
    for use_ in &body[variable].uses {
        let role = role_of_value(body, use_.expression);
        together = match (together, role) {
            (None | Some(Role::Called { .. }), role @ Role::Deferred { .. })
            | (None, role @ (Role::Called { .. } | Role::Goroutine { .. })) => Some(role),
            (Some(known @ Role::Deferred { .. }), Role::Called { .. } | Role::Deferred { .. })
            | (Some(known @ Role::Called { .. }), Role::Called { .. })
            | (Some(known @ Role::Goroutine { .. }), Role::Goroutine { .. }) => Some(known),
            _ => return Role::Escaping,
        };
    }
    together.unwrap_or(Role::Escaping)
}

/// How a function value comes to run at the place where it stands.
fn role_of_value(body: &Body, value: ExpressionId) -> Role {
    let value = with_parentheses(body, value);
    let Parent::Expression(call) = body[value].parent else {
        return Role::Escaping;
    };
    let ExpressionKind::Call { function, .. } = body[call].kind else {
        return Role::Escaping;
    };
    if function != value {
        return Role::Passed { call };
    }
    let Parent::Statement(statement) = body[with_parentheses(body, call)].parent else {
        return Role::Called { call };
    };
    match body[statement].kind {
        StatementKind::Defer(_) => Role::Deferred {
            by: body[call].function,
            statement,
        },
        StatementKind::Go(_) => Role::Goroutine { statement },
        _ => Role::Called { call },
    }
}

/// The expression with all parentheses that stand around it.
pub(super) fn with_parentheses(body: &Body, mut expression: ExpressionId) -> ExpressionId {
    while let Parent::Expression(outer) = body[expression].parent {
        if !matches!(body[outer].kind, ExpressionKind::Parenthesized(_)) {
            break;
        }
        expression = outer;
    }
    expression
}

/// Which functions run on the frame of function 0: a literal does when the function that calls or defers it does.
fn reached_on_frame(body: &Body, roles: &[Role]) -> Vec<bool> {
    let mut callees = vec![Vec::new(); roles.len()];
    for (function, role) in body.function_ids().zip(roles) {
        match role {
            Role::Deferred { by, .. } => callees[by.0 as usize].push(function),
            Role::Called { call } => callees[body[*call].function.0 as usize].push(function),
            _ => {}
        }
    }
    let mut reached = vec![false; roles.len()];
    let mut queue = VecDeque::from([Body::DECLARED]);
    while let Some(function) = queue.pop_front() {
        if !std::mem::replace(&mut reached[function.0 as usize], true) {
            queue.extend(&callees[function.0 as usize]);
        }
    }
    reached
}
