//! Scenario files: an account and its faults, written down as JSON.

use std::{io, path::Path};

use serde::{Deserialize, Serialize};

use crate::{
    account::{
        rows::{StoredEndpoint, StoredRegistryAuth, StoredSecret, StoredTemplate, StoredVolume},
        switches::Switches,
    },
    faults::fault::Fault,
};

/// What a scenario file may hold; every key may be left out.
#[derive(Serialize, Deserialize, Clone, Debug, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Scenario {
    /// The account's worker quota.
    pub quota: Option<i32>,
    /// The account's balance in dollars.
    pub balance: Option<f64>,
    /// The switches; those left out have their defaults.
    pub switches: Option<Switches>,
    /// Endpoints to start with; one whose id is stored already replaces it.
    pub endpoints: Vec<StoredEndpoint>,
    /// Templates to start with.
    pub templates: Vec<StoredTemplate>,
    /// Network volumes to start with.
    pub volumes: Vec<StoredVolume>,
    /// Registry credentials to start with.
    pub registries: Vec<StoredRegistryAuth>,
    /// Secrets to start with.
    pub secrets: Vec<StoredSecret>,
    /// Faults in force from the start.
    pub faults: Vec<Fault>,
}

impl Scenario {
    /// Reads a scenario file.
    ///
    /// # Errors
    /// When it cannot be read, or is no scenario.
    pub fn read(path: &Path) -> io::Result<Self> {
        let text = std::fs::read(path)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
        serde_json::from_slice(&text).map_err(|error| {
            io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", path.display()))
        })
    }
}
