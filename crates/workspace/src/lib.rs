//! Packages, settings, suppression, facts on demand, and the session that owns open documents.
