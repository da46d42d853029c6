//! What functions do beyond computing their results: recovering, panicking, ending the process, and changing what their
//! parameters hold.
//!
//! [`summarize`] reads one declared function and names whatever it calls symbolically;
//! [`Context`](crate::context::Context) follows the names.

mod places;
mod recover;
mod roles;
mod summary;

pub use recover::{RecoverCall, RecoverForm, Recovering, recover_calls};
pub use roles::{Role, role_of};
pub use summary::{deletes_every_key, summarize};
