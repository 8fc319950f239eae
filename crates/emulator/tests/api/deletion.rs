//! `deleteEndpoint`: its condition, workers that take their time, and endpoints that are not there.

use runpod_emulator::{DeleteRule, Drain, StoredEndpoint};
use serde_json::{Value, json};

use crate::client::Client;

#[test]
fn workers_must_be_zero_unless_the_rule_is_lax() {
    let client = Client::start();
    let id = client.add_endpoint(StoredEndpoint::default());
    let reply = client.delete(&id);
    assert_eq!(
        (reply.status, &reply.json()["data"]),
        (200, &json!({"deleteEndpoint": null}))
    );
    assert_eq!(reply.code(), "RUNPOD");
    assert_eq!(client.endpoints().len(), 1);
    client.switches(|switches| switches.delete = DeleteRule::Lax);
    assert_eq!(client.delete(&id).data("/deleteEndpoint"), Value::Null);
    assert!(client.endpoints().is_empty());
}

#[test]
fn an_unknown_endpoint() {
    let client = Client::start();
    assert_eq!(client.delete("gone").code(), "INTERNAL_SERVER_ERROR");
    client.switches(|switches| switches.unknown_delete_fails = false);
    assert_eq!(client.delete("gone").data("/deleteEndpoint"), Value::Null);
}

#[test]
fn workers_drain_for_some_attempts() {
    let client = Client::start();
    client.switches(|switches| switches.drain = Drain::Attempts(2));
    let id = client.create(json!({"workersMin": 2}))["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let saved = client.create(json!({"id": id, "workersMin": 0, "workersMax": 0}));
    assert_eq!(
        saved["pods"],
        json!([{"desiredStatus": "EXITED"}, {"desiredStatus": "EXITED"}])
    );
    for _ in 0..2 {
        assert!(client.delete(&id).message().contains("shutting down"));
    }
    assert_eq!(client.get(&id).data("/myself/endpoint/pods"), json!([]));
    assert_eq!(client.delete(&id).data("/deleteEndpoint"), Value::Null);
}

#[test]
fn workers_drain_for_some_time() {
    let client = Client::start();
    client.switches(|switches| switches.drain = Drain::Millis(3_600_000));
    let id = client.create(json!({}))["id"].as_str().unwrap().to_owned();
    client.create(json!({"id": id, "workersMax": 0}));
    assert!(client.delete(&id).message().contains("shutting down"));
    client.edit(&id, |row| row.draining.as_mut().unwrap().until_ms = Some(0));
    assert_eq!(client.delete(&id).data("/deleteEndpoint"), Value::Null);
}

#[test]
fn raising_the_workers_again_ends_the_draining() {
    let client = Client::start();
    client.switches(|switches| switches.drain = Drain::Attempts(9));
    let id = client.create(json!({}))["id"].as_str().unwrap().to_owned();
    client.create(json!({"id": id, "workersMax": 0}));
    client.create(json!({"id": id, "workersMax": 1}));
    assert_eq!(client.endpoint(&id).unwrap().draining, None);
}
