//! REST v2: faults and holds, which requests they strike, and faults that are impossible.

use std::time::Duration;

use runpod_emulator::{Effect, Emulator, Fault, Noun, Options, Root, Scenario, StoredEndpoint};
use serde_json::{Value, json};

use crate::client::{Client, PATIENCE, rest_body};

fn post(client: &Client) -> (u16, Value) {
    let reply = client.rest("POST", "/serverless", rest_body(json!({})));
    (reply.status, reply.json())
}

#[test]
fn answers_instead_of_the_apis() {
    let client = Client::start();
    let detail = "There are no longer any instances available with the requested specifications.";
    client.fault(Fault::on("POST /v2/serverless").then(Effect::problem(400, detail)));
    assert_eq!(
        post(&client),
        (
            400,
            json!({"title": "Bad Request", "status": 400, "detail": detail})
        )
    );
    let lines = ["$: missing property 'image'"];
    let effect = Effect::problem_with(422, "Request validation failed.", &lines);
    client.fault(Fault::on(Root::RestCreate(Noun::Endpoint)).then(effect));
    assert_eq!(post(&client).1["errors"], json!(lines));
    client.fault(Fault::on("POST /v2/serverless").then(Effect::html(502)));
    let reply = client.rest("POST", "/serverless", rest_body(json!({})));
    assert_eq!((reply.status, reply.text.starts_with("<html>")), (502, true));
    assert!(client.endpoints().is_empty());
    client.fault(Fault::on("POST /v2/serverless").then(Effect::problem(500, "oops").after_commit()));
    assert_eq!(post(&client).0, 500);
    assert_eq!(client.endpoints().len(), 1);
    assert_eq!(post(&client).0, 201);
}

#[test]
fn connections_that_break() {
    for (effect, written) in [
        (Effect::CloseBefore, 0),
        (Effect::CloseDuring, 1),
        (Effect::CloseAfterCommit, 1),
        (Effect::CutBody, 1),
    ] {
        let client = Client::start();
        client.fault(Fault::on("POST /v2/serverless").then(effect.clone()));
        let request = client.rest_request("POST", "/serverless", &rest_body(json!({})));
        assert!(client.try_send(request).is_err(), "{effect:?}");
        assert_eq!(client.endpoints().len(), written, "{effect:?}");
    }
}

#[test]
fn which_requests_are_struck() {
    let client = Client::start();
    let [one, two] = ["one", "two"].map(|name| client.add_endpoint(StoredEndpoint::named(name)));
    let status = |method: &str, path: &str, body: Value| client.rest(method, path, body).status;
    let struck = |fault: Fault| {
        client.clear_faults();
        client.fault(fault.always().then(Effect::problem(503, "")))
    };
    struck(Fault::on("GET /v2/serverless/{id}").id(&one));
    let read = |id: &str| status("GET", &format!("/serverless/{id}"), Value::Null);
    assert_eq!(
        [read(&one), read(&two), status("GET", "/serverless", Value::Null)],
        [503, 200, 200]
    );
    struck(Fault::on("* /v2/serverless/*"));
    assert_eq!(
        [read(&one), status("GET", "/serverless", Value::Null)],
        [503, 200]
    );
    struck(Fault::on("GET /v2/*"));
    assert_eq!([read(&one), status("GET", "/templates", Value::Null)], [503, 503]);
    struck(Fault::on("* /v2/serverless*").create().name("three"));
    let three = rest_body(json!({"name": "three"}));
    assert_eq!(
        [status("POST", "/serverless", three), post(&client).0, read(&one)],
        [503, 201, 200]
    );
    struck(Fault::on("* /v2/*").update());
    let path = format!("/serverless/{one}");
    assert_eq!([status("PATCH", &path, json!({})), read(&one)], [503, 200]);
    struck(Fault::on(Root::RestDelete(Noun::Endpoint)).id(&two));
    assert_eq!(status("DELETE", &path, Value::Null), 204);
    assert_eq!(status("DELETE", &format!("/serverless/{two}"), Value::Null), 503);
    let number = struck(Fault::on(Root::Any));
    assert_eq!(
        [
            status("GET", "/catalog/gpus", Value::Null),
            client.query("{ myself { id } }").status
        ],
        [503, 503]
    );
    assert_eq!(client.struck(number), 2);
}

#[test]
fn a_held_create_runs_when_it_is_released() {
    let client = Client::start();
    client.fault(Fault::on(Root::RestCreate(Noun::Endpoint)).then(Effect::HoldBefore));
    client.fault(
        Fault::on(Root::RestCreate(Noun::Endpoint))
            .nth(2)
            .then(Effect::HoldAfter),
    );
    let begin = || client.begin(client.rest_request("POST", "/serverless", &rest_body(json!({}))));
    let first = begin();
    assert!(client.wait_parked(PATIENCE));
    assert!(client.endpoints().is_empty());
    assert_eq!(client.release(), 1);
    assert_eq!(client.end(first).unwrap().status, 201);
    let second = begin();
    assert!(client.wait_parked(PATIENCE));
    assert_eq!(client.endpoints().len(), 2);
    client.release();
    assert_eq!(client.end(second).unwrap().status, 201);
    client.fault(Fault::on("POST /v2/serverless").then(Effect::latency_before(Duration::from_millis(1))));
    assert_eq!(post(&client).0, 201);
}

#[test]
fn the_log_tells_operations() {
    let client = Client::start();
    let made = client.made(json!({"name": "logged"}));
    let id = made["id"].as_str().unwrap();
    client.done(
        200,
        "PATCH",
        &format!("/serverless/{id}?x=1"),
        json!({"timeout": 7}),
    );
    client.rest("GET", "/nowhere", Value::Null);
    let record = client.requests_for("POST /v2/serverless").remove(0);
    assert_eq!(
        (
            record.is_create(),
            record.is_update(),
            record.input()["name"].as_str(),
            record.status,
            record.path_id()
        ),
        (true, false, Some("logged"), Some(201), None)
    );
    assert!(record.request_id.is_some());
    let record = client.requests_for("PATCH /v2/serverless/{id}").remove(0);
    assert_eq!(
        (
            record.is_create(),
            record.is_update(),
            record.input(),
            record.path_id().as_deref()
        ),
        (false, true, json!({"timeout": 7}), Some(id))
    );
    assert_eq!(client.requests_for("GET /v2/nowhere").len(), 1);
}

#[test]
fn impossible_faults_are_refused_with_words() {
    let client = Client::start();
    let on = |root: &str| Fault::on(root);
    for (fault, words) in [
        (on("saveEndpoint").nth(0), "nth counts from 1"),
        (on("saveEndpoint").times(0), "0 times"),
        (on("saveEndpont"), "\"saveEndpont\" is no field"),
        (on("myself.endpont"), "\"myself.endpont\" is no field"),
        (on("POST /v2/serverless/{id}"), "no operation"),
        (on("GET /v1/endpoints"), "no operation"),
        (
            on("POST /v2/serverless").then(Effect::internal_error()),
            "problem bodies",
        ),
        (on("*").then(Effect::http(1000, "")), "1000 is no status"),
        (on("*").then(Effect::http(99, "")), "99 is no status"),
    ] {
        let body = serde_json::to_value(&fault).unwrap().to_string();
        let request = client.http.post(client.admin_url("faults")).body(body);
        let reply = client.send(request.header("content-type", "application/json"));
        let error = reply.json()["error"].as_str().unwrap().to_owned();
        assert_eq!((reply.status, error.contains(words)), (400, true), "{error}");
        let scenario = Scenario {
            faults: vec![fault],
            ..Scenario::default()
        };
        let refused = Emulator::with(Options {
            scenario,
            ..Options::default()
        });
        assert!(refused.err().unwrap().to_string().contains(words));
    }
    for known in [
        "*",
        "myself.secrets",
        "secretCreate",
        "* /v2/catalog/*",
        "POST /jobs/{endpointId}/purge-queue",
    ] {
        client.fault(on(known).then(Effect::html(500)));
    }
}
