//! All that an endpoint stands on in one configuration: one apply from nothing, changes in place, one destroy.

use runpod_emulator::StoredTemplate;
use serde_json::{Value, json};

use crate::support::{World, assert_nowhere, planned};

const TOKEN: &str = "hf_0123456789_of_the_hub";
const PASSWORD: &str = "dckr_pat_of_the_registry";

/// What is changed in place by a second apply.
struct Values {
    tag: &'static str,
    size: u32,
    description: &'static str,
    workers: u32,
    token_version: u32,
}

const FIRST: Values = Values {
    tag: "1",
    size: 20,
    description: "of the hub",
    workers: 2,
    token_version: 1,
};

const SECOND: Values = Values {
    tag: "2",
    size: 40,
    description: "of the hub, read-only",
    workers: 4,
    token_version: 2,
};

/// Secret, credential, volume, template, an endpoint on the template and one with an image of its own.
fn configuration(values: &Values) -> String {
    let Values {
        tag,
        size,
        description,
        workers,
        token_version,
    } = values;
    format!(
        r#"
        variable "token" {{
          type      = string
          sensitive = true
          ephemeral = true
        }}
        variable "password" {{
          type      = string
          sensitive = true
          ephemeral = true
        }}
        resource "runpod_secret" "hub" {{
          name             = "hf_token"
          description      = "{description}"
          value_wo         = var.token
          value_wo_version = {token_version}
        }}
        resource "runpod_registry" "private" {{
          name                = "private"
          username            = "me"
          password_wo         = var.password
          password_wo_version = 1
        }}
        resource "runpod_network_volume" "models" {{
          name           = "models"
          size           = {size}
          data_center_id = "EU-RO-1"
        }}
        resource "runpod_template" "worker" {{
          name        = "worker"
          image       = "example/worker:{tag}"
          registry_id = runpod_registry.private.id
          env         = {{ HF_TOKEN = runpod_secret.hub.reference }}
        }}
        resource "runpod_endpoint" "queue" {{
          name              = "queue"
          template_id       = runpod_template.worker.id
          template_revision = runpod_template.worker.revision
          gpu_ids           = ["AMPERE_16"]
          workers_max       = {workers}
          locations         = ["EU-RO-1"]
          network_volume_id = runpod_network_volume.models.id
        }}
        resource "runpod_endpoint" "own" {{
          name        = "own"
          image       = "example/worker:{tag}"
          registry_id = runpod_registry.private.id
          env         = {{ HF_TOKEN = runpod_secret.hub.reference }}
          gpu_ids     = ["ADA_24"]
          workers_max = {workers}
        }}
        "#
    )
}

/// Terraform with the two secrets in its environment.
fn terraform(world: &World, arguments: &[&str]) -> crate::support::Ran {
    let mut command = world.command(arguments);
    command
        .env("TF_VAR_token", TOKEN)
        .env("TF_VAR_password", PASSWORD);
    let ran = crate::support::ran(command.output().unwrap());
    for secret in [TOKEN, PASSWORD] {
        assert!(!ran.text.contains(secret), "{secret} is shown:\n{}", ran.text);
    }
    ran
}

fn count(world: &World) -> [usize; 5] {
    let emulator = &world.emulator;
    [
        emulator.endpoints().len(),
        emulator.templates().len(),
        emulator.volumes().len(),
        emulator.registries().len(),
        emulator.secrets().len(),
    ]
}

/// The writes that were made, each with the status that it got, in order; a save of GraphQL is a create or an update.
fn writes(world: &World) -> Vec<String> {
    let requests = world.emulator.requests();
    let writes = requests.iter().filter(|request| {
        let field = request
            .root_fields
            .first()
            .map(String::as_str)
            .unwrap_or_default();
        !field.starts_with("GET ") && !field.starts_with("myself") && field != "podTemplate"
    });
    writes.map(|request| request.root_fields.join(",")).collect()
}

fn template(world: &World) -> StoredTemplate {
    let rows = world.emulator.templates();
    rows.into_iter().find(|row| row.name == "worker").unwrap()
}

fn position(writes: &[String], what: &str) -> usize {
    let at = writes.iter().rposition(|write| write == what);
    at.unwrap_or_else(|| panic!("no {what} in {writes:?}"))
}

on_both! {
    fn one_apply_makes_all_of_it_and_one_destroy_leaves_nothing(world) {
        let before = count(world);
        world.write(&configuration(&FIRST));
        terraform(world, &["plan", "-out=first", "-no-color"]).ok().says("6 to add");
        terraform(world, &["apply", "-no-color", "first"]).ok().says("6 added, 0 changed, 0 destroyed");

        let (secrets, registries) = (world.emulator.secrets(), world.emulator.registries());
        let worker = template(world);
        assert_eq!((secrets[0].name.as_str(), secrets[0].value.as_str()), ("hf_token", TOKEN));
        assert_eq!(registries[0].password, PASSWORD);
        assert_eq!(worker.container_registry_auth_id.as_ref(), Some(&registries[0].id));
        let env = |row: &StoredTemplate| json!(row.env);
        assert_eq!(env(&worker), json!([{"key": "HF_TOKEN", "value": "{{ RUNPOD_SECRET_hf_token }}"}]));
        let made = writes(world);
        let template_made = position(&made, "POST /v2/templates");
        for earlier in ["POST /v2/registries", "POST /v2/account/secrets"] {
            assert!(position(&made, earlier) < template_made, "{made:?}");
        }
        assert!(template_made < position(&made, "saveEndpoint"), "{made:?}");
        assert!(position(&made, "POST /v2/network-volumes") < position(&made, "saveEndpoint"), "{made:?}");
        assert_eq!(made.len(), 6, "{made:?}");

        world.emulator.clear_requests();
        terraform(world, &["plan", "-detailed-exitcode", "-no-color"]).says("No changes");
        assert_eq!(writes(world), Vec::<String>::new());

        // Several at once, in place.
        let revision = world.state("runpod_template.worker")["revision"].clone();
        world.write(&configuration(&SECOND));
        terraform(world, &["plan", "-out=second", "-no-color"]).ok().says("0 to add, 5 to change, 0 to destroy");
        let plan = world.json(&["show", "-json", "second"]);
        assert_eq!(planned(&plan, "runpod_endpoint.queue")["after_unknown"].get("id"), None);
        terraform(world, &["apply", "-no-color", "second"]).ok().says("0 added, 5 changed, 0 destroyed");
        let bodies = |field: &str| -> Vec<Value> {
            world.emulator.requests_for(field).iter().map(|request| request.input()).collect()
        };
        assert_eq!(bodies("PATCH /v2/templates/{id}"), [json!({"image": "example/worker:2"})]);
        assert_eq!(bodies("PATCH /v2/network-volumes/{id}"), [json!({"size": 40})]);
        assert_eq!(
            bodies("PATCH /v2/account/secrets/{id}"),
            [json!({"value": TOKEN, "description": "of the hub, read-only"})]
        );
        assert_eq!(
            bodies("PATCH /v2/serverless/{id}"),
            [json!({"image": "example/worker:2", "workers": {"max": 4}})]
        );
        assert_ne!(world.state("runpod_template.worker")["revision"], revision);
        terraform(world, &["plan", "-detailed-exitcode", "-no-color"]).says("No changes");

        world.emulator.clear_requests();
        terraform(world, &["destroy", "-auto-approve", "-no-color"]).ok().says("6 destroyed");
        assert_eq!(count(world), before, "the account is as it was");
        let deleted = writes(world);
        let template_gone = position(&deleted, "DELETE /v2/templates/{id}");
        assert!(position(&deleted, "deleteEndpoint") < template_gone, "{deleted:?}");
        for later in ["DELETE /v2/registries/{id}", "DELETE /v2/account/secrets/{id}"] {
            assert!(template_gone < position(&deleted, later), "{deleted:?}");
        }
        for secret in [TOKEN, PASSWORD] {
            assert_nowhere(world.path(), secret, &[]);
        }
    }
}
