//! A map that a mutex guards is returned itself: the caller goes on with it when the mutex is released.

use deferlint_semantics::Name;
use deferlint_semantics::body::{Body, ExpressionId, StatementId};
use deferlint_semantics::context::{Context, DeferredCall, GoVersion};
use deferlint_text::TextEdit;

use crate::fixes::use_package;
use crate::places::{call_before, plain_method_call, returns, runs_at};
use crate::recovery::is_test;
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "guarded-map-returned",
    category: Category::Maps,
    severity: Severity::Warning,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/guarded-map-returned.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    if is_test(context) {
        return;
    }
    for deferred in context.deferred_calls(Body::DECLARED) {
        let Some((locked, mutex)) = held_lock(context, deferred) else {
            continue;
        };
        for (statement, results) in returns(body, Body::DECLARED) {
            if !runs_at(context, Body::DECLARED, deferred.statement, statement) {
                continue;
            }
            let Some((map, writer)) = guarded_map(context, results, mutex) else {
                continue;
            };
            let lock = body.text_of(body[mutex].span);
            let finding = findings.report(
                body[statement].span,
                format!(
                    "the caller gets the guarded map itself and reads it without `{lock}`: a write by `{writer}` \
                     meanwhile is a fatal error that no recover stops\nreturn a copy of the map"
                ),
            );
            finding.related(body[locked].span, "locked here, until the function returns");
            finding.fix(return_a_copy(context, map));
        }
    }
}

/// The statement that locks a mutex whose unlocking is deferred in the next statement, and the mutex.
fn held_lock(context: &Context<'_>, deferred: DeferredCall) -> Option<(StatementId, ExpressionId)> {
    let body = context.body;
    let (before, first) = call_before(body, deferred.statement)?;
    let (locked, lock, _) = plain_method_call(body, first)?;
    let (unlocked, unlock, _) = plain_method_call(body, deferred.call)?;
    let is_pair = matches!(
        (lock.as_str(), unlock.as_str()),
        ("Lock", "Unlock") | ("RLock", "RUnlock")
    );
    let is_same = body.text_of(body[locked].span) == body.text_of(body[unlocked].span);
    let is_mutex = || context.is_mutex(&context.type_of(locked)).is_yes();
    (is_pair && is_same && is_mutex()).then_some((before, locked))
}

/// The first result that is a map which the mutex guards, and the function that writes it.
fn guarded_map(
    context: &Context<'_>,
    results: &[ExpressionId],
    mutex: ExpressionId,
) -> Option<(ExpressionId, Name)> {
    results.iter().find_map(|result| {
        let is_map = context.is_map(&context.type_of(*result)).is_yes();
        let writer = is_map.then(|| context.writer_under_lock(*result, mutex))??;
        Some((*result, writer))
    })
}

/// `return c.m` becomes `return maps.Clone(c.m)`.
fn return_a_copy(context: &Context<'_>, map: ExpressionId) -> Option<Fix> {
    if context.go_version < GoVersion::new(1, 21) {
        return None;
    }
    let (maps, import) = use_package(context, "maps")?;
    let span = context.body[map].span;
    let mut edit = TextEdit::builder();
    edit.insert(span.start, format!("{maps}.Clone("));
    edit.insert(span.end, ")");
    Some(Fix::unsafe_("Return a copy of the map", edit.finish().ok()?).importing(import))
}
