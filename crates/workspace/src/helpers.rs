//! The helpers for recovery that the declarations of a directory may call, by their names.

use deferlint_rules::CalledName;
use deferlint_semantics::Name;
use rustc_hash::FxHashSet;
use xxhash_rust::xxh3::xxh3_64;

/// A name in a call, and whether it is selected from something, as far as it matters whether it is another one: two may
/// have one hash.
pub(crate) type CallHash = u32;

/// The hash of a name in a call.
pub(crate) fn call_hash(call: CalledName<'_>) -> CallHash {
    xxh3_64(call.name.as_bytes()) as CallHash & !1 | CallHash::from(call.is_selected)
}

/// The names of what may be helpers for recovery.
#[derive(Debug, Default)]
pub(crate) struct Helpers(FxHashSet<CallHash>);

impl Helpers {
    /// Adds functions and methods of the directory itself that do nothing but recover.
    pub(crate) fn add_own(&mut self, names: &[Name]) {
        for name in names {
            self.add(name, false);
            self.add(name, true);
        }
    }

    /// Adds the names of what the directory defers. What is no function of its own is one of another package, or a
    /// method: it is called through a selector.
    pub(crate) fn add_deferred(&mut self, names: &[Name]) {
        for name in names {
            self.add(name, true);
        }
    }

    fn add(&mut self, name: &str, is_selected: bool) {
        self.0.insert(call_hash(CalledName { name, is_selected }));
    }

    /// True when one of the calls may be one of a helper.
    pub(crate) fn are_in(&self, calls: &[CallHash]) -> bool {
        calls.iter().any(|call| self.0.contains(call))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_only_deferred_is_called_through_a_selector() {
        let mut helpers = Helpers::default();
        helpers.add_own(&["handle".into()]);
        helpers.add_deferred(&["Close".into()]);
        let calls = |name, is_selected| helpers.are_in(&[call_hash(CalledName { name, is_selected })]);
        assert!(calls("handle", false) && calls("handle", true) && calls("Close", true));
        assert!(!calls("Close", false) && !calls("f", true));
    }
}
