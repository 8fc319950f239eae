//! The data sources, for one endpoint and for all of them.

use runpod_emulator::{StoredDiscount, StoredEndpoint};
use serde_json::{Value, json};

use crate::support::World;

const BOTH: &str = r#"
data "runpod_endpoint" "by_id" {
  id = "ID"
}
data "runpod_endpoint" "by_name" {
  name = "watched -fb"
}
data "runpod_endpoints" "all" {}
"#;

fn watched(world: &World) -> String {
    world.emulator.add_endpoint(StoredEndpoint {
        workers_min: 2,
        workers_max: 3,
        locations: Some("EU-RO-1,US".to_owned()),
        ..StoredEndpoint::named("watched -fb")
    })
}

on_both! {
    fn endpoints_are_found_by_id_by_name_and_in_the_list(world) {
        let id = watched(world);
        let other = world.emulator.add_endpoint(StoredEndpoint::cpu("other"));
        world.write(&BOTH.replace("ID", &id));
        world.apply();
        let states = world.states();
        let all = &states["data.runpod_endpoints.all"];
        let one = &states["data.runpod_endpoint.by_id"];
        assert_eq!(one, &states["data.runpod_endpoint.by_name"]);
        let listed = all["endpoints"].as_array().unwrap();
        assert!(listed.contains(one));
        assert_eq!(listed.len(), 2);
        assert!(listed.iter().any(|endpoint| endpoint["id"] == json!(other)));
        assert_eq!(all["serverless_discount"], Value::Null);
        let row = world.emulator.endpoint(&id).unwrap();
        assert_eq!(one["id"], json!(id));
        assert_eq!(one["name"], "watched -fb");
        assert_eq!(one["locations"], json!(["EU-RO-1", "US"]));
        assert_eq!(one["created_at"], json!(row.created_at));
        assert_eq!(one["pods"], json!([{"desired_status": "RUNNING"}, {"desired_status": "RUNNING"}]));
        // Three readers, and four requests for all of them: a list of each API, the workers, the discount.
        world.emulator.clear_requests();
        world.plans_clean();
        assert_eq!(world.emulator.requests().len(), 4);
    }

    fn the_account_s_discount_is_told(world) {
        world.emulator.set_discount(Some(StoredDiscount {
            discount_factor: 0.85,
            expiration_date: "2027-01-31T00:00:00.000Z".to_owned(),
        }));
        world.write("data \"runpod_endpoints\" \"all\" {}\n");
        world.apply();
        let discount = &world.state("data.runpod_endpoints.all")["serverless_discount"];
        assert_eq!(
            discount,
            &json!({"discount_factor": 0.85, "type": "SERVERLESS", "expiration_date": "2027-01-31T00:00:00.000Z"})
        );
    }

    fn a_name_of_several_endpoints_is_refused_with_their_ids(world) {
        let ids = [watched(world), watched(world)];
        world.write("data \"runpod_endpoint\" \"x\" {\n  name = \"watched -fb\"\n}\n");
        let ran = world.plan();
        ran.fails().says("2 endpoints are named \"watched -fb\"").says(&ids[0]).says(&ids[1]);
        ran.says("on main.tf line").says("name = \"watched -fb\"");
    }

    fn what_is_not_there_is_told_with_what_is(world) {
        let id = watched(world);
        world.write(
            "data \"runpod_endpoint\" \"name\" {\n  name = \"nobody\"\n}\n\
             data \"runpod_endpoint\" \"id\" {\n  id = \"nosuchendpoint\"\n}\n",
        );
        let ran = world.plan();
        ran.fails().says("no endpoint named \"nobody\"").says("no endpoint with the id \"nosuchendpoint\"").says(&id);
    }

    fn exactly_one_of_id_and_name_is_wanted(world) {
        world.write(
            "data \"runpod_endpoint\" \"none\" {}\n\
             data \"runpod_endpoint\" \"both\" {\n  id = \"a\"\n  name = \"b\"\n}\n",
        );
        let ran = world.terraform(&["validate", "-no-color"]);
        ran.fails().says("Neither id nor name is set").says("id and name are both set");
    }
}
