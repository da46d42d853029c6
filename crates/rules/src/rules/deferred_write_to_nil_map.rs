//! A deferred closure writes to the named map result, and the function can leave it nil.

use deferlint_semantics::body::{
    Access, BindingId, ExpressionId, ExpressionKind, FunctionId, Span, StatementId, StatementKind,
};
use deferlint_semantics::context::{Builtin, Context, DeferredCall};
use deferlint_semantics::control_flow::{BlockId, Exit, NilFacts, Nilness, ProgramPoint};
use deferlint_semantics::effects::RecoveryBranch;

use crate::fixes::{Make, make_map};
use crate::map_writes::{ElementWrite, map_writes, may_be_set_by_method};
use crate::recovery::is_harmless_call;
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "deferred-write-to-nil-map",
    category: Category::Maps,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/deferred-write-to-nil-map.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    for function in body.function_ids() {
        let deferred = context.deferred_calls(function);
        if deferred.is_empty() || !body[function].has_named_results() {
            continue;
        }
        let writes = map_writes(context);
        for result in body[function].results.iter().filter_map(|result| result.binding) {
            for deferred in &deferred {
                check_deferred(context, findings, result, *deferred, &writes);
            }
        }
    }
}

/// A deferred literal and the named result that it writes to.
struct DeferredWrites<'a, 'b> {
    context: &'a Context<'b>,
    function: FunctionId,
    deferred: DeferredCall,
    literal: FunctionId,
    /// Where the result is nil in the function.
    in_function: NilFacts,
    /// Where it is nil in the literal when it was at the literal's start.
    in_literal: NilFacts,
}

fn check_deferred(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    result: BindingId,
    deferred: DeferredCall,
    writes: &[ElementWrite],
) {
    let body = context.body;
    let function = body[result].function;
    let Some(literal) = deferred.literal else { return };
    let mut own = writes
        .iter()
        .filter(|write| body[write.target].function == literal && body.binding_of(write.map) == Some(result))
        .peekable();
    if own.peek().is_none() || !is_set_by_these_alone(context, result, function, literal) {
        return;
    }
    let deferred = DeferredWrites {
        context,
        function,
        deferred,
        literal,
        in_function: context.flow(function).nil_facts_from(body, result, Nilness::Nil),
        in_literal: context.flow(literal).nil_facts_from(body, result, Nilness::Nil),
    };
    // Behind the first write that panics nothing runs.
    if let Some((write, cause)) = own.find_map(|write| Some((write, deferred.cause(*write)?))) {
        report(context, findings, result, *write, cause);
    }
}

/// Why the map is nil when a deferred write runs.
#[derive(Clone, Copy)]
enum Cause {
    /// The function returns at this place, and the map is nil.
    Return(Span),
    /// A panic is recovered, and nothing that can panic runs once the map is made; this call is one that can.
    Panic(Span),
}

fn report(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    result: BindingId,
    write: ElementWrite,
    cause: Cause,
) {
    let name = &context.body[result].name;
    let (message, place, related) = match cause {
        Cause::Return(place) => (
            format!(
                "this write panics when the function returns with a nil `{name}`: a write to a nil map panics"
            ),
            place,
            "the map is nil here",
        ),
        Cause::Panic(place) => (
            format!(
                "this write panics as well: after the panic that is recovered here `{name}` is still nil"
            ),
            place,
            "when this panics, the map is nil",
        ),
    };
    let message = format!("{message}\nmake the map before writing to it, if it is nil");
    let finding = findings.report(context.body[write.target].span, message);
    finding.related(place, related);
    let edit = make_map(context, write.statement, write.map, Make::IfNil);
    finding.fix(edit.map(|edit| Fix::unsafe_("Make the map first, if it is nil", edit)));
}

/// True when nothing but the statements of the function and of the literal can give the result another map.
fn is_set_by_these_alone(
    context: &Context<'_>,
    result: BindingId,
    function: FunctionId,
    literal: FunctionId,
) -> bool {
    let mut uses = context.body[result].uses.iter();
    let is_set = uses.any(|use_| {
        let is_elsewhere = use_.function != function && use_.function != literal;
        use_.access == Access::AddressOf || use_.access.assigns() && is_elsewhere
    });
    !is_set && !may_be_set_by_method(context, result)
}

impl DeferredWrites<'_, '_> {
    fn cause(&self, write: ElementWrite) -> Option<Cause> {
        let body = self.context.body;
        let flow = self.context.flow(self.literal);
        let at = flow.point_of_expression(body, write.target)?;
        if self.in_literal.at(at) != Nilness::Nil {
            return None;
        }
        let start = ProgramPoint {
            block: BlockId(0),
            index: 0,
        };
        if flow.postdominates(at, start) {
            self.nil_at_return().map(Cause::Return)
        } else if self.runs_on_every_recovery(write.statement, at) {
            self.nil_at_every_call().map(Cause::Panic)
        } else {
            None
        }
    }

    /// A place where the function returns after the `defer`, and the map is nil there on every path.
    fn nil_at_return(&self) -> Option<Span> {
        let body = self.context.body;
        let flow = self.context.flow(self.function);
        let defer = flow
            .point(self.deferred.statement)
            .filter(|point| flow.is_reachable(*point))?;
        flow.exits_after(defer).into_iter().find_map(|exit| {
            let place = match exit {
                Exit::Return(statement) => body[statement].span,
                Exit::End => {
                    let end = body[body[self.function].block?].span.end;
                    Span::new(end - 1, end)
                }
                Exit::Panic(_) | Exit::NeverReturns(_) => return None,
            };
            let is_nil = self.in_function.at(flow.point_of_exit(exit)?) == Nilness::Nil;
            is_nil.then_some(place)
        })
    }

    /// True when the write is made whenever a panic was recovered.
    fn runs_on_every_recovery(&self, write: StatementId, at: ProgramPoint) -> bool {
        let body = self.context.body;
        let Some(handling) = self.context.recovery_handling(self.literal) else {
            return false;
        };
        let first = match handling.branch {
            RecoveryBranch::Block(block) => match &body[block].kind {
                StatementKind::Block(statements) => statements.first().copied(),
                _ => None,
            },
            RecoveryBranch::After(statement) => next_in_block(self.context, statement),
            _ => None,
        };
        let flow = self.context.flow(self.literal);
        let is_always = first
            .filter(|first| body[*first].parent == body[write].parent)
            .and_then(|first| flow.point(first))
            .is_some_and(|first| flow.postdominates(at, first));
        handling.recovers.is_yes() && is_always
    }

    /// The first call behind the `defer` that may panic, when the map is nil at every one of them.
    fn nil_at_every_call(&self) -> Option<Span> {
        let body = self.context.body;
        let flow = self.context.flow(self.function);
        let defer = flow
            .point(self.deferred.statement)
            .filter(|point| flow.is_reachable(*point))?;
        let calls = body.expression_ids().filter(|id| self.may_panic(*id));
        let mut points = calls
            .filter_map(|call| Some((call, flow.point_of_expression(body, call)?)))
            .filter(|(_, point)| flow.reaches(defer, *point))
            .peekable();
        let (first, _) = *points.peek()?;
        points
            .all(|(_, point)| self.in_function.at(point) == Nilness::Nil)
            .then(|| body[first].span)
    }

    /// True for a call of the function's own that runs code which may panic.
    fn may_panic(&self, call: ExpressionId) -> bool {
        let body = self.context.body;
        let expression = &body[call];
        if expression.function != self.function || !matches!(expression.kind, ExpressionKind::Call { .. }) {
            return false;
        }
        let is_put_off = body.statement_of(call).is_some_and(|statement| {
            matches!(body[statement].kind, StatementKind::Defer(whole) | StatementKind::Go(whole)
                if body.unparenthesized(whole) == call)
        });
        !is_put_off
            && !is_harmless_call(self.context, call)
            && self.context.builtin_call(call) != Some(Builtin::Make)
    }
}

/// The statement after another one in its block.
fn next_in_block(context: &Context<'_>, statement: StatementId) -> Option<StatementId> {
    let body = context.body;
    let StatementKind::Block(statements) = &body[body[statement].parent?].kind else {
        return None;
    };
    let index = statements.iter().position(|id| *id == statement)?;
    statements.get(index + 1).copied()
}
