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

    fn data_sources(world) {
        let id = with_sdxl(world);
        copy(world, "provider");
        for (number, name) in ["runpod_endpoint", "runpod_endpoints"].into_iter().enumerate() {
            let text = fs::read_to_string(example(&format!("data-sources/{name}/data-source.tf"))).unwrap();
            world.write_file(&format!("data_{number}.tf"), &text);
        }
        world.apply().says("sdxl_workers = 0").says(&id).says("most_workers = 3");
        world.plans_clean();
    }

    fn the_first_endpoint_of_the_guide(world) {
        copy(world, "guides/first-endpoint");
        world.apply().says("/runsync");
        world.plans_clean();
        world.destroy();
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
