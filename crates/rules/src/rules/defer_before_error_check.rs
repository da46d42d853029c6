//! A deferred call uses a value before the error that came with it is checked.

use deferlint_semantics::Name;
use deferlint_semantics::body::{
    BindingId, ExpressionId, ExpressionKind, FunctionId, StatementId, StatementKind,
};
use deferlint_semantics::context::{Callee, Context, DeferredCall};
use deferlint_semantics::control_flow::{AssignedValue, Definition, Nilness, ReachingDefinitions};
use deferlint_semantics::types::Type;

use crate::error_checks::{begins_with_check_of, errors_assigned_with, has_else, statement_below};
use crate::fixes::move_below;
use crate::{Category, Findings, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "defer-before-error-check",
    category: Category::Defer,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/defer-before-error-check.md"),
    check,
};

/// When a deferred method call panics on a nil value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Panics {
    /// At the `defer` statement, which evaluates what stands before the method's name.
    AtDefer,
    /// When the function returns, and the method runs.
    AtReturn,
    /// Not known.
    Unknown,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for function in context.body.function_ids() {
        for deferred in context.deferred_calls(function) {
            check_deferred(context, findings, function, deferred);
        }
    }
}

fn check_deferred(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    function: FunctionId,
    deferred: DeferredCall,
) {
    let body = context.body;
    let Some((operand, method)) = called_method(context, deferred) else {
        return;
    };
    let Some(variable) = body.root_binding(operand) else {
        return;
    };
    let Some(panics) = panics_when_nil(context, deferred, operand, variable) else {
        return;
    };
    let Some((assigned, check)) = check_below(context, function, deferred.statement, variable) else {
        return;
    };
    let (name, call) = (&body[variable].name, body.text_of(body[deferred.call].span));
    let consequence = match panics {
        Panics::AtDefer => {
            format!("when the call before it fails, `{name}` is nil and this statement panics")
        }
        Panics::AtReturn => format!(
            "when the call before it fails, `{name}` is nil and `{method}` panics at the return of the error"
        ),
        Panics::Unknown => {
            format!("when the call before it fails, `{call}` runs on what comes with an error, mostly nil")
        }
    };
    let finding = findings.report(
        body[deferred.statement].span,
        format!("{consequence}\ndefer it below the check of the error"),
    );
    if panics == Panics::Unknown {
        finding.severity(Severity::Warning).opt_in();
    }
    finding.related(
        body[assigned].span,
        format!("`{name}` and its error come from here"),
    );
    // An `else` may use the value, and leave.
    let is_last = !has_else(body, check);
    finding.fix(
        is_last
            .then(|| move_below(context, deferred.statement, check))
            .flatten(),
    );
}

/// The `x` and the `m` of `defer x.m()`.
fn called_method<'a>(context: &Context<'a>, deferred: DeferredCall) -> Option<(ExpressionId, &'a Name)> {
    let body = context.body;
    let (called, _) = body.call_of(deferred.call)?;
    match &body[body.unparenthesized(called)].kind {
        ExpressionKind::Selector { operand, field, .. } => Some((*operand, field)),
        _ => None,
    }
}

/// When the deferred call panics if the variable is nil; `None` when it certainly does not, or when nothing is known.
fn panics_when_nil(
    context: &Context<'_>,
    deferred: DeferredCall,
    operand: ExpressionId,
    variable: BindingId,
) -> Option<Panics> {
    let type_ = context.type_of_binding(variable);
    if type_ == Type::Unknown {
        return None;
    }
    let is_variable = context.body.binding_of(operand) == Some(variable);
    let is_pointer = matches!(context.underlying(&type_), Type::Pointer(_));
    let callee = context.callee(deferred.call);
    match &callee {
        // Selecting a field of a nil pointer panics.
        _ if !is_variable => selects_from(context, operand, variable)
            .then_some(Panics::AtDefer)
            .filter(|_| is_pointer),
        _ if context.is_interface(&type_).is_yes() => Some(Panics::AtDefer),
        Callee::Method(method) if is_pointer && !method.pointer_receiver => Some(Panics::AtDefer),
        Callee::Method(method) if is_pointer => {
            match (
                method.package.as_str(),
                method.type_name.as_str(),
                method.name.as_str(),
            ) {
                // `(*File)(nil).Close()` yields an error and does nothing.
                ("os", "File", "Close") => None,
                ("database/sql", "Rows" | "Stmt" | "DB" | "Conn", "Close")
                | ("database/sql", "Tx", "Rollback")
                | ("compress/gzip", "Reader", "Close")
                | ("archive/zip", "ReadCloser", "Close") => Some(Panics::AtReturn),
                _ => Some(Panics::Unknown),
            }
        }
        _ => None,
    }
}

/// True for a row of selectors that starts at the variable itself.
fn selects_from(context: &Context<'_>, path: ExpressionId, variable: BindingId) -> bool {
    let body = context.body;
    let mut current = body.unparenthesized(path);
    while let ExpressionKind::Selector { operand, .. } = body[current].kind {
        current = body.unparenthesized(operand);
    }
    body.binding_of(current) == Some(variable)
}

/// The statement that gave the variable its value together with an error, and the check of that error below the `defer`
/// statement, with nothing but other `defer` statements in between.
fn check_below(
    context: &Context<'_>,
    function: FunctionId,
    deferred: StatementId,
    variable: BindingId,
) -> Option<(StatementId, StatementId)> {
    let body = context.body;
    let flow = context.flow(function);
    let point = flow.point(deferred)?;
    let only = |variable: BindingId, point| {
        let found = ReachingDefinitions::new(body, flow, [variable]).at(point, variable);
        match *found.sites {
            [site @ (Definition::Declaration(statement) | Definition::Assignment(statement))]
                if !found.may_be_others =>
            {
                matches!(site.value(body, variable), AssignedValue::Part { expression, .. }
                    if matches!(body[body.unparenthesized(expression)].kind, ExpressionKind::Call { .. }))
                .then_some(statement)
            }
            _ => None,
        }
    };
    let assigned = only(variable, point)?;
    let mut check = statement_below(body, deferred)?;
    while matches!(body[check].kind, StatementKind::Defer(_)) {
        check = statement_below(body, check)?;
    }
    let checked = errors_assigned_with(context, assigned)
        .into_iter()
        .find(|error| {
            begins_with_check_of(context, check, *error)
                && only(*error, point) == Some(assigned)
                && flow
                    .point(check)
                    .is_some_and(|at| only(*error, at) == Some(assigned))
        })?;
    let is_unchecked = flow.nilness(body, checked, point) == Nilness::Unknown
        && flow.nilness(body, variable, point) != Nilness::NonNil;
    is_unchecked.then_some((assigned, check))
}
