//! Terraform provider for Runpod: serverless endpoints described in HCL.
//!
//! One way in, one way down: Terraform knocks at [`plugin`], which hands each call to the [`provider`] and the things
//! it offers ([`endpoint`]); a thing speaks to the Runpod client ([`runpod`]), and the client to the network. The client
//! knows nothing of Terraform; a thing knows nothing of HTTP or gRPC.
//!
//! Shared by the things: [`attribute`] (what a row of a thing's table says), [`value`] (Terraform values of any type)
//! and [`diagnostic`] (errors as sentences). [`logging`] makes the lines that `TF_LOG` understands.

pub mod attribute;
pub mod diagnostic;
pub mod endpoint;
pub mod logging;
pub mod plugin;
pub mod provider;
pub mod runpod;
pub mod value;
