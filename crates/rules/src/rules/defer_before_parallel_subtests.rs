//! A test defers a call that its parallel subtests are not done before: they go on when the test function has returned.

use deferlint_semantics::body::{
    BindingId, Body, ExpressionId, ExpressionKind, FunctionId, Span, StatementKind,
};
use deferlint_semantics::context::{Callee, Context, DeferredCall};

use crate::fixes::{move_to_cleanup, outermost};
use crate::places::defer_span;
use crate::recovery::{is_harmless_call, name_of};
use crate::{Category, Findings, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "defer-before-parallel-subtests",
    category: Category::Defer,
    severity: Severity::Warning,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/defer-before-parallel-subtests.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    if !body.identifiers.contains("Parallel") {
        return;
    }
    for function in body.function_ids() {
        let Some(test) = test_of(context, function) else {
            continue;
        };
        let subtests = parallel_subtests(context, function, test);
        for deferred in context.deferred_calls(function) {
            let fixtures = fixtures(context, function, deferred);
            let shared = subtests.iter().find_map(|subtest| {
                let mut used = fixtures.iter().filter(|fixture| uses(body, subtest, **fixture));
                Some((subtest, *used.next()?))
            });
            let Some((subtest, fixture)) = shared.filter(|(subtest, _)| both_run(context, deferred, subtest))
            else {
                continue;
            };
            let finding = findings.report(
                defer_span(body, deferred),
                format!(
                    "this runs when {} returns, and its parallel subtests go on only after that: they find `{}` as this \
                     leaves it\nregister it with t.Cleanup, which waits for them",
                    name_of(body, function),
                    body[fixture].name
                ),
            );
            finding.related(
                body[subtest.parallel].span,
                "the subtest waits here until the function has returned",
            );
            finding.fix(move_to_cleanup(context, function, deferred, test));
        }
    }
}

/// A literal that `t.Run` runs and that calls `t.Parallel` whatever happens.
struct Subtest {
    run: ExpressionId,
    literal: FunctionId,
    parallel: ExpressionId,
}

/// The `*testing.T` of a function.
fn test_of(context: &Context<'_>, function: FunctionId) -> Option<BindingId> {
    let parameter = context.body[function].parameters.first()?;
    let is_test = context.resolve(&parameter.type_).is_named("testing", "T");
    parameter.binding.filter(|_| is_test)
}

fn parallel_subtests(context: &Context<'_>, function: FunctionId, test: BindingId) -> Vec<Subtest> {
    let body = context.body;
    let calls = body.expression_ids().filter(|id| body[*id].function == function);
    let subtests = calls.filter_map(|run| {
        let arguments = arguments_of_method(body, run, test, "Run")?;
        let literal = body.literal_of(*arguments.get(1)?)?;
        let own = test_of(context, literal)?;
        let parallel =
            outermost(body, literal)?
                .iter()
                .find_map(|statement| match body[*statement].kind {
                    StatementKind::Expression(call) => {
                        arguments_of_method(body, call, own, "Parallel").map(|_| call)
                    }
                    _ => None,
                })?;
        Some(Subtest {
            run,
            literal,
            parallel,
        })
    });
    subtests.collect()
}

/// The arguments of a call `variable.name(...)`.
fn arguments_of_method<'a>(
    body: &'a Body,
    call: ExpressionId,
    variable: BindingId,
    name: &str,
) -> Option<&'a [ExpressionId]> {
    let (function, arguments) = body.call_of(call)?;
    match &body[body.unparenthesized(function)].kind {
        ExpressionKind::Selector { operand, field, .. }
            if field == name && body.binding_of(*operand) == Some(variable) =>
        {
            Some(arguments)
        }
        _ => None,
    }
}

/// The variables that a deferred call works on, and those that were made together with the function that it calls.
fn fixtures(context: &Context<'_>, function: FunctionId, deferred: DeferredCall) -> Vec<BindingId> {
    const SIGNALS: [&str; 3] = ["Unlock", "RUnlock", "Done"];
    let body = context.body;
    let called = body.call_of(deferred.call).map(|(called, _)| &body[called].kind);
    if let Some(ExpressionKind::Selector { field, .. }) = called
        && SIGNALS.contains(&field.as_str())
    {
        return Vec::new();
    }
    let span = body[deferred.statement].span;
    let is_fixture = |binding: &BindingId| {
        let is_outside = body.is_within(function, body[*binding].function);
        let type_ = context.type_of_binding(*binding);
        let is_signal = context.is_error(&type_).is_yes() || type_.is_named("testing", "T");
        is_outside && body[*binding].kind.is_variable() && !is_signal
    };
    let names = body.expression_ids().filter(|id| span.contains(body[*id].span));
    let mut found: Vec<_> = names
        .filter(|id| !is_only_reported(context, *id, span))
        .filter_map(|id| match body[id].kind {
            ExpressionKind::Name { .. } => body.binding_of(id),
            _ => None,
        })
        .filter(is_fixture)
        .collect();
    if let Callee::Variable(called) = context.callee(deferred.call)
        && let Some(statement) = body[called].statement
    {
        let together = body
            .binding_ids()
            .filter(|id| body[*id].statement == Some(statement));
        found.extend(together.filter(is_fixture));
    }
    found
}

/// True inside a call that prints, or that a `testing.T` is told about.
fn is_only_reported(context: &Context<'_>, name: ExpressionId, within: Span) -> bool {
    use deferlint_semantics::body::Parent;
    let body = context.body;
    let mut around = name;
    while let Parent::Expression(outer) = body[around].parent {
        if !within.contains(body[outer].span) {
            break;
        }
        let is_report = |function: ExpressionId| match body[body.unparenthesized(function)].kind {
            ExpressionKind::Selector { operand, .. } => context.type_of(operand).is_named("testing", "T"),
            _ => false,
        };
        if let ExpressionKind::Call { function, .. } = body[outer].kind
            && (is_report(function) || tells_only(context, outer))
        {
            return true;
        }
        around = outer;
    }
    false
}

/// True for what prints, and for predeclared functions that don't change what they are given.
fn tells_only(context: &Context<'_>, call: ExpressionId) -> bool {
    use deferlint_semantics::context::Builtin;
    match context.builtin_call(call) {
        Some(builtin) => matches!(builtin, Builtin::Print | Builtin::Println),
        None => matches!(context.callee(call), Callee::Function { .. }) && is_harmless_call(context, call),
    }
}

/// True when the subtest reads the variable after it has become parallel.
fn uses(body: &Body, subtest: &Subtest, variable: BindingId) -> bool {
    let after = body[subtest.parallel].span.end;
    body[variable].uses.iter().any(|use_| {
        body.is_within(use_.function, subtest.literal)
            && body[use_.expression].span.start >= after
            && !matches!(use_.access, deferlint_semantics::body::Access::Write)
    })
}

/// True when some run of the function both defers the call and starts the subtest.
fn both_run(context: &Context<'_>, deferred: DeferredCall, subtest: &Subtest) -> bool {
    let body = context.body;
    let flow = context.flow(body[deferred.call].function);
    let run = flow.point_of_expression(body, subtest.run);
    match (flow.point(deferred.statement), run) {
        (Some(deferred), Some(run)) => flow.reaches(deferred, run) || flow.reaches(run, deferred),
        _ => false,
    }
}
