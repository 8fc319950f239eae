//! Terraform provider for Runpod: serverless endpoints, and what they stand on, described in HCL.
//!
//! One way in, one way down: Terraform calls the plugin server (the crate [`plugin`]), which hands each call to the
//! [`provider`] and its nouns ([`endpoint`], [`template`] and the others); a noun speaks to the Runpod client (the crate [`runpod`]), and the client to
//! the network. The client knows nothing of Terraform; a noun knows nothing of HTTP or gRPC.
//!
//! What every resource is stands once, in [`managed`]. [`logging`] makes the lines that `TF_LOG` understands.

pub mod catalog;
pub mod container;
pub mod endpoint;
pub mod functions;
pub mod logging;
pub mod managed;
pub mod network_volume;
pub mod provider;
pub mod registry;
pub mod secret;
pub mod template;
