//! Extracts what a file says to the outside from its declarations.

mod assemble;

pub use assemble::{assemble, with_functions};

use self::assemble::qualify_summary;
use crate::Name;
use crate::body::{
    Body, Declaration, DeclarationKind, ExpressionId, ExpressionKind, Function, LiteralKind, Parameter,
    SignatureExpression, StatementKind, TypeExpression, TypeParameter, UnaryOperator, ValueSpec,
};
use crate::effects::summarize;
use crate::facts::{FunctionFacts, Import, LazySummary, ReceiverFacts, Summary, TypeFacts, ValueFacts};
use crate::types::{Basic, Type};

/// What one declaration says to the outside. Qualified names have the package's name in the file, until
/// [`assemble`] turns it into the import's path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclarationFacts {
    /// The types that it declares.
    pub types: Vec<TypeFacts>,
    /// The variables and constants that it declares.
    pub values: Vec<ValueFacts>,
    /// The function that it declares.
    pub function: Option<FunctionFacts>,
    /// The names of the functions and methods that its `defer` statements call.
    pub deferred: Vec<Name>,
}

impl DeclarationFacts {
    /// The names of the functions and methods that differ from before, in what they do or in that they are deferred here,
    /// when nothing else does.
    pub fn functions_changed(&self, before: &Self) -> Option<Vec<Name>> {
        let (now, then) = (self.function.as_ref()?, before.function.as_ref()?);
        let is_same = (&now.name, &now.receiver) == (&then.name, &then.receiver)
            && (&now.type_parameters, &now.signature) == (&then.type_parameters, &then.signature);
        let only_in = |some: &[Name], others: &[Name]| {
            let only = some.iter().filter(|name| !others.contains(name));
            only.cloned().collect::<Vec<_>>()
        };
        let mut names = only_in(&self.deferred, &before.deferred);
        names.append(&mut only_in(&before.deferred, &self.deferred));
        if now.summary != then.summary {
            names.push(now.name.clone());
        }
        is_same.then_some(names)
    }
}

/// The facts of a declaration.
pub fn declaration_facts(body: &Body) -> DeclarationFacts {
    DeclarationFacts {
        deferred: deferred_names(body),
        ..outlined_facts(body, summarize(body).into())
    }
}

/// The facts of a declaration whose blocks weren't read, apart from what it defers. A function has the `summary`.
pub fn outlined_facts(body: &Body, summary: LazySummary) -> DeclarationFacts {
    match body.kind {
        DeclarationKind::Function | DeclarationKind::Method => DeclarationFacts {
            function: function_facts(body, summary),
            ..DeclarationFacts::default()
        },
        _ => values_and_types(body),
    }
}

/// The summary of the function that `body` declares, in a file with these imports.
pub fn qualified_summary(body: &Body, imports: &[Import]) -> Option<Summary> {
    summarize(body).and_then(|summary| qualify_summary(imports, summary))
}

fn deferred_names(body: &Body) -> Vec<Name> {
    let names = body.statements.iter().filter_map(|statement| {
        let StatementKind::Defer(call) = statement.kind else {
            return None;
        };
        let (function, _) = body.call_of(call)?;
        match &body[body.unparenthesized(function)].kind {
            ExpressionKind::Name { name, .. } | ExpressionKind::Selector { field: name, .. } => {
                Some(name.clone())
            }
            _ => None,
        }
    });
    names.collect()
}

fn values_and_types(body: &Body) -> DeclarationFacts {
    let mut facts = DeclarationFacts::default();
    // Only the outermost declaration is package-level; those in function literals of initial values are not.
    let declaration = body.functions[Body::DECLARED.0 as usize].statements.get(1);
    let Some(StatementKind::Declare(declaration)) = declaration.map(|id| &body[*id].kind) else {
        return facts;
    };
    match declaration {
        Declaration::Variables(specs) => facts
            .values
            .extend(specs.iter().flat_map(|spec| values(body, spec, spec, false))),
        Declaration::Constants(specs) => {
            let mut written = specs.first();
            for spec in specs {
                // A spec without values repeats the type and the values of the one before (Go specification, "Constant
                // declarations").
                if !spec.values.is_empty() {
                    written = Some(spec);
                }
                facts
                    .values
                    .extend(values(body, spec, written.unwrap_or(spec), true));
            }
        }
        Declaration::Types(specs) => facts.types.extend(specs.iter().map(|spec| TypeFacts {
            name: spec.name.clone(),
            is_alias: spec.is_alias,
            type_parameters: constraints(&spec.type_parameters),
            type_: outside(&spec.type_),
        })),
    }
    facts
}

/// The names of a spec with the types and values `written` in it or in the spec that it repeats.
fn values<'a>(
    body: &'a Body,
    spec: &'a ValueSpec,
    written: &'a ValueSpec,
    is_constant: bool,
) -> impl Iterator<Item = ValueFacts> + 'a {
    let names = spec.names.iter().enumerate().filter(|(_, (name, _))| name != "_");
    names.map(move |(index, (name, _))| {
        let type_ = match (&written.type_, &*written.values) {
            (Some(type_), _) => outside(type_),
            (None, [only]) if spec.names.len() > 1 => type_of_value(body, *only, index as u32),
            (None, values) => values
                .get(index)
                .map(|value| type_of_value(body, *value, 0))
                .unwrap_or_default(),
        };
        ValueFacts {
            name: name.clone(),
            is_constant,
            type_: if is_constant { type_ } else { default_type(type_) },
        }
    })
}

/// The type that an initial value has by its form alone.
fn type_of_value(body: &Body, value: ExpressionId, index: u32) -> TypeExpression {
    match &body[body.unparenthesized(value)].kind {
        ExpressionKind::Literal(kind) => type_of_literal(*kind),
        ExpressionKind::Name { .. } | ExpressionKind::Selector { .. } => match type_written(body, value) {
            TypeExpression::Missing => TypeExpression::Missing,
            name => TypeExpression::ValueOf(Box::new(name)),
        },
        ExpressionKind::Composite {
            type_: Some(type_), ..
        }
        | ExpressionKind::TypeAssertion {
            type_: Some(type_), ..
        } if index == 0 => outside(type_),
        ExpressionKind::FunctionLiteral(function) => {
            TypeExpression::Function(Box::new(signature(&body[*function])))
        }
        ExpressionKind::Unary {
            operator: UnaryOperator::AddressOf,
            operand,
        } => match type_of_value(body, *operand, 0) {
            TypeExpression::Missing => TypeExpression::Missing,
            type_ => TypeExpression::Pointer(Box::new(type_)),
        },
        ExpressionKind::Unary {
            operator:
                UnaryOperator::Plus | UnaryOperator::Minus | UnaryOperator::Not | UnaryOperator::Complement,
            operand,
        } => type_of_value(body, *operand, 0),
        ExpressionKind::Binary { .. } => type_of_operators(body, body.unparenthesized(value)),
        ExpressionKind::Call {
            function, arguments, ..
        } => type_of_call(body, *function, arguments, index),
        _ => TypeExpression::Missing,
    }
}

/// The type of a literal, as facts say it.
pub(crate) fn type_of_literal(kind: LiteralKind) -> TypeExpression {
    TypeExpression::named(match kind {
        LiteralKind::Int => "untyped int",
        LiteralKind::Float => "untyped float",
        LiteralKind::Imaginary => "untyped complex",
        LiteralKind::Rune => "untyped rune",
        LiteralKind::String => "untyped string",
    })
}

/// The type of a row of operators, from its first operand on: real code chains thousands of them.
fn type_of_operators(body: &Body, row: ExpressionId) -> TypeExpression {
    let mut first = row;
    let mut rest = Vec::new();
    while let ExpressionKind::Binary {
        operator,
        left,
        right,
    } = body[first].kind
    {
        rest.push((operator, right));
        first = left;
    }
    let first = type_of_value(body, first, 0);
    rest.into_iter().rev().fold(first, |left, (operator, right)| {
        if operator.is_comparison() {
            TypeExpression::named("untyped bool")
        } else if operator.is_shift() {
            left
        } else {
            common_type(left, type_of_value(body, right, 0))
        }
    })
}

/// The kind of untyped constants that a type expression of facts says.
fn untyped(type_: &TypeExpression) -> Option<Basic> {
    match type_ {
        TypeExpression::Name { name, .. } => match Type::predeclared(name) {
            Type::Basic(basic) if basic.is_untyped() => Some(basic),
            _ => None,
        },
        _ => None,
    }
}

/// The type of a variable with an initial value of this type.
pub(crate) fn default_type(type_: TypeExpression) -> TypeExpression {
    match untyped(&type_) {
        Some(kind) => TypeExpression::named(kind.default_type().name()),
        None => type_,
    }
}

/// The type of an operation on operands of these types. An operand that is the constant or the result of a call that it
/// names may be untyped, too: then only an integer constant beside it is sure not to change its kind.
pub(crate) fn common_type(left: TypeExpression, right: TypeExpression) -> TypeExpression {
    let is_certain = |type_: &TypeExpression| {
        !matches!(
            type_,
            TypeExpression::Missing | TypeExpression::ValueOf(_) | TypeExpression::ResultOf { .. }
        )
    };
    match (untyped(&left), untyped(&right)) {
        (Some(one), Some(other)) => TypeExpression::named(one.wider(other).name()),
        (None, Some(kind)) if is_certain(&left) || kind == Basic::UntypedInt => left,
        (Some(kind), None) if is_certain(&right) || kind == Basic::UntypedInt => right,
        (None, None) if is_certain(&left) || left == right => left,
        (None, None) if is_certain(&right) => right,
        _ => TypeExpression::Missing,
    }
}

/// `make(T)`, `new(T)`, a conversion to a type that can't be anything else, or the result of whatever is called: a
/// function literal's is written there.
fn type_of_call(
    body: &Body,
    function: ExpressionId,
    arguments: &[ExpressionId],
    index: u32,
) -> TypeExpression {
    match &body[body.unparenthesized(function)].kind {
        ExpressionKind::Type(type_) => outside(type_),
        ExpressionKind::FunctionLiteral(literal) => {
            let result = body[*literal].results.get(index as usize);
            result.map(|result| outside(&result.type_)).unwrap_or_default()
        }
        ExpressionKind::Name { name, .. } if name == "make" || name == "new" => {
            let Some(type_) = arguments.first().map(|argument| type_written(body, *argument)) else {
                return TypeExpression::Missing;
            };
            match type_ {
                TypeExpression::Missing => TypeExpression::Missing,
                type_ if name == "new" => TypeExpression::Pointer(Box::new(type_)),
                type_ => type_,
            }
        }
        _ => match type_written(body, function) {
            TypeExpression::Missing => TypeExpression::Missing,
            function => TypeExpression::ResultOf {
                function: Box::new(function),
                index,
            },
        },
    }
}

/// The type or function that an expression names, or the instance of a generic one.
fn type_written(body: &Body, expression: ExpressionId) -> TypeExpression {
    match &body[body.unparenthesized(expression)].kind {
        ExpressionKind::Type(type_) => outside(type_),
        ExpressionKind::Name { name, .. } => TypeExpression::named(name.clone()),
        ExpressionKind::Selector { operand, field, .. } => match body.outer_name_of(*operand) {
            Some(package) => TypeExpression::Qualified {
                package: package.clone(),
                name: field.clone(),
                arguments: Box::default(),
            },
            None => TypeExpression::Missing,
        },
        ExpressionKind::Index { operand, indices } => {
            let arguments: Box<[_]> = indices.iter().map(|index| type_written(body, *index)).collect();
            if arguments.contains(&TypeExpression::Missing) {
                TypeExpression::Missing
            } else {
                type_written(body, *operand).with_arguments(arguments)
            }
        }
        _ => TypeExpression::Missing,
    }
}

fn function_facts(body: &Body, summary: LazySummary) -> Option<FunctionFacts> {
    let function = &body[Body::DECLARED];
    let receiver = match &function.receiver {
        Some(receiver) => Some(receiver_facts(&receiver.type_)?),
        None => None,
    };
    Some(FunctionFacts {
        name: function.name.clone()?,
        receiver,
        type_parameters: constraints(&function.type_parameters),
        signature: signature(function),
        summary,
    })
}

/// The receiver of this type; `None` when the type has no name.
pub(crate) fn receiver_facts(type_: &TypeExpression) -> Option<ReceiverFacts> {
    match type_ {
        TypeExpression::Name { name, .. } => Some(ReceiverFacts {
            type_name: name.clone(),
            is_pointer: false,
        }),
        TypeExpression::Pointer(inner) => Some(ReceiverFacts {
            is_pointer: true,
            ..receiver_facts(inner)?
        }),
        _ => None,
    }
}

fn signature(function: &Function) -> SignatureExpression {
    let types = |parameters: &[Parameter]| {
        parameters
            .iter()
            .map(|parameter| outside(&parameter.type_))
            .collect()
    };
    SignatureExpression {
        parameters: types(&function.parameters),
        results: types(&function.results),
        variadic: function
            .parameters
            .last()
            .is_some_and(|parameter| parameter.variadic),
    }
}

fn constraints(parameters: &[TypeParameter]) -> Vec<(Name, TypeExpression)> {
    parameters
        .iter()
        .map(|parameter| (parameter.name.clone(), outside(&parameter.constraint)))
        .collect()
}

/// The type without what only the body knows: which local type a name means.
fn outside(type_: &TypeExpression) -> TypeExpression {
    type_.rebuilt(&|type_| match type_ {
        TypeExpression::Name { name, arguments, .. } => TypeExpression::Name {
            name,
            local: None,
            arguments,
        },
        other => other,
    })
}
