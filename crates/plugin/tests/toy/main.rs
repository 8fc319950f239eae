//! Tests of the plugin server: a toy provider as a process of its own, driven over the wire as Terraform would.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod client;
mod connection;
mod support;

mod action;
mod function;
mod generate;
mod identity;
mod lifecycle;
mod list;
mod operations;
mod safety;
mod stored_state;
mod values;
mod write_only;
