//! Whether a call may take or give back a lock that its caller names, by what it is given.

use super::links::{Called, Function, Owner};
use super::names::is_exported;
use super::resources::{Resource, ResourceKind, method_of_sync};
use super::{Callee, Context};
use crate::Name;
use crate::body::{Expression, ExpressionId, ExpressionKind, Parent, PlainPath, Root, UnaryOperator};
use crate::facts::{CallSite, EffectKind, ParameterIndex, Place, Step, Target};
use crate::types::{Type, TypePlace};

/// How many functions are looked into for one call.
const MAX_FUNCTIONS: u32 = 64;

impl Context<'_> {
    /// True unless a call is known to leave a resource as it is. What it reaches is what it is given: the resource itself,
    /// or a variable or field on the way to it. A package-level variable is given to every function of the package.
    pub(super) fn may_touch(&self, call: ExpressionId, resource: &Resource) -> bool {
        let callee = self.callee(call);
        if matches!(callee, Callee::Builtin(_) | Callee::Conversion(_)) {
            return false;
        }
        let path = &resource.path;
        match (&path.root, &callee) {
            (Root::Local(_), _) => self.is_given(call, &callee, resource),
            (Root::Outer(_), Callee::Literal(_)) => false,
            (Root::Outer(_), Callee::Function { package, .. }) => *package == self.package.path,
            (Root::Outer(_), Callee::Method(method)) => method.package == self.package.path,
            (Root::Outer(_), Callee::Variable(variable)) => self.single_literal(*variable).is_none(),
            (Root::Outer(_), _) => true,
        }
    }

    fn is_given(&self, call: ExpressionId, callee: &Callee, resource: &Resource) -> bool {
        let body = self.body;
        let Some((function, arguments)) = body.call_of(call) else {
            return false;
        };
        if let ExpressionKind::Selector { operand, .. } = body[body.unparenthesized(function)].kind
            && let Some(fields) = self.fields_behind(operand, &resource.path)
            && self.may_touch_receiver(call, callee, operand, &fields, resource.kind)
        {
            return true;
        }
        arguments.iter().enumerate().any(|(index, argument)| {
            match self.fields_behind(*argument, &resource.path) {
                Some(fields) => self.may_touch_argument(call, callee, index, &fields, resource.kind),
                None => self.holds_part(*argument, &resource.path),
            }
        })
    }

    /// The fields from what an expression is, or points to, to the path.
    fn fields_behind(&self, expression: ExpressionId, path: &PlainPath) -> Option<Vec<Name>> {
        let mut given = self.body.unparenthesized(expression);
        if let ExpressionKind::Unary {
            operator: UnaryOperator::AddressOf,
            operand,
        } = self.body[given].kind
        {
            given = operand;
        }
        let given = PlainPath::of(self.body, given)?;
        path.fields_from(&given).map(<[Name]>::to_vec)
    }

    /// True when an argument carries a variable or field on the way to the path inside another value: a literal's element,
    /// or a method that is bound to it.
    fn holds_part(&self, argument: ExpressionId, path: &PlainPath) -> bool {
        let body = self.body;
        let Root::Local(root) = path.root else {
            return false;
        };
        let (span, function) = (body[argument].span, body[argument].function);
        let uses = body[root].uses.iter().map(|use_| use_.expression);
        let mut inside =
            uses.filter(|used| body[*used].function == function && span.contains(body[*used].span));
        inside.any(|used| {
            let whole = self.whole_path(used);
            let is_function = || self.is_function(&self.type_of(whole)).is_yes();
            let Some(mut written) = PlainPath::of(body, whole) else {
                return false;
            };
            let is_on_the_way = path.fields_from(&written).is_some();
            let is_bound_method =
                written.fields.pop().is_some() && path.fields_from(&written).is_some() && is_function();
            match body[whole].parent {
                Parent::Expression(outer) => match &body[outer].kind {
                    ExpressionKind::Call { function, .. } if *function == whole => false,
                    ExpressionKind::Call { .. } => is_bound_method,
                    ExpressionKind::Binary { .. } => false,
                    _ => is_on_the_way || is_bound_method,
                },
                _ => is_on_the_way || is_bound_method,
            }
        })
    }

    /// The longest path that starts with a name.
    fn whole_path(&self, name: ExpressionId) -> ExpressionId {
        let mut whole = name;
        while let Parent::Expression(outer) = self.body[whole].parent
            && let Expression {
                kind: ExpressionKind::Selector { .. } | ExpressionKind::Parenthesized(_),
                ..
            } = &self.body[outer]
        {
            whole = outer;
        }
        whole
    }

    fn may_touch_receiver(
        &self,
        call: ExpressionId,
        callee: &Callee,
        operand: ExpressionId,
        fields: &[Name],
        kind: ResourceKind,
    ) -> bool {
        let Callee::Method(method) = callee else {
            return true;
        };
        let type_ = match self.type_of(operand) {
            Type::Pointer(element) => Type::clone(&element),
            type_ => type_,
        };
        let is_own = matches!(&type_, Type::Named(named)
            if named.name == method.type_name && named.place == TypePlace::Package(method.package.clone()));
        // A promoted method gets an embedded field as its receiver, and that may hold the path as well.
        !is_own || self.may_callee_touch(call, callee, &ParameterIndex::Receiver, fields, kind)
    }

    fn may_touch_argument(
        &self,
        call: ExpressionId,
        callee: &Callee,
        index: usize,
        fields: &[Name],
        kind: ResourceKind,
    ) -> bool {
        let is_known_harmless = || {
            let parameter = self.parameter_of(call, index);
            parameter.is_some_and(|parameter| !self.may_callee_touch(call, callee, &parameter, fields, kind))
        };
        !self.is_hidden_from(call, callee, fields) && !is_known_harmless()
    }

    fn is_hidden_from(&self, call: ExpressionId, callee: &Callee, fields: &[Name]) -> bool {
        let function = self.function_called(call, callee);
        function.is_some_and(|function| self.cannot_name(&function, fields))
    }

    /// True for a function of another package, which can't name the last field.
    fn cannot_name(&self, function: &Function, fields: &[Name]) -> bool {
        *function.package() != self.package.path && fields.last().is_some_and(|field| !is_exported(field))
    }

    fn may_callee_touch(
        &self,
        call: ExpressionId,
        callee: &Callee,
        parameter: &ParameterIndex,
        fields: &[Name],
        kind: ResourceKind,
    ) -> bool {
        // Summaries say which methods are called, and not what is closed.
        if kind == ResourceKind::Channel {
            return true;
        }
        let mut left = MAX_FUNCTIONS;
        self.function_called(call, callee)
            .is_none_or(|function| self.may_operate(&function, parameter, fields, &mut left))
    }

    /// True unless a function is known to call no method of package sync on what the fields lead to from its parameter.
    fn may_operate(
        &self,
        function: &Function,
        parameter: &ParameterIndex,
        fields: &[Name],
        left: &mut u32,
    ) -> bool {
        let Some(fewer) = left.checked_sub(1) else {
            return true;
        };
        *left = fewer;
        let found = self.with_owner(function, |owner| {
            let mut effects = owner.summary.effects.iter();
            let leaks = effects.any(|effect| {
                effect.kind == EffectKind::Leaks && given(&effect.place, parameter, fields).is_some()
            });
            let mut calls = owner.summary.calls.iter();
            leaks || calls.any(|call| self.may_operate_by(owner, call, parameter, fields, left))
        });
        found.unwrap_or(true)
    }

    /// [`may_operate`](Self::may_operate) of one call that a function makes.
    fn may_operate_by(
        &self,
        owner: &Owner<'_>,
        call: &CallSite,
        parameter: &ParameterIndex,
        fields: &[Name],
        left: &mut u32,
    ) -> bool {
        let called = self.called(owner, &call.target);
        if let Target::Member { place, name } = &call.target
            && let Some(fields) = given(place, parameter, fields)
        {
            let may_operate = match &called {
                Called::Nothing => false,
                Called::Unknown | Called::Promoted(_) => true,
                Called::Function(callee) if *callee.package() == "sync" => method_of_sync(name).is_some(),
                Called::Function(callee) => self.may_operate(callee, &ParameterIndex::Receiver, fields, left),
            };
            if may_operate {
                return true;
            }
        }
        let mut arguments = call.arguments.iter().enumerate();
        arguments.any(|(index, place)| {
            let fields = place.as_ref().and_then(|place| given(place, parameter, fields));
            fields.is_some_and(|fields| match &called {
                Called::Nothing => false,
                Called::Unknown => true,
                Called::Function(callee) | Called::Promoted(callee) => {
                    let parameter = self.parameter_at(callee, index, call.arguments.len(), call.spread);
                    let is_known_harmless = parameter
                        .is_some_and(|parameter| !self.may_operate(callee, &parameter, fields, left));
                    !self.cannot_name(callee, fields) && !is_known_harmless
                }
            })
        })
    }
}

/// The fields that are left of `fields` behind a place of the parameter.
fn given<'a>(place: &Place, parameter: &ParameterIndex, fields: &'a [Name]) -> Option<&'a [Name]> {
    if place.root != *parameter {
        return None;
    }
    let (passed, rest) = fields.split_at_checked(place.path.len())?;
    let is_same = |(step, field): (&Step, &Name)| matches!(step, Step::Field(name) if name == field);
    place.path.iter().zip(passed).all(is_same).then_some(rest)
}
