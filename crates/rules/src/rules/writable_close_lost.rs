//! A deferred `Close` of something that was written: its error says that the writing failed, and nobody looks.

use deferlint_semantics::Name;
use deferlint_semantics::body::{
    BindingId, BindingKind, ExpressionKind, FunctionId, Origin, Parent, Span, StatementId,
};
use deferlint_semantics::context::{Callee, Context, DeferredCall};
use deferlint_text::{TextEdit, TextEditBuilder};

use crate::fixes::{
    INDENT, NamedResults, SecondError, error_result, indentation, is_first_on_line, is_on_one_line, newline,
};
use crate::places::{plain_method_call, returns, runs_at};
use crate::recovery::is_test;
use crate::{Category, Findings, Fix, FixAvailability, Rule, Severity};

pub(crate) static RULE: Rule = Rule {
    name: "writable-close-lost",
    category: Category::Defer,
    severity: Severity::Info,
    is_default: false,
    fix: FixAvailability::Sometimes,
    page: include_str!("../../../../docs/rules/writable-close-lost.md"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let body = context.body;
    if is_test(context) {
        return;
    }
    for function in body.function_ids() {
        let Some(index) = error_result(context, function) else {
            continue;
        };
        for deferred in context.deferred_calls(function) {
            let Some((operand, method, _)) = plain_method_call(body, deferred.call) else {
                continue;
            };
            let writer = body.binding_of(operand).filter(|writer| {
                is_own_writer(context, function, *writer, method)
                    && is_written(context, *writer)
                    && !is_finished_elsewhere(context, *writer, deferred)
            });
            let reported = returns(body, function)
                .find(|(statement, _)| runs_at(context, function, deferred.statement, *statement));
            let (Some(writer), Some((returned, _))) = (writer, reported) else {
                continue;
            };
            if removes_a_file(context, function) {
                continue;
            }
            let finding = findings.report(
                body[deferred.statement].span,
                format!(
                    "an error of this {method} is lost: what was written to `{}` may not have arrived, and the caller isn't \
                     told\nreturn that error, joined to the other one",
                    body[writer].name
                ),
            );
            finding.related(
                body[returned].span,
                "the result is decided before the deferred call runs",
            );
            finding.fix(return_the_error(context, function, index, deferred));
        }
    }
}

/// True for a variable of the function that holds what it was declared with, and that the method finishes writing.
fn is_own_writer(context: &Context<'_>, function: FunctionId, variable: BindingId, method: &Name) -> bool {
    const CLOSED: [(&str, &str); 7] = [
        ("compress/gzip", "Writer"),
        ("compress/zlib", "Writer"),
        ("compress/flate", "Writer"),
        ("compress/lzw", "Writer"),
        ("archive/zip", "Writer"),
        ("archive/tar", "Writer"),
        ("mime/multipart", "Writer"),
    ];
    let binding = &context.body[variable];
    let is_assigned = binding.uses.iter().any(|use_| use_.access.assigns());
    let is_own = binding.function == function && binding.kind == BindingKind::Variable;
    let type_ = context.type_of_binding(variable);
    let is = |(package, name): (&str, &str)| type_.is_named(package, name);
    is_own
        && !is_assigned
        && match method.as_str() {
            "Close" if is(("os", "File")) => is_opened_for_writing(context, variable),
            "Close" => CLOSED.into_iter().any(is),
            "Flush" => is(("bufio", "Writer")),
            "Commit" => is(("database/sql", "Tx")),
            _ => false,
        }
}

/// True for `os.Create`, `os.CreateTemp`, and `os.OpenFile` with a flag that says that the file is there to be written. One that
/// is opened for reading and writing may be read only.
fn is_opened_for_writing(context: &Context<'_>, file: BindingId) -> bool {
    let body = context.body;
    let Origin::Value { expression, .. } = body[file].origin else {
        return false;
    };
    let Callee::Function { package, name } = context.callee(expression) else {
        return false;
    };
    let flags = || {
        body.call_of(expression)
            .and_then(|(_, arguments)| arguments.get(1))
    };
    match name.as_str() {
        "Create" | "CreateTemp" => package == "os",
        "OpenFile" => {
            package == "os"
                && flags().is_some_and(|flags| {
                    let text = body.text_of(body[*flags].span);
                    text.contains("O_WRONLY") || text.contains("O_TRUNC")
                })
        }
        _ => false,
    }
}

/// True when something is written: the variable is passed to a call, or a method of its own is called that says so.
fn is_written(context: &Context<'_>, writer: BindingId) -> bool {
    const VERBS: [&str; 5] = ["Write", "ReadFrom", "Create", "Exec", "Add"];
    let body = context.body;
    body[writer].uses.iter().any(|use_| {
        let Parent::Expression(outer) = body[use_.expression].parent else {
            return false;
        };
        match &body[outer].kind {
            ExpressionKind::Call { arguments, .. } => arguments.contains(&use_.expression),
            ExpressionKind::Selector { field, .. } => VERBS.iter().any(|verb| field.starts_with(verb)),
            _ => false,
        }
    })
}

/// True when the function finishes the writing in another place as well, where it can look at the error.
fn is_finished_elsewhere(context: &Context<'_>, writer: BindingId, deferred: DeferredCall) -> bool {
    const FINISHING: [&str; 4] = ["Close", "Flush", "Sync", "Commit"];
    let body = context.body;
    let own = body[deferred.statement].span;
    body[writer].uses.iter().any(|use_| {
        let span = body[use_.expression].span;
        let Parent::Expression(outer) = body[use_.expression].parent else {
            return false;
        };
        let finishes = matches!(
            &body[outer].kind,
            ExpressionKind::Selector { field, .. } if FINISHING.contains(&field.as_str())
        );
        finishes && !own.contains(span)
    })
}

/// True when the function defers the removal of files: what it writes is for its own use.
fn removes_a_file(context: &Context<'_>, function: FunctionId) -> bool {
    let body = context.body;
    let deferred = context.deferred_calls(function);
    let spans: Vec<_> = deferred
        .iter()
        .map(|deferred| body[deferred.statement].span)
        .collect();
    body.expression_ids().any(|call| {
        let is_deferred = spans.iter().any(|span| span.contains(body[call].span));
        is_deferred
            && matches!(
                context.callee(call),
                Callee::Function { package, name } if package == "os" && name.starts_with("Remove")
            )
    })
}

/// `defer f.Close()` becomes a deferred literal that joins the error of the call to the error result, which gets a name
/// when it has none.
fn return_the_error(
    context: &Context<'_>,
    function: FunctionId,
    index: usize,
    deferred: DeferredCall,
) -> Option<Fix> {
    let body = context.body;
    let span = body[deferred.statement].span;
    if !is_first_on_line(body, span.start) || !is_on_one_line(body, span) {
        return None;
    }
    let result = ErrorVariable::of(context, function, index, deferred.statement)?;
    let outer = indentation(body, span.start);
    let inner = format!("{outer}{INDENT}");
    let call = body.text_of(body[deferred.call].span);
    let second = SecondError::new(context, &result.name, call, &inner)?;
    let newline = newline(body);
    let text = format!(
        "defer func() {{{newline}{inner}{}{newline}{outer}}}()",
        second.text
    );
    let title = if second.joins {
        format!("Join the error of the call to {}", result.name)
    } else {
        format!("Return the error of the call when {} is nil", result.name)
    };
    let edit = result.finish(span, text)?;
    Some(Fix::unsafe_(title, edit).importing(second.import))
}

/// The error result by a name under which the deferred literal reaches it.
struct ErrorVariable<'a> {
    name: Name,
    /// The edit that names it, unless it has a name.
    named: Option<NamedResults<'a>>,
}

impl<'a> ErrorVariable<'a> {
    fn of(context: &Context<'a>, function: FunctionId, index: usize, at: StatementId) -> Option<Self> {
        let body = context.body;
        let visible = |name: &str| body.lookup(body[at].scope, name, body[at].span.start);
        if let Some(result) = body[function].results[index].binding {
            let name = body[result].name.clone();
            return (visible(&name) == Some(result)).then_some(Self { name, named: None });
        }
        let name = Name::new("err");
        let named = NamedResults::new(context, function, index, &name)?;
        let outermost = body[function].scope;
        let local = body
            .binding_ids()
            .find(|id| body[*id].name == name && body[*id].scope == outermost);
        // A variable of that name in an inner block would hide the result from the deferred literal.
        let is_reached = visible(&name).is_none_or(|seen| Some(seen) == local);
        let is_shared = local.is_some_and(|local| {
            let mut uses = body[local].uses.iter();
            uses.any(|use_| use_.function != function && use_.access.assigns())
        });
        if !is_reached || is_shared {
            return None;
        }
        let named = match local {
            Some(local) => named.take_over(context, local)?,
            None => named,
        };
        Some(Self {
            name,
            named: Some(named),
        })
    }

    /// The whole edit, with the text that replaces the `defer` statement.
    fn finish(self, span: Span, text: String) -> Option<TextEdit> {
        let replace = |edit: &mut TextEditBuilder| edit.replace(span.in_file(0), text);
        match self.named {
            Some(mut named) => {
                replace(named.builder());
                named.finish()
            }
            None => {
                let mut edit = TextEdit::builder();
                replace(&mut edit);
                edit.finish().ok()
            }
        }
    }
}
