//! What interfaces consist of, embedded ones included, and the core types of constraints.

use super::Context;
use crate::Name;
use crate::types::Type;

/// How many embedded interfaces are looked into.
const MAX_EMBEDDED: usize = 64;

/// The methods and unions of an interface with those of the interfaces that it embeds.
#[derive(Debug, Default)]
pub(super) struct InterfaceElements {
    /// The methods.
    pub(super) methods: Vec<(Name, Type)>,
    /// The unions of types that aren't interfaces.
    unions: Vec<Box<[Type]>>,
    /// False when something embedded isn't known.
    pub(super) is_complete: bool,
}

impl Context<'_> {
    /// The elements of an interface type; of no interface, none, and these are incomplete.
    pub(super) fn interface_elements(&self, interface: &Type) -> InterfaceElements {
        let mut elements = InterfaceElements {
            is_complete: true,
            ..InterfaceElements::default()
        };
        let mut waiting = vec![interface.clone()];
        let mut seen = Vec::new();
        while let Some(type_) = waiting.pop() {
            if seen.contains(&type_) {
                continue;
            }
            match self.underlying_of_term(&type_) {
                Type::Interface(interface) if seen.len() < MAX_EMBEDDED => {
                    elements.methods.extend(interface.methods.iter().cloned());
                    for union in &interface.embedded {
                        match &**union {
                            [single] if self.may_be_interface(single) => waiting.push(single.clone()),
                            _ => elements.unions.push(union.clone()),
                        }
                    }
                }
                _ => elements.is_complete = false,
            }
            seen.push(type_);
        }
        elements
    }

    /// The one underlying type of all types of a constraint (Go specification 1.24, "Core types"); `Unknown` when there
    /// is none.
    pub(super) fn core_type(&self, constraint: &Type) -> Type {
        match self.underlying_of_term(constraint) {
            Type::Interface(_) => {
                let elements = self.interface_elements(constraint);
                let mut cores = elements.unions.iter().map(|union| self.core_of_union(union));
                cores.find(|core| *core != Type::Unknown).unwrap_or_default()
            }
            single => single,
        }
    }

    fn core_of_union(&self, union: &[Type]) -> Type {
        let mut waiting = union.to_vec();
        let mut seen = Vec::new();
        let mut core = None;
        while let Some(term) = waiting.pop() {
            if seen.contains(&term) {
                continue;
            }
            match self.underlying_of_term(&term) {
                Type::Unknown => return Type::Unknown,
                Type::Interface(interface) => match &*interface.embedded {
                    [terms] if seen.len() < MAX_EMBEDDED => waiting.extend(terms.iter().cloned()),
                    _ => return Type::Unknown,
                },
                type_ if core.as_ref().is_none_or(|core| *core == type_) => core = Some(type_),
                _ => return Type::Unknown,
            }
            seen.push(term);
        }
        core.unwrap_or_default()
    }

    /// A type parameter is no term of a constraint (Go specification, "General interfaces"): following one could lead
    /// to itself.
    fn underlying_of_term(&self, term: &Type) -> Type {
        match term {
            Type::TypeParameter(_) => Type::Unknown,
            _ => self.underlying(term),
        }
    }

    fn may_be_interface(&self, type_: &Type) -> bool {
        matches!(self.underlying_of_term(type_), Type::Interface(_) | Type::Unknown)
    }
}
