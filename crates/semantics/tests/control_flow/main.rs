//! Control flow: how functions are left, what can run again, which defers have run, and what variables can hold.

mod defers;
mod definitions;
mod graph;
mod holding;
mod loops;
mod nilness;
mod points;
mod support;
