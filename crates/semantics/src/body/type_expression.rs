//! Types as they are written, in bodies and in facts.

use serde::{Deserialize, Serialize};

use crate::Name;

/// A type as it is written. In a [`Body`](super::Body) an unqualified name may be a local one: it is looked up from the
/// scope of its place. In facts a qualifier is the import's path instead of the name the file gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TypeExpression {
    /// Text that is no type, or one nested too deeply to follow.
    #[default]
    Missing,
    /// `T` or `T[A, B]`
    Name {
        /// The name.
        name: Name,
        /// The local type or type parameter that it names, by the index of its binding in the body; none in facts.
        #[serde(skip)]
        local: Option<u32>,
        /// The type arguments.
        arguments: Box<[TypeExpression]>,
    },
    /// `p.T` or `p.T[A, B]`
    Qualified {
        /// In a body the package's name in the file; in facts the import's path.
        package: Name,
        /// The name.
        name: Name,
        /// The type arguments.
        arguments: Box<[TypeExpression]>,
    },
    /// `*T`
    Pointer(Box<TypeExpression>),
    /// `[]T`
    Slice(Box<TypeExpression>),
    /// `[n]T`
    Array(Box<TypeExpression>),
    /// `map[K]V`
    Map(Box<(TypeExpression, TypeExpression)>),
    /// `chan T`
    Channel(ChannelDirection, Box<TypeExpression>),
    /// `func(A) B`
    Function(Box<SignatureExpression>),
    /// `struct { ... }`
    Struct(Box<[FieldExpression]>),
    /// `interface { ... }`, also the union of a constraint.
    Interface {
        /// The methods.
        methods: Box<[MethodExpression]>,
        /// The embedded types; each element is a union of terms, `~T` is [`TypeExpression::Underlying`].
        embedded: Box<[Box<[TypeExpression]>]>,
    },
    /// `~T`
    Underlying(Box<TypeExpression>),
    /// The type of result `index` of a call of `function`: how facts say the type of `var x = f()`.
    ResultOf {
        /// The function's name, qualified or not.
        function: Box<TypeExpression>,
        /// The index of the result.
        index: u32,
    },
    /// The type of the package-level variable, constant or function of that name, qualified or not: how facts say the
    /// type of `var x = y`. `true`, `false` and `iota` count as such names.
    ValueOf(Box<TypeExpression>),
}

impl TypeExpression {
    /// An unqualified name without type arguments.
    pub fn named(name: impl Into<Name>) -> Self {
        Self::Name {
            name: name.into(),
            local: None,
            arguments: Box::default(),
        }
    }

    /// The instance of a generic type; only a name has instances.
    pub(crate) fn with_arguments(self, arguments: Box<[Self]>) -> Self {
        match self {
            Self::Name { name, local, .. } => Self::Name {
                name,
                local,
                arguments,
            },
            Self::Qualified { package, name, .. } => Self::Qualified {
                package,
                name,
                arguments,
            },
            _ => Self::Missing,
        }
    }

    /// The type with every part, innermost first, replaced by what `replace` makes of it.
    pub fn rebuilt(&self, replace: &dyn Fn(Self) -> Self) -> Self {
        let each = |types: &[Self]| {
            types
                .iter()
                .map(|type_| type_.rebuilt(replace))
                .collect::<Box<[_]>>()
        };
        let boxed = |type_: &Self| Box::new(type_.rebuilt(replace));
        replace(match self {
            Self::Missing => Self::Missing,
            Self::Name {
                name,
                local,
                arguments,
            } => Self::Name {
                name: name.clone(),
                local: *local,
                arguments: each(arguments),
            },
            Self::Qualified {
                package,
                name,
                arguments,
            } => Self::Qualified {
                package: package.clone(),
                name: name.clone(),
                arguments: each(arguments),
            },
            Self::Pointer(inner) => Self::Pointer(boxed(inner)),
            Self::Slice(inner) => Self::Slice(boxed(inner)),
            Self::Array(inner) => Self::Array(boxed(inner)),
            Self::Underlying(inner) => Self::Underlying(boxed(inner)),
            Self::ValueOf(inner) => Self::ValueOf(boxed(inner)),
            Self::Channel(direction, inner) => Self::Channel(*direction, boxed(inner)),
            Self::Map(pair) => Self::Map(Box::new((pair.0.rebuilt(replace), pair.1.rebuilt(replace)))),
            Self::Function(signature) => Self::Function(Box::new(signature.rebuilt(replace))),
            Self::Struct(fields) => Self::Struct(fields.iter().map(|field| field.rebuilt(replace)).collect()),
            Self::Interface { methods, embedded } => Self::Interface {
                methods: methods.iter().map(|method| method.rebuilt(replace)).collect(),
                embedded: embedded.iter().map(|union| each(union)).collect(),
            },
            Self::ResultOf { function, index } => Self::ResultOf {
                function: boxed(function),
                index: *index,
            },
        })
    }
}

impl SignatureExpression {
    /// The signature with every part of its types replaced by what `replace` makes of it.
    pub fn rebuilt(&self, replace: &dyn Fn(TypeExpression) -> TypeExpression) -> Self {
        let each = |types: &[TypeExpression]| types.iter().map(|type_| type_.rebuilt(replace)).collect();
        Self {
            parameters: each(&self.parameters),
            results: each(&self.results),
            variadic: self.variadic,
        }
    }
}

impl FieldExpression {
    fn rebuilt(&self, replace: &dyn Fn(TypeExpression) -> TypeExpression) -> Self {
        Self {
            type_: self.type_.rebuilt(replace),
            ..self.clone()
        }
    }
}

impl MethodExpression {
    fn rebuilt(&self, replace: &dyn Fn(TypeExpression) -> TypeExpression) -> Self {
        Self {
            name: self.name.clone(),
            signature: self.signature.rebuilt(replace),
        }
    }
}

/// The direction of a channel type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ChannelDirection {
    /// `chan T`
    Both,
    /// `chan<- T`
    Send,
    /// `<-chan T`
    Receive,
}

/// Parameters and results as types alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SignatureExpression {
    /// The parameter types; the last one is the element type when `variadic`.
    pub parameters: Box<[TypeExpression]>,
    /// The result types.
    pub results: Box<[TypeExpression]>,
    /// True when the last parameter is `...T`.
    pub variadic: bool,
}

/// A field of a struct type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FieldExpression {
    /// The name; an embedded field has its type's.
    pub name: Name,
    /// True for an embedded field.
    pub embedded: bool,
    /// The type.
    pub type_: TypeExpression,
}

/// A method of an interface type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MethodExpression {
    /// The name.
    pub name: Name,
    /// Its parameters and results.
    pub signature: SignatureExpression,
}
