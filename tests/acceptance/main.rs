//! Acceptance tests: the real Terraform, the real provider binary, and the emulator; each looks at both sides.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[macro_use]
mod support;
#[cfg(unix)]
mod running;

mod attributes;
mod data_sources;
mod docs;
mod echo;
mod errors;
mod exactly_one;
mod examples;
mod graphql_end;
mod import;
mod install;
#[cfg(unix)]
mod interruption;
mod lifecycle;
mod logs;
mod moved;
#[cfg(unix)]
mod notes;
mod outside;
mod provider;
mod reads;
mod release;
mod replacement;
mod rest;
mod rest_faults;
mod retries;
mod two_apis;
mod updates;
mod validation;
