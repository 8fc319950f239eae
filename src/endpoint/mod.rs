//! `runpod_endpoint` and `runpod_endpoints`: Runpod's serverless endpoints, as resource and data sources.

pub mod data_source;
pub mod messages;
pub mod model;
#[cfg(test)]
mod model_tests;
pub mod moved;
pub mod resource;
pub mod rules;
pub mod schema;
pub mod timeouts;
