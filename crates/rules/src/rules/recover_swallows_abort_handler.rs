//! An HTTP handler recovers whatever the next handler panics with, `http.ErrAbortHandler` included.
//!
//! `panic(http.ErrAbortHandler)` tells the server to break the connection off, so that the client sees that its answer
//! is incomplete. A recovery that swallows it lets the server end the answer as if it were whole.

use deferlint_semantics::body::{ExpressionId, ExpressionKind, FunctionId, StatementKind};
use deferlint_semantics::context::{Callee, Context};
use deferlint_semantics::effects::{RecoveryBranch, RecoveryHandling};
use deferlint_text::TextEdit;

use crate::fixes::{INDENT, indentation, insert_before, newline, use_package};
use crate::recovery::only_logs_or_cleans;
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "recover-swallows-abort-handler",
    category: Category::Recover,
    severity: Severity::Warning,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/recover-swallows-abort-handler.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    if !body.identifiers.contains("recover") || body.identifiers.contains("ErrAbortHandler") {
        return;
    }
    for function in body
        .function_ids()
        .filter(|function| is_handler(context, *function))
    {
        let Some(next) = next_handler(context, function) else {
            continue;
        };
        let literals = context
            .deferred_calls(function)
            .into_iter()
            .filter_map(|deferred| deferred.literal);
        for handling in literals.filter_map(|literal| context.recovery_handling(literal)) {
            if !swallows(context, &handling) {
                continue;
            }
            let finding = findings.report(
                body[handling.recover].span,
                "this swallows http.ErrAbortHandler: a handler that breaks off sends its client a truncated answer that \
                 looks complete\npanic with http.ErrAbortHandler again",
            );
            finding.related(body[next].span, "the handler that may break off");
            finding.fix(panic_again(context, &handling));
        }
    }
}

/// True for `func(http.ResponseWriter, *http.Request)`.
fn is_handler(context: &Context<'_>, function: FunctionId) -> bool {
    match &*context.body[function].parameters {
        [writer, request] => {
            context
                .resolve(&writer.type_)
                .is_named("net/http", "ResponseWriter")
                && context.resolve(&request.type_).is_named("net/http", "Request")
        }
        _ => false,
    }
}

/// The call in which a handler hands its request on: `next.ServeHTTP(w, r)` or `next(w, r)`.
fn next_handler(context: &Context<'_>, function: FunctionId) -> Option<ExpressionId> {
    let body = context.body;
    let request = body[function].parameters[1].binding?;
    body.expression_ids().find(|call| {
        let ExpressionKind::Call {
            function: callee,
            arguments,
            ..
        } = &body[*call].kind
        else {
            return false;
        };
        let [_, passed] = &**arguments else { return false };
        let is_handler = match &body[body.unparenthesized(*callee)].kind {
            ExpressionKind::Selector { field, .. } => field == "ServeHTTP",
            ExpressionKind::Name { .. } => matches!(context.callee(*call), Callee::Variable(_)),
            _ => false,
        };
        is_handler && body[*call].function == function && body.root_binding(*passed) == Some(request)
    })
}

/// True when the recovery certainly goes on as if nothing had happened. Who else gets the value may look at it.
fn swallows(context: &Context<'_>, handling: &RecoveryHandling) -> bool {
    let may_look = |call: ExpressionId| !only_logs_or_cleans(context, call) && !is_standard(context, call);
    handling.recovers.is_yes()
        && !handling.repanics.is_possible()
        && !handling.exits.is_possible()
        && !handling.escapes
        && !handling
            .calls
            .iter()
            .any(|call| call.gets_value && may_look(call.call))
}

fn is_standard(context: &Context<'_>, call: ExpressionId) -> bool {
    let package = match context.callee(call) {
        Callee::Function { package, .. } => package,
        Callee::Method(method) => method.package,
        _ => return false,
    };
    package == "net/http" || package == "io"
}

fn panic_again(context: &Context<'_>, handling: &RecoveryHandling) -> Option<Fix> {
    let body = context.body;
    let RecoveryBranch::Block(block) = handling.branch else {
        return None;
    };
    let StatementKind::Block(statements) = &body[block].kind else {
        return None;
    };
    let value = &body[handling.recovered_value?].name;
    let first = *statements.first()?;
    let (http, import) = use_package(context, "net/http")?;
    let (newline, outer) = (newline(body), indentation(body, body[first].span.start));
    let again = format!(
        "if {value} == {http}.ErrAbortHandler {{{newline}{outer}{INDENT}panic({value}){newline}{outer}}}"
    );
    let mut edit = TextEdit::builder();
    insert_before(body, first, &again, &mut edit)?;
    Some(Fix::unsafe_("Panic with http.ErrAbortHandler again", edit.finish().ok()?).importing(import))
}
