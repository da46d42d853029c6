//! A helper that recovers by itself is called instead of deferred: its `recover` yields nil.

use deferlint_semantics::Name;
use deferlint_semantics::body::{Body, ExpressionId, ExpressionKind, FunctionId, StatementId, StatementKind};
use deferlint_semantics::context::{Callee, Context};
use deferlint_semantics::effects::Role;
use deferlint_text::TextEdit;

use crate::fixes::{move_defer_out, outermost};
use crate::recovery::{can_panic_behind, deferred_literal_around, is_deferred_literal};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "recover-helper-not-deferred",
    category: Category::Recover,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/recover-helper-not-deferred.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    for statement in body.statement_ids() {
        let StatementKind::Expression(call) = body[statement].kind else {
            continue;
        };
        let call = body.unparenthesized(call);
        let Some(name) = recovery_helper(context, call) else {
            continue;
        };
        let function = body[statement].function;
        let deferred = deferred_around(context, function);
        let message = match deferred {
            Some(_) => format!(
                "`{name}` recovers nothing here: recover yields nil in a function that the deferred function calls\n\
                 defer `{name}` itself"
            ),
            None => format!(
                "`{name}` recovers nothing here: it is called, and recover yields nil in a function that isn't \
                 deferred\ndefer `{name}`, above what can panic"
            ),
        };
        let finding = findings.report(body[call].span, message);
        match deferred {
            Some(literal) => finding.fix(move_out(context, literal, statement, &name)),
            None => finding.fix(defer_in_place(context, statement, &name)),
        };
    }
}

/// The name of the helper that a call calls: a function that does nothing unless a panic was recovered, and that its
/// package defers elsewhere or keeps to itself.
fn recovery_helper(context: &Context<'_>, call: ExpressionId) -> Option<Name> {
    // Most calls aren't worth finding out who is called.
    let written = name_written(context.body, call)?;
    if written.starts_with(char::is_uppercase) && !context.defers(written) {
        return None;
    }
    let (package, name) = match context.callee(call) {
        Callee::Function { package, name } => (package, name),
        Callee::Method(method) => (method.package, method.name),
        _ => return None,
    };
    let recovery = context.recovery_of(call)?;
    let is_own = package == context.package.path && !name.starts_with(char::is_uppercase);
    let is_helper = recovery.recovers.is_yes() && recovery.only_recovers;
    (is_helper && (is_own || context.defers(&name))).then_some(name)
}

/// The name of what a call calls, as it is written there.
fn name_written(body: &Body, call: ExpressionId) -> Option<&str> {
    let (function, _) = body.call_of(call)?;
    let mut function = body.unparenthesized(function);
    if let ExpressionKind::Index { operand, .. } = &body[function].kind {
        function = body.unparenthesized(*operand);
    }
    match &body[function].kind {
        ExpressionKind::Name { name, .. } | ExpressionKind::Selector { field: name, .. } => Some(name),
        _ => None,
    }
}

/// The deferred literal on whose frame the function runs: itself, or one that it is called in.
fn deferred_around(context: &Context<'_>, function: FunctionId) -> Option<FunctionId> {
    if is_deferred_literal(context, function) {
        Some(function)
    } else {
        deferred_literal_around(context, function)
    }
}

/// `defer helper()` above the deferred literal that calls it.
fn move_out(context: &Context<'_>, literal: FunctionId, statement: StatementId, name: &Name) -> Option<Fix> {
    let body = context.body;
    let Role::Deferred { statement: defer, .. } = context.frames().role(literal) else {
        return None;
    };
    let edit = move_defer_out(body, literal, defer, statement, "defer ")?;
    Some(Fix::unsafe_(
        format!("Defer {name} outside the deferred function"),
        edit,
    ))
}

/// `helper()` as the first statement, with something behind it that may panic, becomes `defer helper()`.
fn defer_in_place(context: &Context<'_>, statement: StatementId, name: &Name) -> Option<Fix> {
    let body = context.body;
    let (function, span) = (body[statement].function, body[statement].span);
    let is_first = outermost(body, function)?.first() == Some(&statement);
    // A panic that is recovered here leaves the results at their zero values.
    let has_results = !body[function].results.is_empty();
    if !is_first || has_results || !can_panic_behind(context, function, span.end) {
        return None;
    }
    let mut edit = TextEdit::builder();
    edit.insert(span.start, "defer ");
    Some(Fix::unsafe_(format!("Defer {name}"), edit.finish().ok()?))
}
