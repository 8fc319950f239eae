//! REST v2: endpoints, seen from both APIs.

use runpod_emulator::{StoredEndpoint, StoredTemplate, StoredWorker};
use serde_json::{Value, json};

use crate::client::{Client, input, rest_body};

#[test]
fn a_create_shows_all_and_has_a_template_of_its_own() {
    let client = Client::start();
    let made = client.made(json!({
        "name": "sdxl", "args": "python x.py", "disk": 7, "ports": ["80/http", "22/tcp"], "env": {"A": "1", "B": ""},
        "workers": {"max": 5, "idleTimeout": 9}, "dataCenterIds": ["US-KS-2"], "networkVolumes": ["us2ks7vol0"],
        "gpu": {"pools": ["ADA_24", "AMPERE_16"], "excludedTypes": [" NVIDIA RTX A4000"], "count": 2,
            "allowedCudaVersions": ["12.8"]},
        "scaling": {"type": "QUEUE_DELAY", "queueDelay": 2.5}, "timeout": 5000, "flashboot": "FLASHBOOT",
    }));
    let id = made["id"].as_str().unwrap();
    let mut seen = made.clone();
    assert!(seen["createdAt"].as_str().unwrap().ends_with('Z'));
    seen["createdAt"] = Value::Null;
    let url = |path: &str| format!("https://api.runpod.ai/v2/{id}/{path}");
    assert_eq!(
        seen,
        json!({
            "id": id, "name": "sdxl", "type": "QUEUE", "image": "me/worker:1", "args": "python x.py",
            "cmd": ["python", "x.py"], "entrypoint": [], "disk": 7, "ports": ["80/http", "22/tcp"],
            "env": {"A": "1", "B": ""}, "registry": null,
            "gpu": {"pools": ["ADA_24", "AMPERE_16"], "excludedTypes": ["NVIDIA RTX A4000"], "count": 2,
                "allowedCudaVersions": ["12.8"], "minCudaVersion": null},
            "workers": {"min": 0, "max": 5, "idleTimeout": 9},
            "scaling": {"type": "QUEUE_DELAY", "queueDelay": 2.5},
            "dataCenterIds": ["US-KS-2"], "networkVolumes": ["us2ks7vol0"], "timeout": 5000,
            "flashboot": "FLASHBOOT", "createdAt": null,
            "requestUrls": {"run": url("run"), "runSync": url("runsync"), "status": url("status/{job_id}"),
                "stream": url("stream/{job_id}"), "cancel": url("cancel/{job_id}"),
                "retry": url("retry/{job_id}"), "purgeQueue": url("purge-queue"), "health": url("health")},
        })
    );
    assert_eq!(
        client.done(200, "GET", &format!("/serverless/{id}"), Value::Null),
        made
    );
    let graphql = client.get(id).data("/myself/endpoint");
    assert_eq!(
        (&graphql["gpuIds"], &graphql["scalerValue"], &graphql["locations"]),
        (
            &json!("ADA_24,AMPERE_16,-NVIDIA RTX A4000"),
            &json!(2),
            &json!("US-KS-2")
        )
    );
    let template = graphql["templateId"].as_str().unwrap();
    let query =
        format!("{{ podTemplate(id: \"{template}\") {{ name boundEndpointId imageName dockerArgs }} }}");
    assert_eq!(
        client.query(&query).data("/podTemplate"),
        json!({"name": "sdxl-template", "boundEndpointId": id, "imageName": "me/worker:1",
            "dockerArgs": "python x.py"})
    );
}

#[test]
fn defaults_are_those_that_were_seen() {
    let client = Client::start();
    let made = client.made(json!({}));
    assert_eq!(
        (
            &made["workers"],
            &made["timeout"],
            &made["flashboot"],
            &made["ports"],
            &made["args"]
        ),
        (
            &json!({"min": 0, "max": 3, "idleTimeout": 10}),
            &json!(0),
            &json!("OFF"),
            &json!([]),
            &json!("")
        )
    );
    let cpu = client.made(
        json!({"gpu": null, "cpu": [{"id": "cpu5g", "vcpuCount": 8}, {"id": "cpu5g", "vcpuCount": 2}]}),
    );
    assert_eq!(
        (&cpu["gpu"], &cpu["cpu"]),
        (
            &Value::Null,
            &json!([{"id": "cpu5g", "vcpuCount": 8, "memory": 32}, {"id": "cpu5g", "vcpuCount": 2, "memory": 8}])
        )
    );
    let graphql = client.get(cpu["id"].as_str().unwrap()).data("/myself/endpoint");
    assert_eq!(graphql["instanceIds"], json!(["cpu5g-8-32", "cpu5g-2-8"]));
    let balanced = client.made(json!({
        "type": "LOAD_BALANCER", "scaling": {"type": "REQUEST_COUNT", "requestCount": 4},
        "env": {"HEALTH_CHECK_PATH": "/up"},
    }));
    let base = format!("https://{}.api.runpod.ai", balanced["id"].as_str().unwrap());
    assert_eq!(
        balanced["requestUrls"],
        json!({"base": base, "health": format!("{base}/up")})
    );
    assert_eq!(balanced["workers"]["idleTimeout"], json!(10));
}

#[test]
fn what_a_create_refuses() {
    let client = Client::start();
    let count = json!({"type": "REQUEST_COUNT", "requestCount": 1});
    for (fields, status, told) in [
        (
            json!({"gpu": null}),
            400,
            "exactly one of gpu and cpu is required",
        ),
        (
            json!({"scaling": count, "workers": {"idleTimeout": 5}}),
            422,
            "idleTimeout does not apply to queue-based endpoints scaling on requestCount",
        ),
        (
            json!({"gpu": {"pools": ["AMPERE_16"], "allowedCudaVersions": ["12.4"], "minCudaVersion": "12.4"}}),
            400,
            "allowedCudaVersions and minCudaVersion exclude each other",
        ),
        (
            json!({"gpu": {"pools": ["AMPERE_16"], "excludedTypes": ["NVIDIA L4"]}}),
            400,
            "excluded GPU type NVIDIA L4 is in none of the pools",
        ),
        (
            json!({"gpu": {"pools": ["ADA_24"], "excludedTypes": ["NVIDIA GeForce RTX 4090"]}}),
            400,
            "excludedTypes leaves no GPU type of the pools",
        ),
        (
            json!({"gpu": {"pools": ["NVIDIA L4"]}}),
            400,
            "NVIDIA L4 is a GPU type; gpu.pools takes pool ids",
        ),
        (
            json!({"gpu": {"pools": ["AMPERE_17"]}}),
            400,
            "AMPERE_17 is not a GPU pool",
        ),
        (
            json!({"gpu": null, "cpu": [{"id": "cpu3c", "vcpuCount": 6}]}),
            400,
            "cpu cpu3c has no size of 6 vCPUs",
        ),
        (
            json!({"gpu": null, "cpu": [{"id": "cpu9", "vcpuCount": 2}]}),
            400,
            "cpu cpu9 is not available",
        ),
        (
            json!({"dataCenterIds": ["US"]}),
            400,
            "data center US is not supported",
        ),
        (
            json!({"workers": {"min": 4, "max": 3}}),
            400,
            "workers.min (4) must not exceed workers.max (3)",
        ),
        (json!({"image": " "}), 422, "image is not a valid image reference"),
        (
            json!({"args": "a", "cmd": ["b"]}),
            422,
            "args and cmd/entrypoint do not mean the same command",
        ),
        (json!({"templateId": "none"}), 404, "template none not found"),
        (
            json!({"templateId": "pod8template"}),
            422,
            "the template is a pod template; serverless endpoints need a serverless template",
        ),
        (
            json!({"networkVolumes": ["none"]}),
            404,
            "network volume none not found",
        ),
    ] {
        let refused = client.problem("POST", "/serverless", rest_body(fields.clone()));
        assert_eq!(refused, (status, json!(told)), "{fields}");
    }
    client.set_balance(0.0);
    assert_eq!(client.problem("POST", "/serverless", rest_body(json!({}))).0, 402);
    for (fields, error) in [
        (
            json!({"scaling": {"type": "QUEUE_DELAY", "queueDelay": 0.25}}),
            "$.scaling.queueDelay: minimum: got 0.25, want 0.5",
        ),
        (
            json!({"workers": {"idleTimeout": 3601}}),
            "$.workers.idleTimeout: maximum: got 3601, want 3600",
        ),
        (json!({"env": {"A": 1}}), "$.env.A: got number, want string"),
        (
            json!({"flashboot": true}),
            "$.flashboot: value must be one of 'OFF', 'FLASHBOOT', 'PRIORITY_FLASHBOOT'",
        ),
        (
            json!({"gpu": {"pools": ["AMPERE_16"], "excludedTypes": ["-x"]}}),
            r"$.gpu.excludedTypes[0]: '-x' does not match pattern '^\s*[^-\s]'",
        ),
        (
            json!({"gpu": {"pools": []}}),
            "$.gpu.pools: minItems: got 0, want 1",
        ),
        (
            json!({"gpu": {"pools": ["ADA_24"], "kind": 1}}),
            "$.gpu: additional properties 'kind' not allowed",
        ),
        (
            json!({"type": "LOAD_BALANCER"}),
            "$.scaling: missing property 'requestCount'",
        ),
        (
            json!({"locations": "US"}),
            "$: additional properties 'locations' not allowed",
        ),
    ] {
        let (status, errors) = client.problem("POST", "/serverless", rest_body(fields.clone()));
        assert_eq!(status, 422, "{fields}");
        assert!(
            errors.as_array().unwrap().contains(&json!(error)),
            "{fields}: {errors}"
        );
    }
    assert!(client.endpoints().is_empty());
    assert_eq!(
        client.templates().len(),
        2,
        "a refused create leaves no template behind"
    );
}

#[test]
fn a_patch_merges() {
    let client = Client::start();
    client.switches(|switches| switches.equal_patch_releases = false);
    let made = client.made(json!({
        "env": {"A": "1", "B": "2"}, "args": "run",
        "gpu": {"pools": ["AMPERE_16"], "excludedTypes": ["NVIDIA RTX A4000"], "count": 2, "minCudaVersion": "12.4"},
        "networkVolumes": ["us2ks7vol0"], "dataCenterIds": ["US-KS-2"], "timeout": 100,
    }));
    let path = format!("/serverless/{}", made["id"].as_str().unwrap());
    let patch = |body: Value| client.done(200, "PATCH", &path, body);
    assert_eq!(patch(json!({})), made);
    let same = |body: Value, changed: &str, value: Value| {
        let mut wanted = client.done(200, "GET", &path, Value::Null);
        *wanted.pointer_mut(changed).unwrap() = value;
        assert_eq!(patch(body.clone()), wanted, "{body}");
    };
    same(json!({"gpu": {}}), "/gpu/count", json!(2));
    same(json!({"gpu": {"count": 1}}), "/gpu/count", json!(1));
    same(json!({"workers": {"max": 1}}), "/workers/max", json!(1));
    same(
        json!({"workers": {"idleTimeout": 20}}),
        "/workers/idleTimeout",
        json!(20),
    );
    same(json!({"env": {"C": "3"}}), "/env", json!({"C": "3"}));
    same(json!({"networkVolumes": []}), "/networkVolumes", json!([]));
    same(json!({"dataCenterIds": []}), "/dataCenterIds", json!([]));
    same(
        json!({"gpu": {"minCudaVersion": ""}}),
        "/gpu/minCudaVersion",
        Value::Null,
    );
    same(json!({"timeout": 0}), "/timeout", json!(0));
    same(json!({"name": "other"}), "/name", json!("other"));
    let cleared = patch(json!({"args": ""}));
    assert_eq!((&cleared["args"], &cleared["cmd"]), (&json!(""), &json!([])));
    let pools = patch(json!({"gpu": {"pools": ["ADA_24", "AMPERE_16"]}}));
    assert_eq!(
        pools["gpu"],
        json!({"pools": ["ADA_24", "AMPERE_16"], "count": 1, "allowedCudaVersions": [], "minCudaVersion": null})
    );
    let counted = patch(json!({"scaling": {"type": "REQUEST_COUNT", "requestCount": 3}}));
    assert_eq!(counted["workers"].get("idleTimeout"), None, "{counted}");
    for (body, error) in [
        (
            json!({"gpu": {"excludedTypes": []}}),
            "$.gpu: properties 'pools' required, if 'excludedTypes' exists",
        ),
        (
            json!({"type": "QUEUE"}),
            "$: additional properties 'type' not allowed",
        ),
        (json!({"id": "x"}), "$: additional properties 'id' not allowed"),
        (json!({"args": null}), "$.args: got null, want string"),
    ] {
        let (status, errors) = client.problem("PATCH", &path, body);
        assert_eq!(status, 422);
        assert!(errors.as_array().unwrap().contains(&json!(error)), "{errors}");
    }
    let (status, _) = client.problem("PATCH", &path, json!({"cpu": [{"id": "cpu3c", "vcpuCount": 2}]}));
    assert_eq!(status, 400);
    let (status, _) = client.problem("PATCH", &path, json!({"workers": {"idleTimeout": 5}}));
    assert_eq!(status, 422, "the endpoint scales on its requests");
}

#[test]
fn a_template_is_applied_once() {
    let client = Client::start();
    let template = client.add_template(StoredTemplate {
        image_name: Some("from/template:1".into()),
        env: vec![
            runpod_emulator::EnvVar::new("A", "template"),
            runpod_emulator::EnvVar::new("B", "template"),
        ],
        allowed_cuda_versions: vec!["12.8".into()],
        ..StoredTemplate::default()
    });
    let made = client.made(json!({"image": null, "templateId": template, "env": {"B": "body"}, "disk": 9}));
    assert_eq!(
        (
            &made["image"],
            &made["env"],
            &made["disk"],
            &made["gpu"]["allowedCudaVersions"]
        ),
        (
            &json!("from/template:1"),
            &json!({"A": "template", "B": "body"}),
            &json!(9),
            &json!(["12.8"])
        )
    );
    assert_eq!(made.get("templateId"), None);
    let mut row = client
        .templates()
        .into_iter()
        .find(|row| row.id == template)
        .unwrap();
    row.image_name = Some("from/template:2".into());
    client.add_template(row);
    let path = format!("/serverless/{}", made["id"].as_str().unwrap());
    assert_eq!(
        client.done(200, "GET", &path, Value::Null)["image"],
        json!("from/template:1")
    );
    let again = client.done(200, "PATCH", &path, json!({"templateId": template}));
    assert_eq!(
        (&again["image"], &again["env"]),
        (
            &json!("from/template:2"),
            &json!({"A": "template", "B": "template"})
        )
    );
    assert_eq!(
        client.problem("PATCH", &path, json!({"templateId": "none"})).0,
        404
    );
}

#[test]
fn a_patch_of_the_container_rewrites_the_shared_template() {
    let client = Client::start();
    let one = client.create(json!({"name": "one"}));
    let two = client.create(json!({"name": "two"}));
    let path = |row: &Value| format!("/serverless/{}", row["id"].as_str().unwrap());
    assert_eq!(
        client.done(200, "GET", &path(&one), Value::Null)["image"],
        json!("runpod/serverless-hello-world:latest")
    );
    client.done(200, "PATCH", &path(&one), json!({"image": "me/new:1"}));
    assert_eq!(
        client.done(200, "GET", &path(&two), Value::Null)["image"],
        json!("me/new:1")
    );
    let version = |row: &Value| {
        client
            .get(row["id"].as_str().unwrap())
            .data("/myself/endpoint/version")
    };
    assert_eq!(
        (version(&one), version(&two)),
        (json!(2), json!(2)),
        "both run it now"
    );
    client.done(200, "PATCH", &path(&one), json!({"name": "renamed"}));
    let template = client
        .templates()
        .into_iter()
        .find(|row| row.id == "xkhgg72fuo")
        .unwrap();
    assert_eq!(template.name, "renamed-template");
    assert_eq!(
        (version(&one), version(&two)),
        (json!(2), json!(2)),
        "a name is no release"
    );
    assert_eq!(client.rest("DELETE", &path(&one), Value::Null).status, 204);
    assert!(
        client.templates().iter().any(|row| row.id == "xkhgg72fuo"),
        "it is not bound"
    );
}

#[test]
fn a_deletion_takes_the_bound_template_along() {
    let client = Client::start();
    let made = client.made(json!({"workers": {"min": 1, "max": 3}}));
    let path = format!("/serverless/{}", made["id"].as_str().unwrap());
    let reply = client.rest("DELETE", &path, Value::Null);
    assert_eq!((reply.status, reply.text.as_str()), (204, ""));
    assert_eq!(client.templates().len(), 2);
    for method in ["DELETE", "GET"] {
        assert_eq!(
            client.problem(method, &path, Value::Null),
            (404, json!("endpoint not found"))
        );
    }
}

#[test]
fn a_graphql_save_reads_back_over_rest() {
    let client = Client::start();
    let made = client.create(json!({
        "type": "LB", "scalerType": "QUEUE_DELAY", "scalerValue": 3, "gpuIds": "AMPERE_16,-NVIDIA RTX A4000",
        "networkVolumeId": "us2ks7vol0", "executionTimeoutMs": null, "locations": "US,EU-RO-1",
    }));
    let path = format!("/serverless/{}", made["id"].as_str().unwrap());
    let seen = client.done(200, "GET", &path, Value::Null);
    assert_eq!(
        (
            &seen["type"],
            &seen["scaling"],
            &seen["gpu"]["excludedTypes"],
            &seen["networkVolumes"],
            &seen["timeout"],
            &seen["dataCenterIds"],
            &seen["env"]
        ),
        (
            &json!("LOAD_BALANCER"),
            &json!({"type": "QUEUE_DELAY", "queueDelay": 3}),
            &json!(["NVIDIA RTX A4000"]),
            &json!(["us2ks7vol0"]),
            &json!(0),
            &json!(["US", "EU-RO-1"]),
            &json!({"key1": "value1"})
        )
    );
    let rest = client.made(json!({"scaling": {"type": "QUEUE_DELAY", "queueDelay": 2.5}}));
    let id = rest["id"].as_str().unwrap();
    let template = client.get(id).data("/myself/endpoint/templateId");
    client.save(input(json!({"id": id, "templateId": template, "name": "saved"})));
    let path = format!("/serverless/{id}");
    let seen = client.done(200, "GET", &path, Value::Null);
    assert_eq!(
        (&seen["name"], &seen["scaling"]["queueDelay"]),
        (&json!("saved"), &json!(4))
    );
    assert_eq!(client.listed().len(), 2);
}

#[test]
fn workers_and_releases() {
    let client = Client::start();
    client.switches(|switches| switches.reads_before_workers_ready = 1);
    let made = client.made(json!({"workers": {"min": 2, "max": 3}}));
    let id = made["id"].as_str().unwrap();
    let workers =
        |client: &Client| client.done(200, "GET", &format!("/serverless/{id}/workers"), Value::Null);
    let first = workers(&client);
    assert_eq!(
        first["summary"],
        json!({"running": 0, "idle": 0, "initializing": 2, "throttled": 0, "unhealthy": 0, "total": 2})
    );
    assert_eq!(workers(&client)["summary"]["running"], json!(2));
    client.done(
        200,
        "PATCH",
        &format!("/serverless/{id}"),
        json!({"image": "me/worker:2"}),
    );
    let path = format!("/serverless/{id}/releases");
    let releases = client.done(200, "GET", &path, Value::Null);
    assert_eq!(
        (
            &releases["endpointVersion"],
            &releases["rollout"]["inProgress"],
            &releases["rollout"]["workersOnLatest"]
        ),
        (&json!(2), &json!(true), &json!(0))
    );
    assert_eq!(
        releases["releases"][0]["diff"],
        json!([{"field": "template.imageName", "old": "me/worker:1", "new": "me/worker:2"}])
    );
    assert_eq!(releases["releases"][1]["version"], json!(1));
    assert_eq!(workers(&client)["workers"][0]["isStale"], json!(true));
    let rollout = &client.done(200, "GET", &path, Value::Null)["rollout"];
    assert_eq!(
        (&rollout["inProgress"], &rollout["percentOnLatest"]),
        (&json!(false), &json!(100))
    );
    client.edit(id, |row| {
        row.workers = Some(vec![StoredWorker {
            status: "THROTTLED".into(),
            ..StoredWorker::default()
        }]);
    });
    assert_eq!(workers(&client)["summary"]["throttled"], json!(1));
    let old = client.add_endpoint(StoredEndpoint::default());
    let releases = client.done(200, "GET", &format!("/serverless/{old}/releases"), Value::Null);
    assert_eq!(releases["releases"].as_array().unwrap().len(), 1);
    assert_eq!(
        client.problem("GET", "/serverless/none/workers", Value::Null).0,
        404
    );
}
