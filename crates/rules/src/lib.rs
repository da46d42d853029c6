//! The rules and the fixes they offer.
