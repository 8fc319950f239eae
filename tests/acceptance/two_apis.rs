//! One configuration and two APIs: what was written through one plans clean through the other, and what one cannot hold
//! is an error at the attribute.

use runpod_emulator::{
    Blank, ComputeKind, Contract, CountryCodes, SAMPLE_TEMPLATE, StoredEndpoint, StoredTemplate, Switches,
};
use serde_json::{Value, json};

use crate::support::{Cli, Ran, World};

const APPLY: &[&str] = &["apply", "-auto-approve", "-no-color"];
const DESTROY: &[&str] = &["destroy", "-auto-approve", "-no-color"];

/// Everything that both APIs can hold, an endpoint each: name, and what stands beside name and container.
const BOTH: &[(&str, &str)] = &[
    ("plain", "gpu_ids = [\"AMPERE_16\"]"),
    (
        "exclusions",
        "gpu_ids = [\"-NVIDIA RTX A4500\", \"AMPERE_24\", \"-NVIDIA L4\", \"AMPERE_16\"]\ngpu_count = 2",
    ),
    ("cpu", "instance_ids = [\"cpu5c-4-8\", \"cpu3c-2-4\"]"),
    (
        "balancer",
        "gpu_ids = [\"ADA_24\"]\ntype = \"LB\"\nscaler_type = \"REQUEST_COUNT\"\nidle_timeout = 7",
    ),
    (
        "requests",
        "gpu_ids = [\"ADA_24\"]\nscaler_type = \"REQUEST_COUNT\"\nscaler_value = 9",
    ),
    (
        "numbers",
        "gpu_ids = [\"ADA_24\"]\nworkers_min = 1\nworkers_max = 2\nidle_timeout = 77\nscaler_value = \
         3\nexecution_timeout_ms = 600000\nflashboot = \"PRIORITY_FLASHBOOT\"",
    ),
    (
        "places",
        "gpu_ids = [\"ADA_24\"]\nlocations = [\"US-KS-2\", \"EU-RO-1\", \"EUR-IS-1\"]",
    ),
    (
        "volume",
        "gpu_ids = [\"ADA_24\"]\nnetwork_volume_id = \"agv6w2qcg7\"",
    ),
    (
        "volume-listed",
        "gpu_ids = [\"ADA_24\"]\nnetwork_volume_ids = [\"agv6w2qcg7\"]",
    ),
    (
        "volumes",
        "gpu_ids = [\"ADA_24\"]\nnetwork_volume_ids = [\"agv6w2qcg7\", \"us2ks7vol0\", \"eur1is3vol\"]",
    ),
    (
        "cuda",
        "gpu_ids = [\"ADA_24\"]\nallowed_cuda_versions = [\"12.8\", \"12.4\"]",
    ),
    ("floor", "gpu_ids = [\"ADA_24\"]\nmin_cuda_version = \"12.4\""),
    (
        "empty",
        "gpu_ids = [\"ADA_24\"]\nlocations = []\nnetwork_volume_ids = []\nallowed_cuda_versions = []",
    ),
    (
        "suffixed -fb",
        "gpu_ids = [\"ADA_24\"]\nflashboot = \"FLASHBOOT\"",
    ),
];

/// The endpoints of [`BOTH`] with this container.
fn both(container: &str) -> String {
    let blocks = BOTH.iter().map(|(name, attributes)| {
        let address = name.replace(' ', "");
        format!(
            "resource \"runpod_endpoint\" {address:?} {{\nname = {name:?}\n{container}\n{attributes}\n}}\n"
        )
    });
    blocks.collect()
}

/// What a set of switches is called, and what it sets.
type Doubt = (&'static str, fn(&mut Switches));

/// What reads may look like that nobody knows for certain.
fn doubts() -> Vec<Doubt> {
    vec![
        ("as they are", |_| {}),
        ("missing and unknown fields", |switches| {
            switches.omit_optional_keys = true;
            switches.extra_read_fields = true;
            switches.omit_empty_args = true;
            switches.blank = Blank::Empty;
        }),
        ("the older contract", |switches| {
            switches.contract = Contract::V290
        }),
        ("volumes in both fields", |switches| {
            switches.omit_optional_keys = false;
            switches.single_volume_shown = true;
            switches.legacy_volume_listed = true;
        }),
    ]
}

#[test]
fn what_graphql_wrote_plans_clean_over_rest_and_back() {
    let world = World::new(Cli::Older);
    world.emulator.set_quota(1000);
    world.write(&both("template_id = \"xkhgg72fuo\""));
    world.over("graphql", APPLY).ok();
    let (states, rows) = (world.states(), world.emulator.endpoints());
    for (doubt, change) in doubts() {
        world.emulator.switches(change);
        for api in ["rest", "auto", "rest", "graphql"] {
            let ran = world.plans_clean_over(api);
            assert!(!ran.text.contains("changed outside"), "{doubt}: {}", ran.text);
        }
    }
    // What a refresh over REST v2 leaves in the state is what was there.
    world
        .over("rest", &["apply", "-refresh-only", "-auto-approve", "-no-color"])
        .ok();
    assert_eq!(world.states(), states);
    world
        .over("rest", APPLY)
        .ok()
        .says("0 added, 0 changed, 0 destroyed");
    assert_eq!(world.emulator.endpoints(), rows);
    world.over("rest", DESTROY).ok();
    assert!(world.emulator.endpoints().is_empty());
    // The template is one of the account and not theirs.
    assert!(
        world
            .emulator
            .templates()
            .iter()
            .any(|row| row.id == SAMPLE_TEMPLATE)
    );
}

#[test]
fn what_rest_applied_a_template_to_plans_clean_over_graphql_and_back() {
    let world = World::new(Cli::Older);
    world.emulator.set_quota(1000);
    world.write(&both("template_id = \"xkhgg72fuo\""));
    world.over("rest", APPLY).ok();
    let (states, rows) = (world.states(), world.emulator.endpoints());
    let private = |row: &StoredEndpoint| row.template_id.as_deref() != Some(SAMPLE_TEMPLATE);
    assert!(rows.iter().all(private));
    for (doubt, change) in doubts() {
        world.emulator.switches(change);
        for api in ["graphql", "rest", "auto"] {
            let ran = world.plans_clean_over(api);
            assert!(!ran.text.contains("changed outside"), "{doubt}: {}", ran.text);
        }
    }
    world.over("rest", APPLY).ok();
    let template = |of: &Value| of["template_id"].clone();
    assert!(
        world
            .states()
            .values()
            .all(|state| template(state) == json!(SAMPLE_TEMPLATE))
    );
    // REST v2 hides the idle timeout of one of them, and GraphQL tells it.
    let shown = world.states();
    for (address, state) in &states {
        let mut shown = shown[address].clone();
        if address.ends_with(".requests") {
            shown["idle_timeout"] = state["idle_timeout"].clone();
        }
        assert_eq!(&shown, state);
    }
    world.over("graphql", DESTROY).ok();
    assert!(world.emulator.endpoints().is_empty());
}

#[test]
fn what_was_changed_over_one_api_plans_clean_over_the_other() {
    let world = World::new(Cli::Older);
    let configuration = |idle: u32, gpus: &str| {
        format!(
            "resource \"runpod_endpoint\" \"sdxl\" {{\n  name = \"sdxl\"\n  template_id = \"xkhgg72fuo\"\n  gpu_ids = \
             {gpus}\n  idle_timeout = {idle}\n  network_volume_id = \"agv6w2qcg7\"\n  locations = [\"EU-RO-1\"]\n}}\n"
        )
    };
    let (one, two) = (
        r#"["AMPERE_24", "-NVIDIA L4"]"#,
        r#"["AMPERE_24", "ADA_24", "-NVIDIA L4"]"#,
    );
    for first in ["graphql", "rest"] {
        world.write(&configuration(20, one));
        world.over(first, APPLY).ok();
        let row = world.emulator.endpoints().remove(0);
        for (number, api) in ["graphql", "rest", "graphql"].iter().enumerate() {
            let idle = 30 + u32::try_from(number).unwrap();
            let gpus = if number % 2 == 0 { two } else { one };
            world.write(&configuration(idle, gpus));
            world
                .over(api, APPLY)
                .ok()
                .says("1 changed")
                .does_not_say("did not take");
            for other in ["rest", "graphql"] {
                world.plans_clean_over(other);
            }
            let now = world.emulator.endpoint(&row.id).unwrap();
            let expected = StoredEndpoint {
                idle_timeout: i32::try_from(idle).unwrap(),
                gpu_ids: Some(
                    if number % 2 == 0 {
                        "AMPERE_24,ADA_24,-NVIDIA L4"
                    } else {
                        "AMPERE_24,-NVIDIA L4"
                    }
                    .into(),
                ),
                version: now.version,
                network_volume_id: now.network_volume_id.clone(),
                network_volume_ids: now.network_volume_ids.clone(),
                ..row.clone()
            };
            assert_eq!(now, expected, "{first}, then {api}");
            let volumes = now.network_volume_ids.iter().chain(&now.network_volume_id);
            assert!(volumes.eq(["agv6w2qcg7"]));
        }
        world.over("rest", DESTROY).ok();
    }
}

#[test]
fn an_endpoint_goes_from_image_to_template_and_back_in_place() {
    let world = World::new(Cli::Older);
    let with = |container: &str| {
        world.write(&format!(
            "resource \"runpod_endpoint\" \"sdxl\" {{\n  name = \"sdxl\"\n  gpu_ids = [\"AMPERE_16\"]\n  idle_timeout = 33\n  \
             locations = [\"EU-RO-1\"]\n{container}\n}}\n"
        ));
    };
    let image = "image = \"acme/sdxl:1\"\nenv = { A = \"1\" }\ndisk = 7";
    let template = "template_id = \"xkhgg72fuo\"";
    for api in ["rest", "auto"] {
        with(image);
        world.over(api, APPLY).ok();
        let row = world.emulator.endpoints().remove(0);
        with(template);
        world.over(api, APPLY).ok().says("1 changed");
        world.plans_clean_over(api);
        let state = world.state("runpod_endpoint.sdxl");
        assert_eq!(
            (&state["id"], &state["template_id"]),
            (&json!(row.id), &json!(SAMPLE_TEMPLATE))
        );
        for name in ["image", "env", "disk"] {
            assert_eq!(state[name], Value::Null, "{name}");
        }
        let now = world.emulator.endpoints().remove(0);
        // Over REST v2 it keeps its own row, and over GraphQL it is linked to the template.
        assert_eq!(now.template_id == row.template_id, api == "rest");
        assert_eq!(
            (now.idle_timeout, now.locations.as_deref()),
            (33, Some("EU-RO-1"))
        );

        with(image);
        if api == "rest" {
            world.over(api, APPLY).ok().says("1 changed");
        } else {
            // The template is the account's, so that writing its image would write everybody's: a replacement it is.
            world
                .over(api, &["plan", "-no-color"])
                .fails()
                .says("The endpoint's template is not its own")
                .says("is a template of the account")
                .says("terraform taint");
            world.terraform(&["taint", "runpod_endpoint.sdxl"]).ok();
            world
                .over(api, APPLY)
                .ok()
                .says("1 added, 0 changed, 1 destroyed");
        }
        world.plans_clean_over(api);
        let state = world.state("runpod_endpoint.sdxl");
        assert_eq!(state["id"] == json!(row.id), api == "rest");
        assert_eq!(
            (&state["image"], &state["template_id"]),
            (&json!("acme/sdxl:1"), &Value::Null)
        );
        assert_eq!(state["env"], json!({"A": "1"}));
        let templates = world.emulator.templates();
        let sample = templates.iter().find(|row| row.id == SAMPLE_TEMPLATE).unwrap();
        assert_ne!(sample.image_name.as_deref(), Some("acme/sdxl:1"));
        world.over(api, DESTROY).ok();
    }
}

/// The errors of a plan, each with the line of the configuration that it is told at.
fn told(ran: &Ran) -> Vec<(String, String)> {
    let lines = ran
        .text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let told = lines.map(|line: Value| line["diagnostic"].clone());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let told = told.filter(|told| told["severity"] == "error");
    told.map(|told| {
        let said = format!("{}\n{}", text(&told["summary"]), text(&told["detail"]));
        (
            format!("{} {}", text(&told["address"]), text(&told["snippet"]["code"])),
            said,
        )
    })
    .collect()
}

#[test]
fn what_rest_cannot_hold_is_an_error_at_the_attribute() {
    let cases = [
        (
            "country",
            "gpu_ids = [\"ADA_24\"]\nlocations = [\"US\"]",
            "locations",
            "no country codes",
        ),
        (
            "delay",
            "gpu_ids = [\"ADA_24\"]\ntype = \"LB\"\nscaler_type = \"QUEUE_DELAY\"",
            "scaler_type",
            "REQUEST_COUNT alone",
        ),
        (
            "idle",
            "gpu_ids = [\"ADA_24\"]\nscaler_type = \"REQUEST_COUNT\"\nidle_timeout = 5",
            "idle_timeout",
            "Leave idle_timeout out",
        ),
        (
            "cuda",
            "gpu_ids = [\"ADA_24\"]\nallowed_cuda_versions = [\"12.4\"]\nmin_cuda_version = \"12.4\"",
            "min_cuda_version",
            "takes one of them",
        ),
        (
            "small",
            "instance_ids = [\"cpu3c-1-2\"]",
            "instance_ids",
            "less than 2 vCPUs",
        ),
        (
            "memory",
            "instance_ids = [\"cpu3c-2-8\"]",
            "instance_ids",
            "cpu3c-2-4",
        ),
        ("gpu", "gpu_ids = [\"NVIDIA A40\"]", "gpu_ids", "AMPERE_48"),
    ];
    let world = World::new(Cli::Older);
    world.emulator.set_quota(1000);
    let blocks = cases.iter().map(|(name, attributes, ..)| {
        format!(
            "resource \"runpod_endpoint\" {name:?} {{\nname = \"{name}-x\"\ntemplate_id = \"xkhgg72fuo\"\n{attributes}\n}}\n"
        )
    });
    let blocks: String = blocks.collect();
    world.write(&blocks);
    let ran = world.over("rest", &["plan", "-json"]);
    ran.fails();
    let told = told(&ran);
    assert_eq!(told.len(), cases.len(), "{told:?}");
    for (name, _, attribute, words) in cases {
        let own = told
            .iter()
            .find(|(at, _)| at.starts_with(&format!("runpod_endpoint.{name} ")));
        let (at, said) = own.unwrap_or_else(|| panic!("{name} has no error"));
        assert!(
            at.contains(attribute) && said.contains(words) && said.contains("REST v2"),
            "{at}: {said}"
        );
    }
    assert!(world.emulator.endpoints().is_empty());

    // GraphQL holds all of them but what is no pool, and what was written there blocks no plan and no destroy.
    let (held, _) = blocks.rsplit_once("resource").unwrap();
    world.write(held);
    world.over("graphql", APPLY).ok();
    world.plans_clean_over("graphql");
    world.plans_clean_over("rest");
    world.over("rest", DESTROY).ok();
    assert!(world.emulator.endpoints().is_empty());
}

#[test]
fn an_image_needs_rest_at_plan() {
    let world = World::new(Cli::Older);
    world.write("resource \"runpod_endpoint\" \"sdxl\" {\n  name = \"sdxl\"\n  image = \"a:1\"\n  gpu_ids = [\"ADA_24\"]\n}\n");
    let needs = |world: &World| {
        let ran = world.over("graphql", &["plan", "-json"]);
        ran.fails();
        let told = told(&ran);
        assert_eq!(told.len(), 1, "{told:?}");
        let (at, said) = &told[0];
        assert!(
            at.contains("image") && said.contains("needs REST v2") && said.contains("RUNPOD_API"),
            "{at}: {said}"
        );
    };
    needs(&world);
    world.apply();
    needs(&world);
    world.over("graphql", DESTROY).fails().says("needs REST v2");
    assert_eq!(world.emulator.endpoints().len(), 1);
    world.over("rest", DESTROY).ok();
    assert!(world.emulator.endpoints().is_empty());
}

#[test]
fn what_runpod_holds_that_rest_cannot_write_blocks_no_plan_and_no_destroy() {
    let world = World::new(Cli::Older);
    world.emulator.set_quota(1000);
    let rows = [
        StoredEndpoint {
            kind: "LB".into(),
            ..StoredEndpoint::named("delay")
        },
        StoredEndpoint {
            locations: Some("US".into()),
            ..StoredEndpoint::named("country")
        },
        StoredEndpoint {
            scaler_type: "REQUEST_COUNT".into(),
            idle_timeout: 50,
            ..StoredEndpoint::named("idle")
        },
        StoredEndpoint {
            allowed_cuda_versions: Some("12.4".into()),
            min_cuda_version: Some("12.4".into()),
            ..StoredEndpoint::named("cuda")
        },
        StoredEndpoint {
            instance_ids: vec!["cpu3c-1-2".into()],
            ..StoredEndpoint::cpu("small")
        },
        StoredEndpoint {
            workers_min: 2,
            workers_max: 0,
            ..StoredEndpoint::named("lowered")
        },
    ];
    assert_eq!(rows[4].compute_type, ComputeKind::Cpu);
    let extra = [
        "",
        "locations = [\"US\"]",
        "scaler_type = \"REQUEST_COUNT\"\nidle_timeout = 50",
        "allowed_cuda_versions = [\"12.4\"]\nmin_cuda_version = \"12.4\"",
        "",
        "",
    ];
    let mut blocks = String::new();
    for (row, extra) in rows.into_iter().zip(extra) {
        let (name, is_cpu) = (row.name.clone(), row.compute_type == ComputeKind::Cpu);
        let id = world.emulator.add_endpoint(row);
        let gpus = if is_cpu {
            "instance_ids = [\"cpu3c-1-2\"]"
        } else {
            "gpu_ids = [\"AMPERE_16\"]"
        };
        blocks += &format!(
            "import {{\n  to = runpod_endpoint.{name}\n  id = {id:?}\n}}\nresource \"runpod_endpoint\" {name:?} {{\n  name = \
             {name:?}\n  template_id = \"xkhgg72fuo\"\n  {gpus}\n  {extra}\n  workers_max = {}\n}}\n",
            if name == "lowered" { 0 } else { 3 }
        );
    }
    world.write(&blocks);
    world
        .over("graphql", APPLY)
        .ok()
        .says("6 imported, 0 added, 0 changed");
    world.plans_clean_over("rest");
    // Another attribute changes over REST v2, and what it cannot write stays as it is.
    world.write(&blocks.replace("workers_max = 3", "workers_max = 4"));
    world.over("rest", APPLY).ok().says("5 changed");
    let rows = world.emulator.endpoints();
    let row = |name: &str| rows.iter().find(|row| row.name == name).unwrap();
    assert!(
        rows.iter()
            .all(|row| row.workers_max == if row.name == "lowered" { 0 } else { 4 })
    );
    assert_eq!(
        (row("delay").kind.as_str(), row("delay").scaler_type.as_str()),
        ("LB", "QUEUE_DELAY")
    );
    assert_eq!(row("country").locations.as_deref(), Some("US"));
    assert_eq!(row("idle").idle_timeout, 50);
    assert_eq!(row("small").instance_ids, ["cpu3c-1-2"]);
    world.over("rest", DESTROY).ok();
    assert!(world.emulator.endpoints().is_empty());

    // However a country reads, it is what the state says.
    for codes in [
        CountryCodes::Dropped,
        CountryCodes::Expanded,
        CountryCodes::Verbatim,
    ] {
        world.emulator.switches(|switches| switches.country_codes = codes);
        world.write(
            "resource \"runpod_endpoint\" \"us\" {\n  name = \"country\"\n  template_id = \"xkhgg72fuo\"\n  gpu_ids = \
             [\"ADA_24\"]\n  locations = [\"US\"]\n}\n",
        );
        world.over("graphql", APPLY).ok();
        world.plans_clean_over("rest");
        world.over("rest", DESTROY).ok();
        assert!(world.emulator.endpoints().is_empty());
    }
}

/// Another template of the account.
fn template(world: &World, name: &str) -> String {
    world.emulator.add_template(StoredTemplate {
        name: name.into(),
        image_name: Some(format!("acme/{name}:1")),
        ..StoredTemplate::default()
    })
}

#[test]
fn the_private_copy_of_rest_is_not_the_template_of_the_state() {
    let world = World::new(Cli::Older);
    let other = template(&world, "other");
    let configuration = |template: &str, idle: u32| {
        format!(
            "resource \"runpod_endpoint\" \"sdxl\" {{\n  name = \"sdxl\"\n  template_id = {template:?}\n  gpu_ids = \
             [\"ADA_24\"]\n  idle_timeout = {idle}\n}}\n"
        )
    };
    world.write(&configuration(SAMPLE_TEMPLATE, 20));
    world.over("rest", APPLY).ok();
    let copy = world.emulator.endpoints().remove(0).template_id.unwrap();
    assert_ne!(copy, SAMPLE_TEMPLATE);
    world.plans_clean_over("graphql");
    // An update over GraphQL leaves the copy where it is.
    world.write(&configuration(SAMPLE_TEMPLATE, 21));
    world.over("graphql", APPLY).ok().says("1 changed");
    let row = world.emulator.endpoints().remove(0);
    assert_eq!((row.template_id.as_ref(), row.idle_timeout), (Some(&copy), 21));
    world.plans_clean_over("rest");
    // Another template over GraphQL is a link, which a change in the console then differs from.
    world.write(&configuration(&other, 21));
    world.over("graphql", APPLY).ok().says("1 changed");
    let row = world.emulator.endpoints().remove(0);
    assert_eq!(row.template_id.as_ref(), Some(&other));
    world.plans_clean_over("graphql");
    world.plans_clean_over("rest");
    world
        .emulator
        .edit(&row.id, |row| row.template_id = Some(SAMPLE_TEMPLATE.into()));
    world
        .over("graphql", &["plan", "-no-color", "-detailed-exitcode"])
        .says("1 to change")
        .says(&other);
}
