//! Parses Go with tree-sitter, incrementally and within a time budget.
