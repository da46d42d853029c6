//! Puts a returned value into a local variable before the `return`.
//!
//! Go orders calls, method calls and receives from left to right, and leaves the order of everything else against them
//! open (Go specification, "Order of evaluation"). So whatever is called or received to the left of the extracted value
//! is extracted first, in order, and whatever else stands there must be unable to notice: constants, and locals that no
//! function literal and no pointer can change.

use deferlint_semantics::body::{
    BindingId, BindingKind, Body, ExpressionId, ExpressionKind, Parent, Resolution, Span, StatementId,
    StatementKind, UnaryOperator,
};
use deferlint_semantics::context::{Builtin, Callee, Context};
use deferlint_semantics::types::{Basic, Type};
use deferlint_text::TextEdit;

use super::layout::{INDENT, indentation, is_first_on_line, is_on_one_line, line_start, newline};
use super::names::FreshNames;
use crate::Fix;

/// The fix that extracts the result at `index` of a `return` statement. With `return f()` for several results all of
/// them are extracted. `None` when the rewrite wouldn't keep behaviour by construction.
pub(crate) fn extract_local(context: &Context<'_>, statement: StatementId, index: usize) -> Option<Fix> {
    let body = context.body;
    let StatementKind::Return(results) = &body[statement].kind else {
        return None;
    };
    let function = &body[body[statement].function];
    let plan = if results.len() == 1 && function.results.len() > 1 {
        Plan::all_results_of_a_call(context, results[0])?
    } else {
        Plan::results_up_to(context, results, index)?
    };
    let edit = plan.edit(body, statement)?;
    let several =
        plan.declarations.len() > 1 || plan.declarations.iter().any(|(names, _)| names.contains(','));
    let title = if several {
        "Extract the results into local variables before return".to_owned()
    } else {
        format!(
            "Extract {} into a local variable before return",
            what(context, results[index.min(results.len() - 1)])
        )
    };
    Some(Fix::safe(title, edit))
}

/// What the title calls the value.
fn what(context: &Context<'_>, value: ExpressionId) -> &'static str {
    if context.is_map(&context.type_of(value)).is_yes() {
        "the map"
    } else {
        "the value"
    }
}

/// The declarations that go before the `return`, in order, and what stands in the `return` instead.
struct Plan {
    /// The left-hand side and the source of the right-hand side of each new `:=`.
    declarations: Vec<(String, Span)>,
    /// The spans replaced in the `return` statement, in order, and their new text.
    extracted: Vec<(Span, String)>,
}

impl Plan {
    /// `return f()` with several results.
    fn all_results_of_a_call(context: &Context<'_>, call: ExpressionId) -> Option<Self> {
        let Type::Tuple(types) = context.type_of(call) else {
            return None;
        };
        let mut names = FreshNames::new(context.body);
        let names: Vec<_> = types
            .iter()
            .map(|type_| names.fresh(wish(context, type_)))
            .collect();
        let list = names.join(", ");
        let span = context.body[call].span;
        Some(Self {
            declarations: vec![(list.clone(), span)],
            extracted: vec![(span, list)],
        })
    }

    /// The result at `index`, and before it every call and receive to its left.
    fn results_up_to(context: &Context<'_>, results: &[ExpressionId], index: usize) -> Option<Self> {
        let value = *results.get(index)?;
        let type_ = context.type_of(value);
        if !has_type_of_its_own(&type_) {
            return None;
        }
        let body = context.body;
        let orders_itself = is_ordered(context, value) || depends_on_nothing(context, value);
        let calls_follow = results[index + 1..]
            .iter()
            .any(|result| contains_call(body, *result));
        if calls_follow && !orders_itself {
            return None;
        }
        let mut plan = Self {
            declarations: Vec::new(),
            extracted: Vec::new(),
        };
        let mut names = FreshNames::new(body);
        for result in &results[..index] {
            plan.extract_calls(context, *result, &mut names)?;
        }
        plan.extract(context, value, &type_, &mut names);
        Some(plan)
    }

    fn extract(
        &mut self,
        context: &Context<'_>,
        value: ExpressionId,
        type_: &Type,
        names: &mut FreshNames<'_>,
    ) {
        let name = names.fresh(wish(context, type_)).to_string();
        let span = context.body[value].span;
        self.declarations.push((name.clone(), span));
        self.extracted.push((span, name));
    }

    /// Extracts the outermost calls and receives of an expression to the left of the value; everything else in it must
    /// be unable to notice that the value is computed earlier.
    fn extract_calls(
        &mut self,
        context: &Context<'_>,
        expression: ExpressionId,
        names: &mut FreshNames<'_>,
    ) -> Option<()> {
        let body = context.body;
        if is_settled(context, expression) {
            return Some(());
        }
        if is_ordered(context, expression) {
            let type_ = context.type_of(expression);
            if !has_type_of_its_own(&type_) {
                return None;
            }
            self.extract(context, expression, &type_, names);
            return Some(());
        }
        match &body[expression].kind {
            ExpressionKind::Parenthesized(inner) => self.extract_calls(context, *inner, names),
            // A conversion, or a predeclared function that only looks at its arguments.
            ExpressionKind::Call { arguments, .. } if only_looks(context, expression) => arguments
                .iter()
                .try_for_each(|argument| self.extract_calls(context, *argument, names)),
            ExpressionKind::Unary { operand, operator } if *operator != UnaryOperator::AddressOf => {
                let reads_memory = *operator == UnaryOperator::Dereference;
                if reads_memory {
                    None
                } else {
                    self.extract_calls(context, *operand, names)
                }
            }
            ExpressionKind::Binary {
                operator,
                left,
                right,
            } if !operator.is_logical() && !operator.is_shift() => {
                self.extract_calls(context, *left, names)?;
                self.extract_calls(context, *right, names)
            }
            _ => None,
        }
    }

    fn edit(&self, body: &Body, statement: StatementId) -> Option<TextEdit> {
        let place = Placement::of(body, statement)?;
        let newline = newline(body);
        let mut lines = Vec::new();
        for (left, right) in &self.declarations {
            lines.push(format!("{left} := {}", body.text_of(*right)));
        }
        lines.push(self.return_statement(body, body[statement].span));
        let separator = format!("{newline}{}", place.indentation);
        let text = lines.join(&separator);
        Some(TextEdit::single(
            place.replaced.in_file(0),
            format!(
                "{}{text}{}",
                place.before.replace('\n', newline),
                place.after.replace('\n', newline)
            ),
        ))
    }

    fn return_statement(&self, body: &Body, span: Span) -> String {
        let mut text = String::new();
        let mut from = span.start;
        for (replaced, name) in &self.extracted {
            text.push_str(body.text_of(Span::new(from, replaced.start)));
            text.push_str(name);
            from = replaced.end;
        }
        text.push_str(body.text_of(Span::new(from, span.end)));
        text
    }
}

/// Where the new lines go.
struct Placement {
    /// The span that is replaced: the statement, or with it the inside of its one-line block.
    replaced: Span,
    /// What goes before the first new line; `\n` stands for the declaration's line end.
    before: String,
    /// The indentation of the new lines.
    indentation: String,
    /// What goes after the last new line.
    after: String,
}

impl Placement {
    fn of(body: &Body, statement: StatementId) -> Option<Self> {
        let span = body[statement].span;
        let outer = indentation(body, span.start).to_owned();
        let needs_block = jumped_over(body, statement);
        if let Some(inside) = one_line_block(body, statement) {
            let alone = body.text_of(inside).trim() == body.text_of(span);
            let inner = format!("{outer}{INDENT}");
            return (alone && !needs_block).then(|| Self {
                replaced: inside,
                before: format!("\n{inner}"),
                after: format!("\n{outer}"),
                indentation: inner,
            });
        }
        if !is_first_on_line(body, span.start) {
            let inner = if is_behind_colon(body, span.start) {
                format!("{outer}{INDENT}")
            } else {
                outer
            };
            return (!needs_block).then(|| Self {
                replaced: without_space_before(body, span),
                before: format!("\n{inner}"),
                after: String::new(),
                indentation: inner,
            });
        }
        if needs_block {
            let inner = format!("{outer}{INDENT}");
            return Some(Self {
                replaced: span,
                before: format!("{{\n{inner}"),
                after: format!("\n{outer}}}"),
                indentation: inner,
            });
        }
        Some(Self {
            replaced: span,
            before: String::new(),
            indentation: outer,
            after: String::new(),
        })
    }
}

/// True for a statement in the line of a label, or of the case that it belongs to: its own line is indented more.
fn is_behind_colon(body: &Body, offset: u32) -> bool {
    let before = body.text[line_start(body, offset) as usize..offset as usize].trim();
    before.ends_with(':') || before.starts_with("case ") || before.starts_with("default:")
}

/// The span with the white space before it on the same line, for a statement that gets a line of its own.
fn without_space_before(body: &Body, span: Span) -> Span {
    let before = &body.text[..span.start as usize];
    Span::new(before.trim_end_matches([' ', '\t']).len() as u32, span.end)
}

/// The inside of the block around the statement when the braces share its line.
fn one_line_block(body: &Body, statement: StatementId) -> Option<Span> {
    let function = &body[body[statement].function];
    let block = body[statement].parent.or(function.block)?;
    let block_span = body[block].span;
    let is_block = matches!(body[block].kind, StatementKind::Block(_));
    (is_block && is_on_one_line(body, block_span))
        .then(|| Span::new(block_span.start + 1, block_span.end - 1))
}

/// True when a `goto` may jump over a declaration at this place: to a label further down in the same block.
fn jumped_over(body: &Body, statement: StatementId) -> bool {
    let this = &body[statement];
    body[this.function].statements.iter().any(|goto| {
        let StatementKind::Goto(target) = &body[*goto].kind else {
            return false;
        };
        body[this.function].statements.iter().any(|labeled| {
            let further_down =
                body[*labeled].span.start > this.span.start && body[*labeled].parent == this.parent;
            further_down
                && matches!(&body[*labeled].kind, StatementKind::Labeled { label, .. } if label == target)
        })
    })
}

/// True for a value whose type doesn't come from where it is assigned.
fn has_type_of_its_own(type_: &Type) -> bool {
    match type_ {
        Type::Unknown | Type::Nil | Type::Tuple(_) => false,
        Type::Basic(basic) => !matches!(
            basic,
            Basic::UntypedBool
                | Basic::UntypedInt
                | Basic::UntypedRune
                | Basic::UntypedFloat
                | Basic::UntypedComplex
                | Basic::UntypedString
        ),
        _ => true,
    }
}

/// The name that a value of the type would be given by hand.
fn wish(context: &Context<'_>, type_: &Type) -> &'static str {
    if context.is_map(type_).is_yes() {
        "m"
    } else if context.is_error(type_).is_yes() {
        "err"
    } else if matches!(context.underlying(type_), Type::Basic(Basic::Bool)) {
        "ok"
    } else {
        "value"
    }
}

fn is_call_or_receive(body: &Body, expression: ExpressionId) -> bool {
    matches!(
        body[expression].kind,
        ExpressionKind::Call { .. }
            | ExpressionKind::Unary {
                operator: UnaryOperator::Receive,
                ..
            }
    )
}

/// True for what Go evaluates strictly from left to right: calls of functions and methods, and receives. Conversions
/// and predeclared functions have the form of a call, and no place in that order.
fn is_ordered(context: &Context<'_>, expression: ExpressionId) -> bool {
    match context.body[expression].kind {
        ExpressionKind::Call { .. } => !matches!(
            context.callee(expression),
            Callee::Builtin(_) | Callee::Conversion(_) | Callee::Unknown
        ),
        ExpressionKind::Unary {
            operator: UnaryOperator::Receive,
            ..
        } => true,
        _ => false,
    }
}

/// True for a conversion, `len` and `cap`: they change nothing and call nothing.
fn only_looks(context: &Context<'_>, call: ExpressionId) -> bool {
    matches!(
        context.callee(call),
        Callee::Conversion(_) | Callee::Builtin(Builtin::Len | Builtin::Cap)
    )
}

/// True when a call or a receive stands anywhere in the expression, function literals excepted.
fn contains_call(body: &Body, expression: ExpressionId) -> bool {
    let (span, function) = (body[expression].span, body[expression].function);
    body.expression_ids().any(|id| {
        body[id].function == function && span.contains(body[id].span) && is_call_or_receive(body, id)
    })
}

/// True for a constant, and for a local that nothing but this function's own statements can change.
fn is_settled(context: &Context<'_>, expression: ExpressionId) -> bool {
    let body = context.body;
    match &body[body.unparenthesized(expression)].kind {
        ExpressionKind::Literal(_) => true,
        ExpressionKind::Name {
            resolution: Resolution::Local(binding),
            ..
        } => body[*binding].kind == BindingKind::Constant || is_private(context, *binding),
        ExpressionKind::Name {
            name,
            resolution: Resolution::Outer,
        } => {
            let predeclared = ["nil", "true", "false"].contains(&name.as_str());
            let constant = context.package.value(name).is_some_and(|value| value.is_constant);
            constant || (predeclared && !context.package.declares(name))
        }
        _ => false,
    }
}

/// True for a variable that no function literal, no pointer and no method with a pointer receiver can change.
fn is_private(context: &Context<'_>, binding: BindingId) -> bool {
    let body = context.body;
    let variable = &body[binding];
    let is_reference = matches!(
        context.type_of_binding(binding),
        Type::Pointer(_)
            | Type::Map(_)
            | Type::Slice(_)
            | Type::Channel(..)
            | Type::Function(_)
            | Type::Interface(_)
    );
    let has_methods_called = variable
        .uses
        .iter()
        .any(|use_| match body[use_.expression].parent {
            Parent::Expression(outer) => matches!(body[outer].kind, ExpressionKind::Selector { .. }),
            _ => false,
        });
    !variable.is_captured() && !variable.is_address_taken() && (is_reference || !has_methods_called)
}

/// True when every operand inside the expression is settled: nothing that runs later can change what it yields.
fn depends_on_nothing(context: &Context<'_>, expression: ExpressionId) -> bool {
    let body = context.body;
    let span = body[expression].span;
    let reads = body.expression_ids().filter(|id| span.contains(body[*id].span));
    reads.into_iter().all(|id| match &body[id].kind {
        ExpressionKind::Name { .. } => is_settled(context, id) || names_no_variable(context, id),
        ExpressionKind::Unary {
            operator: UnaryOperator::Dereference,
            ..
        }
        | ExpressionKind::Index { .. } => false,
        ExpressionKind::FunctionLiteral(_) | ExpressionKind::Selector { .. } => false,
        _ => true,
    })
}

/// True for a function's, a type's or a predeclared name.
fn names_no_variable(context: &Context<'_>, expression: ExpressionId) -> bool {
    context.body.outer_name_of(expression).is_some_and(|name| {
        let variable = context
            .package
            .value(name)
            .is_some_and(|value| !value.is_constant);
        !variable
    })
}
