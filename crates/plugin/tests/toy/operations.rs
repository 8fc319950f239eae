//! Operations that go wrong or are told to stop: what becomes of each, of its state, and of the others.

use serde_json::{Value as Json, json};

use crate::{
    client::{errors, object, unpack},
    support::{Process, soon},
};

/// What a panic reads like to users.
const BUG: &str = "The provider has a bug";
/// What no answer and no error reads like to users.
const NO_ANSWER: &str = "The provider gave no answer";

#[tokio::test]
async fn a_panic_is_an_error_of_the_one_operation() {
    let process = Process::start();
    let mut client = process.client().await;
    let other = tokio::spawn({
        let mut client = client.clone();
        async move {
            client
                .create(json!({ "name": "other", "on_create": "hold" }))
                .await
        }
    });
    let held = process.gate.hears("create").await;

    let failed = client.create(json!({ "name": "n", "on_create": "panic" })).await;
    assert_eq!(errors(&failed.diagnostics), [BUG]);
    assert_eq!(unpack(&failed.new_state), Json::Null);
    let detail = &failed.diagnostics[0].detail;
    // The place is told; the message, which may quote anyobject, is not.
    assert!(
        detail.contains("provider.rs:") && !detail.contains("hunter2"),
        "{detail}"
    );

    drop(held);
    let other = soon(other).await.unwrap();
    assert!(other.diagnostics.is_empty(), "{:?}", other.diagnostics);
    assert_eq!(unpack(&other.new_state)["id"], "id-other");
}

#[tokio::test]
async fn what_a_create_had_saved_before_it_failed_is_kept() {
    let process = Process::start();
    let mut client = process.client().await;
    for (behaviour, error) in [("saved-panic", BUG), ("saved-none", NO_ANSWER)] {
        let planned = object(json!({ "name": "n", "on_create": behaviour }));
        let plan = client.plan(&Json::Null, &planned, &[]).await;
        let answer = client.apply(&Json::Null, &planned, &plan.planned_private).await;
        assert_eq!(errors(&answer.diagnostics), [error]);
        assert_eq!(unpack(&answer.new_state)["id"], "id-n", "{behaviour}");
        assert_eq!(answer.private, plan.planned_private, "{behaviour}");
    }
}

#[tokio::test]
async fn what_an_update_had_saved_before_it_failed_is_kept() {
    let process = Process::start();
    let prior = object(json!({ "id": "id-n", "name": "n", "size": 1 }));
    let planned = object(json!({ "id": "id-n", "name": "n", "size": 2, "on_update": "saved-panic" }));
    let answer = process.client().await.apply(&prior, &planned, &[]).await;
    assert_eq!(errors(&answer.diagnostics), [BUG]);
    assert_eq!(unpack(&answer.new_state), planned);
}

#[tokio::test]
async fn an_update_that_fails_leaves_the_state_as_it_was() {
    let process = Process::start();
    let mut client = process.client().await;
    let prior = object(json!({ "id": "id-n", "name": "n", "size": 1 }));
    for (behaviour, error) in [("panic", BUG), ("none", NO_ANSWER)] {
        let planned = object(json!({ "id": "id-n", "name": "n", "size": 2, "on_update": behaviour }));
        let answer = client.apply(&prior, &planned, &[]).await;
        assert_eq!(errors(&answer.diagnostics), [error]);
        assert_eq!(unpack(&answer.new_state), prior, "{behaviour}");
    }
}

/// What an update that would end with another id reads like to users.
const OTHER_ID: &str = "An update must not change the id";

#[tokio::test]
async fn an_update_that_would_change_the_id_is_not_planned() {
    let process = Process::start();
    let mut client = process.client().await;
    let prior = object(json!({ "id": "id-n", "name": "n" }));
    let proposed = object(json!({ "id": "id-n", "name": "n", "on_plan": "other-id" }));
    let plan = client.plan(&prior, &proposed, &[]).await;
    assert_eq!(errors(&plan.diagnostics), [OTHER_ID]);
    assert_eq!(plan.planned_state, None);
    // A replacement ends with another object.
    let renamed = object(json!({ "id": "id-n", "name": "m", "on_plan": "other-id" }));
    let plan = client.plan(&prior, &renamed, &[]).await;
    assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
}

#[tokio::test]
async fn an_update_to_another_id_is_not_begun() {
    let process = Process::start();
    let prior = object(json!({ "id": "id-n", "name": "n" }));
    let planned = object(json!({ "id": "id-other", "name": "n", "on_update": "hold" }));
    // It would hold if it were begun.
    let answer = process.client().await.apply(&prior, &planned, &[]).await;
    assert_eq!(errors(&answer.diagnostics), [OTHER_ID]);
    assert_eq!(unpack(&answer.new_state), prior);
}

#[tokio::test]
async fn an_update_leaves_the_state_with_the_id_that_it_had() {
    let process = Process::start();
    let mut client = process.client().await;
    let prior = object(json!({ "id": "id-n", "name": "n" }));
    for (behaviour, expected) in [
        ("other-id", &[OTHER_ID][..]),
        ("saved-other-id", &[NO_ANSWER, OTHER_ID]),
    ] {
        let planned = object(json!({ "id": "id-n", "name": "n", "size": 2, "on_update": behaviour }));
        let answer = client.apply(&prior, &planned, &[]).await;
        assert_eq!(errors(&answer.diagnostics), expected);
        assert_eq!(unpack(&answer.new_state), planned, "{behaviour}");
    }
}

#[tokio::test]
async fn a_destroy_that_fails_leaves_the_object_in_the_state() {
    let process = Process::start();
    let mut client = process.client().await;
    let behaviours = [("panic", BUG), ("none", NO_ANSWER), ("error", "as told")];
    for (behaviour, error) in behaviours {
        let prior = object(json!({ "id": "id-n", "name": "n", "on_destroy": behaviour }));
        let answer = client.apply(&prior, &Json::Null, &[]).await;
        assert_eq!(errors(&answer.diagnostics), [error]);
        assert_eq!(unpack(&answer.new_state), prior, "{behaviour}");
    }
    let prior = object(json!({ "id": "id-n", "name": "n" }));
    let answer = client.apply(&prior, &Json::Null, &[]).await;
    assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
    assert_eq!(unpack(&answer.new_state), Json::Null);
}

#[tokio::test]
async fn a_read_that_fails_leaves_the_state_as_it_was() {
    let process = Process::start();
    let mut client = process.client().await;
    for (behaviour, error) in [("panic", BUG), ("error", "as told")] {
        let state = object(json!({ "id": "id-n", "name": "n", "on_read": behaviour }));
        let answer = client.read(&state, &[]).await;
        assert_eq!(errors(&answer.diagnostics), [error]);
        assert_eq!(unpack(&answer.new_state), state, "{behaviour}");
    }
}

#[tokio::test]
async fn a_read_without_an_answer_says_that_the_object_is_gone() {
    let process = Process::start();
    let state = object(json!({ "id": "id-n", "name": "n", "on_read": "none" }));
    let answer = process.client().await.read(&state, &[]).await;
    assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
    assert_eq!(unpack(&answer.new_state), Json::Null);
}

#[tokio::test]
async fn a_plan_that_fails_plans_nothing() {
    let process = Process::start();
    let mut client = process.client().await;
    for (behaviour, error) in [("panic", BUG), ("none", NO_ANSWER), ("error", "as told")] {
        let proposed = object(json!({ "name": "n", "on_plan": behaviour }));
        let plan = client.plan(&Json::Null, &proposed, &[]).await;
        assert_eq!(errors(&plan.diagnostics), [error]);
        assert_eq!(plan.planned_state, None, "{behaviour}");
    }
}

#[tokio::test]
async fn a_configuration_that_fails_is_an_error() {
    let process = Process::start();
    let mut client = process.client().await;
    for (greeting, error) in [
        ("panic", BUG),
        ("none", NO_ANSWER),
        ("refuse", "no such greeting"),
    ] {
        assert_eq!(errors(&client.configure(greeting).await), [error]);
    }
    assert!(client.configure("hello").await.is_empty());
}

#[tokio::test]
async fn a_data_source_that_fails_is_an_error() {
    let process = Process::start();
    let mut client = process.client().await;
    for (behaviour, error) in [("panic", BUG), ("none", NO_ANSWER), ("error", "as told")] {
        let config = json!({ "behaviour": behaviour, "stopped": null });
        let answer = client.read_data_source("toy_status", &config).await;
        assert_eq!(errors(&answer.diagnostics), [error]);
        assert_eq!(answer.state, None, "{behaviour}");
    }
}

#[tokio::test]
async fn a_stop_reaches_every_operation_in_flight() {
    let process = Process::start();
    let mut client = process.client().await;
    assert!(!client.stopped().await);
    let mut operations = Vec::new();
    for name in ["a", "b"] {
        let mut client = client.clone();
        operations.push(tokio::spawn(async move {
            client.create(json!({ "name": name, "on_create": "stop" })).await
        }));
        process.gate.hears("create").await;
    }

    client.stop().await;
    for (operation, id) in operations.into_iter().zip(["id-a", "id-b"]) {
        let answer = soon(operation).await.unwrap();
        assert_eq!(errors(&answer.diagnostics), ["stopped"]);
        assert_eq!(unpack(&answer.new_state)["id"], id);
    }
    // It holds for what begins after it, too, and ends nothing.
    assert!(client.stopped().await);
}

#[tokio::test]
async fn a_stop_waits_for_an_operation_that_takes_its_time() {
    let process = Process::start();
    let mut client = process.client().await;
    let operation = tokio::spawn({
        let mut client = client.clone();
        async move {
            client
                .create(json!({ "name": "n", "on_create": "stubborn" }))
                .await
        }
    });
    process.gate.hears("create").await;
    client.stop().await;
    // It has seen the stop and goes on.
    drop(process.gate.hears("stubborn").await);
    let answer = soon(operation).await.unwrap();
    assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
    assert_eq!(unpack(&answer.new_state)["id"], "id-n");
}
