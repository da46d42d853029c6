//! Calls of package-level functions, generic ones included: type arguments written or inferred from the arguments.

use super::calls::results;
use super::resolve::environment;
use super::{Context, Place};
use crate::Name;
use crate::body::{ExpressionId, ExpressionKind, TypeExpression};
use crate::facts::FunctionFacts;
use crate::types::{Type, TypePlace};

impl Context<'_> {
    pub(super) fn type_of_function_call(
        &self,
        package: &str,
        name: &str,
        function: ExpressionId,
        arguments: &[ExpressionId],
    ) -> Type {
        let Some(facts) = self.package_facts(package) else {
            return Type::Unknown;
        };
        let Some(declared) = facts.function(name) else {
            return Type::Unknown;
        };
        let mut environment = environment(&declared.type_parameters, &self.written_arguments(function));
        if !environment.is_empty() {
            self.infer_arguments(declared, package, arguments, &mut environment);
        }
        let place = Place::Package(package, &environment);
        results(
            declared
                .signature
                .results
                .iter()
                .map(|result| self.resolve_in(result, place))
                .collect(),
        )
    }

    /// The type arguments written in `f[int, string](x)`.
    fn written_arguments(&self, function: ExpressionId) -> Vec<Type> {
        match &self.body[self.body.unparenthesized(function)].kind {
            ExpressionKind::Index { indices, .. } => {
                indices.iter().map(|index| self.type_of(*index)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Finds what the type parameters stand for by laying the parameters' types beside the arguments'; then from the
    /// core types of constraints, as in `M ~map[K]V`.
    fn infer_arguments(
        &self,
        declared: &FunctionFacts,
        package: &str,
        arguments: &[ExpressionId],
        environment: &mut [(Name, Type)],
    ) {
        let parameters = &declared.signature.parameters;
        for (index, argument) in arguments.iter().enumerate() {
            let last = parameters.len().saturating_sub(1);
            let Some(parameter) = parameters.get(if declared.signature.variadic {
                index.min(last)
            } else {
                index
            }) else {
                break;
            };
            self.unify(
                parameter,
                &super::calls::default_type(self.type_of(*argument)),
                package,
                environment,
            );
        }
        for (name, constraint) in &declared.type_parameters {
            let known = environment
                .iter()
                .find(|(parameter, _)| parameter == name)
                .map(|(_, type_)| type_.clone());
            let core = core_of(constraint);
            if let (Some(known), Some(core)) = (known.filter(|type_| *type_ != Type::Unknown), core) {
                self.unify(core, &self.underlying(&known), package, environment);
            }
        }
    }

    fn unify(&self, pattern: &TypeExpression, type_: &Type, package: &str, environment: &mut [(Name, Type)]) {
        match pattern {
            TypeExpression::Name { name, arguments, .. } if arguments.is_empty() => {
                let parameter = environment.iter_mut().find(|(parameter, _)| parameter == name);
                if let Some((_, known)) = parameter.filter(|(_, known)| *known == Type::Unknown) {
                    *known = type_.clone();
                }
            }
            TypeExpression::Name { name, arguments, .. } => {
                self.unify_arguments(package, name, arguments, type_, environment);
            }
            TypeExpression::Qualified {
                package: path,
                name,
                arguments,
            } => {
                self.unify_arguments(path, name, arguments, type_, environment);
            }
            TypeExpression::Underlying(inner) => {
                self.unify(inner, &self.underlying(type_), package, environment);
            }
            _ => self.unify_parts(pattern, &self.underlying(type_), package, environment),
        }
    }

    fn unify_arguments(
        &self,
        path: &str,
        name: &str,
        patterns: &[TypeExpression],
        type_: &Type,
        environment: &mut [(Name, Type)],
    ) {
        if let Type::Named(named) = type_
            && named.name == name
            && matches!(&named.place, TypePlace::Package(found) if found == path)
        {
            for (pattern, argument) in patterns.iter().zip(&named.arguments) {
                self.unify(pattern, argument, path, environment);
            }
        }
    }

    fn unify_parts(
        &self,
        pattern: &TypeExpression,
        type_: &Type,
        package: &str,
        environment: &mut [(Name, Type)],
    ) {
        match (pattern, type_) {
            (TypeExpression::Pointer(pattern), Type::Pointer(element))
            | (TypeExpression::Slice(pattern), Type::Slice(element))
            | (TypeExpression::Array(pattern), Type::Array(element))
            | (TypeExpression::Channel(_, pattern), Type::Channel(_, element)) => {
                self.unify(pattern, element, package, environment);
            }
            (TypeExpression::Map(pattern), Type::Map(pair)) => {
                self.unify(&pattern.0, &pair.0, package, environment);
                self.unify(&pattern.1, &pair.1, package, environment);
            }
            (TypeExpression::Function(pattern), Type::Function(signature)) => {
                let parameters = pattern.parameters.iter().zip(&signature.parameters);
                for (pattern, type_) in parameters.chain(pattern.results.iter().zip(&signature.results)) {
                    self.unify(pattern, type_, package, environment);
                }
            }
            _ => {}
        }
    }
}

/// The one term of a constraint that is no name: `~map[K]V`.
fn core_of(constraint: &TypeExpression) -> Option<&TypeExpression> {
    match constraint {
        TypeExpression::Interface { embedded, .. } => match &**embedded {
            [union] => match &**union {
                [single] => core_of(single),
                _ => None,
            },
            _ => None,
        },
        TypeExpression::Underlying(inner) => core_of(inner),
        TypeExpression::Name { .. } | TypeExpression::Qualified { .. } | TypeExpression::Missing => None,
        other => Some(other),
    }
}
