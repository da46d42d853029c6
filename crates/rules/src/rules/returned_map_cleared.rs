//! A deferred `clear` or `delete` works on the very map that the function returns.

use deferlint_semantics::Name;
use deferlint_semantics::body::{
    Access, BindingId, BindingKind, ExpressionId, ExpressionKind, FunctionId, Resolution, Span,
};
use deferlint_semantics::context::{Builtin, Context, DeferredCall, GoVersion};
use deferlint_semantics::effects::deletes_every_key;
use deferlint_semantics::facts::{EffectKind, ParameterIndex, Step};
use deferlint_semantics::types::Type;
use deferlint_text::TextEdit;

use crate::fixes::use_package;
use crate::places::{returns, runs_at};
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "returned-map-cleared",
    category: Category::Maps,
    severity: Severity::Error,
    is_default: true,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/returned-map-cleared.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for function in context.body.function_ids() {
        let returned = returned_variables(context, function);
        let deferred = context.deferred_calls(function).into_iter();
        for deferred in deferred.filter(|_| !returned.is_empty()) {
            let mut reported = Vec::new();
            for loss in losses(context, deferred, &returned) {
                // A helper may take out several entries: its call is reported once.
                if !reported.contains(&loss.span) && report(context, findings, function, deferred, &loss) {
                    reported.push(loss.span);
                }
            }
        }
    }
}

/// The variables that a function returns, or something reached from them.
fn returned_variables(context: &Context<'_>, function: FunctionId) -> Vec<BindingId> {
    let results = returns(context.body, function).flat_map(|(_, results)| results);
    results
        .filter_map(|result| Some(path_of(context, *result)?.variable))
        .collect()
}

/// A local variable and the fields that lead from it to a map.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Path {
    variable: BindingId,
    fields: Vec<Name>,
}

/// What a deferred call takes out of a map.
struct Loss {
    path: Path,
    /// True when every entry goes.
    everything: bool,
    /// True when it is what is called that takes them out.
    in_callee: bool,
    span: Span,
    /// The literal in which it happens, when it does in one.
    literal: Option<FunctionId>,
}

/// Reports the loss if a `return` yields its map, and says whether one does.
fn report(
    context: &Context<'_>,
    findings: &mut Findings<'_>,
    function: FunctionId,
    deferred: DeferredCall,
    loss: &Loss,
) -> bool {
    let body = context.body;
    let returned = returns(body, function).find_map(|(statement, results)| {
        let runs = runs_at(context, function, deferred.statement, statement);
        let result = results.iter().find(|result| holds(context, **result, loss))?;
        runs.then_some((statement, *result))
    });
    let Some((statement, result)) = returned else {
        return false;
    };
    let message = if loss.everything {
        "this runs after the return and empties the map that is returned: the caller gets an empty map\n\
         return a copy, or clear the map somewhere else"
    } else {
        "this runs after the return, on the map that is returned: the entry is missing from what the caller gets\n\
         return a copy, or delete the entry before the return"
    };
    let finding = findings.report(loss.span, message);
    if !loss.everything {
        finding.severity(Severity::Warning);
    }
    finding.related(body[statement].span, "the map is returned here");
    finding.fix(return_a_copy(context, function, result, loss));
    true
}

/// What a deferred call takes out of maps that are reached from the variables that are returned.
fn losses(context: &Context<'_>, deferred: DeferredCall, returned: &[BindingId]) -> Vec<Loss> {
    let body = context.body;
    match deferred.literal {
        Some(literal) => {
            let calls = body.expression_ids().filter(|id| body[*id].function == literal);
            calls
                .flat_map(|call| losses_of_call(context, call, body[call].span, Some(literal), returned))
                .collect()
        }
        None => losses_of_call(
            context,
            deferred.call,
            body[deferred.statement].span,
            None,
            returned,
        ),
    }
}

fn losses_of_call(
    context: &Context<'_>,
    call: ExpressionId,
    span: Span,
    literal: Option<FunctionId>,
    returned: &[BindingId],
) -> Vec<Loss> {
    let body = context.body;
    let ExpressionKind::Call {
        function, arguments, ..
    } = &body[call].kind
    else {
        return Vec::new();
    };
    let builtin = context.builtin_call(call);
    let loss = |path: Option<Path>, everything| {
        path.map(|path| Loss {
            path,
            everything,
            in_callee: builtin.is_none(),
            span,
            literal,
        })
    };
    if let Some(builtin) = builtin {
        let map = arguments.first().and_then(|map| path_of(context, *map));
        let loss = match builtin {
            Builtin::Clear => loss(map.filter(|map| is_map(context, map)), true),
            Builtin::Delete => loss(map, deletes_every_key(body, call)),
            _ => None,
        };
        return loss.into_iter().collect();
    }
    let receiver = match &body[body.unparenthesized(*function)].kind {
        ExpressionKind::Selector { operand, .. } => Some((ParameterIndex::Receiver, *operand)),
        _ => None,
    };
    let is_returned = |argument: ExpressionId| {
        let path = path_of(context, argument);
        path.is_some_and(|path| returned.contains(&path.variable))
    };
    let passed = arguments.iter().enumerate().filter_map(|(index, argument)| {
        let parameter = is_returned(*argument).then(|| context.parameter_of(call, index));
        Some((parameter??, *argument))
    });
    let receiver = receiver.into_iter().filter(|(_, operand)| is_returned(*operand));
    let mut losses: Vec<Loss> = Vec::new();
    for (parameter, argument) in receiver.chain(passed) {
        let effects = context.effects_on(call, &parameter).unwrap_or_default();
        for effect in effects.iter().filter(|effect| effect.is_certain) {
            let everything = match effect.kind {
                EffectKind::Clears => true,
                EffectKind::Deletes => false,
                _ => continue,
            };
            let part = part_of(context, argument, &effect.path);
            losses.extend(loss(
                part.filter(|part| !everything || is_map(context, part)),
                everything,
            ));
        }
    }
    losses.sort_by_key(|loss| !loss.everything);
    losses
}

/// True when the path leads to a map: `clear` sets the elements of a slice to zero, and the slice keeps its length.
fn is_map(context: &Context<'_>, path: &Path) -> bool {
    let variable = context.type_of_binding(path.variable);
    let mut fields = path.fields.iter();
    match fields.try_fold(variable, |type_, field| context.field(&type_, field)) {
        Some(Type::Pointer(element)) => context.is_map(&element).is_yes(),
        Some(type_) => context.is_map(&type_).is_yes(),
        None => false,
    }
}

/// The path that leads on from an expression's own.
fn part_of(context: &Context<'_>, expression: ExpressionId, steps: &[Step]) -> Option<Path> {
    let mut path = path_of(context, expression)?;
    for step in steps {
        match step {
            Step::Field(field) => path.fields.push(field.clone()),
            Step::Element => return None,
        }
    }
    Some(path)
}

/// The path that an expression is: `x`, `x.f.g`, `*x`, `&x`. The variable must hold what it was declared with, or an
/// assignment may have put another map there.
fn path_of(context: &Context<'_>, expression: ExpressionId) -> Option<Path> {
    use deferlint_semantics::body::UnaryOperator;
    let body = context.body;
    match &body[expression].kind {
        ExpressionKind::Parenthesized(inner)
        | ExpressionKind::Unary {
            operator: UnaryOperator::Dereference | UnaryOperator::AddressOf,
            operand: inner,
        } => path_of(context, *inner),
        ExpressionKind::Selector { operand, field, .. } => {
            let mut path = path_of(context, *operand)?;
            path.fields.push(field.clone());
            Some(path)
        }
        ExpressionKind::Name {
            resolution: Resolution::Local(variable),
            ..
        } => {
            let assigned = body[*variable].uses.iter().any(|use_| use_.access.assigns());
            (!assigned).then_some(Path {
                variable: *variable,
                fields: Vec::new(),
            })
        }
        _ => None,
    }
}

/// True when a returned value is the map of the loss, or a struct of this function that holds it. What a callee deletes
/// from a map inside the struct may be what it is there for, when a count of references comes to zero for example.
fn holds(context: &Context<'_>, result: ExpressionId, loss: &Loss) -> bool {
    let Some(path) = path_of(context, result) else {
        return false;
    };
    let is_own = context.body[path.variable].kind == BindingKind::Variable;
    let leads_there = path.variable == loss.path.variable && loss.path.fields.starts_with(&path.fields);
    let may_be_inside = is_own && (loss.everything || !loss.in_callee);
    leads_there
        && (path.fields.len() == loss.path.fields.len() || may_be_inside)
        && !is_replaced(context, &loss.path)
}

/// True when a field on the way to the map is assigned somewhere: it may hold another map by then.
fn is_replaced(context: &Context<'_>, path: &Path) -> bool {
    let uses = context.body[path.variable].uses.iter();
    let written = uses
        .filter(|use_| use_.access == Access::WriteThrough)
        .map(|use_| use_.expression);
    written
        .into_iter()
        .any(|name| assigns_field(context, name, &path.fields))
}

/// True when the assignment through this name sets one of the fields itself, not an element of the map.
fn assigns_field(context: &Context<'_>, name: ExpressionId, fields: &[Name]) -> bool {
    use deferlint_semantics::body::Parent;
    let body = context.body;
    let mut outermost = name;
    while let Parent::Expression(outer) = body[outermost].parent {
        if matches!(body[outer].kind, ExpressionKind::Index { .. }) {
            return false;
        }
        outermost = outer;
    }
    matches!(&body[outermost].kind, ExpressionKind::Selector { field, .. } if fields.contains(field))
}

/// `return m` becomes `return maps.Clone(m)`.
fn return_a_copy(
    context: &Context<'_>,
    function: FunctionId,
    result: ExpressionId,
    loss: &Loss,
) -> Option<Fix> {
    let body = context.body;
    let is_map = context.is_map(&context.type_of(result)).is_yes();
    let is_result = matches!(body[loss.path.variable].kind, BindingKind::Result(_));
    let captures_result = is_result && loss.literal.is_some();
    if !is_map || captures_result || context.go_version < GoVersion::new(1, 21) {
        return None;
    }
    let (maps, import) = use_package(context, "maps")?;
    let mut edit = TextEdit::builder();
    for (_, results) in returns(body, function) {
        for returned in results.iter().filter(|returned| holds(context, **returned, loss)) {
            let span = body[*returned].span;
            edit.insert(span.start, format!("{maps}.Clone("));
            edit.insert(span.end, ")");
        }
    }
    Some(Fix::unsafe_("Return a copy of the map", edit.finish().ok()?).importing(import))
}
