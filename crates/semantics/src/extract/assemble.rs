//! Puts the facts of a file together from those of its declarations.

use std::sync::Arc;

use super::DeclarationFacts;
use crate::Name;
use crate::body::TypeExpression;
use crate::effects::known::is_assumed_package;
use crate::facts::{
    FileFacts, FunctionFacts, Import, ParameterIndex, Summary, Target, TypeFacts, ValueFacts,
};
use crate::header::Header;

/// The facts of a file, from those of its declarations. Qualifiers become import paths; one that no import explains is
/// left as it is, and leads nowhere.
pub fn assemble<'a>(
    header: &Header,
    declarations: impl Iterator<Item = &'a DeclarationFacts> + Clone,
) -> FileFacts {
    let imports = header.imports();
    let mut facts = FileFacts {
        package: header.package.clone(),
        generated: header.generated,
        build_constraint: header.build_constraint.clone(),
        ..FileFacts::default()
    };
    let (mut types, mut values) = (Vec::new(), Vec::new());
    for declaration in declarations.clone() {
        types.extend(declaration.types.iter().map(|declared| TypeFacts {
            type_parameters: qualified_constraints(&imports, &declared.type_parameters),
            type_: qualified_type(&imports, &declared.type_),
            ..declared.clone()
        }));
        values.extend(declaration.values.iter().map(|declared| ValueFacts {
            type_: qualified_type(&imports, &declared.type_),
            ..declared.clone()
        }));
        let function = declaration.function.iter();
        facts
            .functions
            .extend(function.map(|declared| Arc::new(qualified_function(&imports, declared))));
    }
    facts.types = Arc::new(types);
    facts.values = Arc::new(values);
    facts.deferred = deferred(declarations);
    facts.imports = imports;
    facts
}

/// The facts of a file with these declarations, in which some functions do something else than `before` or defer others,
/// and that is all. They come with their places among the functions of the file.
pub fn with_functions<'a>(
    before: &FileFacts,
    functions: impl Iterator<Item = (usize, &'a FunctionFacts)>,
    declarations: impl Iterator<Item = &'a DeclarationFacts>,
) -> FileFacts {
    let mut facts = FileFacts {
        deferred: deferred(declarations),
        ..before.clone()
    };
    for (index, declared) in functions {
        facts.functions[index] = Arc::new(qualified_function(&before.imports, declared));
    }
    facts
}

fn deferred<'a>(declarations: impl Iterator<Item = &'a DeclarationFacts>) -> Vec<Name> {
    let mut names: Vec<_> = declarations
        .flat_map(|declaration| declaration.deferred.iter().cloned())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn qualified_function(imports: &[Import], declared: &FunctionFacts) -> FunctionFacts {
    FunctionFacts {
        type_parameters: qualified_constraints(imports, &declared.type_parameters),
        signature: declared.signature.rebuilt(&|type_| qualified(imports, type_)),
        summary: declared
            .summary
            .changed(|summary| qualify_summary(imports, summary)),
        name: declared.name.clone(),
        receiver: declared.receiver.clone(),
    }
}

fn qualified_constraints(
    imports: &[Import],
    parameters: &[(Name, TypeExpression)],
) -> Vec<(Name, TypeExpression)> {
    let parameters = parameters.iter();
    parameters
        .map(|(name, constraint)| (name.clone(), qualified_type(imports, constraint)))
        .collect()
}

fn qualified_type(imports: &[Import], type_: &TypeExpression) -> TypeExpression {
    type_.rebuilt(&|type_| qualified(imports, type_))
}

fn qualified(imports: &[Import], type_: TypeExpression) -> TypeExpression {
    match type_ {
        TypeExpression::Qualified {
            package,
            name,
            arguments,
        } => {
            let import = imports.iter().find(|import| import.local_name() == package);
            let package = import.map_or(package, |import| import.path.clone());
            TypeExpression::Qualified {
                package,
                name,
                arguments,
            }
        }
        other => other,
    }
}

/// The summary with the paths of imports in the place of their names; `None` when an import has one of the names that
/// the summary took to mean something else.
pub(super) fn qualify_summary(imports: &[Import], mut summary: Summary) -> Option<Summary> {
    let path_of = |name: &Name| {
        let import = imports.iter().find(|import| import.local_name() == *name);
        import.map(|import| &import.path)
    };
    for name in &summary.assumes {
        let is_meant = if is_assumed_package(name) {
            path_of(name) == Some(name)
        } else {
            path_of(name).is_none()
        };
        if !is_meant {
            return None;
        }
    }
    summary.assumes.retain(|name| !is_assumed_package(name));
    let calls = summary.calls.iter_mut().map(|call| &mut call.target);
    for target in calls.chain(summary.recovery.calls.iter_mut().map(|call| &mut call.target)) {
        if let Target::Member { place, name } = &*target
            && let (ParameterIndex::PackageVariable(operand), []) = (&place.root, &*place.path)
            && let Some(path) = path_of(operand)
        {
            *target = Target::Imported {
                package: path.clone(),
                name: name.clone(),
            };
        }
    }
    Some(summary)
}
