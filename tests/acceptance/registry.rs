//! `runpod_registry`: what is special to it. What it has in common with the others is in `nouns`.

use runpod_emulator::StoredRegistryAuth;
use serde_json::json;

use crate::support::{Cli, World};

/// A credential, and a template that uses it; `more` stands in the credential.
fn configuration(name: &str, password: &str, more: &str) -> String {
    format!(
        r#"
        resource "runpod_registry" "x" {{
          name     = "{name}"
          username = "me"
          password = "{password}"
          {more}
        }}
        resource "runpod_template" "x" {{
          name        = "worker"
          image       = "example/private:1"
          registry_id = runpod_registry.x.id
        }}
        "#
    )
}

fn used(world: &World) -> Option<String> {
    let rows = world.emulator.templates().into_iter();
    let mut own = rows.filter(|row| row.name == "worker");
    own.next().unwrap().container_registry_auth_id
}

/// The writes in their order.
fn writes(world: &World) -> Vec<String> {
    let requests = world.emulator.requests();
    let writes = requests.iter().filter(|request| request.method != "GET");
    writes.map(|request| request.root_fields.join(",")).collect()
}

#[test]
fn rotation_is_a_replacement_that_leaves_no_template_without_a_credential() {
    let world = World::new(Cli::Older);
    let first = "lifecycle {\n    create_before_destroy = true\n  }";
    world.write(&configuration("private-1", "one", first));
    world.apply();
    world.emulator.clear_requests();
    world.write(&configuration("private-2", "two", first));
    world.apply().says("1 added, 1 changed, 1 destroyed");
    assert_eq!(
        writes(&world),
        [
            "POST /v2/registries",
            "PATCH /v2/templates/{id}",
            "DELETE /v2/registries/{id}"
        ]
    );
    let rows = world.emulator.registries();
    assert_eq!(
        rows.iter().map(|row| row.password.as_str()).collect::<Vec<_>>(),
        ["two"]
    );
    assert_eq!(used(&world).as_ref(), Some(&rows[0].id));
    world.plans_clean();
    // Under the same name the new one cannot stand beside the old one, and nothing is lost.
    world.write(&configuration("private-2", "three", first));
    world.apply_fails().says("the name is taken");
    assert_eq!(used(&world).as_ref(), Some(&rows[0].id));
    assert_eq!(world.emulator.registries(), rows);
    world.destroy();
    assert!(world.emulator.registries().is_empty());
}

#[test]
fn a_template_that_lost_its_credential_in_a_rotation_gets_the_new_one() {
    let world = World::new(Cli::Older);
    world.write(&configuration("private", "one", ""));
    world.apply();
    world.write(&configuration("private", "two", ""));
    // The old one goes first, and the template with it loses its credential until the new one is there.
    world.apply().says("1 added, 1 changed, 1 destroyed");
    let rows = world.emulator.registries();
    assert_eq!((rows.len(), rows[0].password.as_str()), (1, "two"));
    assert_eq!(used(&world), Some(rows[0].id.clone()));
    world.plans_clean();
}

#[test]
fn a_credential_that_an_endpoint_still_needs_is_kept() {
    let world = World::new(Cli::Older);
    let endpoint = r#"
        resource "runpod_endpoint" "x" {
          name        = "queue"
          template_id = runpod_template.x.id
          gpu_ids     = ["AMPERE_16"]
        }
    "#;
    let more = "timeouts = { delete = \"2s\" }";
    world.write(&(configuration("private", "one", more) + endpoint));
    world.apply();
    let rows = world.emulator.registries();
    world.write(&(configuration("private", "two", more) + endpoint));
    world
        .apply_fails()
        .says("Could not delete the registry: it is in use")
        .says(&format!(
            "These endpoints use it: \"queue\" ({}). These templates use it: \"worker\" ({}).",
            world.emulator.endpoints()[0].id,
            world.state("runpod_template.x")["id"].as_str().unwrap()
        ));
    assert_eq!(world.emulator.registries(), rows);
    assert_eq!(used(&world).as_ref(), Some(&rows[0].id));
}

on_both! {
    fn an_imported_credential_plans_clean_after_its_own_apply_and_is_never_written(world) {
        let id = world.emulator.add_registry(StoredRegistryAuth {
            name: "private".to_owned(),
            username: "me".to_owned(),
            password: "unknown here".to_owned(),
            ..StoredRegistryAuth::default()
        });
        let registry = |more: &str| {
            format!("resource \"runpod_registry\" \"x\" {{\n  name = \"private\"\n  username = \"me\"\n{more}\n}}\n")
        };
        let block = format!("import {{\n  to = runpod_registry.x\n  id = \"{id}\"\n}}\n");
        world.write(&(registry("  password_wo = \"p4ss\"\n  password_wo_version = 1") + &block));
        world.apply().says("1 imported, 0 added").says("0 destroyed");
        world.plans_clean();
        assert_eq!(writes(world), Vec::<String>::new());
        assert_eq!(world.state("runpod_registry.x")["username"], json!("me"));
        // From then on a change is one.
        world.write(&registry("  password_wo = \"p4ss\"\n  password_wo_version = 2"));
        world.plans_changes().says("password_wo_version").says("forces replacement");
        world.apply().says("1 added, 0 changed, 1 destroyed");
        assert_eq!(world.emulator.registries()[0].password, "p4ss");
    }
}

#[test]
fn exactly_one_password_is_wanted_with_its_version() {
    let world = World::new(Cli::Older);
    for (more, said) in [
        ("password = \"\"", "password"),
        (
            "password = \"a\"\n  password_wo = \"b\"\n  password_wo_version = 1",
            "Two ways to give the password",
        ),
        ("password_wo = \"b\"", "password_wo needs password_wo_version"),
        (
            "password = \"a\"\n  password_wo_version = 1",
            "password_wo_version goes with password_wo alone",
        ),
    ] {
        world.write(&format!(
            "resource \"runpod_registry\" \"x\" {{\n  name = \"a\"\n  username = \"b\"\n  {more}\n}}\n"
        ));
        world.terraform(&["validate", "-no-color"]).fails().says(said);
    }
    // What exists may lack it in its configuration, so that the plan tells.
    for (lines, said) in [
        ("username = \"b\"", "No password is given"),
        ("username = null\n  password = \"a\"", "username: it is required"),
    ] {
        world.write(&format!(
            "resource \"runpod_registry\" \"x\" {{\n  name = \"a\"\n  {lines}\n}}\n"
        ));
        world.plan().fails().says(said);
    }
}
