//! What the notes of creates lead to: nothing is lost, nothing is taken, and no note is passed over in silence.

use std::{fs, thread, time::Duration};

use runpod_emulator::{Effect, Emulator, Fault, Options, Root, StoredEndpoint};

use crate::{
    running::Running,
    support::{Cli, KEY, Ran, World, age_notes as age, eventually, notes, ran},
};

const APPLY: &[&str] = &["apply", "-auto-approve", "-no-color"];
const ADDRESS: &str = "runpod_endpoint.sdxl";

/// An endpoint of that name, and another one, which keeps the provider in use.
fn configuration(name: &str) -> String {
    format!("{}\n{}", endpoint("sdxl", name), endpoint("other", "other"))
}

fn endpoint(address: &str, name: &str) -> String {
    format!(
        "resource \"runpod_endpoint\" {address:?} {{\n  name = {name:?}\n  template_id = \"xkhgg72fuo\"\n  gpu_ids = \
         [\"AMPERE_16\"]\n}}\n"
    )
}

fn create(name: &str) -> Fault {
    Fault::on(Root::SaveEndpoint).create().name(name)
}

/// An endpoint as the configuration has it, which somebody else makes.
fn equal(name: &str) -> StoredEndpoint {
    StoredEndpoint {
        gpu_ids: Some("AMPERE_16".into()),
        ..StoredEndpoint::named(name)
    }
}

fn ids(world: &World, name: &str) -> Vec<String> {
    let rows = world.emulator.endpoints().into_iter();
    rows.filter(|row| row.name == name).map(|row| row.id).collect()
}

/// The world with the other endpoint in the state.
fn world() -> World {
    in_use(World::new(Cli::Older))
}

fn in_use(world: World) -> World {
    world.write(&endpoint("other", "other"));
    world.apply();
    world
}

/// Kills Terraform while it creates the endpoint; its provider still hears the answer. Answers with the endpoint's id.
fn cut_off(world: &World) -> String {
    world.write(&configuration("sdxl"));
    world.emulator.fault(create("sdxl").then(Effect::HoldAfter));
    let terraform = Running::start(world, APPLY);
    assert!(world.emulator.wait_parked(Duration::from_secs(60)));
    terraform.signal("KILL");
    world.emulator.release();
    terraform.end();
    ids(world, "sdxl").remove(0)
}

/// A create that never happens, and whose answer does not come in the time of the apply.
fn lost(world: &World) -> Ran {
    let short = "timeouts = { create = \"2s\" }\n  gpu_ids";
    world.write(&configuration("sdxl").replacen("gpu_ids", short, 1));
    world.emulator.fault(create("sdxl").then(Effect::CloseBefore));
    let ran = world.apply_fails();
    ran.says("Whether the endpoint was created is not known");
    assert!(ids(world, "sdxl").is_empty());
    ran
}

fn in_state(world: &World) -> String {
    world.state(ADDRESS)["id"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn an_apply_after_two_ctrl_c_waits_for_the_create_that_runpod_still_works_on() {
    let world = world();
    world.write(&configuration("sdxl"));
    world.emulator.clear_requests();
    world.emulator.fault(create("sdxl").then(Effect::HoldBefore));
    let mut first = Running::start(&world, APPLY);
    assert!(world.emulator.wait_parked(Duration::from_secs(60)));
    first.signal_all("INT");
    first.wait_for("Interrupt received");
    first.signal_all("INT");
    first.end();
    let mut second = Running::start(&world, APPLY);
    second.wait_for("Still creating");
    assert_eq!(world.emulator.requests_for("saveEndpoint").len(), 1);
    world.emulator.release();
    second.end().ok().says("was taken over");
    assert_eq!(ids(&world, "sdxl"), [in_state(&world)]);
    world.plans_clean();
}

#[test]
fn an_apply_with_too_little_time_to_wait_for_a_create_makes_nothing_and_keeps_the_note() {
    let world = world();
    lost(&world);
    world.emulator.clear_requests();
    let ran = world.apply_fails();
    ran.says("An apply in this directory was cut off")
        .says("It may still appear within")
        .says("the next apply in this directory adopts it");
    assert!(world.emulator.requests_for("saveEndpoint").is_empty());
    world.emulator.add_endpoint(equal("sdxl"));
    world.apply().says("was taken over");
    assert_eq!(ids(&world, "sdxl"), [in_state(&world)]);
}

/// Asserts that a run tells of the endpoint that an earlier one left behind.
#[track_caller]
fn tells(ran: &Ran, id: &str) {
    ran.says("Endpoint \"sdxl\" may be in no state")
        .says(&format!("Runpod made {id}"))
        .says(&format!("terraform import <address> {id}"))
        .says("delete it in the Runpod console");
}

#[test]
fn what_was_cut_off_is_told_after_its_name_was_corrected_until_it_is_in_a_state() {
    let world = world();
    let id = cut_off(&world);
    world.write(&configuration("sdxl-2"));
    tells(&world.plans_changes(), &id);
    tells(&world.apply(), &id);
    assert_ne!(in_state(&world), id);
    tells(&world.plan(), &id);
    world.write(&format!(
        "{}\n{}",
        configuration("sdxl-2"),
        endpoint("found", "sdxl")
    ));
    world.terraform(&["import", "runpod_endpoint.found", &id]).ok();
    world.apply();
    world.plan().does_not_say("in no state");
    assert!(notes(&world).is_empty());
}

#[test]
fn what_was_cut_off_is_told_after_its_resource_was_removed_until_it_is_gone() {
    let world = world();
    let id = cut_off(&world);
    world.write(&endpoint("other", "other"));
    tells(&world.plan(), &id);
    tells(&world.apply(), &id);
    world.emulator.remove(&id);
    world.plan().does_not_say(&id);
    assert!(notes(&world).is_empty());
}

#[test]
fn what_was_cut_off_is_told_in_a_destroy() {
    let world = world();
    let id = cut_off(&world);
    tells(&world.destroy(), &id);
    assert_eq!(ids(&world, "sdxl"), [id]);
}

#[test]
fn what_may_have_been_made_is_told_after_its_resource_was_removed() {
    let world = world();
    lost(&world);
    world.write(&endpoint("other", "other"));
    world.plan().says("may still come true within");
    let id = world.emulator.add_endpoint(equal("sdxl"));
    world
        .plan()
        .says("An earlier run may have created an endpoint that is in no state")
        .says(&id)
        .says("terraform import <address>");
    world.emulator.remove(&id);
    age(&world, 100);
    world.plan().does_not_say("An earlier run");
    assert!(notes(&world).is_empty(), "it did not happen, and is still noted");
}

#[test]
fn a_create_that_cannot_be_noted_is_not_sent() {
    let world = World::new(Cli::Older);
    world.write(&endpoint("sdxl", "sdxl"));
    fs::create_dir_all(world.path().join(".terraform")).unwrap();
    // As good as a read-only directory, which root would not mind.
    fs::write(world.path().join(".terraform/runpod"), "").unwrap();
    world
        .apply_fails()
        .says("The create could not be noted, so nothing was created")
        .says(".terraform/runpod/creates")
        .says("TF_DATA_DIR")
        .does_not_say("adopts");
    assert!(world.emulator.requests_for("saveEndpoint").is_empty());
    fs::remove_file(world.path().join(".terraform/runpod")).unwrap();
    world.apply();
    assert_eq!(ids(&world, "sdxl"), [in_state(&world)]);
}

#[test]
fn an_equal_endpoint_that_a_colleague_makes_days_later_is_not_taken_over() {
    let world = world();
    lost(&world);
    age(&world, 3 * 86_400);
    let colleagues = world.emulator.add_endpoint(equal("sdxl"));
    world.apply().does_not_say("taken over");
    assert_eq!(ids(&world, "sdxl"), [colleagues, in_state(&world)]);
    world.plans_clean();
}

#[test]
fn an_endpoint_of_the_same_half_minute_is_taken_with_a_warning_that_names_it() {
    let world = world();
    world.write(&configuration("sdxl"));
    let fault = create("sdxl").then(Effect::HoldBefore).then(Effect::CloseBefore);
    world.emulator.fault(fault);
    let (ran, colleagues) = thread::scope(|scope| {
        let apply = scope.spawn(|| world.apply());
        assert!(world.emulator.wait_parked(Duration::from_secs(60)));
        let colleagues = world.emulator.add_endpoint(equal("sdxl"));
        world.emulator.release();
        (apply.join().unwrap(), colleagues)
    });
    ran.says("The answer to a create was lost, and the endpoint was found again")
        .says(&format!("{colleagues} was taken for what it made"))
        .says("terraform state rm <address>");
    assert_eq!(in_state(&world), colleagues);

    // Its own appears after all: that is told, too.
    world.plan().does_not_say("An earlier run");
    let own = world.emulator.add_endpoint(equal("sdxl"));
    world
        .plan()
        .says("An earlier run may have created an endpoint that is in no state")
        .says(&own);
}

#[test]
fn what_is_otherwise_than_was_asked_is_neither_taken_nor_made_again() {
    let world = world();
    lost(&world);
    let row = StoredEndpoint {
        idle_timeout: 77,
        gpu_ids: Some("ADA_24".into()),
        ..StoredEndpoint::named("sdxl")
    };
    let id = world.emulator.add_endpoint(row);
    age(&world, 61);
    world
        .apply_fails()
        .says("An endpoint may be the one created")
        .says(&format!("{id} (\"sdxl\", otherwise than was asked)"))
        .says(&format!("terraform import <address> {id}"))
        .says(".terraform/runpod/creates/create-");
    assert_eq!(ids(&world, "sdxl"), [id]);
    let [note] = notes(&world).try_into().unwrap();
    fs::remove_file(note).unwrap();
    world.apply();
    assert_eq!(ids(&world, "sdxl").len(), 2);
}

#[test]
fn two_backends_in_one_directory_do_not_share_notes() {
    let world = World::new(Cli::Older);
    let backend = |path: &str| {
        let block = format!("terraform {{\n  backend \"local\" {{\n    path = {path:?}\n  }}\n}}\n");
        world.write_file("backend.tf", &block);
        // The providers are overridden, so that there is none to be installed: only the backend matters.
        world.terraform(&["init", "-reconfigure", "-no-color"]);
    };
    backend("one.tfstate");
    world.write(&endpoint("other", "other"));
    world.apply();
    let id = cut_off(&world);
    backend("two.tfstate");
    world
        .apply()
        .does_not_say("taken over")
        .says("A create of an endpoint was cut off in another workspace or backend")
        .says(&id);
    assert_ne!(in_state(&world), id);
    backend("one.tfstate");
    world.apply().says("was taken over");
    assert_eq!(in_state(&world), id);
    assert_eq!(ids(&world, "sdxl").len(), 2);
}

#[test]
fn a_rotated_key_of_the_account_takes_over_what_was_cut_off() {
    let rotated = "rpa_ROTATED0KEY0OF0THE0SAME0ACCOUNT";
    let keys = vec![KEY.to_owned(), rotated.to_owned()];
    let emulator = Emulator::with(Options {
        keys,
        ..Options::default()
    });
    let world = in_use(World::on(Cli::Older, emulator.unwrap()));
    let id = cut_off(&world);
    let mut apply = world.command(APPLY);
    apply.env("RUNPOD_API_KEY", rotated);
    ran(apply.output().unwrap()).ok().says("was taken over");
    assert_eq!(in_state(&world), id);
    assert_eq!(ids(&world, "sdxl"), [id]);
}

#[test]
fn a_note_that_this_version_cannot_read_is_told() {
    let world = world();
    let directory = world.path().join(".terraform/runpod/creates");
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("create-1.json"), "{\"a later\": \"version\"}").unwrap();
    world
        .plan()
        .says("A note of a create cannot be read")
        .says("creates/create-1.json");
}

#[test]
fn several_creates_of_one_name_cost_one_list_and_one_write_each() {
    let world = World::new(Cli::Older);
    let more = "resource \"runpod_endpoint\" \"of\" {\n  count = 4\n  name = \"twin\"\n  template_id = \
                \"xkhgg72fuo\"\n  gpu_ids = [\"AMPERE_16\"]\n}\n";
    world.write(more);
    world.emulator.add_endpoint(equal("twin"));
    world.apply();
    assert_eq!(ids(&world, "twin").len(), 5);
    assert_eq!(world.emulator.requests().len(), 5);
}

#[test]
fn nothing_of_it_is_left_once_all_is_well() {
    let world = world();
    cut_off(&world);
    world.apply();
    eventually("the note is dropped", || notes(&world).is_empty());
}
