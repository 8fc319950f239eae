//! Exactly one endpoint for one create, whatever befalls the `saveEndpoint` that makes it.

use std::{collections::BTreeMap, thread, time::Duration};

use runpod_emulator::{Effect, Fault, Root, StoredEndpoint};
use serde_json::json;

use crate::support::{self, Cli, World, eventually};

/// How the apply ends that meets a fault.
#[derive(Clone, Copy)]
pub(crate) enum Ends {
    /// With the endpoint in the state.
    Created,
    /// Without an endpoint, and with an error that says this.
    Refused(&'static str),
}

use Ends::{Created, Refused};

/// What befalls the create of the endpoint of that name, and how it ends.
fn faults() -> Vec<(&'static str, Effect, Ends)> {
    let refusal = |code: &str| Effect::error("Something is wrong with it.", code);
    let partial = |code: &str| Effect::Partial {
        path: "saveEndpoint.pods".into(),
        message: "Not for you.".into(),
        code: code.into(),
    };
    vec![
        ("none", Effect::latency_before(Duration::ZERO), Created),
        ("429", Effect::too_many_requests(None), Created),
        ("429-retry-after", Effect::too_many_requests(Some("1")), Created),
        ("500", Effect::html(500), Refused("Runpod is unavailable")),
        ("502", Effect::html(502), Refused("Runpod is unavailable")),
        ("503", Effect::html(503), Refused("HTTP 503")),
        ("500-after", Effect::html(500).after_commit(), Created),
        ("502-after", Effect::html(502).after_commit(), Created),
        ("503-after", Effect::html(503).after_commit(), Created),
        (
            "401",
            Effect::http(401, ""),
            Refused("does not accept the API key"),
        ),
        ("403-firewall", Effect::firewall(), Refused("error code: 1010")),
        ("403", Effect::http(403, "No."), Refused("HTTP 403")),
        ("404", Effect::http(404, "No."), Refused("HTTP 404")),
        (
            "unauthorized",
            Effect::error("Unauthorized", "RUNPOD"),
            Refused("does not accept the API key"),
        ),
        (
            "internal",
            Effect::internal_error(),
            Refused("code INTERNAL_SERVER_ERROR"),
        ),
        ("internal-after", Effect::internal_error().after_commit(), Created),
        (
            "refusal",
            refusal("RUNPOD"),
            Refused("Runpod answered: Something is wrong with it"),
        ),
        ("refusal-after", refusal("RUNPOD").after_commit(), Created),
        (
            "supply",
            refusal("SUPPLY_CONSTRAINT"),
            Refused("code SUPPLY_CONSTRAINT"),
        ),
        (
            "data-null",
            Effect::data_null(),
            Refused("the answer is incomplete"),
        ),
        ("data-null-after", Effect::data_null().after_commit(), Created),
        ("partial", Effect::partial("saveEndpoint.pods"), Created),
        ("partial-refusal", partial("RUNPOD"), Created),
        ("partial-whole", Effect::partial("saveEndpoint"), Created),
        (
            "not-json",
            Effect::not_json(),
            Refused("the answer is not one of the API"),
        ),
        ("not-json-after", Effect::not_json().after_commit(), Created),
        ("cut-body", Effect::CutBody, Created),
        (
            "closed-before",
            Effect::CloseBefore,
            Refused("the connection was lost"),
        ),
        ("closed-during", Effect::CloseDuring, Created),
        ("closed-after", Effect::CloseAfterCommit, Created),
        (
            "late-answer",
            Effect::latency_after(Duration::from_secs(5)),
            Created,
        ),
        (
            "late-commit",
            Effect::latency_before(Duration::from_secs(3)),
            Created,
        ),
    ]
}

/// One endpoint for each of the names, with little time, so that giving up does not take long.
fn configuration(names: &[&str]) -> String {
    format!(
        r#"
        provider "runpod" {{
          request_timeout = 2
        }}
        resource "runpod_endpoint" "of" {{
          for_each    = toset({names:?})
          name        = each.key
          template_id = "xkhgg72fuo"
          gpu_ids     = ["AMPERE_16", "AMPERE_24"]
          timeouts    = {{ create = "8s" }}
        }}
        "#
    )
}

/// The ids of the endpoints of a name, oldest first.
fn ids(world: &World, name: &str) -> Vec<String> {
    let rows = world.emulator.endpoints();
    let named = rows.into_iter().filter(|row| row.name == name);
    named.map(|row| row.id).collect()
}

#[test]
fn every_fault_of_a_create_ends_with_one_endpoint_in_the_state_or_none_and_an_error() {
    let create = |name: &str| Fault::on(Root::SaveEndpoint).create().name(name);
    every_create_ends_as_told(faults(), create, configuration);
}

/// Applies endpoints of the names in `faults` whose creates fail so, and looks at the state, the errors and the account;
/// after a second apply there is one endpoint for each, and a clean plan. `create` is the fault of an endpoint's create.
pub(crate) fn every_create_ends_as_told(
    faults: Vec<(&'static str, Effect, Ends)>,
    create: impl Fn(&str) -> Fault,
    configuration: impl Fn(&[&str]) -> String,
) {
    let world = World::new(Cli::Older);
    world.emulator.set_quota(1000);
    let names: Vec<&str> = faults.iter().map(|(name, ..)| *name).collect();
    let mut foreign = BTreeMap::new();
    for (name, effect, _) in &faults {
        // An endpoint of the same name and kind that was there before is never taken for the new one.
        let row = StoredEndpoint {
            gpu_ids: Some("AMPERE_16,AMPERE_24".into()),
            ..StoredEndpoint::named(*name)
        };
        foreign.insert(*name, world.emulator.add_endpoint(row));
        world.emulator.fault(create(name).then(effect.clone()));
    }
    let own = |name: &str| -> Vec<String> {
        let ids = ids(&world, name);
        ids.into_iter().filter(|id| *id != foreign[name]).collect()
    };
    world.write(&configuration(&names));
    let ran = world.terraform(&["apply", "-auto-approve", "-json", "-parallelism=40"]);
    ran.fails();
    let (errors, states) = (ran.errors(), world.states());
    for (name, _, ends) in &faults {
        let address = format!("runpod_endpoint.of[{name:?}]");
        let said: Vec<&String> = errors
            .iter()
            .filter(|(of, _)| *of == address)
            .map(|(_, said)| said)
            .collect();
        let (state, own) = (states.get(&address), own(name));
        match ends {
            Created => {
                assert!(said.is_empty(), "{name} fails: {said:?}");
                assert_eq!(own.len(), 1, "{name} has made {own:?}");
                assert_eq!(state.unwrap()["id"], json!(own[0]), "{name} has another id");
            }
            Refused(what) => {
                assert!(
                    own.is_empty() && state.is_none(),
                    "{name} has left {own:?} or {state:?}"
                );
                let [said] = said.as_slice() else {
                    panic!("{name} has not failed once: {said:?}")
                };
                assert!(
                    said.contains(what) && said.contains(&format!("Endpoint {name:?}")),
                    "{said}"
                );
            }
        }
    }

    // A create without an answer may come true for a minute, which the next apply would wait for.
    support::age_notes(&world, 60);
    world.apply();
    let states = world.states();
    for name in names {
        let own = own(name);
        assert_eq!(own.len(), 1, "{name} has made {own:?}");
        assert_eq!(
            states[&format!("runpod_endpoint.of[{name:?}]")]["id"],
            json!(own[0])
        );
    }
    world.plans_clean();
}

#[test]
fn an_endpoint_that_appears_after_terraform_gave_up_is_adopted_by_the_next_apply() {
    let world = World::new(Cli::Older);
    let fault = Fault::on(Root::SaveEndpoint).create().then(Effect::HoldBefore);
    world.emulator.fault(fault);
    world.write(&configuration(&["sdxl"]).replace("8s", "3s"));
    let ran = world.apply_fails();
    ran.says("Whether the endpoint was created is not known");
    assert!(world.emulator.endpoints().is_empty());
    world.emulator.release();
    eventually("the create is carried out", || {
        world.emulator.endpoints().len() == 1
    });

    world
        .apply()
        .says("An endpoint of an interrupted apply was taken over");
    assert_eq!(
        ids(&world, "sdxl"),
        [world.state(r#"runpod_endpoint.of["sdxl"]"#)["id"]
            .as_str()
            .unwrap()]
    );
    world.plans_clean();
}

#[test]
fn two_new_endpoints_that_match_are_both_named_until_one_is_left() {
    let world = World::new(Cli::Older);
    let fault = Fault::on(Root::SaveEndpoint).create();
    world
        .emulator
        .fault(fault.then(Effect::HoldBefore).then(Effect::CloseBefore));
    world.write(&configuration(&["sdxl"]));
    let (ran, made) = thread::scope(|scope| {
        let apply = scope.spawn(|| world.apply_fails());
        assert!(world.emulator.wait_parked(Duration::from_secs(60)));
        let row = StoredEndpoint {
            gpu_ids: Some("AMPERE_16,AMPERE_24".into()),
            ..StoredEndpoint::named("sdxl")
        };
        let made = world.emulator.add_endpoints(2, |_| row.clone());
        world.emulator.release();
        (apply.join().unwrap(), made)
    });
    ran.says("Several endpoints may be the one created")
        .says(&format!("new and match: {}", made.join(", ")))
        .says("terraform import");
    world.apply_fails().says(&made.join(", "));

    world.emulator.remove(&made[0]);
    world.apply();
    assert_eq!(world.state(r#"runpod_endpoint.of["sdxl"]"#)["id"], json!(made[1]));
    assert_eq!(ids(&world, "sdxl"), [made[1].clone()]);
}

#[test]
fn an_endpoint_that_no_list_told_of_is_adopted_by_the_next_apply() {
    let world = World::new(Cli::Older);
    world
        .emulator
        .fault(Fault::on(Root::SaveEndpoint).then(Effect::CloseAfterCommit));
    let lists = Fault::on(Root::MyselfEndpoints).nth(2).always();
    world.emulator.fault(lists.then(Effect::http(401, "")));
    world.write(&configuration(&["sdxl"]).replace("8s", "3s"));
    world
        .apply_fails()
        .says("Runpod was asked again, but the answer did not tell");
    world.emulator.clear_faults();
    world.apply();
    let state = world.state(r#"runpod_endpoint.of["sdxl"]"#);
    assert_eq!(ids(&world, "sdxl"), [state["id"].as_str().unwrap()]);
}

#[test]
fn a_lost_create_that_reads_show_late_is_found_all_the_same() {
    let world = World::new(Cli::Older);
    world
        .emulator
        .switches(|switches| switches.reads_before_created = 2);
    world
        .emulator
        .fault(Fault::on(Root::SaveEndpoint).then(Effect::CloseAfterCommit));
    world.write(&configuration(&["sdxl"]));
    world.apply();
    let state = world.state(r#"runpod_endpoint.of["sdxl"]"#);
    assert_eq!(ids(&world, "sdxl"), [state["id"].as_str().unwrap()]);
    // Before the create, and after it until it shows.
    assert_eq!(world.emulator.requests_for("myself.endpoints").len(), 4);
}

#[test]
fn an_endpoint_that_no_list_can_show_is_not_created_again() {
    let world = World::new(Cli::Older);
    world.emulator.set_quota(5000);
    world
        .emulator
        .add_endpoints(400, |number| StoredEndpoint::named(format!("other{number}")));
    world
        .emulator
        .fault(Fault::on(Root::SaveEndpoint).then(Effect::CloseAfterCommit));
    world.write(&configuration(&["sdxl"]).replace("8s", "3s"));
    let hint = "Runpod does not list all endpoints of this account";
    world.apply_fails().says("the connection was lost").says(hint);
    support::age_notes(&world, 60);
    world
        .apply_fails()
        .says("An apply in this directory was cut off")
        .says(hint);
    let made = ids(&world, "sdxl");
    assert_eq!(made.len(), 1);
    let address = r#"runpod_endpoint.of["sdxl"]"#;
    world.terraform(&["import", address, &made[0]]).ok();
    world.apply();
    assert_eq!(ids(&world, "sdxl"), made);
}

on_both! {
    fn two_resources_of_one_name_are_two_endpoints(world) {
        world.write(r#"
            resource "runpod_endpoint" "of" {
              count       = 2
              name        = "sdxl"
              template_id = "xkhgg72fuo"
              gpu_ids     = ["AMPERE_16"]
            }
        "#);
        // Both answers are lost, so that each must find its own.
        world.emulator.fault(Fault::on(Root::SaveEndpoint).create().times(2).then(Effect::CloseAfterCommit));
        world.apply();
        let mut in_state = [0, 1].map(|n| world.state(&format!("runpod_endpoint.of[{n}]"))["id"].clone());
        let mut made: Vec<_> = ids(world, "sdxl").into_iter().map(|id| json!(id)).collect();
        in_state.sort_by_key(ToString::to_string);
        made.sort_by_key(ToString::to_string);
        assert_eq!(made.len(), 2);
        assert_eq!(in_state.to_vec(), made);
        world.plans_clean();
    }
}

fn twins(names: &[&str]) -> String {
    let block = |name: &&str| {
        format!(
            "resource \"runpod_endpoint\" {name:?} {{\n  name = \"twin\"\n  template_id = \"xkhgg72fuo\"\n  gpu_ids = \
             [\"ADA_24\"]\n  workers_max = 1\n}}\n"
        )
    };
    names.iter().map(block).collect()
}

/// The ids, sorted, that Terraform has for resources of these names, each of which must be an endpoint of its own.
fn own_ids(world: &World, names: &[&str]) -> Vec<String> {
    let states = world.states();
    let id = |name: &&str| {
        states[&format!("runpod_endpoint.{name}")]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let mut known: Vec<String> = names.iter().map(id).collect();
    let mut stored = ids(world, "twin");
    known.sort();
    stored.sort();
    assert_eq!(known, stored);
    known
}

on_both! {
    fn another_resource_of_a_name_gets_an_endpoint_of_its_own(world) {
        world.write(&twins(&["a"]));
        world.apply();
        world.write(&twins(&["a", "b"]));
        // The first one is not looked at before the second is created.
        world.terraform(&["apply", "-auto-approve", "-no-color", "-target=runpod_endpoint.b"]).ok();
        own_ids(world, &["a", "b"]);
        world.write(&twins(&["a", "b", "c"]));
        world.terraform(&["apply", "-auto-approve", "-no-color", "-refresh=false"]).ok();
        own_ids(world, &["a", "b", "c"]);
        world.plans_clean();
    }

    fn another_workspace_gets_endpoints_of_its_own(world) {
        world.write(&twins(&["a"]));
        world.apply();
        let first = own_ids(world, &["a"]);
        world.terraform(&["workspace", "new", "b"]).ok();
        world.apply();
        let second = world.state("runpod_endpoint.a")["id"].clone();
        assert_ne!(second, json!(first[0]));
        world.destroy();
        assert_eq!(ids(world, "twin"), first);
    }

    fn a_replacement_that_is_created_first_is_another_endpoint(world) {
        world.write(&twins(&["a"]).replace("\n}", "\n  lifecycle {\n    create_before_destroy = true\n  }\n}"));
        world.apply();
        let first = own_ids(world, &["a"]);
        world
            .terraform(&["apply", "-auto-approve", "-no-color", "-refresh=false", "-replace=runpod_endpoint.a"])
            .ok();
        assert_ne!(own_ids(world, &["a"]), first);
    }

    fn what_was_taken_out_of_the_state_is_not_taken_back(world) {
        world.write(&twins(&["a"]));
        world.apply();
        world.terraform(&["state", "rm", "runpod_endpoint.a"]).ok();
        world.apply();
        assert_eq!(ids(world, "twin").len(), 2);
    }

    fn a_provider_that_is_configured_late_in_a_run_takes_over_nothing_of_that_run(world) {
        let late = twins(&["b"]).replace("\n}", "\n  provider = runpod.late\n}");
        let last = twins(&["c"]).replace("\n}", "\n  depends_on = [runpod_endpoint.b]\n}");
        let configuration = r#"
            provider "runpod" {
              alias       = "late"
              max_retries = length(terraform_data.after.id) > 0 ? 3 : 2
            }
            resource "terraform_data" "after" {
              depends_on = [runpod_endpoint.a]
            }
        "#;
        world.write(&format!("{configuration}{}{late}{last}", twins(&["a"])));
        world.apply().does_not_say("taken over");
        own_ids(world, &["a", "b", "c"]);
        world.plans_clean();
    }

    fn a_create_that_failed_does_not_take_its_siblings_endpoint(world) {
        for effect in [Effect::html(502), Effect::internal_error(), Effect::CloseBefore] {
            let names = ["a", "b", "c"];
            world.emulator.fault(Fault::on(Root::SaveEndpoint).create().then(effect));
            world.write(&twins(&names).replace("\n}", "\n  timeouts = { create = \"3s\" }\n}"));
            // One after another, since the first one's look takes the time of those that wait for it.
            world.terraform(&["apply", "-auto-approve", "-parallelism=1"]).fails();
            assert_eq!(ids(world, "twin").len(), 2);
            support::age_notes(world, 60);
            world.apply().does_not_say("taken over");
            own_ids(world, &names);
            world.plans_clean();
            world.destroy();
        }
    }
}
