//! Each kind of error as a user sees it in the terminal.

use runpod_emulator::{
    DeleteRule, Drain, Effect, Emulator, Fault, Options, Root, SAMPLE_POD_TEMPLATE, StoredEndpoint,
};

use crate::support::{Cli, KEY, World, ran};

const RESTRICTED: &str = "rpa_restricted";

const SDXL: &str = r#"
resource "runpod_endpoint" "sdxl" {
  name        = "sdxl"
  template_id = "xkhgg72fuo"
  gpu_ids     = ["AMPERE_16"]
  workers_max = 3
  timeouts    = { create = "3s", delete = "3s" }
}
"#;

/// Every request fails so.
fn always(effect: Effect) -> Fault {
    Fault::on(Root::Any).always().then(effect)
}

/// An account with two endpoints, and a configuration that adds a third.
fn world() -> World {
    let emulator = Emulator::with(Options {
        keys: vec![KEY.to_owned()],
        restricted_keys: vec![RESTRICTED.to_owned()],
        ..Options::default()
    })
    .unwrap();
    for (id, name) in [("abcdefghijklm1", "whisper"), ("abcdefghijklm2", "llama")] {
        let id = id.to_owned();
        emulator.add_endpoint(StoredEndpoint {
            id,
            ..StoredEndpoint::named(name)
        });
    }
    let world = World::on(Cli::Older, emulator);
    world.write(SDXL);
    world
}

/// Runs Terraform, without retries, which must fail, and compares what it says from its first error on.
fn says(world: &World, kind: &str, arguments: &[&str], environment: &[(&str, Option<&str>)]) {
    let mut command = world.command(arguments);
    command.env("RUNPOD_MAX_RETRIES", "0");
    for (name, value) in environment {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let ran = ran(command.output().unwrap());
    ran.fails();
    let begin = ran
        .text
        .find("Error: ")
        .unwrap_or_else(|| panic!("no error in\n{}", ran.text));
    let errors = &ran.text[begin..];
    insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(kind, errors);
    });
}

/// What an apply says.
fn apply_says(world: &World, kind: &str, environment: &[(&str, Option<&str>)]) {
    says(world, kind, &["apply", "-auto-approve", "-no-color"], environment);
}

/// What an apply says while every request fails so.
fn apply_says_when(effect: Effect, kind: &str) {
    let world = world();
    world.emulator.fault(always(effect));
    apply_says(&world, kind, &[]);
}

#[test]
fn a_key_that_no_one_has() {
    apply_says(
        &world(),
        "key_unknown",
        &[("RUNPOD_API_KEY", Some("rpa_mistyped"))],
    );
}

#[test]
fn no_key() {
    let world = world();
    apply_says(&world, "key_missing_without_a_block", &[("RUNPOD_API_KEY", None)]);
    world.write(&format!("provider \"runpod\" {{\n}}\n{SDXL}"));
    apply_says(&world, "key_missing", &[("RUNPOD_API_KEY", None)]);
}

#[test]
fn a_restricted_key() {
    apply_says(
        &world(),
        "key_restricted",
        &[("RUNPOD_API_KEY", Some(RESTRICTED))],
    );
}

#[test]
fn the_firewall() {
    apply_says_when(Effect::firewall(), "firewall");
}

#[test]
fn forbidden_by_something_else() {
    apply_says_when(Effect::http(403, "<html>Blocked by policy</html>"), "forbidden");
}

#[test]
fn a_fault_of_runpod_after_retries() {
    let world = world();
    world.emulator.fault(always(Effect::html(503)));
    apply_says(&world, "unavailable", &[("RUNPOD_MAX_RETRIES", Some("1"))]);
}

#[test]
fn a_fault_that_runpod_reports() {
    apply_says_when(
        Effect::error(
            "Something went wrong. Please try again later or contact support.",
            "INTERNAL_SERVER_ERROR",
        ),
        "internal_error",
    );
}

#[test]
fn no_answer_in_time() {
    let world = world();
    world.emulator.fault(always(Effect::HoldBefore));
    apply_says(&world, "timeout", &[("RUNPOD_REQUEST_TIMEOUT", Some("1"))]);
}

#[test]
fn an_answer_that_is_not_json() {
    apply_says_when(Effect::not_json(), "not_json");
}

#[test]
fn an_answer_that_is_incomplete() {
    apply_says_when(Effect::data_null(), "incomplete");
}

#[test]
fn an_unexpected_answer() {
    apply_says_when(Effect::http(302, ""), "unexpected_status");
}

#[test]
fn a_request_that_the_api_does_not_understand() {
    let body = r#"{"errors":[{"message":"Cannot query field \"pods\" on type \"Endpoint\".","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}"#;
    apply_says_when(Effect::http(400, body), "schema");
}

#[test]
fn too_many_requests() {
    apply_says_when(Effect::too_many_requests(None), "rate_limit");
}

#[test]
fn a_wait_that_is_longer_than_the_time() {
    let world = world();
    world
        .emulator
        .fault(always(Effect::too_many_requests(Some("60"))));
    apply_says(&world, "rate_limit_long", &[("RUNPOD_MAX_RETRIES", Some("4"))]);
}

#[test]
fn a_host_that_cannot_be_reached() {
    // Nothing listens on the first port.
    apply_says(
        &world(),
        "unreachable",
        &[("RUNPOD_GRAPHQL_URL", Some("http://127.0.0.1:1/graphql"))],
    );
}

#[test]
fn a_connection_that_breaks_while_an_endpoint_is_created() {
    let world = world();
    world
        .emulator
        .fault(Fault::on(Root::SaveEndpoint).then(Effect::CloseBefore));
    apply_says(&world, "connection_lost", &[]);
}

#[test]
fn a_worker_quota_that_is_used_up() {
    let world = world();
    world.emulator.set_quota(7);
    apply_says(&world, "worker_quota", &[]);
}

#[test]
fn a_template_that_does_not_exist() {
    let world = world();
    world.write(&SDXL.replace("xkhgg72fuo", "mistyped99"));
    apply_says(&world, "template_missing", &[]);
}

#[test]
fn a_template_of_pods() {
    let world = world();
    world.write(&SDXL.replace("xkhgg72fuo", SAMPLE_POD_TEMPLATE));
    apply_says(&world, "template_of_pods", &[]);
}

#[test]
fn an_empty_balance() {
    let world = world();
    world.emulator.set_balance(0.0);
    apply_says(&world, "balance", &[]);
}

#[test]
fn a_refusal_in_unknown_words() {
    let world = world();
    world
        .emulator
        .fault(Fault::on(Root::SaveEndpoint).then(Effect::error("Flux capacitor is empty.", "RUNPOD")));
    apply_says(&world, "refused", &[]);
}

#[test]
fn an_endpoint_that_is_to_be_imported_but_does_not_exist() {
    says(
        &world(),
        "import_unknown",
        &["import", "-no-color", "runpod_endpoint.sdxl", "abcdefghijklm3"],
        &[],
    );
}

#[test]
fn an_endpoint_that_is_to_be_read_but_does_not_exist() {
    let world = world();
    world.write("data \"runpod_endpoint\" \"sdxl\" {\n  name = \"sdxl\"\n}\n");
    says(&world, "data_source_unknown", &["plan", "-no-color"], &[]);
}

/// A world with the endpoint `abcdefghijklm1` in its state.
fn imported() -> World {
    let world = world();
    let whisper = SDXL.replace("\"sdxl\"", "\"whisper\"");
    world.write(&whisper);
    let import = ["import", "-no-color", "runpod_endpoint.whisper", "abcdefghijklm1"];
    world.terraform(&import).ok();
    world.apply();
    world
}

#[test]
fn a_key_that_was_revoked_while_an_endpoint_is_in_the_state() {
    let world = imported();
    world.emulator.fault(always(Effect::http(401, "")));
    says(&world, "key_revoked", &["plan", "-no-color"], &[]);
}

#[test]
fn an_update_that_is_refused() {
    let world = imported();
    let whisper = SDXL.replace("\"sdxl\"", "\"whisper\"");
    world.write(&whisper.replace("workers_max = 3", "workers_max = 30"));
    apply_says(&world, "update_refused", &[]);
}

#[test]
fn workers_that_do_not_end() {
    let world = imported();
    world
        .emulator
        .switches(|switches| (switches.delete, switches.drain) = (DeleteRule::Strict, Drain::Attempts(99)));
    says(
        &world,
        "delete_refused",
        &["destroy", "-auto-approve", "-no-color"],
        &[],
    );
}
