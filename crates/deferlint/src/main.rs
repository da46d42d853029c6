//! deferlint: the command line.

fn main() {}
