//! The identity of every resource: its id, which is Runpod's own and the same in every account.

use plugin::{IdentityAttribute, IdentitySchema, ResourceIdentity};
use serde::{Deserialize, Serialize};
use tf_provider::{AttributePath, Diagnostics, value::Value};

use super::{
    attribute::invalid,
    messages::capitalised,
    noun::Noun,
    resource::ManagedResource,
    value::{Attributes, Datum},
};

/// The identity `{ id }`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Identity {
    id: Value<Datum>,
}

impl<N: Noun> ResourceIdentity for ManagedResource<N> {
    type Identity = Identity;

    fn identity_schema(&self) -> IdentitySchema {
        let description = format!("{}'s id.", capitalised(&super::messages::article(N::NOUN)));
        IdentitySchema {
            version: 0,
            attributes: vec![IdentityAttribute::required("id", description)],
        }
    }

    fn identity(&self, state: &Attributes) -> Option<Identity> {
        Some(Identity {
            id: state.get("id").clone(),
        })
    }

    fn import_id(&self, diags: &mut Diagnostics, identity: Identity) -> Option<String> {
        let id = identity
            .id
            .as_ref_option()
            .and_then(Datum::as_text)
            .unwrap_or_default();
        // What is empty is told for every kind of import.
        if !id.trim().is_empty() && id.trim() != id {
            let problem = format!("it must be the id as Runpod has it, {:?}", id.trim());
            invalid(
                diags,
                AttributePath::new("id"),
                "id",
                &problem,
                &format!("{id:?}"),
            );
            return None;
        }
        Some(id.to_owned())
    }
}
