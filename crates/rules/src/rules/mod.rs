//! The rules, one file each.

pub(crate) mod defer_argument_stale;
pub(crate) mod defer_in_loop;
pub(crate) mod defer_lock;
pub(crate) mod defer_lock_in_loop;
pub(crate) mod defer_uncalled_function;
pub(crate) mod deferred_assignment_lost;
pub(crate) mod deferred_map_write_lost;
pub(crate) mod deferred_overwrites_error;
pub(crate) mod deferred_pointer_to_local;
pub(crate) mod deferred_reads_stale_error;
pub(crate) mod deferred_shadows_result;
pub(crate) mod map_returned_directly;
pub(crate) mod recover_evaluated_early;
pub(crate) mod recover_in_nested_defer;
pub(crate) mod recover_in_nested_function;
pub(crate) mod recover_nil_map_result;
pub(crate) mod recover_not_deferred;
pub(crate) mod returned_map_cleared;
