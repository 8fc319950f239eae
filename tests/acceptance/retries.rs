//! What is tried again, how often, and when: as the table of `runpod::retry` has it.

use std::time::Duration;

use jiff::Timestamp;
use runpod_emulator::{Effect, Fault, RequestRecord, Root, StoredEndpoint};

use crate::support::{Cli, World, ran};

/// A failure, and whether a read and an update are tried again after it.
fn failures() -> Vec<(&'static str, Effect, bool)> {
    vec![
        ("too-many", Effect::too_many_requests(None), true),
        ("unavailable", Effect::html(503), true),
        ("not-json", Effect::not_json(), true),
        ("cut-body", Effect::CutBody, true),
        ("closed", Effect::CloseBefore, true),
        ("closed-after", Effect::CloseAfterCommit, true),
        ("late", Effect::latency_before(Duration::from_secs(3)), true),
        ("data-null", Effect::data_null(), true),
        ("internal", Effect::internal_error(), true),
        ("key", Effect::http(401, ""), false),
        ("firewall", Effect::firewall(), false),
        ("unauthorized", Effect::error("Unauthorized", "RUNPOD"), false),
        ("elsewhere", Effect::http(302, ""), false),
        (
            "schema",
            Effect::http(400, r#"{"errors":[{"message":"Cannot query field."}]}"#),
            false,
        ),
    ]
}

/// One endpoint for each of the failures in the state, and a configuration that updates them all.
fn world(names: &[&str]) -> World {
    let world = World::new(Cli::Older);
    world.emulator.set_quota(1000);
    let configuration = |idle_timeout: u32| {
        let blocks = names.iter().map(|name| {
            format!(
                "resource \"runpod_endpoint\" {name:?} {{\n  name = {name:?}\n  template_id = \"xkhgg72fuo\"\n  gpu_ids \
                 = [\"AMPERE_16\"]\n  idle_timeout = {idle_timeout}\n}}\n"
            )
        });
        blocks.collect::<String>()
    };
    let imports = names.iter().map(|name| {
        let id = world.emulator.add_endpoint(StoredEndpoint::named(*name));
        format!("import {{\n  to = runpod_endpoint.{name}\n  id = {id:?}\n}}\n")
    });
    let imports: String = imports.collect();
    world.write(&(imports + &configuration(10)));
    world.apply();
    world.write(&configuration(11));
    world.emulator.clear_requests();
    world
}

/// The saves of the endpoint of that name, in the order of their arrival.
fn saves(world: &World, name: &str) -> Vec<RequestRecord> {
    let mut saves = world.emulator.requests_for("saveEndpoint");
    saves.retain(|save| save.input()["name"] == name);
    saves
}

fn once_more(world: &World, arguments: &[&str]) {
    let mut command = world.command(arguments);
    command
        .env("RUNPOD_MAX_RETRIES", "1")
        .env("RUNPOD_REQUEST_TIMEOUT", "2");
    ran(command.output().unwrap()).fails();
}

#[test]
fn a_read_is_tried_as_often_as_max_retries_allows_but_not_after_a_refusal() {
    let world = world(&["sdxl"]);
    for (name, failure, is_tried_again) in failures() {
        world
            .emulator
            .fault(Fault::on(Root::MyselfEndpoints).always().then(failure));
        once_more(&world, &["plan"]);
        assert_eq!(
            world.emulator.requests().len(),
            1 + usize::from(is_tried_again),
            "{name}"
        );
        world.emulator.clear_faults();
        world.emulator.clear_requests();
    }
}

#[test]
fn an_update_is_tried_as_often_as_max_retries_allows_but_not_after_a_refusal() {
    let failures = failures();
    let names: Vec<&str> = failures.iter().map(|(name, ..)| *name).collect();
    let world = world(&names);
    for (name, failure, _) in &failures {
        let update = Fault::on(Root::SaveEndpoint).update().name(*name);
        world.emulator.fault(update.always().then(failure.clone()));
    }
    once_more(&world, &["apply", "-auto-approve", "-parallelism=20"]);
    for (name, _, is_tried_again) in &failures {
        assert_eq!(
            saves(&world, name).len(),
            1 + usize::from(*is_tried_again),
            "{name}"
        );
    }
    world.emulator.clear_faults();
    world.apply();
    assert!(
        world
            .emulator
            .endpoints()
            .iter()
            .all(|row| row.idle_timeout == 11)
    );
}

#[test]
fn after_a_429_every_request_of_the_process_waits() {
    let names = ["struck", "of1", "of2", "of3", "of4"];
    let world = world(&names);
    let wait = Duration::from_secs(4);
    let struck = Fault::on(Root::SaveEndpoint).name("struck");
    world
        .emulator
        .fault(struck.then(Effect::too_many_requests(Some("4"))));
    // The others are still reading when it is told to wait, and then want to save.
    for row in world
        .emulator
        .endpoints()
        .iter()
        .filter(|row| row.name != "struck")
    {
        let read = Fault::on(Root::MyselfEndpoint).id(&row.id);
        world
            .emulator
            .fault(read.then(Effect::latency_after(Duration::from_millis(1500))));
    }
    world.apply();
    let at = |save: &RequestRecord| save.at.parse::<Timestamp>().unwrap();
    let told = at(&saves(&world, "struck")[0]);
    for name in names {
        let last = saves(&world, name).pop().unwrap();
        let waited = at(&last).duration_since(told).unsigned_abs();
        assert!(waited >= wait, "{name} has waited for {waited:?} only");
    }
}
