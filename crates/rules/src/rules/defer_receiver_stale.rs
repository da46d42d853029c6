//! The receiver of a deferred method call is fixed at the `defer`: a copy that misses later changes, or a value that the
//! variable doesn't hold any more.

use deferlint_semantics::Name;
use deferlint_semantics::body::{
    Access, BindingId, BindingKind, ExpressionId, ExpressionKind, FunctionId, StatementId, Use,
};
use deferlint_semantics::context::{Callee, Context, DeferredCall, Method};
use deferlint_semantics::control_flow::ReachingDefinitions;
use deferlint_semantics::facts::{EffectKind, ParameterIndex, ReceiverReads, Step};
use deferlint_semantics::types::Type;

use crate::fixes::{defer_again, wrap_in_closure};
use crate::ownership::{is_closing, keeps_open, opens};
use crate::places::is_plain_path;
use crate::replaced::{Replacement, around, calls_the_same, replacements_after, uses_after, value_of};
use crate::{Category, Findings, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "defer-receiver-stale",
    category: Category::Defer,
    severity: Severity::Warning,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/defer-receiver-stale.md"),
    check,
};

/// The beginnings of names that say that a value is kept as it was, or put back.
const KEPT: [&str; 9] = [
    "before", "old", "orig", "prev", "reset", "restore", "saved", "snapshot", "undo",
];

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    for function in body.function_ids() {
        for deferred in context.deferred_calls(function) {
            let Some((called, _)) = body.call_of(deferred.call) else {
                continue;
            };
            let called = body.unparenthesized(called);
            if let ExpressionKind::Selector { operand, field, .. } = &body[called].kind
                && let Some(variable) = body.root_binding(*operand)
                && body[variable].function == function
                && is_plain_path(body, *operand)
            {
                check_copy(context, findings, deferred, called, *operand);
                if is_closing(field) {
                    check_replaced(context, findings, deferred, *operand, variable);
                }
            }
        }
    }
}

fn check_copy(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    deferred: DeferredCall,
    called: ExpressionId,
    operand: ExpressionId,
) {
    let body = context.body;
    let Some(variable) = body.binding_of(operand) else {
        return;
    };
    let Callee::Method(method) = context.callee(deferred.call) else {
        return;
    };
    let name = &body[variable].name;
    if !copies(context, variable, &method) || is_kept(name) || is_kept(&method.name) {
        return;
    }
    let reads = context.receiver_reads(deferred.call);
    let Some(later) = changed_later(context, deferred.statement, variable, &reads) else {
        return;
    };
    let method = &method.name;
    let finding = findings.report(
        body[operand].span,
        format!(
            "`{name}` is copied here, when the defer statement runs: `{method}` doesn't see what changes later\n\
             wrap the call in a closure, or give the method a pointer receiver"
        ),
    );
    finding.related(body[later].span, format!("`{name}` changes here"));
    finding.fix(wrap_in_closure(context, deferred.statement, &[called]));
}

/// True when deferring the method copies what the variable is or points to: a method with a value receiver that the
/// variable's own type declares.
fn copies(context: &Context<'_>, variable: BindingId, method: &Method) -> bool {
    let kind = context.body[variable].kind;
    let is_plain = matches!(
        kind,
        BindingKind::Variable | BindingKind::Parameter(_) | BindingKind::Result(_) | BindingKind::Receiver
    );
    let is_own = context
        .type_of_binding(variable)
        .is_named(&method.package, &method.type_name);
    is_plain && is_own && !method.pointer_receiver
}

fn is_kept(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    KEPT.iter().any(|kept| name.starts_with(kept))
}

/// A statement after the `defer` that changes something of the variable that the method reads.
fn changed_later(
    context: &Context<'_>,
    deferred: StatementId,
    variable: BindingId,
    reads: &ReceiverReads,
) -> Option<StatementId> {
    let body = context.body;
    let function = body[variable].function;
    let flow = context.flow(function);
    let point = flow.point(deferred)?;
    if reads.is_empty() || flow.can_repeat(deferred) {
        return None;
    }
    let own = body[variable]
        .uses
        .iter()
        .filter(|use_| use_.function == function);
    let mut changes = own.filter(|use_| changes_what_is_read(context, variable, use_, reads));
    let change = changes.find(|use_| {
        let at = flow.point_of_expression(body, use_.expression);
        at.is_some_and(|at| flow.reaches(point, at))
    })?;
    body.statement_of(change.expression)
}

fn changes_what_is_read(
    context: &Context<'_>,
    variable: BindingId,
    use_: &Use,
    reads: &ReceiverReads,
) -> bool {
    let is_pointer = matches!(context.type_of_binding(variable), Type::Pointer(_));
    match use_.access {
        Access::Write | Access::Update => !is_pointer,
        Access::WriteThrough => {
            assigned_field(context, use_.expression).is_some_and(|field| reads.has_field(&field))
        }
        Access::Read => {
            called_on(context, use_.expression).is_some_and(|call| assigns_what_is_read(context, call, reads))
        }
        Access::AddressOf => false,
    }
}

/// The field `f` of the assignments `x.f = v` and `x.f.g = v` where every part but the last is a struct: behind a
/// pointer, in a map or in a slice the copy shares what is assigned.
fn assigned_field(context: &Context<'_>, name: ExpressionId) -> Option<Name> {
    let body = context.body;
    let (_, outer) = around(body, name);
    let ExpressionKind::Selector { field, .. } = &body[outer?].kind else {
        return None;
    };
    let mut target = outer?;
    while let (inner, Some(outer)) = around(body, target) {
        let is_part =
            matches!(&body[outer].kind, ExpressionKind::Selector { operand, .. } if *operand == inner);
        if !is_part || !matches!(context.underlying(&context.type_of(inner)), Type::Struct(_)) {
            return None;
        }
        target = outer;
    }
    Some(field.clone())
}

/// The call `x.m()` of a method on a variable.
fn called_on(context: &Context<'_>, name: ExpressionId) -> Option<ExpressionId> {
    let body = context.body;
    let selector = around(body, name).1?;
    let (function, call) = around(body, selector);
    let call = call?;
    let is_callee = body.call_of(call).is_some_and(|(called, _)| called == function);
    let is_method = matches!(body[selector].kind, ExpressionKind::Selector { .. });
    (is_method && is_callee).then_some(call)
}

fn assigns_what_is_read(context: &Context<'_>, call: ExpressionId, reads: &ReceiverReads) -> bool {
    let is_through_pointer =
        matches!(context.callee(call), Callee::Method(method) if method.pointer_receiver);
    let effects = context
        .effects_on(call, &ParameterIndex::Receiver)
        .filter(|_| is_through_pointer);
    effects.is_some_and(|effects| {
        effects.iter().any(|effect| {
            let is_read = matches!(&*effect.path, [Step::Field(field)] if reads.has_field(field));
            effect.kind == EffectKind::Assigns && effect.is_certain && is_read
        })
    })
}

fn check_replaced(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    deferred: DeferredCall,
    operand: ExpressionId,
    variable: BindingId,
) {
    let body = context.body;
    let function = body[variable].function;
    let place = body.text_of(body[operand].span);
    let path = fields_of(context, operand);
    let lost = replacements_after(context, function, deferred.statement, variable)
        .into_iter()
        .find(|replacement| {
            is_opened_again(context, function, deferred.statement, variable, *replacement)
                && uses_after(context, replacement.statement, variable)
                    .all(|name| keeps_open(context, name, &path))
        });
    let Some(replacement) = lost else {
        return;
    };
    let call = body.text_of(body[deferred.call].span);
    let finding = findings.report(
        body[operand].span,
        format!(
            "`{place}` is fixed here, when the defer statement runs: the deferred call is for this one, and nothing \
             closes the one that replaces it\ndefer `{call}` again for the new one"
        ),
    );
    finding.related(
        body[replacement.statement].span,
        format!("`{}` is replaced here", body[variable].name),
    );
    finding.fix(defer_again(context, replacement.statement, deferred.call));
}

/// The names of the fields from the variable at the root of a plain path to its end.
fn fields_of(context: &Context<'_>, path: ExpressionId) -> Vec<Name> {
    let body = context.body;
    let mut fields = Vec::new();
    let mut current = body.unparenthesized(path);
    while let ExpressionKind::Selector { operand, field, .. } = &body[current].kind {
        fields.push(field.clone());
        current = body.unparenthesized(*operand);
    }
    fields.reverse();
    fields
}

/// True when the new value comes from a call that opens something: a standard one, or the one that opened the value
/// that the `defer` fixed.
fn is_opened_again(
    context: &Context<'_>,
    function: FunctionId,
    deferred: StatementId,
    variable: BindingId,
    replacement: Replacement,
) -> bool {
    let body = context.body;
    let call = replacement.value;
    if !matches!(body[call].kind, ExpressionKind::Call { .. }) {
        return false;
    }
    let flow = context.flow(function);
    let definitions = ReachingDefinitions::new(body, flow, [variable]);
    let Some(point) = flow.point(deferred) else {
        return false;
    };
    let fixed = definitions.at(point, variable);
    let mut fixed = fixed
        .sites
        .iter()
        .map(|definition| value_of(body, *definition, variable));
    opens(context, call) || fixed.all(|value| value.is_some_and(|value| calls_the_same(context, value, call)))
}
