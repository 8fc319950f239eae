//! What every noun that an endpoint stands on has in common: each test takes them all at once.

use std::time::Duration;

use runpod_emulator::{
    Effect, Emulator, Fault, StoredRegistryAuth, StoredSecret, StoredTemplate, StoredVolume, Switches,
};
use serde_json::{Value, json};

use crate::support::{Cli, World, age_notes, notes, planned, ran};

/// One of them.
struct Noun {
    /// The resource's type.
    kind: &'static str,
    /// What one is called in a sentence.
    noun: &'static str,
    /// Its path in REST v2.
    path: &'static str,
    /// What its configuration has beside the name.
    body: &'static str,
    /// The same with a change that can be made in place; empty where none can.
    changed: &'static str,
    /// What that change sends.
    change: fn() -> Value,
    /// Resource types of the official provider, whose states may be taken over.
    moved_from: &'static [&'static str],
    /// The rows: id and name.
    rows: fn(&Emulator) -> Vec<(String, String)>,
    /// Puts one into the account, as `body` describes it.
    add: fn(&Emulator, &str) -> String,
    remove: fn(&Emulator, &str) -> bool,
}

fn nouns() -> [Noun; 4] {
    [
        Noun {
            kind: "runpod_template",
            noun: "template",
            path: "/v2/templates",
            body: "image = \"example/worker:1\"",
            changed: "image = \"example/worker:2\"",
            change: || json!({"image": "example/worker:2"}),
            moved_from: &["runpod_template"],
            rows: |emulator| {
                emulator
                    .templates()
                    .into_iter()
                    .map(|row| (row.id, row.name))
                    .collect()
            },
            add: |emulator, name| {
                emulator.add_template(StoredTemplate {
                    name: name.to_owned(),
                    image_name: Some("example/worker:1".to_owned()),
                    ..StoredTemplate::default()
                })
            },
            remove: |emulator, id| emulator.remove_template(id),
        },
        Noun {
            kind: "runpod_network_volume",
            noun: "network volume",
            path: "/v2/network-volumes",
            body: "size = 20\n  data_center_id = \"EU-RO-1\"",
            changed: "size = 30\n  data_center_id = \"EU-RO-1\"",
            change: || json!({"size": 30}),
            moved_from: &["runpod_network_volume"],
            rows: |emulator| {
                emulator
                    .volumes()
                    .into_iter()
                    .map(|row| (row.id, row.name))
                    .collect()
            },
            add: |emulator, name| {
                emulator.add_volume(StoredVolume {
                    name: name.to_owned(),
                    size: 20,
                    ..StoredVolume::default()
                })
            },
            remove: |emulator, id| emulator.remove_volume(id),
        },
        Noun {
            kind: "runpod_registry",
            noun: "registry",
            path: "/v2/registries",
            body: "username = \"me\"\n  password = \"dckr_pat\"",
            changed: "",
            change: || Value::Null,
            moved_from: &["runpod_registry", "runpod_container_registry_auth"],
            rows: |emulator| {
                emulator
                    .registries()
                    .into_iter()
                    .map(|row| (row.id, row.name))
                    .collect()
            },
            add: |emulator, name| {
                emulator.add_registry(StoredRegistryAuth {
                    name: name.to_owned(),
                    username: "me".to_owned(),
                    password: "dckr_pat".to_owned(),
                    ..StoredRegistryAuth::default()
                })
            },
            remove: |emulator, id| emulator.remove_registry(id),
        },
        Noun {
            kind: "runpod_secret",
            noun: "secret",
            path: "/v2/account/secrets",
            body: "value = \"hf_1\"",
            changed: "value = \"hf_1\"\n  description = \"of the hub\"",
            change: || json!({"description": "of the hub"}),
            moved_from: &["runpod_secret"],
            rows: |emulator| {
                emulator
                    .secrets()
                    .into_iter()
                    .map(|row| (row.id, row.name))
                    .collect()
            },
            add: |emulator, name| {
                emulator.add_secret(StoredSecret {
                    name: name.to_owned(),
                    value: "hf_1".to_owned(),
                    ..StoredSecret::default()
                })
            },
            remove: |emulator, id| emulator.remove_secret(id),
        },
    ]
}

impl Noun {
    fn address(&self) -> String {
        format!("{}.x", self.kind)
    }

    fn resource(&self, label: &str, body: &str, more: &str) -> String {
        format!(
            "resource \"{}\" \"{label}\" {{\n  name = \"worker\"\n  {body}\n  {more}\n}}\n",
            self.kind
        )
    }

    /// The ids of the rows named `worker`.
    fn own(&self, world: &World) -> Vec<String> {
        let rows = (self.rows)(&world.emulator).into_iter();
        rows.filter(|(_, name)| name == "worker")
            .map(|(id, _)| id)
            .collect()
    }

    /// The bodies of such requests, of all objects.
    fn sent(&self, world: &World, method: &str) -> Vec<Value> {
        let id = if method == "POST" { "" } else { "/{id}" };
        let requests = world
            .emulator
            .requests_for(&format!("{method} {}{id}", self.path));
        requests.iter().map(|request| request.input()).collect()
    }
}

/// One of each, with this beside its own.
fn all(more: &str) -> String {
    nouns()
        .iter()
        .map(|noun| noun.resource("x", noun.body, more))
        .collect()
}

/// Asserts that there is one of each and the state has it.
#[track_caller]
fn one_of_each(world: &World) {
    let states = world.states();
    for noun in nouns() {
        let own = noun.own(world);
        assert_eq!(own.len(), 1, "{}: {own:?}", noun.kind);
        assert_eq!(states[&noun.address()]["id"], json!(own[0]), "{}", noun.kind);
    }
}

#[track_caller]
fn none_left(world: &World) {
    for noun in nouns() {
        assert_eq!(noun.own(world), Vec::<String>::new(), "{}", noun.kind);
    }
}

/// Writes other than creates that were made.
fn other_writes(world: &World) -> usize {
    let requests = world.emulator.requests();
    requests
        .iter()
        .filter(|request| ["PATCH", "DELETE"].contains(&request.method.as_str()))
        .count()
}

on_both! {
    fn they_are_made_changed_in_place_and_destroyed(world) {
        world.write(&all(""));
        world.apply().says("4 added").warns_of_nothing();
        one_of_each(world);
        for noun in nouns() {
            let asked: Vec<String> = world.emulator.requests().iter().map(|request| request.uri.clone()).collect();
            let of_noun = asked.iter().filter(|uri| uri.starts_with(noun.path)).count();
            assert_eq!(of_noun, 2, "a list and a create, not {asked:?}");
        }
        world.emulator.clear_requests();
        world.plans_clean();
        assert_eq!(world.emulator.requests().len(), 4, "a list of each kind");
        world.write(&nouns().iter().map(|noun| {
            noun.resource("x", if noun.changed.is_empty() { noun.body } else { noun.changed }, "")
        }).collect::<String>());
        world.apply().says("0 added, 3 changed, 0 destroyed");
        for noun in nouns() {
            let change = (noun.change)();
            let expected = if change.is_null() { vec![] } else { vec![change] };
            assert_eq!(noun.sent(world, "PATCH"), expected, "{}", noun.kind);
        }
        one_of_each(world);
        world.plans_clean();
        world.destroy();
        none_left(world);
    }
}

#[test]
fn what_is_gone_outside_is_made_anew_and_its_deletion_is_success() {
    let world = World::new(Cli::Older);
    world.write(&all(""));
    world.apply();
    let remove = || {
        for noun in nouns() {
            assert!(
                (noun.remove)(&world.emulator, &noun.own(&world)[0]),
                "{}",
                noun.kind
            );
        }
    };
    remove();
    age(&world);
    world.plans_changes().says("4 to add, 0 to change, 0 to destroy");
    world.apply().says("4 added");
    one_of_each(&world);
    remove();
    age(&world);
    world.emulator.clear_requests();
    world
        .terraform(&["destroy", "-refresh=false", "-auto-approve", "-no-color"])
        .ok()
        .says("4 destroyed");
    assert!(world.states().is_empty());
}

/// Makes what is in the state older than reads may lag: its private parts say when it was made.
fn age(world: &World) {
    use std::fs;
    let path = world.path().join("terraform.tfstate");
    let mut state: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    for resource in state["resources"].as_array_mut().unwrap() {
        for instance in resource["instances"].as_array_mut().unwrap() {
            instance["private"] = Value::Null;
        }
    }
    fs::write(path, state.to_string()).unwrap();
}

#[test]
fn a_read_that_misses_a_new_object_is_not_taken_for_its_end() {
    let world = World::new(Cli::Older);
    world
        .emulator
        .switches(|switches| switches.reads_before_created = 4);
    world.write(&all(""));
    world.apply();
    // The list and the read by id miss it, and are asked again.
    world.plans_clean();
    for noun in nouns() {
        let reads = world.emulator.requests_for(&format!("GET {}/{{id}}", noun.path));
        assert!(reads.iter().any(|read| read.status == Some(404)), "{}", noun.kind);
        assert!(reads.len() > 1, "{}", noun.kind);
    }
    // Destroyed at once, and deletions that show late are waited for.
    world
        .emulator
        .switches(|switches| switches.reads_before_deleted = 2);
    world.emulator.clear_requests();
    world.destroy();
    none_left(&world);
    for noun in nouns() {
        let reads = world.emulator.requests_for(&format!("GET {}/{{id}}", noun.path));
        assert_eq!(
            reads.last().and_then(|read| read.status),
            Some(404),
            "{} was not confirmed",
            noun.kind
        );
    }
}

#[test]
fn no_failure_to_read_is_the_end_of_an_object() {
    let world = World::new(Cli::Older);
    world.write(&all(""));
    world.apply();
    age(&world);
    let effects = [
        Effect::http(401, ""),
        Effect::problem(403, "not permitted"),
        Effect::problem(404, "the requested path was not found"),
        Effect::http(404, "Not Found"),
        Effect::http(410, "gone"),
        Effect::html(502),
        Effect::http(200, "{}"),
        Effect::CutBody,
        Effect::CloseBefore,
    ];
    for effect in effects {
        world
            .emulator
            .fault(Fault::on("GET /v2/*").always().then(effect.clone()));
        let mut plan = world.command(&["plan", "-detailed-exitcode", "-no-color"]);
        let ran = ran(plan.env("RUNPOD_MAX_RETRIES", "0").output().unwrap());
        assert_eq!(ran.code, Some(1), "{effect:?} plans as\n{}", ran.text);
        for noun in nouns() {
            ran.says(&format!("with {}", noun.address()));
        }
        world.emulator.clear_faults();
    }
    // The list does not show them, and the read by id fails.
    for noun in nouns() {
        let field = noun.path.rsplit('/').next().unwrap();
        let field = if field == "network-volumes" {
            "networkVolumes"
        } else {
            field
        };
        let empty = json!({field: []}).to_string();
        world.emulator.fault(
            Fault::on(format!("GET {}", noun.path).as_str())
                .always()
                .then(Effect::http(200, empty)),
        );
        world.emulator.fault(
            Fault::on(format!("GET {}/{{id}}", noun.path).as_str())
                .times(2)
                .then(Effect::html(500)),
        );
    }
    world.plans_clean();
    one_of_each(&world);
}

#[test]
fn an_answer_that_was_lost_finds_its_own_object_and_tells() {
    for effect in [
        Effect::CloseAfterCommit,
        Effect::CutBody,
        Effect::html(502).after_commit(),
    ] {
        let world = World::new(Cli::Older);
        for noun in nouns() {
            world
                .emulator
                .fault(Fault::on(format!("POST {}", noun.path).as_str()).then(effect.clone()));
        }
        world.write(&all(""));
        let apply = world.apply();
        for noun in nouns() {
            apply.says(&format!(
                "The answer to the create of {} \"worker\" was lost",
                noun.noun
            ));
            assert_eq!(noun.sent(&world, "POST").len(), 1, "{}", noun.kind);
        }
        one_of_each(&world);
        world.plans_clean();
        world.destroy();
        none_left(&world);
    }
}

#[test]
fn a_create_that_may_not_have_happened_is_told_and_made_by_the_next_apply() {
    let world = World::new(Cli::Older);
    for noun in nouns() {
        let fault = Fault::on(format!("POST {}", noun.path).as_str());
        world.emulator.fault(fault.then(Effect::CloseBefore));
    }
    world.write(&all("timeouts = { create = \"2s\" }"));
    let ran = world.apply_fails();
    for noun in nouns() {
        ran.says(&format!("Whether the {} was created is not known", noun.noun));
        assert_eq!(noun.sent(&world, "POST").len(), 1, "{}", noun.kind);
    }
    none_left(&world);
    assert_eq!(notes(&world).len(), 4);
    age_notes(&world, 120);
    world.apply().says("4 added");
    one_of_each(&world);
}

#[test]
fn what_a_refused_create_did_not_make_is_not_taken_but_named() {
    let world = World::new(Cli::Older);
    // Somebody else makes an equal one in the very time of the create, and the clash is told in words of no source.
    for noun in nouns() {
        let refusal = Effect::problem(400, "That label is spoken for.").after_commit();
        world
            .emulator
            .fault(Fault::on(format!("POST {}", noun.path).as_str()).then(refusal));
    }
    world.write(&all(""));
    let ran = world.apply_fails();
    ran.does_not_say("found again");
    for noun in nouns() {
        ran.says(&format!("Could not create the {}: Runpod refused", noun.noun));
        let [foreign] = noun.own(&world).try_into().unwrap();
        ran.says(&format!("terraform import <address> {foreign}"))
            .says("choose another name");
        assert_eq!(noun.sent(&world, "POST").len(), 1, "{}", noun.kind);
    }
    assert!(world.states().is_empty());
    assert_eq!(notes(&world), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_name_that_is_taken_is_told_with_both_remedies_and_not_tried_again() {
    let world = World::new(Cli::Older);
    world
        .emulator
        .switches(|switches| switches.duplicate_volume_names = false);
    let foreign: Vec<String> = nouns()
        .iter()
        .map(|noun| (noun.add)(&world.emulator, "worker"))
        .collect();
    world.write(&all(""));
    let ran = world.apply_fails();
    for (noun, foreign) in nouns().iter().zip(&foreign) {
        ran.says(&format!("Could not create the {}: the name is taken", noun.noun));
        assert_eq!(noun.sent(&world, "POST").len(), 1, "{}", noun.kind);
        assert_eq!(noun.own(&world), std::slice::from_ref(foreign), "{}", noun.kind);
        ran.says(&format!("terraform import <address> {foreign}"));
    }
    ran.says("Choose another name");
    assert!(world.states().is_empty());
    assert_eq!(notes(&world), Vec::<std::path::PathBuf>::new());
    // Where names may be shared, there are two then, and each is its own.
    world.emulator.switches(|switches| {
        switches.duplicate_volume_names = true;
        switches.duplicate_template_names = true;
        switches.duplicate_registry_names = true;
    });
    let ran = world.apply_fails();
    ran.says("Could not create the secret: the name is taken")
        .does_not_say("Could not create the template");
    for (noun, foreign) in nouns()
        .iter()
        .zip(&foreign)
        .filter(|(noun, _)| noun.noun != "secret")
    {
        let own = noun.own(&world);
        assert_eq!(own.len(), 2, "{}", noun.kind);
        assert!(own.contains(foreign));
        assert_ne!(
            world.state(&noun.address())["id"],
            json!(foreign),
            "{}",
            noun.kind
        );
    }
}

#[test]
fn a_clash_with_the_object_of_a_create_whose_answer_was_lost_finds_that_object() {
    let world = World::new(Cli::Older);
    world
        .emulator
        .switches(|switches| switches.duplicate_volume_names = false);
    // The first attempt came true though it was turned away; the second meets its object.
    for noun in nouns() {
        let fault = Fault::on(format!("POST {}", noun.path).as_str());
        world
            .emulator
            .fault(fault.then(Effect::too_many_requests(Some("1")).after_commit()));
    }
    world.write(&all(""));
    world.apply();
    for noun in nouns() {
        assert_eq!(noun.sent(&world, "POST").len(), 2, "{}", noun.kind);
    }
    one_of_each(&world);
    world.plans_clean();
}

#[test]
fn what_is_in_use_is_waited_for_then_told() {
    let world = World::new(Cli::Older);
    world.write(&all("timeouts = { delete = \"2s\" }"));
    world.apply();
    for status in [400, 409] {
        world.emulator.switches(|switches| {
            switches.in_use_attempts = 1000;
            switches.in_use_status = status;
        });
        world.emulator.clear_requests();
        let ran = world.terraform(&["destroy", "-auto-approve", "-no-color"]);
        ran.fails();
        for noun in nouns() {
            ran.says(&format!("Could not delete the {}: it is in use", noun.noun));
            assert!(
                noun.sent(&world, "DELETE").len() > 1,
                "{} was not waited for",
                noun.kind
            );
        }
        one_of_each(&world);
    }
    world.emulator.switches(|switches| switches.in_use_attempts = 0);
    world.destroy();
    none_left(&world);
}

#[test]
fn each_is_imported_by_command_and_by_block_without_being_touched() {
    for is_block in [false, true] {
        let world = World::new(Cli::Older);
        let ids: Vec<String> = nouns()
            .iter()
            .map(|noun| (noun.add)(&world.emulator, "worker"))
            .collect();
        let (mut blocks, mut imported) = (String::new(), 0);
        for (noun, id) in nouns().iter().zip(&ids) {
            blocks += &format!("import {{\n  to = {}\n  id = \"{id}\"\n}}\n", noun.address());
            imported += 1;
        }
        world.write(&all(""));
        if is_block {
            world.write(&(all("") + &blocks));
            world.apply().says(&format!("{imported} imported, 0 added"));
        } else {
            for (noun, id) in nouns().iter().zip(&ids) {
                world
                    .terraform(&["import", "-no-color", &noun.address(), id])
                    .ok();
                assert_eq!(world.state(&noun.address())["id"], json!(id));
            }
            assert_eq!(other_writes(&world), 0);
            world.apply().says("0 added").says("0 destroyed");
        }
        // The value of a secret cannot be told to be the one that is written here, so that it is sent.
        assert_eq!(other_writes(&world), 1, "{:?}", world.emulator.requests());
        one_of_each(&world);
        world.emulator.clear_requests();
        world.plans_clean();
        world.apply().says("0 added, 0 changed, 0 destroyed");
        assert_eq!(other_writes(&world), 0);
        world.destroy();
        none_left(&world);
    }
}

#[test]
fn a_wrong_id_is_told_with_what_there_is() {
    let world = World::new(Cli::Older);
    world.write(&all(""));
    for noun in nouns() {
        let id = (noun.add)(&world.emulator, "worker");
        let ran = world.terraform(&["import", "-no-color", &noun.address(), "nosuchid"]);
        ran.fails()
            .says(&format!("There is no such {} to import", noun.noun))
            .says("\"nosuchid\"")
            .says(&id);
    }
    assert!(world.states().is_empty());
}

#[test]
fn states_of_the_official_provider_move_over() {
    for noun in nouns() {
        for from in noun.moved_from {
            let world = World::new(Cli::Older);
            let id = (noun.add)(&world.emulator, "worker");
            let attributes =
                json!({"id": id, "name": "worker", "image_name": "x", "env": {"A": "1"}, "size_in_gb": 20});
            crate::moved::other_providers_state(&world, "runpod/runpod", from, &attributes);
            let moved = format!(
                "moved {{\n  from = {from}.before\n  to = {}.after\n}}\n",
                noun.kind
            );
            world.write(&(noun.resource("after", noun.body, "") + &moved));
            world.apply().says("0 added").says("0 destroyed");
            let state = world.state(&format!("{}.after", noun.kind));
            assert_eq!(state["id"], json!(id), "{from}");
            assert_eq!(noun.own(&world), [id]);
            let patches = noun.sent(&world, "PATCH");
            let expected = if noun.noun == "secret" {
                vec![json!({"value": "hf_1"})]
            } else {
                vec![]
            };
            assert_eq!(patches, expected, "{from}");
            world.plans_clean();
        }
        let world = World::new(Cli::Older);
        crate::moved::other_providers_state(&world, "runpod/runpod", "runpod_pod", &json!({"id": "p1"}));
        let moved = format!(
            "moved {{\n  from = runpod_pod.before\n  to = {}.after\n}}\n",
            noun.kind
        );
        world.write(&(noun.resource("after", noun.body, "") + &moved));
        world
            .plan()
            .fails()
            .says(&format!("The resource cannot be moved to {}", noun.kind));
    }
}

#[test]
fn an_operation_ends_with_its_time() {
    let world = World::new(Cli::Older);
    world.write(&all("timeouts = { delete = \"3 ducks\" }"));
    let plan = world.plan();
    plan.fails().says("timeouts.delete");
    world.write(&all("timeouts = { create = \"2s\" }"));
    for noun in nouns() {
        let fault = Fault::on(format!("POST {}", noun.path).as_str());
        world
            .emulator
            .fault(fault.always().then(Effect::too_many_requests(Some("30"))));
    }
    let begun = std::time::Instant::now();
    let ran = world.apply_fails();
    assert!(begun.elapsed() < Duration::from_secs(20));
    for noun in nouns() {
        ran.says(&format!("Could not create the {}", noun.noun));
    }
    none_left(&world);
    assert_eq!(
        notes(&world),
        Vec::<std::path::PathBuf>::new(),
        "nothing was made, and nothing is noted"
    );
}

#[test]
fn a_change_that_fails_leaves_the_state_at_what_is() {
    let world = World::new(Cli::Older);
    world.write(&all(""));
    world.apply();
    let before = world.states();
    world.write(
        &nouns()
            .iter()
            .filter(|noun| !noun.changed.is_empty())
            .map(|noun| noun.resource("x", noun.changed, ""))
            .chain([nouns()[2].resource("x", nouns()[2].body, "")])
            .collect::<String>(),
    );
    world
        .emulator
        .fault(Fault::on("PATCH /v2/*").always().then(Effect::problem_with(
            422,
            "Request validation failed.",
            &["$.name: is not to the API's liking"],
        )));
    world.apply_fails().says("is not to the API's liking");
    assert_eq!(world.states(), before);
    world.emulator.clear_faults();
    // It happened, though its answer was lost: a change that is repeated is harmless.
    world
        .emulator
        .fault(Fault::on("PATCH /v2/*").times(3).then(Effect::CloseAfterCommit));
    world.terraform(&["apply", "-auto-approve", "-no-color"]);
    world.apply();
    world.plans_clean();
    one_of_each(&world);
}

/// Sides of the doubts about REST v2.
fn doubts() -> Vec<fn(&mut Switches)> {
    vec![
        |switches| switches.create_status = 200,
        |switches| switches.create_status = 202,
        |switches| switches.list_order = runpod_emulator::ListOrder::Insertion,
        |switches| switches.list_order = runpod_emulator::ListOrder::Shuffled,
        |switches| switches.extra_read_fields = true,
        |switches| switches.unknown_enum_words = true,
        |switches| switches.used_registry_kept = false,
        |switches| switches.bound_templates_listed = false,
        |switches| switches.rate_headers = false,
    ]
}

#[test]
fn nothing_depends_on_a_doubt() {
    let world = World::new(Cli::Older);
    for (number, doubt) in doubts().into_iter().enumerate() {
        world.emulator.switches(|switches| {
            *switches = Switches::default();
            doubt(switches);
        });
        world.write(&all(""));
        world.apply().warns_of_nothing();
        one_of_each(&world);
        assert_eq!(world.plan().code, Some(0), "doubt {number}");
        world.destroy();
        none_left(&world);
    }
}

#[test]
fn each_needs_rest_and_says_so_at_plan() {
    let world = World::new(Cli::Older);
    world.write(&format!(
        "provider \"runpod\" {{\n  api = \"graphql\"\n}}\n{}",
        all("")
    ));
    let ran = world.plan();
    ran.fails();
    for noun in nouns() {
        ran.says(&format!("with {}", noun.address()));
    }
    ran.says("needs REST v2").says("api");
    assert!(world.emulator.requests().is_empty(), "nothing is asked for it");
}

#[test]
fn names_and_places_that_cannot_be_changed_replace() {
    let world = World::new(Cli::Older);
    let configuration = |name: &str, place: &str, user: &str, value: &str| {
        format!(
            r#"
            resource "runpod_network_volume" "x" {{
              name           = "worker"
              size           = 20
              data_center_id = "{place}"
            }}
            resource "runpod_registry" "x" {{
              name     = "worker"
              username = "{user}"
              password = "{value}"
            }}
            resource "runpod_secret" "x" {{
              name  = "{name}"
              value = "{value}"
            }}
            "#
        )
    };
    world.write(&configuration("worker", "EU-RO-1", "me", "one"));
    world.apply();
    let before = world.states();
    world.write(&configuration("other", "US-KS-2", "you", "one"));
    let plan = world.plan_json();
    for kind in ["runpod_network_volume.x", "runpod_registry.x", "runpod_secret.x"] {
        assert_eq!(
            planned(&plan, kind)["actions"],
            json!(["delete", "create"]),
            "{kind}"
        );
    }
    world
        .terraform(&["apply", "-no-color", "plan"])
        .ok()
        .says("3 added, 0 changed, 3 destroyed");
    let after = world.states();
    for (address, state) in &after {
        assert_ne!(state["id"], before[address]["id"], "{address}");
    }
    assert_eq!(world.emulator.secrets().len(), 1);
    assert_eq!(
        world
            .emulator
            .volumes()
            .last()
            .map(|row| row.data_center_id.clone())
            .as_deref(),
        Some("US-KS-2")
    );
    // A value alone: of a secret it is sent, of a credential it replaces.
    world.write(&configuration("other", "US-KS-2", "you", "two"));
    world.apply().says("1 added, 1 changed, 1 destroyed");
    assert_eq!(world.emulator.secrets()[0].value, "two");
    assert_eq!(world.emulator.registries()[0].password, "two");
    world.plans_clean();
}
