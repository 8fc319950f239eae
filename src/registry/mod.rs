//! `runpod_registry` and `runpod_registries`: credentials for container registries.

use std::sync::Arc;

use async_trait::async_trait;
use runpod::{
    Api, Call, Error,
    collection::Collection,
    registries::{Registry, RegistryWrite},
};
use tf_provider::{AttributePath, Diagnostics};

use crate::managed::{
    attribute::{Attribute, Mode, Rule, Type, invalid},
    connection::Client,
    messages,
    noun::{Calls, Concern, Noun, Plan},
    value::{Attributes, text, word},
    write_only,
};

/// Credentials for container registries.
pub struct RegistryNoun;

const ROW: Attribute<Registry, RegistryWrite> = Attribute {
    replaces: true,
    ..Attribute::ROW
};

/// Every attribute but `id` and `timeouts`. The API reads back the name alone (V2 5.3).
static ATTRIBUTES: [Attribute<Registry, RegistryWrite>; 5] = [
    Attribute {
        name: "name",
        mode: Mode::Required,
        description: "Name of the credential, 1 to 191 characters.",
        rule: Rule::Length(1, 191),
        read: |registry| text(Some(registry.name.as_str())),
        write: |write, value| write.name = word(value),
        ..ROW
    },
    Attribute {
        name: "username",
        mode: Mode::Required,
        description: "User name at the registry, 1 to 191 characters. Runpod does not tell it: after an import it is taken \
                      from the configuration.",
        rule: Rule::Length(1, 191),
        untold: true,
        write: |write, value| write.username = word(value),
        ..ROW
    },
    Attribute {
        name: "password",
        mode: Mode::Optional,
        description: "Password or token at the registry. It is kept in the state; `password_wo` is not.",
        left_out: "Exactly one of `password` and `password_wo` is required.",
        sensitive: true,
        rule: Rule::Length(1, 16384),
        write: |write, value| write.password = word(value).map(Into::into),
        ..ROW
    },
    Attribute {
        name: "password_wo",
        mode: Mode::Optional,
        description: "Password or token at the registry, write-only: it stands in no state and no plan. Needs Terraform 1.11 \
                      and `password_wo_version`.",
        write_only: true,
        sensitive: true,
        replaces: false,
        rule: Rule::Length(1, 16384),
        write: |write, value| write.password = word(value).map(Into::into),
        ..ROW
    },
    Attribute {
        name: "password_wo_version",
        kind: Type::Number,
        mode: Mode::Optional,
        description: "Any number that changes with `password_wo`.",
        ..ROW
    },
];

#[async_trait]
impl Noun for RegistryNoun {
    type Object = Registry;
    type Write = RegistryWrite;

    const TYPE: &'static str = "runpod_registry";
    const TYPES: &'static str = "runpod_registries";
    const NOUN: &'static str = "registry";
    const NOUNS: &'static str = "registries";
    const DESCRIPTION: &'static str = "A credential for a private container registry. Runpod has no change of one, so that any \
                                       change destroys it and creates another. Needs REST v2.";
    const ID: &'static str = "Id of the credential, given by Runpod.";
    const MOVED_FROM: &'static [&'static str] = &["runpod_registry", "runpod_container_registry_auth"];
    const CAN_UPDATE: bool = false;
    const HIDDEN: &'static [&'static str] = &["username", "password_wo_version"];

    fn table() -> &'static [Attribute<Registry, RegistryWrite>] {
        &ATTRIBUTES
    }

    fn calls(client: &Client, _: &Attributes) -> Arc<Calls<Self>> {
        client.runpod.registries()
    }

    fn check(diags: &mut Diagnostics, config: &Attributes) {
        write_only::check(diags, config, "password");
    }

    async fn plan(diags: &mut Diagnostics, plan: &mut Plan<'_>) {
        write_only::plan(diags, plan, "password");
        let is_imported = plan.prior.is_some_and(|prior| prior.get("username").is_null());
        if plan.config.get("username").is_null() && !is_imported {
            let path = AttributePath::new("username");
            invalid(diags, path, "username", "it is required", "null");
        }
    }

    fn concern(failure: &Error) -> Option<Concern> {
        Concern::name_taken(
            failure,
            "Another credential of the account has this name. Choose another name, or, if that credential is the one \
             meant here, take it over with \"terraform import <address> <registry id>\".",
        )
    }

    async fn users(client: &Client, id: &str) -> Option<String> {
        let (endpoints, templates) = (client.runpod.endpoints(Api::Rest), client.runpod.templates());
        let mut sentences = Vec::new();
        if let Ok(listing) = endpoints.list(&Call::last_look()).await {
            let users = listing.objects.iter();
            let users = users.filter(|endpoint| endpoint.container.registry_id.as_deref() == Some(id));
            sentences.extend(messages::users("endpoints", "use it", users));
        }
        if let Ok(listing) = templates.list(&Call::last_look()).await {
            let users = listing.objects.iter();
            let users = users.filter(|template| template.container.registry_id.as_deref() == Some(id));
            sentences.extend(messages::users("templates", "use it", users));
        }
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }
}
