//! Terraform provider for Runpod: serverless endpoints described in HCL.
//!
//! One way in, one way down: Terraform knocks at the plugin server (the crate [`plugin`]), which hands each call to the
//! [`provider`] and its nouns ([`endpoint`]); a noun speaks to the Runpod client (the crate [`runpod`]), and the client to
//! the network. The client knows nothing of Terraform; a noun knows nothing of HTTP or gRPC.
//!
//! Shared by the nouns: [`attribute`] (what a row of a noun's table says), [`value`] (Terraform values of any type)
//! and [`diagnostic`] (errors as sentences). [`logging`] makes the lines that `TF_LOG` understands.

pub mod attribute;
pub mod diagnostic;
pub mod endpoint;
pub mod logging;
pub mod managed;
pub mod provider;
pub mod value;
