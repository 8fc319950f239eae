//! Terraform's plugin protocol 6 over gRPC, driving tf-provider's traits.
//!
//! A provider is a [`Plugin`]: a `tf_provider::Provider` that registers what it has. [`run`] makes a process of it.
//! The server knows nothing of what is registered.
//!
//! What tf-provider's traits lack stands beside them, and is registered with a resource: [`UpgradeState`], [`MoveState`],
//! [`ResourceIdentity`], [`ListResource`], [`GenerateConfig`], and write-only and deprecated attributes. An [`Action`] stands
//! for itself.
//!
//! What a provider's code can rely on:
//!
//! - Each operation runs on a task of its own, to its end, even if Terraform's connection breaks.
//! - A panic is an error of the one operation in which it happens. Terraform is left with the state it had, or
//!   with what the operation has given to [`checkpoint::save`].
//! - No answer (`None`) is an error, even without a diagnostic, and takes nothing out of the state; except that
//!   a resource's `read` says so that the object is gone.
//! - [`Stop`] is fired when Terraform wants work to stop, and when Terraform is gone.
//! - A configuration sets no read-only attribute, and an update ends with the `id` that the object had.
//! - An object keeps its identity; the server derives it from the state on every path.
//! - A write-only attribute has its value in the configuration alone: every state, either way, has null there.
//! - A private state that cannot be read is null, never an error.

mod action;
pub mod checkpoint;
mod command_line;
mod diagnostics;
mod erased;
mod function;
mod generate;
mod handshake;
mod identity;
mod lifecycle;
mod list;
mod listener;
mod marks;
mod object_id;
mod operation;
mod read_only;
mod registration;
mod rpc;
mod schema;
mod server;
mod signals;
mod stop;
mod tls;
mod tree;
mod value;

pub use self::{
    action::{Action, Progress},
    command_line::About,
    generate::GenerateConfig,
    identity::{IdentityAttribute, IdentitySchema, ResourceIdentity},
    lifecycle::{Shutdown, ShutdownCause, Timeouts},
    list::{ListOver, ListResource, ListResults},
    registration::{
        ActionRegistration, DataSourceRegistration, MoveSource, MoveState, ProviderRegistration,
        Registration, ResourceRegistration, UpgradeState,
    },
    server::{run, run_with_timeouts},
    stop::Stop,
};

/// A provider that can be run.
pub trait Plugin: tf_provider::Provider {
    /// Says what the provider has. It is called once, when Terraform first asks; `get_resources` and its
    /// like of `tf_provider::Provider` are not.
    fn register(&self, registration: &mut Registration);

    /// Called once, just before the process ends. What it does must be quick: Terraform kills the process two
    /// seconds after asking for the end.
    fn on_shutdown(&self, shutdown: &Shutdown) {
        let _ = shutdown;
    }
}

/// Generated from `proto/tfplugin6.proto`.
#[allow(clippy::all, clippy::pedantic, missing_docs, dead_code, deprecated)]
mod wire {
    tonic::include_proto!("tfplugin6");
}

/// Generated from `proto/go_plugin.proto`.
#[allow(clippy::all, clippy::pedantic, missing_docs, dead_code)]
mod go_plugin {
    tonic::include_proto!("plugin");
}
