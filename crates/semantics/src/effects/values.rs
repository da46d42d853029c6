//! What becomes of the values of places: cleared, passed on, stored, returned, or out of sight.

use super::Role;
use super::collect::{Collector, key_loop};
use super::frames::with_parentheses;
use super::places::{Located, operand_of_place};
use super::summary::target_of;
use crate::body::{
    BindingId, Body, Declaration, ExpressionId, ExpressionKind, FunctionId, Parent, Resolution, StatementId,
    StatementKind,
};
use crate::facts::{EffectKind, Place, Target};

impl Collector<'_> {
    /// What becomes of the value of an expression that stands for a place.
    pub(super) fn value(&mut self, expression: ExpressionId) {
        if self.is_part_of_place(expression) {
            return;
        }
        let Some(located) = self.places.of(expression) else {
            return;
        };
        let function = self.body[expression].function;
        if !self.frames.runs_on_declared_frame(function) {
            if self.is_in_goroutine(function) {
                self.add(EffectKind::Stores, expression, located.clone());
            }
            self.add(EffectKind::Leaks, expression, located);
            return;
        }
        match self.body[expression].parent {
            Parent::Expression(outer) => self.operand(expression, outer, located),
            Parent::Statement(statement) => self.part_of_statement(expression, statement, located),
            Parent::None => {}
        }
    }

    /// True when the expression around stands for a place as well, which is reached through this one.
    fn is_part_of_place(&self, expression: ExpressionId) -> bool {
        match self.body[expression].parent {
            Parent::Expression(outer) => operand_of_place(&self.body[outer].kind) == Some(expression),
            _ => false,
        }
    }

    fn is_in_goroutine(&self, mut function: FunctionId) -> bool {
        loop {
            if matches!(self.frames.role(function), Role::Goroutine { .. }) {
                return true;
            }
            match self.body[function].parent {
                Some(parent) => function = parent,
                None => return false,
            }
        }
    }

    fn operand(&mut self, expression: ExpressionId, outer: ExpressionId, located: Located) {
        match &self.body[outer].kind {
            ExpressionKind::Call { function, .. } if *function == expression => {
                self.called(expression, located);
            }
            ExpressionKind::Call {
                function, arguments, ..
            } => {
                let index = arguments
                    .iter()
                    .position(|argument| *argument == expression)
                    .unwrap_or_default();
                self.argument(expression, outer, *function, index, located);
            }
            ExpressionKind::Composite { elements, .. }
                if elements.iter().any(|element| element.value == expression) =>
            {
                self.add(EffectKind::Leaks, expression, located);
            }
            _ => {}
        }
    }

    /// The function value that a local variable holds may be a method bound to the place before the last step.
    fn called(&mut self, callee: ExpressionId, mut located: Located) {
        if self.body.binding_of(callee).is_some() {
            located.place.path.pop();
            self.add(EffectKind::Leaks, callee, located);
        }
    }

    fn argument(
        &mut self,
        expression: ExpressionId,
        call: ExpressionId,
        callee: ExpressionId,
        index: usize,
        located: Located,
    ) {
        if self.is_goroutine_call(call) {
            return self.add(EffectKind::Stores, expression, located);
        }
        match (self.predeclared(callee), index) {
            (Some("clear"), 0) => self.add(EffectKind::Clears, expression, located),
            (Some("delete"), 0) => self.deleted(expression, call, located),
            (Some("copy"), 0) => self.add(EffectKind::WritesElement, expression, located),
            (Some("append"), _) => self.appended(expression, call, index, located),
            (Some("panic" | "new" | "copy"), _) => self.add(EffectKind::Leaks, expression, located),
            (Some(_), _) => {}
            (None, _) if self.runs_literal(callee) => {}
            (None, _) => {
                if !located.is_certain || target_of(self.body, self.places, callee) == Target::Unknown {
                    self.add(EffectKind::Leaks, expression, located);
                }
            }
        }
    }

    /// `delete(m, k)`, or the loop `for k := range m { delete(m, k) }` as a whole.
    fn deleted(&mut self, expression: ExpressionId, call: ExpressionId, located: Located) {
        let kind = if self.deletes_every_key(call, &located.place) {
            EffectKind::Clears
        } else {
            EffectKind::Deletes
        };
        self.add(kind, expression, located);
    }

    fn deletes_every_key(&self, call: ExpressionId, place: &Place) -> bool {
        key_loop(self.body, call).is_some_and(|ranged| {
            let ranged = self.places.of(ranged);
            ranged.is_some_and(|ranged| ranged.is_certain && ranged.place == *place)
        })
    }

    /// `append(s, v)`: the result has the elements of the first argument, and holds the others.
    fn appended(&mut self, expression: ExpressionId, call: ExpressionId, index: usize, located: Located) {
        let kept_in = self.assigned_place(call);
        match kept_in {
            Some(target) if index == 0 && target == located.place => {}
            Some(_) if index > 0 => self.add(EffectKind::Stores, expression, located),
            _ => self.add(EffectKind::Leaks, expression, located),
        }
    }

    /// The caller's place to which a value is assigned by the statement that it is the right-hand side of.
    fn assigned_place(&self, value: ExpressionId) -> Option<Place> {
        let whole = with_parentheses(self.body, value);
        let Parent::Statement(statement) = self.body[whole].parent else {
            return None;
        };
        let StatementKind::Assign {
            left,
            operator: None,
            right,
        } = &self.body[statement].kind
        else {
            return None;
        };
        let index = right.iter().position(|value| *value == whole)?;
        self.stored_at(*left.get(index)?)
    }

    /// The caller's place that a left-hand side is, or is a part of.
    fn stored_at(&self, target: ExpressionId) -> Option<Place> {
        let is_local = self.body.binding_of(target).is_some();
        let located = self.places.of(target).filter(|_| !is_local)?;
        let is_element = matches!(
            self.body[self.body.unparenthesized(target)].kind,
            ExpressionKind::Index { .. }
        );
        (located.is_certain && (located.is_shared || is_element)).then_some(located.place)
    }

    fn part_of_statement(&mut self, expression: ExpressionId, statement: StatementId, located: Located) {
        let body = self.body;
        match &body[statement].kind {
            StatementKind::Assign {
                left,
                right,
                operator,
            } => {
                if let Some(index) = right.iter().position(|value| *value == expression)
                    && operator.is_none()
                {
                    self.assigned(expression, left.get(index).copied(), located);
                }
            }
            StatementKind::ShortVar { left, declared, .. } => {
                let is_followed = left.iter().zip(declared).all(|(target, declared)| {
                    declared.is_none_or(|binding| self.is_followed(binding))
                        && !(declared.is_none() && body.binding_of(*target).is_some())
                });
                if !is_followed && !left.contains(&expression) {
                    self.add(EffectKind::Leaks, expression, located);
                }
            }
            StatementKind::Declare(Declaration::Variables(specs)) => {
                let mut bindings = specs.iter().flat_map(|spec| spec.bindings.iter().flatten());
                if !bindings.all(|binding| self.is_followed(*binding)) {
                    self.add(EffectKind::Leaks, expression, located);
                }
            }
            StatementKind::Return(values) => {
                let index = values
                    .iter()
                    .position(|value| *value == expression)
                    .unwrap_or_default();
                let kind = if body[statement].function == Body::DECLARED {
                    EffectKind::Returns(index as u32)
                } else {
                    EffectKind::Leaks
                };
                self.add(kind, expression, located);
            }
            StatementKind::Send { value, .. } if *value == expression => {
                self.add(EffectKind::Stores, expression, located);
            }
            StatementKind::Range {
                operand,
                define: false,
                left,
                ..
            } if *operand == expression && !left.is_empty() => {
                self.add(EffectKind::Leaks, expression, located);
            }
            StatementKind::Range {
                operand, declared, ..
            } if *operand == expression
                && !declared
                    .iter()
                    .flatten()
                    .all(|binding| self.is_followed(*binding)) =>
            {
                self.add(EffectKind::Leaks, expression, located);
            }
            _ => {}
        }
    }

    fn assigned(&mut self, expression: ExpressionId, target: Option<ExpressionId>, located: Located) {
        let is_blank = target.is_some_and(|target| {
            let kind = &self.body[target].kind;
            matches!(
                kind,
                ExpressionKind::Name {
                    resolution: Resolution::Blank,
                    ..
                }
            )
        });
        match target.and_then(|target| self.stored_at(target)) {
            Some(_) => self.add(EffectKind::Stores, expression, located),
            None if is_blank => {}
            None => self.add(EffectKind::Leaks, expression, located),
        }
    }

    /// True when a variable always has the value that it is declared with.
    fn is_followed(&self, binding: BindingId) -> bool {
        let variable = &self.body[binding];
        !variable.is_address_taken() && variable.uses.iter().all(|use_| !use_.access.assigns())
    }
}
