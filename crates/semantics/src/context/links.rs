//! Follows summaries through the packages: who is called, how that ends, and what becomes of what is passed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::members::Selection;
use super::resolve::{environment, named};
use super::{Context, Place as Written};
use crate::Name;
use crate::effects::{Effects, LinkedEffect, known};
use crate::facts::{
    CallSite, Ending, FileFacts, FunctionFacts, Occurrence, PackageFacts, ParameterIndex, Place,
    ReceiverReads, Recovery, Step, Summary, Target,
};
use crate::types::{Certainty, Type, TypePlace};

/// How many calls deep summaries are followed.
const MAX_CALLS: usize = 8;

/// How many calls are followed for one question: functions that call each other in circles lead everywhere.
const MAX_STEPS: u32 = 256;

/// A function or method by where its facts are found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Function {
    package: Name,
    receiver: Option<Name>,
    name: Name,
}

impl Function {
    pub(super) fn new(package: &Name, receiver: Option<&Name>, name: &Name) -> Self {
        Self {
            package: package.clone(),
            receiver: receiver.cloned(),
            name: name.clone(),
        }
    }

    /// The import path of its package.
    pub(super) fn package(&self) -> &Name {
        &self.package
    }
}

/// A function, and the parameter or receiver of which is asked what it does to it.
type Question = (Function, ParameterIndex);

/// The answers that were found, and the questions that are being answered.
#[derive(Default)]
pub(super) struct Links {
    endings: RefCell<FxHashMap<Function, End>>,
    effects: RefCell<FxHashMap<Question, Option<Rc<Effects>>>>,
    open_endings: RefCell<Vec<Function>>,
    open_effects: RefCell<Vec<Question>>,
    /// True once an answer was left out because its question is being answered already, or too many are.
    is_partial: Cell<bool>,
    steps: Cell<u32>,
}

impl Links {
    /// Counts a step of the question that is being answered, `open` questions deep. False when there were too many.
    fn steps_on(&self, open: usize) -> bool {
        let steps = if open == 0 { 0 } else { self.steps.get() + 1 };
        self.steps.set(steps);
        open < MAX_CALLS && steps < MAX_STEPS
    }
}

/// How a function ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Returns,
    Never(Ending),
    Unknown,
}

/// A function with all that its summary is read by.
pub(super) struct Owner<'a> {
    package: &'a PackageFacts,
    file: &'a FileFacts,
    facts: &'a FunctionFacts,
    pub(super) summary: &'a Summary,
}

/// Whom a summary's call calls.
pub(super) enum Called {
    /// This function.
    Function(Function),
    /// A function of this name that another type's embedded field brings; its receiver isn't the place itself.
    Promoted(Function),
    /// Nothing: a conversion to a basic type.
    Nothing,
    /// Not known.
    Unknown,
}

impl Context<'_> {
    /// How a function ends that certainly never returns.
    pub(super) fn ending_of_function(&self, function: &Function) -> Option<Ending> {
        match self.end_of(function) {
            End::Never(ending) => Some(ending),
            End::Returns | End::Unknown => None,
        }
    }

    pub(super) fn function_never_returns(&self, function: &Function) -> Certainty {
        match self.end_of(function) {
            End::Never(_) => Certainty::Yes,
            End::Returns => Certainty::No,
            End::Unknown => Certainty::Unknown,
        }
    }

    fn end_of(&self, function: &Function) -> End {
        let Function {
            package,
            receiver,
            name,
        } = function;
        let known = match receiver {
            Some(receiver) => known::ending_of_method(package, receiver, name),
            None => known::ending_of_function(package, name),
        };
        if let Some(ending) = known {
            return End::Never(ending);
        }
        if is_known_to_return(function) {
            return End::Returns;
        }
        if let Some(known) = self.links.endings.borrow().get(function) {
            return *known;
        }
        let open = self.links.open_endings.borrow().len();
        if !self.links.steps_on(open) || self.links.open_endings.borrow().contains(function) {
            self.links.is_partial.set(true);
            return End::Unknown;
        }
        self.links.open_endings.borrow_mut().push(function.clone());
        let end = self.with_owner(function, |owner| self.end_by_summary(owner));
        self.links.open_endings.borrow_mut().pop();
        let end = end.unwrap_or(End::Unknown);
        // What was found while another question was open may be less than what there is to find.
        if open == 0 || !self.links.is_partial.get() {
            self.links.endings.borrow_mut().insert(function.clone(), end);
        }
        if open == 0 {
            self.links.is_partial.set(false);
        }
        end
    }

    fn end_by_summary(&self, owner: &Owner<'_>) -> End {
        let summary = owner.summary;
        let mut endings = summary.endings;
        let mut end = End::Returns;
        if !summary.returns {
            end = endings.only().map_or(End::Unknown, End::Never);
        }
        for call in summary.calls.iter().filter(|call| call.always) {
            if matches!(end, End::Never(_)) {
                break;
            }
            match self.end_of_target(owner, &call.target) {
                End::Never(ending) => {
                    endings.insert(ending);
                    end = endings.only().map_or(End::Unknown, End::Never);
                }
                End::Unknown => end = End::Unknown,
                End::Returns => {}
            }
        }
        match end {
            End::Never(Ending::Panic | Ending::Mixed) if !self.lets_panics_through(owner) => End::Unknown,
            end => end,
        }
    }

    fn end_of_target(&self, owner: &Owner<'_>, target: &Target) -> End {
        match self.called(owner, target) {
            Called::Function(function) | Called::Promoted(function) => self.end_of(&function),
            Called::Nothing => End::Returns,
            Called::Unknown => End::Unknown,
        }
    }

    /// Whether nothing that a function defers may stop its panics; [`Certainty::Unknown`] when something may.
    pub(super) fn function_lets_panics_through(&self, function: &Function) -> Certainty {
        match self.with_owner(function, |owner| self.lets_panics_through(owner)) {
            Some(true) => Certainty::Yes,
            _ => Certainty::Unknown,
        }
    }

    /// True when nothing that the function defers may stop its panics.
    fn lets_panics_through(&self, owner: &Owner<'_>) -> bool {
        let mut deferred = owner.summary.calls.iter().filter(|call| call.deferred);
        owner.summary.recovers_itself.is_no()
            && deferred.all(|call| match self.called(owner, &call.target) {
                Called::Function(function) | Called::Promoted(function) => {
                    self.certainly_recovers_not(&function)
                        || self
                            .with_owner(&function, |callee| callee.summary.recovery.recovers.is_no())
                            .unwrap_or_else(|| is_known_to_return(&function))
                }
                Called::Nothing => true,
                Called::Unknown => false,
            })
    }

    /// What deferring a function does with a panic, its calls followed; those that stay unknown are left in the answer.
    pub(super) fn recovery_of_function(&self, function: &Function) -> Option<Recovery> {
        if is_known_to_return(function) || self.certainly_recovers_not(function) {
            return Some(Recovery {
                recovers: Certainty::No,
                ..Recovery::default()
            });
        }
        self.with_owner(function, |owner| self.linked_recovery(owner))
    }

    fn certainly_recovers_not(&self, function: &Function) -> bool {
        let package = self.package_facts(&function.package);
        package.is_some_and(|package| {
            let declared = package.declaration(function.receiver.as_deref(), &function.name);
            declared.is_some_and(|(_, facts)| {
                self.asked.note(&facts.name);
                facts.summary.certainly_recovers_not()
            })
        })
    }

    fn linked_recovery(&self, owner: &Owner<'_>) -> Recovery {
        let mut recovery = owner.summary.recovery.clone();
        for call in std::mem::take(&mut recovery.calls) {
            let end = self.end_of_target(owner, &call.target);
            let occurrence = if call.always {
                Occurrence::EveryPath
            } else {
                Occurrence::SomePaths
            };
            recovery.returns &= !(call.always && matches!(end, End::Never(_)));
            match end {
                End::Returns => {}
                End::Unknown => recovery.calls.push(call),
                End::Never(Ending::Panic) => recovery.repanics = recovery.repanics.max(occurrence),
                End::Never(_) => recovery.exits = recovery.exits.max(occurrence),
            }
        }
        if recovery.repanics.is_possible() && recovery.exits.is_possible() {
            (recovery.repanics, recovery.exits) = (Occurrence::SomePaths, Occurrence::SomePaths);
        }
        recovery
    }

    /// What a method reads of its receiver; nothing when that isn't known.
    pub(super) fn receiver_reads_of(&self, function: &Function) -> ReceiverReads {
        self.with_owner(function, |owner| owner.summary.receiver_reads.clone())
            .unwrap_or_default()
    }

    /// What calling a function does to an argument or the receiver.
    pub(super) fn effects_of_function(&self, function: &Function, root: &ParameterIndex) -> Option<Effects> {
        self.effects_from(function, root)
            .map(|effects| Effects::clone(&effects))
    }

    fn effects_from(&self, function: &Function, root: &ParameterIndex) -> Option<Rc<Effects>> {
        let question = (function.clone(), root.clone());
        if let Some(known) = self.links.effects.borrow().get(&question) {
            return known.clone();
        }
        if is_known_to_keep_nothing(function) {
            return Some(Rc::default());
        }
        let open = self.links.open_effects.borrow().len();
        if !self.links.steps_on(open) {
            self.links.is_partial.set(true);
            return None;
        }
        // A function that is asked about while its own answer is being found adds nothing to it.
        if self.links.open_effects.borrow().contains(&question) {
            self.links.is_partial.set(true);
            return Some(Rc::default());
        }
        self.links.open_effects.borrow_mut().push(question.clone());
        let effects = self.with_owner(function, |owner| Rc::new(self.effects_by_summary(owner, root)));
        self.links.open_effects.borrow_mut().pop();
        if open == 0 || !self.links.is_partial.get() {
            self.links.effects.borrow_mut().insert(question, effects.clone());
        }
        if open == 0 {
            self.links.is_partial.set(false);
        }
        effects
    }

    fn effects_by_summary(&self, owner: &Owner<'_>, root: &ParameterIndex) -> Effects {
        let mut effects = Effects::default();
        for effect in owner
            .summary
            .effects
            .iter()
            .filter(|effect| effect.place.root == *root)
        {
            effects.add(LinkedEffect {
                kind: effect.kind,
                path: effect.place.path.clone(),
                is_certain: effect.is_certain,
            });
        }
        for call in &owner.summary.calls {
            let called = self.called(owner, &call.target);
            if let Target::Member { place, .. } = &call.target
                && place.root == *root
            {
                let inner = match &called {
                    Called::Function(function) => self.effects_from(function, &ParameterIndex::Receiver),
                    Called::Promoted(function) if is_known_to_keep_nothing(function) => Some(Rc::default()),
                    _ => None,
                };
                effects.add_moved(&place.path, inner.as_deref());
            }
            for (index, place) in call.arguments.iter().enumerate() {
                if let Some(place) = place.as_ref().filter(|place| place.root == *root) {
                    let inner = self.effects_on_argument(&called, call, index);
                    effects.add_moved(&place.path, inner.as_deref());
                }
            }
        }
        effects
    }

    fn effects_on_argument(&self, called: &Called, call: &CallSite, index: usize) -> Option<Rc<Effects>> {
        match called {
            Called::Nothing => Some(Rc::default()),
            Called::Unknown => None,
            Called::Function(function) | Called::Promoted(function) => {
                if is_known_to_keep_nothing(function) {
                    return Some(Rc::default());
                }
                let parameter = self.parameter_at(function, index, call.arguments.len(), call.spread)?;
                self.effects_from(function, &parameter)
            }
        }
    }

    /// The parameter that takes an argument alone.
    pub(super) fn parameter_at(
        &self,
        function: &Function,
        argument: usize,
        arguments: usize,
        spread: bool,
    ) -> Option<ParameterIndex> {
        self.with_owner(function, |owner| {
            let signature = &owner.facts.signature;
            let parameters = signature.parameters.len();
            let fixed = parameters - usize::from(signature.variadic);
            let is_alone = argument < fixed || spread && argument < parameters;
            let fits = arguments == parameters || signature.variadic && arguments >= fixed;
            (is_alone && fits).then_some(ParameterIndex::Parameter(argument as u32))
        })
        .flatten()
    }

    /// Reads a function's summary, when there is one and the names in it mean what they were taken to mean.
    pub(super) fn with_owner<T>(&self, function: &Function, read: impl FnOnce(&Owner<'_>) -> T) -> Option<T> {
        let package = self.package_facts(&function.package)?;
        let (file, facts) = package.declaration(function.receiver.as_deref(), &function.name)?;
        let summary = self.summary_of(facts)?;
        let owner = Owner {
            package: &package,
            file,
            facts,
            summary,
        };
        let holds = |name: &Name| self.is_predeclared_in(owner.package, owner.file, name);
        summary.assumes.iter().all(holds).then(|| read(&owner))
    }

    /// Whom a call in a summarised function calls.
    pub(super) fn called(&self, owner: &Owner<'_>, target: &Target) -> Called {
        match target {
            Target::Unknown => Called::Unknown,
            Target::Imported { package, name } => Called::Function(Function::new(package, None, name)),
            Target::Function(name) if owner.package.function(name).is_some() => {
                Called::Function(Function::new(&owner.package.path, None, name))
            }
            Target::Function(name) => {
                let is_conversion =
                    known::is_basic_type(name) && self.is_predeclared_in(owner.package, owner.file, name);
                if is_conversion {
                    Called::Nothing
                } else {
                    Called::Unknown
                }
            }
            Target::Member { place, name } => self.called_member(owner, place, name),
        }
    }

    fn called_member(&self, owner: &Owner<'_>, place: &Place, name: &Name) -> Called {
        if let (ParameterIndex::PackageVariable(variable), []) = (&place.root, &*place.path)
            && !owner.package.declares(variable)
        {
            return match self.import_in(owner.file, variable) {
                Some(path) => Called::Function(Function::new(&path, None, name)),
                None => Called::Unknown,
            };
        }
        let Some(type_) = self.type_of_place(owner, place) else {
            return Called::Unknown;
        };
        let receiver = match &type_ {
            Type::Pointer(element) => element,
            type_ => type_,
        };
        let Type::Named(receiver) = receiver else {
            return Called::Unknown;
        };
        let TypePlace::Package(package) = &receiver.place else {
            return Called::Unknown;
        };
        match self.select(&type_, name) {
            Selection::Method(method) => {
                let function = Function::new(&method.package, Some(&method.type_name), name);
                if method.package == *package && method.type_name == receiver.name {
                    Called::Function(function)
                } else {
                    Called::Promoted(function)
                }
            }
            Selection::Unknown if self.package_facts(package).is_none() => {
                Called::Function(Function::new(package, Some(&receiver.name), name))
            }
            _ => Called::Unknown,
        }
    }

    /// The type of a place that a summary names.
    fn type_of_place(&self, owner: &Owner<'_>, place: &Place) -> Option<Type> {
        let path = &owner.package.path;
        let unknown = environment(&owner.facts.type_parameters, &[]);
        let at = Written::Package(path, &unknown);
        let root = match &place.root {
            ParameterIndex::Receiver => {
                let receiver = owner.facts.receiver.as_ref()?;
                named(
                    TypePlace::Package(path.clone()),
                    &receiver.type_name,
                    Box::default(),
                )
            }
            ParameterIndex::Parameter(index) => {
                let signature = &owner.facts.signature;
                let index = *index as usize;
                if signature.variadic && index + 1 == signature.parameters.len() {
                    return None;
                }
                self.resolve_in(signature.parameters.get(index)?, at)
            }
            ParameterIndex::PackageVariable(name) => self.resolve_in(&owner.package.value(name)?.type_, at),
        };
        place.path.iter().try_fold(root, |type_, step| match step {
            Step::Field(field) => self.field(&type_, field),
            Step::Element => self.element(&type_),
        })
    }

    fn element(&self, type_: &Type) -> Option<Type> {
        match self.underlying(type_) {
            Type::Map(pair) => Some(pair.1.clone()),
            Type::Slice(element) | Type::Array(element) | Type::Channel(_, element) => {
                Some(Type::clone(&element))
            }
            _ => None,
        }
    }
}

fn is_known_to_return(function: &Function) -> bool {
    match &function.receiver {
        Some(receiver) => known::is_harmless_method(&function.package, receiver, &function.name),
        None => known::returns(&function.package, &function.name),
    }
}

fn is_known_to_keep_nothing(function: &Function) -> bool {
    match &function.receiver {
        Some(receiver) => known::is_harmless_method(&function.package, receiver, &function.name),
        None => known::is_harmless(&function.package, &function.name),
    }
}
