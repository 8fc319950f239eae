//! The HTTP server and what it serves beside the emulated APIs.

pub(crate) mod admin;
pub(crate) mod server;
