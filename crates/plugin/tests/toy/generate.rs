//! Configurations for objects that exist.

use serde_json::{Value as Json, json};

use crate::{
    client::{Client, account, answer, errors, object, pack, unpack, wire},
    support::Process,
};

async fn generate(
    client: &mut Client,
    type_name: &str,
    state: &Json,
) -> wire::generate_resource_config::Response {
    let request = wire::generate_resource_config::Request {
        type_name: type_name.to_owned(),
        state: pack(state),
    };
    answer(client.rpc.generate_resource_config(request)).await
}

#[tokio::test]
async fn a_resource_says_what_a_person_would_write() {
    let process = Process::start();
    let mut client = process.client().await;
    let capabilities = client.schema().await.server_capabilities.unwrap();
    assert!(capabilities.generate_resource_config);
    let state = account(json!({
        "id": "id-n", "name": "n", "zone": "default", "size": 5, "seen": "s", "email": "e",
        "password_wo": "hunter2", "login": { "user": "u", "key_wo": "hunter2" },
    }));
    let answer = generate(&mut client, "toy_account", &state).await;
    assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
    // The toy takes the zone out, which is its own default, and leaves the rest to the server.
    let config = account(json!({ "name": "n", "size": 5, "login": { "user": "u", "key_wo": null } }));
    assert_eq!(unpack(&answer.config), config);
}

#[tokio::test]
async fn a_resource_that_does_not_say_gets_what_terraform_would_make_of_it() {
    let process = Process::start();
    let mut client = process.client().await;
    let state =
        object(json!({ "id": "id-n", "name": "n", "blob": "", "disk": { "kind": "", "size": null } }));
    let answer = generate(&mut client, "toy_object", &state).await;
    assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
    let config = object(json!({ "name": "n", "disk": { "kind": "", "size": null } }));
    assert_eq!(unpack(&answer.config), config);
}

#[tokio::test]
async fn no_state_gives_no_configuration() {
    let process = Process::start();
    let mut client = process.client().await;
    for type_name in ["toy_account", "toy_object"] {
        let answer = generate(&mut client, type_name, &Json::Null).await;
        assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
        assert_eq!(unpack(&answer.config), Json::Null);
    }
}

#[tokio::test]
async fn what_fails_gives_no_configuration() {
    let process = Process::start();
    let mut client = process.client().await;
    let state = account(json!({ "name": "n", "on": "panic" }));
    let answer = generate(&mut client, "toy_account", &state).await;
    assert_eq!(errors(&answer.diagnostics), ["The provider has a bug"]);
    assert_eq!(answer.config, None);
    let answer = generate(&mut client, "toy_gone", &state).await;
    assert_eq!(errors(&answer.diagnostics), ["Unknown resource toy_gone"]);
}
