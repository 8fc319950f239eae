//! The emulator over real HTTP: one test for each behaviour that others rely on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod account;
mod admin;
mod checks;
mod client;
mod deletion;
mod faults;
mod jobs;
mod program;
mod refusals;
mod rest_catalog;
mod rest_endpoints;
mod rest_faults;
mod rest_nouns;
mod rest_order;
mod rest_switches;
mod samples;
mod saving;
mod state_file;
mod switches;
