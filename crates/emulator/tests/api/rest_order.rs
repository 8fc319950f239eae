//! REST v2: the order of the checks, problem bodies, headers, rate limits, pages.

use runpod_emulator::{Contract, Options, StoredEndpoint};
use serde_json::{Value, json};

use crate::client::{Client, http, rest_body};

#[test]
fn the_key_comes_first_and_tells_no_limits() {
    let client = Client::start();
    for (request, detail) in [
        (
            client.http.get(format!("{}/nowhere", client.rest_url())),
            "missing bearer token",
        ),
        (
            client.http.get(format!(
                "{}/serverless?api_key={}",
                client.rest_url(),
                client.key()
            )),
            "missing bearer token",
        ),
        (
            client
                .http
                .get(format!("{}/serverless", client.rest_url()))
                .bearer_auth("wrong"),
            "invalid bearer token",
        ),
    ] {
        let reply = client.send(request);
        assert_eq!(
            (reply.status, reply.json()),
            (
                401,
                json!({"title": "Unauthorized", "status": 401, "detail": detail})
            )
        );
        assert!(reply.headers.contains_key("x-request-id"));
        assert!(!reply.headers.contains_key("ratelimit"));
    }
}

#[test]
fn then_path_then_verb_then_json_then_shape_then_rules() {
    let client = Client::start();
    let text = "The requested path was not found.";
    for path in ["/nowhere", "/serverless/", "/tags", "/serverless/x/y"] {
        assert_eq!(client.problem("GET", path, Value::Null), (404, json!(text)));
    }
    let reply = client.rest("PUT", "/serverless/x", json!({}));
    assert_eq!(
        (
            reply.status,
            reply.json()["detail"].as_str(),
            reply.headers["allow"].to_str().unwrap()
        ),
        (
            405,
            Some("The requested method is not allowed for this path."),
            "DELETE, GET, PATCH"
        )
    );
    let broken = client
        .rest_request("POST", "/serverless", &Value::Null)
        .header("content-type", "application/json")
        .body("{");
    assert_eq!(client.send(broken).status, 400);
    let (status, errors) = client.problem("POST", "/serverless", json!([]));
    assert_eq!((status, errors), (422, json!(["$: got array, want object"])));
    let both = rest_body(json!({"cpu": [{"id": "cpu3c", "vcpuCount": 2}], "flashboot": true}));
    assert_eq!(client.problem("POST", "/serverless", both).0, 422);
    let both = rest_body(json!({"cpu": [{"id": "cpu3c", "vcpuCount": 2}], "registry": "none"}));
    assert_eq!(client.problem("POST", "/serverless", both).0, 400);
    let missing = rest_body(json!({"registry": "none", "workers": {"max": 99}}));
    assert_eq!(
        client.problem("POST", "/serverless", missing),
        (404, json!("registry none not found"))
    );
    let (status, text) = client.problem("POST", "/serverless", rest_body(json!({"workers": {"max": 99}})));
    assert!(text.as_str().unwrap().contains("workers quota (30)"), "{text}");
    assert_eq!(status, 400);
    assert!(client.endpoints().is_empty());
    assert_eq!(
        client
            .problem("PATCH", "/serverless/none", json!({"workers": 1}))
            .0,
        422
    );
    assert_eq!(
        client.problem("PATCH", "/serverless/none", json!({})),
        (404, json!("endpoint not found"))
    );
}

#[test]
fn a_missing_key_takes_its_siblings_along() {
    let client = Client::start();
    let (status, errors) = client.problem(
        "POST",
        "/serverless",
        rest_body(json!({"image": null, "env": {}})),
    );
    assert_eq!(status, 422);
    assert_eq!(
        errors,
        json!([
            "$: missing property 'image'",
            "$: additional properties 'gpu', 'name', 'scaling', 'type' not allowed",
        ])
    );
    let body = json!({"name": "v", "size": 10, "dataCenterId": "EU-RO-1"});
    let (_, errors) = client.problem("POST", "/network-volumes", body);
    assert_eq!(
        errors,
        json!([
            "$: missing property 'dataCenter'",
            "$: additional properties 'dataCenterId' not allowed",
        ])
    );
}

#[test]
fn keys_without_rights_and_firewalls() {
    let client = Client::with(Options {
        restricted_keys: vec!["rpa_restricted".into()],
        ..Options::default()
    });
    let url = format!("{}/serverless", client.rest_url());
    let reply = client.send(client.http.get(&url).bearer_auth("rpa_restricted"));
    assert_eq!(
        (reply.status, reply.json()["detail"].as_str()),
        (403, Some("access denied"))
    );
    assert!(reply.headers.contains_key("ratelimit"));
    let silent = http().build().unwrap();
    let reply = client.send(silent.get(&url).bearer_auth(client.key()));
    assert_eq!((reply.status, reply.text.as_str()), (403, "error code: 1010"));
}

#[test]
fn limits_are_told_and_kept() {
    let client = Client::start();
    client.switches(|switches| switches.rate_limit = Some(2));
    let reply = client.rest("GET", "/serverless", Value::Null);
    let header = |name: &str| reply.headers[name].to_str().unwrap().to_owned();
    assert!(header("ratelimit-policy").starts_with("\"minute\";q=2;w=60, \"hour\";q="));
    assert!(
        header("ratelimit").starts_with("\"minute\";r=1;t="),
        "{}",
        header("ratelimit")
    );
    assert_eq!(client.rest("GET", "/nowhere", Value::Null).status, 404);
    let reply = client.rest("GET", "/serverless", Value::Null);
    assert_eq!(
        (reply.status, reply.json()["detail"].as_str()),
        (429, Some("rate limit exceeded for the minute window"))
    );
    let wait: u64 = reply.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    client.switches(|switches| {
        switches.rate_limit = None;
        switches.rate_headers = false;
    });
    let reply = client.rest("GET", "/serverless", Value::Null);
    assert_eq!(
        (reply.status, reply.headers.contains_key("ratelimit")),
        (200, false)
    );
}

#[test]
fn lists_come_in_pages() {
    let client = Client::start();
    let ids = client.add_endpoints(5, |number| StoredEndpoint::named(format!("e{number}")));
    let mut seen = Vec::new();
    let mut path = "/serverless?limit=2".to_owned();
    loop {
        let page = client.done(200, "GET", &path, Value::Null);
        let rows = page["endpoints"].as_array().unwrap();
        seen.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        let next = &page["pagination"]["nextCursor"];
        assert_eq!(page["pagination"]["hasNextPage"], json!(!next.is_null()));
        let Some(cursor) = next.as_str() else { break };
        path = format!("/serverless?limit=2&cursor={cursor}");
    }
    assert_ne!(seen, ids, "lists promise no order");
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list
    };
    assert_eq!(sorted(seen), sorted(ids));
    let cursor = path.split("cursor=").nth(1).unwrap();
    for path in [
        "/serverless?limit=0".to_owned(),
        "/serverless?limit=1001".to_owned(),
        "/serverless?cursor=zz".to_owned(),
        format!("/templates?cursor={cursor}"),
    ] {
        assert_eq!(client.problem("GET", &path, Value::Null).0, 422, "{path}");
    }
    client.switches(|switches| switches.contract = Contract::V290);
    let whole = client.done(200, "GET", "/serverless?limit=2", Value::Null);
    assert_eq!(whole["endpoints"].as_array().unwrap().len(), 5);
    assert_eq!(whole.get("pagination"), None);
}
