//! What programs can see of the standard library: what it exports, and what that needs of the rest.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use deferlint_semantics::Name;
use deferlint_semantics::body::{SignatureExpression, TypeExpression};
use deferlint_semantics::effects::PREDECLARED_FUNCTIONS;
use deferlint_semantics::facts::{
    FileFacts, FunctionFacts, ParameterIndex, Place, Summary, Target, TypeFacts, ValueFacts,
};

use super::collect::Library;
use super::relevance::Relevance;

/// The part of the library that programs can see.
pub(super) fn reachable(library: &Library) -> Library {
    let mut reach = Reach::new(library);
    for (path, facts) in library {
        let is_internal = path.split('/').any(|element| element == "internal");
        // A package that declares the name of a predeclared function says so: summaries take such names for granted.
        let is_root = |name: &Name| {
            (!is_internal && is_exported(name)) || PREDECLARED_FUNCTIONS.contains(&name.as_str())
        };
        let functions = facts
            .functions
            .iter()
            .filter(|function| function.receiver.is_none());
        let names = functions
            .map(|function| &function.name)
            .chain(facts.types.iter().map(|declared| &declared.name))
            .chain(facts.values.iter().map(|declared| &declared.name));
        names
            .filter(|name| is_root(name))
            .for_each(|name| reach.name(path, name));
    }
    reach.finish();
    reach.kept()
}

fn is_exported(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
}

/// The declarations of one package.
#[derive(Default)]
struct Declarations<'a> {
    types: BTreeMap<&'a Name, &'a TypeFacts>,
    values: BTreeMap<&'a Name, &'a ValueFacts>,
    functions: BTreeMap<&'a Name, &'a FunctionFacts>,
    methods: BTreeMap<&'a Name, Vec<&'a FunctionFacts>>,
}

impl<'a> Declarations<'a> {
    fn of(facts: &'a FileFacts) -> Self {
        let mut declarations = Self::default();
        for declared in facts.types.iter() {
            declarations.types.entry(&declared.name).or_insert(declared);
        }
        for declared in facts.values.iter() {
            declarations.values.entry(&declared.name).or_insert(declared);
        }
        for function in &facts.functions {
            match &function.receiver {
                Some(receiver) => declarations
                    .methods
                    .entry(&receiver.type_name)
                    .or_default()
                    .push(function),
                None => {
                    declarations.functions.entry(&function.name).or_insert(function);
                }
            }
        }
        declarations
    }
}

struct Reach<'a> {
    packages: BTreeMap<&'a Name, Declarations<'a>>,
    library: &'a Library,
    relevance: Relevance,
    /// What was reached: the package, and the name of a type, value or function.
    names: BTreeSet<(&'a Name, Name)>,
    /// The methods reached: the package, the type, and the method.
    methods: BTreeSet<(&'a Name, Name, Name)>,
    /// The names of methods that reached summaries call.
    called: BTreeSet<Name>,
    pending: Vec<(&'a Name, Name)>,
}

impl<'a> Reach<'a> {
    fn new(library: &'a Library) -> Self {
        Self {
            packages: library
                .iter()
                .map(|(path, facts)| (path, Declarations::of(facts)))
                .collect(),
            relevance: Relevance::of(library),
            library,
            names: BTreeSet::new(),
            methods: BTreeSet::new(),
            called: BTreeSet::new(),
            pending: Vec::new(),
        }
    }

    /// Marks a package-level name as reached.
    fn name(&mut self, package: &str, name: &Name) {
        let Some((path, declarations)) = self.packages.get_key_value(&Name::new(package)) else {
            return;
        };
        let is_declared = declarations.types.contains_key(name)
            || declarations.values.contains_key(name)
            || declarations.functions.contains_key(name);
        if is_declared && self.names.insert((path, name.clone())) {
            self.pending.push((path, name.clone()));
        }
    }

    /// Follows what was marked until nothing new turns up.
    fn finish(&mut self) {
        loop {
            while let Some((package, name)) = self.pending.pop() {
                self.declaration(package, &name);
            }
            let known = self.methods.len();
            self.called_methods();
            if self.methods.len() == known && self.pending.is_empty() {
                return;
            }
        }
    }

    fn declaration(&mut self, package: &'a Name, name: &Name) {
        let declarations = &self.packages[package];
        let (type_, value, function) = (
            declarations.types.get(name).copied(),
            declarations.values.get(name).copied(),
            declarations.functions.get(name).copied(),
        );
        if let Some(declared) = type_ {
            self.constraints(package, &declared.type_parameters);
            self.type_(package, &declared.type_);
        }
        if let Some(declared) = value {
            self.type_(package, &declared.type_);
        }
        if let Some(function) = function {
            self.function(package, function);
        }
    }

    /// Marks the methods of reached types that are exported or called.
    fn called_methods(&mut self) {
        let mut found = Vec::new();
        for (package, name) in &self.names {
            let methods = self.packages[package].methods.get(name).into_iter().flatten();
            let wanted =
                methods.filter(|method| is_exported(&method.name) || self.called.contains(&method.name));
            found.extend(wanted.map(|method| (*package, name.clone(), *method)));
        }
        for (package, type_name, method) in found {
            if self.methods.insert((package, type_name, method.name.clone())) {
                self.function(package, method);
            }
        }
    }

    fn function(&mut self, package: &'a Name, function: &FunctionFacts) {
        self.constraints(package, &function.type_parameters);
        self.signature(package, &function.signature);
        let calls = function
            .summary
            .get()
            .into_iter()
            .flat_map(|summary| &summary.calls);
        for call in calls {
            if !self.relevance.is_relevant(package, call) {
                continue;
            }
            match &call.target {
                Target::Function(name) => self.name(package, name),
                Target::Imported { package, name } => self.name(package, name),
                Target::Member { place, name } => {
                    self.called.insert(name.clone());
                    self.place(package, place);
                }
                Target::Unknown => {}
            }
        }
    }

    fn place(&mut self, package: &'a Name, place: &Place) {
        if let ParameterIndex::PackageVariable(name) = &place.root {
            self.name(package, name);
        }
    }

    fn constraints(&mut self, package: &'a Name, parameters: &[(Name, TypeExpression)]) {
        for (_, constraint) in parameters {
            self.type_(package, constraint);
        }
    }

    fn signature(&mut self, package: &'a Name, signature: &SignatureExpression) {
        let types = signature.parameters.iter().chain(&signature.results);
        types.for_each(|type_| self.type_(package, type_));
    }

    fn type_(&mut self, package: &'a Name, type_: &TypeExpression) {
        let names = RefCell::new(Vec::new());
        type_.rebuilt(&|part| {
            match &part {
                TypeExpression::Name { name, .. } => names.borrow_mut().push((package.clone(), name.clone())),
                TypeExpression::Qualified { package, name, .. } => {
                    names.borrow_mut().push((package.clone(), name.clone()));
                }
                _ => {}
            }
            part
        });
        for (package, name) in names.into_inner() {
            self.name(&package, &name);
        }
    }

    /// The reached part of every package that has one.
    fn kept(&self) -> Library {
        let mut kept = Library::new();
        for (path, facts) in self.library {
            let is_reached = |name: &Name| self.names.contains(&(path, name.clone()));
            let functions = facts
                .functions
                .iter()
                .filter(|function| match &function.receiver {
                    Some(receiver) => {
                        self.methods
                            .contains(&(path, receiver.type_name.clone(), function.name.clone()))
                    }
                    None => is_reached(&function.name),
                });
            let types = facts.types.iter().filter(|declared| is_reached(&declared.name));
            let values = facts.values.iter().filter(|declared| is_reached(&declared.name));
            let package = FileFacts {
                package: facts.package.clone(),
                types: Arc::new(types.cloned().collect()),
                values: Arc::new(values.cloned().collect()),
                functions: functions
                    .map(|function| Arc::new(self.trimmed(path, function)))
                    .collect(),
                ..FileFacts::default()
            };
            if !(package.types.is_empty() && package.values.is_empty() && package.functions.is_empty()) {
                kept.insert(path.clone(), package);
            }
        }
        kept
    }

    fn trimmed(&self, package: &Name, function: &FunctionFacts) -> FunctionFacts {
        let mut summary = function.summary.get().cloned();
        if let Some(Summary { calls, .. }) = &mut summary {
            calls.retain(|call| self.relevance.is_relevant(package, call));
        }
        FunctionFacts {
            summary: summary.into(),
            ..function.clone()
        }
    }
}
