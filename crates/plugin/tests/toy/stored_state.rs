//! Stored states: of older versions of the schema, and of other resource types.

use serde_json::json;

use crate::{
    client::{errors, unpack},
    support::Process,
};

#[tokio::test]
async fn a_state_of_an_older_version_is_upgraded() {
    let process = Process::start();
    let old = json!({ "id": "id-n", "label": "n", "disk": { "kind": "ssd", "speed": 3 } });
    let answer = process.client().await.upgrade(1, &old.to_string()).await;
    assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
    // What the schema does not have is gone.
    let new = json!({ "id": "id-n", "name": "n", "disk": { "kind": "ssd" } });
    assert_eq!(unpack(&answer.upgraded_state), new);
}

#[tokio::test]
async fn a_state_of_another_type_is_moved() {
    let process = Process::start();
    let other = json!({ "id": "id-n", "title": "n", "disk": { "kind": "ssd", "speed": 3 } });
    let answer = process
        .client()
        .await
        .move_state("other_widget", &other.to_string())
        .await;
    assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
    let moved = json!({ "id": "id-n", "name": "n", "disk": { "kind": "ssd" } });
    assert_eq!(unpack(&answer.target_state), moved);
}

#[tokio::test]
async fn a_state_that_cannot_be_moved_is_an_error() {
    let process = Process::start();
    let mut client = process.client().await;
    let unknown = client.move_state("other_gadget", "{}").await;
    assert_eq!(errors(&unknown.diagnostics), ["The provider gave no answer"]);
    let broken = client.move_state("other_widget", "{").await;
    assert_eq!(errors(&broken.diagnostics), ["The stored state is broken"]);
    let no_way = client.about("toy_plain").move_state("other_widget", "{}").await;
    assert_eq!(errors(&no_way.diagnostics), ["The state cannot be moved"]);
    for answer in [unknown, broken, no_way] {
        assert_eq!(answer.target_state, None);
    }
}

#[tokio::test]
async fn a_state_of_the_present_version_keeps_its_very_text() {
    let process = Process::start();
    let text = r#"{ "name": "n", "size": 12345678901234567890.12345678901234567890 }"#;
    let answer = process.client().await.upgrade(2, text).await;
    assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
    assert_eq!(answer.upgraded_state.unwrap().json, text.as_bytes());
}

#[tokio::test]
async fn a_state_that_cannot_be_upgraded_is_an_error() {
    let process = Process::start();
    let mut client = process.client().await;
    let newer = client.upgrade(3, "{}").await;
    assert_eq!(
        errors(&newer.diagnostics),
        ["The stored state is of a newer provider"]
    );
    let unknown = client.upgrade(0, "{}").await;
    assert_eq!(errors(&unknown.diagnostics), ["The provider gave no answer"]);
    let broken = client.upgrade(2, "{").await;
    assert_eq!(errors(&broken.diagnostics), ["The stored state is broken"]);
    let no_way = client.about("toy_plain").upgrade(0, "{}").await;
    assert_eq!(
        errors(&no_way.diagnostics),
        ["The stored state cannot be upgraded"]
    );
    for answer in [newer, unknown, broken, no_way] {
        assert_eq!(answer.upgraded_state, None);
    }
}
