//! The jobs API: health, and queues that are purged.

use runpod_emulator::StoredEndpoint;
use serde_json::{Value, json};

use crate::client::Client;

fn ask(client: &Client, method: reqwest::Method, path: &str) -> (u16, Value) {
    let url = format!("{}/{path}", client.jobs_url());
    let reply = client.send(client.http.request(method, url).bearer_auth(client.key()));
    (reply.status, reply.json())
}

#[test]
fn a_purge_tells_how_many_it_dropped() {
    let client = Client::start();
    let id = client.add_endpoint(StoredEndpoint {
        queued_jobs: 3,
        workers_min: 1,
        ..StoredEndpoint::default()
    });
    let health = format!("{id}/health");
    let (status, body) = ask(&client, reqwest::Method::GET, &health);
    assert_eq!(
        (status, &body["jobs"]["inQueue"], &body["workers"]["ready"]),
        (200, &json!(3), &json!(1))
    );
    let purge = format!("{id}/purge-queue");
    let done = |removed: u32| (200, json!({"removed": removed, "status": "completed"}));
    assert_eq!(ask(&client, reqwest::Method::POST, &purge), done(3));
    assert_eq!(ask(&client, reqwest::Method::POST, &purge), done(0));
    assert_eq!(
        client.requests_for("POST /jobs/{endpointId}/purge-queue").len(),
        2
    );
}

#[test]
fn what_it_refuses() {
    let client = Client::start();
    let id = client.add_endpoint(StoredEndpoint {
        kind: "LB".into(),
        ..StoredEndpoint::default()
    });
    assert_eq!(
        ask(&client, reqwest::Method::POST, &format!("{id}/purge-queue")).0,
        400
    );
    assert_eq!(ask(&client, reqwest::Method::GET, "none/health").0, 404);
    assert_eq!(
        ask(&client, reqwest::Method::DELETE, &format!("{id}/health")).0,
        405
    );
    let url = format!("{}/{id}/health", client.jobs_url());
    assert_eq!(client.send(client.http.get(url)).status, 401);
}

#[test]
fn a_switch_points_endpoints_to_it() {
    let client = Client::start();
    client.switches(|switches| switches.own_request_urls = true);
    let made = client.made(json!({}));
    let wanted = format!(
        "{}/{}/purge-queue",
        client.jobs_url(),
        made["id"].as_str().unwrap()
    );
    assert_eq!(made["requestUrls"]["purgeQueue"], json!(wanted));
}
