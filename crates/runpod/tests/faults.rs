//! REST v2 under faults: a create is sent once and says when it may have happened, everything else comes about.
#![allow(clippy::unwrap_used)]

use std::{sync::Arc, time::Duration};

use runpod::{
    Api, Call, Client, Collection, ContainerWrite, EndpointWrite, Endpoints, Kind, Refusal, RegistryWrite,
    Settings,
};
use runpod_emulator::{Effect, Emulator, Fault};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const CREATE: &str = "POST /v2/serverless";
const READ: &str = "GET /v2/serverless/{id}";
const UPDATE: &str = "PATCH /v2/serverless/{id}";
const DELETE: &str = "DELETE /v2/serverless/{id}";

fn client(emulator: &Emulator) -> Client {
    Client::new(Settings {
        graphql_url: emulator.url().parse().unwrap(),
        rest_url: emulator.rest_url().parse().unwrap(),
        jobs_url: emulator.jobs_url().parse().unwrap(),
        key: emulator.key().into(),
        user_agent: "terraform-provider-runpod/0.0.0 (+terraform 1.0.0)".to_owned(),
        request_timeout: Duration::from_secs(30),
        max_retries: 2,
    })
    .unwrap()
}

fn call() -> Call {
    Call::within(Duration::from_secs(60), CancellationToken::new())
}

fn write() -> EndpointWrite {
    EndpointWrite {
        name: Some("sdxl".to_owned()),
        container: ContainerWrite {
            image: Some("runpod/worker:1".to_owned()),
            ..ContainerWrite::default()
        },
        gpu_ids: Some(vec!["AMPERE_16".to_owned()]),
        ..EndpointWrite::default()
    }
}

/// An account with an endpoint, if so, and a fault on an operation.
async fn account(
    operation: &str,
    effect: &Effect,
    with_endpoint: bool,
) -> (Emulator, Arc<dyn Endpoints>, String) {
    let emulator = Emulator::start();
    let endpoints = client(&emulator).endpoints(Api::Rest);
    let id = match with_endpoint {
        true => endpoints.create(&call(), &write()).await.unwrap().id,
        false => String::new(),
    };
    emulator.fault(Fault::on(operation).then(effect.clone()));
    (emulator, endpoints, id)
}

/// Faults after which nobody knows what has happened, and whether the request has run.
fn faults() -> [(Effect, bool); 8] {
    [
        (Effect::CloseBefore, false),
        (Effect::CloseDuring, true),
        (Effect::CloseAfterCommit, true),
        (Effect::CutBody, true),
        (Effect::html(502), false),
        (Effect::html(502).after_commit(), true),
        (Effect::problem(500, "internal error"), false),
        (Effect::not_json(), false),
    ]
}

#[tokio::test]
async fn a_create_is_sent_once_and_is_ambiguous_whether_it_happened_or_not() {
    for (effect, has_run) in faults() {
        let (emulator, endpoints, _) = account(CREATE, &effect, false).await;
        let failure = endpoints.create(&call(), &write()).await.unwrap_err();
        assert!(failure.is_ambiguous(), "{effect:?}: {failure:?}");
        assert_eq!(emulator.requests_for(CREATE).len(), 1, "{effect:?}");
        assert_eq!(emulator.endpoints().len(), usize::from(has_run), "{effect:?}");
        let listing = endpoints.fresh_list(&call()).await.unwrap();
        assert_eq!(
            listing.by_name("sdxl").count(),
            usize::from(has_run),
            "{effect:?}"
        );
    }
}

#[tokio::test]
async fn a_create_that_provably_did_not_happen_is_sent_again() {
    let (emulator, endpoints, _) = account(CREATE, &Effect::too_many_requests(Some("0")), false).await;
    endpoints.create(&call(), &write()).await.unwrap();
    assert_eq!(emulator.endpoints().len(), 1);
}

/// A read, an update and a delete under this fault.
async fn comes_about(effect: Effect) {
    let (_emulator, endpoints, id) = account(READ, &effect, true).await;
    assert!(
        endpoints.find(&call(), &id).await.unwrap().is_some(),
        "{effect:?}"
    );

    let (emulator, endpoints, id) = account(UPDATE, &effect, true).await;
    let fresh = endpoints.find(&call(), &id).await.unwrap().unwrap();
    let more = EndpointWrite {
        workers_max: Some(5),
        ..EndpointWrite::default()
    };
    let now = endpoints.update(&call(), &fresh, &more).await.unwrap();
    assert_eq!(now.workers_max, Some(5), "{effect:?}");
    assert_eq!(emulator.endpoint(&id).unwrap().workers_max, 5);

    let (emulator, endpoints, id) = account(DELETE, &effect, true).await;
    endpoints.delete(&call(), &id).await.unwrap();
    assert!(emulator.endpoints().is_empty(), "{effect:?}");
}

#[tokio::test]
async fn a_read_an_update_and_a_delete_come_about_all_the_same() {
    // Each waits before it tries again, so all of them at once.
    let all: JoinSet<()> = faults()
        .into_iter()
        .map(|(effect, _)| comes_about(effect))
        .collect();
    all.join_all().await;
}

#[tokio::test]
async fn what_is_refused_is_not_tried_again_and_takes_nothing_away() {
    let refusals = [
        (Effect::problem(401, "no"), Kind::Credential),
        (Effect::problem(403, "access denied"), Kind::NotPermitted),
        (Effect::firewall(), Kind::Forbidden),
        (Effect::problem(410, "ended"), Kind::ApiEnded),
        (
            Effect::problem(404, "The requested path was not found."),
            Kind::NoSuchRoute,
        ),
        (Effect::html(404), Kind::NoSuchRoute),
    ];
    for (effect, kind) in refusals {
        for operation in [READ, DELETE] {
            let (emulator, endpoints, id) = account(operation, &effect, true).await;
            let failure = match operation {
                READ => endpoints.find(&call(), &id).await.unwrap_err(),
                _ => endpoints.delete(&call(), &id).await.unwrap_err(),
            };
            assert_eq!(
                (failure.kind, failure.attempts),
                (kind.clone(), 1),
                "{operation}: {effect:?}"
            );
            assert_eq!(emulator.endpoints().len(), 1, "{operation}: {effect:?}");
        }
    }
}

#[tokio::test]
async fn a_registrys_name_that_is_taken_is_told() {
    let emulator = Emulator::start();
    let registries = client(&emulator).registries();
    let write = RegistryWrite {
        name: Some("private".to_owned()),
        username: Some("me".to_owned()),
        password: Some("p4ssword".into()),
    };
    registries.create(&call(), &write).await.unwrap();
    let failure = registries.create(&call(), &write).await.unwrap_err();
    assert_eq!(failure.kind, Kind::Refused(Refusal::NAME_TAKEN), "{failure:?}");
}
