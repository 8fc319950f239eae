//! The Runpod client: what can be asked of Runpod's APIs, noun by noun, whichever of the APIs is asked.
//!
//! It can be read and used without knowing what Terraform is. A noun's file ([`endpoints`] and its neighbours) says what
//! there is and what can be asked of it, all in the one shape of [`Collection`]. `graphql` and `rest` are the two
//! dialects: how an operation is spelled and what an answer means. `transport` is below both: how anything travels,
//! what is tried again, and when.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use runpod::{Api, Call, Client, Collection, Endpoints, Settings};
//! use tokio_util::sync::CancellationToken;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(Settings {
//!     graphql_url: "https://api.runpod.io/graphql".parse()?,
//!     rest_url: "https://api.runpod.io/v2".parse()?,
//!     jobs_url: "https://api.runpod.ai/v2".parse()?,
//!     key: std::env::var("RUNPOD_API_KEY")?.into(),
//!     user_agent: "spring-cleaning/1.0".to_owned(),
//!     request_timeout: Duration::from_secs(30),
//!     max_retries: 4,
//! })?;
//! let endpoints = client.endpoints(Api::GraphQl);
//!
//! let call = Call::within(Duration::from_secs(300), CancellationToken::new());
//! for endpoint in &endpoints.list(&call).await?.objects {
//!     if endpoint.workers_max == Some(0) {
//!         endpoints.delete(&call, &endpoint.id).await?;
//!     }
//! }
//! # Ok(())
//! # }
//! ```

mod asked;
mod call;
pub mod catalog;
mod client;
pub mod collection;
mod container;
pub mod creation;
pub mod endpoints;
mod env;
pub mod error;
#[cfg(test)]
mod fixture;
mod graphql;
pub mod jobs;
pub mod network_volumes;
pub mod operation;
pub mod registries;
mod rest;
pub mod secrets;
mod shared_list;
pub mod templates;
mod transport;

pub use call::Call;
pub use client::Client;
pub use collection::{Collection, Deletion, Listing, Object};
pub use container::{Container, ContainerWrite};
pub use endpoints::{Discount, Endpoint, EndpointWrite, Endpoints, Rollout, Worker};
pub use env::{Env, digest};
pub use error::{Error, FieldError, Kind, KnownRefusal, Refusal};
pub use network_volumes::{NetworkVolume, NetworkVolumeWrite};
pub use operation::{Action, Api, Operation};
pub use registries::{Registry, RegistryWrite};
pub use secrets::{Secret, SecretWrite};
pub use shared_list::SharedList;
pub use templates::{PersistentVolume, Template, TemplateWrite};
pub use transport::{Settings, is_loopback};
