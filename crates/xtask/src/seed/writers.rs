//! Breaks what becomes of data that is written.

use deferlint_semantics::body::{
    BindingId, ExpressionId, ExpressionKind, FunctionId, Parent, StatementId, StatementKind,
};
use deferlint_semantics::context::Callee;
use deferlint_text::TextEdit;

use super::site::{Site, changes, inserted, range, replaced};

/// `w, err := os.Create(name)` or another call that opens something to be written.
#[derive(Clone, Copy)]
struct Opened {
    variable: BindingId,
    /// The statement behind which the variable is known to be open.
    ready: StatementId,
    function: FunctionId,
    /// The method that writes what is left.
    finish: &'static str,
}

fn opened(site: &Site<'_>) -> Vec<Opened> {
    let body = site.body;
    let statements = body.statement_ids().filter_map(|statement| {
        let StatementKind::ShortVar {
            left,
            declared,
            right,
        } = &body[statement].kind
        else {
            return None;
        };
        let (Some(Some(variable)), [call]) = (declared.first(), &**right) else {
            return None;
        };
        let ready = match left.len() {
            1 => statement,
            _ => site.following(statement).first().copied().filter(|check| {
                matches!(&body[*check].kind, StatementKind::If { condition, .. }
                    if site.text_of(*condition).ends_with("!= nil"))
            })?,
        };
        Some(Opened {
            variable: *variable,
            ready,
            function: body[statement].function,
            finish: finish(site, *call)?,
        })
    });
    statements.collect()
}

/// The method that has to be called on what a call opens to be written.
fn finish(site: &Site<'_>, call: ExpressionId) -> Option<&'static str> {
    let Callee::Function { package, name } = site.context.callee(call) else {
        return None;
    };
    match (package.as_str(), name.as_str()) {
        ("os", "Create" | "CreateTemp") => Some("Close"),
        ("os", "OpenFile") => {
            let (_, arguments) = site.body.call_of(call)?;
            let flags = site.text_of(*arguments.get(1)?);
            (flags.contains("O_WRONLY") || flags.contains("O_TRUNC")).then_some("Close")
        }
        ("bufio", "NewWriter" | "NewWriterSize") => Some("Flush"),
        (package, name) if name.starts_with("NewWriter") => {
            let compresses = package.starts_with("compress/") || package.starts_with("archive/");
            compresses.then_some("Close")
        }
        _ => None,
    }
}

/// True when something is written: a method is called that does, or a function gets the writer.
fn is_written(site: &Site<'_>, opened: Opened) -> bool {
    let body = site.body;
    body[opened.variable]
        .uses
        .iter()
        .any(|use_| match body[use_.expression].parent {
            Parent::Expression(outer) => match &body[outer].kind {
                ExpressionKind::Selector { field, .. } => {
                    field.starts_with("Write") || field.starts_with("Create") || field == "ReadFrom"
                }
                ExpressionKind::Call { arguments, .. } => arguments.contains(&use_.expression),
                _ => false,
            },
            _ => false,
        })
}

/// True when the last result of a function is an error, so that it can say that writing failed.
fn reports_errors(site: &Site<'_>, function: FunctionId) -> bool {
    let results = site.context.result_types(function);
    results
        .last()
        .is_some_and(|last| site.context.is_error(last).is_yes())
}

/// Drops the error of the call that finishes writing.
pub(super) fn writable_close_lost(site: &Site<'_>) -> Vec<TextEdit> {
    let opened = opened(site).into_iter();
    opened
        .filter(|opened| reports_errors(site, opened.function) && is_written(site, *opened))
        .filter(|opened| {
            !site
                .text(site.body[opened.function].span)
                .contains("defer os.Remove")
        })
        .filter_map(|opened| finished_without_a_look(site, opened))
        .collect()
}

/// How a function finishes writing.
enum Finished {
    /// `w.Close()`
    Unseen(StatementId),
    /// `return w.Close()`
    Returned(ExpressionId),
    /// `if err := w.Close(); err != nil { ... }`
    Checked(StatementId),
    /// `defer func() { if err := w.Close(); ... }()`
    Deferred(StatementId),
}

/// Defers the finishing call, and takes away the places where its error is looked at.
fn finished_without_a_look(site: &Site<'_>, opened: Opened) -> Option<TextEdit> {
    let body = site.body;
    let mut found = Vec::new();
    for use_ in &body[opened.variable].uses {
        let Parent::Expression(selector) = body[use_.expression].parent else {
            continue;
        };
        let ExpressionKind::Selector { field, .. } = &body[selector].kind else {
            continue;
        };
        if field == "Sync" {
            return None;
        }
        if field == opened.finish {
            found.push(finished(site, opened, selector)?);
        }
    }
    let is_seen = |found: &Finished| !matches!(found, Finished::Unseen(_));
    let call = format!("defer {}.{}()", body[opened.variable].name, opened.finish);
    if let [Finished::Deferred(statement)] = found[..] {
        return Some(replaced(body[statement].span, call));
    }
    if !found.iter().any(is_seen) {
        return None;
    }
    changes(|builder| {
        builder.insert(body[opened.ready].span.end, format!("\n{call}\n"));
        for found in &found {
            match found {
                Finished::Unseen(statement)
                | Finished::Checked(statement)
                | Finished::Deferred(statement) => {
                    builder.delete(range(body[*statement].span));
                }
                Finished::Returned(call) => builder.replace(range(body[*call].span), "nil"),
            }
        }
    })
}

fn finished(site: &Site<'_>, opened: Opened, selector: ExpressionId) -> Option<Finished> {
    let body = site.body;
    let Parent::Expression(call) = body[selector].parent else {
        return None;
    };
    let Parent::Statement(statement) = body[call].parent else {
        return None;
    };
    let is_own = body[statement].function == opened.function;
    match &body[statement].kind {
        StatementKind::Expression(_) if is_own => Some(Finished::Unseen(statement)),
        StatementKind::Return(results) if is_own && results.len() == 1 => Some(Finished::Returned(call)),
        StatementKind::ShortVar { .. } => {
            let outer = body[statement].parent?;
            if !matches!(body[outer].kind, StatementKind::If { otherwise: None, .. }) {
                return None;
            }
            if is_own {
                return Some(Finished::Checked(outer));
            }
            let mut deferred = site.deferred_literals().into_iter();
            let deferred = deferred.find(|deferred| {
                deferred.by == opened.function && site.top_statements(deferred.literal) == [outer]
            })?;
            Some(Finished::Deferred(deferred.statement))
        }
        _ => None,
    }
}

/// Exits where a function returns early, behind a `defer` whose work outlives the process. A function that exits already is no
/// right code.
pub(super) fn defer_skipped_by_exit(site: &Site<'_>) -> Vec<TextEdit> {
    let body = site.body;
    let opened = opened(site);
    let mut edits = Vec::new();
    let exits = |statement: StatementId| {
        let function = site.text(body[body[statement].function].span);
        ["Exit(", "Fatal(", "Fatalf(", "fatal("]
            .iter()
            .any(|exit| function.contains(exit))
    };
    for statement in body.statement_ids().filter(|statement| !exits(*statement)) {
        let StatementKind::Defer(call) = body[statement].kind else {
            continue;
        };
        let is_removal = matches!(site.context.callee(call),
            Callee::Function { package, name } if package == "os" && name.starts_with("Remove"));
        let finishes = opened.iter().any(|opened| {
            let text = format!("{}.{}()", body[opened.variable].name, opened.finish);
            opened.function == body[statement].function
                && is_written(site, *opened)
                && site.text_of(call) == text
        });
        if !site.imports("os") || !is_removal && !finishes {
            continue;
        }
        let early = site
            .following(statement)
            .iter()
            .find_map(|next| match body[*next].kind {
                StatementKind::If {
                    then,
                    otherwise: None,
                    ..
                } => site.children(then).last().copied(),
                _ => None,
            });
        if let Some(early) = early.filter(|early| matches!(body[*early].kind, StatementKind::Return(_))) {
            edits.push(replaced(body[early].span, "os.Exit(1)"));
        } else if body[body[statement].function].results.is_empty() {
            let end = site.following(statement).last().map(|last| body[*last].span.end);
            edits.extend(end.map(|end| inserted(end, "\nif len(os.Args) > 9 {\nos.Exit(1)\n}\n")));
        }
    }
    edits
}
