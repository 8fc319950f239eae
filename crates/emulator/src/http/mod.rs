//! The HTTP server: the emulated APIs and the admin routes beside them, on one port.

mod admin;
mod dispatch;
pub(crate) mod server;
