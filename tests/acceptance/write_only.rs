//! Write-only values are nowhere: every file of a run is searched for them, whatever goes wrong.

use runpod_emulator::{Effect, Fault};
use serde_json::json;

use crate::support::{Cli, Ran, World, assert_nowhere, notes, ran};

const VALUE: &str = "hf_write_only_and_nowhere";
const PASSWORD: &str = "dckr_write_only_and_nowhere";

/// Both nouns that have such a value, which comes from the environment.
fn configuration(version: u32) -> String {
    format!(
        r#"
        variable "value" {{
          ephemeral = true
        }}
        variable "password" {{
          ephemeral = true
        }}
        resource "runpod_secret" "x" {{
          name             = "hf_token"
          value_wo         = var.value
          value_wo_version = {version}
          timeouts         = {{ create = "2s" }}
        }}
        resource "runpod_registry" "x" {{
          name                = "private"
          username            = "me"
          password_wo         = var.password
          password_wo_version = {version}
          timeouts            = {{ create = "2s" }}
        }}
        "#
    )
}

/// Terraform with the values, each log at its most; nothing that it prints or leaves may show them.
fn terraform(world: &World, arguments: &[&str]) -> Ran {
    let mut command = world.command(arguments);
    command
        .env("TF_VAR_value", VALUE)
        .env("TF_VAR_password", PASSWORD)
        .env_remove("TF_LOG_PROVIDER")
        .env("TF_LOG", "TRACE");
    let ran = ran(command.output().unwrap());
    for secret in [VALUE, PASSWORD] {
        assert!(!ran.text.contains(secret), "{secret} is shown:\n{}", ran.text);
        assert_nowhere(world.path(), secret, &[]);
    }
    ran
}

const APPLY: [&str; 3] = ["apply", "-auto-approve", "-no-color"];

on_both! {
    fn values_are_in_no_file_from_plan_to_destroy(world) {
        world.write(&configuration(1));
        terraform(world, &["plan", "-no-color", "-out=plan"]).ok();
        terraform(world, &["apply", "-no-color", "plan"]).ok();
        assert_eq!(world.emulator.secrets()[0].value, VALUE);
        assert_eq!(world.emulator.registries()[0].password, PASSWORD);
        let log = std::fs::read_to_string(world.path().join("terraform.log")).unwrap();
        assert!(log.contains("POST /v2/account/secrets"), "the log tells of the calls");
        world.write(&configuration(2));
        terraform(world, &APPLY).ok().says("1 added, 1 changed, 1 destroyed");
        terraform(world, &["plan", "-no-color", "-detailed-exitcode"]).says("No changes");
        terraform(world, &["destroy", "-auto-approve", "-no-color"]).ok();
        assert!(world.emulator.secrets().is_empty() && world.emulator.registries().is_empty());
    }
}

#[test]
fn values_are_in_no_error_and_no_journal() {
    // What the API quotes, and creates that leave a note behind.
    let quoted = |status: u16| Effect::problem_with(status, format!("{VALUE} {PASSWORD}"), &[&format!("$.value: {VALUE}, {PASSWORD}")]);
    for (effect, leaves) in [
        (quoted(422), 0),
        (quoted(409), 0),
        (quoted(500), 2),
        (Effect::http(400, format!("{VALUE} {PASSWORD}")), 0),
        (Effect::http(200, format!("<html>{VALUE} {PASSWORD}</html>")), 2),
        (Effect::CloseBefore, 2),
    ] {
        let world = World::new(Cli::Older);
        for path in ["POST /v2/account/secrets", "POST /v2/registries"] {
            world.emulator.fault(Fault::on(path).always().then(effect.clone()));
        }
        world.write(&configuration(1));
        terraform(&world, &APPLY).fails().says("hf_token").says("private");
        let sent = world.emulator.requests_for("POST /v2/account/secrets");
        assert_eq!(sent[0].input()["value"], json!(VALUE), "it was sent, and could have been shown");
        if leaves > 0 {
            assert!(!notes(&world).is_empty(), "{effect:?} leaves notes, which could have shown it");
        }
    }
}
