//! A deferred function of a test calls `t.Fatal`: when the test panics, that is all that is ever heard of it.

use deferlint_semantics::body::{
    BinaryOperator, Body, ExpressionId, ExpressionKind, FunctionId, Span, StatementId, StatementKind,
};
use deferlint_semantics::context::{Context, DeferredCall};
use deferlint_semantics::effects::Role;
use deferlint_text::TextEdit;

use crate::fixes::{indentation, is_first_on_line, line_end, newline, outermost, use_package};
use crate::places::{defer_span, is_nil};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "fatal-in-deferred-function",
    category: Category::Defer,
    severity: Severity::Warning,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/fatal-in-deferred-function.md"),
    check,
};

const REQUIRE: &str = "github.com/stretchr/testify/require";
const ASSERT: &str = "github.com/stretchr/testify/assert";

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    for function in body.function_ids() {
        if matches!(context.frames().role(function), Role::Goroutine { .. }) {
            continue;
        }
        for deferred in context.deferred_calls(function) {
            let Some(literal) = deferred.literal else {
                continue;
            };
            if recovers_first(context, function, deferred, literal) {
                continue;
            }
            // A deferred function that always fails isn't meant to run at all.
            let always = outermost(body, literal).unwrap_or_default();
            let is_certain = |failure: &Failure| {
                matches!(failure.fatal, Fatal::Method(..)) && always.contains(&failure.statement)
            };
            let calls = body.expression_ids().filter(|id| body[*id].function == literal);
            let failures = calls
                .filter_map(|call| Failure::of(context, literal, call))
                .filter(|failure| !is_certain(failure));
            if let Some(first) = failures.min_by_key(|failure| failure.is_own) {
                report(context, findings, deferred, literal, &first);
            }
        }
    }
}

/// What ends a test at once, and the call that only marks it as failed.
enum Fatal {
    /// A method of `testing.T` and its kin: the place of its name, and the other name.
    Method(Span, &'static str),
    /// A function of testify's package require, and the place of that package's name.
    Required(Span),
}

/// A call that ends the test at once.
struct Failure {
    call: ExpressionId,
    statement: StatementId,
    fatal: Fatal,
    /// True when it reports an error of the deferred function's own work, such as closing something: it hides a panic
    /// only when that fails as well.
    is_own: bool,
}

impl Failure {
    fn of(context: &Context<'_>, literal: FunctionId, call: ExpressionId) -> Option<Self> {
        let fatal = fatal_call(context, call)?;
        let statement = context.body.statement_of(call)?;
        Some(Self {
            call,
            statement,
            is_own: reports_own_work(context, literal, statement, call, &fatal),
            fatal,
        })
    }
}

fn report(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    deferred: DeferredCall,
    literal: FunctionId,
    failure: &Failure,
) {
    let body = context.body;
    let instead = match failure.fatal {
        Fatal::Method(_, instead) => format!("`{instead}`"),
        Fatal::Required(_) => "package assert".to_owned(),
    };
    let finding = findings.report(
        body[failure.call].span,
        format!(
            "when the test panics, this ends the goroutine and the panic vanishes: the output shows only this failure\n\
             use {instead}, which lets the panic go on"
        ),
    );
    finding.related(defer_span(body, deferred), "deferred here");
    if failure.is_own {
        finding.severity(Severity::Info).opt_in();
    }
    finding.fix(go_on(context, literal, failure));
}

/// True when no panic can be on its way in the literal: it recovers, or what runs before it does.
fn recovers_first(
    context: &Context<'_>,
    function: FunctionId,
    deferred: DeferredCall,
    literal: FunctionId,
) -> bool {
    let body = context.body;
    let mut recovers = context.recover_calls().iter();
    if recovers.any(|recover| body.is_within(recover.function, literal)) {
        return true;
    }
    let start = body[deferred.statement].span.start;
    let others = context.deferred_calls(function);
    let mut later = others
        .into_iter()
        .filter(|other| body[other.statement].span.start > start);
    later.any(|other| {
        let recovery = context.recovery_of(other.call);
        recovery.is_some_and(|recovery| !recovery.recovers.is_no())
    })
}

fn fatal_call(context: &Context<'_>, call: ExpressionId) -> Option<Fatal> {
    let body = context.body;
    let ExpressionKind::Call { function, .. } = body[call].kind else {
        return None;
    };
    let ExpressionKind::Selector {
        operand,
        field,
        field_span,
    } = &body[body.unparenthesized(function)].kind
    else {
        return None;
    };
    if let Some(package) = context.imported_package(*operand) {
        let is_check = field.starts_with(char::is_uppercase) && field != "New";
        return (package == REQUIRE && is_check).then_some(Fatal::Required(body[*operand].span));
    }
    let instead = match field.as_str() {
        "Fatal" => "Error",
        "Fatalf" => "Errorf",
        "FailNow" => "Fail",
        _ => return None,
    };
    let type_ = context.type_of(*operand);
    let is_test = ["T", "B", "F", "TB"]
        .iter()
        .any(|name| type_.is_named("testing", name));
    is_test.then_some(Fatal::Method(*field_span, instead))
}

/// True when the failure depends on something that the deferred function itself has called.
fn reports_own_work(
    context: &Context<'_>,
    literal: FunctionId,
    statement: StatementId,
    call: ExpressionId,
    fatal: &Fatal,
) -> bool {
    let body = context.body;
    let is_own = |value: ExpressionId| {
        body.call_of(value).is_some()
            || body.binding_of(value).is_some_and(|binding| {
                let variable = &body[binding];
                let mut uses = variable.uses.iter();
                variable.function == literal
                    || uses.any(|use_| use_.function == literal && use_.access.assigns())
            })
    };
    if let Fatal::Required(_) = fatal {
        let arguments = body.call_of(call).map_or(&[][..], |(_, arguments)| arguments);
        return arguments.get(1).is_some_and(|value| is_own(*value));
    }
    let mut around = body.enclosing_statements(statement);
    around.any(|statement| {
        let StatementKind::If { condition, .. } = body[statement].kind else {
            return false;
        };
        match body[body.unparenthesized(condition)].kind {
            ExpressionKind::Binary {
                operator: BinaryOperator::NotEqual,
                left,
                right,
            } => is_no_error(context, right) && is_own(left) || is_no_error(context, left) && is_own(right),
            _ => false,
        }
    })
}

/// True for what says that nothing failed: `nil`, and 0 for the numbers of system calls.
fn is_no_error(context: &Context<'_>, value: ExpressionId) -> bool {
    is_nil(context, value) || context.body.text_of(context.body[value].span) == "0"
}

/// `t.Fatal(x)` becomes `t.Error(x)`, and `require.X` becomes `assert.X`; a `return` keeps what follows from running.
fn go_on(context: &Context<'_>, literal: FunctionId, failure: &Failure) -> Option<Fix> {
    let body = context.body;
    let (statement, call) = (failure.statement, failure.call);
    let span = body[statement].span;
    let is_alone = matches!(body[statement].kind, StatementKind::Expression(found) if found == call);
    if !is_alone || !body[literal].results.is_empty() {
        return None;
    }
    let mut edit = TextEdit::builder();
    let mut imports = None;
    let title = match &failure.fatal {
        Fatal::Method(name, instead) => {
            edit.replace(name.in_file(0), (*instead).to_owned());
            format!("Report the failure with {instead}")
        }
        Fatal::Required(package) => {
            let require = body.text_of(*package);
            if !is_named_elsewhere(context, *package) {
                return None;
            }
            let (assert, import) = use_package(context, ASSERT)?;
            imports = import;
            edit.replace(package.in_file(0), assert.to_string());
            format!("Report the failure with {assert} instead of {require}")
        }
    };
    if !is_last(body, literal, statement) {
        let end = line_end(body, span.end);
        let rest = body.text_of(Span::new(span.end, end)).trim_start();
        if !is_first_on_line(body, span.start) || !(rest.is_empty() || rest.starts_with("//")) {
            return None;
        }
        edit.insert(
            end,
            format!("{}{}return", newline(body), indentation(body, span.start)),
        );
    }
    Some(Fix::unsafe_(title, edit.finish().ok()?).importing(imports))
}

/// True when the declaration names the package in another place, too: the import stays in use.
fn is_named_elsewhere(context: &Context<'_>, package: Span) -> bool {
    let body = context.body;
    body.expression_ids().any(|id| {
        body[id].span != package && context.imported_package(id).is_some_and(|path| path == REQUIRE)
    })
}

/// True when nothing of the literal runs after the statement.
fn is_last(body: &Body, literal: FunctionId, statement: StatementId) -> bool {
    body.enclosing_statements(statement).all(|around| {
        let is_loop = matches!(
            body[around].kind,
            StatementKind::For { .. } | StatementKind::Range { .. }
        );
        let span = body[around].span;
        let mut others = body[literal].statements.iter();
        !is_loop
            && others.all(|other| {
                body[*other].parent != body[around].parent || body[*other].span.start <= span.start
            })
    })
}
