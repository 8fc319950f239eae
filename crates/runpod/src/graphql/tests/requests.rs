//! What the transport sends, and how often.

use std::{sync::Arc, time::Duration};

use runpod_emulator::{Effect, Fault, Root, SAMPLE_TEMPLATE};
use serde_json::json;

use super::{AGENT, CREATE, KEY, LIST, OPERATIONS, client, emulator, perform};
use crate::{
    Collection, EndpointWrite, Endpoints, Kind,
    graphql::{
        calls::EndpointCalls,
        endpoints::GraphQlEndpoints,
        fake::call,
        input::EndpointInput,
        scalar::{CommaList, NullableInt},
    },
};

const PATIENCE: Duration = Duration::from_secs(20);

fn input(name: &str) -> EndpointInput {
    EndpointInput {
        name: name.to_owned(),
        template_id: Some(SAMPLE_TEMPLATE.to_owned()),
        gpu_ids: Some(CommaList::of(["AMPERE_16"])),
        ..EndpointInput::default()
    }
}

#[tokio::test]
async fn the_key_travels_as_a_bearer_and_nowhere_else() {
    let emulator = emulator();
    for operation in OPERATIONS {
        let _ = perform(&client(&emulator), &call(), operation).await;
    }
    let requests = emulator.requests();
    assert_eq!(requests.len(), OPERATIONS.len());
    for request in requests {
        assert_eq!(
            (request.method.as_str(), request.uri.as_str()),
            ("POST", "/graphql")
        );
        assert_eq!(request.authorization, Some(format!("Bearer {KEY}")));
        assert_eq!(request.user_agent.as_deref(), Some(AGENT));
        assert!(!request.body.contains(KEY));
    }
}

#[tokio::test]
async fn an_endpoint_lives_from_create_to_delete() {
    let (emulator, call) = (emulator(), call());
    let endpoints = GraphQlEndpoints::new(client(&emulator));
    let write = EndpointWrite {
        name: Some("sdxl".to_owned()),
        template_id: Some(SAMPLE_TEMPLATE.to_owned()),
        gpu_ids: Some(vec!["AMPERE_16".to_owned()]),
        ..EndpointWrite::default()
    };
    let created = endpoints.create(&call, &write).await.unwrap();
    let listing = endpoints.list(&call).await.unwrap();
    assert_eq!(listing.objects, std::slice::from_ref(&created));
    assert!(listing.owner.as_deref().is_some_and(|owner| !owner.is_empty()));
    assert_eq!(endpoints.owner(&call).await.unwrap(), listing.owner);
    let fresh = endpoints.find(&call, &created.id).await.unwrap().unwrap();
    assert_eq!(fresh, created);
    assert!(endpoints.is_as_asked(&endpoints.asked(&write), &fresh));
    let smaller = EndpointWrite {
        workers_max: Some(0),
        ..EndpointWrite::default()
    };
    let updated = endpoints.update(&call, &fresh, &smaller).await.unwrap();
    assert_eq!(updated.workers_max, Some(0));
    assert_eq!(endpoints.workers(&call, &created.id).await.unwrap(), []);
    assert_eq!(endpoints.all_workers(&call).await.unwrap().unwrap().len(), 1);
    assert_eq!(endpoints.serverless_discount(&call).await.unwrap(), None);
    endpoints.delete(&call, &created.id).await.unwrap();
    assert!(emulator.endpoints().is_empty());
}

#[tokio::test]
async fn a_list_asks_for_nothing_that_only_some_show() {
    let emulator = emulator();
    client(&emulator).list(&call()).await.unwrap();
    let sent = &emulator.requests()[0].body;
    for field in ["serverlessDiscount", "pods", "env"] {
        assert!(!sent.contains(field), "{field} is asked for in {sent}");
    }
}

#[tokio::test]
async fn what_is_left_out_is_not_sent_and_null_is() {
    let emulator = emulator();
    let client = client(&emulator);
    client.save(CREATE, &call(), &input("sdxl")).await.unwrap();
    let nulled = EndpointInput {
        request_ttl: Some(NullableInt(None)),
        ..input("flux")
    };
    client.save(CREATE, &call(), &nulled).await.unwrap();
    let sent: Vec<_> = emulator
        .requests()
        .iter()
        .map(|request| request.input())
        .collect();
    let bare = json!({"name": "sdxl", "templateId": SAMPLE_TEMPLATE, "gpuIds": "AMPERE_16"});
    assert_eq!(sent[0], bare);
    let null =
        json!({"name": "flux", "templateId": SAMPLE_TEMPLATE, "gpuIds": "AMPERE_16", "requestTTL": null});
    assert_eq!(sent[1], null);
}

#[tokio::test]
async fn a_request_is_sent_once_even_on_a_connection_that_was_used_before() {
    for effect in [Effect::CloseBefore, Effect::CloseAfterCommit, Effect::html(503)] {
        let emulator = emulator();
        let client = client(&emulator);
        client.list(&call()).await.unwrap();
        emulator.fault(Fault::on(Root::SaveEndpoint).then(effect));
        assert!(client.save(CREATE, &call(), &input("sdxl")).await.is_err());
        assert_eq!(emulator.requests_for("saveEndpoint").len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_read_ends_at_once_and_a_cancelled_write_tells_what_it_did() {
    let emulator = emulator();
    let client = Arc::new(client(&emulator));
    emulator.fault(Fault::on(Root::Any).always().then(Effect::HoldAfter));
    for operation in [LIST, CREATE] {
        let (client, call) = (client.clone(), call());
        let stop = call.cancelled.clone();
        let doing = tokio::spawn(async move {
            match operation {
                operation if operation == CREATE => {
                    client.save(CREATE, &call, &input("sdxl")).await.map(drop)
                }
                _ => perform(&client, &call, operation).await,
            }
        });
        assert!(tokio::task::block_in_place(|| emulator.wait_parked(PATIENCE)));
        stop.cancel();
        if operation.is_write() {
            emulator.release();
            doing.await.unwrap().unwrap();
        } else {
            assert_eq!(doing.await.unwrap().unwrap_err().kind, Kind::Cancelled);
            emulator.release();
        }
    }
    assert_eq!(emulator.endpoints().len(), 1);
}
