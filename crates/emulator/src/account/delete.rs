//! Deletions, and what stands in their way. No text of the real API is known for these refusals
//! (API facts 2.11), so they are the emulator's own.

use crate::account::save::unknown;
use crate::account::store::{Refusal, Store};
use crate::account::switches::DeleteRule;
use crate::graphql::schema::endpoint::draining_pods;

/// Deletes an endpoint (API facts 2.10, 4.4).
pub(crate) fn endpoint(store: &mut Store, id: &str) -> Result<(), Refusal> {
    let Some(row) = store.data.endpoints.iter_mut().find(|row| row.id == id) else {
        return if store.switches.unknown_delete_fails {
            Err(unknown(store))
        } else {
            Ok(())
        };
    };
    if store.switches.delete == DeleteRule::Strict && (row.workers_min != 0 || row.workers_max != 0) {
        return Err(Refusal::new(
            "Set the endpoint's min and max workers to 0 before deleting it.",
        ));
    }
    if draining_pods(row) > 0 {
        if let Some(left) = row.draining.as_mut().and_then(|drain| drain.attempts.as_mut()) {
            *left -= 1;
        }
        return Err(Refusal::new("The endpoint's workers are still shutting down."));
    }
    store.remove(id);
    Ok(())
}

/// Deletes a template by its name, unless an endpoint still uses it (API facts 2.8).
pub(crate) fn template(store: &mut Store, name: Option<&str>) -> Result<(), Refusal> {
    let found = store
        .data
        .templates
        .iter()
        .find(|row| Some(row.name.as_str()) == name);
    let Some(id) = found.map(|row| row.id.clone()) else {
        return Err(Refusal::new("Unable to find template"));
    };
    if store
        .data
        .endpoints
        .iter()
        .any(|row| row.template_id.as_deref() == Some(&id))
    {
        return Err(Refusal::new("The template is in use."));
    }
    store.data.templates.retain(|row| row.id != id);
    Ok(())
}

/// Deletes a network volume, unless an endpoint still mounts it.
pub(crate) fn volume(store: &mut Store, id: &str) -> Result<(), Refusal> {
    if store.volume(id).is_none() {
        return Err(unknown(store));
    }
    let mounts = |row: &crate::account::rows::StoredEndpoint| {
        row.network_volume_id.as_deref() == Some(id) || row.network_volume_ids.iter().any(|mine| mine == id)
    };
    if store.data.endpoints.iter().any(mounts) {
        return Err(Refusal::new("The network volume is in use."));
    }
    store.data.volumes.retain(|row| row.id != id);
    Ok(())
}

/// Deletes a registry credential.
pub(crate) fn registry_auth(store: &mut Store, id: &str) -> Result<(), Refusal> {
    let before = store.data.registry_auths.len();
    store.data.registry_auths.retain(|row| row.id != id);
    if store.data.registry_auths.len() == before {
        Err(unknown(store))
    } else {
        Ok(())
    }
}

/// Deletes a secret.
pub(crate) fn secret(store: &mut Store, id: &str) -> Result<(), Refusal> {
    let before = store.data.secrets.len();
    store.data.secrets.retain(|row| row.id != id);
    if store.data.secrets.len() == before {
        Err(unknown(store))
    } else {
        Ok(())
    }
}
