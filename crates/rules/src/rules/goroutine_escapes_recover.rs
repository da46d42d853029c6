//! A function that recovers starts a goroutine that doesn't: a panic there ends the program all the same.

use deferlint_semantics::body::{ExpressionId, FunctionId, Span, StatementKind};
use deferlint_semantics::context::{Callee, Context, DeferredCall};
use deferlint_semantics::facts::Occurrence;
use deferlint_text::TextEdit;

use crate::fixes::{FreshNames, INDENT, indentation, line_end, newline, use_package};
use crate::places::defer_span;
use crate::recovery::{is_test, name_of};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "goroutine-escapes-recover",
    category: Category::Goroutines,
    severity: Severity::Warning,
    is_default: false,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/goroutine-escapes-recover.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    if is_test(context) {
        return;
    }
    for function in body.function_ids() {
        let recovering: Vec<_> = context
            .deferred_calls(function)
            .into_iter()
            .filter(|deferred| recovers(context, *deferred))
            .collect();
        if recovering.is_empty() {
            continue;
        }
        for started in started_in(context, function) {
            let guard = recovering
                .iter()
                .find(|deferred| runs_before(context, function, **deferred, &started));
            let Some(guard) = guard.filter(|_| is_unguarded(context, &started)) else {
                continue;
            };
            let finding = findings.report(
                started.span,
                format!(
                    "a panic in this goroutine ends the program: the recover of {} sees only panics of its own goroutine\n\
                     recover in a function that the goroutine itself defers",
                    name_of(body, function)
                ),
            );
            finding.related(
                defer_span(body, *guard),
                "this recovers the panics of the function",
            );
            finding.fix(recover_inside(context, &started));
        }
    }
}

/// A goroutine that a function starts.
struct Started {
    /// The call that starts it.
    call: ExpressionId,
    /// The literal that it runs; `None` when the call's own callee runs.
    literal: Option<FunctionId>,
    /// Where it is drawn.
    span: Span,
}

fn recovers(context: &Context<'_>, deferred: DeferredCall) -> bool {
    context
        .recovery_of(deferred.call)
        .is_some_and(|recovery| recovery.recovers.is_yes() && recovery.repanics != Occurrence::EveryPath)
}

fn started_in(context: &Context<'_>, function: FunctionId) -> Vec<Started> {
    let body = context.body;
    let statements = body[function].statements.iter();
    let mut started: Vec<_> = statements
        .filter_map(|statement| {
            let StatementKind::Go(call) = body[*statement].kind else {
                return None;
            };
            let literal = body.call_of(call).and_then(|(called, _)| body.literal_of(called));
            Some(Started {
                call: body.unparenthesized(call),
                literal,
                span: up_to_literal(context, body[*statement].span, literal),
            })
        })
        .collect();
    let calls = body.expression_ids().filter(|id| body[*id].function == function);
    started.extend(calls.filter_map(|call| {
        let literal = literal_started_by(context, call)?;
        Some(Started {
            call,
            literal: Some(literal),
            span: up_to_literal(context, body[call].span, Some(literal)),
        })
    }));
    started
}

fn up_to_literal(context: &Context<'_>, span: Span, literal: Option<FunctionId>) -> Span {
    let end = literal.map_or(span.end, |literal| context.body[literal].parameters_span.end);
    Span::new(span.start, end)
}

/// The literal that `wg.Go` or `time.AfterFunc` runs in a goroutine.
fn literal_started_by(context: &Context<'_>, call: ExpressionId) -> Option<FunctionId> {
    let body = context.body;
    let (_, arguments) = body.call_of(call)?;
    let literal = body.literal_of(*arguments.last()?)?;
    let starts = match context.callee(call) {
        Callee::Method(method) => {
            method.package == "sync" && method.type_name == "WaitGroup" && method.name == "Go"
        }
        Callee::Function { package, name } => package == "time" && name == "AfterFunc",
        _ => false,
    };
    starts.then_some(literal)
}

fn runs_before(
    context: &Context<'_>,
    function: FunctionId,
    deferred: DeferredCall,
    started: &Started,
) -> bool {
    let flow = context.flow(function);
    let at = flow.point_of_expression(context.body, started.call);
    match (flow.point(deferred.statement), at) {
        (Some(deferred), Some(at)) => flow.reaches(deferred, at),
        _ => false,
    }
}

/// True when the goroutine runs code of the project, and certainly nothing there recovers.
fn is_unguarded(context: &Context<'_>, started: &Started) -> bool {
    match started.literal {
        Some(literal) => {
            let mut deferred = context.deferred_calls(literal).into_iter();
            deferred.all(|deferred| {
                let recovery = context.recovery_of(deferred.call);
                recovery.is_some_and(|recovery| recovery.recovers.is_no())
            }) && runs_own_code(context, literal)
        }
        None => {
            runs_own_function(context, started.call) && context.panics_reach_caller(started.call).is_yes()
        }
    }
}

/// True when the literal calls something that isn't of the standard library.
fn runs_own_code(context: &Context<'_>, literal: FunctionId) -> bool {
    let body = context.body;
    let mut calls = body
        .expression_ids()
        .filter(|id| body[*id].function == literal && body.call_of(*id).is_some());
    calls.any(|call| match context.callee(call) {
        Callee::Builtin(_) | Callee::Conversion(_) | Callee::Literal(_) => false,
        Callee::Variable(variable) => !context
            .type_of_binding(variable)
            .is_named("context", "CancelFunc"),
        Callee::InterfaceMethod(_) => false,
        _ => runs_own_function(context, call),
    })
}

/// True when a function or method is called that isn't of the standard library.
fn runs_own_function(context: &Context<'_>, call: ExpressionId) -> bool {
    let package = match context.callee(call) {
        Callee::Function { package, .. } => package,
        Callee::Method(method) => method.package,
        _ => return false,
    };
    !is_standard(context, &package)
}

/// True for a package of the standard library: the first element of its path has no dot. The path of the package at hand
/// may have none either.
fn is_standard(context: &Context<'_>, path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    !first.is_empty() && !first.contains('.') && path != context.package.path
}

/// `go func() { ... }()` begins with a deferred literal that recovers and logs.
fn recover_inside(context: &Context<'_>, started: &Started) -> Option<Fix> {
    let body = context.body;
    let literal = &body[started.literal?];
    let brace = body[literal.block?].span.start + 1;
    let end = line_end(body, brace);
    let rest = body.text_of(Span::new(brace, end)).trim_start();
    let is_last_on_line = rest.is_empty() || rest.starts_with("//");
    if !literal.results.is_empty() || !is_last_on_line || end >= literal.span.end {
        return None;
    }
    let (log, import) = use_package(context, "log")?;
    let value = FreshNames::new(body).fresh("recovered");
    let inner = format!("{}{INDENT}", indentation(body, brace));
    let lines = [
        String::new(),
        format!("{inner}defer func() {{"),
        format!("{inner}{INDENT}if {value} := recover(); {value} != nil {{"),
        format!("{inner}{INDENT}{INDENT}{log}.Printf(\"recovered in a goroutine: %v\", {value})"),
        format!("{inner}{INDENT}}}"),
        format!("{inner}}}()"),
    ];
    let mut edit = TextEdit::builder();
    edit.insert(end, lines.join(newline(body)));
    Some(Fix::unsafe_("Recover in the goroutine, and log", edit.finish().ok()?).importing(import))
}
