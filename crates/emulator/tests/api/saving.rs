//! `saveEndpoint`: a full write with defaults, and what it counts as a release.

use runpod_emulator::{EnvVar, FlashBootType, StoredEndpoint};
use serde_json::{Value, json};

use crate::client::Client;

/// An endpoint whose every field differs from its default.
fn rich() -> StoredEndpoint {
    StoredEndpoint {
        workers_min: 1,
        workers_max: 7,
        workers_pfb_target: 2,
        idle_timeout: 42,
        scaler_type: "REQUEST_COUNT".into(),
        scaler_value: 9,
        gpu_count: 2,
        locations: Some("EU-RO-1".into()),
        allowed_cuda_versions: Some("12.8,12.7".into()),
        min_cuda_version: Some("12.4".into()),
        execution_timeout_ms: Some(600_000),
        request_ttl: Some(5000),
        kind: "LB".into(),
        network_volume_ids: vec!["agv6w2qcg7".into()],
        model_references: vec![format!("https://huggingface.co/a/b:{}", "0".repeat(40))],
        compliance: vec![runpod_emulator::Compliance::Gdpr],
        flash_boot_type: Some(FlashBootType::Flashboot),
        env: vec![EnvVar::new("A", "1")],
        ..StoredEndpoint::named("rich")
    }
}

#[test]
fn a_create_fills_in_the_defaults() {
    let client = Client::start();
    let saved = client.create(json!({}));
    for (field, value) in [
        ("workersMin", json!(0)),
        ("workersMax", json!(3)),
        ("workersStandby", json!(3)),
        ("workersPFBTarget", json!(0)),
        ("idleTimeout", json!(10)),
        ("scalerType", json!("QUEUE_DELAY")),
        ("scalerValue", json!(4)),
        ("gpuCount", json!(1)),
        ("instanceIds", json!([])),
        ("modelReferences", json!([])),
        ("compliance", json!([])),
        ("locations", Value::Null),
        ("networkVolumeId", Value::Null),
        ("networkVolumeIds", json!([])),
        ("type", json!("QB")),
        ("computeType", json!("GPU")),
    ] {
        assert_eq!(saved[field], value, "{field}");
    }
}

#[test]
fn an_update_resets_and_keeps_what_it_leaves_out() {
    let client = Client::start();
    let id = client.add_endpoint(rich());
    client.save(json!({"id": id, "name": "rich", "gpuIds": "AMPERE_16"}));
    let (before, after) = (rich(), client.endpoint(&id).unwrap());
    let reset = (
        after.workers_max,
        after.workers_min,
        after.idle_timeout,
        after.scaler_value,
        after.gpu_count,
    );
    assert_eq!(reset, (3, 0, 10, 4, 1));
    assert_eq!(
        (after.scaler_type.as_str(), after.workers_pfb_target),
        ("QUEUE_DELAY", 0)
    );
    assert_eq!((after.locations, after.workers_standby), (None, 3));
    assert_eq!(after.allowed_cuda_versions, before.allowed_cuda_versions);
    assert_eq!(after.min_cuda_version, before.min_cuda_version);
    assert_eq!(after.execution_timeout_ms, before.execution_timeout_ms);
    assert_eq!(after.request_ttl, before.request_ttl);
    assert_eq!(after.template_id, before.template_id);
    assert_eq!(after.compliance, before.compliance);
    assert_eq!(after.model_references, before.model_references);
    assert_eq!(after.kind, before.kind);
    assert_eq!(after.network_volume_ids, before.network_volume_ids);
}

#[test]
fn an_update_of_a_cpu_endpoint_without_instances_loses_them() {
    let client = Client::start();
    let id = client.add_endpoint(StoredEndpoint::cpu("cpu"));
    let saved = client.save(json!({"id": id, "name": "cpu"}));
    assert_eq!(
        (&saved["computeType"], &saved["instanceIds"]),
        (&json!("CPU"), &json!([]))
    );
}

#[test]
fn compute_kind_and_type_are_fixed_at_creation() {
    let client = Client::start();
    let id = client.add_endpoint(StoredEndpoint::default());
    let saved = client.create(json!({"id": id, "instanceIds": ["cpu3c-2-4"], "type": "LB"}));
    assert_eq!(
        (&saved["computeType"], &saved["type"]),
        (&json!("GPU"), &json!("QB"))
    );
    let id = client.add_endpoint(StoredEndpoint::cpu("cpu"));
    let saved = client.create(json!({"id": id, "instanceIds": ["cpu3c-4-8"]}));
    assert_eq!(
        (&saved["computeType"], &saved["gpuIds"]),
        (&json!("CPU"), &Value::Null)
    );
    assert_eq!(client.create(json!({"type": "LB"}))["type"], "LB");
}

#[test]
fn a_save_of_equal_values_is_no_release() {
    let client = Client::start();
    let id = client.add_endpoint(StoredEndpoint {
        request_ttl: Some(9),
        ..StoredEndpoint::default()
    });
    let same = json!({"id": id, "requestTTL": 9, "idleTimeout": 99, "flashBootType": "OFF"});
    assert_eq!(client.create(same.clone())["version"], 1);
    for (field, value) in [
        ("gpuIds", json!("AMPERE_24")),
        ("gpuCount", json!(2)),
        ("locations", json!("US")),
        ("allowedCudaVersions", json!("12.8")),
        ("minCudaVersion", json!("12.4")),
        ("flashBootType", json!("FLASHBOOT")),
        ("networkVolumeId", json!("agv6w2qcg7")),
        ("env", json!([{"key": "A", "value": "1"}])),
    ] {
        let before = client.endpoint(&id).unwrap().version;
        let mut changed = same.clone();
        changed[field] = value;
        assert!(
            client.create(changed)["version"].as_i64().unwrap() > before.into(),
            "{field}"
        );
        client.edit(&id, |row| {
            *row = StoredEndpoint {
                id: row.id.clone(),
                request_ttl: Some(9),
                version: row.version,
                ..StoredEndpoint::default()
            };
        });
    }
}

#[test]
fn a_save_without_request_ttl_is_a_release_but_keeps_it() {
    let client = Client::start();
    let id = client.add_endpoint(StoredEndpoint {
        request_ttl: Some(9),
        ..StoredEndpoint::default()
    });
    let saved = client.create(json!({"id": id, "flashBootType": "OFF"}));
    assert_eq!((&saved["version"], &saved["requestTTL"]), (&json!(2), &json!(9)));
}

#[test]
fn the_same_volumes_in_another_order_are_no_release_but_echoing_a_legacy_volume_is() {
    let client = Client::start();
    let volumes = vec!["agv6w2qcg7".to_owned(), "us2ks7vol0".to_owned()];
    let id = client.add_endpoint(StoredEndpoint {
        network_volume_ids: volumes,
        ..StoredEndpoint::default()
    });
    let swapped = json!([{"networkVolumeId": "us2ks7vol0"}, {"networkVolumeId": "agv6w2qcg7"}]);
    let base = json!({"id": id, "requestTTL": null, "networkVolumeIds": swapped});
    assert_eq!(client.create(base)["version"], 1);
    let legacy = StoredEndpoint {
        network_volume_id: Some("agv6w2qcg7".into()),
        ..StoredEndpoint::default()
    };
    let id = client.add_endpoint(legacy);
    let echo = json!({"id": id, "requestTTL": null, "networkVolumeId": "agv6w2qcg7",
        "networkVolumeIds": [{"networkVolumeId": "agv6w2qcg7"}]});
    assert_eq!(client.create(echo)["version"], 2);
}

#[test]
fn null_and_empty_clear_what_they_may() {
    let client = Client::start();
    let id = client.add_endpoint(StoredEndpoint {
        network_volume_id: Some("agv6w2qcg7".into()),
        env: vec![EnvVar::new("MODEL_NAME", "m"), EnvVar::new("KEEP", "1")],
        ..rich()
    });
    let saved = client.create(json!({"id": id, "networkVolumeId": "", "networkVolumeIds": [],
        "allowedCudaVersions": "", "minCudaVersion": null, "locations": "", "compliance": [],
        "modelReferences": [], "executionTimeoutMs": null, "requestTTL": null}));
    for field in [
        "networkVolumeId",
        "allowedCudaVersions",
        "minCudaVersion",
        "locations",
        "requestTTL",
    ] {
        assert_eq!(saved[field], Value::Null, "{field}");
    }
    assert_eq!(
        (&saved["networkVolumeIds"], &saved["compliance"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(client.endpoint(&id).unwrap().env, [EnvVar::new("KEEP", "1")]);
    let id = client.add_endpoint(rich());
    let saved = client.create(json!({"id": id, "networkVolumeIds": null}));
    assert_eq!(saved["networkVolumeIds"].as_array().unwrap().len(), 1);
}

#[test]
fn env_beside_a_template_is_ignored_at_creation_and_read_with_the_templates() {
    let client = Client::start();
    let saved = client.create(json!({"env": [{"key": "A", "value": "1"}]}));
    assert_eq!(saved["env"], json!([{"key": "key1", "value": "value1"}]));
    let id = saved["id"].as_str().unwrap();
    client.edit(id, |row| row.env.push(EnvVar::new("CONSOLE", "1")));
    let read = client.get(id).data("/myself/endpoint/env");
    assert_eq!(
        read,
        json!([{"key": "key1", "value": "value1"}, {"key": "CONSOLE", "value": "1"}])
    );
}

#[test]
fn an_inline_template_becomes_a_serverless_one() {
    let client = Client::start();
    let template = json!({"name": "inline", "imageName": "a/b:1", "containerDiskInGb": 5, "dockerArgs": "",
        "env": [{"key": "A", "value": "1"}]});
    let saved = client.create(json!({"templateId": null, "template": template}));
    let stored = client
        .templates()
        .into_iter()
        .find(|row| row.name == "inline")
        .unwrap();
    assert_eq!(
        (saved["templateId"].as_str(), stored.is_serverless),
        (Some(stored.id.as_str()), true)
    );
    assert_eq!(stored.bound_endpoint_id.as_deref(), saved["id"].as_str());
    let text = "endpoint template names must be unique";
    assert_eq!(
        client.refusal(json!({"templateId": null, "template": template})),
        text
    );
    let mut changed = template.clone();
    changed["imageName"] = json!("a/b:2");
    client.create(json!({"id": saved["id"], "templateId": null, "template": changed}));
    let stored = client
        .templates()
        .into_iter()
        .filter(|row| row.name == "inline")
        .collect::<Vec<_>>();
    assert_eq!(
        (stored.len(), stored[0].image_name.as_deref()),
        (1, Some("a/b:2"))
    );
    assert!(
        client
            .refusal(json!({"template": template}))
            .contains("exclude each other")
    );
}

#[test]
fn model_references_are_pinned_to_a_commit() {
    let client = Client::start();
    let models = json!(["https://huggingface.co/org/model:main"]);
    let saved = client.create(json!({"modelReferences": models}));
    let pinned = saved["modelReferences"][0].as_str().unwrap();
    let commit = pinned.strip_prefix("https://huggingface.co/org/model:").unwrap();
    assert!(
        commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()),
        "{pinned}"
    );
    let again = client.create(json!({"id": saved["id"], "modelReferences": models, "requestTTL": null}));
    assert_eq!(
        (&again["modelReferences"], &again["version"]),
        (&saved["modelReferences"], &json!(1))
    );
    client.refusal(json!({"instanceIds": ["cpu3c-2-4"], "modelReferences": models}));
}

#[test]
fn pods_follow_the_minimum_of_workers() {
    let client = Client::start();
    let saved = client.create(json!({"workersMin": 2}));
    assert_eq!(
        saved["pods"],
        json!([{"desiredStatus": "RUNNING"}, {"desiredStatus": "RUNNING"}])
    );
}

#[test]
fn the_list_is_capped_and_oldest_first() {
    let client = Client::start();
    let ids = client.add_endpoints(450, |number| StoredEndpoint {
        created_at: format!(
            "2026-01-01T00:{:02}:{:02}.000Z",
            (449 - number) / 60,
            (449 - number) % 60
        ),
        ..StoredEndpoint::named(format!("endpoint {number}"))
    });
    let listed = client.listed();
    let expected: Vec<_> = ids.iter().rev().take(400).cloned().collect();
    assert_eq!(listed, expected);
    assert_eq!(client.get(&ids[0]).data("/myself/endpoint/id"), json!(ids[0]));
}

#[test]
fn two_endpoints_may_share_a_name() {
    let client = Client::start();
    assert_ne!(client.create(json!({}))["id"], client.create(json!({}))["id"]);
    assert_eq!(client.listed().len(), 2);
}

#[test]
fn a_variable_that_was_not_sent_is_a_field_left_out() {
    let client = Client::start();
    let id = client.add_endpoint(rich());
    let query = "mutation($id: String!, $repo: EndpointRepoInput, $cuda: String, $min: String, $max: Int) { \
                 saveEndpoint(input: {id: $id, name: \"rich\", gpuIds: \"ADA_24\", repo: $repo, \
                 allowedCudaVersions: $cuda, minCudaVersion: $min, workersMax: $max}) { allowedCudaVersions \
                 minCudaVersion workersMax } }";
    let saved = client
        .send(client.request(query, json!({"id": id, "min": null})))
        .data("/saveEndpoint");
    let expected = json!({"allowedCudaVersions": "12.8,12.7", "minCudaVersion": null, "workersMax": 3});
    assert_eq!(saved, expected);
}
