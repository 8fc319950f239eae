//! What a day of hard use found: values that mean none, kinds that are unknown, lists that are cut, states that others
//! spoiled.

use runpod_emulator::{FlashBootType, StoredEndpoint};
use serde_json::{Value, json};

use crate::support::{Cli, World};

fn endpoint(lines: &str) -> String {
    format!("resource \"runpod_endpoint\" \"x\" {{\n{lines}\n}}\n")
}

const BASE: &str = "  name = \"sdxl\"\n  template_id = \"xkhgg72fuo\"\n";
const GPU: &str = "  gpu_ids = [\"AMPERE_16\"]\n";

#[test]
fn a_read_only_attribute_in_a_configuration_is_refused_at_it() {
    let world = World::new(Cli::Older);
    let other = world.emulator.add_endpoint(StoredEndpoint::named("other"));
    world.write(&endpoint(&format!("{BASE}{GPU}")));
    world.apply();
    let before = (world.emulator.endpoints(), world.states());
    for lines in [
        format!("  id = {other:?}"),
        "  url = \"https://example.org\"".to_owned(),
    ] {
        world.write(&endpoint(&format!("{BASE}{GPU}{lines}")));
        let ran = world.terraform(&["validate", "-no-color"]);
        ran.fails().says(lines.trim());
        world.plan().fails();
        assert_eq!((world.emulator.endpoints(), world.states()), before);
    }
    for data in [
        "data \"runpod_endpoint\" \"x\" {\n  name = \"other\"\n  workers_max = 7\n}\n",
        "data \"runpod_endpoints\" \"x\" {\n  endpoints = [{ id = \"mine\" }]\n}\n",
        "data \"runpod_secrets\" \"x\" {\n  secrets = []\n}\n",
    ] {
        world.write(data);
        world.terraform(&["validate", "-no-color"]).fails();
    }
}

#[test]
fn an_unreadable_private_state_is_none() {
    let world = World::new(Cli::Older);
    world.write(&endpoint(&format!("{BASE}{GPU}")));
    for spoiled in ["AAECAwQF", "eyJub3QiOiJvdXJzIn0="] {
        world.apply();
        let path = world.path().join("terraform.tfstate");
        let mut state: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        state["resources"][0]["instances"][0]["private"] = json!(spoiled);
        world.write_file("terraform.tfstate", &state.to_string());
        world.plans_clean();
        world.write(&endpoint(&format!("{BASE}{GPU}  idle_timeout = 7\n")));
        world.apply();
        world.destroy();
        world.write(&endpoint(&format!("{BASE}{GPU}")));
    }
}

#[test]
fn where_the_kind_of_worker_is_unknown_the_plan_says_replace() {
    let world = World::new(Cli::Older);
    let lines = |kind: &str| {
        let condition = format!(
            "resource \"terraform_data\" \"kind\" {{\n  input = {kind:?}\n  triggers_replace = {kind:?}\n}}\n"
        );
        let kinds = "  gpu_ids = terraform_data.kind.output == \"gpu\" ? [\"AMPERE_16\"] : null\n  instance_ids = \
                     terraform_data.kind.output == \"gpu\" ? null : [\"cpu3c-2-4\"]\n";
        condition + &endpoint(&format!("{BASE}{kinds}"))
    };
    for (kind, is_cpu) in [("cpu", true), ("gpu", false), ("cpu", true)] {
        world.write(&lines(kind));
        let ran = world.apply();
        ran.does_not_say("inconsistent");
        let rows = world.emulator.endpoints();
        assert_eq!(rows.len(), 1);
        assert_eq!(!rows[0].instance_ids.is_empty(), is_cpu, "{kind}");
        world.plans_clean();
    }
}

#[test]
fn an_empty_collection_is_none_beside_its_sibling_too() {
    let world = World::new(Cli::Older);
    for lines in [
        "  gpu_ids = [\"AMPERE_16\"]\n  instance_ids = []\n  network_volume_id = \"agv6w2qcg7\"\n  network_volume_ids = []\n  \
         locations = []\n  allowed_cuda_versions = []\n  min_cuda_version = \"12.4\"",
        "  gpu_ids = []\n  instance_ids = [\"cpu3c-2-4\"]",
    ] {
        world.write(&endpoint(&format!("{BASE}{lines}")));
        world.apply();
        world.plans_clean();
        let without: String = lines
            .lines()
            .filter(|line| !line.ends_with("[]"))
            .map(|line| format!("{line}\n"))
            .collect();
        let before = world.emulator.endpoints();
        world.write(&endpoint(&format!("{BASE}{without}")));
        world.apply();
        world.plans_clean();
        assert_eq!(world.emulator.endpoints(), before);
        world.destroy();
    }
}

#[test]
fn what_an_import_finds_is_what_the_configuration_may_say() {
    let world = World::new(Cli::Older);
    let id = world.emulator.add_endpoint(StoredEndpoint {
        gpu_ids: Some("-NVIDIA RTX A4500,AMPERE_16".into()),
        execution_timeout_ms: Some(0),
        flash_boot_type: Some(FlashBootType::Off),
        workers_min: 3,
        workers_max: 1,
        workers_standby: 1,
        ..StoredEndpoint::named("sdxl")
    });
    let lines = "  gpu_ids = [\"-NVIDIA RTX A4500\", \"AMPERE_16\"]\n  execution_timeout_ms = 0\n  flashboot = \"OFF\"\n  \
                 workers_min = 3\n  workers_max = 1\n";
    let import = format!("import {{\n  to = runpod_endpoint.x\n  id = {id:?}\n}}\n");
    world.write(&(endpoint(&format!("{BASE}{lines}")) + &import));
    world
        .apply()
        .says("1 imported, 0 added, 0 changed, 0 destroyed")
        .says("exceeds workers_max");
    world.plans_clean();
    world.write(&endpoint(
        &format!("{BASE}{lines}").replace("workers_max = 1", "workers_max = 2"),
    ));
    world
        .plan()
        .fails()
        .says("workers_max: it must not be below workers_min, which is 3");
    world.write(&endpoint(&format!("{BASE}{lines}")));
    world.destroy();
}

#[test]
fn a_new_endpoint_that_reads_show_late_stays_in_the_state() {
    let world = World::new(Cli::Older);
    world.write(&endpoint(&format!("{BASE}{GPU}")));
    world.apply();
    let row = world.emulator.endpoints().remove(0);
    // As if it had not come through to the reads yet.
    world.emulator.edit(&row.id, |row| row.hidden_reads = 4);
    world.plans_clean();
    assert_eq!(world.emulator.endpoints().len(), 1);
    world.emulator.remove(&row.id);
    world.plans_changes().says("1 to add");
}

#[test]
fn lists_that_are_cut_say_so() {
    let world = World::new(Cli::Older);
    world.emulator.set_quota(5000);
    world
        .emulator
        .add_endpoints(401, |number| StoredEndpoint::named(format!("of{number}")));
    let graphql = "provider \"runpod\" {\n  api = \"graphql\"\n}\n";
    world.write(&format!("{graphql}data \"runpod_endpoints\" \"all\" {{}}\n"));
    world.apply().says("The list of endpoints may be cut");
    world.write(&format!(
        "{graphql}data \"runpod_endpoint\" \"x\" {{\n  name = \"of400\"\n}}\n"
    ));
    world.plan().fails().says("The account may have more");
    // REST v2's lists are whole.
    world.write(
        "data \"runpod_endpoint\" \"x\" {\n  name = \"of400\"\n}\ndata \"runpod_endpoints\" \"all\" {}\n",
    );
    world.apply().does_not_say("may be cut");
    assert_eq!(
        world.state("data.runpod_endpoints.all")["endpoints"]
            .as_array()
            .unwrap()
            .len(),
        401
    );
}

#[test]
fn names_that_differ_by_normalisation_alone_are_one() {
    let world = World::new(Cli::Older);
    let id = world.emulator.add_endpoint(StoredEndpoint::named("cafe\u{301}"));
    world.write("data \"runpod_endpoint\" \"x\" {\n  name = \"caf\u{e9}\"\n}\n");
    world.apply();
    assert_eq!(world.state("data.runpod_endpoint.x")["id"], json!(id));
    let import = format!("import {{\n  to = runpod_endpoint.x\n  id = {id:?}\n}}\n");
    let lines = format!("{BASE}{GPU}").replace("sdxl", "caf\u{e9}");
    world.write(&(endpoint(&lines) + &import));
    world.apply().says("1 imported, 0 added, 0 changed, 0 destroyed");
    world.write(&endpoint(&format!("{lines}  idle_timeout = 42\n")));
    world.apply().does_not_say("Warning: name");
    world.plans_clean();
}

#[test]
fn no_error_quotes_a_line_that_may_hold_a_secret() {
    let world = World::new(Cli::Older);
    let data = "data \"runpod_endpoints\" \"all\" {}\n";
    for (argument, value) in [
        ("api_key", "rpa_LITERAL SECRET"),
        ("graphql_url", "http://user:LITERAL@example.org/"),
        ("rest_url", "ftp://user:LITERAL@example.org/"),
        ("jobs_url", "https://example.org/?api_key=LITERAL"),
    ] {
        world.write(&format!(
            "provider \"runpod\" {{\n  {argument} = {value:?}\n}}\n{data}"
        ));
        world.plan().fails().says(argument).does_not_say("LITERAL");
    }
    world.write(&format!(
        "variable \"key\" {{}}\nprovider \"runpod\" {{\n  api_key = var.key\n}}\n{data}"
    ));
    let mut plan = world.command(&["plan", "-no-color"]);
    plan.env_remove("RUNPOD_API_KEY")
        .env("TF_VAR_key", format!(" {}\n", crate::support::KEY));
    crate::support::ran(plan.output().unwrap()).ok();
}
