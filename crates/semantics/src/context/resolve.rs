//! From types as they are written to types.

use std::sync::Arc;

use super::{Context, MAX_STEPS, Place};
use crate::Name;
use crate::body::{BindingId, BindingKind, Origin, SignatureExpression, TypeExpression};
use crate::facts::{PackageFacts, TypeFacts};
use crate::types::{
    Basic, Certainty, Field, IntegerType, InterfaceType, NamedType, Signature, Type, TypeParameterType,
    TypePlace,
};

impl Context<'_> {
    /// The type that a type written in this body stands for.
    pub fn resolve(&self, type_: &TypeExpression) -> Type {
        self.bounded(|| self.resolve_in(type_, Place::Body))
    }

    pub(super) fn resolve_in(&self, type_: &TypeExpression, place: Place<'_>) -> Type {
        self.bounded(|| self.resolve_step(type_, place))
    }

    fn resolve_step(&self, type_: &TypeExpression, place: Place<'_>) -> Type {
        let inner = |type_: &TypeExpression| Arc::new(self.resolve_in(type_, place));
        match type_ {
            TypeExpression::Missing => Type::Unknown,
            TypeExpression::Name {
                name,
                local,
                arguments,
            } => self.resolve_name(name, *local, arguments, place),
            TypeExpression::Qualified {
                package,
                name,
                arguments,
            } => {
                let path = match place {
                    Place::Body => self.import_named(package),
                    Place::Package(..) => Some(package.clone()),
                };
                let Some(path) = path else { return Type::Unknown };
                let arguments = arguments
                    .iter()
                    .map(|argument| self.resolve_in(argument, place))
                    .collect();
                match self.package_facts(&path) {
                    Some(facts) => match facts.type_(name) {
                        Some(declared) => self.declared_type(&path, declared, arguments),
                        None => Type::Unknown,
                    },
                    None => named(TypePlace::Package(path), name, arguments),
                }
            }
            TypeExpression::Pointer(element) => Type::Pointer(inner(element)),
            TypeExpression::Slice(element) => Type::Slice(inner(element)),
            TypeExpression::Array(element) => Type::Array(inner(element)),
            TypeExpression::Map(pair) => Type::Map(Arc::new((
                self.resolve_in(&pair.0, place),
                self.resolve_in(&pair.1, place),
            ))),
            TypeExpression::Channel(direction, element) => Type::Channel(*direction, inner(element)),
            TypeExpression::Function(signature) => {
                Type::Function(Arc::new(self.signature_in(signature, place)))
            }
            TypeExpression::Struct(fields) => {
                let fields = fields.iter().map(|field| Field {
                    name: field.name.clone(),
                    embedded: field.embedded,
                    type_: self.resolve_in(&field.type_, place),
                });
                Type::Struct(fields.collect())
            }
            TypeExpression::Interface { methods, embedded } => {
                let methods = methods.iter().map(|method| {
                    let signature = self.signature_in(&method.signature, place);
                    (method.name.clone(), Type::Function(Arc::new(signature)))
                });
                let union = |terms: &[TypeExpression]| {
                    terms.iter().map(|term| self.resolve_in(term, place)).collect()
                };
                let embedded = embedded.iter().map(|terms| union(terms)).collect();
                Type::Interface(Arc::new(InterfaceType {
                    methods: methods.collect(),
                    embedded,
                }))
            }
            TypeExpression::Underlying(inner) => self.resolve_in(inner, place),
            TypeExpression::ResultOf { function, index } => self.result_of(function, *index, place),
        }
    }

    pub(super) fn signature_in(&self, signature: &SignatureExpression, place: Place<'_>) -> Signature {
        let mut parameters: Vec<_> = signature
            .parameters
            .iter()
            .map(|parameter| self.resolve_in(parameter, place))
            .collect();
        if let Some(last) = parameters.last_mut().filter(|_| signature.variadic) {
            *last = Type::Slice(Arc::new(std::mem::take(last)));
        }
        Signature {
            parameters: parameters.into(),
            results: signature
                .results
                .iter()
                .map(|result| self.resolve_in(result, place))
                .collect(),
            variadic: signature.variadic,
        }
    }

    fn resolve_name(
        &self,
        name: &Name,
        local: Option<u32>,
        arguments: &[TypeExpression],
        place: Place<'_>,
    ) -> Type {
        let path = match (place, local) {
            (Place::Body, Some(binding)) => return self.type_of_binding(BindingId(binding)),
            (Place::Body, None) => self.package.path.as_str(),
            (Place::Package(path, environment), _) => {
                if let Some((_, type_)) = environment.iter().find(|(parameter, _)| parameter == name) {
                    return type_.clone();
                }
                path
            }
        };
        let Some(facts) = self.package_facts(path) else {
            return Type::Unknown;
        };
        if let Some(declared) = facts.type_(name) {
            let arguments = arguments
                .iter()
                .map(|argument| self.resolve_in(argument, place))
                .collect();
            return self.declared_type(path, declared, arguments);
        }
        if facts.declares(name) {
            return Type::Unknown;
        }
        match self.dot_imported(name, place) {
            Some(type_) => type_,
            None => universe_type(name),
        }
    }

    /// The type of that name from a dot import; `Unknown` when a dot import whose names aren't known may declare it.
    fn dot_imported(&self, name: &Name, place: Place<'_>) -> Option<Type> {
        if !matches!(place, Place::Body) {
            return None;
        }
        let dots = self
            .file
            .imports
            .iter()
            .filter(|import| import.name.as_deref() == Some("."));
        for import in dots {
            let Some(facts) = self.package_facts(&import.path) else {
                return Some(Type::Unknown);
            };
            if let Some(declared) = facts.type_(name) {
                return Some(self.declared_type(&import.path, declared, Box::default()));
            }
        }
        None
    }

    /// The type that a package-level declaration gives a name, with these type arguments.
    pub(super) fn declared_type(&self, path: &str, declared: &TypeFacts, arguments: Box<[Type]>) -> Type {
        if !declared.is_alias {
            return named(TypePlace::Package(Name::new(path)), &declared.name, arguments);
        }
        let environment = environment(&declared.type_parameters, &arguments);
        self.resolve_in(&declared.type_, Place::Package(path, &environment))
    }

    /// The type of a result of a call of a named function, or of a conversion that looks like one.
    fn result_of(&self, function: &TypeExpression, index: u32, place: Place<'_>) -> Type {
        let Place::Package(own, _) = place else {
            return Type::Unknown;
        };
        let (path, name) = match function {
            TypeExpression::Name { name, .. } => (own, name),
            TypeExpression::Qualified { package, name, .. } => (package.as_str(), name),
            other => return self.resolve_in(other, place),
        };
        let Some(facts) = self.package_facts(path) else {
            return Type::Unknown;
        };
        if let Some(declared) = facts.type_(name) {
            return self.declared_type(path, declared, Box::default());
        }
        let Some(function) = facts.function(name) else {
            return Type::Unknown;
        };
        let unknown = environment(&function.type_parameters, &[]);
        let result = function.signature.results.get(index as usize);
        result
            .map(|result| self.resolve_in(result, Place::Package(path, &unknown)))
            .unwrap_or_default()
    }

    /// The type behind the names: never a [`Type::Named`] nor a [`Type::TypeParameter`], `Unknown` when it isn't known.
    pub fn underlying(&self, type_: &Type) -> Type {
        let mut type_ = type_.clone();
        for _ in 0..MAX_STEPS {
            type_ = match &type_ {
                Type::Named(named) => self.declared_as(named),
                Type::TypeParameter(parameter) => parameter.core.clone(),
                _ => return type_,
            };
        }
        Type::Unknown
    }

    /// What stands on the right of a named type's declaration.
    fn declared_as(&self, named: &NamedType) -> Type {
        match &named.place {
            TypePlace::Universe if named.name == "error" => {
                let signature = Signature {
                    results: Box::new([Type::Basic(Basic::String)]),
                    ..Signature::default()
                };
                let method = (Name::new("Error"), Type::Function(Arc::new(signature)));
                Type::Interface(Arc::new(InterfaceType {
                    methods: Box::new([method]),
                    embedded: Box::default(),
                }))
            }
            TypePlace::Universe => Type::Interface(Arc::default()),
            TypePlace::Package(path) => {
                let Some(facts) = self.package_facts(path) else {
                    return Type::Unknown;
                };
                let Some(declared) = facts.type_(&named.name) else {
                    return Type::Unknown;
                };
                let environment = environment(&declared.type_parameters, &named.arguments);
                self.resolve_in(&declared.type_, Place::Package(path, &environment))
            }
            TypePlace::Local(binding) => match &self.body[BindingId(*binding)].origin {
                Origin::Type { type_, .. } => self.resolve(type_),
                _ => Type::Unknown,
            },
        }
    }

    /// The type that a local type's name or a type parameter stands for.
    pub(super) fn local_type(&self, id: BindingId) -> Type {
        let binding = &self.body[id];
        match (&binding.origin, binding.kind) {
            (Origin::Type { type_, alias: true }, BindingKind::Type) => self.resolve(type_),
            (Origin::Type { .. }, BindingKind::Type) => {
                named(TypePlace::Local(id.0), &binding.name, Box::default())
            }
            (Origin::Constraint(constraint), _) => Type::TypeParameter(Arc::new(TypeParameterType {
                name: binding.name.clone(),
                core: self.core_type(&self.resolve(constraint)),
            })),
            _ => Type::Unknown,
        }
    }

    /// The one underlying type of all types of a constraint, when there is one.
    pub(super) fn core_type(&self, constraint: &Type) -> Type {
        let Type::Interface(interface) = self.underlying(constraint) else {
            return self.underlying(constraint);
        };
        for union in &interface.embedded {
            let mut cores = union.iter().map(|term| match self.underlying(term) {
                Type::Interface(_) => self.bounded(|| self.core_type(term)),
                other => other,
            });
            let first = cores.next().unwrap_or_default();
            if first != Type::Unknown && cores.all(|core| core == first) {
                return first;
            }
        }
        Type::Unknown
    }

    /// Whether values of the type are maps.
    pub fn is_map(&self, type_: &Type) -> Certainty {
        self.is(type_, |type_| matches!(type_, Type::Map(_)))
    }

    /// Whether values of the type are functions.
    pub fn is_function(&self, type_: &Type) -> Certainty {
        self.is(type_, |type_| matches!(type_, Type::Function(_)))
    }

    /// Whether values of the type are channels.
    pub fn is_channel(&self, type_: &Type) -> Certainty {
        self.is(type_, |type_| matches!(type_, Type::Channel(..)))
    }

    /// Whether the type is an interface.
    pub fn is_interface(&self, type_: &Type) -> Certainty {
        self.is(type_, |type_| matches!(type_, Type::Interface(_)))
    }

    /// Whether the type is the predeclared `error`.
    pub fn is_error(&self, type_: &Type) -> Certainty {
        match type_ {
            Type::Unknown => Certainty::Unknown,
            Type::Named(named) => {
                Certainty::from(named.place == TypePlace::Universe && named.name == "error")
            }
            _ => Certainty::No,
        }
    }

    fn is(&self, type_: &Type, what: impl Fn(&Type) -> bool) -> Certainty {
        match self.underlying(type_) {
            Type::Unknown => Certainty::Unknown,
            type_ => Certainty::from(what(&type_)),
        }
    }
}

pub(super) fn named(place: TypePlace, name: &Name, arguments: Box<[Type]>) -> Type {
    Type::Named(Arc::new(NamedType {
        place,
        name: name.clone(),
        arguments,
    }))
}

/// What the names of type parameters stand for; those without an argument for something unknown.
pub(super) fn environment(parameters: &[(Name, TypeExpression)], arguments: &[Type]) -> Vec<(Name, Type)> {
    let arguments = arguments.iter().cloned().chain(std::iter::repeat(Type::Unknown));
    parameters
        .iter()
        .map(|(name, _)| name.clone())
        .zip(arguments)
        .collect()
}

/// The predeclared type of that name.
pub(super) fn universe_type(name: &str) -> Type {
    let basic = match name {
        "bool" => Basic::Bool,
        "string" => Basic::String,
        "int" => Basic::Int,
        "int8" => Basic::Integer(IntegerType::Int8),
        "int16" => Basic::Integer(IntegerType::Int16),
        "int32" | "rune" => Basic::Integer(IntegerType::Int32),
        "int64" => Basic::Integer(IntegerType::Int64),
        "uint" => Basic::Integer(IntegerType::Uint),
        "uint8" | "byte" => Basic::Integer(IntegerType::Uint8),
        "uint16" => Basic::Integer(IntegerType::Uint16),
        "uint32" => Basic::Integer(IntegerType::Uint32),
        "uint64" => Basic::Integer(IntegerType::Uint64),
        "uintptr" => Basic::Integer(IntegerType::Uintptr),
        "float32" => Basic::Float(false),
        "float64" => Basic::Float(true),
        "complex64" => Basic::Complex(false),
        "complex128" => Basic::Complex(true),
        "any" => return Type::Interface(Arc::default()),
        "error" | "comparable" => return named(TypePlace::Universe, &Name::new(name), Box::default()),
        _ => return Type::Unknown,
    };
    Type::Basic(basic)
}

/// True when the package declares nothing of that name, so that the universe's is meant.
pub(super) fn is_free(package: &PackageFacts, name: &str) -> bool {
    !package.declares(name)
}
