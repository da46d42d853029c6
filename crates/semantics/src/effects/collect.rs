//! Collects what a declared function does to places that its callers see, and whom it calls with them.

use rustc_hash::{FxHashMap, FxHashSet};

use super::frames::with_parentheses;
use super::known::PREDECLARED_FUNCTIONS;
use super::places::{Located, Places, directly_called};
use super::summary::{Text, target_of};
use super::{Frames, Surroundings};
use crate::body::{
    BinaryOperator, Body, ExpressionId, ExpressionKind, FunctionId, Parent, StatementId, StatementKind,
    UnaryOperator,
};
use crate::facts::{CallSite, Effect, EffectKind, ParameterIndex, Place, Step, Target};

/// The effects and calls found so far.
pub(super) struct Collector<'a> {
    pub(super) body: &'a Body,
    pub(super) frames: &'a Frames,
    pub(super) places: &'a Places<'a>,
    text: &'a Text<'a>,
    always: FxHashSet<ExpressionId>,
    found: Vec<Found>,
    calls: Vec<CallSite>,
    starts_goroutine: bool,
}

/// An effect and where it stands.
struct Found {
    effect: Effect,
    offset: u32,
    function: FunctionId,
    /// True for the assignment in `if s.m == nil { s.m = ... }`, which leaves what is there.
    fills: bool,
}

impl<'a> Collector<'a> {
    pub(super) fn new(
        body: &'a Body,
        frames: &'a Frames,
        places: &'a Places<'a>,
        text: &'a Text<'a>,
        always: FxHashSet<ExpressionId>,
    ) -> Self {
        Self {
            body,
            frames,
            places,
            text,
            always,
            found: Vec::new(),
            calls: Vec::new(),
            starts_goroutine: false,
        }
    }

    pub(super) fn collect(&mut self) {
        for statement in self.body.statement_ids() {
            if self.frames.runs_on_declared_frame(self.body[statement].function) {
                self.statement(statement);
            }
        }
        for expression in self.body.expression_ids() {
            if self.frames.runs_on_declared_frame(self.body[expression].function) {
                self.call(expression);
            }
            self.value(expression);
        }
    }

    /// The effects and calls, each once. An effect on a place that was assigned before it isn't certain.
    pub(super) fn finish(mut self) -> (Vec<Effect>, Vec<CallSite>, bool) {
        let mut assigned: FxHashMap<Place, u32> = FxHashMap::default();
        for found in self
            .found
            .iter()
            .filter(|found| found.effect.kind == EffectKind::Assigns && !found.fills)
        {
            let first = assigned.entry(found.effect.place.clone()).or_insert(found.offset);
            *first = found.offset.min(*first);
        }
        for found in self
            .found
            .iter_mut()
            .filter(|found| found.effect.kind != EffectKind::Assigns)
        {
            let in_order = self.places.runs_in_text_order(found.function);
            let mut around = found.effect.place.clone();
            loop {
                let first = assigned.get(&around);
                found.effect.is_certain &= first.is_none_or(|first| in_order && found.offset < *first);
                if around.path.pop().is_none() {
                    break;
                }
            }
        }
        let mut seen = FxHashSet::default();
        let effects = self.found.into_iter().map(|found| found.effect);
        let effects = effects.filter(|effect| seen.insert(effect.clone())).collect();
        let mut seen = FxHashSet::default();
        self.calls.retain(|call| seen.insert(call.clone()));
        (effects, self.calls, self.starts_goroutine)
    }

    pub(super) fn add(&mut self, kind: EffectKind, at: ExpressionId, located: Located) {
        let Located {
            place, is_certain, ..
        } = located;
        let is_certain = is_certain && kind != EffectKind::Leaks;
        let expression = &self.body[at];
        self.found.push(Found {
            effect: Effect {
                kind,
                place,
                is_certain,
            },
            offset: expression.span.start,
            function: expression.function,
            fills: false,
        });
    }

    /// What a statement assigns, and whether it starts a goroutine.
    fn statement(&mut self, id: StatementId) {
        match &self.body[id].kind {
            StatementKind::Assign { left, .. }
            | StatementKind::Range {
                left, define: false, ..
            } => {
                left.iter().for_each(|target| self.target(*target));
            }
            StatementKind::ShortVar { left, declared, .. } => {
                let assigned = left
                    .iter()
                    .zip(declared)
                    .filter(|(_, declared)| declared.is_none());
                assigned.for_each(|(target, _)| self.target(*target));
            }
            StatementKind::IncDec { operand, .. } => self.target(*operand),
            StatementKind::Go(_) => self.starts_goroutine = true,
            _ => {}
        }
    }

    fn target(&mut self, target: ExpressionId) {
        let target = self.body.unparenthesized(target);
        match &self.body[target].kind {
            ExpressionKind::Index { operand, .. } => {
                if let Some(located) = self.places.of(*operand) {
                    self.add(EffectKind::WritesElement, target, located);
                }
            }
            ExpressionKind::Name { .. } if self.body.outer_name_of(target).is_none() => {}
            ExpressionKind::Name { .. }
            | ExpressionKind::Selector { .. }
            | ExpressionKind::Unary {
                operator: UnaryOperator::Dereference,
                ..
            } => {
                if let Some(mut located) = self.places.of(target) {
                    located.is_certain &= located.is_shared;
                    let fills = self.is_filled_in(target, &located.place);
                    self.add(EffectKind::Assigns, target, located);
                    if let Some(found) = self.found.last_mut() {
                        found.fills = fills;
                    }
                }
            }
            _ => {}
        }
    }

    /// True for a field that is assigned where it is known to be nil.
    fn is_filled_in(&self, target: ExpressionId, place: &Place) -> bool {
        let body = self.body;
        let is_field = matches!(place.path.last(), Some(Step::Field(_)));
        let around = body
            .statement_of(target)
            .and_then(|statement| body[body[statement].parent?].parent);
        let Some(StatementKind::If { condition, then, .. }) = around.map(|around| &body[around].kind) else {
            return false;
        };
        let ExpressionKind::Binary {
            operator: BinaryOperator::Equal,
            left,
            right,
        } = body[body.unparenthesized(*condition)].kind
        else {
            return false;
        };
        let is_nil = body.outer_name_of(right).is_some_and(|name| name == "nil");
        let asked = self.places.of(left);
        is_field
            && is_nil
            && body[*then].span.contains(body[target].span)
            && asked.is_some_and(|asked| asked.is_certain && asked.place == *place)
    }

    /// A call of something else than a predeclared function or a literal.
    fn call(&mut self, call: ExpressionId) {
        let ExpressionKind::Call {
            function,
            arguments,
            spread,
        } = &self.body[call].kind
        else {
            return;
        };
        if self.is_goroutine_call(call)
            || self.predeclared(*function).is_some()
            || self.runs_literal(*function)
        {
            return;
        }
        let arguments: Vec<_> = arguments
            .iter()
            .map(|argument| self.places.of(*argument).filter(|located| located.is_certain))
            .map(|located| located.map(|located| located.place))
            .collect();
        let target = target_of(self.body, self.places, *function);
        let always = self.always.contains(&call);
        let deferred = self.is_deferred_by_function(call);
        let is_on_parameter = |place: &Place| !matches!(place.root, ParameterIndex::PackageVariable(_));
        let is_needed = deferred
            || always && target != Target::Unknown
            || arguments.iter().any(Option::is_some)
            || matches!(&target, Target::Member { place, .. } if is_on_parameter(place) || !place.path.is_empty());
        if is_needed {
            self.calls.push(CallSite {
                target,
                arguments,
                spread: *spread,
                deferred,
                always,
            });
        }
    }

    pub(super) fn is_goroutine_call(&self, call: ExpressionId) -> bool {
        self.call_statement(call)
            .is_some_and(|statement| matches!(self.body[statement].kind, StatementKind::Go(_)))
    }

    fn is_deferred_by_function(&self, call: ExpressionId) -> bool {
        self.body[call].function == Body::DECLARED
            && self
                .call_statement(call)
                .is_some_and(|statement| matches!(self.body[statement].kind, StatementKind::Defer(_)))
    }

    /// The statement that consists of this call alone.
    pub(super) fn call_statement(&self, call: ExpressionId) -> Option<StatementId> {
        match self.body[with_parentheses(self.body, call)].parent {
            Parent::Statement(statement) => Some(statement),
            _ => None,
        }
    }

    /// True for a literal whose own statements are collected, with its parameters standing for the arguments.
    pub(super) fn runs_literal(&self, callee: ExpressionId) -> bool {
        self.body
            .literal_of(callee)
            .is_some_and(|literal| directly_called(self.body, self.frames, literal).is_some())
    }

    /// The predeclared function that a callee names.
    pub(super) fn predeclared(&self, callee: ExpressionId) -> Option<&'a str> {
        let name = self.body.outer_name_of(callee)?;
        let is_known = PREDECLARED_FUNCTIONS.contains(&name.as_str());
        (is_known && self.text.is_builtin(callee, name)).then_some(name)
    }
}

/// True for the `delete(m, k)` of `for k := range m { delete(m, k) }`: the loop removes every key. The map must be a
/// variable, or a field reached from one, that is written the same way in both places.
pub fn deletes_every_key(body: &Body, call: ExpressionId) -> bool {
    let map = body
        .call_of(call)
        .and_then(|(_, arguments)| arguments.first().copied());
    let is_same = |left: ExpressionId, right: ExpressionId| {
        body.root_binding(left) == body.root_binding(right)
            && body.text_of(body[body.unparenthesized(left)].span)
                == body.text_of(body[body.unparenthesized(right)].span)
    };
    map.is_some_and(|map| key_loop(body, call).is_some_and(|ranged| is_same(ranged, map)))
}

/// The range expression of the loop whose every turn deletes the turn's key by this call.
pub(super) fn key_loop(body: &Body, call: ExpressionId) -> Option<ExpressionId> {
    let Parent::Statement(statement) = body[with_parentheses(body, call)].parent else {
        return None;
    };
    let block = body[statement].parent?;
    let StatementKind::Block(statements) = &body[block].kind else {
        return None;
    };
    let StatementKind::Range {
        declared,
        operand,
        body: turn,
        ..
    } = &body[body[block].parent?].kind
    else {
        return None;
    };
    let key = (*declared.first()?)?;
    let (_, arguments) = body.call_of(call)?;
    let goes_on = |id: &StatementId| {
        matches!(
            body[*id].kind,
            StatementKind::Expression(_)
                | StatementKind::Assign { .. }
                | StatementKind::IncDec { .. }
                | StatementKind::ShortVar { .. }
                | StatementKind::Empty
        )
    };
    let is_every_key = *turn == block
        && statements.iter().all(goes_on)
        && body.binding_of(*arguments.get(1)?) == Some(key)
        && body[key].uses.iter().all(|use_| !use_.access.assigns());
    is_every_key.then_some(*operand)
}
