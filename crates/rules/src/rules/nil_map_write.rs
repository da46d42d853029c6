//! A write to a map that is nil on every path panics.

use deferlint_semantics::body::{
    BindingId, Body, Declaration, ExpressionId, ExpressionKind, FunctionId, Parent, StatementKind,
    UnaryOperator,
};
use deferlint_semantics::context::{Builtin, Callee, Context};
use deferlint_semantics::control_flow::{
    AssignedValue, NilFacts, Nilness, ProgramPoint, ReachingDefinitions,
};
use rustc_hash::FxHashMap;

use crate::fixes::{Make, make_map};
use crate::map_writes::{ElementWrite, map_writes, may_be_set_by_method, targets};
use crate::recovery::is_test;
use crate::value_paths::{
    PathStep, Relation, leads_to_nil_map, path_around, relation, zero_leads_to_nil_map,
};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "nil-map-write",
    category: Category::Maps,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/nil-map-write.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    // Who lets a test panic means to, and sees it when it runs otherwise.
    if is_test(context) {
        return;
    }
    let mut nil_facts = FxHashMap::default();
    let mut reported: Vec<ElementWrite> = Vec::new();
    for write in map_writes(context) {
        // Behind a write that panics nothing runs.
        if reported
            .iter()
            .any(|earlier| always_runs_before(context, *earlier, write))
        {
            continue;
        }
        if let Some(nil) = NilWrite::of(context, write, &mut nil_facts) {
            reported.push(write);
            nil.report(context, findings);
        }
    }
}

/// True when a write to the same map always runs before another one.
fn always_runs_before(context: &Context<'_>, earlier: ElementWrite, write: ElementWrite) -> bool {
    let body = context.body;
    let function = body[earlier.target].function;
    let is_same_map = function == body[write.target].function
        && body.root_binding(earlier.map) == body.root_binding(write.map)
        && body.text_of(body[earlier.map].span) == body.text_of(body[write.map].span);
    let flow = context.flow(function);
    let point = |write: ElementWrite| flow.point_of_expression(body, write.target);
    is_same_map
        && matches!((point(earlier), point(write)), (Some(earlier), Some(write)) if flow.dominates(earlier, write))
}

/// Where each variable is nil in each function.
type KnownNilFacts = FxHashMap<(FunctionId, BindingId), NilFacts>;

/// A write to a map that is certainly nil.
struct NilWrite {
    write: ElementWrite,
    /// The variable from which the map is reached.
    root: BindingId,
    /// The steps from it to the map.
    steps: Vec<PathStep>,
}

impl NilWrite {
    fn of(context: &Context<'_>, write: ElementWrite, nil_facts: &mut KnownNilFacts) -> Option<Self> {
        let body = context.body;
        let root = body.root_binding(write.map)?;
        let function = body[write.target].function;
        let flow = context.flow(function);
        let at = flow
            .point_of_expression(body, write.target)
            .filter(|at| flow.is_reachable(*at))?;
        if body.binding_of(write.map) == Some(root) {
            let facts = nil_facts
                .entry((function, root))
                .or_insert_with(|| flow.nil_facts(body, root));
            let is_nil = match facts.at(at) {
                Nilness::Nil => true,
                Nilness::Unknown => is_never_set(body, root),
                Nilness::NonNil => false,
            };
            return (is_nil && !may_be_set_by_method(context, root)).then(|| Self {
                write,
                root,
                steps: Vec::new(),
            });
        }
        let name = name_of_root(body, write.map)?;
        let (_, mut steps) = path_around(context, name);
        // The last step is that of the write itself.
        let is_whole = steps.pop() == Some(PathStep::Element) && path_around(context, name).0 == write.target;
        let is_nil = is_whole
            && starts_nil(context, write, root, &steps, at)
            && stays_nil(context, root, name, &steps, at);
        is_nil.then_some(Self { write, root, steps })
    }

    fn report(&self, context: &Context<'_>, findings: &mut Findings<'_>) {
        let body = context.body;
        let map = body.text_of(body[self.write.map].span);
        let (message, advice) = match (self.steps.last(), map.contains('\n')) {
            (Some(PathStep::Element), _) => (
                "this write panics: the element is a nil map, for none was stored there, and a write to a nil map panics"
                    .to_owned(),
                "store a map there first",
            ),
            (_, true) => (
                "this write panics: the map is nil here, and a write to a nil map panics".to_owned(),
                "make the map first",
            ),
            (_, false) => (
                format!("this write panics: `{map}` is nil here, and a write to a nil map panics"),
                "make the map first",
            ),
        };
        let finding = findings.report(body[self.write.target].span, format!("{message}\n{advice}"));
        finding.related(body[self.root].span, "the variable is declared here");
        finding.fix(self.make_map(context));
    }

    /// Makes the map before the write. In a loop and in a function literal it is made only when it is nil, or each turn or
    /// call would begin anew.
    fn make_map(&self, context: &Context<'_>) -> Option<Fix> {
        let body = context.body;
        let before_last = self.steps.split_last().map_or(&[][..], |(_, before)| before);
        if before_last.contains(&PathStep::Element) || !means_the_same_again(body, self.write.map) {
            return None;
        }
        let flow = context.flow(body[self.write.target].function);
        let is_captured = body[self.root].function != body[self.write.target].function;
        let (make, title) = if is_captured || flow.can_repeat(self.write.statement) {
            (Make::IfNil, "Make the map first, if it is nil")
        } else {
            (Make::Always, "Make the map first")
        };
        let edit = make_map(context, self.write.statement, self.write.map, make)?;
        Some(Fix::unsafe_(title, edit))
    }
}

/// True for a variable that is declared without a value, and never gets one: whichever function literal writes to it.
fn is_never_set(body: &Body, variable: BindingId) -> bool {
    let binding = &body[variable];
    let declared = binding.statement.map(|statement| &body[statement].kind);
    let has_no_value = match declared {
        Some(StatementKind::Declare(Declaration::Variables(specs))) => specs
            .iter()
            .any(|spec| spec.bindings.contains(&Some(variable)) && spec.values.is_empty()),
        _ => false,
    };
    has_no_value && !binding.is_address_taken() && !binding.uses.iter().any(|use_| use_.access.assigns())
}

/// The name at the root of `x`, `x.f`, `x[i]`, `*x` and combinations of them.
fn name_of_root(body: &Body, place: ExpressionId) -> Option<ExpressionId> {
    let mut id = place;
    loop {
        id = match body[id].kind {
            ExpressionKind::Name { .. } => return Some(id),
            ExpressionKind::Parenthesized(inner) => inner,
            ExpressionKind::Selector { operand, .. } | ExpressionKind::Index { operand, .. } => operand,
            ExpressionKind::Unary {
                operator: UnaryOperator::Dereference,
                operand,
            } => operand,
            _ => return None,
        };
    }
}

/// True when the value that the variable certainly has at a point was made so that the path leads to a nil map.
fn starts_nil(
    context: &Context<'_>,
    write: ElementWrite,
    root: BindingId,
    steps: &[PathStep],
    at: ProgramPoint,
) -> bool {
    let body = context.body;
    let flow = context.flow(body[write.target].function);
    let definitions = ReachingDefinitions::new(body, flow, [root]).at(at, root);
    let [definition] = *definitions.sites else {
        return false;
    };
    !definitions.may_be_others
        && match definition.value(body, root) {
            AssignedValue::Zero => zero_leads_to_nil_map(context, &context.type_of_binding(root), steps),
            AssignedValue::Expression(value) => leads_to_nil_map(context, value, steps),
            AssignedValue::Part { .. } | AssignedValue::Unknown => false,
        }
}

/// True when no other use of the variable that can run before the point may put a map there.
fn stays_nil(
    context: &Context<'_>,
    root: BindingId,
    own: ExpressionId,
    steps: &[PathStep],
    at: ProgramPoint,
) -> bool {
    let body = context.body;
    let function = body[own].function;
    let flow = context.flow(function);
    body[root]
        .uses
        .iter()
        .filter(|use_| use_.expression != own)
        .all(|use_| {
            let is_later = || {
                flow.point_of_expression(body, use_.expression)
                    .is_some_and(|point| point != at && !flow.reaches(point, at))
            };
            use_.function == function && (leaves_nil(context, use_.expression, steps) || is_later())
        })
}

/// True when what is done with a variable at one place can't put a map where the steps lead.
fn leaves_nil(context: &Context<'_>, name: ExpressionId, steps: &[PathStep]) -> bool {
    let body = context.body;
    let (top, path) = path_around(context, name);
    let relation = relation(&path, steps);
    if relation == Relation::Apart {
        return true;
    }
    match body[top].parent {
        Parent::Expression(outer) => match &body[outer].kind {
            ExpressionKind::Call { function, .. } if *function != top => match context.callee(outer) {
                Callee::Builtin(Builtin::Len | Builtin::Cap | Builtin::Delete | Builtin::Clear) => true,
                _ => relation == Relation::Inside,
            },
            ExpressionKind::Binary { operator, .. } if operator.is_comparison() => path.len() < steps.len(),
            // A method may set what it is called on.
            ExpressionKind::Selector { .. } | ExpressionKind::Unary { .. } | ExpressionKind::Slice { .. } => {
                false
            }
            _ => relation == Relation::Inside,
        },
        Parent::Statement(statement) if targets(body, statement).contains(&top) => {
            relation == Relation::Inside || is_definition_of_whole(body, top)
        }
        Parent::Statement(statement) => {
            let is_ranged =
                matches!(body[statement].kind, StatementKind::Range { operand, .. } if operand == top);
            is_ranged || relation == Relation::Inside
        }
        Parent::None => false,
    }
}

/// True for an assignment of the variable itself: which of those reach the write is known.
fn is_definition_of_whole(body: &Body, target: ExpressionId) -> bool {
    matches!(body[target].kind, ExpressionKind::Name { .. })
}

/// True for an expression that is the same place when it is evaluated a second time.
fn means_the_same_again(body: &Body, expression: ExpressionId) -> bool {
    match &body[expression].kind {
        ExpressionKind::Name { .. } | ExpressionKind::Literal(_) => true,
        ExpressionKind::Parenthesized(inner) => means_the_same_again(body, *inner),
        ExpressionKind::Selector { operand, .. }
        | ExpressionKind::Unary {
            operator: UnaryOperator::Dereference,
            operand,
        } => means_the_same_again(body, *operand),
        ExpressionKind::Index { operand, indices } => {
            means_the_same_again(body, *operand)
                && indices.iter().all(|index| means_the_same_again(body, *index))
        }
        _ => false,
    }
}
