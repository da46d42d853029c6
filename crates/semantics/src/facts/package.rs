//! The facts of the files of one package, indexed by name.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{FileFacts, FunctionFacts, TypeFacts, ValueFacts};
use crate::Name;

/// What the files of one package declare together.
#[derive(Clone, Debug, Default)]
pub struct PackageFacts {
    /// The import path; empty when it isn't known.
    pub path: Name,
    /// The name in the package clauses.
    pub name: Name,
    /// The files.
    files: Vec<Arc<FileFacts>>,
    types: FxHashMap<Name, (u32, u32)>,
    values: FxHashMap<Name, (u32, u32)>,
    functions: FxHashMap<Name, (u32, u32)>,
    methods: FxHashMap<(Name, Name), (u32, u32)>,
    /// The names whose declarations differ from file to file.
    ambiguous: FxHashSet<Name>,
    /// The methods whose signatures differ from file to file, by the name of the receiver's type.
    ambiguous_methods: FxHashSet<(Name, Name)>,
}

impl PackageFacts {
    /// The facts of a package that consists of these files. Of several declarations of one name the first one stays.
    pub fn new(path: impl Into<Name>, files: Vec<Arc<FileFacts>>) -> Self {
        let mut facts = Self {
            path: path.into(),
            files,
            ..Self::default()
        };
        facts.name = facts
            .files
            .first()
            .map(|file| file.package.clone())
            .unwrap_or_default();
        for (file_index, file) in facts.files.iter().enumerate() {
            let place = |index: usize| (file_index as u32, index as u32);
            for (index, declared) in file.types.iter().enumerate() {
                facts
                    .types
                    .entry(declared.name.clone())
                    .or_insert_with(|| place(index));
            }
            for (index, declared) in file.values.iter().enumerate() {
                facts
                    .values
                    .entry(declared.name.clone())
                    .or_insert_with(|| place(index));
            }
            for (index, declared) in file.functions.iter().enumerate() {
                if let Some(receiver) = &declared.receiver {
                    let key = (receiver.type_name.clone(), declared.name.clone());
                    facts.methods.entry(key).or_insert_with(|| place(index));
                } else {
                    facts
                        .functions
                        .entry(declared.name.clone())
                        .or_insert_with(|| place(index));
                }
            }
        }
        facts.find_ambiguous();
        facts
    }

    /// Files for different platforms declare the same names: where these declarations differ, nothing can be said that
    /// holds for all of them.
    fn find_ambiguous(&mut self) {
        for file in &self.files {
            for declared in &file.types {
                let same = |first: &TypeFacts| {
                    first.is_alias == declared.is_alias
                        && first.type_parameters == declared.type_parameters
                        && first.type_ == declared.type_
                };
                let is_other_kind =
                    self.values.contains_key(&declared.name) || self.functions.contains_key(&declared.name);
                if is_other_kind || !self.type_(&declared.name).is_some_and(same) {
                    self.ambiguous.insert(declared.name.clone());
                }
            }
            for declared in &file.values {
                let is_other_kind = self.functions.contains_key(&declared.name);
                if is_other_kind || self.value(&declared.name) != Some(declared) {
                    self.ambiguous.insert(declared.name.clone());
                }
            }
            for declared in &file.functions {
                let first = match &declared.receiver {
                    Some(receiver) => self.method(&receiver.type_name, &declared.name),
                    None => self.function(&declared.name),
                };
                if first.is_some_and(|first| first.signature == declared.signature) {
                    continue;
                }
                let name = declared.name.clone();
                match &declared.receiver {
                    Some(receiver) => {
                        self.ambiguous_methods.insert((receiver.type_name.clone(), name));
                    }
                    None => {
                        self.ambiguous.insert(name);
                    }
                }
            }
        }
    }

    /// The files, in the order given.
    pub fn files(&self) -> &[Arc<FileFacts>] {
        &self.files
    }

    /// The package-level type of that name.
    pub fn type_(&self, name: &str) -> Option<&TypeFacts> {
        self.types
            .get(name)
            .map(|(file, index)| &self.files[*file as usize].types[*index as usize])
    }

    /// The package-level variable or constant of that name.
    pub fn value(&self, name: &str) -> Option<&ValueFacts> {
        self.values
            .get(name)
            .map(|(file, index)| &self.files[*file as usize].values[*index as usize])
    }

    /// The function of that name.
    pub fn function(&self, name: &str) -> Option<&FunctionFacts> {
        self.functions
            .get(name)
            .map(|(file, index)| &self.files[*file as usize].functions[*index as usize])
    }

    /// The method of that name whose receiver has the type `type_name` or a pointer to it.
    pub fn method(&self, type_name: &str, name: &str) -> Option<&FunctionFacts> {
        let place = self.methods.get(&(Name::new(type_name), Name::new(name)))?;
        Some(&self.files[place.0 as usize].functions[place.1 as usize])
    }

    /// The function of that name, or the method of `receiver`, with the facts of the file that declares it.
    pub fn declaration(&self, receiver: Option<&str>, name: &str) -> Option<(&FileFacts, &FunctionFacts)> {
        let (file, index) = match receiver {
            Some(receiver) => self.methods.get(&(Name::new(receiver), Name::new(name)))?,
            None => self.functions.get(name)?,
        };
        let file = &self.files[*file as usize];
        Some((file, &file.functions[*index as usize]))
    }

    /// True when a `defer` statement of the package calls a function or method of that name.
    pub fn defers(&self, name: &str) -> bool {
        self.files.iter().any(|file| {
            file.deferred
                .binary_search_by(|deferred| deferred.as_str().cmp(name))
                .is_ok()
        })
    }

    /// True when files of the package declare this package-level name differently, each for another platform or build:
    /// as another kind of thing, with another type or signature.
    pub fn is_ambiguous(&self, name: &str) -> bool {
        self.ambiguous.contains(name)
    }

    /// True when files of the package declare this method with different signatures.
    pub fn is_ambiguous_method(&self, type_name: &str, name: &str) -> bool {
        !self.ambiguous_methods.is_empty()
            && self
                .ambiguous_methods
                .contains(&(Name::new(type_name), Name::new(name)))
    }

    /// True when the package declares this name at package level.
    pub fn declares(&self, name: &str) -> bool {
        self.types.contains_key(name) || self.values.contains_key(name) || self.functions.contains_key(name)
    }
}

/// Where the facts of imported packages come from.
pub trait Packages {
    /// The facts of the package with this import path, when they are known.
    fn package(&self, path: &str) -> Option<Arc<PackageFacts>>;
}

/// No package is known.
impl Packages for () {
    fn package(&self, _path: &str) -> Option<Arc<PackageFacts>> {
        None
    }
}
