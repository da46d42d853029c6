//! A deferred closure assigns an inner variable that shadows the named result.

use deferlint_semantics::body::{BindingId, BindingKind, ExpressionId, FunctionId, StatementKind, Use};
use deferlint_semantics::context::{Context, GoVersion};
use deferlint_semantics::types::Type;
use deferlint_text::TextEdit;

use super::deferred_assignment_lost::assignment_span;
use crate::fixes::{FreshNames, use_package};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "deferred-shadows-result",
    category: Category::Results,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/deferred-shadows-result.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    for function in body
        .function_ids()
        .filter(|function| body[*function].has_named_results())
    {
        for result in &body[function].results {
            let Some(result) = result.binding else { continue };
            for deferred in context.deferred_calls(function) {
                if let Some(literal) = deferred.literal {
                    check_literal(context, findings, function, result, literal);
                }
            }
        }
    }
}

fn check_literal(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    function: FunctionId,
    result: BindingId,
    literal: FunctionId,
) {
    let body = context.body;
    let result_type = context.type_of_binding(result);
    let shadows = body.binding_ids().filter(|id| {
        let binding = &body[*id];
        let is_inner = binding.function == literal || binding.function == function;
        *id != result
            && is_inner
            && binding.kind == BindingKind::Variable
            && binding.name == body[result].name
    });
    for shadow in shadows {
        let uses = body[shadow].uses.iter();
        for lost in uses.filter(|use_| use_.function == literal && use_.access.assigns()) {
            // A variable of another type is another thing, unless what is assigned is a value for the result.
            let is_meant = context.type_of_binding(shadow) == result_type
                || assigned_value(context, *lost).is_some_and(|value| context.type_of(value) == result_type);
            if !is_meant || result_type == Type::Unknown || is_read_afterwards(context, shadow, *lost) {
                continue;
            }
            let name = &body[result].name;
            let finding = findings.report(
                assignment_span(context, *lost),
                format!(
                    "this sets an inner `{name}` that shadows the named result: the caller never sees it\n\
                     give the inner variable another name and assign the result"
                ),
            );
            finding.related(body[shadow].span, format!("this `{name}` shadows the result"));
            finding.related(body[result].span, "the named result");
            finding.fix(rename_inner(context, literal, result, shadow, *lost));
        }
    }
}

/// True when the assigned value is used: by the literal afterwards, or by another literal.
fn is_read_afterwards(context: &Context<'_>, shadow: BindingId, lost: Use) -> bool {
    let body = context.body;
    let end = assignment_span(context, lost).end;
    body[shadow].uses.iter().any(|use_| {
        let afterwards = use_.function == lost.function && body[use_.expression].span.start >= end;
        let by_another = use_.function != lost.function && use_.function != body[shadow].function;
        use_.access != deferlint_semantics::body::Access::Write && (afterwards || by_another)
    })
}

/// Renames an inner variable of the literal, and joins what was assigned to it to the result.
fn rename_inner(
    context: &Context<'_>,
    literal: FunctionId,
    result: BindingId,
    shadow: BindingId,
    lost: Use,
) -> Option<Fix> {
    let body = context.body;
    let is_error = |id| context.is_error(&context.type_of_binding(id)).is_yes();
    let own = body[shadow].function == literal && is_error(result) && is_error(shadow);
    let assignments = body[shadow]
        .uses
        .iter()
        .filter(|use_| use_.access.assigns())
        .count();
    if !own || assignments != 1 {
        return None;
    }
    let value = assigned_value(context, lost)?;
    let name = FreshNames::new(body).fresh(&format!("c{}", body[result].name));
    let mut edit = TextEdit::builder();
    edit.replace(body[shadow].span.in_file(0), name.to_string());
    for use_ in body[shadow]
        .uses
        .iter()
        .filter(|use_| use_.expression != lost.expression)
    {
        edit.replace(body[use_.expression].span.in_file(0), name.to_string());
    }
    if context.go_version < GoVersion::new(1, 20) {
        return None;
    }
    let (errors, import) = use_package(context, "errors")?;
    let span = body[value].span;
    edit.insert(span.start, format!("{errors}.Join({}, ", body[result].name));
    edit.insert(span.end, ")");
    let title = format!(
        "Rename the inner variable and join its error to the result {}",
        body[result].name
    );
    Some(Fix::unsafe_(title, edit.finish().ok()?).importing(import))
}

/// The `v` of `err = v`.
fn assigned_value(context: &Context<'_>, assignment: Use) -> Option<ExpressionId> {
    let statement = context.body.statement_of(assignment.expression)?;
    match &context.body[statement].kind {
        StatementKind::Assign {
            left,
            right,
            operator: None,
        } => match (&**left, &**right) {
            ([_], [value]) => Some(*value),
            _ => None,
        },
        _ => None,
    }
}
