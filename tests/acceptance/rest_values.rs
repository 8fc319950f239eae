//! Values that REST v2 shows otherwise than they were written, or not at all, and values that a plan does not know yet.

use runpod_emulator::{
    CountryCodes, Effect, Fault, Noun, RequestRecord, Root, SAMPLE_TEMPLATE, StoredEndpoint, StoredTemplate,
};
use serde_json::{Value, json};

use crate::support::{Cli, World, planned};

const PATCH: &str = "PATCH /v2/serverless/{id}";
const APPLY: &[&str] = &["apply", "-auto-approve", "-no-color"];

/// An endpoint with these attributes and a name.
fn endpoint(attributes: &str) -> String {
    format!("resource \"runpod_endpoint\" \"sdxl\" {{\n  name = \"sdxl\"\n  {attributes}\n}}\n")
}

/// The bodies of the updates that were sent.
fn patches(world: &World) -> Vec<Value> {
    let sent = world.emulator.requests_for(PATCH);
    sent.iter().map(RequestRecord::input).collect()
}

on_both! {
    fn an_image_that_is_unknown_at_plan_is_created_and_changed_over_rest(world) {
        let built = |tag: &str| {
            let build = format!("resource \"terraform_data\" \"build\" {{\n  input = \"acme/sdxl:{tag}\"\n}}\n");
            build + &endpoint("image = terraform_data.build.output\n  gpu_ids = [\"ADA_24\"]")
        };
        for tag in ["1", "2"] {
            world.write(&built(tag));
            world.apply().warns_of_nothing();
            assert_eq!(world.state("runpod_endpoint.sdxl")["image"], json!(format!("acme/sdxl:{tag}")));
            world.plans_clean();
        }
        assert_eq!(patches(world), [json!({"image": "acme/sdxl:2"})]);
        let ran = world.over("graphql", &["plan", "-no-color"]);
        ran.fails().says("An endpoint with an image needs REST v2");
    }

    fn a_container_moves_to_a_template_and_back_though_a_plan_does_not_know_it(world) {
        let template = "resource \"runpod_template\" \"own\" {\n  name = \"own\"\n  image = \"acme/own:1\"\n}\n";
        let by_template = format!("{template}{}", endpoint("template_id = runpod_template.own.id\n  gpu_ids = [\"ADA_24\"]"));
        let build = "resource \"terraform_data\" \"build\" {\n  input = \"acme/built:1\"\n}\n";
        let by_image = format!("{build}{}", endpoint("image = terraform_data.build.output\n  gpu_ids = [\"ADA_24\"]"));
        for (first, second) in [(endpoint("image = \"acme/sdxl:1\"\n  gpu_ids = [\"ADA_24\"]"), &by_template), (by_template.clone(), &by_image)] {
            world.write(&first);
            world.over("rest", APPLY).ok();
            world.write(second);
            world.over("rest", APPLY).ok();
            world.plans_clean_over("rest");
        }
        assert_eq!(world.state("runpod_endpoint.sdxl")["image"], json!("acme/built:1"));
        assert_eq!(world.emulator.endpoints().len(), 1);
    }

    fn cpu_instances_that_are_unknown_at_plan_are_changed_in_place(world) {
        let sized = |instance: &str| {
            let size = format!("resource \"terraform_data\" \"size\" {{\n  input = {instance:?}\n}}\n");
            size + &endpoint("image = \"a:1\"\n  instance_ids = [terraform_data.size.output]")
        };
        world.write(&sized("cpu3c-2-4"));
        world.apply();
        let id = world.state("runpod_endpoint.sdxl")["id"].clone();
        for unknown in ["[terraform_data.size.output]", "split(\",\", terraform_data.size.output)"] {
            for instance in ["cpu3c-4-8", "cpu3c-8-16"] {
                world.write(&sized(instance).replace("[terraform_data.size.output]", unknown));
                let plan = world.plan_json();
                assert_eq!(planned(&plan, "runpod_endpoint.sdxl")["actions"], json!(["update"]));
                world.terraform(&["apply", "-no-color", "plan"]).ok();
                world.plans_clean();
            }
        }
        assert_eq!(world.state("runpod_endpoint.sdxl")["id"], id);
    }
}

#[test]
fn another_order_of_pools_is_sent() {
    let world = World::new(Cli::Older);
    let pools = |pools: &str| endpoint(&format!("image = \"a:1\"\n  gpu_ids = [{pools}]"));
    world.write(&pools("\"AMPERE_16\", \"AMPERE_24\", \"-NVIDIA L4\""));
    world.apply();
    world.write(&pools("\"AMPERE_24\", \"AMPERE_16\", \"-NVIDIA L4\""));
    world.plans_changes();
    world.apply();
    let sent =
        json!({"gpu": {"pools": ["AMPERE_24", "AMPERE_16"], "excludedTypes": ["NVIDIA L4"], "count": 1}});
    assert_eq!(patches(&world), [sent]);
    world.plans_clean();
}

#[test]
fn what_rest_does_not_tell_stays_as_it_is() {
    let world = World::new(Cli::Older);
    world
        .emulator
        .switches(|switches| switches.omit_optional_keys = true);
    world.write(
        r#"
        resource "runpod_endpoint" "balanced" {
          name    = "balanced"
          image   = "a:1"
          type    = "LB"
          gpu_ids = ["AMPERE_24", "-NVIDIA L4"]
          env     = { A = "1" }
        }
        resource "runpod_endpoint" "cpu" {
          name         = "cpu"
          image        = "a:1"
          instance_ids = ["cpu3c-2-4"]
        }
        "#,
    );
    world.apply().warns_of_nothing();
    world.plans_clean();
    let state = world.state("runpod_endpoint.balanced");
    let base = format!("https://{}.api.runpod.ai", state["id"].as_str().unwrap());
    assert_eq!((&state["url"], &state["type"]), (&json!(base), &json!("LB")));
    world
        .emulator
        .switches(|switches| switches.omit_optional_keys = false);
    world.plans_clean();
}

#[test]
fn countries_are_taken_out_over_rest_though_it_does_not_show_them() {
    for codes in [
        CountryCodes::Dropped,
        CountryCodes::Expanded,
        CountryCodes::Verbatim,
    ] {
        let world = World::new(Cli::Older);
        world.emulator.switches(|switches| switches.country_codes = codes);
        let base = "template_id = \"xkhgg72fuo\"\n  gpu_ids = [\"ADA_24\"]\n  ";
        world.write(&endpoint(&format!("{base}locations = [\"US\"]")));
        world.over("graphql", APPLY).ok();
        world.write(&endpoint(base));
        world.over("rest", APPLY).ok().says("1 changed");
        assert_eq!(patches(&world), [json!({"dataCenterIds": []})], "{codes:?}");
        world.plans_clean_over("rest");
        world.plans_clean_over("graphql");
    }
}

#[test]
fn a_template_that_is_left_takes_its_container_along() {
    let world = World::new(Cli::Older);
    let template = world.emulator.add_template(StoredTemplate {
        name: "with-all".into(),
        image_name: Some("acme/sdxl:1".into()),
        container_disk_in_gb: 20,
        ports: Some("80/http".into()),
        env: vec![runpod_emulator::EnvVar::new("A", "1")],
        ..StoredTemplate::default()
    });
    let gpus = "\n  gpu_ids = [\"ADA_24\"]";
    world.write(&endpoint(&format!("template_id = {template:?}{gpus}")));
    world.over("rest", APPLY).ok();
    world.write(&endpoint(&format!("image = \"acme/sdxl:1\"\n  disk = 20{gpus}")));
    world.over("rest", APPLY).ok().warns_of_nothing();
    assert_eq!(patches(&world), [json!({"ports": [], "env": {}})]);
    world.plans_clean_over("rest");
}

#[test]
fn a_scaler_that_rest_does_not_take_is_told_at_plan_where_it_would_be_written() {
    let world = World::new(Cli::Older);
    let id = world.emulator.add_endpoint(StoredEndpoint {
        kind: "LB".into(),
        scaler_type: "QUEUE_DELAY".into(),
        template_id: Some(SAMPLE_TEMPLATE.into()),
        ..StoredEndpoint::named("sdxl")
    });
    let import = format!("import {{\n  to = runpod_endpoint.sdxl\n  id = {id:?}\n}}\n");
    let base = "template_id = \"xkhgg72fuo\"\n  type = \"LB\"\n  gpu_ids = [\"AMPERE_16\"]\n  ";
    world.write(&format!("{import}{}", endpoint(base)));
    world.over("graphql", APPLY).ok();
    world.plans_clean_over("rest");
    for scaler in [
        "scaler_value = 7",
        "scaler_type = \"QUEUE_DELAY\"\n  scaler_value = 7",
    ] {
        world.write(&endpoint(&format!("{base}{scaler}")));
        let ran = world.over("rest", &["plan", "-no-color"]);
        ran.fails().says("REST v2 takes REQUEST_COUNT alone");
    }
    world.write(&endpoint(&format!("{base}idle_timeout = 33")));
    world.over("rest", APPLY).ok();
}

#[test]
fn a_write_waits_for_what_the_same_run_has_made_and_for_nothing_else() {
    let world = World::new(Cli::Older);
    let template = "resource \"runpod_template\" \"own\" {\n  name = \"own\"\n  image = \"a:1\"\n}\n";
    let gpus = "\n  gpu_ids = [\"ADA_24\"]";
    let by = |id: &str| template.to_owned() + &endpoint(&format!("template_id = {id}{gpus}"));
    let missing = || Effect::problem(404, "template not found");
    let create = || Fault::on(Root::RestCreate(Noun::Endpoint));
    world.emulator.fault(create().times(2).then(missing()));
    world.write(&by("runpod_template.own.id"));
    world.over("rest", APPLY).ok();
    assert_eq!(world.emulator.requests_for("POST /v2/serverless").len(), 3);
    world.plans_clean_over("rest");
    world.emulator.clear_requests();
    world.write(
        &(by("runpod_template.own.id")
            + &endpoint(&format!("template_id = \"an0ther0ne\"{gpus}")).replace("sdxl", "flux")),
    );
    world.over("rest", APPLY).fails().says("does not exist");
    assert_eq!(world.emulator.requests_for("POST /v2/serverless").len(), 1);
}

#[test]
fn a_template_that_is_bound_to_the_endpoint_is_told_before_it_is_rewritten() {
    let world = World::new(Cli::Older);
    let gpus = "\n  gpu_ids = [\"ADA_24\"]";
    world.write(&endpoint(&format!("template_id = \"xkhgg72fuo\"{gpus}")));
    world.over("graphql", APPLY).ok();
    let id = world.emulator.endpoints()[0].id.clone();
    world
        .emulator
        .edit_template(SAMPLE_TEMPLATE, |row| row.bound_endpoint_id = Some(id));
    world.write(&endpoint(&format!("image = \"a:1\"{gpus}")));
    world
        .over("rest", &["plan", "-no-color"])
        .ok()
        .says("The template is rewritten, too")
        .says(SAMPLE_TEMPLATE);
}

#[test]
fn a_change_of_the_count_keeps_the_priority_of_the_pools_whatever_a_read_shows() {
    let world = World::new(Cli::Older);
    let sized = |count: u32| {
        endpoint(&format!(
            "image = \"a:1\"\n  gpu_ids = [\"AMPERE_24\", \"AMPERE_16\"]\n  gpu_count = {count}"
        ))
    };
    world.write(&sized(1));
    world.apply();
    let id = world.emulator.endpoints()[0].id.clone();
    world
        .emulator
        .edit(&id, |row| row.gpu_ids = Some("AMPERE_16,AMPERE_24".into()));
    world.plans_clean();
    world.write(&sized(2));
    world.apply();
    let sent = json!({"gpu": {"pools": ["AMPERE_24", "AMPERE_16"], "count": 2}});
    assert_eq!(patches(&world), [sent]);
}

on_both! {
    fn variables_that_runpod_might_add_are_added_changed_and_taken_out(world) {
        let variables = |env: &str| {
            let template = format!("resource \"runpod_template\" \"sdxl\" {{\n  name = \"of sdxl\"\n  image = \"a:1\"\n  {env}\n}}\n");
            template + &endpoint(&format!("image = \"a:1\"\n  gpu_ids = [\"ADA_24\"]\n  {env}"))
        };
        let stored = || {
            let templates = world.emulator.templates().into_iter();
            let own = templates.filter(|row| row.id != SAMPLE_TEMPLATE && row.is_serverless && row.image_name.as_deref() == Some("a:1"));
            let env = |row: StoredTemplate| {
                row.env.into_iter().map(|item| (item.key, json!(item.value))).collect::<serde_json::Map<_, _>>()
            };
            own.map(env).map(Value::Object).collect::<Vec<_>>()
        };
        for (env, expected) in [
            ("env = { A = \"1\" }", json!({"A": "1"})),
            ("env = { A = \"1\", RUNPOD_INIT_TIMEOUT = \"800\" }", json!({"A": "1", "RUNPOD_INIT_TIMEOUT": "800"})),
            ("env = { A = \"1\", RUNPOD_INIT_TIMEOUT = \"900\" }", json!({"A": "1", "RUNPOD_INIT_TIMEOUT": "900"})),
            ("env = { A = \"1\" }", json!({"A": "1"})),
            ("env = { RUNPOD_INIT_TIMEOUT = \"800\" }", json!({"RUNPOD_INIT_TIMEOUT": "800"})),
            ("", json!({})),
        ] {
            world.write(&variables(env));
            world.apply().warns_of_nothing();
            assert_eq!(stored(), [expected.clone(), expected]);
            world.plans_clean();
        }
        // What somebody takes out is seen and put back.
        world.write(&variables("env = { RUNPOD_INIT_TIMEOUT = \"800\" }"));
        world.apply();
        for row in world.emulator.templates() {
            world.emulator.edit_template(&row.id, |row| row.env.clear());
        }
        world.apply().says("2 changed");
        assert_eq!(stored().len(), 2);
        assert!(stored().iter().all(|env| env["RUNPOD_INIT_TIMEOUT"] == "800"));
        world.plans_clean();
        // What Runpod itself adds is nobody's.
        let injected = vec![runpod_emulator::EnvVar::new("RUNPOD_API_KEY", "of-the-platform")];
        world.emulator.switches(|switches| switches.injected_env = injected);
        world.plans_clean();
        world.write(&variables(""));
        world.apply();
        world.plans_clean();
    }
}
