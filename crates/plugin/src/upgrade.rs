//! Stored states of any schema version, and of other resource types, as the present schema has them.

use serde_json::Value as Json;
use tf_provider::{Diagnostics, schema::Schema};

use super::diagnostics::error;
use super::offers::{Origin, ResourceOffer};
use super::schema::prune;
use super::wire;

/// The stored state for the present schema, as JSON.
///
/// A state of the same schema version passes as it is, but for attributes that the schema no longer has. An
/// older one goes through the resource's own upgrade. A newer one is an error, and so is the form that Terraform
/// before 0.12 stored.
pub(crate) fn upgrade(
    offer: &ResourceOffer,
    diags: &mut Diagnostics,
    version: i64,
    raw: Option<wire::RawState>,
) -> Option<Vec<u8>> {
    let schema = present_schema(offer, diags)?;
    let raw = raw.unwrap_or_default();
    let mut state = parse(diags, &raw)?;
    if version > schema.version {
        diags.add_error(error(
            "The stored state is of a newer provider",
            format!(
                "It has schema version {version}, and this version of the provider knows {known} at most. Use the \
                 version of the provider that wrote it, or a newer one.",
                known = schema.version,
            ),
        ));
        return None;
    }
    if version < schema.version {
        let Some(own) = &offer.upgrade else {
            diags.add_error(error(
                "The stored state cannot be upgraded",
                format!(
                    "It has schema version {version}, and the provider, which is at version {known}, has no way \
                     from there. Remove the resource from the state and import it.",
                    known = schema.version,
                ),
            ));
            return None;
        };
        state = own.upgrade(diags, version, state)?;
        prune(&mut state, schema);
        return Some(state.to_string().into_bytes());
    }
    let stored = state.clone();
    prune(&mut state, schema);
    // What needs no change keeps its numbers to the last digit.
    if state == stored {
        Some(raw.json)
    } else {
        Some(state.to_string().into_bytes())
    }
}

/// The state that another resource type has stored, as this resource takes it over, as JSON.
pub(crate) fn take_over(
    offer: &ResourceOffer,
    diags: &mut Diagnostics,
    origin: &Origin,
    raw: Option<wire::RawState>,
) -> Option<Vec<u8>> {
    let schema = present_schema(offer, diags)?;
    let Some(moving) = &offer.moving else {
        diags.add_error(error(
            "The state cannot be moved",
            format!(
                "This resource takes over no state of another type, and so not that of {}. Remove that from the state and \
                 import the object instead.",
                origin.resource
            ),
        ));
        return None;
    };
    let state = parse(diags, &raw.unwrap_or_default())?;
    let mut state = moving.take_over(diags, origin, state)?;
    prune(&mut state, schema);
    Some(state.to_string().into_bytes())
}

fn present_schema<'a>(offer: &'a ResourceOffer, diags: &mut Diagnostics) -> Option<&'a Schema> {
    let schema = offer.schema().as_ref();
    schema
        .map_err(|broken| diags.add_diagnostics(broken.clone()))
        .ok()
}

fn parse(diags: &mut Diagnostics, raw: &wire::RawState) -> Option<Json> {
    if raw.json.is_empty() && !raw.flatmap.is_empty() {
        diags.add_error(error(
            "The stored state is too old",
            "It has a form that Terraform used before version 0.12, which this provider cannot read. Let an older \
             Terraform refresh it first, or remove the resource from the state and import it.",
        ));
        return None;
    }
    let state = serde_json::from_slice(&raw.json);
    if state.is_err() {
        // The text of an error of JSON quotes no values, but then it helps nobody either.
        diags.add_error(error("The stored state is broken", "It is not valid JSON."));
    }
    state.ok()
}
