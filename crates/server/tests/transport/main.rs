//! The transport over the pipes of the operating system.

mod ends;
mod handlers;
mod limits;
mod messages;
mod test_server;
