//! A local Runpod: one account with GraphQL and REST v2 in front of it, for serverless endpoints and all that they
//! stand on, with its rules, its doubts as switches, and its failures on demand.
//!
//! ```no_run
//! use runpod_emulator::{Effect, Emulator, Fault, Root};
//!
//! let emulator = Emulator::start();
//! emulator.fault(Fault::on(Root::SaveEndpoint).create().then(Effect::html(502).after_commit()));
//! emulator.fault(Fault::on("PATCH /v2/serverless/{id}").then(Effect::problem(400, "no")));
//! println!("{} {} {}", emulator.url(), emulator.rest_url(), emulator.key());
//! ```

mod account;
mod emulator;
mod fault_check;
mod faults;
mod graphql;
mod http;
mod jobs;
mod rest;
mod scenario;
mod wire;
mod world;

pub use account::enums::{Compliance, ComputeKind, FlashBootType, StorageType, TemplateCategory, VolumeType};
pub use account::rows::{
    Draining, EnvVar, SAMPLE_ENDPOINT, SAMPLE_POD_TEMPLATE, SAMPLE_TEMPLATE, SAMPLE_VOLUMES, StoredDiscount,
    StoredEndpoint, StoredRegistryAuth, StoredSecret, StoredTemplate, StoredVolume, StoredWorker,
};
pub use account::switches::{
    Blank, BoundTemplate, Contract, CountryCodes, DeleteRule, Drain, FlashBootDefault, GraphqlEnd, ListOrder,
    NameSuffix, Omitted, Switches, TemplateOnUpdate, UnknownEndpoint, UnknownExclusion, VolumeOrder,
};
pub use emulator::{DEFAULT_KEY, Emulator, Options};
pub use faults::effect::Effect;
pub use faults::fault::{Fault, SaveKind};
pub use faults::root::{Noun, Root};
pub use scenario::Scenario;
pub use wire::log::RequestRecord;

/// The schema of the emulated API in GraphQL's schema language.
pub fn schema_sdl() -> String {
    graphql::schema::sdl()
}
