//! Terraform provider for Runpod: serverless endpoints described in HCL.
//!
//! One way in, one way down: Terraform knocks at [`plugin`], which hands each call to the provider and the
//! things it offers; a thing speaks to the Runpod client ([`runpod`]), and the client to the network. The client
//! knows nothing of Terraform; a thing knows nothing of HTTP or gRPC.

pub mod plugin;
pub mod runpod;
