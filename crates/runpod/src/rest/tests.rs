//! What the dialect sends, and what it makes of each answer (V2 1).
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::Duration;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::endpoints::{EndpointNoun, RestEndpoints};
use crate::{
    Call, Collection, ContainerWrite, EndpointWrite, Endpoints, Error, Kind, Refusal, endpoints,
    fixture::{Answer, Fixture, KEY, call},
    rest::collection::Noun,
};

fn endpoint(id: &str) -> Value {
    json!({
        "id": id, "name": "sdxl", "type": "QUEUE", "image": "a", "workers": {"min": 0, "max": 3, "idleTimeout": 10},
        "gpu": {"pools": ["ADA_24"], "count": 1, "allowedCudaVersions": [], "minCudaVersion": null},
        "scaling": {"type": "QUEUE_DELAY", "queueDelay": 4}, "dataCenterIds": [], "networkVolumes": [], "timeout": 0,
        "flashboot": "OFF", "createdAt": "2026-10-01T00:00:00Z", "learntSince": {"a": 1}
    })
}

fn write() -> EndpointWrite {
    EndpointWrite {
        name: Some("sdxl".to_owned()),
        container: ContainerWrite {
            image: Some("a".to_owned()),
            ..ContainerWrite::default()
        },
        gpu_ids: Some(vec!["ADA_24".to_owned()]),
        ..EndpointWrite::default()
    }
}

/// Endpoints behind a server that answers so.
async fn endpoints_of(answers: impl IntoIterator<Item = Answer>) -> (Fixture, RestEndpoints) {
    let fixture = Fixture::answering(answers).await;
    let endpoints = RestEndpoints::new(fixture.rest(0));
    (fixture, endpoints)
}

async fn read_failure(answer: Answer) -> Error {
    let (_, endpoints) = endpoints_of([answer]).await;
    endpoints.find(&call(), "here").await.unwrap_err()
}

async fn create_failure(answer: Answer) -> Error {
    let (_, endpoints) = endpoints_of([answer]).await;
    endpoints.create(&call(), &write()).await.unwrap_err()
}

#[tokio::test]
async fn the_key_travels_as_a_bearer_and_nowhere_else() {
    let (fixture, endpoints) = endpoints_of([Answer::json(201, &endpoint("made"))]).await;
    endpoints.create(&call(), &write()).await.unwrap();
    let came = &fixture.came()[0];
    assert_eq!(came.line, "POST /v2/serverless");
    assert!(
        came.headers
            .contains(&format!("authorization: bearer {KEY}").to_lowercase())
    );
    assert!(came.headers.contains("user-agent: terraform-provider-runpod"));
    assert!(!format!("{} {}", came.line, came.body).contains(KEY));
}

#[tokio::test]
async fn success_is_success_by_whichever_status() {
    for status in [200, 201, 202] {
        let (_, endpoints) = endpoints_of([Answer::json(status, &endpoint("made"))]).await;
        assert_eq!(endpoints.create(&call(), &write()).await.unwrap().id, "made");
    }
}

#[tokio::test]
async fn an_object_is_gone_only_by_its_own_404() {
    let gone = [
        Answer::problem(404, "endpoint not found"),
        Answer::problem(404, "resource not found"),
    ];
    for answer in gone {
        let (_, endpoints) = endpoints_of([answer]).await;
        assert_eq!(endpoints.find(&call(), "here").await.unwrap(), None);
    }
    // In other words it may be about the path, which a list then proves to lead somewhere.
    for answer in [
        Answer::json(404, &json!({"title": "Not Found", "status": 404})),
        Answer::problem(404, "Route not found"),
    ] {
        let list = Answer::json(200, &json!({"endpoints": []}));
        let (fixture, endpoints) = endpoints_of([answer.clone(), list]).await;
        assert_eq!(endpoints.find(&call(), "here").await.unwrap(), None);
        assert_eq!(
            fixture.lines(),
            ["GET /v2/serverless/here", "GET /v2/serverless?limit=1000"]
        );
        let (_, endpoints) = endpoints_of([answer.clone(), answer]).await;
        assert!(endpoints.find(&call(), "here").await.is_err());
    }
    let rows = [
        (
            Answer::problem(404, "The requested path was not found."),
            Kind::NoSuchRoute,
        ),
        (Answer::text(404, "<html>"), Kind::NoSuchRoute),
        (
            Answer::json(404, &json!({"error": "not found"})),
            Kind::NoSuchRoute,
        ),
        (Answer::problem(410, "ended"), Kind::ApiEnded),
        (Answer::text(410, ""), Kind::ApiEnded),
        (Answer::problem(401, "missing bearer token"), Kind::Credential),
        (Answer::problem(403, "access denied"), Kind::NotPermitted),
        (Answer::text(403, "error code: 1010"), Kind::Forbidden),
        (
            Answer::text(500, "<html>"),
            Kind::Unavailable { retry_after: None },
        ),
        (
            Answer::problem(429, "rate limit exceeded"),
            Kind::RateLimited { retry_after: None },
        ),
        (Answer::text(302, ""), Kind::UnexpectedStatus),
        (Answer::problem(405, "no"), Kind::UnexpectedStatus),
        (Answer::text(200, "<html>"), Kind::Garbled),
        (Answer::text(200, "{\"id\": \"he"), Kind::Garbled),
        (Answer::text(200, ""), Kind::Garbled),
        (Answer::text(200, "null"), Kind::Garbled),
        (Answer::json(200, &json!({})), Kind::Incomplete),
        (Answer::json(200, &endpoint("another")), Kind::Incomplete),
    ];
    for (answer, kind) in rows {
        let failure = read_failure(answer.clone()).await;
        assert_eq!(failure.kind, kind, "{answer:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_told_by_its_constant_part_and_a_write_that_may_have_happened_is_ambiguous() {
    let quota = "create endpoint: Max workers across all endpoints must not exceed your workers quota (30).";
    let rows = [
        (
            Answer::problem(400, quota),
            Kind::Refused(endpoints::WORKER_QUOTA),
            false,
        ),
        (
            Answer::problem(400, "gpuId(s) is required for a gpu endpoint"),
            Kind::Refused(endpoints::GPU_IDS_MISSING),
            false,
        ),
        (
            Answer::problem(400, "Network volume \"a\" not found"),
            Kind::Refused(endpoints::VOLUME_NOT_FOUND),
            false,
        ),
        (Answer::problem(402, "no"), Kind::Refused(Refusal::BALANCE), false),
        (Answer::problem(404, "resource not found"), Kind::NotFound, false),
        (
            Answer::problem(404, "Unable to find template"),
            Kind::Refused(endpoints::TEMPLATE_NOT_FOUND),
            false,
        ),
        (
            Answer::problem(422, "who knows"),
            Kind::Refused(Refusal::OTHER),
            false,
        ),
        (Answer::text(400, "<html>"), Kind::UnexpectedStatus, true),
        (
            Answer::text(502, "<html>"),
            Kind::Unavailable { retry_after: None },
            true,
        ),
        (Answer::text(201, "{\"id\""), Kind::Garbled, true),
        (Answer::text(201, ""), Kind::Garbled, true),
        (Answer::text(204, ""), Kind::Incomplete, true),
        (Answer::json(201, &json!({"name": "x"})), Kind::Incomplete, true),
        (Answer::json(201, &endpoint("")), Kind::Incomplete, true),
    ];
    for (answer, kind, is_ambiguous) in rows {
        let failure = create_failure(answer.clone()).await;
        assert_eq!(
            (failure.kind.clone(), failure.is_ambiguous()),
            (kind, is_ambiguous),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn messages_about_fields_stand_at_their_fields_and_missing_ones_first() {
    let noise = json!({"title": "Unprocessable Entity", "status": 422, "detail": "Request validation failed.", "errors": [
        "$: additional properties 'gpu', 'name' not allowed", "$: missing property 'image'"
    ]});
    let failure = create_failure(Answer::json(422, &noise)).await;
    assert_eq!(failure.kind, Kind::Schema);
    assert_eq!(failure.fields[0].path, ["image"]);
    assert!(
        failure
            .to_string()
            .contains("Request validation failed: image: missing property"),
        "{failure}"
    );
    let value =
        json!({"detail": "Request validation failed.", "errors": ["$.gpu.pools: minItems: got 0, want 1"]});
    let failure = create_failure(Answer::json(422, &value)).await;
    assert_eq!(failure.kind, Kind::Refused(Refusal::OTHER));
    assert_eq!(failure.fields[0].path, ["gpu", "pools"]);
    assert_eq!(failure.fields[0].message, "minItems: got 0, want 1");
}

#[tokio::test]
async fn the_request_id_is_in_the_error() {
    let answer = Answer::problem(422, "no").header("x-request-id", "req-7");
    assert_eq!(create_failure(answer).await.request_id.as_deref(), Some("req-7"));
}

#[tokio::test]
async fn no_error_shows_the_key_or_a_value_of_a_variable() {
    let words = format!("{KEY} and hf_secret are wrong");
    let answers = [
        Answer::problem(422, &words),
        Answer::json(422, &json!({"detail": "no", "errors": [words]})),
        Answer::problem(500, &words).header("x-request-id", KEY),
        Answer::text(500, &words),
    ];
    let write = EndpointWrite {
        container: ContainerWrite {
            env: Some([("HF_TOKEN", "hf_secret")].into()),
            ..ContainerWrite::default()
        },
        ..write()
    };
    for answer in answers {
        let (_, endpoints) = endpoints_of([answer.clone()]).await;
        let failure = endpoints.create(&call(), &write).await.unwrap_err();
        let shown = format!("{failure} {failure:?} {write:?}");
        assert!(!shown.contains(KEY) && !shown.contains("hf_secret"), "{shown}");
    }
}

#[tokio::test]
async fn a_list_is_read_to_its_last_page_and_sorted_by_age() {
    let page = |ids: &[(&str, &str)], next: Value| {
        let rows: Vec<Value> = ids
            .iter()
            .map(|(id, at)| {
                let mut row = endpoint(id);
                row["createdAt"] = json!(at);
                row
            })
            .collect();
        Answer::json(
            200,
            &json!({"endpoints": rows, "pagination": {"nextCursor": next, "hasNextPage": !next.is_null()}}),
        )
    };
    let (fixture, endpoints) = endpoints_of([
        page(&[("new", "2026-10-02T00:00:00Z")], json!("a b&c")),
        page(&[("old", "2026-10-01T00:00:00Z")], Value::Null),
    ])
    .await;
    let listing = endpoints.list(&call()).await.unwrap();
    let ids: Vec<&str> = listing
        .objects
        .iter()
        .map(|endpoint| endpoint.id.as_str())
        .collect();
    assert_eq!(
        (ids, listing.is_capped, listing.owner.as_deref()),
        (vec!["old", "new"], false, None)
    );
    assert_eq!(
        fixture.lines(),
        [
            "GET /v2/serverless?limit=1000",
            "GET /v2/serverless?limit=1000&cursor=a+b%26c"
        ]
    );
}

#[tokio::test]
async fn a_list_without_pages_is_whole_and_one_that_cannot_be_read_is_an_error() {
    let (_, endpoints) = endpoints_of([Answer::json(200, &json!({"endpoints": [endpoint("one")]}))]).await;
    assert_eq!(endpoints.list(&call()).await.unwrap().objects.len(), 1);
    let broken = [
        json!({}),
        json!({"endpoints": null}),
        json!({"endpoints": [null]}),
        json!({"endpoints": [endpoint("")]}),
        json!({"endpoints": [{"name": "without id"}]}),
        json!({"endpoints": [], "pagination": {"nextCursor": 7}}),
    ];
    for body in broken {
        let (_, endpoints) = endpoints_of([Answer::json(200, &body)]).await;
        let failure = endpoints.list(&call()).await.unwrap_err();
        assert_eq!(failure.kind, Kind::Incomplete, "{body}");
    }
    let for_ever = json!({"endpoints": [], "pagination": {"nextCursor": "a", "hasNextPage": true}});
    let (_, endpoints) = endpoints_of([Answer::json(200, &for_ever)]).await;
    assert_eq!(endpoints.list(&call()).await.unwrap_err().kind, Kind::Incomplete);
}

#[tokio::test]
async fn a_delete_is_one_call_that_a_read_confirms() {
    let gone = Answer::problem(404, "endpoint not found");
    let (fixture, endpoints) = endpoints_of([Answer::text(204, ""), gone.clone()]).await;
    endpoints.delete(&call(), "here").await.unwrap();
    assert_eq!(
        fixture.lines(),
        ["DELETE /v2/serverless/here", "GET /v2/serverless/here"]
    );
    let (_, endpoints) = endpoints_of([gone]).await;
    endpoints.delete(&call(), "here").await.unwrap();
}

#[tokio::test]
async fn a_delete_outlasts_what_is_in_use_and_what_lags() {
    let gone = Answer::problem(404, "endpoint not found");
    for status in [400, 409, 422] {
        let answers = [
            Answer::problem(status, "bound"),
            Answer::text(204, ""),
            gone.clone(),
        ];
        let (fixture, endpoints) = endpoints_of(answers).await;
        endpoints.delete(&call(), "here").await.unwrap();
        assert_eq!(fixture.came().len(), 3);
    }
    let lagging = [
        Answer::text(204, ""),
        Answer::json(200, &endpoint("here")),
        gone.clone(),
        gone,
    ];
    let (_, endpoints) = endpoints_of(lagging).await;
    endpoints.delete(&call(), "here").await.unwrap();
}

#[tokio::test]
async fn what_can_be_read_and_not_be_found_for_a_delete_is_not_waited_for() {
    let (gone, there) = (
        Answer::problem(404, "endpoint not found"),
        Answer::json(200, &endpoint("here")),
    );
    let answers = [gone.clone(), there.clone(), gone.clone(), there];
    let (fixture, endpoints) = endpoints_of(answers).await;
    let failure = endpoints.delete(&call(), "here").await.unwrap_err();
    assert_eq!(failure.kind, Kind::Refused(Refusal::NOT_OWN));
    assert!(failure.message.contains("though a read shows it"), "{failure}");
    assert_eq!(fixture.came().len(), 4);
    // Reads that lag behind a deletion show it, too.
    let there = || Answer::json(200, &endpoint("here"));
    let answers = [
        Answer::text(204, ""),
        there(),
        gone.clone(),
        there(),
        gone.clone(),
        there(),
    ];
    let (_, endpoints) = endpoints_of(answers.into_iter().chain([gone.clone(), gone])).await;
    endpoints.delete(&call(), "here").await.unwrap();
}

#[tokio::test]
async fn a_delete_that_does_not_come_about_says_why() {
    let soon = || Call::within(Duration::from_millis(300), CancellationToken::new());
    let (_, endpoints) = endpoints_of([Answer::problem(400, "bound to pods")]).await;
    let failure = endpoints.delete(&soon(), "here").await.unwrap_err();
    assert_eq!(failure.kind, Kind::Refused(Refusal::IN_USE));
    assert!(failure.message.contains("bound to pods"), "{failure}");
    for (answer, kind) in [
        (Answer::text(410, ""), Kind::ApiEnded),
        (Answer::text(404, ""), Kind::NoSuchRoute),
        (Answer::problem(401, "no"), Kind::Credential),
        (Answer::problem(403, "no"), Kind::NotPermitted),
    ] {
        let (fixture, endpoints) = endpoints_of([answer]).await;
        assert_eq!(endpoints.delete(&soon(), "here").await.unwrap_err().kind, kind);
        assert_eq!(fixture.came().len(), 1);
    }
    // Neither its answer nor the read after it tells.
    let (_, endpoints) = endpoints_of([Answer::text(502, "")]).await;
    assert!(endpoints.delete(&soon(), "here").await.is_err());
}

#[tokio::test]
async fn an_update_that_changes_nothing_sends_nothing() {
    let (fixture, endpoints) = endpoints_of([Answer::json(200, &endpoint("here"))]).await;
    let fresh = endpoints.find(&call(), "here").await.unwrap().unwrap();
    let now = endpoints.update(&call(), &fresh, &write()).await.unwrap();
    assert_eq!((&now, fixture.came().len()), (&fresh, 1));
    let more = EndpointWrite {
        workers_max: Some(5),
        ..write()
    };
    endpoints.update(&call(), &fresh, &more).await.unwrap();
    let sent = &fixture.came()[1];
    assert_eq!(sent.line, "PATCH /v2/serverless/here");
    assert_eq!(sent.body, json!({"workers": {"max": 5}}));
}

#[tokio::test]
async fn a_change_whose_answer_does_not_show_the_object_is_read_and_not_repeated() {
    let (before, after) = (
        Answer::json(200, &endpoint("here")),
        Answer::json(200, &{
            let mut row = endpoint("here");
            row["workers"]["max"] = json!(5);
            row
        }),
    );
    let more = EndpointWrite {
        workers_max: Some(5),
        ..write()
    };
    for answer in [
        Answer::json(200, &json!({})),
        Answer::json(200, &json!({"status": "ok"})),
        Answer::json(200, &endpoint("")),
        Answer::json(200, &endpoint("another")),
        Answer::json(202, &json!({"id": 7})),
        Answer::text(204, ""),
        Answer::text(200, ""),
    ] {
        let fixture = Fixture::answering([before.clone(), answer.clone(), after.clone()]).await;
        let endpoints = RestEndpoints::new(fixture.rest(2));
        let fresh = endpoints.find(&call(), "here").await.unwrap().unwrap();
        let now = endpoints.update(&call(), &fresh, &more).await.unwrap();
        assert_eq!(
            (now.id.as_str(), now.workers_max),
            ("here", Some(5)),
            "{answer:?}"
        );
        assert_eq!(
            fixture.lines()[1..],
            ["PATCH /v2/serverless/here", "GET /v2/serverless/here"]
        );
        // Where that shows nothing either, nothing is concluded.
        let gone = Answer::problem(404, "endpoint not found");
        let (_, endpoints) = endpoints_of([before.clone(), answer, gone]).await;
        let fresh = endpoints.find(&call(), "here").await.unwrap().unwrap();
        let failure = endpoints.update(&call(), &fresh, &more).await.unwrap_err();
        assert_eq!(failure.kind, Kind::Incomplete);
    }
    // What is no answer of the API is none to the change.
    for answer in [Answer::text(200, "<html>"), Answer::text(200, "{\"id\"")] {
        let fixture = Fixture::answering([before.clone(), answer, after.clone()]).await;
        let endpoints = RestEndpoints::new(fixture.rest(2));
        let fresh = endpoints.find(&call(), "here").await.unwrap().unwrap();
        endpoints.update(&call(), &fresh, &more).await.unwrap();
        assert_eq!(
            fixture.lines()[1..],
            ["PATCH /v2/serverless/here", "PATCH /v2/serverless/here"]
        );
    }
}

#[tokio::test]
async fn reads_are_tried_again_and_a_create_is_not() {
    let answers = || [Answer::text(502, "<html>"), Answer::json(200, &endpoint("here"))];
    let fixture = Fixture::answering(answers()).await;
    let endpoints = RestEndpoints::new(fixture.rest(2));
    assert!(endpoints.find(&call(), "here").await.unwrap().is_some());
    let fixture = Fixture::answering(answers()).await;
    let endpoints = RestEndpoints::new(fixture.rest(2));
    assert!(
        endpoints
            .create(&call(), &write())
            .await
            .unwrap_err()
            .is_ambiguous()
    );
    assert_eq!(fixture.came().len(), 1);
}

#[tokio::test]
async fn a_window_without_anything_left_closes_the_gate_for_all() {
    let answer = Answer::json(200, &endpoint("here")).header("RateLimit", "\"minute\";r=0;t=600");
    let (fixture, endpoints) = endpoints_of([answer]).await;
    endpoints.find(&call(), "here").await.unwrap();
    let failure = endpoints.find(&call(), "here").await.unwrap_err();
    let Kind::RateLimited {
        retry_after: Some(wait),
    } = failure.kind
    else {
        unreachable!("{failure:?}");
    };
    assert!((590..=600).contains(&wait.as_secs()));
    assert_eq!((fixture.came().len(), failure.attempts), (1, 0));
}

#[tokio::test]
async fn workers_are_told_in_the_apis_words() {
    let answer = json!({"workers": [{"id": "w", "status": "THROTTLED"}], "summary": {}});
    let (fixture, endpoints) = endpoints_of([Answer::json(200, &answer)]).await;
    let workers = endpoints.workers(&call(), "here").await.unwrap();
    assert_eq!(workers[0].status, "THROTTLED");
    assert_eq!(fixture.lines(), ["GET /v2/serverless/here/workers"]);
    assert_eq!(endpoints.all_workers(&call()).await.unwrap(), None);
    assert_eq!(EndpointNoun::NAME, endpoints.noun());
}

#[tokio::test]
async fn a_rollout_is_told_as_far_as_it_is_known() {
    let releases =
        json!({"endpointVersion": 2, "releases": [], "rollout": {"inProgress": true, "workersOnLatest": 1}});
    let (_, endpoints) = endpoints_of([
        Answer::json(200, &releases),
        Answer::json(200, &json!({"releases": []})),
    ])
    .await;
    let rollout = endpoints.rollout(&call(), "here").await.unwrap().unwrap();
    assert_eq!(
        (
            rollout.is_in_progress,
            rollout.workers_on_latest,
            rollout.workers_total
        ),
        (true, Some(1), None)
    );
    assert_eq!(endpoints.rollout(&call(), "here").await.unwrap(), None);
}

#[tokio::test]
async fn an_id_cannot_lead_to_another_path() {
    let (fixture, endpoints) = endpoints_of([Answer::problem(404, "endpoint not found")]).await;
    assert_eq!(endpoints.find(&call(), "a/../b?c#d e").await.unwrap(), None);
    assert_eq!(fixture.lines(), ["GET /v2/serverless/a%2F..%2Fb%3Fc%23d%20e"]);
}
