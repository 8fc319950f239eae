//! `runpod_template` and `runpod_templates`: what a container runs, for endpoints and pods.

mod schema;

use std::sync::Arc;

use async_trait::async_trait;
use runpod::{
    Api, Call, Error, Kind, Refusal,
    collection::Collection,
    templates::{Template, TemplateWrite},
};
use sha2::{Digest, Sha256};
use tf_provider::{AttributePath, Diagnostics, value::Value};

use crate::{
    container::{check_command, look_for_command, place_command},
    managed::{
        attribute::Attribute,
        connection::Client,
        diagnostic::{error, error_at, explain},
        messages,
        noun::{Calls, Concern, Noun, Plan},
        value::{Attributes, Datum, text},
    },
};

/// Templates.
pub struct TemplateNoun;

/// What an endpoint takes from a template (V2 2.5).
const TAKEN: [&str; 9] = [
    "image",
    "args",
    "entrypoint",
    "cmd",
    "disk",
    "ports",
    "env",
    "registry_id",
    "allowed_cuda_versions",
];

#[async_trait]
impl Noun for TemplateNoun {
    type Object = Template;
    type Write = TemplateWrite;

    const TYPE: &'static str = "runpod_template";
    const TYPES: &'static str = "runpod_templates";
    const NOUN: &'static str = "template";
    const NOUNS: &'static str = "templates";
    const DESCRIPTION: &'static str =
        "A template: the container that endpoints or pods run, under a name. Needs REST v2.";
    const ID: &'static str = "Id of the template, given by Runpod.";
    const MOVED_FROM: &'static [&'static str] = &["runpod_template"];

    fn table() -> &'static [Attribute<Template, TemplateWrite>] {
        &schema::ATTRIBUTES
    }

    fn calls(client: &Client, _: &Attributes) -> Arc<Calls<Self>> {
        client.runpod.templates()
    }

    fn check(diags: &mut Diagnostics, config: &Attributes) {
        check_command(diags, config);
        let is_for_pods = config.get("serverless").as_ref_option() == Some(&Datum::Bool(false));
        if config.has("persistent_volume") && !is_for_pods && !config.get("serverless").is_unknown() {
            let detail = "persistent_volume is set, but serverless workers have none: it is for templates of pods. Leave it \
                          out, or set serverless to false.";
            error_at(
                diags,
                AttributePath::new("persistent_volume"),
                "A serverless template has no persistent volume",
                detail,
            );
        }
    }

    fn looked_for(prior: &Attributes, planned: &Attributes) -> Attributes {
        let mut like = planned.clone();
        look_for_command(prior, &mut like);
        like
    }

    fn place(template: &Template, found: &mut Attributes, like: &Attributes) {
        place_command(&template.container, found, like);
    }

    async fn plan(_: &mut Diagnostics, plan: &mut Plan<'_>) {
        // REST v2 cannot clear it (V2 5.1).
        if let Some(prior) = plan.prior
            && prior.has("persistent_volume")
            && plan.planned.lacks("persistent_volume")
        {
            plan.replace.push("persistent_volume");
        }
        Self::derive(&mut plan.planned);
    }

    fn derive(state: &mut Attributes) {
        let revision = revision(state);
        state.set("revision", revision);
    }

    async fn check_import(diags: &mut Diagnostics, client: &Client, call: &Call, template: &Template) {
        if template.public != Some(true) {
            return;
        }
        // The list is the account's own; it may lack templates that are bound to an endpoint (V2 10.17).
        match client.runpod.templates().list(call).await {
            Ok(listing) if listing.by_id(&template.id).is_some() => {}
            Ok(_) => {
                let detail = format!(
                    "The template {:?} ({}) is public and not in the list of this account's templates, so that it belongs \
                     to somebody else, who alone can change or delete it. Leave it to them, and refer to it by the data \
                     source runpod_template. If it is this account's after all, one that belongs to an endpoint, make it \
                     private in the Runpod console for the import.",
                    template.name, template.id
                );
                error(diags, "The template is another account's", detail);
            }
            Err(failure) => {
                let subject = format!("template {:?} ({})", template.name, template.id);
                diags.errors.push(explain::<Self>(&failure, &subject));
            }
        }
    }

    fn concern(failure: &Error) -> Option<Concern> {
        if failure.kind == Kind::Refused(Refusal::NOT_OWN) {
            return Some(Concern::at(
                "",
                "it is another account's",
                "A public template can be read by everybody, and changed and deleted by its owner alone. Take it out of the \
                 state with \"terraform state rm <address>\", and refer to it by the data source runpod_template.",
            ));
        }
        Concern::name_taken(
            failure,
            "Another template of the account has this name, and names of templates are unique. Choose another name, or, \
             if that template is the one meant here, take it over with \"terraform import <address> <template id>\".",
        )
    }

    async fn users(client: &Client, id: &str) -> Option<String> {
        // REST v2 does not tell the template of an endpoint (V2 2.5).
        let listing = client
            .runpod
            .endpoints(Api::GraphQl)
            .list(&Call::last_look())
            .await
            .ok()?;
        let users = listing.objects.iter();
        let users = users.filter(|endpoint| endpoint.template_id.as_deref() == Some(id));
        messages::users("endpoints", "use it", users)
    }
}

/// A digest of all that an endpoint takes from the template, so that it changes when and only when that does; unknown
/// as long as some of it is.
fn revision(state: &Attributes) -> Value<Datum> {
    let mut digest = Sha256::new();
    for name in TAKEN {
        let value = state.get(name);
        let is_known = match value {
            Value::Unknown => false,
            Value::Null => true,
            Value::Value(datum) => datum.is_wholly_known(),
        };
        if !is_known {
            return Value::Unknown;
        }
        // What is none in any spelling is none in the digest.
        let canonical = if state.has(name) {
            canonical(name, value)
        } else {
            String::new()
        };
        digest.update([0]);
        digest.update(canonical);
    }
    let hex: String = digest
        .finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    text(Some(hex))
}

/// The value as a text that is equal for values that are; the order of a set does not count.
fn canonical(name: &str, value: &Value<Datum>) -> String {
    let Value::Value(datum) = value else {
        return String::new();
    };
    match (name, datum) {
        ("allowed_cuda_versions", datum) => serde_json::json!(datum.as_text_set()).to_string(),
        _ => serde_json::to_string(datum).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(pairs: &[(&str, Value<Datum>)]) -> Attributes {
        let mut state = Attributes::default();
        for (name, value) in pairs {
            state.set(name, value.clone());
        }
        state
    }

    #[test]
    fn the_revision_follows_what_an_endpoint_takes_and_nothing_else() {
        let image = ("image", text(Some("a:1")));
        let first = revision(&state(std::slice::from_ref(&image)));
        let name = ("name", text(Some("renamed")));
        assert_eq!(first, revision(&state(&[image.clone(), name])));
        let none = ("ports", Value::Value(Datum::Many(vec![])));
        assert_eq!(first, revision(&state(&[image.clone(), none])));
        for other in [
            ("ports", Value::Value(Datum::texts(["80/http"]))),
            ("disk", Value::Value(Datum::Integer(5))),
            ("image", text(Some("a:2"))),
        ] {
            assert_ne!(first, revision(&state(&[image.clone(), other])));
        }
        assert!(revision(&state(&[image, ("disk", Value::Unknown)])).is_unknown());
    }

    #[test]
    fn versions_in_another_order_are_the_same_revision() {
        let versions = |items: [&str; 2]| {
            revision(&state(&[(
                "allowed_cuda_versions",
                Value::Value(Datum::texts(items)),
            )]))
        };
        assert_eq!(versions(["12.4", "12.8"]), versions(["12.8", "12.4"]));
    }
}
