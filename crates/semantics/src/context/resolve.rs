//! From types as they are written to types.

use std::sync::Arc;

use super::{Context, MAX_DEPTH, Place};
use crate::Name;
use crate::body::{BindingId, BindingKind, Body, Origin, SignatureExpression, TypeExpression};
use crate::facts::TypeFacts;
use crate::types::{Basic, Field, InterfaceType, NamedType, Signature, Type, TypeParameterType, TypePlace};

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
                self.imported_type(&path, name, arguments)
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
            TypeExpression::ValueOf(value) => self.value_of(value, place),
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
        let facts = match place {
            Place::Body => self.package_facts(path),
            Place::Package(..) => self.declaring_package(path, name),
        };
        let Some(facts) = facts else {
            return Type::Unknown;
        };
        let arguments = || {
            let arguments = arguments.iter();
            arguments
                .map(|argument| self.resolve_in(argument, place))
                .collect()
        };
        if let Some(declared) = facts.type_(name) {
            return self.declared_type(&facts.path, declared, arguments());
        }
        if facts.declares(name) {
            return Type::Unknown;
        }
        match (place, self.dot_import_of(name)) {
            (Place::Body, Some(path)) => self.imported_type(&path, name, arguments()),
            (Place::Body, None) if self.may_be_dot_imported(self.file, name) => Type::Unknown,
            _ => Type::predeclared(name),
        }
    }

    /// The type of that name of another package. Of a package that nothing is known about, every name may be an alias;
    /// it is taken for a type of its own, of which only the name is known.
    pub(super) fn imported_type(&self, path: &str, name: &Name, arguments: Box<[Type]>) -> Type {
        if path == "unsafe" && name == "Pointer" {
            return Type::Basic(Basic::UnsafePointer);
        }
        match self.package_facts(path) {
            Some(facts) => match facts.type_(name) {
                Some(declared) => self.declared_type(path, declared, arguments),
                None => Type::Unknown,
            },
            None => named(TypePlace::Package(Name::new(path)), name, arguments),
        }
    }

    /// The type that a package-level declaration gives a name, with these type arguments.
    pub(super) fn declared_type(&self, path: &str, declared: &TypeFacts, arguments: Box<[Type]>) -> Type {
        let here = self.declaration_here(path, declared);
        match here.map(|here| here.is_alias) {
            Some(false) => named(TypePlace::Package(Name::new(path)), &declared.name, arguments),
            Some(true) => self.resolving(path, &declared.name, || {
                self.right_side_of(path, &declared.name, &arguments)
            }),
            None => Type::Unknown,
        }
    }

    /// The declaration of a type that holds in this file. `None` when the files of its package declare an alias on some
    /// platforms and a type of its own on others, and this file isn't one of them.
    fn declaration_here<'b>(&'b self, path: &str, declared: &'b TypeFacts) -> Option<&'b TypeFacts> {
        let facts = self.package_facts(path)?;
        if !facts.is_ambiguous(&declared.name) {
            return Some(declared);
        }
        if path == self.package.path
            && let Some(own) = self.file.types.iter().find(|own| own.name == declared.name)
        {
            return Some(own);
        }
        let mut all = facts.files().iter().flat_map(|file| file.types.iter());
        let same_kind = all.all(|other| other.name != declared.name || other.is_alias == declared.is_alias);
        (same_kind && facts.value(&declared.name).is_none() && facts.function(&declared.name).is_none())
            .then_some(declared)
    }

    /// What stands on the right of a type declaration. A name that the files of a package declare differently, each for
    /// another platform, is known only in the file that declares it.
    fn right_side_of(&self, path: &str, name: &str, arguments: &[Type]) -> Type {
        let Some(facts) = self.package_facts(path) else {
            return Type::Unknown;
        };
        let declared = match facts.is_ambiguous(name) {
            false => facts.type_(name),
            true if path == self.package.path => self.file.types.iter().find(|type_| type_.name == name),
            true => None,
        };
        let Some(declared) = declared else {
            return Type::Unknown;
        };
        let environment = environment(&declared.type_parameters, arguments);
        self.resolve_in(&declared.type_, Place::Package(path, &environment))
    }

    /// The type of a result of a call of a named function, or of a conversion that looks like one.
    fn result_of(&self, function: &TypeExpression, index: u32, place: Place<'_>) -> Type {
        let Some((path, name)) = package_level_name(function, place) else {
            return self.resolve_in(function, place);
        };
        let Some(facts) = self.declaring_package(path, name) else {
            return Type::Unknown;
        };
        let arguments: Box<[_]> = match function {
            TypeExpression::Name { arguments, .. } | TypeExpression::Qualified { arguments, .. } => arguments
                .iter()
                .map(|argument| self.resolve_in(argument, place))
                .collect(),
            _ => Box::default(),
        };
        if let Some(declared) = facts.type_(name) {
            return self.declared_type(&facts.path, declared, arguments);
        }
        let called = match facts.function(name).filter(|_| !facts.is_ambiguous(name)) {
            Some(generic) if !arguments.is_empty() => self.type_of_declared(&facts.path, generic, &arguments),
            _ => self.type_of_member(&facts, name),
        };
        let result = match called {
            Type::Function(signature) => signature.results.get(index as usize).cloned(),
            _ if facts.declares(name) || path != package_of(place) => None,
            _ => return Type::predeclared(name),
        };
        result.unwrap_or_default()
    }

    /// The type of a package-level variable, constant or function.
    fn value_of(&self, value: &TypeExpression, place: Place<'_>) -> Type {
        let Some((path, name)) = package_level_name(value, place) else {
            return Type::Unknown;
        };
        match self.declaring_package(path, name) {
            Some(facts) if facts.declares(name) => self.type_of_member(&facts, name),
            Some(_) if path == package_of(place) && (name == "true" || name == "false") => {
                Type::Basic(Basic::UntypedBool)
            }
            Some(_) if path == package_of(place) && name == "iota" => Type::Basic(Basic::UntypedInt),
            _ => Type::Unknown,
        }
    }

    /// The type behind the names: never a [`Type::Named`] nor a [`Type::TypeParameter`], `Unknown` when it isn't known.
    /// That of a type parameter is its core type.
    pub fn underlying(&self, type_: &Type) -> Type {
        let mut type_ = type_.clone();
        for _ in 0..MAX_DEPTH {
            type_ = match &type_ {
                Type::Named(named) => {
                    let known = self.type_declarations.borrow().get(named).cloned();
                    known.unwrap_or_else(|| {
                        let declared = self.declared_as(named);
                        let mut declarations = self.type_declarations.borrow_mut();
                        declarations.insert(Arc::clone(named), declared.clone());
                        declared
                    })
                }
                Type::TypeParameter(parameter) => self.core_type(&self.constraint_of(parameter)),
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
                self.bounded(|| self.right_side_of(path, &named.name, &named.arguments))
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
            (_, BindingKind::TypeParameter) => Type::TypeParameter(Arc::new(TypeParameterType {
                name: binding.name.clone(),
                binding: id.0,
            })),
            _ => Type::Unknown,
        }
    }

    /// The constraint of a type parameter.
    pub(super) fn constraint_of(&self, parameter: &TypeParameterType) -> Type {
        let binding = BindingId(parameter.binding);
        match &self.body[binding].origin {
            Origin::Constraint(TypeExpression::Missing) => self.receiver_constraint(binding),
            Origin::Constraint(constraint) => self.resolve(constraint),
            _ => Type::Unknown,
        }
    }

    /// The constraint of a type parameter that a method's receiver declares: the one in the type's own declaration,
    /// where the parameter may have another name.
    fn receiver_constraint(&self, binding: BindingId) -> Type {
        let method = &self.body[Body::DECLARED];
        let receiver = method.receiver.as_ref().map(|receiver| &receiver.type_);
        let name = match receiver {
            Some(TypeExpression::Pointer(inner)) => inner,
            Some(other) => other,
            None => return Type::Unknown,
        };
        let TypeExpression::Name { name, .. } = name else {
            return Type::Unknown;
        };
        let parameters = &method.type_parameters;
        let position = parameters
            .iter()
            .position(|parameter| parameter.binding == Some(binding));
        let (Some(declared), Some(position)) = (self.package.type_(name), position) else {
            return Type::Unknown;
        };
        let Some((_, constraint)) = declared.type_parameters.get(position) else {
            return Type::Unknown;
        };
        let arguments: Vec<_> = parameters
            .iter()
            .map(|parameter| {
                parameter
                    .binding
                    .map(|id| self.local_type(id))
                    .unwrap_or_default()
            })
            .collect();
        let environment = environment(&declared.type_parameters, &arguments);
        self.resolve_in(constraint, Place::Package(&self.package.path, &environment))
    }
}

/// The package of a package-level name in facts, and the name itself.
fn package_level_name<'b>(expression: &'b TypeExpression, place: Place<'b>) -> Option<(&'b str, &'b Name)> {
    match expression {
        TypeExpression::Name { name, .. } => Some((package_of(place), name)),
        TypeExpression::Qualified { package, name, .. } => Some((package, name)),
        _ => None,
    }
}

/// The path of the package that a type expression of facts is written in; [`TypeExpression::ResultOf`] and
/// [`TypeExpression::ValueOf`] stand in facts only.
fn package_of(place: Place<'_>) -> &str {
    match place {
        Place::Package(path, _) => path,
        Place::Body => "",
    }
}

pub(super) fn named(place: TypePlace, name: &Name, arguments: Box<[Type]>) -> Type {
    Type::Named(Arc::new(NamedType {
        place,
        name: name.clone(),
        arguments,
    }))
}

/// What the names of type parameters stand for; those without an argument for something unknown, as those with an
/// argument that is larger than any program's: generic types that contain themselves with larger arguments would grow
/// with every field that is selected.
pub(super) fn environment(parameters: &[(Name, TypeExpression)], arguments: &[Type]) -> Vec<(Name, Type)> {
    let argument = |index: usize| {
        let argument = arguments.get(index)?;
        argument.has_at_most(MAX_PARTS).then(|| argument.clone())
    };
    let pairs = parameters.iter().enumerate();
    pairs
        .map(|(index, (name, _))| (name.clone(), argument(index).unwrap_or_default()))
        .collect()
}

/// How many parts a type argument may have.
const MAX_PARTS: usize = 500;
