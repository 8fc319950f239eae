//! Actions: progress, then one end, then the end of the stream.

use serde_json::{Value as Json, json};
use tonic::Streaming;
use wire::invoke_action::{Event, event::Type};

use crate::{
    client::{Client, about, answer, errors, pack, pack_unknown, wire},
    support::{Process, soon},
};

const TYPE: &str = "toy_ring";

fn config(on: Option<&str>) -> Json {
    json!({ "target": "door", "token_wo": "t", "on": on, "result": null })
}

async fn stream(client: &mut Client, action: &str, config: &Json) -> Streaming<Event> {
    let request = wire::invoke_action::Request {
        action_type: action.to_owned(),
        config: pack(config),
        ..Default::default()
    };
    answer(client.rpc.invoke_action(request)).await
}

/// What it said, and the diagnostics of its end, after which nothing comes.
async fn to_the_end(mut stream: Streaming<Event>) -> (Vec<String>, Vec<wire::Diagnostic>) {
    let mut messages = Vec::new();
    loop {
        let event = soon(stream.message()).await.unwrap();
        match event.expect("it ends with a completion").r#type.unwrap() {
            Type::Progress(progress) => messages.push(progress.message),
            Type::Completed(completed) => {
                assert!(soon(stream.message()).await.unwrap().is_none());
                return (messages, completed.diagnostics);
            }
        }
    }
}

async fn invoke(client: &mut Client, action: &str, config: &Json) -> (Vec<String>, Vec<wire::Diagnostic>) {
    let stream = stream(client, action, config).await;
    to_the_end(stream).await
}

#[tokio::test]
async fn an_action_is_declared_with_its_schema() {
    let process = Process::start();
    let mut client = process.client().await;
    let schema = client.schema().await;
    // Terraform crashes if a schema is missing.
    let ring = schema.action_schemas[TYPE].schema.as_ref().unwrap();
    let attributes = &ring.block.as_ref().unwrap().attributes;
    let write_only: Vec<_> = attributes.iter().filter(|it| it.write_only).collect();
    assert_eq!(write_only.len(), 1);
    assert_eq!(write_only[0].name, "token_wo");
    let on = attributes.iter().find(|it| it.name == "on").unwrap();
    assert!(on.deprecated && on.deprecation_message == "Do not.");
    let metadata = answer(client.rpc.get_metadata(wire::get_metadata::Request {})).await;
    assert_eq!(metadata.actions[0].type_name, TYPE);
}

#[tokio::test]
async fn an_action_says_how_it_gets_on_and_ends_once() {
    let process = Process::start();
    let mut client = process.client().await;
    let (messages, diagnostics) = invoke(&mut client, TYPE, &config(None)).await;
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(messages, ["ringing door t"]);
    let (messages, diagnostics) = invoke(&mut client, TYPE, &config(Some("many"))).await;
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(messages.len(), 101);
}

#[tokio::test]
async fn a_configuration_that_is_left_out_is_all_null() {
    let process = Process::start();
    let mut client = process.client().await;
    let (messages, diagnostics) = invoke(&mut client, TYPE, &Json::Null).await;
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(messages, ["ringing null null"]);
    assert_eq!(plan(&mut client, &Json::Null).await[0].summary, "it is nobody");
    assert!(validate(&mut client, &Json::Null).await.is_empty());
}

#[tokio::test]
async fn what_fails_ends_with_an_error() {
    let process = Process::start();
    let mut client = process.client().await;
    for (on, error) in [
        ("error", "as told"),
        ("panic", "The provider has a bug"),
        ("none", "The provider gave no answer"),
    ] {
        let (messages, diagnostics) = invoke(&mut client, TYPE, &config(Some(on))).await;
        assert_eq!(errors(&diagnostics), [error]);
        assert_eq!(messages.len(), 1, "{on}");
        assert!(!format!("{diagnostics:?}").contains("hunter2"));
    }
    let (messages, diagnostics) = invoke(&mut client, "toy_gone", &config(None)).await;
    assert!(messages.is_empty());
    assert_eq!(errors(&diagnostics), ["Unknown action toy_gone"]);
}

#[tokio::test]
async fn an_action_hears_of_a_stop_and_goes_on_without_terraform() {
    let process = Process::start();
    let mut client = process.client().await;
    let ringing = stream(&mut client, TYPE, &config(Some("hold"))).await;
    let held = process.gate.hears("ringing").await;
    drop(ringing);
    drop(held);
    process.gate.hears("rung").await;

    let mut stopped = stream(&mut client, TYPE, &config(Some("stop"))).await;
    assert!(soon(stopped.message()).await.unwrap().is_some());
    client.stop().await;
    let (_, diagnostics) = to_the_end(stopped).await;
    assert_eq!(errors(&diagnostics), ["stopped"]);
}

async fn validate(client: &mut Client, config: &Json) -> Vec<wire::Diagnostic> {
    let request = wire::validate_action_config::Request {
        type_name: TYPE.to_owned(),
        config: pack(config),
    };
    answer(client.rpc.validate_action_config(request))
        .await
        .diagnostics
}

async fn plan(client: &mut Client, config: &Json) -> Vec<wire::Diagnostic> {
    let request = wire::plan_action::Request {
        action_type: TYPE.to_owned(),
        config: pack_unknown(config),
        ..Default::default()
    };
    answer(client.rpc.plan_action(request)).await.diagnostics
}

#[tokio::test]
async fn a_configuration_is_checked_and_may_be_objected_to_while_it_is_not_known() {
    let process = Process::start();
    let mut client = process.client().await;
    assert!(validate(&mut client, &config(None)).await.is_empty());
    let forbidden = config(Some("forbidden"));
    assert_eq!(errors(&validate(&mut client, &forbidden).await), ["no such bell"]);
    assert_eq!(errors(&plan(&mut client, &forbidden).await), ["no such bell"]);
    let mut read_only = config(None);
    read_only["result"] = json!("mine");
    let refused = validate(&mut client, &read_only).await;
    assert_eq!(errors(&refused), ["result is read-only"]);
    assert_eq!(about(&refused[0]), Some("result"));
    let mut unknown = config(None);
    unknown["target"] = json!("<unknown>");
    assert_eq!(
        plan(&mut client, &unknown).await[0].summary,
        "it is not known yet"
    );
}
