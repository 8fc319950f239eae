//! Mistakes in a configuration: all of them at once, each at its attribute, before anything is asked of the API.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::World;

/// The diagnostics of `terraform validate` as (severity, line of the configuration, what the detail begins with).
fn diagnostics(world: &World) -> BTreeSet<(String, String, String)> {
    let report = world.json(&["validate", "-json"]);
    let entries = report["diagnostics"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().trim().to_owned();
    // What has no line is Terraform's own, on how the test finds the provider.
    let entries = entries
        .iter()
        .filter(|entry| entry["snippet"].is_object())
        .map(|entry| {
            let detail = text(&entry["detail"]);
            (text(&entry["severity"]), text(&entry["snippet"]["code"]), detail)
        });
    entries.collect()
}

/// Asserts that a resource with these lines gets exactly these diagnostics: the severity, the line, part of the detail.
#[track_caller]
fn gets(world: &World, lines: &str, expected: &[(&str, &str, &str)]) {
    world.write(&format!("resource \"runpod_endpoint\" \"x\" {{\n{lines}\n}}\n"));
    let mut found = diagnostics(world);
    for (severity, code, detail) in expected {
        let matching = found
            .iter()
            .find(|(is, at, says)| is == severity && at == code && says.contains(detail));
        let matching = matching.cloned();
        let Some(matching) = matching else {
            panic!("no {severity} at {code:?} says {detail:?}: {found:#?}");
        };
        found.remove(&matching);
    }
    assert!(found.is_empty(), "more than expected: {found:#?}");
}

on_both! {
    fn every_mistake_is_told_at_its_attribute(world) {
        let lines = r#"
  name = "ab"
  template_id = " "
  gpu_ids = ["AMPERE_16,AMPERE_24"]
  gpu_count = 0
  type = "XX"
  workers_min = 5
  workers_max = 4
  idle_timeout = 0
  scaler_type = "queue_delay"
  scaler_value = 0
  execution_timeout_ms = -1
  flashboot = "ON"
  locations = ["US,CA"]
  network_volume_id = ""
  network_volume_ids = ["a,b"]
  allowed_cuda_versions = ["12"]
  min_cuda_version = "12.x"
  timeouts = { create = "soon", delete = "-5m" }"#;
        gets(world, lines, &[
            ("error", r#"name = "ab""#, "3 to 191 characters, and this has 2; \"ab\" was given"),
            ("error", r#"template_id = " ""#, "must not be empty"),
            ("error", r#"gpu_ids = ["AMPERE_16,AMPERE_24"]"#, "must not contain a comma"),
            ("error", "gpu_count = 0", "at least 1; 0 was given"),
            ("error", r#"type = "XX""#, r#"one of "QB", "LB"; "XX" was given"#),
            ("warning", "workers_min = 5", "it is 5 and exceeds workers_max, which is 4"),
            ("error", "idle_timeout = 0", "from 1 to 3600; 0 was given"),
            ("error", r#"scaler_type = "queue_delay""#, r#"one of "QUEUE_DELAY", "REQUEST_COUNT""#),
            ("error", "scaler_value = 0", "at least 1"),
            ("error", "execution_timeout_ms = -1", "at least 0; -1 was given"),
            ("error", r#"flashboot = "ON""#, r#"one of "OFF", "FLASHBOOT", "PRIORITY_FLASHBOOT""#),
            ("error", r#"locations = ["US,CA"]"#, "one a list element"),
            ("error", r#"network_volume_id = """#, "must not be empty; for none, leave it out or set it to null"),
            ("error", r#"network_volume_ids = ["a,b"]"#, "must not contain a comma"),
            ("error", r#"network_volume_ids = ["a,b"]"#, "network_volume_id and network_volume_ids are both set"),
            ("error", r#"allowed_cuda_versions = ["12"]"#, "major.minor"),
            ("error", r#"min_cuda_version = "12.x""#, "major.minor"),
            ("warning", r#"min_cuda_version = "12.x""#, "REST v2, which is what stays, takes only one of them"),
            ("error", r#"timeouts = { create = "soon", delete = "-5m" }"#, "timeouts.create: it must be a duration"),
            ("error", r#"timeouts = { create = "soon", delete = "-5m" }"#, "timeouts.delete: it must be a duration"),
        ]);
        assert!(world.emulator.requests().is_empty());
    }

    fn what_is_required_must_not_be_null(world) {
        gets(world, "  name = null\n  template_id = null\n  gpu_ids = [\"AMPERE_16\"]", &[
            ("error", "name = null", "name: it is required; null was given"),
            ("error", r#"resource "runpod_endpoint" "x" {"#, "Neither image nor template_id is set"),
        ]);
    }

    fn the_kind_of_worker_is_checked(world) {
        let base = "  name = \"abc\"\n  template_id = \"xkhgg72fuo\"\n";
        gets(world, base, &[(
            "error",
            r#"resource "runpod_endpoint" "x" {"#,
            "Neither gpu_ids nor instance_ids is set",
        )]);
        let both = "  gpu_ids = [\"AMPERE_16\"]\n  gpu_count = 1\n  instance_ids = [\"cpu3c-2-4\"]";
        gets(world, &format!("{base}{both}"), &[
            ("error", r#"instance_ids = ["cpu3c-2-4"]"#, "gpu_ids and instance_ids are both set"),
            ("error", "gpu_count = 1", "a CPU endpoint, which has no GPUs"),
        ]);
        gets(world, &format!("{base}  instance_ids = [\"NVIDIA L4\"]"), &[
            ("error", r#"instance_ids = ["NVIDIA L4"]"#, "begins with \"cpu\""),
        ]);
        gets(world, &format!("{base}  gpu_ids = []"), &[("error", "gpu_ids = []", "Neither gpu_ids nor instance_ids")]);
        gets(world, &format!("{base}  gpu_ids = [null]"), &[("error", "gpu_ids = [null]", "an element must not be null")]);
        gets(world, &format!("{base}  gpu_ids = [\"-NVIDIA L4\", \"AMPERE_24\", \"-ADA_24\"]"), &[
            ("error", r#"gpu_ids = ["-NVIDIA L4", "AMPERE_24", "-ADA_24"]"#, "an exclusion names one GPU type"),
        ]);
    }

    fn what_the_provider_does_not_know_is_only_doubted(world) {
        let base = "  name = \"abc\"\n  template_id = \"xkhgg72fuo\"\n";
        for (given, hint) in [
            ("AMPERE_61", "did you mean \"AMPERE_16\"?"),
            ("NVIDIA L4", "a GPU type, not a pool; did you mean its pool, \"AMPERE_24\"?"),
            ("RUBIN_288", "not a GPU pool that this provider knows"),
        ] {
            let line = format!("gpu_ids = [{given:?}]");
            gets(world, &format!("{base}  {line}"), &[("warning", &line, hint)]);
        }
        let line = r#"gpu_ids = ["AMPERE_16", "-NVIDIA RTX A450"]"#;
        gets(world, &format!("{base}  {line}"), &[("warning", line, "did you mean \"NVIDIA RTX A4500\"?")]);
    }

    fn more_workers_than_the_default_allows_are_refused_at_plan(world) {
        let endpoint = |workers: &str| format!(
            "resource \"runpod_endpoint\" \"x\" {{\n  name = \"abc\"\n  template_id = \"xkhgg72fuo\"\n  \
             gpu_ids = [\"AMPERE_16\"]\n  {workers}\n}}\n"
        );
        world.write(&endpoint("workers_min = 4"));
        world.plan().fails().says("Runpod sets workers_max to 3 where it is left out");
        world.write(&endpoint("workers_max = 3"));
        world.apply();
        world.write(&endpoint("workers_min = 4"));
        world.plan().fails().says("must not exceed workers_max, which is 3");
    }

    fn what_is_unknown_at_plan_passes_and_is_applied(world) {
        world.write(r#"
resource "terraform_data" "given" {
  input = {
    name = "later -fb", template = "xkhgg72fuo", gpus = ["AMPERE_16", "-NVIDIA RTX A4500"], count = 2
    volume = "agv6w2qcg7", places = ["US"], cuda = "12.4", flashboot = "FLASHBOOT"
  }
}
resource "runpod_endpoint" "x" {
  name              = terraform_data.given.output.name
  template_id       = terraform_data.given.output.template
  gpu_ids           = terraform_data.given.output.gpus
  gpu_count         = terraform_data.given.output.count
  workers_min       = terraform_data.given.output.count - 1
  workers_max       = terraform_data.given.output.count
  locations         = terraform_data.given.output.places
  network_volume_id = terraform_data.given.output.volume
  min_cuda_version  = terraform_data.given.output.cuda
  flashboot         = terraform_data.given.output.flashboot
}
"#);
        world.apply();
        let row = world.emulator.endpoints().remove(0);
        assert_eq!((row.name.as_str(), row.gpu_count, row.workers_min, row.workers_max), ("later -fb", 2, 1, 2));
        assert_eq!(row.gpu_ids.as_deref(), Some("AMPERE_16,-NVIDIA RTX A4500"));
        world.plans_clean();
    }
}
