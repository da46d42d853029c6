//! Locks, wait groups and channels as things that are taken and given back, and the calls that do so.

use super::{Builtin, Callee, Context};
use crate::Name;
use crate::body::{
    BindingKind, ExpressionId, ExpressionKind, FunctionId, Origin, Parent, PlainPath, Root, StatementId,
    StatementKind, UnaryOperator,
};

/// What a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResourceKind {
    /// A mutex, held for writing: `Lock` and `Unlock`.
    Lock,
    /// A read-write mutex, held for reading: `RLock` and `RUnlock`.
    ReadLock,
    /// A wait group that waits: `Add` and `Done`.
    WaitGroup,
    /// An open channel: `close` gives it back, and only once.
    Channel,
}

impl ResourceKind {
    /// True when it can be held several times at once.
    pub(super) fn is_counted(self) -> bool {
        matches!(self, Self::ReadLock | Self::WaitGroup)
    }
}

/// Something that is held and given back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Resource {
    /// How it is written.
    pub path: PlainPath,
    /// What it is.
    pub kind: ResourceKind,
}

/// What a call does to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It takes it.
    Acquire,
    /// It takes it, or yields false.
    TryAcquire,
    /// It gives it back.
    Release,
    /// It takes it or gives it back several times.
    Several,
}

/// A call that takes a resource or gives it back.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The call.
    pub call: ExpressionId,
    /// The expression before the method's name, or the argument of `close`.
    pub operand: ExpressionId,
    /// The resource.
    pub resource: Resource,
    /// What is done.
    pub action: Action,
}

/// A `defer` statement that gives a resource back and does nothing else with it.
#[derive(Clone, Debug)]
pub struct DeferredRelease {
    /// The statement.
    pub statement: StatementId,
    /// What gives it back: the deferred call itself, or a call in the deferred literal.
    pub operation: Operation,
}

impl Context<'_> {
    /// What a call of `sync.Mutex`, `sync.RWMutex`, `sync.WaitGroup` or `close` does; `None` for any other call, and where
    /// the operand is no [`PlainPath`].
    pub fn operation(&self, call: ExpressionId) -> Option<Operation> {
        let (operand, kind, action) = self.operation_on(call)?;
        let path = PlainPath::of(self.body, operand)?;
        Some(Operation {
            call: self.body.unparenthesized(call),
            operand,
            resource: Resource { path, kind },
            action,
        })
    }

    pub(super) fn operation_on(&self, call: ExpressionId) -> Option<(ExpressionId, ResourceKind, Action)> {
        let (function, arguments) = self.body.call_of(call)?;
        match &self.body[self.body.unparenthesized(function)].kind {
            ExpressionKind::Name { name, .. } if name == "close" => {
                let is_close = self.builtin_call(call) == Some(Builtin::Close);
                let channel = arguments.first().filter(|_| is_close)?;
                Some((*channel, ResourceKind::Channel, Action::Release))
            }
            ExpressionKind::Selector { operand, field, .. } => {
                let (kind, mut action) = method_of_sync(field)?;
                let Callee::Method(method) = self.callee(call) else {
                    return None;
                };
                let is_wait_group = method.type_name == "WaitGroup";
                if method.package != "sync" || is_wait_group != (kind == ResourceKind::WaitGroup) {
                    return None;
                }
                let is_one = |argument: &ExpressionId| self.body.text_of(self.body[*argument].span) == "1";
                if field == "Add" && !arguments.first().is_some_and(is_one) {
                    action = Action::Several;
                }
                Some((*operand, kind, action))
            }
            _ => None,
        }
    }

    /// The `defer` statements of a function that give back what a call or a literal's one call names.
    pub fn deferred_releases(&self, function: FunctionId) -> Vec<DeferredRelease> {
        let deferred = self.deferred_calls(function).into_iter();
        let releases = deferred.filter_map(|deferred| {
            let operation = match deferred.literal {
                None => self.operation(deferred.call),
                Some(literal) => self.only_operation(literal),
            }?;
            (operation.action == Action::Release).then_some(DeferredRelease {
                statement: deferred.statement,
                operation,
            })
        });
        releases.collect()
    }

    /// The one operation in a literal that ends nowhere before it, when every call of the literal makes it.
    fn only_operation(&self, literal: FunctionId) -> Option<Operation> {
        let mut found = None;
        for expression in self.body.expression_ids() {
            if self.body.is_within(self.body[expression].function, literal)
                && let Some(operation) = self.operation(expression)
            {
                let is_first = found.replace(operation).is_none();
                if !is_first {
                    return None;
                }
            }
        }
        found.filter(|operation| self.always_runs(literal, operation.call))
    }

    /// True for a statement of the function's own block that nothing returns before.
    pub(super) fn always_runs(&self, function: FunctionId, call: ExpressionId) -> bool {
        let body = self.body;
        let Parent::Statement(statement) = body[call].parent else {
            return false;
        };
        let is_alone = matches!(body[statement].kind, StatementKind::Expression(_));
        let mut statements = body[function].statements.iter();
        is_alone
            && body[statement].parent == body[function].block
            && body[statement].function == function
            && !statements
                .any(|id| matches!(body[*id].kind, StatementKind::Return(_) | StatementKind::Goto(_)))
    }

    /// True when two paths end alike, and one of them starts with a variable that another path was assigned to.
    pub(super) fn may_be_same(&self, one: &PlainPath, other: &PlainPath) -> bool {
        let is_alias = |path: &PlainPath| {
            let Root::Local(root) = path.root else {
                return false;
            };
            let binding = &self.body[root];
            match binding.origin {
                Origin::Value { expression, .. } if binding.kind == BindingKind::Variable => {
                    let mut value = self.body.unparenthesized(expression);
                    if let ExpressionKind::Unary {
                        operator: UnaryOperator::AddressOf,
                        operand,
                    } = self.body[value].kind
                    {
                        value = operand;
                    }
                    PlainPath::of(self.body, value).is_some()
                }
                _ => false,
            }
        };
        let ends_alike = match (one.fields.last(), other.fields.last()) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        ends_alike && (is_alias(one) || is_alias(other))
    }
}

/// What the methods of package sync do, by their names.
pub(super) fn method_of_sync(name: &Name) -> Option<(ResourceKind, Action)> {
    Some(match name.as_str() {
        "Lock" => (ResourceKind::Lock, Action::Acquire),
        "TryLock" => (ResourceKind::Lock, Action::TryAcquire),
        "Unlock" => (ResourceKind::Lock, Action::Release),
        "RLock" => (ResourceKind::ReadLock, Action::Acquire),
        "TryRLock" => (ResourceKind::ReadLock, Action::TryAcquire),
        "RUnlock" => (ResourceKind::ReadLock, Action::Release),
        "Add" => (ResourceKind::WaitGroup, Action::Acquire),
        "Done" => (ResourceKind::WaitGroup, Action::Release),
        _ => return None,
    })
}
