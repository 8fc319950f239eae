//! Secrets: names are the account's own, values never come back (API facts 1.6, V2 5.4).

use super::{
    refusal::{Reason, Refusal},
    rows::StoredSecret,
    store::{Store, new_id, now},
};

/// Stores a secret under a name of its own.
pub(crate) fn create(
    store: &mut Store,
    name: String,
    value: String,
    description: Option<String>,
) -> Result<StoredSecret, Refusal> {
    if store.data.secrets.iter().any(|row| row.name == name) {
        return Err(Refusal::of(Reason::Taken, "Secret name must be unique"));
    }
    let row = StoredSecret {
        id: new_id(10),
        name,
        value,
        description,
        created_at: now(),
        updated_at: None,
        value_updated_at: None,
    };
    store
        .secret_lag
        .created(&row, store.switches.reads_before_created);
    store.data.secrets.push(row.clone());
    Ok(row)
}

/// Writes another value.
pub(crate) fn rotate(row: &mut StoredSecret, value: String) {
    row.value = value;
    row.value_updated_at = Some(now());
}

/// Changes a secret in place.
pub(crate) fn update(
    store: &mut Store,
    id: &str,
    write: impl FnOnce(&mut StoredSecret),
) -> Result<StoredSecret, Refusal> {
    let missing = store.unknown();
    let row = store
        .data
        .secrets
        .iter_mut()
        .find(|row| row.id == id)
        .ok_or(missing)?;
    write(row);
    row.updated_at = Some(now());
    Ok(row.clone())
}

/// Deletes a secret.
pub(crate) fn delete(store: &mut Store, id: &str) -> Result<(), Refusal> {
    let Some(at) = store.data.secrets.iter().position(|row| row.id == id) else {
        return Err(store.unknown());
    };
    if store.refuses_once_more(id) {
        return Err(Refusal::of(Reason::InUse, "The secret is in use."));
    }
    let row = store.data.secrets.remove(at);
    store.secret_lag.removed(row, store.switches.reads_before_deleted);
    Ok(())
}
