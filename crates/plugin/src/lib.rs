//! The front door: Terraform's plugin protocol 6 over gRPC, driving tf-provider's traits.
//!
//! A provider is a [`Plugin`]: a `tf_provider::Provider` that says what it offers. [`run`] makes a process of it.
//! It knows nothing of what is offered.
//!
//! What a provider's code can rely on:
//!
//! - Each operation runs on a task of its own, to its end, even if Terraform's connection breaks.
//! - A panic is an error of the one operation in which it happens. Terraform is left with the state it had, or
//!   with what the operation has given to [`checkpoint::save`].
//! - No answer (`None`) is an error, even without a diagnostic, and takes nothing out of the state; except that
//!   a resource's `read` says so that the object is gone.
//! - [`Stop`] is fired when Terraform wants work to stop, and when Terraform is gone.

mod about;
pub mod checkpoint;
mod diagnostics;
mod erased;
mod handshake;
mod lifecycle;
mod listener;
mod object_id;
mod offers;
mod operation;
mod read_only;
mod resource_service;
mod schema;
mod server;
mod service;
mod signals;
mod stop;
mod tls;
mod tree;
mod upgrade;
mod value;

pub use about::About;
pub use lifecycle::{Cause, Ending, Patience};
pub use offers::{MoveState, Offered, Offers, Origin, UpgradeState};
pub use server::{run, run_with};
pub use stop::Stop;

/// A provider that can be run.
pub trait Plugin: tf_provider::Provider {
    /// Says what the provider offers. It is called once, when Terraform first asks; `get_resources` and its
    /// like of `tf_provider::Provider` are not.
    fn register(&self, offers: &mut Offers);

    /// Called once, just before the process ends. What it does must be quick: Terraform kills the process two
    /// seconds after asking for the end.
    fn ended(&self, ending: &Ending) {
        let _ = ending;
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
