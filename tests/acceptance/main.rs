//! Acceptance tests: the real Terraform, the real provider binary, and the emulator; each looks at both sides.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[macro_use]
mod support;

mod attributes;
mod data_sources;
mod docs;
mod examples;
mod import;
mod lifecycle;
mod outside;
mod provider;
mod replacement;
mod validation;
