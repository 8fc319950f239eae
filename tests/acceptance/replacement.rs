//! Where a change cannot be made in place, the endpoint is created anew, and the old one goes.

use serde_json::{Value, json};

use crate::support::{World, planned};

fn endpoint(rest: &str) -> String {
    format!(
        "resource \"runpod_endpoint\" \"x\" {{\n  name = \"replaced\"\n  template_id = \"xkhgg72fuo\"\n  \
         workers_max = 1\n  {rest}\n}}\n"
    )
}

/// Applies a configuration that must replace the endpoint because of these attributes, and answers its new id.
#[track_caller]
fn replaced(world: &World, configuration: &str, because_of: Value) -> String {
    let old = world.state("runpod_endpoint.x")["id"].clone();
    world.write(configuration);
    let plan = world.plan_json();
    let change = planned(&plan, "runpod_endpoint.x");
    assert_eq!(change["actions"], json!(["delete", "create"]));
    assert_eq!(change["replace_paths"], because_of);
    world.apply();
    let new = world.state("runpod_endpoint.x")["id"].clone();
    assert_ne!(old, new);
    let rows = world.emulator.endpoints();
    assert_eq!(rows.len(), 1, "the old endpoint is gone");
    assert_eq!(json!(rows[0].id), new);
    world.plans_clean();
    rows[0].id.clone()
}

on_both! {
    fn another_type_replaces(world) {
        world.write(&endpoint("gpu_ids = [\"AMPERE_16\"]"));
        world.apply();
        assert_eq!(world.state("runpod_endpoint.x")["type"], "QB");
        let id = replaced(world, &endpoint("gpu_ids = [\"AMPERE_16\"]\n  type = \"LB\""), json!([["type"]]));
        assert_eq!(world.emulator.endpoint(&id).unwrap().kind, "LB");
    }

    fn gpu_to_cpu_and_back_replaces(world) {
        let (gpu, cpu) = (endpoint("gpu_ids = [\"AMPERE_16\"]"), endpoint("instance_ids = [\"cpu3c-2-4\"]"));
        world.write(&gpu);
        world.apply();
        let paths = json!([["instance_ids"], ["gpu_ids"]]);
        let id = replaced(world, &cpu, paths.clone());
        assert_eq!(world.emulator.endpoint(&id).unwrap().instance_ids, ["cpu3c-2-4"]);
        let id = replaced(world, &gpu, paths);
        assert_eq!(world.emulator.endpoint(&id).unwrap().gpu_ids.as_deref(), Some("AMPERE_16"));
    }

    fn create_before_destroy_has_both_for_a_while(world) {
        let lifecycle = "lifecycle {\n    create_before_destroy = true\n  }";
        world.write(&endpoint(&format!("gpu_ids = [\"AMPERE_16\"]\n  {lifecycle}")));
        world.apply();
        let old = world.emulator.endpoints()[0].id.clone();
        world.write(&endpoint(&format!("gpu_ids = [\"AMPERE_16\"]\n  type = \"LB\"\n  {lifecycle}")));
        world.apply();
        let rows = world.emulator.endpoints();
        assert_eq!(rows.len(), 1);
        assert_ne!(rows[0].id, old);
        assert_eq!(world.state("runpod_endpoint.x")["id"], json!(rows[0].id));
    }
}
