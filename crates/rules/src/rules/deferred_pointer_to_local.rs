//! A deferred call gets a pointer to a local error whose value the `return` has copied already.

use deferlint_semantics::body::{BindingId, BindingKind, ExpressionId, ExpressionKind, UnaryOperator};
use deferlint_semantics::context::Context;
use deferlint_semantics::facts::EffectKind;

use super::deferred_assignment_lost::returned_at;
use crate::fixes::NamedResults;
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "deferred-pointer-to-local",
    category: Category::Results,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/deferred-pointer-to-local.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    for function in body
        .function_ids()
        .filter(|function| body[*function].has_unnamed_results())
    {
        for deferred in context.deferred_calls(function) {
            let Some((_, arguments)) = body.call_of(deferred.call) else {
                continue;
            };
            for (index, argument) in arguments.iter().enumerate() {
                let Some(variable) = pointed_error(context, *argument) else {
                    continue;
                };
                if body[variable].function != function || is_seen_elsewhere(context, variable) {
                    continue;
                }
                let Some((at, result)) = returned_at(context, function, deferred, variable) else {
                    continue;
                };
                if !assigns_through(context, deferred.call, index) {
                    continue;
                }
                let name = &body[variable].name;
                let finding = findings.report(
                    body[*argument].span,
                    format!(
                        "`{name}` was copied into the result before this call sets it: the caller never sees what it sets\n\
                         name the result {name}, so that the pointer leads to it"
                    ),
                );
                finding.related(body[at].span, "the value is copied here");
                finding.fix(
                    NamedResults::new(context, function, result, name)
                        .and_then(|named| named.take_over(context, variable))
                        .and_then(NamedResults::finish)
                        .map(|edit| {
                            let title =
                                format!("Name the result {name}, so that what the deferred call sets reaches the caller");
                            Fix::unsafe_(title, edit)
                        }),
                );
            }
        }
    }
}

/// The local error of `&err`.
fn pointed_error(context: &Context<'_>, argument: ExpressionId) -> Option<BindingId> {
    let body = context.body;
    let ExpressionKind::Unary {
        operator: UnaryOperator::AddressOf,
        operand,
    } = body[body.unparenthesized(argument)].kind
    else {
        return None;
    };
    let variable = body.binding_of(operand)?;
    let is_local = matches!(
        body[variable].kind,
        BindingKind::Variable | BindingKind::Parameter(_)
    );
    (is_local && context.is_error(&context.type_of_binding(variable)).is_yes()).then_some(variable)
}

/// True when a function literal or another pointer may read what is set.
fn is_seen_elsewhere(context: &Context<'_>, variable: BindingId) -> bool {
    use deferlint_semantics::body::Access;
    let binding = &context.body[variable];
    let pointers = binding
        .uses
        .iter()
        .filter(|use_| use_.access == Access::AddressOf);
    binding.is_captured() || pointers.count() > 1
}

/// True when the callee certainly assigns what the argument points to.
fn assigns_through(context: &Context<'_>, call: ExpressionId, index: usize) -> bool {
    let Some(parameter) = context.parameter_of(call, index) else {
        return false;
    };
    context.effects_on(call, &parameter).is_some_and(|effects| {
        effects
            .iter()
            .any(|effect| effect.kind == EffectKind::Assigns && effect.path.is_empty() && effect.is_certain)
    })
}
