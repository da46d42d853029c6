//! The facts of the files of one package, indexed by name.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{FileFacts, FunctionFacts, TypeFacts, ValueFacts};
use crate::Name;
use crate::body::TypeExpression;

/// How many aliases of each other are followed.
const MAX_ALIASES: usize = 8;

/// What the files of one package declare together.
#[derive(Clone, Debug, Default)]
pub struct PackageFacts {
    /// The import path; empty when it isn't known.
    pub path: Name,
    /// The name in the package clauses.
    pub name: Name,
    /// The files.
    files: Vec<Arc<FileFacts>>,
    index: Arc<Index>,
}

/// Where the names of a package are declared: the number of the file, and that of the declaration among those of its kind.
#[derive(Clone, Debug, Default)]
struct Index {
    types: FxHashMap<Name, (u32, u32)>,
    values: FxHashMap<Name, (u32, u32)>,
    functions: FxHashMap<Name, (u32, u32)>,
    /// Methods by the name of the receiver's type and their own.
    methods: FxHashMap<(Name, Name), (u32, u32)>,
    /// The names whose declarations differ from file to file.
    ambiguous: FxHashSet<Name>,
    /// The methods whose signatures differ from file to file, by the name of the receiver's type.
    ambiguous_methods: FxHashSet<(Name, Name)>,
}

impl PackageFacts {
    /// The facts of a package that consists of these files. Of several declarations of one name the first one stays.
    pub fn new(path: impl Into<Name>, files: Vec<Arc<FileFacts>>) -> Self {
        Self::with_others(path, files, Vec::new())
    }

    /// The facts of a package that consists of the files of one build, with those of other builds: of these counts only
    /// what the build doesn't declare.
    pub fn with_others(
        path: impl Into<Name>,
        files: Vec<Arc<FileFacts>>,
        others: Vec<Arc<FileFacts>>,
    ) -> Self {
        let first = files.first().or(others.first());
        let mut facts = Self {
            path: path.into(),
            name: first.map(|file| file.package.clone()).unwrap_or_default(),
            ..Self::default()
        };
        facts.add(files);
        facts.add(others);
        facts
    }

    /// Adds files, which decide together what the names mean that no file before them declares.
    fn add(&mut self, files: Vec<Arc<FileFacts>>) {
        let group = self.files.len() as u32;
        self.files.extend(files);
        let added = self.files[group as usize..].to_vec();
        for (index, file) in (group..).zip(&added) {
            self.index(file, index, group);
        }
        for (index, file) in (group..).zip(&added) {
            self.index_methods(file, index, group);
        }
        for file in &added {
            self.find_ambiguous(file, group);
        }
    }

    fn index(&mut self, file: &FileFacts, file_index: u32, group: u32) {
        let place = |index: usize| (file_index, index as u32);
        for (index, declared) in file.types.iter().enumerate() {
            if !self.is_decided(&declared.name, group) {
                let types = Arc::make_mut(&mut self.index).types.entry(declared.name.clone());
                types.or_insert_with(|| place(index));
            }
        }
        for (index, declared) in file.values.iter().enumerate() {
            if !self.is_decided(&declared.name, group) {
                let values = Arc::make_mut(&mut self.index).values.entry(declared.name.clone());
                values.or_insert_with(|| place(index));
            }
        }
        for (index, declared) in file.functions.iter().enumerate() {
            if declared.receiver.is_none() && !self.is_decided(&declared.name, group) {
                let functions = Arc::make_mut(&mut self.index)
                    .functions
                    .entry(declared.name.clone());
                functions.or_insert_with(|| place(index));
            }
        }
    }

    fn index_methods(&mut self, file: &FileFacts, file_index: u32, group: u32) {
        for (index, declared) in file.functions.iter().enumerate() {
            if let Some(receiver) = &declared.receiver {
                let type_name = self.aliased(&receiver.type_name).clone();
                if !self.is_decided_field(&type_name, &declared.name, group) {
                    let methods = Arc::make_mut(&mut self.index)
                        .methods
                        .entry((type_name, declared.name.clone()));
                    methods.or_insert((file_index, index as u32));
                }
            }
        }
    }

    /// True when files before those of a group declare a struct with a field of that name. Another build, whose struct
    /// has no such field, may declare a method of the same name.
    fn is_decided_field(&self, type_name: &str, name: &str, group: u32) -> bool {
        self.is_decided(type_name, group)
            && self
                .type_(type_name)
                .is_some_and(|declared| match &declared.type_ {
                    TypeExpression::Struct(fields) => fields.iter().any(|field| field.name == name),
                    _ => false,
                })
    }

    /// The type that a name stands for when it is an alias of another one of the package: a method may be declared with
    /// either.
    fn aliased<'b>(&'b self, name: &'b Name) -> &'b Name {
        let mut name = name;
        for _ in 0..MAX_ALIASES {
            match self.type_(name) {
                Some(TypeFacts {
                    is_alias: true,
                    type_: TypeExpression::Name { name: other, .. },
                    ..
                }) => name = other,
                _ => break,
            }
        }
        name
    }

    /// True when a file before those of a group declares the name.
    fn is_decided(&self, name: &str, group: u32) -> bool {
        let is_before = |place: Option<&(u32, u32)>| place.is_some_and(|(file, _)| *file < group);
        is_before(self.index.types.get(name))
            || is_before(self.index.values.get(name))
            || is_before(self.index.functions.get(name))
    }

    /// Files for different platforms declare the same names: where these declarations differ, nothing can be said that
    /// holds for all of them.
    fn find_ambiguous(&mut self, file: &FileFacts, group: u32) {
        for declared in file.types.iter() {
            let same = |first: &TypeFacts| {
                first.is_alias == declared.is_alias
                    && first.type_parameters == declared.type_parameters
                    && first.type_ == declared.type_
            };
            let is_other_kind = self.index.values.contains_key(&declared.name)
                || self.index.functions.contains_key(&declared.name);
            let is_same = !is_other_kind && self.type_(&declared.name).is_some_and(same);
            if !is_same && !self.is_decided(&declared.name, group) {
                Arc::make_mut(&mut self.index)
                    .ambiguous
                    .insert(declared.name.clone());
            }
        }
        for declared in file.values.iter() {
            let is_other_kind = self.index.functions.contains_key(&declared.name);
            let is_same = !is_other_kind && self.value(&declared.name) == Some(declared);
            if !is_same && !self.is_decided(&declared.name, group) {
                Arc::make_mut(&mut self.index)
                    .ambiguous
                    .insert(declared.name.clone());
            }
        }
        for declared in &file.functions {
            let Some(receiver) = &declared.receiver else {
                let first = self.function(&declared.name);
                let is_same = first.is_some_and(|first| first.signature == declared.signature);
                if !is_same && !self.is_decided(&declared.name, group) {
                    Arc::make_mut(&mut self.index)
                        .ambiguous
                        .insert(declared.name.clone());
                }
                continue;
            };
            let key = (self.aliased(&receiver.type_name).clone(), declared.name.clone());
            let Some(first) = self.method(&key.0, &key.1) else {
                continue;
            };
            let is_same = first.signature == declared.signature;
            let is_decided = self
                .index
                .methods
                .get(&key)
                .is_some_and(|(file, _)| *file < group);
            if !is_same && !is_decided {
                Arc::make_mut(&mut self.index).ambiguous_methods.insert(key);
            }
        }
    }

    /// The same package with `now` in the place of the file `before`, which declares the same in the same order: only what
    /// its functions do may be something else.
    #[must_use]
    pub fn with_functions_of(&self, before: &Arc<FileFacts>, now: &Arc<FileFacts>) -> Self {
        let mut package = self.clone();
        for file in &mut package.files {
            if Arc::ptr_eq(file, before) {
                *file = Arc::clone(now);
            }
        }
        package
    }

    /// The files, in the order given: those of other builds last.
    pub fn files(&self) -> &[Arc<FileFacts>] {
        &self.files
    }

    /// The package-level type of that name.
    pub fn type_(&self, name: &str) -> Option<&TypeFacts> {
        self.index
            .types
            .get(name)
            .map(|(file, index)| &self.files[*file as usize].types[*index as usize])
    }

    /// The package-level variable or constant of that name.
    pub fn value(&self, name: &str) -> Option<&ValueFacts> {
        self.index
            .values
            .get(name)
            .map(|(file, index)| &self.files[*file as usize].values[*index as usize])
    }

    /// The function of that name.
    pub fn function(&self, name: &str) -> Option<&FunctionFacts> {
        self.index
            .functions
            .get(name)
            .map(|(file, index)| &*self.files[*file as usize].functions[*index as usize])
    }

    /// The method of that name whose receiver has the type `type_name` or a pointer to it.
    pub fn method(&self, type_name: &str, name: &str) -> Option<&FunctionFacts> {
        let place = self.index.methods.get(&(Name::new(type_name), Name::new(name)))?;
        Some(&self.files[place.0 as usize].functions[place.1 as usize])
    }

    /// The function of that name, or the method of `receiver`, with the facts of the file that declares it.
    pub fn declaration(&self, receiver: Option<&str>, name: &str) -> Option<(&FileFacts, &FunctionFacts)> {
        let (file, index) = match receiver {
            Some(receiver) => self.index.methods.get(&(Name::new(receiver), Name::new(name)))?,
            None => self.index.functions.get(name)?,
        };
        let file = &self.files[*file as usize];
        Some((file, &file.functions[*index as usize]))
    }

    /// True when a `defer` statement of the package calls a function or method of that name.
    pub(crate) fn defers(&self, name: &str) -> bool {
        self.files.iter().any(|file| {
            file.deferred
                .binary_search_by(|deferred| deferred.as_str().cmp(name))
                .is_ok()
        })
    }

    /// True when files of the package declare this package-level name differently, each for another platform or build:
    /// as another kind of thing, with another type or signature. What the files of one build declare is certain.
    pub fn is_ambiguous(&self, name: &str) -> bool {
        self.index.ambiguous.contains(name)
    }

    /// True when files of the package declare this method with different signatures.
    pub fn is_ambiguous_method(&self, type_name: &str, name: &str) -> bool {
        !self.index.ambiguous_methods.is_empty()
            && self
                .index
                .ambiguous_methods
                .contains(&(Name::new(type_name), Name::new(name)))
    }

    /// True when the package declares this name at package level.
    pub fn declares(&self, name: &str) -> bool {
        self.index.types.contains_key(name)
            || self.index.values.contains_key(name)
            || self.index.functions.contains_key(name)
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
