//! Summarises a declared function: what calling or deferring it does.

use std::cell::RefCell;
use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::collect::Collector;
use super::paths::{Paths, Premises, outcome_of};
use super::places::Places;
use super::receiver::receiver_reads;
use super::{
    Frames, RecoverCall, RecoverPosition, RecoveryHandling, Surroundings, known, only_recovers,
    recover_calls, recovery_handling,
};
use crate::Name;
use crate::body::{Body, DeclarationKind, ExpressionId, ExpressionKind};
use crate::control_flow::ControlFlow;
use crate::facts::{Ending, Recovery, RecoveryCall, Summary, Target};
use crate::types::Certainty;

/// What calling or deferring the declared function does, from its text alone. `None` for a declaration that is no
/// function, has no body, or has a syntax error.
pub fn summarize(body: &Body) -> Option<Summary> {
    let is_function = matches!(body.kind, DeclarationKind::Function | DeclarationKind::Method);
    if !is_function || body.has_error || body[Body::DECLARED].block.is_none() {
        return None;
    }
    let frames = Frames::of(body);
    let places = Places::of_body(body, &frames);
    let text = Text::new(body);
    let flow = ControlFlow::new(body, Body::DECLARED, &|call| outcome_of(text.ending_of(call)));
    let premises = Premises {
        ending_of: &|call| text.ending_of(call),
        is_non_nil: &|_| false,
        is_nil: &|_| false,
    };
    let paths = Paths::through(body, &flow, &premises);
    let recovers = recover_calls(body, &frames, &text);
    let handling = recovery_handling(body, &frames, &flow, &recovers, &text);
    let recovery = handling.map_or_else(no_recovery, |handling| Recovery {
        only_recovers: only_recovers(body, Body::DECLARED, &recovers, handling.recovered_value),
        ..recovery_of(body, &places, &handling)
    });
    let mut collector = Collector::new(body, &frames, &places, &text, paths.always);
    collector.collect();
    let (effects, calls, starts_goroutine) = collector.finish();
    Some(Summary {
        recovery,
        recovers_itself: recovers_itself(&recovers),
        returns: paths.returns,
        endings: paths.endings,
        effects,
        calls,
        starts_goroutine,
        receiver_reads: receiver_reads(body),
        assumes: text.assumes.into_inner().into_iter().collect(),
    })
}

/// Whether a literal that the function defers stops the function's own panics.
fn recovers_itself(recovers: &[RecoverCall]) -> Certainty {
    let deferred = recovers.iter().filter(|call| {
        matches!(
            call.position,
            RecoverPosition::DeferredLiteral {
                deferred_by: Body::DECLARED,
                ..
            }
        )
    });
    let mut certainty = Certainty::No;
    for call in deferred {
        match call.is_effective() {
            Certainty::Yes => return Certainty::Yes,
            Certainty::Unknown => certainty = Certainty::Unknown,
            Certainty::No => {}
        }
    }
    certainty
}

fn no_recovery() -> Recovery {
    Recovery {
        recovers: Certainty::No,
        ..Recovery::default()
    }
}

fn recovery_of(body: &Body, places: &Places<'_>, handling: &RecoveryHandling) -> Recovery {
    let mut seen = FxHashSet::default();
    let calls = handling.calls.iter().filter_map(|call| {
        let (callee, _) = body.call_of(call.call)?;
        if body.literal_of(callee).is_some() {
            return None;
        }
        let target = target_of(body, places, callee);
        let call = RecoveryCall {
            target,
            always: call.always,
        };
        seen.insert(call.clone()).then_some(call)
    });
    Recovery {
        recovers: handling.recovers,
        repanics: handling.repanics,
        exits: handling.exits,
        returns: handling.returns,
        escapes: handling.escapes,
        calls: calls.collect(),
        only_recovers: false,
    }
}

/// Who is called, as far as a summary can name it.
pub(super) fn target_of(body: &Body, places: &Places<'_>, callee: ExpressionId) -> Target {
    match &body[body.unparenthesized(callee)].kind {
        ExpressionKind::Index { operand, .. } => body
            .outer_name_of(*operand)
            .map_or(Target::Unknown, |name| Target::Function(name.clone())),
        ExpressionKind::Selector { operand, field, .. } => match places.of(*operand) {
            Some(located) if located.is_certain => Target::Member {
                place: located.place,
                name: field.clone(),
            },
            _ => Target::Unknown,
        },
        _ => body
            .outer_name_of(callee)
            .map_or(Target::Unknown, |name| Target::Function(name.clone())),
    }
}

/// A body read by its text alone: names that no local declaration binds mean what they mean in most files. Which ones
/// were taken so is written down.
pub(super) struct Text<'a> {
    body: &'a Body,
    assumes: RefCell<BTreeSet<Name>>,
}

impl<'a> Text<'a> {
    fn new(body: &'a Body) -> Self {
        Self {
            body,
            assumes: RefCell::default(),
        }
    }
}

impl Surroundings for Text<'_> {
    fn is_builtin(&self, expression: ExpressionId, name: &str) -> bool {
        let is_named = self
            .body
            .outer_name_of(expression)
            .is_some_and(|found| found == name);
        if is_named && name != "nil" {
            self.assumes.borrow_mut().insert(Name::new(name));
        }
        is_named
    }

    fn ranges_over_function(&self, _operand: ExpressionId) -> Certainty {
        Certainty::Unknown
    }

    fn ending_of(&self, call: ExpressionId) -> Option<Ending> {
        let (callee, _) = self.body.call_of(call)?;
        if self.is_builtin(callee, "panic") {
            return Some(Ending::Panic);
        }
        let ExpressionKind::Selector { operand, field, .. } =
            &self.body[self.body.unparenthesized(callee)].kind
        else {
            return None;
        };
        let package = self.body.outer_name_of(*operand)?;
        let ending = known::ending_of_function(package, field)?;
        self.assumes.borrow_mut().insert(package.clone());
        Some(ending)
    }
}
