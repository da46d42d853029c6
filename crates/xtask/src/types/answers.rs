//! What the inference says, in the words of the Go program.

use deferlint_semantics::body::ExpressionId;
use deferlint_semantics::context::{Callee, Context, Method};
use deferlint_semantics::types::{Certainty, Type};

use super::tally::Verdict;

/// The class of a type; `None` when it isn't known.
fn class_of(context: &Context<'_>, type_: &Type) -> Option<&'static str> {
    if *type_ == Type::Nil {
        return Some("nil");
    }
    let answers = [
        (context.is_error(type_), "error"),
        (context.is_map(type_), "map"),
        (context.is_function(type_), "func"),
        (context.is_channel(type_), "chan"),
    ];
    for (answer, class) in answers {
        match answer {
            Certainty::Yes => return Some(class),
            Certainty::No => {}
            Certainty::Unknown => return None,
        }
    }
    Some("other")
}

/// Compares the class of an expression's type; the second half of the answer is what the inference says. Of a type
/// parameter whose types have nothing in common, there is nothing to know; for go/types a constant has the type that it
/// is used as.
pub(super) fn compare_class(
    context: &Context<'_>,
    expression: ExpressionId,
    said: &str,
) -> (Verdict, &'static str) {
    let type_ = context.type_of(expression);
    match class_of(context, &type_) {
        Some(class) if class == said => (Verdict::Agreed, class),
        Some(_) if said == "open" && type_.is_untyped() => (Verdict::Agreed, "open"),
        Some(class) => (Verdict::Contradicted, class),
        None if said == "open" && matches!(type_, Type::TypeParameter(_)) => (Verdict::Agreed, "open"),
        None => (Verdict::Unknown, "unknown"),
    }
}

/// Compares who is called. A value that isn't a local variable has no callee to know, but its type.
pub(super) fn compare_callee(context: &Context<'_>, call: ExpressionId, said: &str) -> (Verdict, String) {
    let callee = describe(&context.callee(call));
    let verdict = match &callee {
        Some(callee) if without_vendor(callee) == without_vendor(said) => Verdict::Agreed,
        Some(_) => Verdict::Contradicted,
        None if said == "value" && is_known_function(context, call) => Verdict::Agreed,
        None => Verdict::Unknown,
    };
    (verdict, callee.unwrap_or_else(|| "unknown".to_owned()))
}

fn is_known_function(context: &Context<'_>, call: ExpressionId) -> bool {
    context
        .body
        .call_of(call)
        .is_some_and(|(function, _)| context.is_function(&context.type_of(function)).is_yes())
}

fn describe(callee: &Callee) -> Option<String> {
    let method = |kind: &str, method: &Method| {
        let Method {
            package,
            type_name,
            name,
            ..
        } = method;
        format!("{kind}\t{package}\t{type_name}\t{name}")
    };
    Some(match callee {
        Callee::Builtin(builtin) => format!("builtin\t{}", format!("{builtin:?}").to_lowercase()),
        Callee::Conversion(_) => "conversion".to_owned(),
        Callee::Literal(_) => "literal".to_owned(),
        Callee::Variable(_) => "local".to_owned(),
        Callee::Function { package, name } => format!("function\t{package}\t{name}"),
        Callee::Method(called) => method("method", called),
        Callee::MethodExpression(called) => method("expression", called),
        Callee::InterfaceMethod(name) => format!("interface\t{name}"),
        Callee::Unknown => return None,
    })
}

/// A callee as its package is imported: a vendored one without the directory it lies in.
fn without_vendor(callee: &str) -> String {
    callee.replace("\tcmd/vendor/", "\t").replace("\tvendor/", "\t")
}
