//! Breaks tests.

use deferlint_semantics::body::{
    BindingId, ExpressionId, ExpressionKind, FunctionId, StatementId, StatementKind,
};
use deferlint_semantics::context::Callee;
use deferlint_text::TextEdit;

use super::site::{Site, inserted, replaced};

/// True for a `*testing.T`, a `*testing.B`, a `*testing.F` or a `testing.TB`.
fn is_test(site: &Site<'_>, expression: ExpressionId) -> bool {
    let type_ = site.context.type_of(expression);
    ["T", "B", "F", "TB"]
        .iter()
        .any(|name| type_.is_named("testing", name))
}

/// Ends the test in a deferred function that reported a failure and went on.
pub(super) fn fatal_in_deferred_function(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    if !site.context.recover_calls().is_empty() {
        return Vec::new();
    }
    let mut edits = Vec::new();
    for deferred in site.deferred_literals() {
        for statement in &body[deferred.literal].statements {
            let StatementKind::Expression(call) = body[*statement].kind else {
                continue;
            };
            let Some((called, _)) = body.call_of(call) else {
                continue;
            };
            let ExpressionKind::Selector {
                operand,
                field,
                field_span,
            } = &body[called].kind
            else {
                continue;
            };
            let is_conditional = body
                .enclosing_statements(*statement)
                .any(|outer| matches!(body[outer].kind, StatementKind::If { .. }));
            let fatal = match field.as_str() {
                "Error" => "Fatal",
                "Errorf" => "Fatalf",
                _ => continue,
            };
            if is_conditional && is_test(site, *operand) {
                edits.push(replaced(*field_span, fatal));
            }
        }
    }
    edits
}

/// Cleans up when the function of a test returns, although its subtests are parallel.
pub(super) fn defer_before_parallel_subtests(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let mut edits = Vec::new();
    for statement in body.statement_ids() {
        match body[statement].kind {
            StatementKind::Defer(call) => {
                let Some(cleaned) = cleaned(site, call) else {
                    continue;
                };
                let serial = subtests_behind(site, statement)
                    .into_iter()
                    .filter(|literal| uses(site, cleaned, *literal) && !is_parallel(site, *literal));
                edits.extend(serial.filter_map(|literal| {
                    let name = body[literal].parameters.first()?.name.as_deref()?;
                    (name != "_").then(|| {
                        Some(inserted(
                            site.inner(literal)?.start,
                            format!("\n{name}.Parallel()\n"),
                        ))
                    })?
                }));
            }
            StatementKind::Expression(call) => edits.extend(deferred_cleanup(site, statement, call)),
            _ => {}
        }
    }
    edits
}

/// The variable that a call like `x.Close()` or `os.RemoveAll(x)` makes unusable.
fn cleaned(site: &Site<'_>, call: ExpressionId) -> Option<BindingId> {
    let body = site.body;
    let (called, arguments) = body.call_of(call)?;
    let ExpressionKind::Selector { operand, field, .. } = &body[called].kind else {
        return None;
    };
    match (site.context.callee(call), arguments) {
        (Callee::Function { package, name }, [path]) if package == "os" && name.starts_with("Remove") => {
            body.binding_of(*path)
        }
        (_, []) if ends(field) => body.binding_of(*operand),
        _ => None,
    }
}

fn ends(method: &str) -> bool {
    ["Close", "Stop", "Shutdown"]
        .iter()
        .any(|ending| method.starts_with(ending))
}

/// The literals that `t.Run` gets behind a statement, in the same function.
fn subtests_behind(site: &Site<'_>, statement: StatementId) -> Vec<FunctionId> {
    let body = site.body;
    let following = site.following(statement);
    let Some((first, last)) = following.first().zip(following.last()) else {
        return Vec::new();
    };
    let (start, end) = (body[*first].span.start, body[*last].span.end);
    let calls = body.expression_ids().filter(|call| {
        let span = body[*call].span;
        start <= span.start && span.end <= end && body[*call].function == body[statement].function
    });
    calls
        .filter_map(|call| {
            let (called, arguments) = body.call_of(call)?;
            let ExpressionKind::Selector { operand, field, .. } = &body[called].kind else {
                return None;
            };
            let [_, subtest] = arguments else { return None };
            (field == "Run" && is_test(site, *operand)).then(|| body.literal_of(*subtest))?
        })
        .collect()
}

fn uses(site: &Site<'_>, variable: BindingId, literal: FunctionId) -> bool {
    site.uses_in(variable, literal, |_| true)
}

fn is_parallel(site: &Site<'_>, literal: FunctionId) -> bool {
    site.text(site.body[literal].span).contains(".Parallel()")
}

/// `t.Cleanup(x.Close)` before parallel subtests that use `x` becomes `defer x.Close()`.
fn deferred_cleanup(site: &Site<'_>, statement: StatementId, call: ExpressionId) -> Option<TextEdit> {
    let body = site.body;
    let (called, arguments) = body.call_of(call)?;
    let ExpressionKind::Selector { operand, field, .. } = &body[called].kind else {
        return None;
    };
    let [cleanup] = arguments else { return None };
    if field != "Cleanup" || !is_test(site, *operand) {
        return None;
    }
    let span = body[*cleanup].span;
    let used_there = |variable: &BindingId| {
        body[*variable].uses.iter().any(|use_| {
            let place = body[use_.expression].span;
            span.start <= place.start && place.end <= span.end
        })
    };
    let is_needed = body.binding_ids().filter(used_there).any(|variable| {
        subtests_behind(site, statement)
            .into_iter()
            .any(|literal| is_parallel(site, literal) && uses(site, variable, literal))
    });
    is_needed.then(|| replaced(body[statement].span, format!("defer {}()", site.text(span))))
}
