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

mod accounts;
mod actions;
mod attributes;
mod catalog;
mod data_sources;
mod deployment;
mod docs;
mod echo;
mod errors;
mod exactly_one;
mod examples;
mod functions;
mod graphql_end;
mod hard_use;
mod identity;
mod import;
mod install;
#[cfg(unix)]
mod interruption;
mod lifecycle;
mod logs;
mod moved;
mod network_volume;
#[cfg(unix)]
mod notes;
mod nouns;
mod outside;
mod provider;
mod query;
mod reads;
mod registry;
mod release;
mod replacement;
mod rest;
mod rest_faults;
mod rest_values;
mod retries;
mod secret;
mod template;
mod two_apis;
mod updates;
mod validation;
mod write_only;
