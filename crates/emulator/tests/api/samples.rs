//! The samples of Runpod's own page on managing endpoints, as they stand there (API facts 3.1).

use runpod_emulator::{Emulator, StoredEndpoint};
use serde_json::{Value, json};

use crate::client::{Client, Reply};

fn client() -> Client {
    let client = Client::start();
    client.add_endpoint(StoredEndpoint {
        id: "i02xupws21hp6i".into(),
        idle_timeout: 5,
        locations: Some("US".into()),
        ..StoredEndpoint::named("My Endpoint")
    });
    client
}

/// A request the way the page's cURL makes it: the key in the address, and only `query` in the body.
fn curl(client: &Client, query: &str) -> Reply {
    let url = format!("{}?api_key={}", Emulator::url(client), client.key());
    let request = client.http.post(url).header("content-type", "application/json");
    client.send(request.body(json!({ "query": query }).to_string()))
}

#[test]
fn create() {
    let client = client();
    let reply = curl(
        &client,
        r#"mutation { saveEndpoint(input: { gpuIds: "AMPERE_16", idleTimeout: 5, locations: "US", name: "Generated Endpoint -fb", networkVolumeId: "", scalerType: "QUEUE_DELAY", scalerValue: 4, templateId: "xkhgg72fuo", workersMax: 3, workersMin: 0 }) { gpuIds id idleTimeout locations name scalerType scalerValue templateId workersMax workersMin } }"#,
    );
    let mut saved = reply.data("/saveEndpoint");
    let id = saved["id"].take();
    let id = id.as_str().unwrap();
    assert!(
        id.len() == 14 && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()),
        "{id}"
    );
    let expected = json!({"gpuIds": "AMPERE_16", "id": null, "idleTimeout": 5, "locations": "US",
        "name": "Generated Endpoint -fb", "scalerType": "QUEUE_DELAY", "scalerValue": 4,
        "templateId": "xkhgg72fuo", "workersMax": 3, "workersMin": 0});
    assert_eq!(saved, expected);
}

#[test]
fn create_with_flashboot_literal() {
    let reply = curl(
        &client(),
        r#"mutation { saveEndpoint(input: { gpuIds: "AMPERE_16", idleTimeout: 5, locations: "US", name: "My Endpoint", flashBootType: FLASHBOOT, scalerType: "QUEUE_DELAY", scalerValue: 4, templateId: "xkhgg72fuo", workersMax: 3, workersMin: 0 }) { id name gpuIds idleTimeout locations flashBootType scalerType scalerValue templateId workersMax workersMin } }"#,
    );
    assert_eq!(reply.data("/saveEndpoint/flashBootType"), "FLASHBOOT");
    assert_eq!(reply.data("/saveEndpoint/name"), "My Endpoint");
}

#[test]
fn modify() {
    let reply = curl(
        &client(),
        r#"mutation { saveEndpoint(input: { id: "i02xupws21hp6i", gpuIds: "AMPERE_16", name: "Generated Endpoint -fb", templateId: "xkhgg72fuo", workersMax: 0 }) { id gpuIds name templateId workersMax } }"#,
    );
    let expected = json!({"id": "i02xupws21hp6i", "gpuIds": "AMPERE_16", "name": "Generated Endpoint -fb",
        "templateId": "xkhgg72fuo", "workersMax": 0});
    assert_eq!(reply.data("/saveEndpoint"), expected);
}

#[test]
fn list() {
    let client = client();
    let reply = curl(
        &client,
        "query Endpoints { myself { endpoints { gpuIds id idleTimeout locations name networkVolumeId pods { desiredStatus } scalerType scalerValue templateId workersMax workersMin } serverlessDiscount { discountFactor type expirationDate } } }",
    );
    let expected = r#"{"data":{"myself":{"endpoints":[{"gpuIds":"AMPERE_16","id":"i02xupws21hp6i","idleTimeout":5,"locations":"US","name":"My Endpoint","networkVolumeId":null,"pods":[],"scalerType":"QUEUE_DELAY","scalerValue":4,"templateId":"xkhgg72fuo","workersMax":3,"workersMin":0}],"serverlessDiscount":null}}}"#;
    assert_eq!(reply.text, expected);
    assert_eq!(
        client.requests_for("myself.endpoints")[0]
            .operation_name
            .as_deref(),
        Some("Endpoints")
    );
}

#[test]
fn delete() {
    let client = client();
    client.edit("i02xupws21hp6i", |row| row.workers_max = 0);
    let reply = curl(&client, r#"mutation { deleteEndpoint(id: "i02xupws21hp6i") }"#);
    assert_eq!(reply.text, r#"{"data":{"deleteEndpoint":null}}"#);
    assert!(client.endpoints().is_empty());
}

#[test]
fn save_and_delete_a_template() {
    let client = client();
    let reply = curl(
        &client,
        r#"mutation { saveTemplate(input: { containerDiskInGb: 5, dockerArgs: "python handler.py", env: [{ key: "key1", value: "value1" }], imageName: "runpod/serverless-hello-world:latest", isServerless: true, name: "My Other Template", volumeInGb: 0 }) { id name imageName isServerless containerDiskInGb dockerArgs env { key value } } }"#,
    );
    let saved = reply.data("/saveTemplate");
    assert_eq!(saved["id"].as_str().map(str::len), Some(10));
    assert_eq!(saved["env"], json!([{"key": "key1", "value": "value1"}]));
    let reply = curl(
        &client,
        r#"mutation { deleteTemplate(templateName: "My Other Template") }"#,
    );
    assert_eq!(reply.data("/deleteTemplate"), Value::Null);
}

#[test]
fn the_sample_template_is_there() {
    let reply = curl(
        &client(),
        r#"{ podTemplate(id: "xkhgg72fuo") { name imageName isServerless } }"#,
    );
    let expected = json!({"name": "My Serverless Template",
        "imageName": "runpod/serverless-hello-world:latest", "isServerless": true});
    assert_eq!(reply.data("/podTemplate"), expected);
}

#[test]
fn three_volumes_on_a_cpu_endpoint() {
    let client = client();
    let saved = client.save(json!({"name": "gp19-3region", "templateId": "xkhgg72fuo",
        "instanceIds": ["cpu3c-2-4"], "gpuIds": "", "dataCenterIds": ["EU-RO-1", "US-KS-2", "EUR-IS-1"],
        "networkVolumeIds": [{"networkVolumeId": "agv6w2qcg7"}, {"networkVolumeId": "us2ks7vol0"},
            {"networkVolumeId": "eur1is3vol"}],
        "workersMin": 0, "workersMax": 12, "scalerType": "QUEUE_DELAY", "scalerValue": 1, "idleTimeout": 5}));
    assert_eq!(
        (&saved["computeType"], &saved["gpuIds"]),
        (&json!("CPU"), &Value::Null)
    );
    assert_eq!(saved["instanceIds"], json!(["cpu3c-2-4"]));
    let row = client.endpoint(saved["id"].as_str().unwrap()).unwrap();
    assert_eq!(row.data_center_ids, ["EU-RO-1", "US-KS-2", "EUR-IS-1"]);
}

#[test]
fn the_samples_follow_on_from_each_other() {
    let client = Client::start();
    let create = r#"mutation { saveEndpoint(input: { gpuIds: "AMPERE_16", name: "Generated Endpoint -fb", templateId: "xkhgg72fuo" }) { id } }"#;
    assert_eq!(curl(&client, create).data("/saveEndpoint/id"), "i02xupws21hp6i");
    let modify = r#"mutation { saveEndpoint(input: { id: "i02xupws21hp6i", gpuIds: "AMPERE_16", name: "Generated Endpoint -fb", templateId: "xkhgg72fuo", workersMax: 0 }) { id } }"#;
    curl(&client, modify).data("/saveEndpoint/id");
    let delete = r#"mutation { deleteEndpoint(id: "i02xupws21hp6i") }"#;
    assert_eq!(curl(&client, delete).data("/deleteEndpoint"), Value::Null);
    assert_ne!(
        curl(&client, create).data("/saveEndpoint/id"),
        "i02xupws21hp6i",
        "an id is never given twice"
    );
}
