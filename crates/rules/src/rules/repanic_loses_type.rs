//! `panic(fmt.Sprint(r))`: the new panic's value is text, and no recovery further out can tell what it was.

use deferlint_semantics::body::{BindingId, ExpressionId, ExpressionKind, LiteralKind, Span, StatementKind};
use deferlint_semantics::context::{Builtin, Callee, Context, GoVersion};
use deferlint_text::TextEdit;

use crate::fixes::{FreshNames, INDENT, indentation, insert_before, newline, use_package};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "repanic-loses-type",
    category: Category::Recover,
    severity: Severity::Info,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/repanic-loses-type.md"),
    check,
};

/// A recovered value that is formatted: the call of package fmt, and which of its arguments the value is.
struct Formatted {
    value: BindingId,
    function: &'static str,
    call: ExpressionId,
    index: usize,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    if !body.identifiers.contains("recover") {
        return;
    }
    for call in body.expression_ids() {
        let ExpressionKind::Call { arguments, .. } = &body[call].kind else {
            continue;
        };
        let [argument] = **arguments else { continue };
        if context.builtin_call(call) != Some(Builtin::Panic) {
            continue;
        }
        let Some(formatted) =
            formatted(context, argument).filter(|formatted| !is_tested(context, formatted.value, call))
        else {
            continue;
        };
        let name = &body[formatted.value].name;
        let finding = findings.report(
            body[call].span,
            format!(
                "the new panic holds the text of `{name}` alone: errors.Is, errors.As and type switches further out no \
                 longer see what it was\npanic with an error that wraps it, or with `{name}` itself"
            ),
        );
        finding.related(body[formatted.value].span, "the recovered value");
        finding.fix(wrap(context, call, &formatted));
    }
}

/// What `panic` is given, when that is the text of a recovered value.
fn formatted(context: &Context<'_>, argument: ExpressionId) -> Option<Formatted> {
    let body = context.body;
    let argument = body.unparenthesized(argument);
    let (_, arguments) = body.call_of(argument)?;
    let Callee::Function { package, name } = context.callee(argument) else {
        return None;
    };
    if package == "errors" && name == "New" {
        return formatted(context, *arguments.first()?);
    }
    let function = ["Sprint", "Sprintln", "Sprintf", "Errorf"]
        .into_iter()
        .find(|function| package == "fmt" && name == *function)?;
    let value = context
        .recovery_handling(body[argument].function)?
        .recovered_value?;
    let index = arguments
        .iter()
        .position(|argument| body.binding_of(*argument) == Some(value))?;
    let wraps = body.text_of(body[*arguments.first()?].span).contains("%w");
    (!wraps).then_some(Formatted {
        value,
        function,
        call: argument,
        index,
    })
}

/// True when the code asks before what the value is: it formats what is left.
fn is_tested(context: &Context<'_>, value: BindingId, panic: ExpressionId) -> bool {
    let body = context.body;
    let is_before = |span: Span| span.start < body[panic].span.start;
    let is_value = |operand: ExpressionId| body.binding_of(operand) == Some(value);
    let asserted = body.expressions.iter().any(|expression| match &expression.kind {
        ExpressionKind::TypeAssertion { operand, .. } => is_before(expression.span) && is_value(*operand),
        _ => false,
    });
    asserted
        || body.statements.iter().any(|statement| match &statement.kind {
            StatementKind::TypeSwitch { operand, .. } => {
                let mut uses = body[value].uses.iter();
                let is_operand = uses.any(|use_| body[*operand].span.contains(body[use_.expression].span));
                is_before(statement.span) && is_operand
            }
            _ => false,
        })
}

/// Panics with an error that wraps the value before the line that panics with its text.
fn wrap(context: &Context<'_>, panic: ExpressionId, formatted: &Formatted) -> Option<Fix> {
    let body = context.body;
    let statement = body.statement_of(panic)?;
    if !matches!(body[statement].kind, StatementKind::Expression(alone) if alone == panic)
        || context.go_version < GoVersion::new(1, 13)
    {
        return None;
    }
    let mut names = FreshNames::new(body);
    let (error, ok) = (names.fresh("err"), names.fresh("ok"));
    let wrapped = wrapped(context, formatted, &error)?;
    let (newline, outer) = (newline(body), indentation(body, body[statement].span.start));
    let value = &body[formatted.value].name;
    let again = format!(
        "if {error}, {ok} := {value}.(error); {ok} {{{newline}{outer}{INDENT}panic({wrapped}){newline}{outer}}}"
    );
    let mut edit = TextEdit::builder();
    insert_before(body, statement, &again, &mut edit)?;
    Some(Fix::unsafe_(
        "Wrap the recovered value if it is an error",
        edit.finish().ok()?,
    ))
}

/// The error itself for `fmt.Sprint(r)`; for a format, the same with `%w` where the value stands.
fn wrapped(context: &Context<'_>, formatted: &Formatted, error: &str) -> Option<String> {
    let body = context.body;
    let (_, arguments) = body.call_of(formatted.call)?;
    if formatted.function.starts_with("Sprint") && formatted.function != "Sprintf" {
        return (arguments.len() == 1).then(|| error.to_owned());
    }
    let (format, values) = arguments.split_first()?;
    if !matches!(body[*format].kind, ExpressionKind::Literal(LiteralKind::String)) {
        return None;
    }
    let text = body.text_of(body[*format].span);
    let verb = plain_verbs(text, values.len())?[formatted.index - 1];
    let (fmt, _) = use_package(context, "fmt").filter(|(_, import)| import.is_none())?;
    let value = body[arguments[formatted.index]].span;
    let (start, end) = (body[*format].span.end, body[values[values.len() - 1]].span.end);
    let before = body.text_of(Span::new(start, value.start));
    let after = body.text_of(Span::new(value.end, end));
    Some(format!(
        "{fmt}.Errorf({}%w{}{before}{error}{after})",
        &text[..verb],
        &text[verb + 2..]
    ))
}

/// Where the verbs of a format stand, when they are `count` plain ones such as `%v`.
fn plain_verbs(format: &str, count: usize) -> Option<Vec<usize>> {
    let bytes = format.as_bytes();
    let mut verbs = Vec::new();
    let mut at = 0;
    while let Some(percent) = format[at..].find('%').map(|found| at + found) {
        match bytes.get(percent + 1) {
            Some(b'%') => {}
            Some(letter) if letter.is_ascii_alphabetic() => verbs.push(percent),
            _ => return None,
        }
        at = percent + 2;
    }
    (verbs.len() == count).then_some(verbs)
}
