//! What calls do beyond yielding results, found by following summaries through packages.

use super::resolve::environment;
use super::{Builtin, Callee, Context, Place as TypePlaceOf};
use crate::Name;
use crate::body::{ExpressionId, ExpressionKind, FunctionId, StatementId, StatementKind};
use crate::control_flow::{CallOutcome, ControlFlow};
use crate::effects::{RecoverCall, RecoverForm, recover_calls};
use crate::facts::{CallSite, Effect, FunctionFacts, ParameterIndex, Place, Recovery, Summary, Target};
use crate::types::{Type, TypePlace};

/// How many calls deep summaries are followed.
const MAX_CALLS: u32 = 5;

/// The functions that the runtime implements and that never return; their Go text doesn't say so.
const INTRINSICS: [(&str, &str); 4] = [
    ("os", "Exit"),
    ("syscall", "Exit"),
    ("runtime", "Goexit"),
    ("syscall", "runtimeExit"),
];

/// A `defer` statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeferredCall {
    /// The statement.
    pub statement: StatementId,
    /// The call, without parentheses around it.
    pub call: ExpressionId,
    /// The function literal that is called, when it is one.
    pub literal: Option<FunctionId>,
}

/// What a call does to what its arguments hold. The places start from the callee's parameters and receiver.
pub type CallEffects = Vec<Effect>;

/// A function by where its facts are found.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Function {
    package: Name,
    receiver: Option<Name>,
    name: Name,
}

impl Context<'_> {
    /// The control-flow graph of a function of the body.
    pub fn flow(&self, function: FunctionId) -> &ControlFlow {
        self.flows[function.0 as usize]
            .get_or_init(|| ControlFlow::new(self.body, function, &|call| self.outcome(call)))
    }

    /// The `defer` statements of a function, in the order of the text.
    pub fn deferred_calls(&self, function: FunctionId) -> Vec<DeferredCall> {
        let statements = self.body[function].statements.iter();
        let deferred = statements.filter_map(|statement| match self.body[*statement].kind {
            StatementKind::Defer(call) => {
                let call = self.body.unparenthesized(call);
                let literal = self
                    .body
                    .call_of(call)
                    .and_then(|(function, _)| self.body.literal_of(function));
                Some(DeferredCall {
                    statement: *statement,
                    call,
                    literal,
                })
            }
            _ => None,
        });
        deferred.collect()
    }

    /// Every call of the predeclared `recover` in the body.
    pub fn recover_calls(&self) -> Vec<RecoverCall> {
        recover_calls(self.body, |function| self.is_builtin(function, "recover"))
    }

    /// What a call does to the path that it is on.
    pub fn outcome(&self, call: ExpressionId) -> CallOutcome {
        match self.callee(call) {
            Callee::Builtin(Builtin::Panic) => CallOutcome::Panics,
            Callee::Literal(_) | Callee::Variable(_) | Callee::Builtin(_) | Callee::Conversion(_) => {
                CallOutcome::Returns
            }
            callee => Self::function_of(&callee)
                .map_or(CallOutcome::Returns, |function| self.ending(&function, MAX_CALLS)),
        }
    }

    /// What a deferred call of the callee does with a panic; `None` when that isn't known.
    pub fn recovery_of(&self, call: ExpressionId) -> Option<Recovery> {
        match self.callee(call) {
            Callee::Literal(literal) => Some(self.literal_recovery(literal)),
            Callee::Variable(variable) => self
                .single_literal(variable)
                .map(|literal| self.literal_recovery(literal)),
            Callee::Builtin(_) | Callee::Conversion(_) => Some(Recovery::default()),
            callee => {
                let function = Self::function_of(&callee)?;
                self.with_facts(&function, |facts| self.recovery_in(&function, facts))
                    .flatten()
            }
        }
    }

    /// What deferring a function or literal of this body does with a panic.
    pub fn literal_recovery(&self, function: FunctionId) -> Recovery {
        let own = self
            .recover_calls()
            .into_iter()
            .filter(|recover| recover.function == function);
        let recovers = own
            .into_iter()
            .any(|recover| recover.form != RecoverForm::Goroutine && !self.is_in_iterator_body(recover));
        let mut recovery = Recovery {
            recovers,
            ..Recovery::default()
        };
        if recovers {
            for call in self
                .body
                .expression_ids()
                .filter(|id| self.body[*id].function == function)
            {
                if matches!(self.body[call].kind, ExpressionKind::Call { .. }) {
                    match self.outcome(call) {
                        CallOutcome::Panics => recovery.repanics = true,
                        CallOutcome::NeverReturns => recovery.exits = true,
                        CallOutcome::Returns => {}
                    }
                }
            }
        }
        recovery
    }

    /// True for a plain `recover` in the body of a loop over an iterator function: the body is a function of its own to
    /// the runtime, and the call yields nil there (golang/go#71685). `defer recover()` in such a body does recover.
    pub fn is_in_iterator_body(&self, recover: RecoverCall) -> bool {
        if matches!(recover.form, RecoverForm::Deferred(_)) {
            return false;
        }
        let Some(statement) = self.body.statement_of(recover.call) else {
            return false;
        };
        self.body
            .enclosing_statements(statement)
            .any(|around| match &self.body[around].kind {
                StatementKind::Range { operand, body, .. } => {
                    let inside = self.body[*body].span.contains(self.body[recover.call].span);
                    inside && !self.is_function(&self.type_of(*operand)).is_no()
                }
                _ => false,
            })
    }

    /// What a call does to what its arguments hold, followed through the calls that it makes; `None` when the callee
    /// isn't known.
    pub fn effects_of(&self, call: ExpressionId) -> Option<CallEffects> {
        let function = Self::function_of(&self.callee(call))?;
        self.effects_in(&function, MAX_CALLS)
    }

    fn function_of(callee: &Callee) -> Option<Function> {
        match callee {
            Callee::Function { package, name } => Some(Function {
                package: package.clone(),
                receiver: None,
                name: name.clone(),
            }),
            Callee::Method(method) => Some(Function {
                package: method.package.clone(),
                receiver: Some(method.type_name.clone()),
                name: method.name.clone(),
            }),
            _ => None,
        }
    }

    fn with_facts<T>(&self, function: &Function, read: impl FnOnce(&FunctionFacts) -> T) -> Option<T> {
        let facts = self.package_facts(&function.package)?;
        let found = match &function.receiver {
            Some(receiver) => facts.method(receiver, &function.name),
            None => facts.function(&function.name),
        };
        found.map(read)
    }

    fn with_summary<T>(&self, function: &Function, read: impl FnOnce(&Summary) -> T) -> Option<T> {
        self.with_facts(function, |facts| facts.summary.as_ref().map(read))
            .flatten()
    }

    /// A summary takes predeclared functions at their names: that holds unless the package declares one.
    fn means(&self, function: &Function, predeclared: &str) -> bool {
        self.package_facts(&function.package)
            .is_some_and(|facts| !facts.declares(predeclared))
    }

    fn recovery_in(&self, function: &Function, facts: &FunctionFacts) -> Option<Recovery> {
        let summary = facts.summary.as_ref()?;
        let mut recovery = summary.recovery;
        recovery.recovers &= self.means(function, "recover");
        if recovery.recovers {
            let endings = summary
                .calls
                .iter()
                .filter_map(|call| self.callee_in(function, facts, call));
            let mut endings = endings.map(|callee| self.ending(&callee, MAX_CALLS - 1));
            recovery.exits = endings.any(|ending| ending == CallOutcome::NeverReturns);
        }
        Some(recovery)
    }

    /// How a function ends when it never returns.
    fn ending(&self, function: &Function, depth: u32) -> CallOutcome {
        let is_intrinsic = INTRINSICS.iter().any(|(package, name)| {
            function.package == *package && function.name == *name && function.receiver.is_none()
        });
        if is_intrinsic {
            return CallOutcome::NeverReturns;
        }
        if depth == 0 {
            return CallOutcome::Returns;
        }
        if let Some(known) = self.endings.borrow().get(function) {
            return *known;
        }
        // A function that is asked about while its own answer is being found adds nothing to it.
        self.endings
            .borrow_mut()
            .insert(function.clone(), CallOutcome::Returns);
        let ending = self.ending_by_summary(function, depth);
        self.endings.borrow_mut().insert(function.clone(), ending);
        ending
    }

    fn ending_by_summary(&self, function: &Function, depth: u32) -> CallOutcome {
        let ending = self.with_facts(function, |facts| {
            let summary = facts.summary.as_ref()?;
            let always = summary.calls.iter().filter(|call| call.always && !call.deferred);
            let mut endings = always.filter_map(|call| self.callee_in(function, facts, call));
            let ending = endings.find_map(|callee| match self.ending(&callee, depth - 1) {
                CallOutcome::Returns => None,
                ending => Some(ending),
            });
            ending.or((summary.never_returns && self.means(function, "panic")).then_some(CallOutcome::Panics))
        });
        ending.flatten().unwrap_or(CallOutcome::Returns)
    }

    /// Whom a call in a summarised function calls.
    fn callee_in(&self, caller: &Function, facts: &FunctionFacts, call: &CallSite) -> Option<Function> {
        let plain = |package: &Name, name: &Name| Function {
            package: package.clone(),
            receiver: None,
            name: name.clone(),
        };
        match &call.target {
            Target::Function(name) => Some(plain(&caller.package, name)),
            Target::Imported { package, name } => Some(plain(package, name)),
            Target::Method { place, name } => {
                let method = self.method(&self.type_of_place(caller, facts, place)?, name)?;
                Some(Function {
                    package: method.package,
                    receiver: Some(method.type_name),
                    name: name.clone(),
                })
            }
            Target::Value(_) | Target::Unknown => None,
        }
    }

    /// The type of a place that a summary names.
    fn type_of_place(&self, function: &Function, facts: &FunctionFacts, place: &Place) -> Option<Type> {
        let unknown = environment(&facts.type_parameters, &[]);
        let at = TypePlaceOf::Package(&function.package, &unknown);
        let root = match &place.root {
            ParameterIndex::Receiver => {
                let receiver = facts.receiver.as_ref()?;
                let place = TypePlace::Package(function.package.clone());
                super::resolve::named(place, &receiver.type_name, Box::default())
            }
            ParameterIndex::Parameter(index) => {
                let parameters = &facts.signature.parameters;
                self.resolve_in(parameters.get(*index as usize)?, at)
            }
            ParameterIndex::PackageVariable(name) => {
                let package = self.package_facts(&function.package)?;
                self.resolve_in(&package.value(name)?.type_, at)
            }
            ParameterIndex::Other => return None,
        };
        place
            .fields
            .iter()
            .try_fold(root, |type_, field| self.field(&type_, field))
    }

    fn effects_in(&self, function: &Function, depth: u32) -> Option<CallEffects> {
        if let Some(known) = self.effects.borrow().get(function) {
            return known.clone();
        }
        self.effects.borrow_mut().insert(function.clone(), None);
        let effects = self.effects_by_summary(function, depth);
        self.effects
            .borrow_mut()
            .insert(function.clone(), effects.clone());
        effects
    }

    fn effects_by_summary(&self, function: &Function, depth: u32) -> Option<CallEffects> {
        let own = self.with_summary(function, |summary| summary.effects.clone())?;
        let mut effects: Vec<_> = own
            .into_iter()
            .filter(|effect| self.is_meant(function, effect))
            .collect();
        if depth == 0 {
            return Some(effects);
        }
        self.with_facts(function, |facts| {
            let calls = facts.summary.iter().flat_map(|summary| &summary.calls);
            for call in calls {
                let Some(callee) = self.callee_in(function, facts, call) else {
                    continue;
                };
                for effect in self.effects_in(&callee, depth - 1).unwrap_or_default() {
                    let moved = moved(&effect, call);
                    effects.extend(moved.filter(|moved| !effects.contains(moved)));
                }
            }
        });
        Some(effects)
    }

    fn is_meant(&self, function: &Function, effect: &Effect) -> bool {
        match effect {
            Effect::Clears(_) => self.means(function, "clear") && self.means(function, "delete"),
            Effect::Deletes(_) => self.means(function, "delete"),
            _ => true,
        }
    }
}

/// An effect of a callee, in terms of the caller's places; returned values aren't followed.
fn moved(effect: &Effect, call: &CallSite) -> Option<Effect> {
    let place = |place: &Place| {
        let base = match &place.root {
            ParameterIndex::Parameter(index) => call.arguments.get(*index as usize)?.clone(),
            ParameterIndex::Receiver => match &call.target {
                Target::Method { place, .. } => place.clone(),
                _ => return None,
            },
            ParameterIndex::PackageVariable(_) | ParameterIndex::Other => return None,
        };
        if base.root == ParameterIndex::Other {
            return None;
        }
        let fields = base.fields.iter().chain(&place.fields).cloned().collect();
        Some(Place {
            root: base.root,
            fields,
        })
    };
    Some(match effect {
        Effect::Clears(inner) => Effect::Clears(place(inner)?),
        Effect::Deletes(inner) => Effect::Deletes(place(inner)?),
        Effect::WritesElement(inner) => Effect::WritesElement(place(inner)?),
        Effect::Assigns(inner) => Effect::Assigns(place(inner)?),
        Effect::Stores(inner) => Effect::Stores(place(inner)?),
        Effect::Locks(inner, read) => Effect::Locks(place(inner)?, *read),
        Effect::Unlocks(inner, read) => Effect::Unlocks(place(inner)?, *read),
        Effect::Returns(..) => return None,
    })
}
