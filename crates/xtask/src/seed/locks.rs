//! Breaks locks and their deferred unlocks.

use deferlint_semantics::body::{ExpressionId, ExpressionKind, FunctionId, Span, StatementId, StatementKind};
use deferlint_semantics::context::Callee;
use deferlint_text::TextEdit;

use super::site::{PlainCall, Site, changes, inserted, range, replaced};

/// Locks again in the place of the unlock.
pub(super) fn defer_lock(site: &Site<'_>) -> Vec<TextEdit> {
    let unlocks = site.deferred_unlocks().into_iter();
    unlocks
        .map(|(lock, unlock)| replaced(unlock.method_span, lock.method))
        .collect()
}

/// Leaves the unlock of each turn of a loop to the end of the function.
pub(super) fn defer_lock_in_loop(site: &Site<'_>) -> Vec<TextEdit> {
    let mut edits = unlocks_in_loops(site);
    edits.extend(locks_before_loops(site));
    edits
}

/// Puts `defer` before the unlock of a turn.
fn unlocks_in_loops(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let locks = site.plain_calls().filter(|lock| {
        let around = body[lock.statement]
            .parent
            .and_then(|block| body[block].parent)
            .filter(|outer| is_loop(site, *outer));
        !lock.is_deferred
            && lock.method == "Lock"
            && site.is_mutex(lock.receiver)
            && around.is_some_and(|around| is_same_in_every_turn(site, lock.receiver, around))
    });
    let edits = locks.filter_map(|lock| {
        let unlocks: Vec<_> = unlocks_of(site, &lock).collect();
        let [unlock] = &unlocks[..] else {
            return None;
        };
        if !site.following(lock.statement).contains(&unlock.statement) {
            return None;
        }
        changes(|builder| {
            let end = body[lock.statement].span.end;
            builder.insert(
                end,
                format!("\ndefer {}\n", site.text(body[unlock.statement].span)),
            );
            builder.delete(range(body[unlock.statement].span));
        })
    });
    edits.collect()
}

/// Moves a lock and its deferred unlock from before a loop into it.
fn locks_before_loops(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let edits = site.deferred_unlocks().into_iter().filter_map(|(lock, unlock)| {
        let following = site.following(unlock.statement).iter().copied();
        let around = following.into_iter().find(|next| is_loop(site, *next))?;
        let (StatementKind::For { body: block, .. } | StatementKind::Range { body: block, .. }) =
            body[around].kind
        else {
            return None;
        };
        if lock.method != "Lock" || !is_same_in_every_turn(site, lock.receiver, around) {
            return None;
        }
        let (lock, unlock) = (body[lock.statement].span, body[unlock.statement].span);
        changes(|builder| {
            builder.delete(range(lock));
            builder.delete(range(unlock));
            let both = format!("\n{}\n{}\n", site.text(lock), site.text(unlock));
            builder.insert(body[block].span.start + 1, both);
        })
    });
    edits.collect()
}

fn is_loop(site: &Site<'_>, statement: StatementId) -> bool {
    matches!(
        site.body[statement].kind,
        StatementKind::For { .. } | StatementKind::Range { .. }
    )
}

/// True for a mutex without an index whose variable the loop neither declares nor assigns.
fn is_same_in_every_turn(site: &Site<'_>, mutex: ExpressionId, around: StatementId) -> bool {
    let body = site.body;
    let span = body[around].span;
    let text = site.text_of(mutex);
    let is_path = !text.contains(['[', '(', '*']);
    is_path
        && body.root_binding(mutex).is_none_or(|root| {
            let root = &body[root];
            let mut uses = root.uses.iter();
            !is_inside(root.span, span)
                && !uses.any(|use_| use_.access.assigns() && is_inside(body[use_.expression].span, span))
        })
}

fn is_inside(inner: Span, outer: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The plain and deferred unlocks of what is locked, in the same function.
fn unlocks_of<'a>(site: &Site<'a>, lock: &PlainCall<'a>) -> impl Iterator<Item = PlainCall<'a>> {
    let (receiver, method) = (site.text_of(lock.receiver), lock.method.replace("Lock", "Unlock"));
    let function: FunctionId = site.body[lock.statement].function;
    let body = site.body;
    let text = move |call: &PlainCall<'a>| body.text_of(body[call.receiver].span);
    site.plain_calls().filter(move |call| {
        call.method == method && text(call) == receiver && body[call.statement].function == function
    })
}

/// Returns early between the lock and the deferred unlock.
pub(super) fn return_before_defer(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let edits = site.deferred_unlocks().into_iter().filter_map(|(_, unlock)| {
        let check = early_return(site, unlock.statement)?;
        let span = body[unlock.statement].span;
        changes(|builder| {
            builder.delete(range(span));
            builder.insert(body[check].span.end, format!("\n{}\n", site.text(span)));
        })
    });
    edits.collect()
}

/// Unlocks before a return, too.
pub(super) fn unlock_twice(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let edits = site.deferred_unlocks().into_iter().filter_map(|(lock, unlock)| {
        let function = body[unlock.statement].function;
        if unlocks_of(site, &lock).count() != 1 || body[unlock.statement].parent != body[function].block {
            return None;
        }
        let (statement, _) = site.returns(function).find(|(statement, _)| {
            let in_block = body[*statement]
                .parent
                .is_some_and(|outer| matches!(body[outer].kind, StatementKind::Block(_)));
            in_block && body[*statement].span.start > body[unlock.statement].span.end
        })?;
        let text = format!("{}.{}()\n", site.text_of(unlock.receiver), unlock.method);
        Some(inserted(body[statement].span.start, text))
    });
    edits.collect()
}

/// Locks again in a recovery that runs before the unlock, where nothing gives the lock up in between: neither the function
/// itself nor something that it hands the owner of the mutex.
pub(super) fn recovery_handler_relocks(site: &Site<'_>) -> Vec<TextEdit> {
    let unlocks = site.deferred_unlocks().into_iter().filter(|(lock, _)| {
        lock.method == "Lock" && unlocks_of(site, lock).count() == 1 && !hands_on_owner(site, lock)
    });
    let edits = unlocks.map(|(lock, unlock)| {
        let mutex = site.text_of(lock.receiver);
        let recovery = format!(
            "\ndefer func() {{\nif recovered := recover(); recovered != nil {{\n\
             {mutex}.Lock()\nprintln(recovered)\n{mutex}.Unlock()\n}}\n}}()\n"
        );
        inserted(site.body[unlock.statement].span.end, recovery)
    });
    edits.collect()
}

/// True when the function calls another method of the value that a mutex is a part of, or passes that value on. A mutex of the
/// package belongs to all of its functions.
fn hands_on_owner(site: &Site<'_>, lock: &PlainCall<'_>) -> bool {
    let body = site.body;
    let Some(owner) = body.root_binding(lock.receiver) else {
        let own = &site.context.package.path;
        return body.expression_ids().any(|call| match site.context.callee(call) {
            Callee::Function { package, .. } => package == *own,
            Callee::Method(method) => method.package == *own,
            Callee::Variable(_) => true,
            _ => false,
        });
    };
    let is_owner = |value: ExpressionId| {
        body.binding_of(value) == Some(owner) && body[value].function == body[lock.statement].function
    };
    body.expression_ids().any(|call| {
        let Some((called, arguments)) = body.call_of(call) else {
            return false;
        };
        let is_method = match &body[called].kind {
            ExpressionKind::Selector { operand, field, .. } => {
                is_owner(*operand) && !matches!(field.as_str(), "Lock" | "Unlock")
            }
            _ => false,
        };
        is_method || arguments.iter().any(|argument| is_owner(*argument))
    })
}

/// The `if` with a return that follows a statement next.
fn early_return(site: &Site<'_>, statement: StatementId) -> Option<StatementId> {
    let mut following = site.following(statement).iter().copied();
    following.find(|next| match site.body[*next].kind {
        StatementKind::If { then, .. } => site
            .children(then)
            .iter()
            .any(|inner| matches!(site.body[*inner].kind, StatementKind::Return(_))),
        _ => false,
    })
}
