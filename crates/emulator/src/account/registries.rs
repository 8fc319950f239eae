//! Container registry credentials (API facts 1.6, V2 5.3).

use super::{
    refusal::{Reason, Refusal},
    rows::StoredRegistryAuth,
    save::unknown,
    store::{Store, new_id},
};

/// Stores a registry credential under a name of its own.
pub(crate) fn create(
    store: &mut Store,
    name: String,
    username: String,
    password: String,
) -> Result<StoredRegistryAuth, Refusal> {
    if store.data.registry_auths.iter().any(|row| row.name == name) {
        return Err(Refusal::of(Reason::Taken, "Registry auth name must be unique"));
    }
    let row = StoredRegistryAuth {
        id: format!("c{}", new_id(24)),
        name,
        username,
        password,
    };
    store.data.registry_auths.push(row.clone());
    Ok(row)
}

/// Changes the user name and password of a registry credential.
pub(crate) fn update(
    store: &mut Store,
    id: &str,
    username: String,
    password: String,
) -> Result<StoredRegistryAuth, Refusal> {
    let missing = unknown(store);
    let row = store
        .data
        .registry_auths
        .iter_mut()
        .find(|row| row.id == id)
        .ok_or(missing)?;
    row.username = username;
    row.password = password;
    Ok(row.clone())
}

/// Deletes a registry credential.
pub(crate) fn delete(store: &mut Store, id: &str) -> Result<(), Refusal> {
    let before = store.data.registry_auths.len();
    store.data.registry_auths.retain(|row| row.id != id);
    if store.data.registry_auths.len() == before {
        return Err(unknown(store));
    }
    Ok(())
}
