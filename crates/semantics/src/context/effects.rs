//! What the calls and functions of the body do beyond yielding results.

use super::links::Function;
use super::{Builtin, Callee, Context};
use crate::body::{ExpressionId, ExpressionKind, FunctionId};
use crate::control_flow::{self, CallOutcome, ControlFlow, DeferredCall};
use crate::effects::{
    Effects, Frames, RecoverCall, RecoveryHandling, Surroundings, only_recovers, recover_calls,
    recovery_handling,
};
use crate::facts::{Ending, ParameterIndex, ReceiverReads, Recovery};
use crate::types::{Certainty, Type, TypePlace};

impl Surroundings for Context<'_> {
    fn is_builtin(&self, expression: ExpressionId, name: &str) -> bool {
        Context::is_builtin(self, expression, name)
    }

    fn ranges_over_function(&self, operand: ExpressionId) -> Certainty {
        self.is_function(&self.type_of(operand))
    }

    fn ending_of(&self, call: ExpressionId) -> Option<Ending> {
        Context::ending_of(self, call)
    }
}

impl Context<'_> {
    /// The control-flow graph of a function of the body.
    pub fn flow(&self, function: FunctionId) -> &ControlFlow {
        self.flows[function.0 as usize]
            .get_or_init(|| ControlFlow::new(self.body, function, &|call| self.outcome(call)))
    }

    /// How each function of the body comes to run.
    pub fn frames(&self) -> &Frames {
        self.frames.get_or_init(|| Frames::of(self.body))
    }

    /// The `defer` statements of a function, in the order of the text.
    pub fn deferred_calls(&self, function: FunctionId) -> Vec<DeferredCall> {
        control_flow::deferred_calls(self.body, function)
    }

    /// Every call of the predeclared `recover` in the body, in the order of the text.
    pub fn recover_calls(&self) -> &[RecoverCall] {
        self.recover_calls
            .get_or_init(|| recover_calls(self.body, self.frames(), self))
    }

    /// What deferring a function or literal of this body does with a panic; `None` when it doesn't call `recover` on
    /// its own frame.
    pub fn recovery_handling(&self, function: FunctionId) -> Option<RecoveryHandling> {
        let recovers = self.recover_calls();
        if !recovers.iter().any(|recover| recover.function == function) {
            return None;
        }
        recovery_handling(self.body, self.frames(), self.flow(function), recovers, self)
    }

    /// How a call ends that certainly never returns; `None` for any other.
    pub fn ending_of(&self, call: ExpressionId) -> Option<Ending> {
        match self.callee(call) {
            Callee::Builtin(Builtin::Panic) => Some(Ending::Panic),
            callee => self.ending_of_function(&self.function_called(call, &callee)?),
        }
    }

    /// Whether a call never returns. [`Certainty::No`] says that its callee has a path that returns, unless every branch
    /// of that path calls another function that never does.
    pub fn never_returns(&self, call: ExpressionId) -> Certainty {
        match self.callee(call) {
            Callee::Builtin(builtin) => Certainty::from(builtin == Builtin::Panic),
            Callee::Conversion(_) => Certainty::No,
            callee => self
                .function_called(call, &callee)
                .map_or(Certainty::Unknown, |function| {
                    self.function_never_returns(&function)
                }),
        }
    }

    /// Whether a panic of the called function reaches its caller: nothing that the function defers stops it.
    pub fn panics_reach_caller(&self, call: ExpressionId) -> Certainty {
        let function = self.function_called(call, &self.callee(call));
        function.map_or(Certainty::Unknown, |function| {
            self.function_lets_panics_through(&function)
        })
    }

    /// What a call does to the path that it is on.
    pub fn outcome(&self, call: ExpressionId) -> CallOutcome {
        match self.ending_of(call) {
            None => CallOutcome::Returns,
            Some(Ending::Panic) => CallOutcome::Panics,
            Some(_) => CallOutcome::NeverReturns,
        }
    }

    /// What a deferred call does with a panic; `None` when that isn't known. [`Recovery::calls`] holds the calls of which
    /// it isn't known whether they return.
    pub fn recovery_of(&self, call: ExpressionId) -> Option<Recovery> {
        let recovers_not = || Recovery {
            recovers: Certainty::No,
            ..Recovery::default()
        };
        match self.callee(call) {
            Callee::Literal(literal) => Some(self.literal_recovery(literal)),
            Callee::Variable(variable) => self
                .single_literal(variable)
                .map(|literal| self.literal_recovery(literal)),
            Callee::Builtin(_) | Callee::Conversion(_) => Some(recovers_not()),
            callee => self.recovery_of_function(&self.function_called(call, &callee)?),
        }
    }

    /// What deferring a function or literal of this body does with a panic. [`Recovery::calls`] is empty: the calls are
    /// those of its [handling](Self::recovery_handling).
    pub fn literal_recovery(&self, function: FunctionId) -> Recovery {
        match self.recovery_handling(function) {
            None => Recovery {
                recovers: Certainty::No,
                ..Recovery::default()
            },
            Some(handling) => Recovery {
                recovers: handling.recovers,
                repanics: handling.repanics,
                exits: handling.exits,
                returns: handling.returns,
                escapes: handling.escapes,
                only_recovers: only_recovers(
                    self.body,
                    function,
                    self.recover_calls(),
                    handling.recovered_value,
                ),
                calls: Vec::new(),
            },
        }
    }

    /// What a call does to an argument or to its receiver, followed through the calls that the callee makes; `None` when
    /// the callee isn't known. Of a package-level variable only the effects of the callee's own text are known.
    pub fn effects_on(&self, call: ExpressionId, parameter: &ParameterIndex) -> Option<Effects> {
        let function = self.function_called(call, &self.callee(call))?;
        self.effects_of_function(&function, parameter)
    }

    /// What the called method certainly reads of its receiver; nothing when it isn't known.
    pub fn receiver_reads(&self, call: ExpressionId) -> ReceiverReads {
        self.function_called(call, &self.callee(call))
            .map(|function| self.receiver_reads_of(&function))
            .unwrap_or_default()
    }

    /// The parameter that an argument of a call is given to, or its receiver: `None` for an argument that becomes a part
    /// of a variadic parameter, for several values of one call, and when the callee isn't known.
    pub fn parameter_of(&self, call: ExpressionId, argument: usize) -> Option<ParameterIndex> {
        let ExpressionKind::Call {
            arguments, spread, ..
        } = &self.body[call].kind
        else {
            return None;
        };
        let function = self.function_called(call, &self.callee(call))?;
        self.parameter_at(&function, argument, arguments.len(), *spread)
    }

    /// The function or method that is called, by where its facts are found or would be.
    pub(super) fn function_called(&self, call: ExpressionId, callee: &Callee) -> Option<Function> {
        match callee {
            Callee::Function { package, name } => Some(Function::new(package, None, name)),
            Callee::Method(method) => Some(Function::new(
                &method.package,
                Some(&method.type_name),
                &method.name,
            )),
            Callee::Unknown => {
                let (function, _) = self.body.call_of(call)?;
                let ExpressionKind::Selector { operand, field, .. } =
                    &self.body[self.body.unparenthesized(function)].kind
                else {
                    return None;
                };
                if let Some(package) = self.imported_package(*operand) {
                    return Some(Function::new(&package, None, field));
                }
                let operand = match self.type_of(*operand) {
                    Type::Pointer(element) => Type::clone(&element),
                    type_ => type_,
                };
                match &operand {
                    Type::Named(named) => match &named.place {
                        TypePlace::Package(package) => Some(Function::new(package, Some(&named.name), field)),
                        _ => None,
                    },
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
