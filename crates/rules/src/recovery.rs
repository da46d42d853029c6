//! Questions about `recover` that several rules share: who runs a function literal, and what may panic.

use deferlint_semantics::body::{
    BinaryOperator, BindingId, Body, ExpressionId, ExpressionKind, FunctionId, StatementId, StatementKind,
    UnaryOperator,
};
use deferlint_semantics::context::{Builtin, Callee, Context};
use deferlint_semantics::effects::{RecoverCall, RecoverSite, Role};
use deferlint_semantics::types::Type;

/// Who runs a function literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runner {
    /// A `defer` statement.
    Defer(StatementId),
    /// A `go` statement.
    Go(StatementId),
    /// A call in the function it is written in.
    Call(ExpressionId),
    /// A known function that it is passed to, and that doesn't defer it.
    Callee(ExpressionId),
    /// Somebody who isn't known.
    Unknown,
}

/// Who runs a function literal; [`Runner::Unknown`] for a declared function.
pub(crate) fn runner_of(context: &Context<'_>, literal: FunctionId) -> Runner {
    match context.frames().role(literal) {
        Role::Deferred { statement, .. } => Runner::Defer(statement),
        Role::Goroutine { statement } => Runner::Go(statement),
        Role::Called { call } => Runner::Call(call),
        Role::Passed { call } if calls_arguments_plainly(context, call) => Runner::Callee(call),
        _ => Runner::Unknown,
    }
}

/// True for a literal that a `defer` statement calls.
pub(crate) fn is_deferred_literal(context: &Context<'_>, function: FunctionId) -> bool {
    matches!(runner_of(context, function), Runner::Defer(_))
}

/// True for a deferred literal, and for a declared function or method that may be what a `defer` of its package calls.
pub(crate) fn is_deferred(context: &Context<'_>, function: FunctionId) -> bool {
    match &context.body[function].name {
        Some(name) if function == Body::DECLARED => context.defers(name),
        _ => is_deferred_literal(context, function),
    }
}

/// How `recover` is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// In an expression or a statement of its own.
    Plain,
    /// `defer recover()`
    Deferred(StatementId),
    /// In an argument of a deferred call: `defer f(recover())`.
    DeferredArgument(StatementId),
    /// `go recover()`, or in an argument there.
    Goroutine,
}

/// How a call of `recover` is made.
pub(crate) fn form_of(body: &Body, recover: RecoverCall) -> Form {
    match recover.site {
        RecoverSite::Deferred(statement) => Form::Deferred(statement),
        RecoverSite::DeferredArgument(statement) => Form::DeferredArgument(statement),
        RecoverSite::Plain | RecoverSite::RangeBody { .. } => {
            let statement = body.statement_of(recover.call);
            let is_started =
                statement.is_some_and(|statement| matches!(body[statement].kind, StatementKind::Go(_)));
            if is_started { Form::Goroutine } else { Form::Plain }
        }
    }
}

/// The `r` of `r := recover()`.
pub(crate) fn value_of(body: &Body, call: ExpressionId) -> Option<BindingId> {
    let statement = body.statement_of(call)?;
    match &body[statement].kind {
        StatementKind::ShortVar { left, right, .. }
        | StatementKind::Assign {
            left,
            right,
            operator: None,
        } => {
            let index = right
                .iter()
                .position(|value| body.unparenthesized(*value) == call)?;
            body.binding_of(*left.get(index)?)
        }
        _ => None,
    }
}

/// True for functions of the standard library that take a function: none of them defers it.
fn calls_arguments_plainly(context: &Context<'_>, call: ExpressionId) -> bool {
    let package = match context.callee(call) {
        Callee::Function { package, .. } => package,
        Callee::Method(method) => method.package,
        _ => return false,
    };
    let first = package.split('/').next().unwrap_or_default();
    !first.is_empty() && !first.contains('.') && package != context.package.path
}

/// The deferred literal on whose frame a literal runs that isn't deferred itself: called in it, or passed on from there.
pub(crate) fn deferred_literal_around(context: &Context<'_>, literal: FunctionId) -> Option<FunctionId> {
    let mut inner = literal;
    loop {
        if !matches!(runner_of(context, inner), Runner::Call(_) | Runner::Callee(_)) {
            return None;
        }
        inner = context.body[inner].parent?;
        if matches!(runner_of(context, inner), Runner::Defer(_)) {
            return Some(inner);
        }
    }
}

/// True in a file of tests, where a panic may be what is tested.
pub(crate) fn is_test(context: &Context<'_>) -> bool {
    context.file.imports.iter().any(|import| import.path == "testing")
}

/// The name of the function in which a function or literal is written, for messages.
pub(crate) fn name_of(body: &Body, function: FunctionId) -> String {
    match (&body[function].name, body[function].parent) {
        (Some(name), _) => format!("`{name}`"),
        (None, Some(_)) => "the function literal".to_owned(),
        (None, None) => "the function".to_owned(),
    }
}

/// True when something in the function may panic behind `offset`, without the literals that it holds but doesn't call.
pub(crate) fn can_panic_behind(context: &Context<'_>, function: FunctionId, offset: u32) -> bool {
    let body = context.body;
    let sends = body[function].statements.iter().any(|statement| {
        body[*statement].span.start >= offset && matches!(body[*statement].kind, StatementKind::Send { .. })
    });
    sends
        || body.expression_ids().any(|id| {
            body[id].function == function && body[id].span.start >= offset && can_panic(context, id)
        })
}

/// True when evaluating this expression, apart from its operands, may panic.
fn can_panic(context: &Context<'_>, expression: ExpressionId) -> bool {
    let body = context.body;
    match &body[expression].kind {
        ExpressionKind::Call { .. } => !is_harmless_call(context, expression),
        ExpressionKind::Index { operand, .. } => context.is_map(&context.type_of(*operand)).is_no(),
        ExpressionKind::Slice { .. } | ExpressionKind::TypeAssertion { type_: Some(_), .. } => true,
        ExpressionKind::Unary { operator, .. } => *operator == UnaryOperator::Dereference,
        ExpressionKind::Binary { operator, .. } => {
            matches!(operator, BinaryOperator::Divide | BinaryOperator::Remainder)
        }
        ExpressionKind::Selector { operand, .. } => {
            context.imported_package(*operand).is_none()
                && !matches!(context.type_of(*operand), Type::Struct(_))
        }
        _ => false,
    }
}

/// Predeclared functions that don't panic, conversions, and what prints or formats.
pub(crate) fn is_harmless_call(context: &Context<'_>, call: ExpressionId) -> bool {
    match context.callee(call) {
        Callee::Builtin(builtin) => !matches!(builtin, Builtin::Panic | Builtin::Close | Builtin::Make),
        Callee::Conversion(type_) => !matches!(type_, Type::Array(_) | Type::Pointer(_)),
        Callee::Function { package, name } => prints(&package, &name),
        _ => false,
    }
}

/// True for a call that tells nobody but a log, or that cleans up: what it is given isn't seen by the caller.
pub(crate) fn only_logs_or_cleans(context: &Context<'_>, call: ExpressionId) -> bool {
    const CLEANUP: [&str; 9] = [
        "Unlock", "RUnlock", "Done", "Close", "Rollback", "Flush", "Stop", "Inc", "End",
    ];
    const VERBS: [&str; 7] = ["Print", "Debug", "Info", "Warn", "Error", "Log", "Trace"];
    if is_harmless_call(context, call) {
        return true;
    }
    let body = context.body;
    let Some((function, arguments)) = body.call_of(call) else {
        return false;
    };
    let ExpressionKind::Selector { operand, field, .. } = &body[body.unparenthesized(function)].kind else {
        return false;
    };
    let is_logger = || {
        let path = context.imported_package(*operand);
        let text = path
            .as_deref()
            .unwrap_or_else(|| body.text_of(body[*operand].span));
        text.to_ascii_lowercase().contains("log")
    };
    (arguments.is_empty() && CLEANUP.contains(&field.as_str()))
        || (VERBS.iter().any(|verb| field.starts_with(verb)) && is_logger())
}

/// True for functions of the standard library that only print, log or format.
fn prints(package: &str, name: &str) -> bool {
    match package {
        "fmt" => !name.contains("scan") && !name.contains("Scan"),
        "log" => name.starts_with("Print"),
        "log/slog" => ["Debug", "Info", "Warn", "Error", "Log"]
            .iter()
            .any(|verb| name.starts_with(verb)),
        "runtime/debug" => matches!(name, "Stack" | "PrintStack"),
        "errors" => matches!(name, "New" | "Join"),
        _ => false,
    }
}
