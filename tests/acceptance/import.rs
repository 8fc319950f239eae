//! Taking over what exists: by command, by block, and with a configuration that Terraform writes.

use runpod_emulator::{FlashBootType, StoredEndpoint};
use serde_json::{Value, json};

use crate::support::World;

/// Endpoints as the console leaves them, each with other things set.
fn from_the_console() -> Vec<StoredEndpoint> {
    vec![
        StoredEndpoint {
            gpu_ids: Some("AMPERE_24,ADA_24,-NVIDIA L4".to_owned()),
            gpu_count: 2,
            kind: "LB".to_owned(),
            workers_max: 1,
            idle_timeout: 60,
            scaler_type: "REQUEST_COUNT".to_owned(),
            scaler_value: 1,
            execution_timeout_ms: Some(900_000),
            flash_boot_type: Some(FlashBootType::PriorityFlashboot),
            locations: Some("US,EU-RO-1".to_owned()),
            allowed_cuda_versions: Some("12.4,12.1".to_owned()),
            ..StoredEndpoint::named("everything set -fb")
        },
        StoredEndpoint {
            execution_timeout_ms: None,
            flash_boot_type: None,
            locations: Some(String::new()),
            network_volume_id: Some("agv6w2qcg7".to_owned()),
            ..StoredEndpoint::named("one volume, the older way")
        },
        StoredEndpoint {
            network_volume_ids: vec!["us2ks7vol0".to_owned(), "agv6w2qcg7".to_owned()],
            min_cuda_version: Some("12.4".to_owned()),
            ..StoredEndpoint::named("several volumes")
        },
        StoredEndpoint {
            network_volume_ids: vec!["eur1is3vol".to_owned()],
            ..StoredEndpoint::named("one volume, the newer way")
        },
        StoredEndpoint {
            workers_min: 1,
            workers_max: 2,
            ..StoredEndpoint::cpu("on CPUs")
        },
    ]
}

fn add(world: &World) -> Vec<StoredEndpoint> {
    let add = |row| {
        let id = world.emulator.add_endpoint(row);
        world.emulator.endpoint(&id).unwrap()
    };
    from_the_console().into_iter().map(add).collect()
}

fn import_block(number: usize, id: &str) -> String {
    format!("import {{\n  to = runpod_endpoint.imported_{number}\n  id = \"{id}\"\n}}\n")
}

const PLAIN: &str = r#"
resource "runpod_endpoint" "x" {
  name        = "by hand"
  template_id = "xkhgg72fuo"
  gpu_ids     = ["AMPERE_24", "AMPERE_16"]
  workers_max = 5
}
"#;

fn plain(world: &World) -> String {
    world.emulator.add_endpoint(StoredEndpoint {
        gpu_ids: Some("AMPERE_24,AMPERE_16".to_owned()),
        workers_max: 5,
        ..StoredEndpoint::named("by hand")
    })
}

on_both! {
    fn terraform_writes_a_configuration_that_plans_clean(world) {
        let rows = add(world);
        let blocks = rows.iter().enumerate().map(|(number, row)| import_block(number, &row.id));
        world.write(&blocks.collect::<String>());
        world.terraform(&["plan", "-no-color", "-generate-config-out=generated.tf"])
            .ok()
            .says(&format!("{} to import, 0 to add, 0 to change, 0 to destroy", rows.len()));
        world.apply().says(&format!("{} imported, 0 added, 0 changed, 0 destroyed", rows.len()));
        world.plans_clean();
        for row in &rows {
            assert_eq!(world.emulator.endpoint(&row.id).as_ref(), Some(row), "an import changes nothing");
        }
        let states = world.states();
        assert_eq!(states["runpod_endpoint.imported_0"]["gpu_ids"], json!(["AMPERE_24", "ADA_24", "-NVIDIA L4"]));
        assert_eq!(states["runpod_endpoint.imported_1"]["network_volume_id"], "agv6w2qcg7");
        assert_eq!(states["runpod_endpoint.imported_2"]["network_volume_ids"], json!(["agv6w2qcg7", "us2ks7vol0"]));
        assert_eq!(states["runpod_endpoint.imported_4"]["instance_ids"], json!(["cpu3c-2-4"]));

        // What was generated is the user's now: taking a volume out of it detaches the volume.
        let generated = std::fs::read_to_string(world.path().join("generated.tf")).unwrap();
        assert!(generated.contains("\"agv6w2qcg7\""));
        world.write_file("generated.tf", &generated.replace("= \"agv6w2qcg7\"", "= null"));
        world.apply().says("1 changed");
        assert_eq!(world.emulator.endpoint(&rows[1].id).unwrap().network_volume_id, None);
        world.plans_clean();
    }

    fn the_command_takes_over_what_the_configuration_describes(world) {
        let id = plain(world);
        world.write(PLAIN);
        world.terraform(&["import", "-no-color", "runpod_endpoint.x", &id]).ok();
        world.plans_clean();
        assert!(world.emulator.requests_for("saveEndpoint").is_empty());
        world.destroy();
        assert!(world.emulator.endpoints().is_empty());
    }

    fn a_block_shows_what_the_configuration_would_change(world) {
        let id = plain(world);
        let wanted = PLAIN.replace("workers_max = 5", "workers_max = 4\n  idle_timeout = 20");
        world.write(&format!("{wanted}import {{\n  to = runpod_endpoint.x\n  id = \"{id}\"\n}}\n"));
        world.plans_changes().says("1 to import, 0 to add, 1 to change, 0 to destroy");
        world.apply();
        let row = world.emulator.endpoint(&id).unwrap();
        assert_eq!((row.workers_max, row.idle_timeout), (4, 20));
        world.plans_clean();
    }

    fn a_wrong_id_is_told_with_the_endpoints_that_there_are(world) {
        let id = plain(world);
        world.write(PLAIN);
        let ran = world.terraform(&["import", "-no-color", "runpod_endpoint.x", "nosuchendpoint"]);
        ran.fails().says("no endpoint with the id \"nosuchendpoint\"").says(&id).says("by hand");
        assert!(world.states().is_empty());
    }

    fn an_account_is_imported_with_blocks_from_the_data_source(world) {
        let rows = add(world);
        world.write_file("main.tf", include_str!("../../examples/guides/import-many/main.tf"));
        world.apply();
        let blocks = world.command(&["output", "-raw", "import_blocks"]).output().unwrap();
        world.write_file("imports.tf", &String::from_utf8(blocks.stdout).unwrap());
        world.terraform(&["plan", "-no-color", "-generate-config-out=endpoints.tf"]).ok();
        world.apply().says(&format!("{} imported, 0 added, 0 changed, 0 destroyed", rows.len()));
        std::fs::remove_file(world.path().join("imports.tf")).unwrap();
        world.plans_clean();
    }
}

on_both! {
    fn what_the_api_page_creates_and_modifies_is_taken_over(world) {
        let answer = world.ask(
            r#"mutation { saveEndpoint(input: { gpuIds: "AMPERE_16", idleTimeout: 5, locations: "US", name: "Generated Endpoint -fb", networkVolumeId: "", scalerType: "QUEUE_DELAY", scalerValue: 4, templateId: "xkhgg72fuo", workersMax: 3, workersMin: 0 }) { gpuIds id idleTimeout locations name scalerType scalerValue templateId workersMax workersMin } }"#,
        );
        assert_eq!(answer["data"]["saveEndpoint"]["id"], "i02xupws21hp6i", "{answer}");
        world.write(
            r#"
            resource "runpod_endpoint" "generated" {
              name         = "Generated Endpoint -fb"
              template_id  = "xkhgg72fuo"
              gpu_ids      = ["AMPERE_16"]
              locations    = ["US"]
              idle_timeout = 5
            }
            import {
              to = runpod_endpoint.generated
              id = "i02xupws21hp6i"
            }
            "#,
        );
        world.apply().says("1 imported, 0 added, 0 changed, 0 destroyed");
        // The page's way to modify resets what it does not name, and Terraform shows all of it.
        let answer = world.ask(
            r#"mutation { saveEndpoint(input: { id: "i02xupws21hp6i", gpuIds: "AMPERE_16", name: "Generated Endpoint -fb", templateId: "xkhgg72fuo", workersMax: 0 }) { id gpuIds name templateId workersMax } }"#,
        );
        assert_eq!(answer["data"]["saveEndpoint"]["workersMax"], 0, "{answer}");
        let plan = world.plans_changes();
        plan.says("~ idle_timeout = 10 -> 5").says("+ locations = [ + \"US\", ]");
        let answer = world.ask(r#"mutation { deleteEndpoint(id: "i02xupws21hp6i") }"#);
        assert_eq!(answer["errors"], Value::Null, "{answer}");
        world.plans_changes().says("1 to add, 0 to change, 0 to destroy");
    }
}

on_both! {
    fn a_fraction_that_runpod_holds_plans_clean_stays_and_cannot_be_brought_about(world) {
        world.write_file("api.tf", "provider \"runpod\" {\n  api = \"rest\"\n}\n");
        let ids: Vec<String> = [2.5, 0.7]
            .into_iter()
            .map(|seconds| world.emulator.add_endpoint(StoredEndpoint {
                queue_delay: Some(seconds),
                workers_max: 2,
                ..StoredEndpoint::named("sdxl")
            }))
            .collect();
        let blocks = ids.iter().enumerate().map(|(number, id)| import_block(number, id));
        world.write(&blocks.collect::<String>());
        world.terraform(&["plan", "-no-color", "-generate-config-out=generated.tf"]).ok();
        world.apply().says("2 imported, 0 added, 0 changed, 0 destroyed");
        world.plans_clean();
        let generated = std::fs::read_to_string(world.path().join("generated.tf")).unwrap();
        let changed = generated.replace("= \"sdxl\"", "= \"renamed\"");
        world.write_file("generated.tf", &changed);
        world.apply().says("0 added, 2 changed, 0 destroyed");
        let delays: Vec<_> = world.emulator.endpoints().iter().map(|row| row.queue_delay).collect();
        assert_eq!(delays, [Some(2.5), Some(0.7)]);
        world.write_file("generated.tf", &changed.replace("= 2.5", "= 3.5"));
        world.plan().fails().says("scaler_value: it must be a whole number from 1");
        world.write_file("generated.tf", &changed);
        world.destroy();
    }
}
