//! Prints types as Go writes them; a local type or type parameter has its binding's number behind it.

use std::fmt::{self, Display, Formatter};

use deferlint_semantics::body::{ChannelDirection, SignatureExpression, TypeExpression};

/// A type.
pub(crate) struct Written<'a>(pub(crate) &'a TypeExpression);

impl Display for Written<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            TypeExpression::Missing => write!(out, "missing type"),
            TypeExpression::Name {
                name,
                local,
                arguments,
            } => {
                write!(out, "{name}")?;
                if let Some(local) = local {
                    write!(out, "#{local}")?;
                }
                write!(out, "{}", in_brackets(arguments))
            }
            TypeExpression::Qualified {
                package,
                name,
                arguments,
            } => {
                write!(out, "{package}.{name}{}", in_brackets(arguments))
            }
            TypeExpression::Pointer(pointed) => write!(out, "*{}", Written(pointed)),
            TypeExpression::Slice(element) => write!(out, "[]{}", Written(element)),
            TypeExpression::Array(element) => write!(out, "[n]{}", Written(element)),
            TypeExpression::Map(pair) => write!(out, "map[{}]{}", Written(&pair.0), Written(&pair.1)),
            TypeExpression::Channel(direction, element) => {
                let word = match direction {
                    ChannelDirection::Both => "chan",
                    ChannelDirection::Send => "chan<-",
                    ChannelDirection::Receive => "<-chan",
                };
                write!(out, "{word} {}", Written(element))
            }
            TypeExpression::Function(signature) => write!(out, "func{}", WrittenSignature(signature)),
            TypeExpression::Struct(fields) => {
                write!(out, "struct{{")?;
                for field in fields {
                    let embedded = if field.embedded { "embedded " } else { "" };
                    write!(out, " {embedded}{} {};", field.name, Written(&field.type_))?;
                }
                write!(out, " }}")
            }
            TypeExpression::Interface { methods, embedded } => {
                write!(out, "interface{{")?;
                for method in methods {
                    write!(out, " {}{};", method.name, WrittenSignature(&method.signature))?;
                }
                for union in embedded {
                    write!(out, " {};", joined(union, " | "))?;
                }
                write!(out, " }}")
            }
            TypeExpression::Underlying(inner) => write!(out, "~{}", Written(inner)),
            TypeExpression::ResultOf { function, index } => {
                write!(out, "result {index} of {}", Written(function))
            }
            TypeExpression::ValueOf(name) => write!(out, "type of {}", Written(name)),
        }
    }
}

/// Parameters and results.
pub(crate) struct WrittenSignature<'a>(pub(crate) &'a SignatureExpression);

impl Display for WrittenSignature<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let dots = if self.0.variadic { "..." } else { "" };
        let (parameters, results) = (joined(&self.0.parameters, ", "), joined(&self.0.results, ", "));
        write!(out, "({parameters}{dots})({results})")
    }
}

fn joined(types: &[TypeExpression], separator: &str) -> String {
    let types: Vec<_> = types.iter().map(|type_| Written(type_).to_string()).collect();
    types.join(separator)
}

fn in_brackets(arguments: &[TypeExpression]) -> String {
    if arguments.is_empty() {
        return String::new();
    }
    format!("[{}]", joined(arguments, ", "))
}
