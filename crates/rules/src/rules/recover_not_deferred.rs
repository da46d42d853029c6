//! `recover` where nothing can be panicking: in a function that no `defer` calls.

use deferlint_semantics::body::{Body, FunctionId, Span, StatementId, StatementKind};
use deferlint_semantics::context::Context;
use deferlint_semantics::effects::RecoverCall;
use deferlint_semantics::facts::Target;
use deferlint_text::TextEdit;

use crate::fixes::{
    deferred_literal, indentation, is_first_on_line, newline, outermost, recover_unit, whole_lines,
};
use crate::recovery::{
    Form, Runner, can_panic_behind, deferred_literal_around, form_of, is_deferred_literal, runner_of,
};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "recover-not-deferred",
    category: Category::Recover,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/recover-not-deferred.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    for recover in context.recover_calls() {
        let recover = *recover;
        let form = form_of(body, recover);
        let is_started = form == Form::Goroutine;
        if !is_started && (form != Form::Plain || !is_never_deferred(context, recover.function)) {
            continue;
        }
        let finding = findings.report(
            body[recover.call].span,
            "recover yields nil here: it stops a panic only in a function that a defer statement calls\n\
             put it into a deferred function, above what can panic",
        );
        if !is_started {
            finding.fix(defer_it(context, recover));
        }
    }
}

/// True when no `defer` can be what calls the function.
fn is_never_deferred(context: &Context<'_>, function: FunctionId) -> bool {
    if function == Body::DECLARED {
        return is_entry(context) || is_called_plainly(context);
    }
    match runner_of(context, function) {
        Runner::Go(_) => true,
        Runner::Call(_) => deferred_literal_around(context, function).is_none(),
        _ => false,
    }
}

/// main, init and tests: the runtime and the testing package call them.
fn is_entry(context: &Context<'_>) -> bool {
    let declared = &context.body[Body::DECLARED];
    let Some(name) = declared.name.as_deref().filter(|_| declared.receiver.is_none()) else {
        return false;
    };
    let is_test = ["Test", "Benchmark", "Fuzz"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        && declared.parameters.len() == 1
        && ["T", "B", "F", "M"].iter().any(|type_| {
            context
                .resolve(&declared.parameters[0].type_)
                .is_named("testing", type_)
        });
    is_test
        || (declared.parameters.is_empty()
            && (name == "init" || (name == "main" && context.file.package == "main")))
}

/// A function that its own package calls, and never defers. One that does nothing but recover is a helper: its callers
/// are to blame.
fn is_called_plainly(context: &Context<'_>) -> bool {
    let declared = &context.body[Body::DECLARED];
    let Some(name) = declared.name.as_ref().filter(|_| declared.receiver.is_none()) else {
        return false;
    };
    let is_exported = name.starts_with(char::is_uppercase);
    if is_exported || context.defers(name) || context.literal_recovery(Body::DECLARED).only_recovers {
        return false;
    }
    let mut functions = context.package.files().iter().flat_map(|file| &file.functions);
    functions.any(|caller| {
        let mut calls = context
            .summary_of(caller)
            .into_iter()
            .flat_map(|summary| &summary.calls);
        calls.any(|call| call.target == Target::Function(name.clone()))
    })
}

/// Puts the recovery into a deferred function: a literal that does nothing else is deferred where it stands, any other
/// function gets a deferred literal at its top.
fn defer_it(context: &Context<'_>, recover: RecoverCall) -> Option<Fix> {
    let body = context.body;
    let literal = body[recover.function].literal;
    let edit = match literal {
        Some(literal) if context.literal_recovery(recover.function).only_recovers => {
            defer_literal(context, body.statement_of(literal)?)?
        }
        _ => defer_unit(context, recover)?,
    };
    Some(Fix::unsafe_("Recover in a deferred function", edit))
}

/// `func() { ... }()` and `go func() { ... }()` become `defer func() { ... }()`, where something follows that may panic.
fn defer_literal(context: &Context<'_>, statement: StatementId) -> Option<TextEdit> {
    let body = context.body;
    let function = body[statement].function;
    let span = body[statement].span;
    let is_deferred = is_deferred_literal(context, function);
    let is_loud = body[function].results.is_empty();
    if is_deferred || !is_loud || !can_panic_behind(context, function, span.end) {
        return None;
    }
    match body[statement].kind {
        StatementKind::Go(call) => {
            let keyword = Span::new(span.start, body[call].span.start);
            Some(TextEdit::single(keyword.in_file(0), "defer "))
        }
        StatementKind::Expression(_) => {
            let start = Span::new(span.start, span.start);
            Some(TextEdit::single(start.in_file(0), "defer "))
        }
        _ => None,
    }
}

/// Moves the statements that recover into a deferred literal at the top of their function.
fn defer_unit(context: &Context<'_>, recover: RecoverCall) -> Option<TextEdit> {
    let body = context.body;
    let function = recover.function;
    let unit = recover_unit(body, function, recover.call)?;
    let first = body[*outermost(body, function)?.first()?].span.start;
    if !body[function].results.is_empty()
        || !is_first_on_line(body, first)
        || uses_variables(body, function, unit)
    {
        return None;
    }
    let text = match body.text_of(unit) {
        "recover()" => "_ = recover()",
        text => text,
    };
    let literal = deferred_literal(body, indentation(body, unit.start), text)?;
    let mut edit = TextEdit::builder();
    if unit.start == first {
        edit.replace(unit.in_file(0), literal);
    } else {
        edit.insert(
            first,
            format!("{literal}{}{}", newline(body), indentation(body, first)),
        );
        edit.delete(whole_lines(body, unit)?.in_file(0));
    }
    edit.finish().ok()
}

/// True when the unit needs a variable that its function declares above it.
fn uses_variables(body: &Body, function: FunctionId, unit: Span) -> bool {
    body.bindings.iter().any(|binding| {
        binding.function == function
            && binding.statement.is_some()
            && !unit.contains(binding.span)
            && binding
                .uses
                .iter()
                .any(|use_| unit.contains(body[use_.expression].span))
    })
}
