//! Where in a function locks, wait groups and channels are held.

use super::resources::method_of_sync;
use super::{Action, Context, Resource, ResourceKind};
use crate::body::{
    Declaration, ExpressionId, ExpressionKind, FunctionId, Parent, PlainPath, Root, StatementId,
    StatementKind, UnaryOperator,
};
use crate::control_flow::{Hold, HoldingEvent, HoldingFacts, ProgramPoint};
use crate::effects::Role;

/// What the calls of a body do to a resource, as far as one function is asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Action(Action),
    Unknown,
}

impl Context<'_> {
    /// Where a function holds a resource that is `hold` when it starts. `None` where the resource may be reached in
    /// another way: by a method value, a pointer, or a function literal of which nothing says when it runs.
    pub fn holding(&self, function: FunctionId, resource: &Resource, hold: Hold) -> Option<HoldingFacts> {
        let path = &resource.path;
        if self.is_reached_otherwise(path) || self.is_assigned_elsewhere(function, path) {
            return None;
        }
        let mut events = self.replacements(function, path);
        let mut literals: Vec<Literal> = Vec::new();
        for call in self.body.expression_ids() {
            let Some(does) = self.does(call, resource) else {
                continue;
            };
            match self.runs_in(self.body[call].function, function)? {
                RunsIn::Own => events.extend(self.event_of(function, call, does)),
                RunsIn::Elsewhere => {}
                RunsIn::Literal(function, statement) => {
                    let known = literals.iter_mut().find(|literal| literal.function == function);
                    match known {
                        Some(literal) => literal.calls.push((call, does)),
                        None => literals.push(Literal {
                            function,
                            statement,
                            calls: vec![(call, does)],
                        }),
                    }
                }
            }
        }
        let flow = self.flow(function);
        for literal in &literals {
            if let Some(event) = self.event_of_literal(literal) {
                events.push((flow.point(literal.statement)?, event));
            }
        }
        Some(flow.holding(self.body, hold, resource.kind.is_counted(), events))
    }

    /// What a call does to a resource; `None` when that is nothing.
    fn does(&self, call: ExpressionId, resource: &Resource) -> Option<Does> {
        if !matches!(self.body[call].kind, ExpressionKind::Call { .. }) {
            return None;
        }
        let Some((operand, kind, action)) = self.operation_on(call) else {
            return self.may_touch(call, resource).then_some(Does::Unknown);
        };
        let is_channel = resource.kind == ResourceKind::Channel;
        if is_channel != (kind == ResourceKind::Channel) {
            return None;
        }
        let path = &resource.path;
        match PlainPath::of(self.body, operand) {
            Some(other) if other == *path => (kind == resource.kind).then_some(Does::Action(action)),
            Some(other) => {
                (other.is_related_to(path) || self.may_be_same(&other, path)).then_some(Does::Unknown)
            }
            None => match (self.body.root_binding(operand), &path.root) {
                (Some(binding), Root::Local(root)) => (binding == *root).then_some(Does::Unknown),
                (Some(_), Root::Outer(_)) => None,
                (None, _) => Some(Does::Unknown),
            },
        }
    }

    /// True when a method of the resource is used as a value, or its address is taken.
    fn is_reached_otherwise(&self, path: &PlainPath) -> bool {
        let body = self.body;
        body.expression_ids().any(|id| match &body[id].kind {
            ExpressionKind::Unary {
                operator: UnaryOperator::AddressOf,
                operand,
            } => PlainPath::of(body, *operand).is_some_and(|taken| path.fields_from(&taken).is_some()),
            ExpressionKind::Selector { operand, field, .. } if method_of_sync(field).is_some() => {
                let is_called = match body[id].parent {
                    Parent::Expression(outer) => body.call_of(outer).is_some_and(|(called, _)| called == id),
                    _ => false,
                };
                !is_called && PlainPath::of(body, *operand).is_some_and(|owner| owner.is_related_to(path))
            }
            _ => false,
        })
    }

    /// True when another function than the one that is asked about assigns the variable.
    fn is_assigned_elsewhere(&self, function: FunctionId, path: &PlainPath) -> bool {
        let Root::Local(root) = path.root else {
            return false;
        };
        let mut uses = self.body[root].uses.iter();
        uses.any(|use_| use_.access.assigns() && use_.function != function)
    }

    /// Where a function declares the variable of a path, or assigns something on the way.
    fn replacements(&self, function: FunctionId, path: &PlainPath) -> Vec<(ProgramPoint, HoldingEvent)> {
        let body = self.body;
        let flow = self.flow(function);
        let mut events = Vec::new();
        let replaces = |target: &ExpressionId| {
            PlainPath::of(body, *target).is_some_and(|target| path.fields_from(&target).is_some())
        };
        let is_root = |declared: &Option<_>| declared.map(Root::Local).as_ref() == Some(&path.root);
        for statement in &body[function].statements {
            let (assigned, is_declared) = match &body[*statement].kind {
                StatementKind::Assign { left, .. } => (left.iter().any(replaces), false),
                StatementKind::ShortVar { left, declared, .. } => {
                    let is_declared = declared.iter().any(is_root);
                    (!is_declared && left.iter().any(replaces), is_declared)
                }
                StatementKind::Range { left, declared, .. } => {
                    let is_declared = declared.iter().any(is_root);
                    (!is_declared && left.iter().any(replaces), is_declared)
                }
                StatementKind::Declare(Declaration::Variables(specs)) => {
                    (false, specs.iter().any(|spec| spec.bindings.iter().any(is_root)))
                }
                _ => continue,
            };
            let place = match &body[*statement].kind {
                StatementKind::Range { left, .. } => left
                    .first()
                    .and_then(|first| flow.point_of_expression(body, *first)),
                _ => flow.point(*statement),
            };
            let event = match (assigned, is_declared) {
                (true, _) => HoldingEvent::Replace,
                (_, true) => HoldingEvent::Declare,
                _ => continue,
            };
            events.extend(place.map(|place| (place, event)));
        }
        events
    }

    /// Where the calls of a function `inner` run when `function` is asked about; `None` when nothing says when.
    fn runs_in(&self, inner: FunctionId, function: FunctionId) -> Option<RunsIn> {
        let body = self.body;
        if inner == function {
            return Some(RunsIn::Own);
        }
        let mut current = inner;
        loop {
            // What the functions around it do by themselves happens before or after, or isn't known to happen at all.
            if body.is_within(function, current) {
                return Some(RunsIn::Elsewhere);
            }
            let parent = body[current].parent?;
            match self.frames().role(current) {
                Role::Deferred { statement, .. } | Role::Goroutine { statement } => {
                    if parent == function && body[statement].function == function {
                        return Some(RunsIn::Literal(current, statement));
                    }
                }
                Role::Called { .. } | Role::Passed { .. } | Role::Escaping => return None,
                Role::Declared | Role::Initializer => return Some(RunsIn::Elsewhere),
            }
            current = parent;
        }
    }

    /// What a call in the function itself is to the paths through it.
    fn event_of(
        &self,
        function: FunctionId,
        call: ExpressionId,
        does: Does,
    ) -> Option<(ProgramPoint, HoldingEvent)> {
        let flow = self.flow(function);
        let point = flow.point_of_expression(self.body, call)?;
        let statement = self.body.statement_of(call)?;
        let is_whole = |held: ExpressionId| self.body.unparenthesized(held) == call;
        let event = match self.body[statement].kind {
            StatementKind::Defer(held) if is_whole(held) => match does {
                Does::Action(Action::Release) => HoldingEvent::DeferRelease(statement),
                _ => HoldingEvent::DeferUnknown,
            },
            StatementKind::Go(held) if is_whole(held) => HoldingEvent::Disturb,
            _ => match does {
                Does::Action(Action::Acquire) => HoldingEvent::Acquire(call),
                Does::Action(Action::TryAcquire) if self.is_condition(function, call) => {
                    HoldingEvent::TryAcquire(call)
                }
                Does::Action(Action::Release) => HoldingEvent::Release(call),
                Does::Action(Action::TryAcquire | Action::Several) | Does::Unknown => HoldingEvent::Disturb,
            },
        };
        Some((point, event))
    }

    /// True when the graph branches on what the call yields.
    fn is_condition(&self, function: FunctionId, call: ExpressionId) -> bool {
        let mut edges = self
            .flow(function)
            .blocks
            .iter()
            .flat_map(|block| &block.successors);
        edges.any(|edge| {
            edge.condition
                .is_some_and(|(condition, _)| self.body.unparenthesized(condition) == call)
        })
    }

    /// What a deferred literal, or one that runs in a goroutine, is to the paths through the function around it.
    fn event_of_literal(&self, literal: &Literal) -> Option<HoldingEvent> {
        let is = |action| {
            literal
                .calls
                .iter()
                .any(|(_, does)| *does == Does::Action(action))
        };
        if let StatementKind::Go(_) = self.body[literal.statement].kind {
            // A goroutine that only gives it back was handed it.
            return (is(Action::Release) && !is(Action::Acquire)).then_some(HoldingEvent::Disturb);
        }
        match *literal.calls {
            [(call, Does::Action(Action::Release))] if self.always_runs(literal.function, call) => {
                Some(HoldingEvent::DeferRelease(literal.statement))
            }
            _ => Some(HoldingEvent::DeferUnknown),
        }
    }
}

/// A literal that a function defers or starts in a goroutine.
struct Literal {
    function: FunctionId,
    /// The `defer` or `go` statement.
    statement: StatementId,
    /// Its calls that do something to the resource.
    calls: Vec<(ExpressionId, Does)>,
}

/// Where a call runs.
enum RunsIn {
    /// In the function that is asked about.
    Own,
    /// In this literal, which that function defers or starts in a goroutine by this statement.
    Literal(FunctionId, StatementId),
    /// Before, after or beside it.
    Elsewhere,
}
