//! `r.(error)` of a recovered value: a panic with anything else panics again.

use deferlint_semantics::body::{
    BinaryOperator, BindingId, ExpressionId, ExpressionKind, Origin, Span, StatementId, StatementKind,
};
use deferlint_semantics::context::{Builtin, Context};
use deferlint_semantics::types::{Basic, Type};
use deferlint_text::TextEdit;

use crate::fixes::{FreshNames, INDENT, indentation, is_first_on_line, newline, use_package};
use crate::recovery::is_test;
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "recovered-value-asserted",
    category: Category::Recover,
    severity: Severity::Warning,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/recovered-value-asserted.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    if !body.identifiers.contains("recover") || is_test(context) {
        return;
    }
    for assertion in body.expression_ids() {
        let ExpressionKind::TypeAssertion {
            operand,
            type_: Some(type_),
        } = &body[assertion].kind
        else {
            continue;
        };
        let operand = body.unparenthesized(*operand);
        let name = match kind_of(&context.resolve(type_)) {
            Some(name) if !has_second_value(context, assertion) => name,
            _ => continue,
        };
        if context.builtin_call(operand) == Some(Builtin::Recover) {
            let message = format!(
                "this panics even when nothing panicked: recover yields nil then, which is no {name}\n\
                 look at the value with a type switch"
            );
            findings
                .report(body[assertion].span, message)
                .fix(switch(context, assertion, operand, None));
        } else if let Some(value) =
            recovered(context, operand).filter(|value| !is_tested(context, *value, assertion))
        {
            let message = format!(
                "this panics again when the panic's value is no {name}, and hides the first panic\n\
                 look at the value with a type switch that keeps any other value"
            );
            findings.report(body[assertion].span, message).fix(switch(
                context,
                assertion,
                operand,
                Some(value),
            ));
        }
    }
}

/// The types that say nothing about where a panic comes from. A value of a type of its own is a package's private signal.
fn kind_of(type_: &Type) -> Option<&'static str> {
    match type_ {
        Type::Basic(Basic::String) => Some("string"),
        Type::Named(named)
            if named.name == "error"
                && !matches!(named.place, deferlint_semantics::types::TypePlace::Package(_)) =>
        {
            Some("error")
        }
        type_ if type_.is_named("runtime", "Error") => Some("runtime.Error"),
        type_ if type_.is_named("fmt", "Stringer") => Some("fmt.Stringer"),
        _ => None,
    }
}

/// True for `v, ok := x.(T)`.
fn has_second_value(context: &Context<'_>, assertion: ExpressionId) -> bool {
    let body = context.body;
    let Some(statement) = body.statement_of(assertion) else {
        return false;
    };
    let is_value = |value: ExpressionId| body.unparenthesized(value) == assertion;
    match &body[statement].kind {
        StatementKind::Assign { left, right, .. } | StatementKind::ShortVar { left, right, .. } => {
            matches!(&**right, [only] if left.len() == 2 && is_value(*only))
        }
        StatementKind::Declare(deferlint_semantics::body::Declaration::Variables(specs)) => specs
            .iter()
            .any(|spec| matches!(&*spec.values, [only] if spec.names.len() == 2 && is_value(*only))),
        _ => false,
    }
}

/// The variable that is asserted, when it holds what `recover` yielded.
fn recovered(context: &Context<'_>, operand: ExpressionId) -> Option<BindingId> {
    let body = context.body;
    let variable = body.binding_of(operand)?;
    let holds = match body[variable].origin {
        Origin::Value {
            expression,
            index: None,
        } => context.builtin_call(body.unparenthesized(expression)) == Some(Builtin::Recover),
        _ => false,
    };
    let is_fixed = body[variable].uses.iter().all(|use_| !use_.access.assigns());
    (holds && is_fixed).then_some(variable)
}

/// True when the code looks at the value before: by another assertion, a type switch, or a condition around this one that
/// says more than that something was recovered. What comes behind doesn't help.
fn is_tested(context: &Context<'_>, value: BindingId, assertion: ExpressionId) -> bool {
    let body = context.body;
    let mentions = |span: Span| {
        let uses = body[value].uses.iter();
        uses.into_iter()
            .any(|use_| span.contains(body[use_.expression].span))
    };
    let is_before = |span: Span| span.start < body[assertion].span.start;
    let by_type = body.expression_ids().any(|other| match &body[other].kind {
        ExpressionKind::TypeAssertion { operand, .. } => {
            is_before(body[other].span) && body.binding_of(*operand) == Some(value)
        }
        _ => false,
    });
    let switches = body.statements.iter().any(|statement| match &statement.kind {
        StatementKind::TypeSwitch { operand, .. } => {
            is_before(statement.span) && mentions(body[*operand].span)
        }
        StatementKind::Switch { .. } => {
            mentions(statement.span) && statement.span.contains(body[assertion].span)
        }
        _ => false,
    });
    let around = body.statement_of(assertion);
    let mut conditions = around
        .into_iter()
        .flat_map(|statement| body.enclosing_statements(statement))
        .filter_map(|around| match body[around].kind {
            StatementKind::If { condition, .. } => Some(condition),
            _ => None,
        });
    by_type
        || switches
        || conditions.any(|condition| mentions(body[condition].span) && !asks_for_nil(context, condition))
}

fn asks_for_nil(context: &Context<'_>, condition: ExpressionId) -> bool {
    match context.body[context.body.unparenthesized(condition)].kind {
        ExpressionKind::Binary {
            operator: BinaryOperator::NotEqual,
            left,
            right,
        } => crate::places::is_nil(context, left) || crate::places::is_nil(context, right),
        _ => false,
    }
}

/// `err = r.(error)` becomes a type switch whose default branch keeps any other value.
fn switch(
    context: &Context<'_>,
    assertion: ExpressionId,
    operand: ExpressionId,
    value: Option<BindingId>,
) -> Option<Fix> {
    let body = context.body;
    let (statement, target) = assigned(context, assertion)?;
    let span = body[statement].span;
    let (fmt, import) = use_package(context, "fmt")?;
    let (type_, other) = match context.type_of(assertion) {
        Type::Basic(Basic::String) => ("string", format!("{fmt}.Sprint(")),
        type_ if context.is_error(&type_).is_yes() => ("error", format!("{fmt}.Errorf(\"panic: %v\", ")),
        _ => return None,
    };
    if context.type_of(target) != context.type_of(assertion) || !is_first_on_line(body, span.start) {
        return None;
    }
    let name = match value {
        Some(value) => body[value].name.clone(),
        None => FreshNames::new(body).fresh("r"),
    };
    let target = body.text_of(body[target].span);
    let outer = indentation(body, span.start);
    let mut lines = vec![format!(
        "switch {name} := {}.(type) {{",
        body.text_of(body[operand].span)
    )];
    if value.is_none() {
        lines.push(format!("{outer}case nil:"));
    }
    lines.push(format!("{outer}case {type_}:"));
    lines.push(format!("{outer}{INDENT}{target} = {name}"));
    lines.push(format!("{outer}default:"));
    lines.push(format!("{outer}{INDENT}{target} = {other}{name})"));
    lines.push(format!("{outer}}}"));
    let edit = TextEdit::single(span.in_file(0), lines.join(newline(body)));
    Some(Fix::unsafe_("Keep panics of every type with a type switch", edit).importing(import))
}

/// The statement `x = r.(T)` and its `x`.
fn assigned(context: &Context<'_>, assertion: ExpressionId) -> Option<(StatementId, ExpressionId)> {
    let body = context.body;
    let statement = body.statement_of(assertion)?;
    match &body[statement].kind {
        StatementKind::Assign {
            left,
            right,
            operator: None,
        } => match (&**left, &**right) {
            ([target], [value]) if *value == assertion => Some((statement, *target)),
            _ => None,
        },
        _ => None,
    }
}
