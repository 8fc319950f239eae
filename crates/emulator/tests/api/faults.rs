//! Faults: each effect, which requests it strikes, and requests that are parked.

use std::time::Duration;

use runpod_emulator::{Effect, Fault, Root, StoredEndpoint};
use serde_json::{Value, json};

use crate::client::{Client, PATIENCE, input};

const LIST: &str = "{ myself { id endpoints { id } serverlessDiscount { type } } }";

fn struck_by(effect: Effect) -> Client {
    let client = Client::start();
    client.fault(Fault::on(Root::SaveEndpoint).then(effect));
    client
}

#[test]
fn http_answers_instead_of_the_apis() {
    for (effect, status, retry_after) in [
        (Effect::html(500), 500, None),
        (Effect::html(502), 502, None),
        (Effect::html(503), 503, None),
        (Effect::http(401, ""), 401, None),
        (Effect::firewall(), 403, None),
        (Effect::too_many_requests(None), 429, None),
        (Effect::too_many_requests(Some("7")), 429, Some("7")),
    ] {
        let client = struck_by(effect);
        let reply = client.try_save(input(json!({})));
        let header = reply
            .headers
            .get("retry-after")
            .map(|value| value.to_str().unwrap());
        assert_eq!((reply.status, header), (status, retry_after));
        assert!(client.endpoints().is_empty(), "nothing ran");
        assert_eq!(client.requests()[0].status, Some(status));
        assert!(client.requests()[0].fault.is_some());
        client.create(json!({}));
    }
}

#[test]
fn http_answers_after_the_write() {
    let client = struck_by(Effect::html(502).after_commit());
    assert_eq!(client.try_save(input(json!({}))).status, 502);
    assert_eq!(client.endpoints().len(), 1);
}

#[test]
fn graphql_errors() {
    let client = struck_by(Effect::error("Try again later", "SUPPLY_CONSTRAINT"));
    let reply = client.try_save(input(json!({})));
    assert_eq!((reply.status, reply.code().as_str()), (200, "SUPPLY_CONSTRAINT"));
    assert_eq!(
        (reply.message().as_str(), &reply.json()["data"]),
        ("Try again later", &Value::Null)
    );
    client.fault(Fault::on(Root::Myself).then(Effect::internal_error()));
    let reply = client.query(LIST);
    assert_eq!(
        (reply.code().as_str(), &reply.json()["data"]),
        ("INTERNAL_SERVER_ERROR", &json!({"myself": null}))
    );
    client.fault(Fault::on(Root::DeleteEndpoint).then(Effect::internal_error()));
    assert_eq!(client.delete("x").json()["data"], json!({"deleteEndpoint": null}));
    client.fault(Fault::on(Root::MyselfEndpoints).then(Effect::internal_error()));
    let body = client.query(LIST).json();
    assert_eq!(
        body["data"],
        json!({"myself": null}),
        "the list cannot be null itself"
    );
    client.fault(Fault::on(Root::MyselfEndpoint).then(Effect::internal_error()));
    let id = client.add_endpoint(StoredEndpoint::default());
    let body = client.get(&id).json();
    assert_eq!(
        (&body["data"], &body["errors"][0]["path"]),
        (
            &json!({"myself": {"endpoint": null}}),
            &json!(["myself", "endpoint"])
        )
    );
}

#[test]
fn no_data_and_partial_data() {
    let client = Client::start();
    client.add_endpoint(StoredEndpoint::default());
    client.fault(Fault::on(Root::Myself).then(Effect::data_null()));
    assert_eq!(client.query(LIST).text, r#"{"data":null}"#);
    client.fault(Fault::on(Root::Myself).then(Effect::partial("myself.serverlessDiscount")));
    let body = client.query(LIST).json();
    assert_eq!(body["errors"][0]["path"], json!(["myself", "serverlessDiscount"]));
    assert_eq!(body["data"]["myself"]["endpoints"].as_array().unwrap().len(), 1);
    client.fault(Fault::on(Root::Myself).then(Effect::partial("myself.endpoints.0.id")));
    let body = client.query(LIST).json();
    assert_eq!(body["data"]["myself"]["endpoints"], json!([{"id": null}]));
    assert_eq!(body["errors"][0]["path"], json!(["myself", "endpoints", 0, "id"]));
}

#[test]
fn a_body_that_is_no_json() {
    let client = struck_by(Effect::not_json());
    let reply = client.try_save(input(json!({})));
    assert_eq!(
        (reply.status, serde_json::from_str::<Value>(&reply.text).is_err()),
        (200, true)
    );
}

#[test]
fn connections_that_break() {
    for (effect, has_headers, written) in [
        (Effect::CloseBefore, false, 0),
        (Effect::CloseDuring, true, 1),
        (Effect::CloseAfterCommit, false, 1),
        (Effect::CutBody, true, 1),
    ] {
        let client = struck_by(effect.clone());
        let request = client.save_request(input(json!({})));
        let outcome = client.runtime.block_on(async {
            match request.send().await {
                Ok(response) => (true, response.text().await.is_err()),
                Err(_) => (false, true),
            }
        });
        assert_eq!(outcome, (has_headers, true), "{effect:?}");
        assert_eq!(client.endpoints().len(), written, "{effect:?}");
        let status = client.requests()[0].status;
        assert_eq!(status, has_headers.then_some(200), "{effect:?}");
        client.create(json!({}));
    }
}

#[test]
fn a_body_cut_off_arrives_up_to_the_middle() {
    let client = struck_by(Effect::CutBody);
    let request = client.save_request(input(json!({})));
    let (length, received) = client.runtime.block_on(async {
        let mut response = request.send().await.unwrap();
        let length = response.content_length().unwrap();
        (length, response.chunk().await.unwrap().unwrap().len() as u64)
    });
    assert!(received > 0 && received < length, "{received} of {length}");
}

#[test]
fn latency() {
    let span = Duration::from_millis(40);
    for effect in [Effect::latency_before(span), Effect::latency_after(span)] {
        let client = struck_by(effect);
        let start = std::time::Instant::now();
        client.create(json!({}));
        assert!(start.elapsed() >= span);
        assert_eq!(client.endpoints().len(), 1);
    }
}

#[test]
fn counting_and_matching() {
    let client = Client::start();
    let fault = client.fault(Fault::on(Root::Myself).nth(2).times(2).then(Effect::html(500)));
    let seen: Vec<_> = (0..5).map(|_| client.query(LIST).status).collect();
    assert_eq!(seen, [200, 500, 500, 200, 200]);
    assert_eq!(client.struck(fault), 2);
    client.fault(Fault::on(Root::Any).always().then(Effect::html(503)));
    assert_eq!(
        (client.query(LIST).status, client.query("{ nonsense").status),
        (503, 503)
    );
    client.clear_faults();
    assert_eq!(client.query(LIST).status, 200);
}

#[test]
fn creates_updates_ids_and_names() {
    let client = Client::start();
    let (one, two) = (
        client.create(json!({}))["id"].clone(),
        client.create(json!({}))["id"].clone(),
    );
    let status = |fields: Value| client.try_save(input(fields)).status;
    client.fault(
        Fault::on(Root::SaveEndpoint)
            .create()
            .always()
            .then(Effect::html(500)),
    );
    assert_eq!((status(json!({"id": one})), status(json!({}))), (200, 500));
    client.clear_faults();
    client.fault(
        Fault::on(Root::SaveEndpoint)
            .update()
            .always()
            .then(Effect::html(500)),
    );
    assert_eq!((status(json!({"id": one})), status(json!({}))), (500, 200));
    client.clear_faults();
    client.fault(
        Fault::on(Root::SaveEndpoint)
            .id(one.as_str().unwrap())
            .always()
            .then(Effect::html(500)),
    );
    assert_eq!(
        (status(json!({"id": one})), status(json!({"id": two}))),
        (500, 200)
    );
    client.clear_faults();
    client.fault(
        Fault::on(Root::SaveEndpoint)
            .name("unlucky")
            .always()
            .then(Effect::html(500)),
    );
    assert_eq!(
        (
            status(json!({"name": "unlucky"})),
            status(json!({"name": "lucky"}))
        ),
        (500, 200)
    );
    client.clear_faults();
    client.fault(
        Fault::on(Root::MyselfEndpoint)
            .id(one.as_str().unwrap())
            .always()
            .then(Effect::html(500)),
    );
    assert_eq!(
        (
            client.get(one.as_str().unwrap()).status,
            client.get(two.as_str().unwrap()).status
        ),
        (500, 200)
    );
    assert_eq!(client.query(LIST).status, 200);
}

#[test]
fn literal_arguments_match_as_variables_do() {
    let client = Client::start();
    client.fault(Fault::on(Root::DeleteEndpoint).id("abc").then(Effect::html(500)));
    assert_eq!(
        client.query("mutation { deleteEndpoint(id: \"abc\") }").status,
        500
    );
}

#[test]
fn parked_before_the_write_and_released() {
    let client = struck_by(Effect::HoldBefore);
    let begun = client.begin(client.save_request(input(json!({}))));
    assert!(client.wait_parked(PATIENCE));
    assert!(client.endpoints().is_empty());
    assert_eq!(client.query(LIST).status, 200, "others go on meanwhile");
    assert_eq!(client.release(), 1);
    assert_eq!(client.end(begun).unwrap().status, 200);
    assert_eq!(client.endpoints().len(), 1);
    assert_eq!(client.peak_concurrency(), 2);
}

#[test]
fn parked_after_the_write_and_left_by_the_client() {
    let client = struck_by(Effect::HoldAfter);
    let begun = client.begin(client.save_request(input(json!({}))));
    assert!(client.wait_parked(PATIENCE));
    assert_eq!(client.endpoints().len(), 1);
    begun.abort();
    client.release();
    assert!(!client.wait_parked(Duration::ZERO));
}

#[test]
fn a_request_that_arrived_runs_without_its_client() {
    let client = Client::start();
    client.fault(
        Fault::on(Root::SaveEndpoint)
            .then(Effect::HoldBefore)
            .then(Effect::HoldAfter),
    );
    let begun = client.begin(client.save_request(input(json!({}))));
    assert!(client.wait_parked(PATIENCE));
    begun.abort();
    client.release();
    assert!(client.wait_parked(PATIENCE), "it went on to its second halt");
    assert_eq!(client.endpoints().len(), 1);
}

#[test]
fn a_hold_may_precede_another_effect() {
    let client = Client::start();
    client.fault(
        Fault::on(Root::SaveEndpoint)
            .then(Effect::HoldAfter)
            .then(Effect::html(502).after_commit()),
    );
    let begun = client.begin(client.save_request(input(json!({}))));
    assert!(client.wait_parked(PATIENCE));
    client.release();
    assert_eq!(
        (client.end(begun).unwrap().status, client.endpoints().len()),
        (502, 1)
    );
}
