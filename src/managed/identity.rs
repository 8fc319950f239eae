//! The identity of every resource: its id, which is Runpod's own and the same in every account.

use plugin::{IdentityAttribute, IdentitySchema, ResourceIdentity};
use serde::{Deserialize, Serialize};
use tf_provider::{Diagnostics, value::Value};

use super::{
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

    fn import_id(&self, _: &mut Diagnostics, identity: Identity) -> Option<String> {
        identity.id.as_ref_option()?.as_text().map(str::to_owned)
    }
}
