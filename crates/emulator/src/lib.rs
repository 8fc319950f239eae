//! A local Runpod: the GraphQL API for serverless endpoints, with its rules, its doubts as switches,
//! and its failures on demand.
//!
//! ```no_run
//! use runpod_emulator::{Effect, Emulator, Fault, Root};
//!
//! let emulator = Emulator::start();
//! emulator.fault(Fault::on(Root::SaveEndpoint).create().then(Effect::html(502).after_commit()));
//! println!("{} {}", emulator.url(), emulator.key());
//! ```

mod account;
mod admin;
mod answer;
mod delete;
mod effect;
mod emulator;
mod enums;
mod fault;
mod gpus;
mod handle;
mod hold;
mod log;
mod plan;
mod request;
mod rows;
mod save;
mod save_checks;
mod scenario;
mod schema;
mod server;
mod store;
mod switches;
mod validate;
mod world;

pub use effect::Effect;
pub use emulator::{DEFAULT_KEY, Emulator, Options};
pub use enums::{Compliance, ComputeKind, FlashBootType, StorageType, TemplateCategory};
pub use fault::{Fault, Root, SaveKind};
pub use log::RequestRecord;
pub use rows::{
    Draining, EnvVar, SAMPLE_ENDPOINT, SAMPLE_POD_TEMPLATE, SAMPLE_TEMPLATE, SAMPLE_VOLUMES, StoredDiscount,
    StoredEndpoint, StoredRegistryAuth, StoredSecret, StoredTemplate, StoredVolume,
};
pub use scenario::Scenario;
pub use switches::{
    Blank, DeleteRule, Drain, FlashBootDefault, NameSuffix, Omitted, Switches, TemplateOnUpdate,
    UnknownEndpoint, VolumeOrder,
};

/// The schema of the emulated API in GraphQL's schema language.
pub fn schema_sdl() -> String {
    schema::sdl()
}
