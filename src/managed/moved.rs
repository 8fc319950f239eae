//! `moved` blocks that hand an object over from another provider for Runpod.

use plugin::{MoveSource, MoveState};
use serde_json::{Value as Json, json};
use tf_provider::Diagnostics;

use super::{
    diagnostic::error,
    messages,
    noun::Noun,
    resource::ManagedResource,
    value::{Attributes, text},
};

impl<N: Noun> MoveState for ManagedResource<N> {
    /// Takes the id alone, which all of them have from Runpod. What else they store has other names and meanings, and
    /// Terraform reads the object next.
    fn move_state(&self, diags: &mut Diagnostics, source: &MoveSource, state: Json) -> Option<Json> {
        if !N::MOVED_FROM.contains(&source.type_name.as_str()) {
            let detail = format!(
                "{} of the provider {} is not known to be {} of Runpod. Use terraform state rm and import it by its id.",
                source.type_name,
                source.provider_address,
                messages::article(N::NOUN),
            );
            let summary = format!("The resource cannot be moved to {}", N::TYPE);
            error(diags, summary, detail);
            return None;
        }
        let known = |name: &str| text(state.get(name).and_then(Json::as_str));
        let mut stored = Attributes::default();
        stored.set("id", known("id"));
        stored.set("name", known("name"));
        let id = messages::id::<N>(diags, &stored)?;
        Some(json!({ "id": id }))
    }
}
