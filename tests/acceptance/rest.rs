//! An endpoint over REST v2: from an image, from a template that is applied, and its updates, each with only what
//! differs.

use runpod_emulator::{
    EnvVar, RequestRecord, SAMPLE_TEMPLATE, StoredEndpoint, StoredRegistryAuth, StoredTemplate,
};
use serde_json::{Value, json};

use crate::support::{Cli, World, planned};

const POST: &str = "POST /v2/serverless";
const PATCH: &str = "PATCH /v2/serverless/{id}";
const DELETE: &str = "DELETE /v2/serverless/{id}";

const IMAGE: &str = r#"
resource "runpod_endpoint" "sdxl" {
  name        = "sdxl"
  image       = "acme/sdxl:1"
  args        = "python -u handler.py"
  disk        = 20
  ports       = ["8080/http", "22/tcp"]
  env         = { MODEL = "sdxl", EMPTY = "" }
  gpu_ids     = ["AMPERE_24", "AMPERE_16", "-NVIDIA RTX A4500"]
  workers_max = 2
  locations   = ["US-KS-2", "EU-RO-1"]
}
"#;

/// The template row behind an endpoint.
fn template_of(world: &World, row: &StoredEndpoint) -> StoredTemplate {
    let id = row.template_id.clone().unwrap();
    let templates = world.emulator.templates();
    templates.into_iter().find(|template| template.id == id).unwrap()
}

/// The only endpoint there is.
#[track_caller]
fn only(world: &World) -> StoredEndpoint {
    let rows = world.emulator.endpoints();
    assert_eq!(rows.len(), 1);
    rows.into_iter().next().unwrap()
}

on_both! {
    fn an_endpoint_from_an_image_lives_from_apply_to_destroy(world) {
        world.write(IMAGE);
        let templates = world.emulator.templates();
        world.apply();
        let (state, row) = (world.state("runpod_endpoint.sdxl"), only(world));
        assert_eq!(state["id"], json!(row.id));
        assert_eq!(state["url"], json!(format!("https://api.runpod.ai/v2/{}", row.id)));
        assert_eq!(state["template_id"], Value::Null);
        assert_eq!(state["gpu_ids"], json!(["AMPERE_24", "AMPERE_16", "-NVIDIA RTX A4500"]));
        assert_eq!(state["locations"], json!(["EU-RO-1", "US-KS-2"]));
        // What the configuration leaves out is what the API set, and no limit of execution is asked for.
        assert_eq!((&state["idle_timeout"], &state["execution_timeout_ms"]), (&json!(10), &json!(0)));
        let sent = world.emulator.requests_for(POST);
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].input()["timeout"], json!(0));
        let template = template_of(world, &row);
        assert_eq!(template.image_name.as_deref(), Some("acme/sdxl:1"));
        assert_eq!(template.docker_args, "python -u handler.py");
        assert_eq!(template.env, [EnvVar::new("EMPTY", ""), EnvVar::new("MODEL", "sdxl")]);
        assert_eq!(row.gpu_ids.as_deref(), Some("AMPERE_24,AMPERE_16,-NVIDIA RTX A4500"));
        world.plans_clean();
        // It needs no GraphQL, which may have ended.
        assert!(world.emulator.requests().iter().all(|request| request.uri.starts_with("/v2/")));

        world.write(&IMAGE.replace("sdxl:1", "sdxl:2"));
        world.plans_changes().says("1 to change").does_not_say("known after apply");
        world.apply().says("1 changed");
        assert_eq!(template_of(world, &only(world)).image_name.as_deref(), Some("acme/sdxl:2"));
        world.plans_clean();

        world.destroy();
        assert!(world.emulator.endpoints().is_empty());
        assert_eq!(world.emulator.templates(), templates);
        assert_eq!(world.emulator.requests_for(DELETE).len(), 1);
    }

    fn a_template_is_applied_over_rest_and_the_state_keeps_it(world) {
        let other = world.emulator.add_template(StoredTemplate {
            name: "other".into(),
            image_name: Some("acme/other:1".into()),
            ..StoredTemplate::default()
        });
        let configuration = r#"
            provider "runpod" {
              api = "rest"
            }
            resource "runpod_endpoint" "sdxl" {
              name        = "sdxl"
              template_id = "xkhgg72fuo"
              gpu_ids     = ["AMPERE_16"]
            }
        "#;
        world.write(configuration);
        world.apply();
        let (state, row) = (world.state("runpod_endpoint.sdxl"), only(world));
        assert_eq!(state["template_id"], json!(SAMPLE_TEMPLATE));
        for name in ["image", "args", "entrypoint", "cmd", "disk", "ports", "env", "registry_id"] {
            assert_eq!(state[name], Value::Null, "{name}");
        }
        assert_ne!(row.template_id.as_deref(), Some(SAMPLE_TEMPLATE));
        let sample = || {
            let templates = world.emulator.templates();
            templates.into_iter().find(|template| template.id == SAMPLE_TEMPLATE).unwrap()
        };
        let image = sample().image_name;
        assert_eq!(template_of(world, &row).image_name, image);
        world.plans_clean();

        world.write(&configuration.replace(SAMPLE_TEMPLATE, &other));
        world.plans_changes().says("1 to change").does_not_say("known after apply");
        world.apply();
        let sent = world.emulator.requests_for(PATCH);
        assert_eq!(sent.iter().map(RequestRecord::input).collect::<Vec<_>>(), [json!({"templateId": other})]);
        assert_eq!(world.state("runpod_endpoint.sdxl")["template_id"], json!(other));
        assert_eq!(template_of(world, &only(world)).image_name.as_deref(), Some("acme/other:1"));
        // The template that was applied before is as it was.
        assert_eq!(sample().image_name, image);
        world.plans_clean();
        world.destroy();
        assert!(world.emulator.endpoints().is_empty());
    }
}

/// One attribute's change: the case's name, what stands in the configuration before and after, and the whole PATCH.
type Case = (&'static str, &'static str, &'static str, &'static str);

const UPDATES: &[Case] = &[
    (
        "image",
        "image = \"a:1\"",
        "image = \"a:2\"",
        r#"{"image": "a:2"}"#,
    ),
    ("args", "args = \"a b\"", "args = \"a c\"", r#"{"args": "a c"}"#),
    ("args-out", "args = \"a b\"", "", r#"{"args": ""}"#),
    (
        "args-json",
        "args = jsonencode({ cmd = [\"a\"] })",
        "args = jsonencode({ entrypoint = [\"sh\"], cmd = [\"b\"] })",
        r#"{"args": "{\"cmd\":[\"b\"],\"entrypoint\":[\"sh\"]}"}"#,
    ),
    (
        "args-json-out",
        "args = jsonencode({ cmd = [\"a\"] })",
        "",
        r#"{"args": ""}"#,
    ),
    (
        "args-to-entrypoint",
        "args = \"a b\"",
        "entrypoint = [\"sh\"]",
        r#"{"entrypoint": ["sh"], "cmd": []}"#,
    ),
    (
        "args-to-cmd",
        "args = \"a b\"",
        "cmd = [\"a\", \"c\"]",
        r#"{"cmd": ["a", "c"]}"#,
    ),
    (
        "cmd-to-args",
        "cmd = [\"a\", \"c\"]",
        "args = \"a b\"",
        r#"{"args": "a b"}"#,
    ),
    (
        "entrypoint",
        "cmd = [\"a\"]",
        "cmd = [\"a\"]\nentrypoint = [\"sh\"]",
        r#"{"entrypoint": ["sh"]}"#,
    ),
    ("cmd-out", "cmd = [\"a\"]", "", r#"{"cmd": []}"#),
    ("disk", "disk = 10", "disk = 20", r#"{"disk": 20}"#),
    (
        "ports",
        "ports = [\"80/http\"]",
        "ports = [\"81/http\", \"22/tcp\"]",
        r#"{"ports": ["81/http", "22/tcp"]}"#,
    ),
    (
        "ports-out",
        "ports = [\"80/http\"]",
        "ports = []",
        r#"{"ports": []}"#,
    ),
    (
        "env",
        "env = { A = \"1\", B = \"2\" }",
        "env = { A = \"1\", B = \"3\" }",
        r#"{"env": {"A": "1", "B": "3"}}"#,
    ),
    ("env-out", "env = { A = \"1\" }", "", r#"{"env": {}}"#),
    (
        "registry",
        "registry_id = \"reg8one\"",
        "registry_id = \"reg8two\"",
        r#"{"registry": "reg8two"}"#,
    ),
    (
        "registry-out",
        "registry_id = \"reg8one\"",
        "",
        r#"{"registry": null}"#,
    ),
    (
        "pools",
        "gpu_ids = [\"AMPERE_16\", \"AMPERE_24\", \"-NVIDIA L4\"]",
        "gpu_ids = [\"AMPERE_24\", \"ADA_24\", \"-NVIDIA L4\"]",
        r#"{"gpu": {"pools": ["AMPERE_24", "ADA_24"], "excludedTypes": ["NVIDIA L4"], "count": 1}}"#,
    ),
    (
        "exclusions",
        "gpu_ids = [\"AMPERE_24\", \"-NVIDIA L4\"]",
        "gpu_ids = [\"AMPERE_24\"]",
        r#"{"gpu": {"pools": ["AMPERE_24"], "count": 1}}"#,
    ),
    (
        "gpu-count",
        "gpu_ids = [\"AMPERE_24\", \"-NVIDIA L4\"]",
        "gpu_ids = [\"AMPERE_24\", \"-NVIDIA L4\"]\ngpu_count = 2",
        r#"{"gpu": {"pools": ["AMPERE_24"], "excludedTypes": ["NVIDIA L4"], "count": 2}}"#,
    ),
    ("workers-min", "", "workers_min = 1", r#"{"workers": {"min": 1}}"#),
    (
        "workers-max",
        "workers_max = 2",
        "workers_max = 5",
        r#"{"workers": {"max": 5}}"#,
    ),
    (
        "idle",
        "idle_timeout = 5",
        "idle_timeout = 6",
        r#"{"workers": {"idleTimeout": 6}}"#,
    ),
    (
        "scaler-value",
        "scaler_value = 5",
        "scaler_value = 6",
        r#"{"scaling": {"type": "QUEUE_DELAY", "queueDelay": 6}}"#,
    ),
    (
        "scaler-type",
        "scaler_value = 5",
        "scaler_type = \"REQUEST_COUNT\"\nscaler_value = 5",
        r#"{"scaling": {"type": "REQUEST_COUNT", "requestCount": 5}}"#,
    ),
    // Whether it was kept while it was hidden nobody knows, so it is sent again (V2 10.23).
    (
        "scaler-back",
        "scaler_type = \"REQUEST_COUNT\"",
        "scaler_type = \"QUEUE_DELAY\"\nidle_timeout = 10",
        r#"{"scaling": {"type": "QUEUE_DELAY", "queueDelay": 4}, "workers": {"idleTimeout": 10}}"#,
    ),
    (
        "timeout",
        "",
        "execution_timeout_ms = 1000",
        r#"{"timeout": 1000}"#,
    ),
    (
        "timeout-off",
        "execution_timeout_ms = 9",
        "execution_timeout_ms = 0",
        r#"{"timeout": 0}"#,
    ),
    (
        "flashboot",
        "",
        "flashboot = \"FLASHBOOT\"",
        r#"{"flashboot": "FLASHBOOT"}"#,
    ),
    (
        "flashboot-priority",
        "flashboot = \"FLASHBOOT\"",
        "flashboot = \"PRIORITY_FLASHBOOT\"",
        r#"{"flashboot": "PRIORITY_FLASHBOOT"}"#,
    ),
    (
        "locations",
        "locations = [\"US-KS-2\"]",
        "locations = [\"EU-RO-1\"]",
        r#"{"dataCenterIds": ["EU-RO-1"]}"#,
    ),
    (
        "anywhere",
        "locations = [\"US-KS-2\"]",
        "",
        r#"{"dataCenterIds": []}"#,
    ),
    (
        "volume",
        "network_volume_id = \"agv6w2qcg7\"",
        "network_volume_id = \"us2ks7vol0\"",
        r#"{"networkVolumes": ["us2ks7vol0"]}"#,
    ),
    (
        "volume-out",
        "network_volume_id = \"agv6w2qcg7\"",
        "",
        r#"{"networkVolumes": []}"#,
    ),
    (
        "volumes",
        "network_volume_ids = [\"agv6w2qcg7\"]",
        "network_volume_ids = [\"agv6w2qcg7\", \"us2ks7vol0\"]",
        r#"{"networkVolumes": ["agv6w2qcg7", "us2ks7vol0"]}"#,
    ),
    (
        "volumes-out",
        "network_volume_ids = [\"agv6w2qcg7\", \"us2ks7vol0\"]",
        "",
        r#"{"networkVolumes": []}"#,
    ),
    (
        "cuda",
        "allowed_cuda_versions = [\"12.4\"]",
        "allowed_cuda_versions = [\"12.8\"]",
        r#"{"gpu": {"allowedCudaVersions": ["12.8"]}}"#,
    ),
    (
        "cuda-to-floor",
        "allowed_cuda_versions = [\"12.4\"]",
        "min_cuda_version = \"12.4\"",
        r#"{"gpu": {"allowedCudaVersions": [], "minCudaVersion": "12.4"}}"#,
    ),
    (
        "floor-out",
        "min_cuda_version = \"12.4\"",
        "",
        r#"{"gpu": {"minCudaVersion": ""}}"#,
    ),
    (
        "instances",
        "instance_ids = [\"cpu3c-2-4\"]",
        "instance_ids = [\"cpu3c-2-4\", \"cpu5c-4-8\"]",
        r#"{"cpu": [{"id": "cpu3c", "vcpuCount": 2}, {"id": "cpu5c", "vcpuCount": 4}]}"#,
    ),
    (
        "load-balancer",
        "type = \"LB\"\nidle_timeout = 5",
        "type = \"LB\"\nidle_timeout = 6",
        r#"{"workers": {"idleTimeout": 6}}"#,
    ),
    ("nothing", "disk = 10", "disk = 10", ""),
];

/// An endpoint from an image for each case, with this beside what every one has.
fn configuration(of: fn(&Case) -> &'static str) -> String {
    let blocks = UPDATES.iter().map(|case| {
        let (name, attributes) = (case.0, of(case));
        let image = if attributes.contains("image =") {
            ""
        } else {
            "image = \"a:1\""
        };
        let has_own = attributes.contains("gpu_ids") || attributes.contains("instance_ids");
        let gpus = if has_own { "" } else { "gpu_ids = [\"AMPERE_16\"]" };
        format!(
            "resource \"runpod_endpoint\" {name:?} {{\nname = {name:?}\n{image}\n{gpus}\n{attributes}\n}}\n"
        )
    });
    blocks.collect()
}

#[test]
fn an_update_sends_what_differs_and_nothing_else() {
    let world = World::new(Cli::Older);
    world.emulator.set_quota(1000);
    for id in ["reg8one", "reg8two"] {
        let row = StoredRegistryAuth {
            id: id.into(),
            name: id.into(),
            ..StoredRegistryAuth::default()
        };
        world.emulator.add_registry(row);
    }
    world.write(&configuration(|case| case.1));
    world.apply();
    world.plans_clean();
    world.write(&configuration(|case| case.2));
    world.emulator.clear_requests();
    world
        .apply()
        .says(&format!("0 added, {} changed, 0 destroyed", UPDATES.len() - 1));
    let (states, sent) = (world.states(), world.emulator.requests_for(PATCH));
    for (name, _, _, body) in UPDATES {
        let id = states[&format!("runpod_endpoint.{name}")]["id"].as_str().unwrap();
        let own = sent
            .iter()
            .filter(|request| request.path_id().as_deref() == Some(id));
        let own: Vec<Value> = own.map(RequestRecord::input).collect();
        let expected: Vec<Value> = serde_json::from_str(body).into_iter().collect();
        assert_eq!(own, expected, "{name}");
    }
    world.plans_clean();
    world.destroy();
    assert!(world.emulator.endpoints().is_empty());
}

#[test]
fn a_revision_applies_the_template_anew_over_rest_and_is_only_recorded_over_graphql() {
    let world = World::new(Cli::Older);
    let configuration = |api: &str, revision: &str| {
        format!(
            "provider \"runpod\" {{\n  api = {api:?}\n}}\nresource \"runpod_endpoint\" \"sdxl\" {{\n  name = \"sdxl\"\n  \
             template_id = \"xkhgg72fuo\"\n  gpu_ids = [\"AMPERE_16\"]\n  {revision}\n}}\n"
        )
    };
    let revised = |number: u32| format!("template_revision = \"{number}\"");
    world.write(&configuration("rest", &revised(1)));
    world.apply();
    world
        .emulator
        .edit_template(SAMPLE_TEMPLATE, |row| row.image_name = Some("acme/new:1".into()));
    world.plans_clean();
    assert_ne!(
        template_of(&world, &only(&world)).image_name.as_deref(),
        Some("acme/new:1")
    );

    world.write(&configuration("rest", &revised(2)));
    world
        .plans_changes()
        .says("1 to change")
        .says("template_revision");
    world.apply();
    let sent = world.emulator.requests_for(PATCH);
    let sent: Vec<Value> = sent.iter().map(RequestRecord::input).collect();
    assert_eq!(sent, [json!({"templateId": SAMPLE_TEMPLATE})]);
    assert_eq!(
        template_of(&world, &only(&world)).image_name.as_deref(),
        Some("acme/new:1")
    );
    world.plans_clean();

    // Taking it out is only recorded, and so is whatever it becomes over GraphQL.
    world.emulator.clear_requests();
    for (api, revision) in [
        ("rest", String::new()),
        ("graphql", revised(3)),
        ("graphql", revised(4)),
    ] {
        world.write(&configuration(api, &revision));
        let ran = world.apply();
        ran.says("1 changed");
        if api == "graphql" {
            ran.says("The template is not applied")
                .says("runs a copy of the template");
        }
        world.plans_clean();
    }
    assert_eq!(
        world.state("runpod_endpoint.sdxl")["template_revision"],
        json!("4")
    );
    let all = world.emulator.requests();
    let wrote = |request: &&RequestRecord| request.is_update() || request.asks("updateEndpointTemplate");
    assert!(all.iter().find(wrote).is_none(), "{all:?}");
}

#[test]
fn endpoints_of_every_kind_are_created_over_rest_as_they_are_written() {
    let world = World::new(Cli::Older);
    world.write(
        r#"
        resource "runpod_endpoint" "cpu" {
          name         = "cpu"
          image        = "a:1"
          instance_ids = ["cpu5c-4-8", "cpu3c-2-4"]
        }
        resource "runpod_endpoint" "lb" {
          name         = "balancer"
          image        = "a:1"
          type         = "LB"
          gpu_ids      = ["ADA_24"]
          ports        = ["80/http"]
          idle_timeout = 7
          scaler_value = 3
          flashboot    = "PRIORITY_FLASHBOOT"
        }
        resource "runpod_endpoint" "queue" {
          name                 = "queue"
          image                = "a:1"
          gpu_ids              = ["ADA_24"]
          gpu_count            = 2
          scaler_type          = "REQUEST_COUNT"
          scaler_value         = 7
          workers_min          = 1
          workers_max          = 1
          execution_timeout_ms = 600000
          min_cuda_version     = "12.4"
          network_volume_id    = "agv6w2qcg7"
          entrypoint           = ["sh", "-c"]
          cmd                  = ["echo $HOME"]
        }
        resource "runpod_endpoint" "volumes" {
          name                  = "volumes"
          image                 = "a:1"
          gpu_ids               = ["ADA_24"]
          network_volume_ids    = ["us2ks7vol0", "agv6w2qcg7"]
          allowed_cuda_versions = ["12.8", "12.4"]
        }
        "#,
    );
    world.emulator.set_quota(100);
    world.apply();
    let rows = world.emulator.endpoints();
    let row = |name: &str| rows.iter().find(|row| row.name == name).unwrap();
    let states = world.states();
    let state = |name: &str| &states[&format!("runpod_endpoint.{name}")];
    assert_eq!(row("cpu").instance_ids, ["cpu5c-4-8", "cpu3c-2-4"]);
    let of_gpu = ["gpu_ids", "gpu_count"].map(|name| &state("cpu")[name]);
    assert_eq!(of_gpu, [&Value::Null; 2]);
    assert_eq!(
        (
            row("balancer").kind.as_str(),
            row("balancer").scaler_type.as_str()
        ),
        ("LB", "REQUEST_COUNT")
    );
    assert_eq!(
        (row("balancer").idle_timeout, row("balancer").scaler_value),
        (7, 3)
    );
    assert_eq!(state("lb")["scaler_type"], json!("REQUEST_COUNT"));
    assert_eq!(
        state("lb")["url"],
        json!(format!("https://{}.api.runpod.ai", row("balancer").id))
    );
    assert_eq!(
        (row("queue").gpu_count, row("queue").execution_timeout_ms),
        (2, Some(600_000))
    );
    // REST v2 shows none for such an endpoint, so that the state has none.
    assert_eq!(state("queue")["idle_timeout"], Value::Null);
    let command = template_of(&world, row("queue")).docker_args;
    assert_eq!(
        serde_json::from_str::<Value>(&command).unwrap(),
        json!({"entrypoint": ["sh", "-c"], "cmd": ["echo $HOME"]})
    );
    assert_eq!(state("volumes")["network_volume_id"], Value::Null);
    world.plans_clean();
    world.destroy();
    assert!(world.emulator.endpoints().is_empty());
}

on_both! {
    fn variables_of_runpod_are_nobodys_difference_and_changed_ones_are(world) {
        let injected = vec![EnvVar::new("RUNPOD_ENDPOINT_SECRET", "of-the-platform")];
        world.emulator.switches(|switches| switches.injected_env = injected);
        let configuration = r#"
            variable "token" {
              sensitive = true
              default   = "a-token-that-nothing-shows"
            }
            resource "runpod_endpoint" "sdxl" {
              name    = "sdxl"
              image   = "a:1"
              gpu_ids = ["AMPERE_16"]
              env     = { TOKEN = var.token, MODE = "fast" }
            }
        "#;
        world.write(configuration);
        world.apply().does_not_say("a-token-that-nothing-shows");
        world.plans_clean();
        let own = json!({"TOKEN": "a-token-that-nothing-shows", "MODE": "fast"});
        assert_eq!(world.state("runpod_endpoint.sdxl")["env"], own);

        // A change of one variable is planned as that one alone, and what Runpod added is not wiped.
        world.write(&configuration.replace("\"fast\"", "\"slow\""));
        world.plans_changes().says("1 to change").does_not_say("of-the-platform").does_not_say("that-nothing-shows");
        world.apply();
        let sent = world.emulator.requests_for(PATCH);
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].input(), json!({"env": {
            "TOKEN": "a-token-that-nothing-shows", "MODE": "slow", "RUNPOD_ENDPOINT_SECRET": "of-the-platform"
        }}));
        world.plans_clean();

        // One that somebody changed is a difference.
        let template = only(world).template_id.unwrap();
        world.emulator.edit_template(&template, |row| {
            row.env.iter_mut().for_each(|item| item.value = "changed".into());
        });
        world.plans_changes().says("MODE").does_not_say("that-nothing-shows");
        world.apply();
        world.plans_clean();
        let log = std::fs::read_to_string(world.path().join("terraform.log")).unwrap();
        assert!(log.contains("POST /v2/serverless") && !log.contains("a-token-that-nothing-shows"));
    }
}

#[test]
fn switching_between_gpus_and_cpus_or_types_replaces_and_a_name_does_not() {
    let world = World::new(Cli::Older);
    let base = IMAGE.replace(
        "gpu_ids     = [\"AMPERE_24\", \"AMPERE_16\", \"-NVIDIA RTX A4500\"]",
        "GPUS",
    );
    world.write(&base.replace("GPUS", "gpu_ids = [\"AMPERE_16\"]"));
    world.apply();
    let first = only(&world).id;
    world.write(
        &base
            .replace("GPUS", "gpu_ids = [\"AMPERE_16\"]")
            .replace("\"sdxl\"\n  image", "\"renamed\"\n  image"),
    );
    world.apply();
    assert_eq!(
        (only(&world).id, only(&world).name.as_str()),
        (first.clone(), "renamed")
    );
    world.write(&base.replace("GPUS", "instance_ids = [\"cpu3c-2-4\"]"));
    let plan = world.plan_json();
    assert_eq!(
        planned(&plan, "runpod_endpoint.sdxl")["actions"],
        json!(["delete", "create"])
    );
    world.terraform(&["apply", "-no-color", "plan"]).ok();
    let second = only(&world);
    assert_ne!(second.id, first);
    assert_eq!(second.instance_ids, ["cpu3c-2-4"]);
    world.plans_clean();
    world.write(&base.replace("GPUS", "instance_ids = [\"cpu3c-2-4\"]\n  type = \"LB\""));
    let plan = world.plan_json();
    assert_eq!(
        planned(&plan, "runpod_endpoint.sdxl")["actions"],
        json!(["delete", "create"])
    );
}
