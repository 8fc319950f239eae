//! Lists of objects, as `terraform query` asks for them.

use serde_json::{Value as Json, json};
use tonic::Streaming;
use wire::list_resource::Event;

use crate::{
    client::{Client, about, account, answer, errors, pack, unpack, wire},
    support::{Process, soon},
};

const TYPE: &str = "toy_account";

fn filter(on: Option<&str>, count: Option<i64>) -> Json {
    json!({ "on": on, "count": count, "cursor": null })
}

async fn stream(client: &mut Client, config: &Json, include: bool, limit: i64) -> Streaming<Event> {
    let request = wire::list_resource::Request {
        type_name: TYPE.to_owned(),
        config: pack(config),
        include_resource_object: include,
        limit,
    };
    answer(client.rpc.list_resource(request)).await
}

/// All that comes, to the end of the stream.
async fn list(client: &mut Client, config: &Json, include: bool, limit: i64) -> Vec<Event> {
    let mut stream = stream(client, config, include, limit).await;
    let mut events = Vec::new();
    while let Some(event) = soon(stream.message()).await.unwrap() {
        events.push(event);
    }
    events
}

fn names(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.display_name.as_str()).collect()
}

fn identity(event: &Event) -> Json {
    unpack(&event.identity.as_ref().unwrap().identity_data)
}

#[tokio::test]
async fn the_schemas_are_those_of_the_resources_that_can_be_listed() {
    let process = Process::start();
    let mut client = process.client().await;
    let schema = client.schema().await;
    let types: Vec<_> = schema.list_resource_schemas.keys().collect();
    assert_eq!(types, [TYPE]);
    let block = schema.list_resource_schemas[TYPE].block.as_ref().unwrap();
    let attributes: Vec<_> = block.attributes.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(attributes, ["count", "cursor", "on"]);
    let metadata = answer(client.rpc.get_metadata(wire::get_metadata::Request {})).await;
    assert_eq!(metadata.list_resources[0].type_name, TYPE);
    // Terraform lists nothing that has no identity.
    let request = wire::get_resource_identity_schemas::Request {};
    let identities = answer(client.rpc.get_resource_identity_schemas(request)).await;
    assert!(identities.identity_schemas.contains_key(TYPE));
}

#[tokio::test]
async fn an_object_has_its_identity_and_its_name_and_its_state_if_that_is_asked_for() {
    let process = Process::start();
    let mut client = process.client().await;
    let events = list(&mut client, &filter(None, None), true, 100).await;
    assert_eq!(names(&events), ["n0", "n1"]);
    for (index, event) in events.iter().enumerate() {
        assert!(event.diagnostic.is_empty());
        assert_eq!(
            identity(event),
            json!({ "id": format!("id-{index}"), "zone": null })
        );
        // Without what is write-only, which the toy puts there.
        let state = account(json!({
            "id": format!("id-{index}"),
            "name": format!("n{index}"),
        }));
        assert_eq!(unpack(&event.resource_object), state);
    }
    for on in [None, Some("identities")] {
        let events = list(&mut client, &filter(on, None), false, 100).await;
        assert_eq!(names(&events), ["n0", "n1"], "{on:?}");
        for event in &events {
            assert_eq!(event.resource_object, None);
            assert!(event.identity.is_some());
        }
    }
}

#[tokio::test]
async fn a_configuration_that_is_left_out_filters_nothing() {
    let process = Process::start();
    let mut client = process.client().await;
    let events = list(&mut client, &Json::Null, false, 100).await;
    assert_eq!(names(&events), ["n0", "n1"]);
}

#[tokio::test]
async fn no_more_than_the_limit_is_listed_and_0_is_none() {
    let process = Process::start();
    let mut client = process.client().await;
    for (limit, expected) in [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3), (-1, 0)] {
        for on in [None, Some("identities")] {
            let events = list(&mut client, &filter(on, Some(3)), false, limit).await;
            assert_eq!(events.len(), expected, "{limit} {on:?}");
            assert!(events.iter().all(|event| event.diagnostic.is_empty()));
        }
    }
    // A list that does not ask ends, too.
    let config = filter(Some("endless"), None);
    assert_eq!(list(&mut client, &config, false, 40).await.len(), 40);
    process.gate.hears("list ended").await;
}

#[tokio::test]
async fn an_error_comes_as_the_last_event() {
    let process = Process::start();
    let mut client = process.client().await;
    for (on, error) in [
        ("error", "as told"),
        ("panic", "The provider has a bug"),
        ("none", "The provider gave no answer"),
    ] {
        let events = list(&mut client, &filter(Some(on), Some(1)), false, 100).await;
        let [found, failed] = &events[..] else {
            panic!("{events:?}")
        };
        assert!(found.diagnostic.is_empty());
        assert_eq!(errors(&failed.diagnostic), [error]);
        assert_eq!(failed.identity, None);
        assert!(!format!("{events:?}").contains("hunter2"));
    }
    let mut gone = wire::list_resource::Request {
        type_name: "toy_object".to_owned(),
        limit: 1,
        ..Default::default()
    };
    for type_name in ["toy_object", "toy_gone"] {
        gone.type_name = type_name.to_owned();
        let mut stream = answer(client.rpc.list_resource(gone.clone())).await;
        let event = soon(stream.message()).await.unwrap().unwrap();
        assert_eq!(
            errors(&event.diagnostic),
            [format!("Unknown list resource {type_name}")]
        );
        assert!(soon(stream.message()).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn what_has_no_identity_ends_the_list_with_an_error() {
    let process = Process::start();
    let mut client = process.client().await;
    let events = list(&mut client, &filter(Some("no-identity"), None), false, 100).await;
    let [_, failed] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(errors(&failed.diagnostic), ["The provider has a bug"]);
}

#[tokio::test]
async fn a_warning_is_an_event_that_ends_nothing() {
    let process = Process::start();
    let mut client = process.client().await;
    let events = list(&mut client, &filter(Some("warn"), None), false, 1).await;
    let [warned, found] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(warned.diagnostic.len(), 1);
    assert_eq!(
        warned.diagnostic[0].severity(),
        wire::diagnostic::Severity::Warning
    );
    assert!(found.identity.is_some());
}

#[tokio::test]
async fn a_list_ends_when_terraform_has_enough() {
    let process = Process::start();
    let mut client = process.client().await;
    let mut events = stream(&mut client, &filter(Some("endless"), None), false, 1_000_000).await;
    assert!(soon(events.message()).await.unwrap().is_some());
    drop(events);
    process.gate.hears("list ended").await;
    // Also while it waits for something else.
    let events = stream(&mut client, &filter(Some("hold"), None), false, 100).await;
    let _held = process.gate.hears("listing").await;
    drop(events);
    process.gate.hears("list ended").await;
    assert!(!client.stopped().await);
}

async fn validate(client: &mut Client, config: &Json) -> Vec<wire::Diagnostic> {
    let request = wire::validate_list_resource_config::Request {
        type_name: TYPE.to_owned(),
        config: pack(config),
        ..Default::default()
    };
    answer(client.rpc.validate_list_resource_config(request))
        .await
        .diagnostics
}

#[tokio::test]
async fn a_filter_is_checked() {
    let process = Process::start();
    let mut client = process.client().await;
    assert!(validate(&mut client, &filter(None, Some(1))).await.is_empty());
    assert!(validate(&mut client, &Json::Null).await.is_empty());
    let forbidden = validate(&mut client, &filter(Some("forbidden"), None)).await;
    assert_eq!(errors(&forbidden), ["no such filter"]);
    let read_only = json!({ "on": null, "count": null, "cursor": "mine" });
    let refused = validate(&mut client, &read_only).await;
    assert_eq!(errors(&refused), ["cursor is read-only"]);
    assert_eq!(about(&refused[0]), Some("cursor"));
}
