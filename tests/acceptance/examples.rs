//! Every example is applied as it stands, and plans clean afterwards.

use std::{
    fs,
    path::{Path, PathBuf},
};

use runpod_emulator::StoredEndpoint;

use crate::support::World;

fn example(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(path)
}

/// Puts the files of an example into the test's directory.
fn copy(world: &World, directory: &str) {
    let entries = fs::read_dir(example(directory)).unwrap().flatten();
    for entry in entries.filter(|entry| entry.path().is_file()) {
        copy_file(world, &format!("{directory}/{}", entry.file_name().display()));
    }
}

fn copy_file(world: &World, path: &str) {
    let path = example(path);
    fs::copy(&path, world.path().join(path.file_name().unwrap())).unwrap();
}

/// A value that must be in no state.
const SECRET: &str = "hunter2-of-the-examples";

/// What the examples of the data sources look for by name.
const ACCOUNT: &str = r#"
resource "runpod_secret" "x" {
  name  = "hugging_face_token"
  value = "x"
}

resource "runpod_registry" "x" {
  name     = "ghcr"
  username = "x"
  password = "x"
}

resource "runpod_network_volume" "x" {
  name           = "models"
  size           = 10
  data_center_id = "EU-RO-1"
}

resource "runpod_template" "x" {
  name  = "worker"
  image = "runpod/serverless-hello-world:latest"
}
"#;

/// An account as the examples of the data sources expect it.
fn with_sdxl(world: &World) -> String {
    world.emulator.add_endpoint(StoredEndpoint {
        gpu_ids: Some("AMPERE_16,AMPERE_24,-NVIDIA RTX A4500".to_owned()),
        ..StoredEndpoint::named("sdxl")
    })
}

on_both! {
    fn provider_and_resource(world) {
        copy(world, "provider");
        copy_file(world, "resources/runpod_endpoint/resource.tf");
        let ran = world.apply();
        ran.says("2 added").says("https://api.runpod.ai/v2/");
        world.plans_clean();
        world.destroy();
    }

    fn an_endpoint_from_an_image(world) {
        copy(world, "provider");
        copy_file(world, "resources/runpod_endpoint/from-image.tf");
        world.apply().says(".api.runpod.ai");
        world.plans_clean();
        world.destroy();
        assert!(world.emulator.endpoints().is_empty());
    }

    fn what_an_endpoint_stands_on(world) {
        let templates = world.emulator.templates();
        let volumes = world.emulator.volumes();
        copy(world, "provider");
        for (noun, variable) in [
            ("template", Some("hugging_face_token")),
            ("network_volume", None),
            ("registry", Some("ghcr_token")),
            ("secret", Some("hugging_face_token")),
        ] {
            copy_file(world, &format!("resources/runpod_{noun}/resource.tf"));
            let variable = variable.map(|name| format!("{name} = \"{SECRET}\"\n"));
            world.write_file("x.auto.tfvars", &variable.unwrap_or_default());
            world.apply();
            world.plans_clean();
            world.destroy();
        }
        assert_eq!(world.emulator.templates(), templates);
        assert_eq!(world.emulator.volumes(), volumes);
        assert!(world.emulator.secrets().is_empty() && world.emulator.registries().is_empty());
    }

    fn a_whole_deployment(world) {
        let templates = world.emulator.templates();
        let volumes = world.emulator.volumes();
        copy(world, "guides/a-whole-deployment");
        let variables = format!("registry_token = \"{SECRET}\"\nhugging_face_token = \"{SECRET}\"\n");
        world.write_file("x.auto.tfvars", &variables);
        world.apply().says("6 added").says("queue_url").says("api_url");
        world.plans_clean();
        let kept = fs::read_to_string(world.path().join("terraform.tfstate")).unwrap();
        assert!(!kept.contains(SECRET), "a write-only value is in the state");

        // A new registry password, as the guide says: the new credential comes first, and the old one goes last.
        let old = world.emulator.registries().pop().unwrap().id;
        let main = fs::read_to_string(example("guides/a-whole-deployment/main.tf")).unwrap();
        let rotated = main
            .replace("\"ghcr-1\"", "\"ghcr-2\"")
            .replace("password_wo_version = 1", "password_wo_version = 2");
        world.write_file("main.tf", &rotated);
        world.emulator.clear_requests();
        world.apply().says("1 added").says("1 destroyed");
        world.plans_clean();
        let new = world.emulator.registries().pop().unwrap().id;
        assert_ne!(old, new);
        let requests = world.emulator.requests();
        let order: Vec<&str> = requests
            .iter()
            .flat_map(|request| &request.root_fields)
            .map(String::as_str)
            .filter(|field| ["POST /v2/registries", "PATCH /v2/templates/{id}", "DELETE /v2/registries/{id}"].contains(field))
            .collect();
        assert_eq!(order, ["POST /v2/registries", "PATCH /v2/templates/{id}", "DELETE /v2/registries/{id}"]);

        world.destroy();
        assert!(world.emulator.endpoints().is_empty());
        assert_eq!(world.emulator.templates(), templates);
        assert_eq!(world.emulator.volumes(), volumes);
        assert!(world.emulator.secrets().is_empty() && world.emulator.registries().is_empty());
    }

    fn data_sources(world) {
        let id = with_sdxl(world);
        copy(world, "provider");
        world.write_file("account.tf", ACCOUNT);
        world.apply();
        let directories = fs::read_dir(example("data-sources")).unwrap().flatten();
        for (number, directory) in directories.enumerate() {
            let text = fs::read_to_string(directory.path().join("data-source.tf")).unwrap();
            world.write_file(&format!("data_{number}.tf"), &text);
        }
        let ran = world.apply();
        ran.says(&id).says("most_workers = 3").says("hugging_face_token").says("EU-RO-1");
        world.plans_clean();
    }

    fn the_first_endpoint_of_the_guide(world) {
        for directory in ["guides/first-endpoint", "guides/first-endpoint/template"] {
            copy(world, directory);
            world.apply().says("/runsync");
            world.plans_clean();
            world.destroy();
        }
    }

    fn functions(world) {
        copy(world, "provider");
        for name in ["endpoint_url", "parse_instance_id", "secret_reference"] {
            let text = fs::read_to_string(example(&format!("functions/{name}/function.tf"))).unwrap();
            world.write_file(&format!("{name}.tf"), &text);
        }
        let ran = world.apply();
        ran.says("https://i02xupws21hp6i.api.runpod.ai").says("RUNPOD_SECRET_hugging_face_token");
        assert_eq!(world.json(&["output", "-json"])["instance"]["value"]["vcpus"], 2);
    }

    fn an_endpoint_that_is_waited_for(world) {
        if !world.needs("1.14") {
            return;
        }
        copy(world, "provider");
        // One that is ready at once, since the emulator's workers do not start by themselves.
        let text = fs::read_to_string(example("actions/runpod_endpoint_wait/action.tf")).unwrap();
        world.write_file("action.tf", &text.replace("workers_min = 1", "workers_min = 0"));
        world.apply().says("the newest release serves");
        world.plans_clean();
    }

    fn a_queue_that_is_purged(world) {
        if !world.needs("1.14") {
            return;
        }
        let id = with_sdxl(world);
        copy(world, "provider");
        let text = fs::read_to_string(example("actions/runpod_endpoint_purge_queue/action.tf")).unwrap();
        let command = text.lines().next().unwrap().split("terraform ").nth(1).unwrap().to_owned();
        world.write_file("action.tf", &text.replace("i02xupws21hp6i", &id));
        let arguments: Vec<&str> = command.split(' ').chain(["-auto-approve", "-no-color"]).collect();
        world.terraform(&arguments).ok().says("The queue was purged");
    }

    fn list_resources(world) {
        if !world.needs("1.14") {
            return;
        }
        world.emulator.add_endpoint(StoredEndpoint { kind: "LB".into(), ..StoredEndpoint::named("prod-api") });
        with_sdxl(world);
        copy(world, "provider");
        for noun in ["endpoint", "network_volume", "registry", "secret", "template"] {
            let path = format!("list-resources/runpod_{noun}/list-resource.tfquery.hcl");
            let text = fs::read_to_string(example(&path)).unwrap();
            world.write_file(&format!("{noun}.tfquery.hcl"), &text);
        }
        let ran = world.terraform(&["query", "-no-color"]);
        ran.ok().says("prod-api").does_not_say("sdxl");
    }

    fn the_import_by_identity(world) {
        if !world.needs("1.12") {
            return;
        }
        let id = with_sdxl(world);
        copy(world, "provider");
        let block = fs::read_to_string(example("resources/runpod_endpoint/import-by-identity.tf")).unwrap();
        world.write_file("import.tf", &block.replace("i02xupws21hp6i", &id));
        world.terraform(&["plan", "-no-color", "-generate-config-out=endpoints.tf"]).ok();
        world.apply().says("1 imported, 0 added, 0 changed, 0 destroyed");
        world.plans_clean();
    }

    fn import_blocks_for_a_whole_account(world) {
        let id = with_sdxl(world);
        copy(world, "guides/import-many");
        world.apply();
        let blocks = world.terraform(&["output", "-raw", "-no-color", "import_blocks"]);
        world.write_file("imports.tf", &blocks.ok().text);
        world.terraform(&["plan", "-no-color", "-generate-config-out=endpoints.tf"]).ok();
        world.apply().says("1 imported, 0 added, 0 changed, 0 destroyed");
        assert_eq!(world.state(&format!("runpod_endpoint.imported_{id}"))["id"], id);
        world.plans_clean();
    }

    fn what_the_guide_makes_of_other_providers_configurations(world) {
        for name in ["from-1.x", "from-2.0"] {
            let text = fs::read_to_string(example(&format!("guides/from-another-provider/{name}.tf"))).unwrap();
            world.write(&text);
            world.apply().does_not_say("Warning: Doubtful");
            world.plans_clean();
            world.destroy();
        }
    }

    fn the_module_passes_its_own_tests(world) {
        copy(world, "environments");
        fs::create_dir(world.path().join("tests")).unwrap();
        for name in ["rules", "account"] {
            let path = format!("tests/{name}.tftest.hcl");
            fs::copy(example("environments").join(&path), world.path().join(&path)).unwrap();
        }
        world.terraform(&["test", "-no-color"]).ok().says("4 passed, 0 failed");
        assert_eq!(world.emulator.requests_for("deleteEndpoint").len(), 1);
        assert!(world.emulator.endpoints().is_empty());
    }

    fn the_import_block(world) {
        let id = with_sdxl(world);
        copy(world, "provider");
        let block = fs::read_to_string(example("resources/runpod_endpoint/import.tf")).unwrap();
        world.write_file("import.tf", &block.replace("i02xupws21hp6i", &id));
        world.terraform(&["plan", "-no-color", "-generate-config-out=endpoints.tf"]).ok();
        world.apply().says("1 imported, 0 added, 0 changed, 0 destroyed");
        world.plans_clean();
    }

    fn the_import_command(world) {
        let id = with_sdxl(world);
        copy(world, "provider");
        copy_file(world, "resources/runpod_endpoint/resource.tf");
        let script = fs::read_to_string(example("resources/runpod_endpoint/import.sh")).unwrap();
        let command = script.lines().find(|line| line.starts_with("terraform ")).unwrap();
        let mut arguments: Vec<&str> = command.split(' ').skip(1).collect();
        assert_eq!(arguments.pop(), Some("i02xupws21hp6i"), "the id that the example names");
        arguments.push(&id);
        world.terraform(&arguments).ok();
        assert_eq!(world.state("runpod_endpoint.sdxl")["id"], id);
    }
}
