//! The name under which new code can use a package.

use deferlint_semantics::Name;
use deferlint_semantics::context::Context;

use crate::ImportRequest;

/// The name of a standard package in new code of this declaration, and the import that the file still needs for it.
/// `None` when that name means something else here, or may.
pub(crate) fn use_package(context: &Context<'_>, path: &str) -> Option<(Name, Option<ImportRequest>)> {
    if let Some(name) = context.usable_import(path) {
        return Some((name, None));
    }
    let name = Name::new(path.rsplit('/').next().unwrap_or(path));
    let is_imported = |name: &Name| {
        let imports = context.file.imports.iter();
        imports
            .into_iter()
            .any(|import| import.path == path || import.local_name() == *name)
    };
    let is_taken =
        context.body.identifiers.contains(&name) || context.package.declares(&name) || is_imported(&name);
    (!is_taken).then(|| {
        (
            name,
            Some(ImportRequest {
                path: Name::new(path),
            }),
        )
    })
}
