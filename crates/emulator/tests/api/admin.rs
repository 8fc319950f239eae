//! The admin routes and the log: the same reach as the library, over HTTP.

use runpod_emulator::StoredEndpoint;
use serde_json::{Value, json};

use crate::client::{Client, PATIENCE, Reply, input};

fn call(client: &Client, method: &str, route: &str, body: Option<Value>) -> Reply {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = client.http.request(method, client.admin_url(route));
    if let Some(body) = body {
        request = request
            .header("content-type", "application/json")
            .body(body.to_string());
    }
    client.send(request)
}

#[test]
fn the_console_creates_edits_and_deletes() {
    let client = Client::start();
    let made = call(
        &client,
        "POST",
        "endpoints?count=450",
        Some(json!({"name": "many", "workersMax": 1})),
    )
    .json();
    assert_eq!(
        (made["ids"].as_array().unwrap().len(), client.endpoints().len()),
        (450, 450)
    );
    let id = made["ids"][0].as_str().unwrap();
    let edit = json!({"workersMax": 2, "workersPFBTarget": 3, "requestTTL": 4, "dataCenterIds": ["EU-RO-1"],
        "compliance": ["GDPR"], "modelReferences": ["x"], "env": [{"key": "A", "value": "1"}],
        "networkVolumeIds": ["agv6w2qcg7"], "locations": "", "name": "altered"});
    assert_eq!(
        call(&client, "PATCH", &format!("endpoints/{id}"), Some(edit)).status,
        200
    );
    let row = client.endpoint(id).unwrap();
    assert_eq!(
        (row.workers_max, row.workers_pfb_target, row.request_ttl),
        (2, 3, Some(4))
    );
    assert_eq!(
        (row.name.as_str(), row.locations.as_deref(), row.env.len()),
        ("altered", Some(""), 1)
    );
    let wrong = call(
        &client,
        "PATCH",
        &format!("endpoints/{id}"),
        Some(json!({"nope": 1})),
    );
    assert_eq!(wrong.status, 400);
    assert_eq!(
        call(&client, "DELETE", &format!("endpoints/{id}"), None).status,
        200
    );
    assert_eq!(client.endpoint(id), None);
    assert_eq!(
        call(&client, "DELETE", &format!("endpoints/{id}"), None).status,
        404
    );
    assert_eq!(
        call(&client, "PATCH", "endpoints/gone", Some(json!({}))).status,
        404
    );
}

#[test]
fn templates_volumes_account_and_switches() {
    let client = Client::start();
    call(
        &client,
        "POST",
        "templates",
        Some(json!({"id": "t", "name": "t"})),
    );
    call(
        &client,
        "POST",
        "volumes",
        Some(json!({"id": "v", "dataCenterId": "US-KS-2"})),
    );
    call(
        &client,
        "PATCH",
        "account",
        Some(json!({"quota": 5, "balance": 1.5})),
    );
    assert!(client.templates().iter().any(|row| row.id == "t"));
    assert!(client.volumes().iter().any(|row| row.id == "v"));
    assert_eq!(
        client
            .query("{ myself { maxServerlessConcurrency } }")
            .data("/myself/maxServerlessConcurrency"),
        5
    );
    let set = call(
        &client,
        "PATCH",
        "switches",
        Some(json!({"delete": "lax", "drain": {"attempts": 2}})),
    )
    .json();
    assert_eq!(
        (&set["delete"], &set["volumeOrder"]),
        (&json!("lax"), &json!("shuffled"))
    );
    assert_eq!(
        call(&client, "GET", "switches", None).json()["drain"],
        json!({"attempts": 2})
    );
    assert_eq!(
        call(&client, "PATCH", "switches", Some(json!({"nope": 1}))).status,
        400
    );
    let state = call(&client, "GET", "state", None).json();
    assert_eq!(
        (&state["account"]["quota"], &state["switches"]["delete"]),
        (&json!(5), &json!("lax"))
    );
}

#[test]
fn faults_and_holds() {
    let client = Client::start();
    let fault = json!({"on": "saveEndpoint", "kind": "create", "times": null,
        "then": [{"effect": "holdBefore"}, {"effect": "http", "status": 503, "headers": {"Retry-After": "1"}}]});
    assert_eq!(call(&client, "POST", "faults", Some(fault)).json()["id"], 1);
    let begun = client.begin(client.save_request(input(json!({}))));
    let waited = call(
        &client,
        "GET",
        &format!("parked?timeout_ms={}", PATIENCE.as_millis()),
        None,
    );
    assert_eq!(waited.json()["parked"], 1);
    assert_eq!(call(&client, "POST", "release", None).json()["released"], 1);
    let reply = client.end(begun).unwrap();
    assert_eq!(
        (reply.status, reply.headers["retry-after"].to_str().unwrap()),
        (503, "1")
    );
    assert_eq!(call(&client, "GET", "faults", None).json()[0]["struck"], 1);
    call(&client, "DELETE", "faults", None);
    client.create(json!({}));
    assert_eq!(
        call(
            &client,
            "POST",
            "faults",
            Some(json!({"on": "x", "then": {"effect": "nope"}}))
        )
        .status,
        400
    );
}

#[test]
fn the_log_tells_all_about_a_request() {
    let client = Client::start();
    let id = client.add_endpoint(StoredEndpoint::default());
    client.create(json!({"id": id}));
    client.listed();
    let log = client.requests();
    let save = &log[0];
    assert_eq!(
        (save.number, save.method.as_str(), save.uri.as_str()),
        (1, "POST", "/graphql")
    );
    assert_eq!(save.user_agent.as_deref(), Some("emulator-tests/1.0"));
    assert_eq!(save.authorization.as_deref(), Some("Bearer rpa_emulator"));
    assert_eq!(
        (save.operation_name.as_deref(), save.status),
        (Some("S"), Some(200))
    );
    assert_eq!(
        (save.input()["name"].as_str(), save.is_update(), save.is_create()),
        (Some("plain"), true, false)
    );
    assert!(save.body.contains("AMPERE_16") && save.asks("saveEndpoint") && !save.at.is_empty());
    assert_eq!(log[1].root_fields, ["myself", "myself.endpoints"]);
    assert_eq!(client.requests_for("myself.endpoints").len(), 1);
    let served = call(&client, "GET", "requests", None).json();
    assert_eq!(
        (&served["requests"][1]["number"], &served["peakConcurrency"]),
        (&json!(2), &json!(1))
    );
    call(&client, "DELETE", "requests", None);
    assert!(client.requests().is_empty());
}

#[test]
fn every_kind_of_row_is_made_edited_and_taken_away() {
    let client = Client::start();
    for (route, row, edit) in [
        ("endpoints", json!({"name": "e"}), json!({"name": "f"})),
        ("templates", json!({"name": "t"}), json!({"name": "u"})),
        ("volumes", json!({"name": "v"}), json!({"name": "w"})),
        (
            "registries",
            json!({"name": "r", "username": "u", "password": "p"}),
            json!({"name": "s"}),
        ),
        (
            "secrets",
            json!({"name": "s", "value": "v"}),
            json!({"name": "t"}),
        ),
    ] {
        let made = call(&client, "POST", route, Some(row)).json();
        let one = format!("{route}/{}", made["id"].as_str().unwrap());
        let edited = call(&client, "PATCH", &one, Some(edit.clone())).json();
        assert_eq!(
            (&edited["id"], &edited["name"]),
            (&made["id"], &edit["name"]),
            "{route}"
        );
        let wrong = call(&client, "PATCH", &one, Some(json!({"nope": 1})));
        assert_eq!(wrong.status, 400, "{route}");
        assert_eq!(call(&client, "DELETE", &one, None).status, 200, "{route}");
        let gone = call(&client, "DELETE", &one, None);
        assert_eq!(gone.status, 404, "{route}");
    }
}

#[test]
fn keys_are_added_and_revoked() {
    let client = Client::start();
    let status = |key: &str| {
        let url = format!("{}/serverless", client.rest_url());
        client.send(client.http.get(url).bearer_auth(key)).status
    };
    call(&client, "POST", "keys", Some(json!({"key": "rpa_new"})));
    call(
        &client,
        "POST",
        "keys",
        Some(json!({"key": "rpa_theirs", "of": "other"})),
    );
    let left = call(&client, "DELETE", "keys/rpa_emulator", None).json();
    assert_eq!(
        left,
        json!({"owner": ["rpa_new"], "restricted": [], "other": ["rpa_theirs"]})
    );
    assert_eq!(
        [status("rpa_emulator"), status("rpa_new"), status("rpa_theirs")],
        [401, 200, 200]
    );
}

#[test]
fn rows_of_the_console_are_seen_by_the_apis() {
    let client = Client::start();
    let registry = client.add_registry(runpod_emulator::StoredRegistryAuth {
        name: "hub".into(),
        ..Default::default()
    });
    let secret = client.add_secret(runpod_emulator::StoredSecret {
        name: "s".into(),
        ..Default::default()
    });
    assert!(client.edit_registry(&registry, |row| row.name = "hub2".into()));
    assert!(client.edit_secret(&secret, |row| row.description = Some("d".into())));
    let path = format!("/registries/{registry}");
    assert_eq!(client.done(200, "GET", &path, Value::Null)["name"], json!("hub2"));
    let path = format!("/account/secrets/{secret}");
    assert_eq!(
        client.done(200, "GET", &path, Value::Null)["description"],
        json!("d")
    );
    assert!(client.remove_secret(&secret) && !client.remove_secret(&secret));
    assert_eq!(client.problem("GET", &path, Value::Null).0, 404);
}
