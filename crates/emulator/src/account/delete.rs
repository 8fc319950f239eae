//! `deleteEndpoint`, and what stands in its way. No text of the real API is known for these refusals
//! (API facts 2.11), so they are the emulator's own.

use super::{
    endpoint_patch::remove_bound_template,
    refusal::{Reason, Refusal},
    rows::StoredEndpoint,
    store::{Store, now_ms},
    switches::DeleteRule,
};

/// How many pods of an endpoint are still stopping.
pub(crate) fn draining_pods(row: &StoredEndpoint) -> u32 {
    row.draining.as_ref().map_or(0, |drain| {
        let over = drain.attempts == Some(0) || drain.until_ms.is_some_and(|until| until <= now_ms());
        if over { 0 } else { drain.pods }
    })
}

/// Deletes an endpoint (API facts 2.10, 4.4).
pub(crate) fn endpoint(store: &mut Store, id: &str) -> Result<(), Refusal> {
    let Some(row) = store.data.endpoints.iter_mut().find(|row| row.id == id) else {
        return if store.switches.unknown_delete_fails {
            Err(store.unknown())
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
        return Err(Refusal::of(
            Reason::InUse,
            "The endpoint's workers are still shutting down.",
        ));
    }
    store.remove(id);
    if store.switches.delete_takes_bound_template {
        remove_bound_template(store, id);
    }
    Ok(())
}
