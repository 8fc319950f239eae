//! Data sources of what an endpoint stands on, one and all, and the catalogue.

use runpod_emulator::{StoredRegistryAuth, StoredSecret, StoredTemplate, StoredVolume};
use serde_json::{Value, json};

use crate::support::{Cli, World, assert_nowhere};

const SECRET: &str = "value_that_no_data_source_shows";

/// One of each in the account: their ids.
fn account(world: &World) -> [(&'static str, String); 4] {
    let emulator = &world.emulator;
    let template = emulator.add_template(StoredTemplate {
        name: "mine".to_owned(),
        env: vec![runpod_emulator::EnvVar::new("A", "1")],
        ..StoredTemplate::default()
    });
    let volume = emulator.add_volume(StoredVolume {
        name: "mine".to_owned(),
        size: 30,
        ..StoredVolume::default()
    });
    let registry = emulator.add_registry(StoredRegistryAuth {
        name: "mine".to_owned(),
        username: SECRET.to_owned(),
        password: SECRET.to_owned(),
        ..StoredRegistryAuth::default()
    });
    let secret = emulator.add_secret(StoredSecret {
        name: "mine".to_owned(),
        value: SECRET.to_owned(),
        description: Some("what for".to_owned()),
        ..StoredSecret::default()
    });
    [
        ("template", template),
        ("network_volume", volume),
        ("registry", registry),
        ("secret", secret),
    ]
}

const ALL: &str = r#"
    data "runpod_templates" "all" {}
    data "runpod_network_volumes" "all" {}
    data "runpod_registries" "all" {}
    data "runpod_secrets" "all" {}
"#;

on_both! {
    fn each_is_found_by_id_and_by_name_and_in_the_list_without_a_secret(world) {
        let ids = account(world);
        let one = |(kind, id): &(&str, String)| {
            format!("data \"runpod_{kind}\" \"by_id\" {{\n  id = \"{id}\"\n}}\ndata \"runpod_{kind}\" \"by_name\" {{\n  name = \"mine\"\n}}\n")
        };
        world.write(&(ids.iter().map(one).collect::<String>() + ALL));
        world.apply();
        let states = world.states();
        for (kind, id) in &ids {
            let by_id = &states[&format!("data.runpod_{kind}.by_id")];
            assert_eq!((&by_id["id"], &by_id["name"]), (&json!(id), &json!("mine")), "{kind}");
            assert_eq!(by_id, &states[&format!("data.runpod_{kind}.by_name")], "{kind}");
            let plural = if *kind == "registry" { "registries".to_owned() } else { format!("{kind}s") };
            let all = &states[&format!("data.runpod_{plural}.all")][&plural];
            let all = all.as_array().unwrap();
            assert!(all.contains(by_id), "{kind}: {all:?}");
            for hidden in ["value", "value_wo", "password", "password_wo", "username", "timeouts"] {
                assert_eq!(by_id.get(hidden), None, "{kind}.{hidden}");
            }
        }
        assert_eq!(states["data.runpod_template.by_id"]["env"], json!({"A": "1"}));
        assert_eq!(states["data.runpod_template.by_id"]["revision"].as_str().map(str::len), Some(16));
        assert_eq!(states["data.runpod_network_volume.by_id"]["size"], json!(30));
        assert_eq!(states["data.runpod_secret.by_id"]["reference"], json!("{{ RUNPOD_SECRET_mine }}"));
        assert_eq!(states["data.runpod_secret.by_id"]["description"], json!("what for"));
        assert_nowhere(world.path(), SECRET, &[]);
    }
}

#[test]
fn what_is_not_there_or_there_twice_is_told_with_what_there_is() {
    let world = World::new(Cli::Older);
    let ids = account(&world);
    for (kind, id) in &ids {
        for key in ["id", "name"] {
            world.write(&format!(
                "data \"runpod_{kind}\" \"x\" {{\n  {key} = \"nosuch\"\n}}\n"
            ));
            world
                .plan()
                .fails()
                .says("There is no such")
                .says(id)
                .says("\"mine\"");
        }
        world.write(&format!("data \"runpod_{kind}\" \"x\" {{}}\n"));
        world.plan().fails().says("Set exactly one of them");
    }
    let twin = world.emulator.add_volume(StoredVolume {
        name: "mine".to_owned(),
        ..StoredVolume::default()
    });
    world.write("data \"runpod_network_volume\" \"x\" {\n  name = \"mine\"\n}\n");
    world
        .plan()
        .fails()
        .says("Several network volumes have this name")
        .says(&ids[1].1)
        .says(&twin);
}

#[test]
fn a_list_is_read_to_its_last_page() {
    let world = World::new(Cli::Older);
    for number in 0..1005 {
        world.emulator.add_template(StoredTemplate {
            name: format!("of{number}"),
            ..StoredTemplate::default()
        });
    }
    let before = world
        .emulator
        .templates()
        .iter()
        .filter(|row| !row.is_runpod)
        .count();
    world.write("data \"runpod_templates\" \"all\" {}\noutput \"names\" {\n  value = length(toset(data.runpod_templates.all.templates[*].id))\n}\n");
    world.apply();
    let requests = world.emulator.requests_for("GET /v2/templates");
    assert_eq!(requests.len() % 2, 0, "two pages each time");
    let names = world.json(&["output", "-json", "names"]);
    assert!(
        names.as_u64().unwrap() >= 1005 && names.as_u64().unwrap() as usize <= before + 2,
        "{names}"
    );
}

#[test]
fn the_catalogue_tells_pools_prices_and_with_a_product_the_stock() {
    let world = World::new(Cli::Older);
    world.write(
        r#"
        data "runpod_gpu_types" "plain" {}
        data "runpod_gpu_types" "serverless" {
          product = "SERVERLESS"
        }
        data "runpod_gpu_types" "pod" {
          product = "POD"
        }
        data "runpod_cpu_types" "all" {}
        data "runpod_data_centers" "all" {}
        locals {
          pools = distinct([
            for gpu in data.runpod_gpu_types.serverless.gpu_types : gpu.pool
            if gpu.pool != null && gpu.memory >= 24 && gpu.stock != "NONE"
          ])
        }
        resource "runpod_endpoint" "x" {
          name        = "chosen"
          template_id = "xkhgg72fuo"
          gpu_ids     = slice(sort(local.pools), 0, 1)
        }
        "#,
    );
    world.apply();
    let states = world.states();
    let rows = |address: &str, field: &str| states[address][field].as_array().unwrap().clone();
    let plain = rows("data.runpod_gpu_types.plain", "gpu_types");
    let named = |rows: &[Value]| {
        rows.iter()
            .find(|row| row["id"] == "NVIDIA RTX A4500")
            .cloned()
            .unwrap()
    };
    let a4500 = named(&plain);
    assert_eq!(
        (&a4500["pool"], &a4500["stock"], &a4500["data_center_ids"]),
        (&json!("AMPERE_16"), &Value::Null, &json!([]))
    );
    assert_eq!(a4500["manufacturer"], json!("NVIDIA"));
    for price in ["price_serverless", "price_secure"] {
        assert!(a4500[price].as_f64().is_some_and(|price| price > 0.0), "{a4500}");
    }
    assert!(
        plain.iter().any(|row| row["pool"].is_null()),
        "some are in no pool"
    );
    for product in ["serverless", "pod"] {
        let told = rows(&format!("data.runpod_gpu_types.{product}"), "gpu_types");
        assert!(told.iter().any(|row| row["stock"].is_string()), "{product}");
        assert!(
            told.iter().any(|row| row["data_center_ids"] != json!([])),
            "{product}"
        );
    }
    let uris: Vec<String> = world
        .emulator
        .requests()
        .iter()
        .map(|request| request.uri.clone())
        .collect();
    for product in ["SERVERLESS", "POD"] {
        assert!(
            uris.iter()
                .any(|uri| uri.contains("/catalog/gpus") && uri.contains(product)),
            "{uris:?}"
        );
    }
    let cpus = rows("data.runpod_cpu_types.all", "cpu_types");
    let cpu3c = cpus.iter().find(|row| row["id"] == "cpu3c").unwrap();
    assert_eq!(cpu3c["ram_gb_per_vcpu"], json!(2));
    assert!(
        cpu3c["price_serverless_per_vcpu"]
            .as_f64()
            .is_some_and(|price| price > 0.0),
        "{cpu3c}"
    );
    let centers = rows("data.runpod_data_centers.all", "data_centers");
    let romania = centers.iter().find(|row| row["id"] == "EU-RO-1").unwrap();
    assert_eq!(
        (&romania["region"], &romania["network_volume_types"][0]),
        (&json!("EUROPE"), &json!("STANDARD"))
    );
    world.plans_clean();
    // Words that nobody knows yet are told as they are.
    world
        .emulator
        .switches(|switches| switches.unknown_enum_words = true);
    world.plan().does_not_say("Error");
    world.write("data \"runpod_gpu_types\" \"x\" {\n  product = \"serverless\"\n}\n");
    world.plan().fails().says("\"SERVERLESS\", \"POD\"");
}

#[test]
fn each_data_source_says_that_it_needs_rest() {
    let world = World::new(Cli::Older);
    let more = "data \"runpod_gpu_types\" \"x\" {}\ndata \"runpod_secret\" \"x\" {\n  name = \"a\"\n}\n";
    world.write(&format!(
        "provider \"runpod\" {{\n  api = \"graphql\"\n}}\n{ALL}{more}"
    ));
    let ran = world.plan();
    ran.fails();
    for kind in [
        "templates",
        "network_volumes",
        "registries",
        "secrets",
        "gpu_types",
        "secret",
    ] {
        ran.says(&format!("Data source runpod_{kind} needs REST v2"));
    }
    assert!(world.emulator.requests().is_empty());
}
