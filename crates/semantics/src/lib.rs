//! What Go code means: lowered bodies, scopes, types, control flow, effects and facts.
