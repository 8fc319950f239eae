//! `terraform query`: an account that somebody clicked together becomes code in one command. Terraform 1.14.

use runpod_emulator::{
    Effect, EnvVar, Fault, Root, StoredEndpoint, StoredRegistryAuth, StoredSecret, StoredTemplate,
    StoredVolume, TemplateCategory,
};
use serde_json::Value;

use crate::support::{Cli, World};

fn query(world: &World, lists: &str, arguments: &[&str]) -> crate::support::Ran {
    world.write("");
    world.write_file("all.tfquery.hcl", lists);
    let command: Vec<&str> = ["query", "-no-color"]
        .into_iter()
        .chain(arguments.iter().copied())
        .collect();
    world.terraform(&command)
}

/// A list block of a type, with these lines in its `config`.
fn list(resource: &str, config: &str) -> String {
    format!("list \"{resource}\" \"all\" {{\n  provider = runpod\n  config {{\n{config}\n  }}\n}}\n")
}

/// The names that a query found, in its order.
fn found(world: &World, lists: &str) -> Vec<String> {
    let ran = query(world, lists, &["-json"]);
    ran.ok();
    let lines = ran
        .text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .filter_map(|line| Some(line["list_resource_found"]["display_name"].as_str()?.to_owned()))
        .collect()
}

fn clicked_together(world: &World) {
    world.emulator.add_endpoint(StoredEndpoint {
        workers_max: 1,
        locations: Some("EU-RO-1".into()),
        ..StoredEndpoint::named("sdxl -fb")
    });
    world.emulator.add_endpoint(StoredEndpoint {
        kind: "LB".into(),
        scaler_type: "REQUEST_COUNT".into(),
        network_volume_id: Some("agv6w2qcg7".into()),
        ..StoredEndpoint::named("whisper")
    });
    world.emulator.add_endpoint(StoredEndpoint::cpu("on cpus"));
}

#[test]
fn a_whole_account_becomes_a_configuration_that_applies_as_it_is_and_plans_clean() {
    let world = World::new(Cli::Newer);
    clicked_together(&world);
    world.emulator.add_volume(StoredVolume {
        name: "models".into(),
        ..StoredVolume::default()
    });
    let before = world.emulator.endpoints();
    let lists = list("runpod_endpoint", "")
        + &list("runpod_network_volume", "")
        + &list("runpod_template", "name_prefix = \"temp\"");
    query(&world, &lists, &["-generate-config-out=generated.tf"]).ok();
    std::fs::remove_file(world.path().join("all.tfquery.hcl")).unwrap();
    let generated = std::fs::read_to_string(world.path().join("generated.tf")).unwrap();
    for unwanted in [
        "timeouts =  {",
        "url ",
        "workers_min",
        "scaler_value",
        "revision ",
    ] {
        let lines = generated.lines().map(str::trim);
        let mut lines = lines.filter(|line| line.starts_with(unwanted) && !line.ends_with("= null"));
        assert_eq!(lines.next(), None, "{generated}");
    }
    let ran = world.apply();
    ran.says("0 added, 0 changed, 0 destroyed").says("imported");
    world.plans_clean();
    assert_eq!(world.emulator.endpoints(), before);
}

#[test]
fn lists_are_filtered_and_cut_and_cost_one_request() {
    let world = World::new(Cli::Newer);
    clicked_together(&world);
    assert_eq!(
        found(&world, &list("runpod_endpoint", "")),
        ["sdxl -fb", "whisper", "on cpus"]
    );
    assert_eq!(world.emulator.requests().len(), 1);
    for (config, names) in [
        ("name_prefix = \"o\"", &["on cpus"][..]),
        ("type = \"LB\"", &["whisper"]),
        (
            "template_id = \"xkhgg72fuo\"",
            &["sdxl -fb", "whisper", "on cpus"],
        ),
        ("template_id = \"other\"", &[]),
    ] {
        assert_eq!(found(&world, &list("runpod_endpoint", config)), names, "{config}");
    }
    let limited = list("runpod_endpoint", "").replace("provider = runpod", "provider = runpod\n  limit = 2");
    assert_eq!(found(&world, &limited), ["sdxl -fb", "whisper"]);
    query(&world, &limited, &[])
        .ok()
        .says("The list of endpoints is cut at its limit");
    let whole = limited.replace("limit = 2", "limit = 3");
    query(&world, &whole, &[])
        .ok()
        .does_not_say("is cut at its limit");
    query(&world, &list("runpod_endpoint", "type = \"XX\""), &[])
        .fails()
        .says("type: it must be one of \"QB\", \"LB\"");
    query(&world, &list("runpod_endpoint", "name_prefix = \"\""), &[])
        .fails()
        .says("set it to null");
    query(&world, &list("runpod_endpoint", "template_id = \" \""), &[])
        .fails()
        .says("set it to null");
}

#[test]
fn what_one_api_cannot_filter_or_show_is_told() {
    let world = World::new(Cli::Newer);
    clicked_together(&world);
    let lists = "provider \"runpod\" {\n  api = \"rest\"\n}\n".to_owned()
        + &list("runpod_endpoint", "template_id = \"xkhgg72fuo\"");
    query(&world, &lists, &[])
        .fails()
        .says("REST v2 cannot filter by template");
    for resource in [
        "runpod_template",
        "runpod_network_volume",
        "runpod_registry",
        "runpod_secret",
    ] {
        let lists = "provider \"runpod\" {\n  api = \"graphql\"\n}\n".to_owned() + &list(resource, "");
        query(&world, &lists, &[])
            .fails()
            .says("needs REST v2, and the provider's api is \"graphql\"");
    }
    world.emulator.fault(
        Fault::on(Root::MyselfEndpoints)
            .always()
            .then(Effect::http(401, "")),
    );
    query(&world, &list("runpod_endpoint", ""), &[])
        .fails()
        .says("Runpod does not accept the API key");
}

#[test]
fn a_list_that_runpod_cuts_says_so() {
    let world = World::new(Cli::Newer);
    world.emulator.set_quota(5000);
    world
        .emulator
        .add_endpoints(401, |number| StoredEndpoint::named(format!("of{number}")));
    let lists = "provider \"runpod\" {\n  api = \"graphql\"\n}\n".to_owned() + &list("runpod_endpoint", "");
    query(&world, &lists, &[])
        .ok()
        .says("The list of endpoints may be cut");
}

#[test]
fn endpoints_beyond_the_cap_are_read_one_by_one_and_only_as_far_as_they_are_wanted() {
    let world = World::new(Cli::Newer);
    world.emulator.set_quota(5000);
    world
        .emulator
        .add_endpoints(405, |number| StoredEndpoint::named(format!("of{number:03}")));
    let reads = || world.emulator.requests_for("myself.endpoint").len();
    let limited =
        list("runpod_endpoint", "").replace("provider = runpod", "provider = runpod\n  limit = 402");
    assert_eq!(found(&world, &limited).len(), 402);
    assert_eq!(reads(), 2);
    world.emulator.clear_requests();
    assert_eq!(
        found(&world, &list("runpod_endpoint", "name_prefix = \"of404\"")),
        ["of404"]
    );
    assert_eq!(reads(), 1);
    world.emulator.clear_requests();
    let balanced = list("runpod_endpoint", "type = \"LB\"");
    assert!(found(&world, &balanced).is_empty());
    assert_eq!(reads(), 0);
}

/// Asserts that what these lists generate applies as it is, changes nothing, and plans clean.
#[track_caller]
fn becomes_code(world: &World, lists: &str) -> String {
    query(world, lists, &["-generate-config-out=generated.tf"]).ok();
    std::fs::remove_file(world.path().join("all.tfquery.hcl")).unwrap();
    let generated = std::fs::read_to_string(world.path().join("generated.tf")).unwrap();
    let before = (world.emulator.endpoints(), world.emulator.templates());
    world
        .apply()
        .says("0 added, 0 changed, 0 destroyed")
        .says("imported");
    world.plans_clean();
    assert_eq!((world.emulator.endpoints(), world.emulator.templates()), before);
    generated
}

/// Templates with what Runpod may hold, and the provider would refuse if somebody wrote it anew.
fn beyond_bounds() -> [StoredTemplate; 2] {
    let variable = |key: &str| EnvVar {
        key: key.into(),
        value: "1".into(),
    };
    [
        StoredTemplate {
            name: "odd".into(),
            ports: Some("53/udp,80/http".into()),
            env: vec![
                variable("MY-KEY"),
                variable("a.b"),
                variable("RUNPOD_INIT_TIMEOUT"),
                variable("RUNPOD_API_KEY"),
            ],
            docker_args: "[1,  2.0]".into(),
            container_disk_in_gb: 0,
            category: Some(TemplateCategory::Gpu),
            ..StoredTemplate::default()
        },
        StoredTemplate {
            name: r#"{"z": 1}"#.into(),
            is_serverless: false,
            volume_in_gb: 5,
            volume_mount_path: Some("/workspace".into()),
            ..StoredTemplate::default()
        },
    ]
}

#[test]
fn what_runpod_holds_beyond_the_providers_bounds_is_generated_and_plans_clean() {
    let world = World::new(Cli::Newer);
    for (name, idle_timeout) in [("never idle", 0), ("long idle", 4000)] {
        world.emulator.add_endpoint(StoredEndpoint {
            idle_timeout,
            scaler_value: 0,
            ..StoredEndpoint::named(name)
        });
    }
    for template in beyond_bounds() {
        world.emulator.add_template(template);
    }
    let lists = list("runpod_endpoint", "") + &list("runpod_template", "");
    let generated = becomes_code(&world, &lists);
    assert!(generated.contains("RUNPOD_INIT_TIMEOUT"), "{generated}");
    assert!(!generated.contains("RUNPOD_API_KEY"), "{generated}");
}

#[test]
fn secrets_and_credentials_become_code_without_what_runpod_does_not_tell() {
    let world = World::new(Cli::Newer);
    world.emulator.add_secret(StoredSecret {
        name: "hf_token".into(),
        value: "hf".into(),
        description: Some("[1,  2]".into()),
        ..StoredSecret::default()
    });
    world.emulator.add_registry(StoredRegistryAuth {
        name: "ghcr".into(),
        username: "me".into(),
        password: "p4ss".into(),
        ..StoredRegistryAuth::default()
    });
    let before = (world.emulator.secrets(), world.emulator.registries());
    let generated = becomes_code(
        &world,
        &(list("runpod_secret", "") + &list("runpod_registry", "")),
    );
    assert_eq!((world.emulator.secrets(), world.emulator.registries()), before);
    // What is made anew needs them.
    world.write_file("generated.tf", &generated.replace("\"ghcr\"", "\"other\""));
    world
        .plan()
        .fails()
        .says("No password is given")
        .says("username: it is required");
    world.write_file("generated.tf", &generated.replace("\"hf_token\"", "\"other\""));
    world.plan().fails().says("No value is given");
}
