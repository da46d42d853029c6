//! Where something is held that `lock` takes and `unlock` gives back.

use deferlint_semantics::Name;
use deferlint_semantics::body::{Body, ExpressionId, ExpressionKind, StatementKind};
use deferlint_semantics::control_flow::{ControlFlow, Hold, HoldingEvent, Pending, ProgramPoint};

use super::support::Function;

/// Checks every comment of the form `// held, nothing`: what is known just before the statement on its line, and what is
/// pending; `, last` behind it says that nothing happens after the statement on any way out.
#[track_caller]
fn check(source: &str) {
    check_counted(source, false);
}

#[track_caller]
fn check_counted(source: &str, is_counted: bool) {
    let source = source.trim_start();
    let function = Function::new(source);
    let body = &function.body;
    let flow = function.flow(Body::DECLARED);
    let facts = flow.holding(body, Hold::Untouched, is_counted, events(body, &flow));
    let mut asked = 0;
    for (index, text) in source.lines().enumerate() {
        let Some((_, expected)) = text.split_once("// ") else {
            continue;
        };
        let point = flow.point(function.statement_on(index + 1)).expect("a point");
        let mut actual = facts.at(point).map_or_else(
            || "no path".to_owned(),
            |holding| format!("{}, {}", name_of(holding.hold), pending(holding.pending)),
        );
        if facts.is_last_before_every_exit(&flow, point) {
            actual += ", last";
        }
        assert_eq!(actual, expected, "line {} of\n{source}", index + 1);
        asked += 1;
    }
    assert!(asked > 0, "the source asks something:\n{source}");
}

fn name_of(hold: Hold) -> &'static str {
    match hold {
        Hold::Untouched => "untouched",
        Hold::Held(Some(_)) => "held",
        Hold::Held(None) => "held by several",
        Hold::Released(Some(_)) => "released",
        Hold::Released(None) => "released by several",
        Hold::Unknown => "unknown",
    }
}

fn pending(pending: Pending) -> &'static str {
    match pending {
        Pending::Nothing => "nothing",
        Pending::Release(_) => "release",
        Pending::Unknown => "unknown",
    }
}

fn events(body: &Body, flow: &ControlFlow) -> Vec<(ProgramPoint, HoldingEvent)> {
    let called = |call: ExpressionId| {
        let (callee, _) = body.call_of(call)?;
        body.outer_name_of(callee).map(Name::as_str)
    };
    let event = |call: ExpressionId| {
        let statement = body.statement_of(call)?;
        let is_deferred = matches!(body[statement].kind, StatementKind::Defer(_));
        Some(match (called(call)?, is_deferred) {
            ("lock", false) => HoldingEvent::Acquire(call),
            ("try", false) => HoldingEvent::TryAcquire(call),
            ("unlock", false) => HoldingEvent::Release(call),
            ("touch", false) => HoldingEvent::Disturb,
            ("replace", false) => HoldingEvent::Replace,
            ("declare", false) => HoldingEvent::Declare,
            ("unlock", true) => HoldingEvent::DeferRelease(statement),
            ("touch", true) => HoldingEvent::DeferUnknown,
            _ => return None,
        })
    };
    let calls = body
        .expression_ids()
        .filter(|id| matches!(body[*id].kind, ExpressionKind::Call { .. }));
    calls
        .filter_map(|call| Some((flow.point_of_expression(body, call)?, event(call)?)))
        .collect()
}

#[test]
fn a_deferred_release_stands_by() {
    check(
        "func f() {
    work() // untouched, nothing
    lock()
    work() // held, nothing
    defer unlock()
    work() // held, release
    unlock() // held, release, last
    work() // released, release, last
}",
    );
}

#[test]
fn what_differs_from_path_to_path_is_unknown() {
    check(
        "func f(a bool) {
    lock()
    if a {
        defer unlock()
        unlock() // held, release, last
    }
    work() // unknown, unknown, last
}",
    );
}

#[test]
fn paths_that_agree_leave_it_known() {
    check(
        "func f(a bool) {
    if a {
        lock()
    } else {
        lock()
    }
    defer unlock()
    work() // held by several, release
    if a {
        unlock()
    } else {
        unlock()
    }
    work() // released by several, release, last
}",
    );
}

#[test]
fn a_release_on_the_way_to_another_lock_is_not_the_last_thing() {
    check(
        "func f(a bool) error {
    lock()
    defer unlock()
    unlock() // held, release
    if a {
        return nil // released, release, last
    }
    lock()
    return nil // held, release, last
}",
    );
}

#[test]
fn loops_and_jumps_come_back() {
    check(
        "func f() {
    lock()
    defer unlock()
again:
    for more() {
        unlock() // held by several, release
        work() // released, release
        lock()
    }
    if more() {
        unlock() // held by several, release
        lock()
        goto again
    }
    work() // held by several, release, last
}",
    );
}

#[test]
fn a_condition_takes_it_where_it_is_true() {
    check(
        "func f(a bool) {
    if !try() {
        return // untouched, nothing, last
    }
    work() // held, nothing
    defer unlock()
}",
    );
}

#[test]
fn a_second_defer_and_an_unknown_one_leave_open_what_happens() {
    check(
        "func f() {
    defer unlock()
    defer unlock()
    work() // untouched, unknown, last
}",
    );
    check(
        "func f() {
    defer unlock()
    defer touch()
    work() // untouched, unknown, last
}",
    );
    check(
        "func f() {
    for more() {
        defer unlock()
    }
    work() // untouched, unknown, last
}",
    );
}

#[test]
fn what_may_touch_it_hides_it_until_the_next_lock() {
    check(
        "func f() {
    lock()
    defer unlock()
    touch() // held, release
    work() // unknown, release
    lock()
    work() // held, release, last
}",
    );
}

#[test]
fn another_value_of_the_variable_is_another_thing() {
    check(
        "func f() {
    lock()
    defer unlock()
    replace()
    work() // unknown, unknown, last
}",
    );
    check(
        "func f() {
    for more() {
        declare()
        work() // untouched, nothing
        lock()
        if more() {
            return // held, nothing, last
        }
        defer unlock()
    }
}",
    );
}

#[test]
fn an_end_without_deferred_calls_is_none() {
    check(
        "func f() {
    lock()
    defer unlock()
    unlock() // held, release
    stop()
}",
    );
    check(
        "func f() {
    lock()
    defer unlock()
    unlock() // held, release, last
    panic(1)
}",
    );
    check(
        "func f() {
    lock()
    defer unlock()
    unlock() // held, release
    for {
        work() // released, release
    }
}",
    );
}

#[test]
fn what_can_be_held_twice_is_free_after_as_many_releases() {
    check_counted(
        "func f() {
    lock()
    lock() // held, nothing
    work() // unknown, nothing
    unlock()
    work() // unknown, nothing, last
}",
        true,
    );
    check_counted(
        "func f() {
    unlock() // untouched, nothing
    lock() // unknown, nothing, last
    work() // unknown, nothing, last
}",
        true,
    );
}
