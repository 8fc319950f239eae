//! Stored states of any schema version, and of other resource types, as the present schema has them.

use serde_json::Value as Json;
use tf_provider::Diagnostics;

use super::{Call, Service, State};
use crate::{
    Plugin,
    diagnostics::error,
    identity::Identity,
    operation::operate,
    registration::{MoveSource, RegisteredResource},
    schema::{complete, prune},
    value::Raw,
    wire::{RawState, move_resource_state, upgrade_resource_state},
};

impl<P: Plugin> Call<P> for upgrade_resource_state::Request {
    type Answer = upgrade_resource_state::Response;

    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn answered_states(answer: &mut Self::Answer) -> Vec<State<'_>> {
        vec![&mut answer.upgraded_state]
    }

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        let resource = service.resource(diags, &self.type_name)?;
        let outcome = operate(&service.lifecycle, move |diags| {
            Box::pin(async move { upgrade(&resource, diags, self.version, self.raw_state) })
        });
        let state = outcome.await.required(diags)?;
        Some(upgrade_resource_state::Response {
            upgraded_state: Some(Raw::Json(state).into_wire()),
            ..Default::default()
        })
    }
}

impl<P: Plugin> Call<P> for move_resource_state::Request {
    type Answer = move_resource_state::Response;

    fn type_name(&self) -> &str {
        &self.target_type_name
    }

    fn answered_states(answer: &mut Self::Answer) -> Vec<State<'_>> {
        vec![&mut answer.target_state]
    }

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        let resource = service.resource(diags, &self.target_type_name)?;
        let source = MoveSource {
            provider_address: self.source_provider_address,
            type_name: self.source_type_name,
            schema_version: self.source_schema_version,
        };
        let mover = resource.clone();
        let outcome = operate(&service.lifecycle, move |diags| {
            Box::pin(async move { move_state(&mover, diags, &source, self.source_state) })
        });
        let state = outcome.await.required(diags)?;
        // The resource's code knows its states with null for what this one leaves out.
        let mut whole = serde_json::from_slice(&state).unwrap_or_default();
        complete(&mut whole, resource.schema(diags)?);
        let identity = resource.identity_of(&Raw::Json(whole.to_string().into_bytes()));
        Some(move_resource_state::Response {
            target_state: Some(Raw::Json(state).into_wire()),
            target_identity: identity.as_ref().map(Identity::to_wire),
            ..Default::default()
        })
    }
}

/// The stored state for the present schema, as JSON.
///
/// A state of the same schema version passes as it is, but for attributes that the schema no longer has. An
/// older one goes through the resource's own upgrade. A newer one is an error, and so is the form that Terraform
/// before 0.12 stored.
fn upgrade(
    resource: &RegisteredResource,
    diags: &mut Diagnostics,
    version: i64,
    raw: Option<RawState>,
) -> Option<Vec<u8>> {
    let schema = resource.schema(diags)?;
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
        let Some(own) = &resource.upgrades else {
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
        state = own.upgrade_state(diags, version, state)?;
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

/// The state that another resource type has stored, as this resource has it, as JSON.
fn move_state(
    resource: &RegisteredResource,
    diags: &mut Diagnostics,
    source: &MoveSource,
    raw: Option<RawState>,
) -> Option<Vec<u8>> {
    let schema = resource.schema(diags)?;
    let Some(moves) = &resource.moves else {
        diags.add_error(error(
            "The state cannot be moved",
            format!(
                "States of another type cannot be moved to this resource, and so not that of {}. Remove that from the \
                 state and import the object instead.",
                source.type_name
            ),
        ));
        return None;
    };
    let state = parse(diags, &raw.unwrap_or_default())?;
    let mut state = moves.move_state(diags, source, state)?;
    prune(&mut state, schema);
    Some(state.to_string().into_bytes())
}

fn parse(diags: &mut Diagnostics, raw: &RawState) -> Option<Json> {
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
