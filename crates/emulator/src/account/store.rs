//! The account: its rows in memory, their ids, what a read shows of them, and the file they survive in.

use std::{
    collections::HashMap,
    fs::{File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rand::RngExt;
use serde::{Deserialize, Serialize};

use super::{
    lag::Lag,
    refusal::{Reason, Refusal},
    releases::StoredRelease,
    rows::{
        EnvVar, SAMPLE_ENDPOINT, SAMPLE_POD_TEMPLATE, SAMPLE_TEMPLATE, SAMPLE_VOLUMES, StoredDiscount,
        StoredEndpoint, StoredRegistryAuth, StoredSecret, StoredTemplate, StoredVolume,
    },
    switches::Switches,
};

/// The worker quota of a standard account (API facts 2.6).
pub(crate) const STANDARD_QUOTA: i32 = 30;
/// The user id of the account.
const USER_ID: &str = "user_2emulator";
/// The user id of the other account.
const OTHER_USER_ID: &str = "user_2other";

/// A deleted endpoint that some more reads still show.
#[derive(Serialize, Deserialize, Clone, Debug)]
pub(crate) struct Lingering {
    pub(crate) row: StoredEndpoint,
    pub(crate) reads: u32,
}

/// A right to pull images from a repository of Amazon's registry (V2 5.3).
#[derive(Serialize, Deserialize, Clone, Debug)]
pub(crate) struct StoredDelegation {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) region: String,
    pub(crate) user: String,
    pub(crate) repository: String,
    pub(crate) delegator: String,
    pub(crate) created_at: String,
}

/// Everything that survives a restart.
#[derive(Serialize, Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Data {
    #[serde(default = "user_id")]
    pub(crate) user_id: String,
    pub(crate) endpoints: Vec<StoredEndpoint>,
    #[serde(default)]
    pub(crate) lingering: Vec<Lingering>,
    pub(crate) templates: Vec<StoredTemplate>,
    pub(crate) volumes: Vec<StoredVolume>,
    pub(crate) registry_auths: Vec<StoredRegistryAuth>,
    pub(crate) secrets: Vec<StoredSecret>,
    pub(crate) quota: i32,
    pub(crate) balance: f64,
    #[serde(default)]
    pub(crate) discount: Option<StoredDiscount>,
    #[serde(default)]
    pub(crate) pub_key: String,
    #[serde(default)]
    pub(crate) sample_id_taken: bool,
    #[serde(default)]
    pub(crate) releases: Vec<StoredRelease>,
    #[serde(default)]
    pub(crate) delegations: Vec<StoredDelegation>,
}

fn user_id() -> String {
    USER_ID.into()
}

impl Default for Data {
    fn default() -> Self {
        let serverless = StoredTemplate {
            id: SAMPLE_TEMPLATE.into(),
            name: "My Serverless Template".into(),
            docker_args: "python handler.py".into(),
            env: vec![EnvVar::new("key1", "value1")],
            ..StoredTemplate::default()
        };
        let pod = StoredTemplate {
            id: SAMPLE_POD_TEMPLATE.into(),
            name: "My Pod Template".into(),
            image_name: Some("runpod/pytorch:latest".into()),
            is_serverless: false,
            volume_in_gb: 20,
            volume_mount_path: Some("/workspace".into()),
            ports: Some("8888/http,22/tcp".into()),
            ..StoredTemplate::default()
        };
        let volumes = SAMPLE_VOLUMES.map(|(id, place)| StoredVolume {
            id: id.into(),
            name: format!("volume {place}"),
            data_center_id: place.into(),
            ..StoredVolume::default()
        });
        Self {
            user_id: user_id(),
            endpoints: Vec::new(),
            lingering: Vec::new(),
            templates: vec![serverless, pod],
            volumes: volumes.into(),
            registry_auths: Vec::new(),
            secrets: Vec::new(),
            quota: STANDARD_QUOTA,
            balance: 100.0,
            discount: None,
            pub_key: String::new(),
            sample_id_taken: false,
            releases: Vec::new(),
            delegations: Vec::new(),
        }
    }
}

/// The account and how it behaves.
#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(crate) data: Data,
    pub(crate) switches: Switches,
    pub(crate) template_lag: Lag<StoredTemplate>,
    pub(crate) volume_lag: Lag<StoredVolume>,
    pub(crate) registry_lag: Lag<StoredRegistryAuth>,
    pub(crate) secret_lag: Lag<StoredSecret>,
    /// How often the deletion of each id was refused for nothing but the switch.
    pub(crate) refused_deletes: HashMap<String, u32>,
    path: Option<PathBuf>,
    /// Keeps a second emulator off the file.
    _lock: Option<File>,
}

impl Store {
    /// The account kept in this file, or a new one when there is no file or no path.
    pub(crate) fn open(path: Option<PathBuf>) -> io::Result<Self> {
        let lock = path.as_deref().map(locked).transpose()?;
        let data = match &path {
            Some(file) => match std::fs::read(file) {
                Ok(text) => serde_json::from_slice(&text).map_err(|error| named(file, error))?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => Data::default(),
                Err(error) => return Err(named(file, error)),
            },
            None => Data::default(),
        };
        Ok(Self {
            data,
            path,
            _lock: lock,
            ..Self::default()
        })
    }

    /// The account of another user: empty, in memory, and without ids that samples know.
    pub(crate) fn of_another_user() -> Self {
        Self {
            data: Data {
                user_id: OTHER_USER_ID.into(),
                templates: Vec::new(),
                volumes: Vec::new(),
                sample_id_taken: true,
                ..Data::default()
            },
            ..Self::default()
        }
    }

    /// Whether the account has a file.
    pub(crate) fn is_kept(&self) -> bool {
        self.path.is_some()
    }

    /// Writes the account to its file, if it has one.
    pub(crate) fn persist(&self) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let text = serde_json::to_vec_pretty(&self.data)?;
        write_atomically(path, &text)
    }

    /// The refusal of an id that does not exist.
    pub(crate) fn unknown(&self) -> Refusal {
        Refusal {
            reason: Reason::Missing,
            message: self.switches.unknown_message.clone(),
            code: self.switches.unknown_code.clone(),
        }
    }

    /// The stored row of this id, whatever reads show.
    pub(crate) fn endpoint(&self, id: &str) -> Option<&StoredEndpoint> {
        self.data.endpoints.iter().find(|row| row.id == id)
    }

    /// Takes a template away; reads may still show it for a while.
    pub(crate) fn remove_template(&mut self, id: &str) {
        if let Some(at) = self.data.templates.iter().position(|row| row.id == id) {
            let row = self.data.templates.remove(at);
            self.template_lag.removed(row, self.switches.reads_before_deleted);
        }
    }

    /// The template of this id.
    pub(crate) fn template(&self, id: &str) -> Option<&StoredTemplate> {
        self.data.templates.iter().find(|row| row.id == id)
    }

    /// The network volume of this id.
    pub(crate) fn volume(&self, id: &str) -> Option<&StoredVolume> {
        self.data.volumes.iter().find(|row| row.id == id)
    }

    /// The id of the next endpoint that is created: the page's own for the first, then random ones.
    pub(crate) fn next_endpoint_id(&mut self) -> String {
        let is_first = !self.data.sample_id_taken && self.endpoint(SAMPLE_ENDPOINT).is_none();
        self.data.sample_id_taken = true;
        if is_first {
            SAMPLE_ENDPOINT.into()
        } else {
            new_id(14)
        }
    }

    /// Takes a row away; reads may still show it for a while.
    pub(crate) fn remove(&mut self, id: &str) -> bool {
        let Some(at) = self.data.endpoints.iter().position(|row| row.id == id) else {
            return false;
        };
        let row = self.data.endpoints.remove(at);
        if self.switches.reads_before_deleted > 0 {
            self.data.lingering.push(Lingering {
                row,
                reads: self.switches.reads_before_deleted,
            });
        }
        true
    }

    /// Sum of the maximum workers of all endpoints but this one.
    pub(crate) fn workers_elsewhere(&self, id: Option<&str>) -> i32 {
        let others = self
            .data
            .endpoints
            .iter()
            .filter(|row| Some(row.id.as_str()) != id);
        others.fold(0, |sum, row| sum.saturating_add(row.workers_max))
    }
}

/// A new id of so many lower-case letters and digits.
pub(crate) fn new_id(length: usize) -> String {
    const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut rng = rand::rng();
    let pick = |_| {
        ALPHABET
            .get(rng.random_range(0..ALPHABET.len()))
            .copied()
            .map_or('a', char::from)
    };
    (0..length).map(pick).collect()
}

/// The present time as the API writes it.
pub(crate) fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The present time in milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

/// Writes a file so that it is there whole or as it was; nothing else is left behind.
fn write_atomically(path: &Path, text: &[u8]) -> io::Result<()> {
    let temporary = beside(path, &format!(".{}.tmp", new_id(6)));
    let write = || {
        let mut file = File::create(&temporary)?;
        file.write_all(text)?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)
    };
    write().map_err(|error| {
        let _ = std::fs::remove_file(&temporary);
        named(path, error)
    })
}

/// The path of a file with this at the end of its name.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(end);
    path.with_file_name(name)
}

/// An error that names the file it is about.
fn named(path: &Path, error: impl std::fmt::Display) -> io::Error {
    io::Error::other(format!("state file {}: {error}", path.display()))
}

/// Locks a state file for as long as the handle lives. The lock is on a file beside it, since the state file
/// itself is another one after each write.
fn locked(path: &Path) -> io::Result<File> {
    let lock = File::create(beside(path, ".lock")).map_err(|error| named(path, error))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(named(path, "another emulator uses it")),
        Err(TryLockError::Error(error)) => Err(named(path, error)),
    }
}
