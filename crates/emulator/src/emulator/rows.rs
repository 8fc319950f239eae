//! The rows of the account, for tests: looked at, added, edited and taken away without any of the APIs' rules.

use super::Emulator;
use crate::account::rows::{StoredEndpoint, StoredRegistryAuth, StoredSecret, StoredTemplate, StoredVolume};

impl Emulator {
    /// All stored endpoints in the order of their creation, whatever reads show.
    pub fn endpoints(&self) -> Vec<StoredEndpoint> {
        self.world.accounts.own.store().data.endpoints.clone()
    }

    /// The stored endpoint of this id.
    pub fn endpoint(&self, id: &str) -> Option<StoredEndpoint> {
        self.world.accounts.own.store().endpoint(id).cloned()
    }

    /// Stores an endpoint as it is, without any of the API's rules, and gives its id.
    pub fn add_endpoint(&self, row: StoredEndpoint) -> String {
        self.write(|store| store.put(row))
    }

    /// Stores so many endpoints, each as this makes it from its number, and gives their ids.
    pub fn add_endpoints(&self, count: usize, make: impl FnMut(usize) -> StoredEndpoint) -> Vec<String> {
        let rows: Vec<_> = (0..count).map(make).collect();
        self.write(|store| rows.into_iter().map(|row| store.put(row)).collect())
    }

    /// Changes a stored endpoint as the console would; false when there is none of this id.
    pub fn edit(&self, id: &str, change: impl FnOnce(&mut StoredEndpoint)) -> bool {
        self.write(|store| store.edit(id, change).is_some())
    }

    /// Deletes an endpoint from outside the API; false when there is none of this id.
    pub fn remove(&self, id: &str) -> bool {
        self.write(|store| store.take::<StoredEndpoint>(id))
    }

    /// All stored templates.
    pub fn templates(&self) -> Vec<StoredTemplate> {
        self.world.accounts.own.store().data.templates.clone()
    }

    /// Stores a template and gives its id; it gets one when it has none, and replaces one of the same id.
    pub fn add_template(&self, row: StoredTemplate) -> String {
        self.write(|store| store.put(row))
    }

    /// Changes a stored template as the console would; false when there is none of this id.
    pub fn edit_template(&self, id: &str, change: impl FnOnce(&mut StoredTemplate)) -> bool {
        self.write(|store| store.edit(id, change).is_some())
    }

    /// Deletes a template from outside the API; false when there is none of this id.
    pub fn remove_template(&self, id: &str) -> bool {
        self.write(|store| store.take::<StoredTemplate>(id))
    }

    /// All stored network volumes.
    pub fn volumes(&self) -> Vec<StoredVolume> {
        self.world.accounts.own.store().data.volumes.clone()
    }

    /// Stores a volume and gives its id; it gets one when it has none, and replaces one of the same id.
    pub fn add_volume(&self, row: StoredVolume) -> String {
        self.write(|store| store.put(row))
    }

    /// Changes a stored volume as the console would; false when there is none of this id.
    pub fn edit_volume(&self, id: &str, change: impl FnOnce(&mut StoredVolume)) -> bool {
        self.write(|store| store.edit(id, change).is_some())
    }

    /// Deletes a volume from outside the API; false when there is none of this id.
    pub fn remove_volume(&self, id: &str) -> bool {
        self.write(|store| store.take::<StoredVolume>(id))
    }

    /// All stored registry credentials, passwords included.
    pub fn registries(&self) -> Vec<StoredRegistryAuth> {
        self.world.accounts.own.store().data.registry_auths.clone()
    }

    /// Stores a registry and gives its id; it gets one when it has none, and replaces one of the same id.
    pub fn add_registry(&self, row: StoredRegistryAuth) -> String {
        self.write(|store| store.put(row))
    }

    /// Changes a stored registry as the console would; false when there is none of this id.
    pub fn edit_registry(&self, id: &str, change: impl FnOnce(&mut StoredRegistryAuth)) -> bool {
        self.write(|store| store.edit(id, change).is_some())
    }

    /// Deletes a registry from outside the API; false when there is none of this id.
    pub fn remove_registry(&self, id: &str) -> bool {
        self.write(|store| store.take::<StoredRegistryAuth>(id))
    }

    /// All stored secrets, values included.
    pub fn secrets(&self) -> Vec<StoredSecret> {
        self.world.accounts.own.store().data.secrets.clone()
    }

    /// Stores a secret and gives its id; it gets one when it has none, and replaces one of the same id.
    pub fn add_secret(&self, row: StoredSecret) -> String {
        self.write(|store| store.put(row))
    }

    /// Changes a stored secret as the console would; false when there is none of this id.
    pub fn edit_secret(&self, id: &str, change: impl FnOnce(&mut StoredSecret)) -> bool {
        self.write(|store| store.edit(id, change).is_some())
    }

    /// Deletes a secret from outside the API; false when there is none of this id.
    pub fn remove_secret(&self, id: &str) -> bool {
        self.write(|store| store.take::<StoredSecret>(id))
    }
}
