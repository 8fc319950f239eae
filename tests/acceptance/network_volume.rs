//! `runpod_network_volume`: what is special to it. What it has in common with the others is in `nouns`.

use runpod_emulator::{Effect, Fault, GraphqlEnd, StoredEndpoint, StoredVolume};
use serde_json::{Value, json};

use crate::support::{Cli, World, notes, planned};

fn volume(size: u32, more: &str) -> String {
    format!(
        "resource \"runpod_network_volume\" \"x\" {{\n  name = \"models\"\n  size = {size}\n  data_center_id = \
         \"EU-RO-1\"\n{more}\n}}\n"
    )
}

fn row(world: &World) -> StoredVolume {
    let rows = world.emulator.volumes();
    let mut named = rows.into_iter().filter(|row| row.name == "models");
    let row = named.next().expect("there is no such volume");
    assert_eq!(named.next(), None, "there are two");
    row
}

fn patches(world: &World) -> Vec<Value> {
    let requests = world.emulator.requests_for("PATCH /v2/network-volumes/{id}");
    requests.iter().map(|request| request.input()).collect()
}

#[test]
fn a_smaller_size_never_leaves_the_provider_whoever_grew_the_volume() {
    let world = World::new(Cli::Older);
    world.write(&volume(50, ""));
    world.apply();
    let id = row(&world).id;
    world.emulator.clear_requests();
    // Smaller in the configuration.
    world.write(&volume(40, ""));
    world
        .plan()
        .fails()
        .says("a volume cannot shrink")
        .says("50 GB")
        .says("set size to 50 or more");
    world.apply_fails().says("a volume cannot shrink");
    // Grown in the console, and the configuration stays: the same.
    world.write(&volume(50, ""));
    world.emulator.edit_volume(&id, |row| row.size = 80);
    world.plan().fails().says("a volume cannot shrink").says("80 GB");
    assert_eq!(patches(&world), Vec::<Value>::new());
    // The configuration follows it.
    world.write(&volume(80, ""));
    world.plans_clean();
    // Grown between plan and apply.
    world.write(&volume(90, ""));
    world.terraform(&["plan", "-no-color", "-out=plan"]).ok();
    world.emulator.edit_volume(&id, |row| row.size = 100);
    world.emulator.clear_requests();
    let ran = world.terraform(&["apply", "-no-color", "plan"]);
    ran.fails().says("a volume cannot shrink").says("100 GB");
    assert_eq!(patches(&world), Vec::<Value>::new());
    assert_eq!(row(&world).size, 100);
    // And without a refresh.
    world
        .terraform(&["apply", "-refresh=false", "-auto-approve", "-no-color"])
        .fails()
        .says("a volume cannot shrink");
    assert_eq!(patches(&world), Vec::<Value>::new());
    // What the text says replaces it.
    world.write(&volume(20, ""));
    world.plan().fails().says("terraform taint <address>, then apply");
    world
        .terraform(&["taint", "-no-color", "runpod_network_volume.x"])
        .ok();
    world.apply().says("1 added, 0 changed, 1 destroyed");
    assert_eq!(row(&world).size, 20);
    assert_eq!(patches(&world), Vec::<Value>::new());
    world.emulator.edit_volume(&row(&world).id, |row| row.size = 100);
    // Terraform plans before it destroys; without that, it does not stand in the way of the volume's end.
    world
        .terraform(&["destroy", "-refresh=false", "-auto-approve", "-no-color"])
        .ok();
    assert!(!world.emulator.volumes().iter().any(|row| row.name == "models"));
}

#[test]
fn a_smaller_volume_elsewhere_is_another_volume() {
    let world = World::new(Cli::Older);
    world.write(&volume(50, ""));
    world.apply();
    world.write(&volume(20, "").replace("EU-RO-1", "US-KS-2"));
    world.apply().says("1 added, 0 changed, 1 destroyed");
    assert_eq!(
        (row(&world).size, row(&world).data_center_id.as_str()),
        (20, "US-KS-2")
    );
}

#[test]
fn name_and_size_change_in_place_and_drift_alone() {
    let world = World::new(Cli::Older);
    world.write(&volume(50, ""));
    world.apply();
    world.plans_clean();
    let state = world.state("runpod_network_volume.x");
    assert_eq!(state["type"], json!("STANDARD"), "the data centre's own");
    let id = row(&world).id;
    world
        .emulator
        .edit_volume(&id, |row| row.name = "of somebody".to_owned());
    world
        .plans_changes()
        .says("~ name = \"of somebody\" -> \"models\"");
    world.emulator.clear_requests();
    world.apply();
    assert_eq!(patches(&world), [json!({"name": "models"})]);
    world.write(&volume(60, ""));
    world.emulator.clear_requests();
    world.apply();
    assert_eq!(patches(&world), [json!({"size": 60})]);
    // Another kind is another volume; a word in other letters is none.
    world.write(&volume(60, "  type = \"standard\""));
    world.plan().fails().says("type").says("must be one of");
    world.write(&volume(60, "  type = \"STANDARD\"").replace("EU-RO-1", "eu-ro-1"));
    world.plans_clean();
    world.write(&volume(60, "  type = \"HIGH_PERFORMANCE\""));
    let plan = world.plan_json();
    assert_eq!(
        planned(&plan, "runpod_network_volume.x")["actions"],
        json!(["delete", "create"])
    );
}

#[test]
fn bounds_are_told_at_validate() {
    let world = World::new(Cli::Older);
    for size in [9, 4097] {
        world.write(&volume(size, ""));
        world
            .terraform(&["validate", "-no-color"])
            .fails()
            .says("size")
            .says("10")
            .says("4096");
    }
    for size in [10, 4096] {
        world.write(&volume(size, ""));
        world.terraform(&["validate", "-no-color"]).ok();
    }
}

#[test]
fn a_data_centre_without_such_storage_is_told_with_those_that_have_it() {
    let world = World::new(Cli::Older);
    world.write(&volume(50, "").replace("EU-RO-1", "XX-YY-1"));
    world
        .apply_fails()
        .says("XX-YY-1")
        .says("Supported:")
        .says("EU-RO-1");
    assert!(world.states().is_empty());
}

#[test]
fn an_attached_volume_is_told_with_what_mounts_it_whatever_became_of_graphql() {
    for (api, end) in [
        ("auto", GraphqlEnd::Alive),
        ("rest", GraphqlEnd::Alive),
        ("auto", GraphqlEnd::Gone),
    ] {
        let world = World::new(Cli::Older);
        world.emulator.switches(|switches| switches.graphql_end = end);
        let provider = format!("provider \"runpod\" {{\n  api = \"{api}\"\n}}\n");
        world.write(&(provider + &volume(50, "  timeouts = { delete = \"2s\" }")));
        world.apply();
        let endpoint = world.emulator.add_endpoint(StoredEndpoint {
            network_volume_ids: vec![row(&world).id],
            locations: Some("EU-RO-1".to_owned()),
            ..StoredEndpoint::named("of somebody")
        });
        world.emulator.clear_requests();
        let ran = world.terraform(&["destroy", "-auto-approve", "-no-color"]);
        ran.fails()
            .says("it is in use")
            .says(&format!("\"of somebody\" ({endpoint})"));
        assert!(
            world
                .emulator
                .requests_for("DELETE /v2/network-volumes/{id}")
                .len()
                > 1
        );
        assert_eq!(
            world.state("runpod_network_volume.x")["id"],
            json!(row(&world).id)
        );
        world.emulator.remove(&endpoint);
        world.destroy();
    }
}

#[test]
fn a_sibling_of_one_name_is_not_taken_for_what_a_lost_create_may_have_made() {
    let world = World::new(Cli::Older);
    world.emulator.fault(
        Fault::on("POST /v2/network-volumes")
            .nth(2)
            .then(Effect::CloseAfterCommit),
    );
    world.write(
        "resource \"runpod_network_volume\" \"x\" {\n  count = 3\n  name = \"data\"\n  size = 10\n  data_center_id = \
         \"EU-RO-1\"\n}\n",
    );
    world.apply().says("3 added").says("found again");
    // The create is still watched, and all that bear its name are in the state.
    assert_eq!(notes(&world).len(), 1);
    world.plan().says("No changes").does_not_say("in no state");
}
