//! A call ends the process, and the deferred calls never run.

use deferlint_semantics::body::{
    BindingId, Body, ExpressionId, ExpressionKind, FunctionId, StatementId, StatementKind,
};
use deferlint_semantics::context::{Callee, Context, DeferredCall};
use deferlint_semantics::control_flow::{Exit, ProgramPoint};
use deferlint_semantics::facts::Ending;

use crate::fixes::outermost;
use crate::ownership::{opens_for_writing, writes_to};
use crate::places::defer_span;
use crate::{Category, Findings, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "defer-skipped-by-exit",
    category: Category::Defer,
    severity: Severity::Info,
    is_default: true,
    fix: FixAvailability::None,
    page: include_str!("../../../../docs/rules/defer-skipped-by-exit.md"),
    check,
};

/// The beginnings of names that say that a function leaves things in order.
const CLEANUPS: [&str; 6] = ["cleanup", "cleanUp", "flush", "teardown", "tearDown", "restore"];

/// How many deferred calls a message names.
const MAX_NAMED: usize = 3;

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    let is_test_main = body[Body::DECLARED].name.as_deref() == Some("TestMain");
    for function in body.function_ids().filter(|_| !is_test_main) {
        let deferred: Vec<_> = context
            .deferred_calls(function)
            .into_iter()
            .filter(|deferred| matters(context, *deferred))
            .collect();
        if !deferred.is_empty() {
            check_exits(context, findings, function, deferred);
        }
    }
}

/// Reports each deferred call once, at the first exit that skips it.
fn check_exits(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    function: FunctionId,
    mut deferred: Vec<DeferredCall>,
) {
    let body = context.body;
    let flow = context.flow(function);
    let mut exits: Vec<_> = flow
        .exits()
        .into_iter()
        .filter_map(|exit| match exit {
            Exit::NeverReturns(call) if context.ending_of(call) == Some(Ending::ProcessExit) => Some(call),
            _ => None,
        })
        .filter(|call| !is_end_of_main(context, function, *call))
        .collect();
    exits.sort_unstable_by_key(|call| body[*call].span.start);
    for call in exits {
        let Some(at) = flow.point_of_exit(Exit::NeverReturns(call)) else {
            continue;
        };
        let (skipped, others) = deferred
            .into_iter()
            .partition::<Vec<_>, _>(|deferred| is_skipped(context, *deferred, at));
        deferred = others;
        if !skipped.is_empty() {
            report(context, findings, call, &skipped);
        }
    }
}

fn report(context: &Context<'_>, findings: &mut Findings<'_>, exit: ExpressionId, skipped: &[DeferredCall]) {
    let body = context.body;
    let called = body
        .call_of(exit)
        .map_or(body[exit].span, |(called, _)| body[called].span);
    let finding = findings.report(
        body[exit].span,
        format!(
            "`{}` ends the process here, and what was deferred never runs: {}\n\
             return to a function that exits without deferring, or do it before this call",
            body.text_of(called),
            named(body, skipped)
        ),
    );
    for deferred in skipped {
        finding.related(defer_span(body, *deferred), "deferred here");
    }
}

/// The deferred calls as the text has them.
fn named(body: &Body, skipped: &[DeferredCall]) -> String {
    let mut names: Vec<_> = skipped
        .iter()
        .take(MAX_NAMED)
        .map(|deferred| {
            let text = body.text_of(body[deferred.call].span);
            match deferred.literal {
                None if !text.contains('\n') => format!("`{text}`"),
                None => format!("`{}(...)`", text.split('(').next().unwrap_or_default()),
                Some(_) => "a function literal".to_owned(),
            }
        })
        .collect();
    if skipped.len() > MAX_NAMED {
        names.push(format!("{} more", skipped.len() - MAX_NAMED));
    }
    names.join(", ")
}

/// True when the `defer` statement can have run at an exit, and no plain call on every way there does the same.
fn is_skipped(context: &Context<'_>, deferred: DeferredCall, exit: ProgramPoint) -> bool {
    let body = context.body;
    let function = body[deferred.statement].function;
    let flow = context.flow(function);
    let text = body.text_of(body[deferred.call].span);
    let point = flow.point(deferred.statement);
    let is_done = |statement: &StatementId| {
        let call = match &body[*statement].kind {
            StatementKind::Expression(call) => *call,
            StatementKind::Assign { right, .. } | StatementKind::ShortVar { right, .. } => match **right {
                [call] => call,
                _ => return false,
            },
            _ => return false,
        };
        let is_same = body.text_of(body[body.unparenthesized(call)].span) == text;
        // What was done before the `defer` has to be done again.
        let is_behind =
            |at| flow.dominates(at, exit) && point.is_some_and(|point| !flow.dominates(at, point));
        is_same && flow.point(*statement).is_some_and(is_behind)
    };
    point.is_some_and(|point| flow.is_reachable(point) && flow.reaches(point, exit))
        && !body[function].statements.iter().any(is_done)
}

/// True for the last statement of `main`: the program is at its end there.
fn is_end_of_main(context: &Context<'_>, function: FunctionId, exit: ExpressionId) -> bool {
    let body = context.body;
    let is_main = function == Body::DECLARED
        && body[function].receiver.is_none()
        && body[function].name.as_deref() == Some("main");
    let last = outermost(body, function).and_then(|statements| statements.last());
    is_main && last.is_some_and(|last| body[*last].span.contains(body[exit].span) && is_plain(body, *last))
}

fn is_plain(body: &Body, statement: StatementId) -> bool {
    matches!(body[statement].kind, StatementKind::Expression(_))
}

/// True when something is left undone that outlives the process: a file that stays, data that isn't written. Memory,
/// locks, connections and files that were only read end with the process.
fn matters(context: &Context<'_>, deferred: DeferredCall) -> bool {
    match deferred.literal {
        None => call_matters(context, deferred.call),
        Some(literal) => literal_matters(context, literal),
    }
}

/// True when a call on the literal's own frame matters. A literal that recovers is there for panics.
fn literal_matters(context: &Context<'_>, literal: FunctionId) -> bool {
    let body = context.body;
    let mut calls = body
        .expression_ids()
        .filter(|id| body[*id].function == literal && matches!(body[*id].kind, ExpressionKind::Call { .. }));
    let recovers = !context.literal_recovery(literal).recovers.is_no();
    !recovers && calls.any(|call| call_matters(context, call))
}

fn call_matters(context: &Context<'_>, call: ExpressionId) -> bool {
    let body = context.body;
    let callee = context.callee(call);
    match &callee {
        Callee::Function { package, name } => match package.as_str() {
            "os" => matches!(name.as_str(), "Remove" | "RemoveAll" | "Rename"),
            "runtime/pprof" => name == "StopCPUProfile",
            "runtime/trace" => name == "Stop",
            _ => package == &context.package.path && is_cleanup(name),
        },
        Callee::Variable(variable) => match context.single_literal(*variable) {
            Some(literal) => literal_matters(context, literal),
            None => is_cleanup(&body[*variable].name),
        },
        Callee::Method(_) | Callee::InterfaceMethod(_) => method_matters(context, call),
        _ => false,
    }
}

fn is_cleanup(name: &str) -> bool {
    CLEANUPS.iter().any(|cleanup| name.starts_with(cleanup))
}

fn method_matters(context: &Context<'_>, call: ExpressionId) -> bool {
    let body = context.body;
    let Some((called, _)) = body.call_of(call) else {
        return false;
    };
    let ExpressionKind::Selector { operand, field, .. } = &body[body.unparenthesized(called)].kind else {
        return false;
    };
    match field.as_str() {
        "Flush" | "Sync" => true,
        "Close" => body
            .binding_of(*operand)
            .is_some_and(|variable| is_written(context, variable)),
        _ => is_cleanup(field),
    }
}

/// True when a variable was opened to be written, or something is written to it.
fn is_written(context: &Context<'_>, variable: BindingId) -> bool {
    let body = context.body;
    let opened = body[variable]
        .statement
        .and_then(|statement| first_value(body, statement));
    let is_opened = opened.is_some_and(|call| opens_for_writing(context, call));
    let is_connection = is_connection(context, variable);
    !is_connection
        && (is_opened
            || body[variable]
                .uses
                .iter()
                .any(|use_| writes_to(context, use_.expression)))
}

/// The value that a statement takes the values of its variables from.
fn first_value(body: &Body, statement: StatementId) -> Option<ExpressionId> {
    match &body[statement].kind {
        StatementKind::ShortVar { right, .. } => right.first().copied(),
        _ => None,
    }
}

/// A connection ends with the process, and what was written to it is on its way.
fn is_connection(context: &Context<'_>, variable: BindingId) -> bool {
    let type_ = context.type_of_binding(variable);
    context
        .describe(&type_)
        .trim_start_matches('*')
        .starts_with("net.")
}
