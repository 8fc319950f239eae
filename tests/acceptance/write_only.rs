//! Write-only values are nowhere: every file of a run is searched for them, whatever goes wrong.

use runpod_emulator::{Effect, Fault};
use serde_json::json;

use crate::support::{Cli, Ran, World, assert_nowhere, notes, ran};

const VALUE: &str = "hf_write_only_and_nowhere";
const PASSWORD: &str = "dckr_write_only_and_nowhere";

/// What goes wrong with a secret in its words.
type Quoting<'a> = &'a dyn Fn(&str) -> Effect;

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
    let problem = |status: u16, secret: &str| {
        Effect::problem_with(
            status,
            format!("{secret} is wrong"),
            &[&format!("$.value: {secret} is wrong")],
        )
    };
    let effects: [(Quoting<'_>, bool); 6] = [
        (&|secret| problem(422, secret), false),
        (&|secret| problem(409, secret), false),
        (&|secret| problem(500, secret), true),
        (&|secret| Effect::http(400, secret), true),
        (
            &|secret| Effect::http(200, format!("<html>{secret}</html>")),
            true,
        ),
        (&|_| Effect::CloseBefore, true),
    ];
    for (effect, leaves) in effects {
        let world = World::new(Cli::Older);
        for (path, secret) in [
            ("POST /v2/account/secrets", VALUE),
            ("POST /v2/registries", PASSWORD),
        ] {
            world
                .emulator
                .fault(Fault::on(path).always().then(effect(secret)));
        }
        world.write(&configuration(1));
        terraform(&world, &APPLY).fails().says("hf_token").says("private");
        let sent = world.emulator.requests_for("POST /v2/account/secrets");
        assert_eq!(
            sent[0].input()["value"],
            json!(VALUE),
            "it was sent, and could have been shown"
        );
        assert_eq!(
            !notes(&world).is_empty(),
            leaves,
            "whether there are notes, which could have shown it"
        );
    }
}

#[test]
fn a_value_that_an_interrupted_apply_sent_is_sent_again_with_what_is_configured_now() {
    let world = World::new(Cli::Older);
    let secret = |value: &str| {
        format!(
            "resource \"runpod_secret\" \"x\" {{\n  name = \"hf_token\"\n  value = \"{value}\"\n  timeouts = {{ create = \"1s\" }}\n}}\n"
        )
    };
    // It came true after Terraform gave up; its value is not what is configured now, and no read tells.
    let list = world.emulator.fault(
        Fault::on("GET /v2/account/secrets")
            .nth(1)
            .then(Effect::latency_before(std::time::Duration::ZERO)),
    );
    world
        .emulator
        .fault(Fault::on("POST /v2/account/secrets").then(Effect::CloseAfterCommit));
    world
        .emulator
        .switches(|switches| switches.reads_before_created = 8);
    world.write(&secret("old"));
    world.apply_fails().says("is not known");
    assert_eq!(world.emulator.struck(list), 1);
    assert_eq!(world.emulator.secrets()[0].value, "old");
    world.write(&secret("new").replace("1s", "60s"));
    world.apply().says("was taken over");
    assert_eq!(world.emulator.secrets().len(), 1);
    assert_eq!(world.emulator.secrets()[0].value, "new");
    world.plans_clean();
}
