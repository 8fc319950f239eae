//! `moved` blocks that hand an endpoint over from another provider for Runpod.

use serde_json::{Value as Json, json};
use tf_provider::Diagnostics;

use super::{messages, resource::EndpointResource};
use crate::{
    diagnostic::error,
    value::{Attributes, text},
};
use plugin::{MoveSource, MoveState};

/// What other providers call an endpoint of Runpod: Runpod's own provider since its version 2.0, and before.
const TYPES: [&str; 2] = ["runpod_serverless_endpoint", "runpod_endpoint"];

impl MoveState for EndpointResource {
    /// Takes the id alone, which all of them have from Runpod. What else they store has other names and meanings, and
    /// Terraform reads the endpoint next.
    fn move_state(&self, diags: &mut Diagnostics, source: &MoveSource, state: Json) -> Option<Json> {
        if !TYPES.contains(&source.type_name.as_str()) {
            let detail = format!(
                "{} of the provider {} is not known to be an endpoint of Runpod. Use terraform state rm and import the \
                 endpoint by its id.",
                source.type_name, source.provider_address
            );
            error(diags, "The resource cannot be moved to runpod_endpoint", detail);
            return None;
        }
        let known = |name: &str| text(state.get(name).and_then(Json::as_str));
        let mut stored = Attributes::default();
        stored.set("id", known("id"));
        stored.set("name", known("name"));
        let id = messages::id(diags, &stored)?;
        Some(json!({ "id": id }))
    }
}
