//! A deferred function variable is nil at the `defer`, or holds something else later that nobody calls.

use deferlint_semantics::body::{
    BindingId, ExpressionId, ExpressionKind, FunctionId, StatementId, StatementKind,
};
use deferlint_semantics::context::{Callee, Context, DeferredCall};
use deferlint_semantics::control_flow::{AssignedValue, Definition, Nilness, ReachingDefinitions};
use deferlint_semantics::types::Type;

use crate::fixes::{defer_again, defer_unless_nil};
use crate::places::is_nil;
use crate::recovery::is_test;
use crate::replaced::{Replacement, replacements_after, uses_after, value_of};
use crate::{Category, Findings, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "defer-function-stale",
    category: Category::Defer,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/defer-function-stale.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    // Who lets a test panic means to, and sees it when it runs otherwise.
    if is_test(context) {
        return;
    }
    let body = context.body;
    for function in body.function_ids() {
        for deferred in context.deferred_calls(function) {
            let Callee::Variable(variable) = context.callee(deferred.call) else {
                continue;
            };
            if body[variable].function != function {
                continue;
            }
            let called = body.call_of(deferred.call).map(|(called, _)| called);
            let is_function = matches!(
                context.underlying(&context.type_of_binding(variable)),
                Type::Function(_)
            );
            if let Some(called) = called.filter(|_| is_function)
                && !check_nil(context, findings, function, deferred, called, variable)
            {
                check_replaced(context, findings, function, deferred, called, variable);
            }
        }
    }
}

/// Reports a variable that is nil where it is deferred, on every path or on one that is certainly taken at times.
fn check_nil(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    function: FunctionId,
    deferred: DeferredCall,
    called: ExpressionId,
    variable: BindingId,
) -> bool {
    let body = context.body;
    let flow = context.flow(function);
    let Some(point) = flow
        .point(deferred.statement)
        .filter(|point| flow.is_reachable(*point))
    else {
        return false;
    };
    let name = &body[variable].name;
    let is_always = flow.nilness(body, variable, point) == Nilness::Nil;
    let unset = unset_declaration(context, function, deferred.statement, variable);
    let message = match (is_always, unset) {
        (true, _) => format!(
            "`{name}` is nil here, and the defer statement keeps what it holds now: calling it panics when the function \
             returns\nset `{name}` before it is deferred"
        ),
        (false, Some(_)) => format!(
            "`{name}` is nil here where it wasn't set before: calling it panics when the function returns\n\
             defer `{name}` only when it isn't nil"
        ),
        (false, None) => return false,
    };
    let finding = findings.report(body[called].span, message);
    if let Some(declared) = unset {
        finding.related(body[declared].span, format!("`{name}` is nil from here on"));
        if !is_always {
            finding.fix(defer_unless_nil(context, deferred.statement, called));
        }
    }
    true
}

/// The declaration that leaves the variable nil where it is deferred, when nothing on the way but the condition of one
/// plain `if` decides whether it is set: other conditions may be known to hold together with that one.
fn unset_declaration(
    context: &Context<'_>,
    function: FunctionId,
    deferred: StatementId,
    variable: BindingId,
) -> Option<StatementId> {
    let body = context.body;
    let flow = context.flow(function);
    let point = flow.point(deferred)?;
    let reaching = ReachingDefinitions::new(body, flow, [variable]).at(point, variable);
    let declared = body[variable].statement?;
    let is_unset = reaching.sites.iter().any(|site| {
        *site == Definition::Declaration(declared) && is_nil_value(context, site.value(body, variable))
    });
    let is_same_list =
        body[declared].parent == body[deferred].parent && body[declared].scope == body[deferred].scope;
    if !is_unset
        || !is_same_list
        || reaching.may_be_others
        || flow.nilness(body, variable, point) == Nilness::NonNil
    {
        return None;
    }
    let between: Vec<_> = body[function]
        .statements
        .iter()
        .copied()
        .filter(|id| {
            let (start, end) = (body[declared].span.end, body[deferred].span.start);
            let statement = &body[*id];
            statement.parent == body[declared].parent
                && statement.span.start >= start
                && statement.span.end <= end
        })
        .collect();
    let assigns = |statement: StatementId| {
        let span = body[statement].span;
        let mut uses = body[variable].uses.iter();
        uses.any(|use_| use_.access.assigns() && span.contains(body[use_.expression].span))
    };
    let mut setting = between.iter().filter(|statement| assigns(**statement));
    let (sets, others) = (setting.next(), setting.next());
    let is_decided_once = others.is_none()
        && sets.is_none_or(|statement| {
            matches!(body[*statement].kind, StatementKind::If { otherwise: None, .. })
        });
    let can_leave = |statement: &StatementId| {
        let span = body[*statement].span;
        body[function].statements.iter().any(|inner| {
            span.contains(body[*inner].span)
                && matches!(
                    body[*inner].kind,
                    StatementKind::Return(_) | StatementKind::Goto(_) | StatementKind::Labeled { .. }
                )
        })
    };
    let after = between
        .iter()
        .skip_while(|statement| Some(*statement) != sets)
        .skip(1);
    let is_straight = !after.clone().any(can_leave);
    (is_decided_once && is_straight).then_some(declared)
}

fn is_nil_value(context: &Context<'_>, value: AssignedValue) -> bool {
    match value {
        AssignedValue::Zero => true,
        AssignedValue::Expression(value) => is_nil(context, value),
        AssignedValue::Part { .. } | AssignedValue::Unknown => false,
    }
}

/// Reports a function that replaces the deferred one, and that nothing reads afterwards.
fn check_replaced(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    function: FunctionId,
    deferred: DeferredCall,
    called: ExpressionId,
    variable: BindingId,
) {
    let body = context.body;
    let lost = replacements_after(context, function, deferred.statement, variable)
        .into_iter()
        .find(|replacement| {
            uses_after(context, replacement.statement, variable)
                .next()
                .is_none()
                && !is_made_from_sibling(context, function, deferred.statement, variable, *replacement)
        });
    let Some(replacement) = lost else {
        return;
    };
    let name = &body[variable].name;
    let is_cleared = is_nil(context, replacement.value);
    let message = if is_cleared {
        format!(
            "`{name}` is fixed here, when the defer statement runs: it is called at the end although the variable is \
             set to nil later\ndecide in a closure whether to call it"
        )
    } else {
        format!(
            "`{name}` is fixed here, when the defer statement runs: the function that replaces it later is never called\n\
             defer `{name}` again for the new one"
        )
    };
    let finding = findings.report(body[called].span, message);
    finding.related(
        body[replacement.statement].span,
        format!("`{name}` is replaced here"),
    );
    if !is_cleared && !is_literal(context, replacement.value) {
        finding.fix(defer_again(context, replacement.statement, deferred.call));
    }
}

/// A literal may call the old function, which a second `defer` would then call twice.
fn is_literal(context: &Context<'_>, value: ExpressionId) -> bool {
    context.body.literal_of(value).is_some()
}

/// True for `ctx, cancel = context.WithTimeout(ctx, ...)` where the deferred `cancel` came with the old `ctx`: canceling
/// the old context cancels the new one.
fn is_made_from_sibling(
    context: &Context<'_>,
    function: FunctionId,
    deferred: StatementId,
    variable: BindingId,
    replacement: Replacement,
) -> bool {
    let body = context.body;
    let flow = context.flow(function);
    let Some(point) = flow.point(deferred) else {
        return true;
    };
    let Some((_, arguments)) = body.call_of(replacement.value) else {
        return false;
    };
    let fixed = ReachingDefinitions::new(body, flow, [variable]).at(point, variable);
    let opened = fixed.sites.iter().filter_map(|site| match site {
        Definition::Declaration(statement) | Definition::Assignment(statement)
            if value_of(body, *site, variable)
                .is_some_and(|value| matches!(body[value].kind, ExpressionKind::Call { .. })) =>
        {
            Some(*statement)
        }
        _ => None,
    });
    opened.into_iter().any(|statement| {
        let (StatementKind::ShortVar { left, .. } | StatementKind::Assign { left, .. }) =
            &body[statement].kind
        else {
            return false;
        };
        let siblings: Vec<_> = left
            .iter()
            .filter_map(|target| body.binding_of(*target))
            .collect();
        arguments.iter().any(|argument| {
            let span = body[*argument].span;
            siblings.iter().any(|sibling| {
                let mut uses = body[*sibling].uses.iter();
                uses.any(|use_| span.contains(body[use_.expression].span))
            })
        })
    })
}
