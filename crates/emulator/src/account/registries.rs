//! Container registry credentials (API facts 1.6, V2 5.3).

use super::{
    refusal::{Reason, Refusal},
    rows::{StoredEndpoint, StoredRegistryAuth},
    store::{Store, new_id},
};

/// Stores a registry credential, under a name of its own unless it may be shared.
pub(crate) fn create(
    store: &mut Store,
    name: String,
    username: String,
    password: String,
    may_share_name: bool,
) -> Result<StoredRegistryAuth, Refusal> {
    if !may_share_name && store.data.registry_auths.iter().any(|row| row.name == name) {
        return Err(Refusal::of(Reason::Taken, "Registry auth name must be unique"));
    }
    let row = StoredRegistryAuth {
        id: format!("c{}", new_id(24)),
        name,
        username,
        password,
    };
    store
        .registry_lag
        .created(&row, store.switches.reads_before_created);
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
    let missing = store.unknown();
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

/// Deletes a registry credential; templates lose it without a word (V2 5.3).
pub(crate) fn delete(store: &mut Store, id: &str) -> Result<(), Refusal> {
    let Some(at) = store.data.registry_auths.iter().position(|row| row.id == id) else {
        return Err(store.unknown());
    };
    if store.refuses_once_more(id) {
        return Err(in_use());
    }
    let row = store.data.registry_auths.remove(at);
    store
        .registry_lag
        .removed(row, store.switches.reads_before_deleted);
    for template in &mut store.data.templates {
        template.container_registry_auth_id.take_if(|used| used == id);
    }
    Ok(())
}

/// Refuses the deletion of a credential that the template of an endpoint uses, where the switch wants it.
pub(crate) fn unused(store: &Store, id: &str) -> Result<(), Refusal> {
    let uses = |row: &StoredEndpoint| {
        let template = row.template_id.as_deref().and_then(|id| store.template(id));
        template.is_some_and(|row| row.container_registry_auth_id.as_deref() == Some(id))
    };
    if store.switches.used_registry_kept && store.data.endpoints.iter().any(uses) {
        return Err(in_use());
    }
    Ok(())
}

fn in_use() -> Refusal {
    Refusal::of(Reason::InUse, "The registry credential is in use.")
}
