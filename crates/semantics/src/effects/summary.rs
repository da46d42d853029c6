//! The summary of a declared function.
//!
//! Predeclared functions are taken at their names here: whether the package declares a `clear` of its own is asked by
//! whoever reads the summary.

use super::places::place_of;
use super::recover::calls_of;
use super::roles::{Role, role_of};
use super::{RecoverForm, recover_calls};
use crate::body::{
    Body, ExpressionId, ExpressionKind, FunctionId, Resolution, StatementId, StatementKind, UnaryOperator,
};
use crate::control_flow::{CallOutcome, ControlFlow, Exit};
use crate::facts::{CallSite, Effect, ParameterIndex, Place, Recovery, Summary, Target};

/// What a declared function does, seen from outside; `None` when it has no block or the block holds a syntax error.
pub fn summarize(body: &Body) -> Option<Summary> {
    let declared = &body[Body::DECLARED];
    if body.has_error || declared.block.is_none() || declared.name.is_none() {
        return None;
    }
    let flow = ControlFlow::new(body, Body::DECLARED, &|call| {
        if is_predeclared(body, call, "panic") {
            CallOutcome::Panics
        } else {
            CallOutcome::Returns
        }
    });
    let mut summary = Summary {
        recovery: recovery(body),
        never_returns: !flow
            .exits()
            .iter()
            .any(|exit| matches!(exit, Exit::Return(_) | Exit::End)),
        ..Summary::default()
    };
    for function in body.function_ids() {
        match frame_of(body, function) {
            Frame::Own { deferred } => add_frame(body, function, deferred, &flow, &mut summary),
            Frame::Goroutine => summary.starts_goroutine = true,
            Frame::Other => {}
        }
    }
    summary.starts_goroutine |= body[Body::DECLARED]
        .statements
        .iter()
        .any(|statement| matches!(body[*statement].kind, StatementKind::Go(_)));
    Some(summary)
}

/// On whose frame a function's statements run.
enum Frame {
    /// On the declared function's: it is that function, or a literal that it calls or defers itself.
    Own { deferred: bool },
    /// On a goroutine's.
    Goroutine,
    /// On that of whoever calls the literal, if anybody does.
    Other,
}

fn frame_of(body: &Body, function: FunctionId) -> Frame {
    let mut deferred = false;
    let mut function = function;
    while let Some(role) = role_of(body, function) {
        match role {
            Role::Deferred(_) => deferred = true,
            Role::Called(_) => {}
            Role::Goroutine(_) => return Frame::Goroutine,
            _ => return Frame::Other,
        }
        let Some(parent) = body[function].parent else {
            break;
        };
        function = parent;
    }
    Frame::Own { deferred }
}

/// What deferring the function does with a panic.
fn recovery(body: &Body) -> Recovery {
    let is_recover =
        |function: ExpressionId| body.outer_name_of(function).is_some_and(|name| name == "recover");
    let own = recover_calls(body, is_recover)
        .into_iter()
        .filter(|recover| recover.function == Body::DECLARED);
    let recovers = own
        .into_iter()
        .any(|recover| recover.form != RecoverForm::Goroutine);
    let repanics = recovers && calls_of(body, Body::DECLARED).any(|call| is_predeclared(body, call, "panic"));
    Recovery {
        recovers,
        repanics,
        exits: false,
    }
}

fn add_frame(body: &Body, function: FunctionId, deferred: bool, flow: &ControlFlow, summary: &mut Summary) {
    for statement in &body[function].statements {
        add_statement_effects(body, *statement, summary);
    }
    for call in calls_of(body, function) {
        add_call(body, call, deferred, flow, summary);
    }
}

fn add_statement_effects(body: &Body, statement: StatementId, summary: &mut Summary) {
    match &body[statement].kind {
        StatementKind::Assign { left, .. } => left
            .iter()
            .for_each(|target| add_assignment(body, *target, summary)),
        StatementKind::IncDec { operand, .. } => add_assignment(body, *operand, summary),
        StatementKind::Return(results) => {
            for (index, result) in results
                .iter()
                .enumerate()
                .filter(|_| body[statement].function == Body::DECLARED)
            {
                add_effect(summary, place_of(body, *result), |place| {
                    Effect::Returns(place, index as u32)
                });
            }
        }
        _ => {}
    }
}

fn add_assignment(body: &Body, target: ExpressionId, summary: &mut Summary) {
    match &body[body.unparenthesized(target)].kind {
        ExpressionKind::Index { operand, .. } => {
            add_effect(summary, place_of(body, *operand), Effect::WritesElement);
        }
        ExpressionKind::Selector { .. }
        | ExpressionKind::Unary {
            operator: UnaryOperator::Dereference,
            ..
        } => {
            add_effect(summary, place_of(body, target), Effect::Assigns);
        }
        _ => {}
    }
}

fn add_call(body: &Body, call: ExpressionId, deferred: bool, flow: &ControlFlow, summary: &mut Summary) {
    let ExpressionKind::Call {
        function, arguments, ..
    } = &body[call].kind
    else {
        return;
    };
    let statement = body.statement_of(call);
    let is_started = statement.is_some_and(|statement| matches!(body[statement].kind, StatementKind::Go(_)));
    if is_started {
        return;
    }
    if is_predeclared(body, call, "clear") {
        arguments
            .iter()
            .for_each(|map| add_effect(summary, place_of(body, *map), Effect::Clears));
        return;
    }
    if is_predeclared(body, call, "delete") {
        let place = arguments.first().map(|map| place_of(body, *map));
        if let Some(place) = place {
            let clears = deletes_every_key(body, call);
            add_effect(
                summary,
                place,
                if clears { Effect::Clears } else { Effect::Deletes },
            );
        }
        return;
    }
    let is_deferred = statement.is_some_and(|statement| {
        matches!(body[statement].kind, StatementKind::Defer(deferred) if body.unparenthesized(deferred) == call)
    });
    let target = target_of(body, *function);
    if target != Target::Unknown {
        let arguments = arguments
            .iter()
            .map(|argument| place_of(body, *argument))
            .collect();
        let always = is_always_made(body, call, flow);
        summary.calls.push(CallSite {
            target,
            arguments,
            deferred: deferred || is_deferred,
            always,
        });
    }
}

fn add_effect(summary: &mut Summary, place: Place, effect: impl FnOnce(Place) -> Effect) {
    if place.root != ParameterIndex::Other {
        let effect = effect(place);
        if !summary.effects.contains(&effect) {
            summary.effects.push(effect);
        }
    }
}

fn target_of(body: &Body, function: ExpressionId) -> Target {
    match &body[body.unparenthesized(function)].kind {
        ExpressionKind::Name {
            name,
            resolution: Resolution::Outer,
        } => Target::Function(name.clone()),
        ExpressionKind::Name { .. } => match place_of(body, function) {
            Place {
                root: ParameterIndex::Other,
                ..
            } => Target::Unknown,
            place => Target::Value(place),
        },
        ExpressionKind::Selector { operand, field, .. } => match place_of(body, *operand) {
            Place {
                root: ParameterIndex::Other,
                ..
            } => Target::Unknown,
            place => Target::Method {
                place,
                name: field.clone(),
            },
        },
        ExpressionKind::Index { operand, .. } => target_of(body, *operand),
        _ => Target::Unknown,
    }
}

/// True when every way to return from the function makes this call: a statement of its own that no path avoids.
fn is_always_made(body: &Body, call: ExpressionId, flow: &ControlFlow) -> bool {
    let Some(statement) = body
        .statement_of(call)
        .filter(|_| body[call].function == Body::DECLARED)
    else {
        return false;
    };
    let alone = matches!(body[statement].kind, StatementKind::Expression(inner) if body.unparenthesized(inner) == call);
    let Some(point) = flow.point(statement).filter(|_| alone) else {
        return false;
    };
    flow.blocks.iter().enumerate().all(|(index, block)| {
        let end = crate::control_flow::ProgramPoint {
            block: crate::control_flow::BlockId(index as u32),
            index: block.nodes.len() as u32,
        };
        let returns = matches!(block.exit, Some(Exit::Return(_) | Exit::End));
        !returns || !flow.is_reachable(end) || flow.dominates(point, end)
    })
}

/// True for `for k := range m { delete(m, k) }` and the like: the loop that runs over the map deletes every key.
pub fn deletes_every_key(body: &Body, call: ExpressionId) -> bool {
    let Some((_, [map, key])) = body.call_of(call) else {
        return false;
    };
    let Some(statement) = body.statement_of(call) else {
        return false;
    };
    let block = body[statement].parent;
    let around = block.and_then(|block| body[block].parent);
    let Some(StatementKind::Range { left, operand, .. }) = around.map(|around| &body[around].kind) else {
        return false;
    };
    let key_variable = left.first().and_then(|key| body.binding_of(*key));
    let same_map = body.text_of(body[*operand].span) == body.text_of(body[*map].span);
    same_map && key_variable.is_some() && body.binding_of(*key) == key_variable
}

fn is_predeclared(body: &Body, call: ExpressionId, name: &str) -> bool {
    let function = body.call_of(call).map(|(function, _)| function);
    function
        .and_then(|function| body.outer_name_of(function))
        .is_some_and(|found| found == name)
}
