//! Every fault of a client, through the real binary. After each the session must live, and hold the right text.

#[path = "../lsp_support/mod.rs"]
mod lsp_support;

mod cancellation;
mod clients;
mod documents;
mod frames;
mod lifecycle;
mod parameters;
mod patient;
