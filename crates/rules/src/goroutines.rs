//! Function literals that run as goroutines, and what may keep them from running at the same time.

use deferlint_semantics::body::{
    ExpressionId, ExpressionKind, FunctionId, Origin, Span, StatementId, StatementKind, UnaryOperator,
};
use deferlint_semantics::context::{Builtin, Callee, Context};

const ERRGROUP: &str = "golang.org/x/sync/errgroup";

/// A statement that runs a function literal as a goroutine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Goroutine {
    /// `go func() { ... }()`, `wg.Go(func() { ... })` or an errgroup's `g.Go(func() error { ... })`.
    pub(crate) statement: StatementId,
    /// The literal.
    pub(crate) literal: FunctionId,
    /// The function that starts it.
    pub(crate) starter: FunctionId,
}

/// The goroutines that a declaration starts from function literals, in the order of the text.
pub(crate) fn goroutines(context: &Context<'_>) -> Vec<Goroutine> {
    let body = context.body;
    let literal_of = |statement: StatementId| match body[statement].kind {
        StatementKind::Go(call) => body.literal_of(body.call_of(call)?.0),
        StatementKind::Expression(call) => {
            let (_, arguments) = body.call_of(call)?;
            let literal = body.literal_of(*arguments.first()?)?;
            is_group_go(context, call).then_some(literal)
        }
        _ => None,
    };
    let mut found: Vec<_> = body
        .statement_ids()
        .filter_map(|statement| {
            Some(Goroutine {
                statement,
                literal: literal_of(statement)?,
                starter: body[statement].function,
            })
        })
        .collect();
    found.sort_by_key(|goroutine| body[goroutine.statement].span.start);
    found
}

/// True for a call of the method `Go` of a `sync.WaitGroup` or of an errgroup that isn't limited to one at a time.
fn is_group_go(context: &Context<'_>, call: ExpressionId) -> bool {
    let body = context.body;
    let Some((function, _)) = body.call_of(call) else {
        return false;
    };
    let ExpressionKind::Selector { operand, field, .. } = &body[body.unparenthesized(function)].kind else {
        return false;
    };
    if field != "Go" {
        return false;
    }
    match context.callee_of(function) {
        Callee::Method(method) if method.package == "sync" => method.type_name == "WaitGroup",
        _ => is_errgroup(context, *operand) && !may_be_limited_to_one(context),
    }
}

fn is_errgroup(context: &Context<'_>, group: ExpressionId) -> bool {
    let body = context.body;
    let is_made_by_package = |made: ExpressionId| {
        let function = body
            .call_of(made)
            .map(|(function, _)| body.unparenthesized(function));
        function.is_some_and(|function| match &body[function].kind {
            ExpressionKind::Selector { operand, .. } => context
                .imported_package(*operand)
                .is_some_and(|path| path == ERRGROUP),
            _ => false,
        })
    };
    context.type_of(group).is_named(ERRGROUP, "Group")
        || body.binding_of(group).is_some_and(|binding| {
            matches!(body[binding].origin, Origin::Value { expression, .. } if is_made_by_package(expression))
        })
}

fn may_be_limited_to_one(context: &Context<'_>) -> bool {
    let body = context.body;
    body.expression_ids().any(|call| {
        called_name(context, call) == Some("SetLimit")
            && !body.call_of(call).is_some_and(|(_, arguments)| {
                arguments
                    .first()
                    .is_some_and(|limit| is_at_least_two(context, *limit))
            })
    })
}

/// The last part of the name of what is called.
fn called_name<'a>(context: &Context<'a>, call: ExpressionId) -> Option<&'a str> {
    let body = context.body;
    let (function, _) = body.call_of(call)?;
    match &body[body.unparenthesized(function)].kind {
        ExpressionKind::Name { name, .. } | ExpressionKind::Selector { field: name, .. } => Some(name),
        _ => None,
    }
}

fn is_at_least_two(context: &Context<'_>, number: ExpressionId) -> bool {
    let body = context.body;
    let text = body.text_of(body[number].span);
    matches!(body[number].kind, ExpressionKind::Literal(_))
        && text.parse::<u32>().is_ok_and(|number| number > 1)
}

/// True when something in the span, in a function that `is_run` says runs there, may let goroutines run only one after
/// the other: a lock, waiting for something, or a channel that isn't known to hold several values.
pub(crate) fn may_take_turns(context: &Context<'_>, span: Span, is_run: &dyn Fn(FunctionId) -> bool) -> bool {
    let body = context.body;
    let is_here = |function: FunctionId, place: Span| span.contains(place) && is_run(function);
    let expressions = body
        .expression_ids()
        .filter(|id| is_here(body[*id].function, body[*id].span));
    let statements = body
        .statement_ids()
        .filter(|id| is_here(body[*id].function, body[*id].span));
    let waits = |id: ExpressionId| match body[id].kind {
        ExpressionKind::Unary {
            operator: UnaryOperator::Receive,
            operand,
        } => !holds_several(context, operand),
        ExpressionKind::Call { .. } => called_name(context, id).is_some_and(tells_of_turns),
        _ => false,
    };
    let mut expressions = expressions;
    let mut statements = statements;
    expressions.any(waits)
        || statements.any(|id| match body[id].kind {
            StatementKind::Send { channel, .. } => !holds_several(context, channel),
            StatementKind::Select(_) => true,
            _ => false,
        })
}

/// True for a name of what lets only one go on, or waits for others.
fn tells_of_turns(name: &str) -> bool {
    const PARTS: [&str; 6] = ["Lock", "Wait", "Acquire", "Swap", "Enter", "Sequential"];
    const WORDS: [&str; 5] = ["lock", "wait", "acquire", "swap", "enter"];
    PARTS.iter().any(|part| name.contains(part)) || WORDS.iter().any(|word| name.starts_with(word))
}

/// True for a channel that is a semaphore for more than one: it was made with room for several values.
fn holds_several(context: &Context<'_>, channel: ExpressionId) -> bool {
    let body = context.body;
    let made = body
        .binding_of(channel)
        .and_then(|channel| context.single_value(channel));
    let arguments = made.filter(|made| context.builtin_call(*made) == Some(Builtin::Make));
    let arguments = arguments.and_then(|made| body.call_of(made));
    matches!(arguments, Some((_, [_, size])) if is_at_least_two(context, *size))
}

/// True for a range over what is, or may be, a channel to which the goroutine sends: it may start its successor.
pub(crate) fn may_feed(context: &Context<'_>, loop_: StatementId, literal: FunctionId) -> bool {
    let body = context.body;
    let StatementKind::Range { operand, .. } = body[loop_].kind else {
        return false;
    };
    let sends = body.statements.iter().any(|statement| {
        matches!(statement.kind, StatementKind::Send { .. }) && body.is_within(statement.function, literal)
    });
    sends && !context.is_channel(&context.type_of(operand)).is_no()
}
