//! Values that somebody has to close: which calls open one, and which uses leave it open.

use deferlint_semantics::Name;
use deferlint_semantics::body::{ExpressionId, ExpressionKind};
use deferlint_semantics::context::{Callee, Context};
use deferlint_semantics::types::Type;

use crate::replaced::around;

/// The beginnings of the names of methods that close something or hand it on to somebody who does.
const CLOSING: [&str; 19] = [
    "Abort", "Cancel", "Close", "Commit", "Destroy", "Detach", "Dispose", "Done", "End", "Finish", "Free",
    "Hijack", "Next", "Put", "Release", "Rollback", "Shutdown", "Stop", "Unlock",
];

/// The packages whose functions read from or write to what they are given, and leave it open.
const LEAVING_OPEN: [&str; 7] = ["bufio", "bytes", "fmt", "io", "io/ioutil", "log", "image"];

/// True for the name of a method that ends the use of its receiver.
pub(crate) fn is_closing(method: &str) -> bool {
    let first = method.chars().next().map(|first| first.to_ascii_uppercase());
    let is_named = |closing: &str| {
        first == closing.chars().next()
            && method
                .get(1..closing.len())
                .is_some_and(|rest| rest == &closing[1..])
    };
    CLOSING.iter().any(|closing| is_named(closing))
}

/// True for a call of a standard function whose value has to be closed.
pub(crate) fn opens(context: &Context<'_>, call: ExpressionId) -> bool {
    match context.callee(call) {
        Callee::Function { package, name } => match package.as_str() {
            "os" => matches!(name.as_str(), "Create" | "CreateTemp" | "Open" | "OpenFile"),
            "net" => name.starts_with("Dial") || name.starts_with("Listen"),
            "net/http" => matches!(name.as_str(), "Get" | "Head" | "Post" | "PostForm"),
            "time" => matches!(name.as_str(), "NewTicker" | "NewTimer"),
            _ => false,
        },
        Callee::Method(method) => match (method.package.as_str(), method.type_name.as_str()) {
            ("net/http", "Client") => {
                matches!(method.name.as_str(), "Do" | "Get" | "Head" | "Post" | "PostForm")
            }
            _ => false,
        },
        _ => false,
    }
}

/// True when a use of a variable leaves open what the variable's place `path` holds, and hands it to nobody who might
/// close it: a comparison, another field, a method that isn't a closing one, or an argument of a function that only
/// reads or writes.
pub(crate) fn keeps_open(context: &Context<'_>, name: ExpressionId, path: &[Name]) -> bool {
    let body = context.body;
    let mut current = name;
    for field in path {
        let (_, Some(outer)) = around(body, current) else {
            return false;
        };
        match &body[outer].kind {
            ExpressionKind::Selector { field: selected, .. } if selected == field => current = outer,
            _ => return keeps_value_open(context, current),
        }
    }
    keeps_value_open(context, current)
}

fn keeps_value_open(context: &Context<'_>, value: ExpressionId) -> bool {
    let body = context.body;
    let (inner, Some(outer)) = around(body, value) else {
        return false;
    };
    match &body[outer].kind {
        ExpressionKind::Binary { operator, .. } => operator.is_comparison(),
        ExpressionKind::Selector { field, .. } => {
            let (function, call) = around(body, outer);
            let is_call =
                call.is_some_and(|call| body.call_of(call).is_some_and(|(called, _)| called == function));
            let is_method = matches!(context.type_of(outer), Type::Function(_) | Type::Unknown);
            if is_call { !is_closing(field) } else { !is_method }
        }
        ExpressionKind::Call { function, .. } => *function != inner && leaves_arguments_open(context, outer),
        _ => false,
    }
}

fn leaves_arguments_open(context: &Context<'_>, call: ExpressionId) -> bool {
    match context.callee(call) {
        Callee::Function { package, .. } => {
            LEAVING_OPEN.contains(&package.as_str()) || package.starts_with("encoding/")
        }
        _ => false,
    }
}

/// True for a call of a standard function that opens a file to be written, or a writer that keeps data back.
pub(crate) fn opens_for_writing(context: &Context<'_>, call: ExpressionId) -> bool {
    let body = context.body;
    let Callee::Function { package, name } = context.callee(call) else {
        return false;
    };
    match package.as_str() {
        "os" if name == "OpenFile" => {
            let flags = body
                .call_of(call)
                .and_then(|(_, arguments)| arguments.get(1).copied());
            flags.is_some_and(|flags| {
                let flags = body.text_of(body[flags].span);
                flags.contains("O_WRONLY") || flags.contains("O_RDWR")
            })
        }
        "os" => matches!(name.as_str(), "Create" | "CreateTemp"),
        _ => is_buffering(&package) && name.starts_with("NewWriter"),
    }
}

/// The packages whose writers write the last of their data when they are closed.
fn is_buffering(package: &str) -> bool {
    package.starts_with("compress/") || package.starts_with("archive/")
}

/// True when a use of a variable writes to what it holds: a writing method, or the first argument of a standard function
/// that writes there or makes a writer of it.
pub(crate) fn writes_to(context: &Context<'_>, name: ExpressionId) -> bool {
    let body = context.body;
    let (inner, Some(outer)) = around(body, name) else {
        return false;
    };
    match &body[outer].kind {
        ExpressionKind::Selector { field, .. } => field.starts_with("Write"),
        ExpressionKind::Call { arguments, .. } if arguments.first() == Some(&inner) => {
            match context.callee(outer) {
                Callee::Function { package, name } => match package.as_str() {
                    "fmt" => name.starts_with("Fprint"),
                    "io" => name.starts_with("Copy") || name == "WriteString",
                    "bufio" => name.starts_with("NewWriter"),
                    "encoding/json" | "encoding/xml" | "encoding/gob" => name == "NewEncoder",
                    "encoding/csv" => name == "NewWriter",
                    _ => is_buffering(&package) && name.starts_with("NewWriter"),
                },
                _ => false,
            }
        }
        _ => false,
    }
}
