//! `moved` blocks from other providers for Runpod, whose states are written here as they store them.

use std::fs;

use runpod_emulator::StoredEndpoint;
use serde_json::{Value, json};

use crate::support::World;

/// Puts a state that another provider has left, and lets Terraform find that provider: this one stands in, since it is
/// never asked.
pub fn other_providers_state(world: &World, provider: &str, resource: &str, attributes: &Value) {
    let state = json!({
        "version": 4, "terraform_version": "1.11.4", "serial": 7, "lineage": "1d2c3b4a-0000-4000-8000-000000000000",
        "outputs": {},
        "resources": [{
            "mode": "managed", "type": resource, "name": "before",
            "provider": format!("provider[\"registry.terraform.io/{provider}\"]"),
            "instances": [{"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}],
        }],
    });
    world.write_file("terraform.tfstate", &state.to_string());
    let rc = world.path().join("home/terraform.rc");
    let text = fs::read_to_string(&rc).unwrap();
    let own = text
        .lines()
        .find(|line| line.contains("terraform-runpod/runpod"))
        .unwrap();
    let other = own.replace("terraform-runpod/runpod", provider);
    fs::write(&rc, text.replace(own, &format!("{own}\n{other}"))).unwrap();
}

fn configuration(from: &str) -> String {
    format!(
        "resource \"runpod_endpoint\" \"after\" {{\n  name = \"queue\"\n  template_id = \"xkhgg72fuo\"\n  \
         gpu_ids = [\"ADA_24\"]\n  workers_max = 2\n}}\n\nmoved {{\n  from = {from}.before\n  to = runpod_endpoint.after\n}}\n"
    )
}

fn existing(world: &World) -> StoredEndpoint {
    let id = world.emulator.add_endpoint(StoredEndpoint {
        gpu_ids: Some("ADA_24".to_owned()),
        workers_max: 2,
        ..StoredEndpoint::named("queue")
    });
    world.emulator.endpoint(&id).unwrap()
}

on_both! {
    fn an_endpoint_moves_over_without_being_touched(world) {
        for (provider, resource, more) in [
            ("runpod/runpod", "runpod_serverless_endpoint", json!({"endpoint_type": "QUEUE", "gpu_pools": ["ADA_24"]})),
            ("runpod/runpod", "runpod_endpoint", json!({"gpu_type_ids": ["x"], "flashboot": true, "workers": []})),
            ("example/runpod", "runpod_endpoint", json!({"template_id": 7, "timeouts": "30m"})),
        ] {
            let row = existing(world);
            let mut attributes = more;
            attributes["id"] = json!(row.id);
            attributes["name"] = json!("queue");
            other_providers_state(world, provider, resource, &attributes);
            world.write(&configuration(resource));
            let plan = world.terraform(&["plan", "-no-color", "-out=plan"]);
            plan.ok().says("has moved to runpod_endpoint.after").says("0 to add, 0 to change, 0 to destroy");
            world.terraform(&["apply", "-no-color", "plan"]).ok();
            assert_eq!(world.state("runpod_endpoint.after")["id"], row.id);
            assert_eq!(world.emulator.endpoint(&row.id), Some(row));
            world.plans_clean();
            world.destroy();
            assert!(world.emulator.endpoints().is_empty());
        }
    }

    fn what_is_no_endpoint_does_not_move(world) {
        other_providers_state(world, "runpod/runpod", "runpod_pod", &json!({"id": "p1"}));
        world.write(&configuration("runpod_pod"));
        world.plan().fails().says("The resource cannot be moved to runpod_endpoint").says("terraform state rm");
    }

    fn an_endpoint_without_an_id_does_not_move(world) {
        let attributes = json!({"id": null, "name": "queue"});
        other_providers_state(world, "runpod/runpod", "runpod_serverless_endpoint", &attributes);
        world.write(&configuration("runpod_serverless_endpoint"));
        world.plan().fails().says("The state has no id for endpoint \"queue\"").says("terraform import");
    }
}
