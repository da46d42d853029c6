//! A deferred recovery handler locks a mutex that is unlocked only after it has run.

use deferlint_semantics::body::{FunctionId, StatementId, StatementKind};
use deferlint_semantics::context::{Action, Context, DeferredCall, DeferredRelease, Operation, ResourceKind};
use deferlint_semantics::control_flow::{Hold, Holding, Pending};
use deferlint_text::TextEdit;

use crate::fixes::{indentation, newline, whole_lines};
use crate::places::defer_span;
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "recovery-handler-relocks",
    category: Category::Defer,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/recovery-handler-relocks.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for function in context.body.function_ids() {
        for unlock in context.deferred_releases(function) {
            let kind = unlock.operation.resource.kind;
            if !matches!(kind, ResourceKind::Lock | ResourceKind::ReadLock) {
                continue;
            }
            for handler in context.deferred_calls(function) {
                if let Some(literal) = handler.literal
                    && let Some(lock) = blocking_lock(context, function, &unlock, handler.statement, literal)
                {
                    report(context, findings, &unlock, handler, &lock);
                }
            }
        }
    }
}

/// The first call in a recovery handler that locks what the function holds until after the handler.
fn blocking_lock(
    context: &Context<'_>,
    function: FunctionId,
    unlock: &DeferredRelease,
    defer: StatementId,
    handler: FunctionId,
) -> Option<Operation> {
    let body = context.body;
    let resource = &unlock.operation.resource;
    let locks = |operation: &Operation| {
        let waits = match operation.resource.kind {
            ResourceKind::Lock => true,
            ResourceKind::ReadLock => resource.kind == ResourceKind::Lock,
            ResourceKind::WaitGroup | ResourceKind::Channel => false,
        };
        waits && operation.action == Action::Acquire && operation.resource.path == resource.path
    };
    let own = body.expression_ids().filter(|id| body[*id].function == handler);
    let mut locking = own.filter_map(|id| context.operation(id)).filter(locks);
    let first = locking.next()?;
    context.recovery_handling(handler)?;
    let flow = context.flow(function);
    let point = flow.point(defer)?;
    let facts = context.holding(function, resource, Hold::Untouched)?;
    let is_held = matches!(facts.at(point)?, Holding { hold: Hold::Held(_), pending: Pending::Release(by) } if by == unlock.statement);
    if !is_held || !facts.is_last_before_every_exit(flow, point) {
        return None;
    }
    let inside = context.holding(handler, resource, Hold::Held(None))?;
    let before = inside.at(context.flow(handler).point_of_expression(body, first.call)?)?;
    (before.hold == Hold::Held(None)).then_some(first)
}

fn report(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    unlock: &DeferredRelease,
    handler: DeferredCall,
    lock: &Operation,
) {
    let body = context.body;
    let mutex = body.text_of(body[lock.operand].span);
    let finding = findings.report(
        body[lock.call].span,
        format!(
            "after a panic this blocks forever: deferred later than the unlock, the handler runs before it, while `{mutex}` is locked\n\
             defer the handler before the unlock"
        ),
    );
    finding.related(defer_span(body, handler), "this runs first");
    finding.related(body[unlock.statement].span, "this runs afterwards");
    finding.fix(defer_before(context, unlock.statement, handler.statement));
}

/// Puts the `defer` of the unlock behind the handler's. `None` when something stands between them.
fn defer_before(context: &Context<'_>, unlock: StatementId, handler: StatementId) -> Option<Fix> {
    let body = context.body;
    let around = body[unlock].parent?;
    let StatementKind::Block(statements) = &body[around].kind else {
        return None;
    };
    let index = statements.iter().position(|statement| *statement == unlock)?;
    if statements.get(index + 1) != Some(&handler) {
        return None;
    }
    let (moved, behind) = (body[unlock].span, body[handler].span);
    whole_lines(body, behind)?;
    let mut edit = TextEdit::builder();
    edit.delete(whole_lines(body, moved)?.in_file(0));
    edit.insert(
        behind.end,
        format!(
            "{}{}{}",
            newline(body),
            indentation(body, moved.start),
            body.text_of(moved)
        ),
    );
    Some(Fix::unsafe_(
        "Defer the handler before the unlock",
        edit.finish().ok()?,
    ))
}
