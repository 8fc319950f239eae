//! What `saveEndpoint` refuses, with the exact words where they are known.

use runpod_emulator::{Options, StoredEndpoint};
use serde_json::{Value, json};

use crate::client::{Client, input};

#[test]
fn the_templates_an_endpoint_may_use() {
    let client = Client::start();
    assert_eq!(
        client.refusal(json!({"templateId": "gone"})),
        "Unable to find template"
    );
    assert_eq!(
        client.refusal(json!({"templateId": null})),
        "Unable to find template"
    );
    let text = "Serverless endpoints cannot use pod templates. Please use a serverless template.";
    assert_eq!(client.refusal(json!({"templateId": "pod8template"})), text);
    let text = "must provide template for repo endpoint";
    assert_eq!(client.refusal(json!({"repo": null})), text);
}

#[test]
fn the_worker_quota_counts_all_endpoints() {
    let client = Client::with(Options {
        quota: Some(10),
        ..Options::default()
    });
    client.add_endpoint(StoredEndpoint {
        workers_max: 8,
        ..StoredEndpoint::default()
    });
    let text = "Max workers across all endpoints must not exceed your workers quota (10). Reduce the max workers \
                for other endpoints or lower the max worker count for this endpoint to at most 2.";
    assert_eq!(client.refusal(json!({})), text);
    let saved = client.create(json!({"workersMax": 2}));
    let text = client.refusal(json!({"id": saved["id"], "workersMax": 3}));
    assert!(text.ends_with("at most 2."), "{text}");
    client.set_quota(1);
    assert_eq!(
        client.create(json!({"id": saved["id"], "workersMax": 0}))["workersMax"],
        0
    );
}

#[test]
fn an_empty_balance_stops_creation_alone() {
    let client = Client::with(Options {
        balance: Some(0.0),
        ..Options::default()
    });
    let text = "You must have at least $0.01 in your account balance to create an endpoint.";
    assert_eq!(client.refusal(json!({})), text);
    let id = client.add_endpoint(StoredEndpoint::default());
    assert_eq!(client.create(json!({"id": id}))["id"], json!(id));
}

#[test]
fn gpu_ids() {
    let client = Client::start();
    let text = "gpuId(s) is required for a gpu endpoint";
    assert_eq!(client.refusal(json!({"gpuIds": ""})), text);
    assert_eq!(client.refusal(json!({"gpuIds": null})), text);
    for bad in [
        "AMPERE_16,-AMPERE_24",
        "ADA_24,-NVIDIA GeForce RTX 4090",
        "-NVIDIA L4",
        "NOPE_24",
    ] {
        client.refusal(json!({ "gpuIds": bad }));
    }
    for good in [
        "AMPERE_24,AMPERE_16",
        "AMPERE_16,-NVIDIA RTX A4500",
        "ADA_24,-NVIDIA Nothing",
    ] {
        assert_eq!(client.create(json!({"gpuIds": good}))["gpuIds"], good);
    }
}

#[test]
fn values_out_of_range_are_refused() {
    let client = Client::start();
    for bad in [
        json!({"name": "ab"}),
        json!({"name": "x".repeat(192)}),
        json!({"scalerValue": 0}),
        json!({"scalerType": "NOPE"}),
        json!({"idleTimeout": 0}),
        json!({"idleTimeout": 3601}),
        json!({"workersMin": 4, "workersMax": 3}),
        json!({"workersMin": -1}),
        json!({"gpuCount": 0}),
        json!({"executionTimeoutMs": -1}),
        json!({"type": "RT"}),
        json!({"instanceIds": ["gpu1"]}),
        json!({"minCudaVersion": "12"}),
        json!({"networkVolumeId": "gone"}),
        json!({"networkVolumeIds": [{"networkVolumeId": "gone"}]}),
        json!({"networkVolumeIds": [{"networkVolumeId": "agv6w2qcg7"}, {"networkVolumeId": "agv6w2qcg7"}]}),
        json!({"modelReferences": ["not a model"]}),
        json!({"id": "gone"}),
    ] {
        client.refusal(bad);
    }
    assert!(client.endpoints().is_empty());
}

#[test]
fn a_refused_save_is_the_error_of_a_field_that_cannot_be_null() {
    let reply = Client::start().try_save(input(json!({"templateId": "gone"})));
    let body = reply.json();
    assert_eq!((reply.status, &body["data"]), (200, &Value::Null));
    assert_eq!(body["errors"][0]["path"], json!(["saveEndpoint"]));
    assert_eq!(reply.code(), "RUNPOD");
}
