//! Whose key it is: with a key of another account nothing is gone, and a rotated key is the same account.

use runpod_emulator::{Emulator, Options};

use crate::support::{Cli, KEY, Ran, World, ran};

const OTHER: &str = "rpa_ANOTHER0ACCOUNTS0KEY";
const ROTATED: &str = "rpa_ROTATED0KEY";

const ENDPOINT: &str = r#"
resource "runpod_endpoint" "x" {
  name         = "sdxl"
  template_id  = "xkhgg72fuo"
  gpu_ids      = ["AMPERE_16"]
  idle_timeout = 5
}
"#;

fn world() -> World {
    let options = Options {
        keys: vec![KEY.to_owned(), ROTATED.to_owned()],
        other_keys: vec![OTHER.to_owned()],
        ..Options::default()
    };
    let world = World::on(Cli::Older, Emulator::with(options).unwrap());
    world.write(ENDPOINT);
    world.apply();
    world
}

fn with_key(world: &World, key: &str, arguments: &[&str]) -> Ran {
    ran(world
        .command(arguments)
        .env("RUNPOD_API_KEY", key)
        .output()
        .unwrap())
}

#[test]
fn with_the_key_of_another_account_nothing_is_gone() {
    let world = world();
    let before = (world.emulator.endpoints(), world.states());
    world.write(&ENDPOINT.replace("= 5", "= 6"));
    for arguments in [
        &["plan", "-no-color"][..],
        &["apply", "-auto-approve", "-no-color"],
        &["apply", "-auto-approve", "-no-color", "-refresh=false"],
        &["destroy", "-auto-approve", "-no-color"],
        &["destroy", "-auto-approve", "-no-color", "-refresh=false"],
    ] {
        with_key(&world, OTHER, arguments)
            .fails()
            .says("The API key is one of another account")
            .says("user_2emulator")
            .does_not_say("1 to add")
            .does_not_say("Destroy complete");
        assert_eq!(
            (world.emulator.endpoints(), world.states()),
            before,
            "{arguments:?}"
        );
    }
    world.apply();
    world.destroy();
}

#[test]
fn what_is_replaced_is_gone_only_with_the_key_of_its_account() {
    let world = world();
    let before = world.emulator.endpoints();
    let apply = &["apply", "-no-color", "plan"][..];
    let no_refresh = ["apply", "-auto-approve", "-no-color", "-refresh=false"];
    for (configuration, replaces) in [
        (ENDPOINT.to_owned(), vec!["-replace=runpod_endpoint.x"]),
        (ENDPOINT.replace("idle_timeout = 5", "type = \"LB\""), vec![]),
    ] {
        world.write(&configuration);
        world
            .terraform(&[&["plan", "-out=plan"][..], &replaces].concat())
            .ok();
        for arguments in [apply.to_vec(), [&no_refresh[..], &replaces].concat()] {
            with_key(&world, OTHER, &arguments)
                .fails()
                .says("The API key is one of another account")
                .does_not_say("Destruction complete");
            assert_eq!(world.emulator.endpoints(), before, "{arguments:?}");
            assert!(!world.state("runpod_endpoint.x").is_null());
        }
    }
}

#[test]
fn what_is_replaced_while_reads_lag_is_deleted() {
    let world = world();
    world
        .emulator
        .switches(|switches| switches.reads_before_created = 4);
    world
        .terraform(&[
            "apply",
            "-auto-approve",
            "-no-color",
            "-replace=runpod_endpoint.x",
        ])
        .ok();
    world
        .terraform(&[
            "apply",
            "-auto-approve",
            "-no-color",
            "-refresh=false",
            "-replace=runpod_endpoint.x",
        ])
        .ok();
    assert_eq!(world.emulator.endpoints().len(), 1);
}

#[test]
fn a_rotated_key_is_the_same_account() {
    let world = world();
    with_key(&world, ROTATED, &["plan", "-detailed-exitcode", "-no-color"]).ok();
    let id = world.emulator.endpoints()[0].id.clone();
    world.emulator.remove(&id);
    let plan = with_key(&world, ROTATED, &["plan", "-detailed-exitcode", "-no-color"]);
    assert_eq!(plan.code, Some(2), "{}", plan.text);
    plan.says("1 to add");
}
