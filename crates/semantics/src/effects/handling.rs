//! What a function that recovers does with the panic: the branch that handles it, what it sets and calls there, and
//! whether it panics again.

use super::frames::with_parentheses;
use super::known::PREDECLARED_FUNCTIONS;
use super::paths::{Paths, Premises};
use super::{Frames, RecoverCall, RecoverSite, Surroundings};
use crate::body::{
    BindingId, BindingKind, Body, Clause, Declaration, ExpressionId, ExpressionKind, FunctionId, Origin,
    Parent, Resolution, Span, StatementId, StatementKind, TypeExpression,
};
use crate::control_flow::ControlFlow;
use crate::facts::{Ending, Occurrence};
use crate::types::Certainty;

/// What deferring a function does with a panic. All parts but `recovers` describe the paths on which `recover` has
/// returned a value that isn't nil; what only the other paths do is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryHandling {
    /// The function: a declared one or a literal.
    pub function: FunctionId,
    /// The call of `recover` that counts: the first one in the text.
    pub recover: ExpressionId,
    /// Whether that call stops the panic when the function is deferred; never [`Certainty::No`].
    pub recovers: Certainty,
    /// The local variable that holds what `recover` returned.
    pub recovered_value: Option<BindingId>,
    /// Where the code stands that runs after a panic only.
    pub branch: RecoveryBranch,
    /// The variables of other functions that it assigns as a whole, and its own results, in source order, each once.
    pub assigns: Vec<BindingId>,
    /// The variables through which it assigns something, as in `*p = v`, `s.failed = true` and `m[k] = v`, in source
    /// order, each once; also those of its own parameters and receiver.
    pub writes_through: Vec<BindingId>,
    /// True when it assigns a package-level variable or something reached through one.
    pub assigns_package_variable: bool,
    /// The calls it makes other than of predeclared functions; conversions of a form that looks like a call, too.
    pub calls: Vec<HandlingCall>,
    /// On which paths it panics again.
    pub repanics: Occurrence,
    /// On which paths it ends the process or the goroutine.
    pub exits: Occurrence,
    /// False when no path reaches its end.
    pub returns: bool,
    /// True when the recovered value, or one made from it, is sent on a channel, returned, passed to a function
    /// literal, used by one that runs elsewhere, or assigned to something that isn't a local variable of the function.
    pub escapes: bool,
}

/// A call that a recovering function makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandlingCall {
    /// The call.
    pub call: ExpressionId,
    /// True when the recovered value, or one made from it, is among what is passed.
    pub gets_value: bool,
    /// True when every path from the recovery to the end of the function makes it.
    pub always: bool,
}

/// Where the code stands that runs after a panic only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveryBranch {
    /// This block: that of `if r := recover(); r != nil { }`, or the `else` of `if r == nil { } else { }`.
    Block(StatementId),
    /// The statements after this one in its block: `r := recover()` and `if r == nil { return }` stand before them.
    After(StatementId),
    /// The statements after this one in its block, which run without a panic as well: a bare `recover()`.
    AfterAlways(StatementId),
    /// The clauses of this type switch on the recovered value, other than `case nil`.
    Clauses(StatementId),
    /// Nowhere: `defer recover()`, or a condition that says something else too.
    None,
}

/// What deferring a function does with a panic; `None` when no `recover` stands on its own frame. `flow` is the
/// function's graph, and `recovers` the calls of `recover` in the body.
pub fn recovery_handling(
    body: &Body,
    frames: &Frames,
    flow: &ControlFlow,
    recovers: &[RecoverCall],
    surroundings: &dyn Surroundings,
) -> Option<RecoveryHandling> {
    let function = flow.function;
    let own = || recovers.iter().filter(|call| call.function == function);
    let call = own()
        .find(|call| call.is_on_own_frame().is_yes())
        .or_else(|| own().find(|call| !call.is_on_own_frame().is_no()))?;
    let value = held_value(body, call.call);
    let is_non_nil = |expression: ExpressionId| {
        body.unparenthesized(expression) == call.call
            || value.is_some() && body.binding_of(expression) == value
    };
    let premises = Premises {
        ending_of: &|call| surroundings.ending_of(call),
        is_non_nil: &is_non_nil,
        is_nil: &|expression| surroundings.is_builtin(expression, "nil"),
    };
    let paths = Paths::through(body, flow, &premises);
    let region = Region::new(body, frames, function, &paths);
    let tainted = made_from(body, value);
    let mut handling = RecoveryHandling {
        function,
        recover: call.call,
        recovers: call.is_on_own_frame(),
        recovered_value: value.filter(|value| body[*value].function == function),
        branch: branch_of(body, &paths, call, value, &premises),
        assigns: Vec::new(),
        writes_through: Vec::new(),
        assigns_package_variable: false,
        calls: Vec::new(),
        repanics: occurrence(&paths, &[Ending::Panic]),
        exits: occurrence(&paths, &[Ending::ProcessExit, Ending::GoroutineExit]),
        returns: paths.returns,
        escapes: false,
    };
    let source = Source {
        body,
        recover: call.call,
        tainted: &tainted,
    };
    for statement in body.statement_ids().filter(|id| region.has_statement(*id)) {
        handling.add_statement(body, statement, &source);
    }
    for call in body.expression_ids().filter(|id| region.has_expression(*id)) {
        if let ExpressionKind::Call {
            function: callee,
            arguments,
            ..
        } = &body[call].kind
            && call != handling.recover
            && !is_predeclared_call(body, *callee, surroundings)
        {
            let gets_value = arguments
                .iter()
                .any(|argument| source.feeds(body[*argument].span));
            if body.literal_of(*callee).is_some() {
                // Its statements are part of the region or run elsewhere; its parameters aren't followed.
                handling.escapes |= gets_value;
                continue;
            }
            handling.calls.push(HandlingCall {
                call,
                gets_value,
                always: paths.always.contains(&call),
            });
        }
    }
    let mut uses = tainted.iter().flat_map(|binding| &body[*binding].uses);
    handling.escapes |= uses.any(|use_| !region.functions[use_.function.0 as usize]);
    Some(handling)
}

impl RecoveryHandling {
    fn add_statement(&mut self, body: &Body, statement: StatementId, source: &Source<'_>) {
        match &body[statement].kind {
            StatementKind::Assign { left, right, .. } => {
                for (index, target) in left.iter().enumerate() {
                    let value = if left.len() == right.len() {
                        right.get(index)
                    } else {
                        right.first()
                    };
                    let feeds = value.is_some_and(|value| source.feeds(body[*value].span));
                    self.add_target(body, *target, feeds);
                }
            }
            StatementKind::ShortVar { left, declared, .. } => {
                let assigned = left
                    .iter()
                    .zip(declared)
                    .filter(|(_, declared)| declared.is_none());
                assigned.for_each(|(target, _)| self.add_target(body, *target, false));
            }
            StatementKind::Range {
                left, define: false, ..
            } => {
                left.iter()
                    .for_each(|target| self.add_target(body, *target, false));
            }
            StatementKind::IncDec { operand, .. } => self.add_target(body, *operand, false),
            StatementKind::Send { value, .. } => self.escapes |= source.feeds(body[*value].span),
            StatementKind::Return(values) => {
                self.escapes |= values.iter().any(|value| source.feeds(body[*value].span));
            }
            _ => {}
        }
    }

    fn add_target(&mut self, body: &Body, target: ExpressionId, gets_value: bool) {
        let mut is_own = false;
        if let Some(binding) = body.binding_of(target) {
            let variable = &body[binding];
            is_own = body.is_within(variable.function, self.function)
                && !matches!(variable.kind, BindingKind::Result(_));
            if !is_own {
                add_once(&mut self.assigns, binding);
            }
        } else if let Some(binding) = body.root_binding(target) {
            add_once(&mut self.writes_through, binding);
        } else if !is_blank(body, target) {
            self.assigns_package_variable = true;
        } else {
            is_own = true;
        }
        self.escapes |= gets_value && !is_own;
    }
}

fn add_once(bindings: &mut Vec<BindingId>, binding: BindingId) {
    if !bindings.contains(&binding) {
        bindings.push(binding);
    }
}

fn is_blank(body: &Body, target: ExpressionId) -> bool {
    let kind = &body[body.unparenthesized(target)].kind;
    matches!(
        kind,
        ExpressionKind::Name {
            resolution: Resolution::Blank,
            ..
        }
    )
}

fn occurrence(paths: &Paths<'_>, endings: &[Ending]) -> Occurrence {
    let only = paths.endings.only();
    if !paths.returns && only.is_some_and(|only| endings.contains(&only)) {
        Occurrence::EveryPath
    } else if endings.iter().any(|ending| paths.endings.contains(*ending)) {
        Occurrence::SomePaths
    } else {
        Occurrence::Never
    }
}

fn is_predeclared_call(body: &Body, callee: ExpressionId, surroundings: &dyn Surroundings) -> bool {
    body.outer_name_of(callee).is_some_and(|name| {
        PREDECLARED_FUNCTIONS.contains(&name.as_str()) && surroundings.is_builtin(callee, name)
    })
}

/// The variable that holds what a call of `recover` returned: the one that it declares or that it is assigned to.
fn held_value(body: &Body, call: ExpressionId) -> Option<BindingId> {
    let whole = with_parentheses(body, call);
    let Parent::Statement(statement) = body[whole].parent else {
        return None;
    };
    match &body[statement].kind {
        StatementKind::Assign {
            left,
            operator: None,
            right,
        }
        | StatementKind::ShortVar { left, right, .. } => {
            let index = right.iter().position(|value| *value == whole)?;
            body.binding_of(*left.get(index)?)
        }
        StatementKind::Declare(Declaration::Variables(specs)) => specs.iter().find_map(|spec| {
            let index = spec.values.iter().position(|value| *value == whole)?;
            *spec.bindings.get(index)?
        }),
        _ => None,
    }
}

/// Every local variable whose value is made from that of the first one.
fn made_from(body: &Body, value: Option<BindingId>) -> Vec<BindingId> {
    let mut tainted: Vec<BindingId> = value.into_iter().collect();
    let mut next = 0;
    while let Some(binding) = tainted.get(next).copied() {
        next += 1;
        for use_ in &body[binding].uses {
            let Some(statement) = body.statement_of(use_.expression) else {
                continue;
            };
            let at = body[use_.expression].span;
            let made = |id: &BindingId| is_made_by(body, *id, statement, at);
            for made in declared_or_assigned(body, statement).filter(made) {
                add_once(&mut tainted, made);
            }
        }
    }
    tainted
}

/// The local variables that a statement declares or assigns.
fn declared_or_assigned(body: &Body, statement: StatementId) -> impl Iterator<Item = BindingId> + '_ {
    let (left, specs, clauses): (&[ExpressionId], &[_], &[_]) = match &body[statement].kind {
        StatementKind::Assign { left, .. } | StatementKind::ShortVar { left, .. } => (left, &[], &[]),
        StatementKind::Declare(Declaration::Variables(specs)) => (&[], specs, &[]),
        StatementKind::TypeSwitch { clauses, .. } => (&[], &[], clauses),
        _ => (&[], &[], &[]),
    };
    let assigned = left.iter().filter_map(|target| body.binding_of(*target));
    let declared = specs
        .iter()
        .flat_map(|spec| spec.bindings.iter().flatten().copied());
    assigned
        .chain(declared)
        .chain(clauses.iter().filter_map(|clause| clause.binding))
}

/// True when the statement gives a variable a value that something at this place is a part of.
fn is_made_by(body: &Body, variable: BindingId, statement: StatementId, part: Span) -> bool {
    let holds = |expression: ExpressionId| body[expression].span.contains(part);
    match &body[statement].kind {
        StatementKind::TypeSwitch { operand, .. } => holds(*operand),
        StatementKind::Assign { left, right, .. } | StatementKind::ShortVar { left, right, .. } => {
            let at = left
                .iter()
                .position(|target| body.binding_of(*target) == Some(variable));
            let value = at.and_then(|at| {
                if left.len() == right.len() {
                    right.get(at)
                } else {
                    right.first()
                }
            });
            value.is_some_and(|value| holds(*value))
        }
        _ => match body[variable].origin {
            Origin::Value { expression, .. } => holds(expression),
            _ => body[variable].statement == Some(statement),
        },
    }
}

/// What a recovered value is recognised by: the call itself, and the variables made from it.
struct Source<'a> {
    body: &'a Body,
    recover: ExpressionId,
    tainted: &'a [BindingId],
}

impl Source<'_> {
    /// True when the recovered value, or one made from it, is used within the span.
    fn feeds(&self, span: Span) -> bool {
        let body = self.body;
        let uses = self.tainted.iter().flat_map(|binding| &body[*binding].uses);
        span.contains(body[self.recover].span)
            || uses
                .into_iter()
                .any(|use_| span.contains(body[use_.expression].span))
    }
}

/// The statements that run on the function's own frame on some path.
struct Region<'a> {
    body: &'a Body,
    paths: &'a Paths<'a>,
    /// For each function whether it is the recovering one, or a literal that a live statement of it runs.
    functions: Vec<bool>,
    function: FunctionId,
}

impl<'a> Region<'a> {
    fn new(body: &'a Body, frames: &Frames, function: FunctionId, paths: &'a Paths<'a>) -> Self {
        let mut region = Self {
            body,
            paths,
            functions: vec![false; body.functions.len()],
            function,
        };
        for inner in body.function_ids() {
            let runs = inner == function
                || body.is_within(inner, function)
                    && frames.runs_within(body, inner, function)
                    && body[inner]
                        .literal
                        .is_some_and(|literal| region.has_expression(literal));
            region.functions[inner.0 as usize] = runs;
        }
        region
    }

    fn has_statement(&self, id: StatementId) -> bool {
        let function = self.body[id].function;
        self.functions[function.0 as usize] && (function != self.function || self.paths.reaches(id))
    }

    fn has_expression(&self, id: ExpressionId) -> bool {
        self.body
            .statement_of(id)
            .is_some_and(|statement| self.has_statement(statement))
    }
}

fn branch_of(
    body: &Body,
    paths: &Paths<'_>,
    call: &RecoverCall,
    value: Option<BindingId>,
    premises: &Premises<'_>,
) -> RecoveryBranch {
    if let RecoverSite::Deferred(_) | RecoverSite::DeferredArgument(_) = call.site {
        return RecoveryBranch::None;
    }
    let mentions = |expression: ExpressionId| {
        let span = body[expression].span;
        let mut uses = value.into_iter().flat_map(|value| &body[value].uses);
        span.contains(body[call.call].span) || uses.any(|use_| span.contains(body[use_.expression].span))
    };
    for id in &body[call.function].statements {
        match &body[*id].kind {
            StatementKind::If {
                condition,
                then,
                otherwise,
                ..
            } if mentions(*condition) => {
                return branch_of_if(body, paths, *id, (*condition, *then, *otherwise), premises);
            }
            StatementKind::TypeSwitch { operand, clauses, .. } if mentions(*operand) => {
                let is_possible = clauses.iter().any(|clause| !is_nil_case(clause));
                return if is_possible {
                    RecoveryBranch::Clauses(*id)
                } else {
                    RecoveryBranch::None
                };
            }
            StatementKind::Switch {
                value: Some(operand), ..
            } if mentions(*operand) => return RecoveryBranch::None,
            _ => {}
        }
    }
    match body.statement_of(call.call) {
        Some(statement) if is_block_statement(body, statement) => RecoveryBranch::AfterAlways(statement),
        _ => RecoveryBranch::None,
    }
}

fn branch_of_if(
    body: &Body,
    paths: &Paths<'_>,
    id: StatementId,
    (condition, then, otherwise): (ExpressionId, StatementId, Option<StatementId>),
    premises: &Premises<'_>,
) -> RecoveryBranch {
    match (premises.truth_of(body, condition), otherwise) {
        (Some(true), _) => RecoveryBranch::Block(then),
        (Some(false), Some(block)) if matches!(body[block].kind, StatementKind::Block(_)) => {
            RecoveryBranch::Block(block)
        }
        (Some(false), None) if is_block_statement(body, id) => {
            if paths.leaves(body, then) {
                RecoveryBranch::After(id)
            } else {
                RecoveryBranch::AfterAlways(id)
            }
        }
        _ => RecoveryBranch::None,
    }
}

/// True for a statement that stands directly in a block, so that another one can follow it.
fn is_block_statement(body: &Body, statement: StatementId) -> bool {
    body[statement]
        .parent
        .is_some_and(|parent| match &body[parent].kind {
            StatementKind::Block(statements) => statements.contains(&statement),
            _ => false,
        })
}

/// True for `case nil:` alone.
fn is_nil_case(clause: &Clause) -> bool {
    matches!(&*clause.types, [TypeExpression::Name { name, .. }] if name == "nil")
}
