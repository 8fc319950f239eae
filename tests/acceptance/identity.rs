//! Identity: imported by it (Terraform 1.12), kept by it, and missing from the states of older versions.

use runpod_emulator::{Effect, Fault, Root, StoredEndpoint};
use serde_json::{Value, json};

use crate::support::{Cli, World};

const ENDPOINT: &str = r#"
resource "runpod_endpoint" "x" {
  name         = "sdxl"
  template_id  = "xkhgg72fuo"
  gpu_ids      = ["AMPERE_16"]
  idle_timeout = 5
}
"#;

fn stored(world: &World) -> Value {
    let text = std::fs::read_to_string(world.path().join("terraform.tfstate")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn identity(world: &World) -> Value {
    stored(world)["resources"][0]["instances"][0]["identity"].clone()
}

/// The state as a Terraform before 1.12 writes it.
fn without_identity(world: &World) {
    let mut state = stored(world);
    let instance = state["resources"][0]["instances"][0].as_object_mut().unwrap();
    assert!(instance.remove("identity").is_some());
    instance.remove("identity_schema_version");
    world.write_file("terraform.tfstate", &state.to_string());
}

#[test]
fn an_endpoint_is_imported_by_its_identity() {
    let world = World::new(Cli::Newer);
    let id = world.emulator.add_endpoint(StoredEndpoint {
        idle_timeout: 5,
        ..StoredEndpoint::named("sdxl")
    });
    let import = format!("import {{\n  to = runpod_endpoint.x\n  identity = {{ id = {id:?} }}\n}}\n");
    world.write(&format!("{ENDPOINT}{import}"));
    world.apply().says("1 imported, 0 added, 0 changed, 0 destroyed");
    assert_eq!(identity(&world), json!({"id": id}));
    world.plans_clean();
}

#[test]
fn an_identity_or_id_that_is_none_is_told_as_what_it_is_and_nobody_is_asked() {
    let world = World::new(Cli::Newer);
    for (by, said) in [
        (
            "identity = { id = \" i02xupws21hp6i \" }",
            "it must be the id as Runpod has it, \"i02xupws21hp6i\"",
        ),
        ("identity = { id = \"  \" }", "An import needs an id"),
        ("id = \"  \"", "An import needs an id"),
    ] {
        world.write(&format!(
            "{ENDPOINT}import {{\n  to = runpod_endpoint.x\n  {by}\n}}\n"
        ));
        world.plan().fails().says(said);
    }
    assert!(world.emulator.requests().is_empty());
    let volume = "resource \"runpod_network_volume\" \"x\" {\n  name = \"a\"\n  size = 10\n  data_center_id = \"EU-RO-1\"\n}\n";
    for id in [".", ".."] {
        world.write(&format!(
            "{volume}import {{\n  to = runpod_network_volume.x\n  id = {id:?}\n}}\n"
        ));
        world
            .plan()
            .fails()
            .says("There is no such network volume to import");
    }
}

#[test]
fn a_state_without_identity_gets_one_in_every_path() {
    let world = World::new(Cli::Newer);
    world.write(ENDPOINT);
    world.apply();
    let id = world.emulator.endpoints()[0].id.clone();
    assert_eq!(identity(&world), json!({"id": id}));

    without_identity(&world);
    world.plans_clean();
    world.write(&ENDPOINT.replace("= 5", "= 6"));
    world
        .terraform(&["apply", "-auto-approve", "-no-color", "-refresh=false"])
        .ok();
    assert_eq!(identity(&world), json!({"id": id}));

    // An update that fails, and one that is refused.
    for effect in [
        Effect::http(401, ""),
        Effect::error("Flux capacitor is empty.", "RUNPOD"),
    ] {
        without_identity(&world);
        world.write(&ENDPOINT.replace("= 5", "= 7"));
        world
            .emulator
            .fault(Fault::on(Root::SaveEndpoint).update().then(effect));
        world.apply_fails();
        assert_eq!(identity(&world), json!({"id": id}));
    }
    world.apply();

    without_identity(&world);
    world.emulator.remove(&id);
    world.plans_changes().says("1 to add, 0 to change, 0 to destroy");
    world.apply();
    assert_ne!(identity(&world), json!({"id": id}));
}

#[test]
fn a_state_goes_to_an_older_terraform_and_back() {
    let world = World::new(Cli::Newer);
    world.write(ENDPOINT);
    world.apply();
    let id = world.emulator.endpoints()[0].id.clone();
    world.write(&ENDPOINT.replace("= 5", "= 6"));
    let older = world.terraform_of(Cli::Older, &["apply", "-auto-approve", "-no-color"]);
    older.ok();
    assert_eq!(identity(&world), Value::Null);
    world.plans_clean();
    world
        .terraform(&["apply", "-auto-approve", "-no-color", "-refresh-only"])
        .ok();
    world.write(&ENDPOINT.replace("= 5", "= 7"));
    world.apply();
    assert_eq!(identity(&world), json!({"id": id}));
    world.destroy();
    assert!(world.emulator.endpoints().is_empty());
}
