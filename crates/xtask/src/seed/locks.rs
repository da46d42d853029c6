//! Breaks locks and their deferred unlocks.

use deferlint_semantics::body::{FunctionId, Span, StatementId, StatementKind};
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
    let body = site.body;
    let locks = site.plain_calls().filter(|lock| {
        let turns = body[lock.statement]
            .parent
            .and_then(|block| body[block].parent)
            .filter(|outer| {
                matches!(
                    body[*outer].kind,
                    StatementKind::For { .. } | StatementKind::Range { .. }
                )
            });
        let is_outside = |outer: StatementId| {
            let root = body.root_binding(lock.receiver);
            root.is_none_or(|root| !is_inside(body[root].span, body[outer].span))
        };
        !lock.is_deferred
            && lock.method == "Lock"
            && site.is_mutex(lock.receiver)
            && turns.is_some_and(is_outside)
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

/// Locks again in a recovery that runs before the unlock.
pub(super) fn recovery_handler_relocks(site: &Site<'_>) -> Vec<TextEdit> {
    let unlocks = site
        .deferred_unlocks()
        .into_iter()
        .filter(|(lock, _)| lock.method == "Lock");
    let edits = unlocks.map(|(lock, unlock)| {
        let mutex = site.text_of(lock.receiver);
        let recovery = format!(
            "\ndefer func() {{\nif r := recover(); r != nil {{\n\
             {mutex}.Lock()\nprintln(r)\n{mutex}.Unlock()\n}}\n}}()\n"
        );
        inserted(site.body[unlock.statement].span.end, recovery)
    });
    edits.collect()
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
