//! The RPCs about identities alone, and what the others ask of identities.

use serde_json::Value as Json;
use tf_provider::Diagnostics;

use super::{Call, Service};
use crate::{
    Plugin,
    diagnostics::error,
    identity::Identity,
    operation::guarded,
    registration::RegisteredResource,
    value::Raw,
    wire::{ResourceIdentityData, get_resource_identity_schemas, upgrade_resource_identity},
};

impl<P: Plugin> Call<P> for get_resource_identity_schemas::Request {
    type Answer = get_resource_identity_schemas::Response;

    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        let mut answer = get_resource_identity_schemas::Response::default();
        for (name, resource) in &service.registration().resources {
            if let Some(identity) = &resource.identity {
                identity.schema.check(diags, name);
                let schema = identity.schema.to_wire();
                answer.identity_schemas.insert(name.clone(), schema);
            }
        }
        Some(answer)
    }
}

impl<P: Plugin> Call<P> for upgrade_resource_identity::Request {
    type Answer = upgrade_resource_identity::Response;

    fn type_name(&self) -> &str {
        &self.type_name
    }

    /// An identity that is not there or cannot be read is none: the next read derives it. (Terraform asks for every state
    /// without one when the schema's version is not 0.)
    async fn answer(self, service: &Service<P>, diags: &mut Diagnostics) -> Option<Self::Answer> {
        let resource = service.resource(diags, &self.type_name)?;
        let identity = resource.identity.as_ref()?;
        let stored: Json = serde_json::from_slice(&self.raw_identity?.json).ok()?;
        let version = identity.schema.version;
        if self.version > version && !stored.is_null() {
            diags.add_error(error(
                "The stored identity is of a newer provider",
                format!(
                    "It has schema version {}, and this version of the provider knows {version} at most. Use the \
                     version of the provider that wrote it, or a newer one.",
                    self.version
                ),
            ));
            return None;
        }
        let present = if self.version == version {
            stored
        } else {
            match guarded(|| identity.resource.upgrade(self.version, stored)) {
                Ok(upgraded) => upgraded?,
                Err(panicked) => {
                    diags.add_error(panicked);
                    return None;
                }
            }
        };
        let upgraded = identity.read(&Raw::Json(present.to_string().into_bytes()))?;
        Some(upgrade_resource_identity::Response {
            upgraded_identity: Some(upgraded.to_wire()),
            ..Default::default()
        })
    }
}

impl RegisteredResource {
    /// The identity in a state.
    pub(crate) fn identity_of(&self, state: &Raw) -> Option<Identity> {
        self.identity.as_ref()?.of(state)
    }

    /// The identity that Terraform has stored; for a state without one (an older provider's, an older Terraform's), the
    /// one in the state.
    pub(crate) fn stored_identity(
        &self,
        stored: Option<&ResourceIdentityData>,
        state: &Raw,
    ) -> Option<Identity> {
        let identity = self.identity.as_ref()?;
        identity.read_wire(stored).or_else(|| identity.of(state))
    }

    /// The identity in the new state of an object whose identity was `before`. One that the state does not tell is what it
    /// was; another one is an error, and `Err`.
    pub(crate) fn kept_identity(
        &self,
        diags: &mut Diagnostics,
        before: Option<Identity>,
        state: &Raw,
    ) -> Result<Option<Identity>, Changed> {
        let (before, found) = match (before, self.identity_of(state)) {
            (Some(before), Some(found)) => (before, found),
            (before, found) => return Ok(found.or(before)),
        };
        match before.changed_to(&found) {
            Some(changed) => {
                diags.add_error(changed);
                Err(Changed)
            }
            None => Ok(Some(found)),
        }
    }
}

/// An object has another identity than before, and the error for it has been added.
#[derive(Debug)]
pub(crate) struct Changed;
