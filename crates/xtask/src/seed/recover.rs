//! Breaks recoveries.

use deferlint_semantics::body::{Body, ExpressionId, ExpressionKind, StatementId, StatementKind};
use deferlint_semantics::context::{Builtin, Callee, GoVersion};
use deferlint_text::TextEdit;

use super::site::{DeferredLiteral, Site, changes, inserted, range, replaced};

/// Defers `recover` itself.
pub(super) fn recover_evaluated_early(site: &Site<'_>) -> Vec<TextEdit> {
    replace_defers(site, |_, _| Some("defer recover()".to_owned()))
}

/// Calls `recover` in a literal inside the deferred one.
pub(super) fn recover_in_nested_function(site: &Site<'_>) -> Vec<TextEdit> {
    let recovering = site.recovering_literals().into_iter();
    recovering
        .map(|(_, call)| replaced(site.body[call].span, "func() any { return recover() }()"))
        .collect()
}

/// Defers the recovery once more.
pub(super) fn recover_in_nested_defer(site: &Site<'_>) -> Vec<TextEdit> {
    replace_defers(site, |_, text| Some(format!("defer func() {{\n{text}\n}}()")))
}

/// Recovers in the body of a loop over a function.
pub(super) fn recover_in_range_over_func(site: &Site<'_>) -> Vec<TextEdit> {
    if site.context.go_version < GoVersion::new(1, 23) {
        return Vec::new();
    }
    replace_defers(site, |deferred, _| {
        let inner = site.text(site.inner(deferred.literal)?);
        Some(format!(
            "defer func() {{\nfor range (func(yield func() bool) {{ yield() }}) {{{inner}\n}}\n}}()"
        ))
    })
}

/// Calls the literal that recovers, and doesn't defer it.
pub(super) fn recover_not_deferred(site: &Site<'_>) -> Vec<TextEdit> {
    replace_defers(site, |_, text| text.strip_prefix("defer ").map(str::to_owned))
}

/// Does nothing with what is recovered, in a function that has no error result to say so.
pub(super) fn recovered_value_discarded(site: &Site<'_>) -> Vec<TextEdit> {
    if site.imports("testing") {
        return Vec::new();
    }
    replace_defers(site, |deferred, text| {
        let results = site.context.result_types(deferred.by);
        let reports = results
            .iter()
            .any(|result| site.context.is_error(result).is_yes());
        let is_new = text.split_whitespace().collect::<String>() != "deferfunc(){recover()}()";
        (is_new && !reports).then(|| "defer func() { recover() }()".to_owned())
    })
}

/// Puts another statement in the place of each `defer func() { ... recover() ... }()`.
fn replace_defers(site: &Site<'_>, text: impl Fn(DeferredLiteral, &str) -> Option<String>) -> Vec<TextEdit> {
    let recovering = site.recovering_literals().into_iter();
    recovering
        .filter_map(|(deferred, _)| {
            let span = site.body[deferred.statement].span;
            Some(replaced(span, text(deferred, site.text(span))?))
        })
        .collect()
}

/// The `defer helper()` statements whose helper recovers, each with its call.
fn deferred_helpers(site: &Site<'_>) -> Vec<(StatementId, ExpressionId)> {
    let functions = site.body.function_ids();
    let deferred = functions.flat_map(|function| site.context.deferred_calls(function));
    deferred
        .filter(|deferred| deferred.literal.is_none())
        .filter(|deferred| {
            let recovery = site.context.recovery_of(deferred.call);
            recovery.is_some_and(|recovery| recovery.recovers.is_yes())
                && is_all_recovery(site, deferred.call)
        })
        .map(|deferred| (deferred.statement, deferred.call))
        .collect()
}

/// True when the called function of this directory is one `if` around `recover()` or `recover()` alone: it does nothing
/// without a panic.
fn is_all_recovery(site: &Site<'_>, call: ExpressionId) -> bool {
    let name = match site.context.callee(call) {
        Callee::Function { name, .. } => name,
        Callee::Method(method) => method.name,
        _ => return false,
    };
    let mut declared = site
        .declarations
        .iter()
        .filter(|body| body[Body::DECLARED].name.as_ref() == Some(&name));
    declared.any(|body| {
        let block = body[Body::DECLARED].block.map(|block| &body[block].kind);
        let Some(StatementKind::Block(statements)) = block else {
            return false;
        };
        match statements[..] {
            [only] => {
                let text = body.text_of(body[only].span);
                let is_branch = matches!(body[only].kind, StatementKind::If { otherwise: None, .. });
                text == "recover()"
                    || is_branch && text.lines().next().is_some_and(|line| line.contains("recover()"))
            }
            _ => false,
        }
    })
}

/// Calls a helper that recovers: plainly, and one frame deeper.
pub(super) fn recover_helper_not_deferred(site: &Site<'_>) -> Vec<TextEdit> {
    let helpers = deferred_helpers(site).into_iter();
    helpers
        .flat_map(|(statement, call)| {
            let span = site.body[statement].span;
            let call = site.text_of(call);
            [
                replaced(span, call),
                replaced(span, format!("defer func() {{ {call} }}()")),
            ]
        })
        .collect()
}

/// `if r := recover(); r != nil {`: the name, and where the block begins.
fn recovered_values<'a>(site: &Site<'a>) -> Vec<(DeferredLiteral, &'a str, u32)> {
    let body = site.body;
    let recovering = site.recovering_literals().into_iter();
    recovering
        .filter_map(|(deferred, call)| {
            let init = body.statement_of(call)?;
            let StatementKind::ShortVar { declared, .. } = &body[init].kind else {
                return None;
            };
            let value = (*declared.first()?)?;
            let statements = body[deferred.literal].statements.iter();
            let then = statements
                .into_iter()
                .find_map(|statement| match body[*statement].kind {
                    StatementKind::If { condition, then, .. } => {
                        let asks = site.text_of(condition) == format!("{} != nil", body[value].name);
                        asks.then_some(then)
                    }
                    _ => None,
                })?;
            Some((deferred, body[value].name.as_str(), body[then].span.start + 1))
        })
        .collect()
}

/// Asserts that what is recovered is an error.
pub(super) fn recovered_value_asserted(site: &Site<'_>) -> Vec<TextEdit> {
    if site.imports("testing") {
        return Vec::new();
    }
    let recovered = recovered_values(site).into_iter();
    recovered
        .map(|(_, name, start)| inserted(start, format!("\nprintln({name}.(error).Error())\n")))
        .collect()
}

/// Panics in a deferred function.
pub(super) fn panic_in_deferred_function(site: &Site<'_>) -> Vec<TextEdit> {
    let recovering = site.recovering_literals();
    let others = site.deferred_literals().into_iter().filter(|deferred| {
        recovering
            .iter()
            .all(|(recovering, _)| recovering.statement != deferred.statement)
    });
    others
        .filter_map(|deferred| Some(inserted(site.inner(deferred.literal)?.end, "\npanic(\"late\")\n")))
        .collect()
}

/// Panics again with the text of what was recovered.
pub(super) fn repanic_loses_type(site: &Site<'_>) -> Vec<TextEdit> {
    if !site.imports("fmt") {
        return Vec::new();
    }
    let recovered = recovered_values(site).into_iter();
    recovered
        .map(|(_, name, start)| inserted(start, format!("\npanic(fmt.Sprint({name}))\n")))
        .collect()
}

/// Recovers from whatever a handler panics with.
pub(super) fn recover_swallows_abort_handler(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let mut edits = Vec::new();
    for function in body.function_ids() {
        let parameters = &body[function].parameters;
        let [writer, request] = &**parameters else {
            continue;
        };
        let is_handler = site.text(writer.type_span) == "http.ResponseWriter"
            && site.text(request.type_span) == "*http.Request";
        let passes_on = body.expressions.iter().any(|expression| {
            matches!(&expression.kind, ExpressionKind::Selector { field, .. } if field == "ServeHTTP")
                && expression.function == function
        });
        if let (true, true, Some(inner)) = (is_handler, passes_on, site.inner(function)) {
            let recovery = "\ndefer func() {\nif e := recover(); e != nil {\nprintln(e)\n}\n}()\n";
            edits.push(inserted(inner.start, recovery));
        }
    }
    edits
}

/// Panics with nothing.
pub(super) fn panic_nil(site: &Site<'_>) -> Vec<TextEdit> {
    let panics = site
        .body
        .expression_ids()
        .filter(|call| site.context.builtin_call(*call) == Some(Builtin::Panic));
    let edits = panics.filter_map(|call| {
        let (_, arguments) = site.body.call_of(call)?;
        Some(replaced(site.body[*arguments.first()?].span, "nil"))
    });
    edits.collect()
}

/// Starts a goroutine for a call in a function that recovers and doesn't panic again.
pub(super) fn goroutine_escapes_recover(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let mut edits = Vec::new();
    if site.imports("testing") {
        return edits;
    }
    for (deferred, _) in site.recovering_literals() {
        if panics(site, deferred) {
            continue;
        }
        let following = site.following(deferred.statement).iter();
        let call = following.copied().find(
            |statement| matches!(body[*statement].kind, StatementKind::Expression(call) if runs_own_code(site, call)),
        );
        if let Some(statement) = call {
            edits.extend(changes(|builder| {
                let span = body[statement].span;
                builder.replace(range(span), format!("go func() {{ {} }}()", site.text(span)));
            }));
        }
    }
    edits
}

fn panics(site: &Site<'_>, deferred: DeferredLiteral) -> bool {
    let mut calls = site.body.expression_ids();
    calls.any(|call| {
        site.body[call].function == deferred.literal
            && site.context.builtin_call(call) == Some(Builtin::Panic)
    })
}

/// True for a call of something else than a predeclared function or another package of the standard library.
fn runs_own_code(site: &Site<'_>, call: ExpressionId) -> bool {
    let package = match site.context.callee(call) {
        Callee::Builtin(_) | Callee::Conversion(_) | Callee::Literal(_) => return false,
        Callee::Function { package, .. } => package,
        Callee::Method(method) => method.package,
        _ => return site.body.call_of(call).is_some(),
    };
    package == site.context.package.path || package.split('/').next().is_some_and(|first| first.contains('.'))
}

/// Closes a channel that a deferred call closes.
pub(super) fn channel_closed_twice(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let functions = body.function_ids();
    let deferred = functions.flat_map(|function| site.context.deferred_calls(function));
    let closes = deferred.filter(|deferred| site.context.builtin_call(deferred.call) == Some(Builtin::Close));
    let edits = closes.filter_map(|deferred| {
        let last = *site.following(deferred.statement).last()?;
        let span = body[last].span;
        let text = site.text_of(deferred.call);
        match body[last].kind {
            StatementKind::Return(_) => Some(inserted(span.start, format!("{text}\n"))),
            StatementKind::For { condition: None, .. } | StatementKind::Select(_) => None,
            _ => Some(inserted(span.end, format!("\n{text}\n"))),
        }
    });
    edits.collect()
}
