//! The rules, one file each.

pub(crate) mod map_returned_directly;
