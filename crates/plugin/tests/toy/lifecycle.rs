//! When the provider's process ends, and what it does not end for.

use serde_json::json;
use tokio::{net::UnixStream, task::JoinHandle};

use crate::{
    client::{Client, errors, wire},
    support::{Held, Process, soon},
};

/// Begins to create an object that does as `behaviour` says; returns once it is in flight.
async fn creating(
    process: &Process,
    client: &Client,
    behaviour: &'static str,
) -> (JoinHandle<wire::apply_resource_change::Response>, Held) {
    let mut client = client.clone();
    let operation = tokio::spawn(async move {
        client
            .create(json!({ "name": "n", "on_create": behaviour }))
            .await
    });
    (operation, process.gate.hears("create").await)
}

/// Breaks the connection in the middle of an operation.
async fn leave(client: Client, operation: JoinHandle<wire::apply_resource_change::Response>) {
    operation.abort();
    assert!(operation.await.unwrap_err().is_cancelled());
    drop(client);
}

#[tokio::test]
async fn signals_that_terraform_gets_too_are_left_to_terraform() {
    for signal in ["INT", "HUP"] {
        let process = Process::start();
        let mut client = process.client().await;
        let (operation, held) = creating(&process, &client, "hold").await;
        process.signal(signal);
        assert!(!client.stopped().await, "{signal}");
        drop(held);
        let answer = soon(operation).await.unwrap();
        assert!(
            answer.diagnostics.is_empty(),
            "{signal}: {:?}",
            answer.diagnostics
        );
    }
}

#[tokio::test]
async fn a_process_that_is_told_to_end_stops_its_work_and_still_answers_until_terraform_leaves() {
    let mut process = Process::start_with(|command| _ = command.env("TOY_RECONNECT", "60000"));
    let mut client = process.client().await;
    let (operation, _) = creating(&process, &client, "stop").await;
    process.signal("TERM");
    let answer = soon(operation).await.unwrap();
    assert_eq!(errors(&answer.diagnostics), ["stopped"]);
    assert!(client.stopped().await);
    client.shutdown().await;
    process.gate.hears("shutdown Requested true").await;
    assert!(process.exit().await.success());
}

#[tokio::test]
async fn a_process_that_is_told_to_end_does_not_wait_for_ever_for_terraform_to_leave() {
    let mut process = Process::start_with(|command| _ = command.env("TOY_RECONNECT", "1"));
    let _client = process.client().await;
    process.signal("TERM");
    process.gate.hears("shutdown Signal false").await;
    assert!(process.exit().await.success());
}

#[tokio::test]
async fn it_ends_when_terraform_asks_for_it() {
    let mut process = Process::start();
    let mut client = process.client().await;
    client.shutdown().await;
    process.gate.hears("shutdown Requested true").await;
    assert!(process.exit().await.success());
}

#[tokio::test]
async fn it_ends_when_asked_even_with_an_operation_in_flight() {
    let mut process = Process::start_with(|command| _ = command.env("TOY_SHUTDOWN", "1"));
    let mut client = process.client().await;
    let (_operation, _held) = creating(&process, &client, "hold").await;
    client.shutdown().await;
    process.gate.hears("shutdown Requested false").await;
    assert!(process.exit().await.success());
}

#[tokio::test]
async fn it_ends_when_its_connection_is_gone() {
    let mut process = Process::start_with(|command| _ = command.env("TOY_RECONNECT", "1"));
    drop(process.client().await);
    process.gate.hears("shutdown Disconnected false").await;
    assert!(process.exit().await.success());
}

#[tokio::test]
async fn it_waits_for_terraform_to_come_back() {
    let process = Process::start_with(|command| _ = command.env("TOY_RECONNECT", "60000"));
    drop(process.client().await);
    let mut client = process.client().await;
    assert!(!client.stopped().await);
}

#[tokio::test]
async fn an_operation_in_flight_is_told_that_terraform_is_gone_and_gets_its_time() {
    let mut process = Process::start();
    let client = process.client().await;
    let (operation, _) = creating(&process, &client, "stubborn").await;
    leave(client, operation).await;
    drop(process.gate.hears("stubborn").await);
    process.gate.hears("done").await;
    process.gate.hears("shutdown Disconnected false").await;
    assert!(process.exit().await.success());
}

#[tokio::test]
async fn an_operation_that_does_not_end_does_not_keep_it_for_ever() {
    let mut process = Process::start_with(|command| _ = command.env("TOY_FINISH", "1"));
    let client = process.client().await;
    let (operation, _held) = creating(&process, &client, "hold").await;
    leave(client, operation).await;
    process.gate.hears("shutdown Disconnected false").await;
    assert!(process.exit().await.success());
}

#[tokio::test]
async fn it_ends_when_nobody_comes() {
    let mut process = Process::start_with(|command| _ = command.env("TOY_CONNECT", "1"));
    process.gate.hears("shutdown NeverConnected false").await;
    assert!(process.exit().await.success());
}

#[tokio::test]
async fn nothing_of_its_socket_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let mut process = Process::start_with(|command| {
        command.env("PLUGIN_UNIX_SOCKET_DIR", dir.path());
    });
    let mut client = process.client().await;
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    // Not even when an operation is still running.
    let (_operation, _held) = creating(&process, &client, "hold").await;
    client.shutdown().await;
    process.exit().await;
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

/// A process that was started with `--debug`, and where it listens.
fn debug() -> (Process, String) {
    let process = Process::start_with(|command| _ = command.arg("--debug"));
    let line = process.line.join("|");
    let json = line.strip_prefix("TF_REATTACH_PROVIDERS='").unwrap();
    let providers: serde_json::Value = serde_json::from_str(json.strip_suffix('\'').unwrap()).unwrap();
    let provider = &providers["registry.terraform.io/example-org/toy"];
    assert_eq!(provider["ProtocolVersion"], 6);
    assert_eq!(provider["Pid"], process.child.id());
    let socket = provider["Addr"]["String"].as_str().unwrap().to_owned();
    (process, socket)
}

async fn connect(socket: &str) -> Client {
    Client::over(UnixStream::connect(socket).await.unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn for_a_developer_it_serves_one_terraform_after_another() {
    let (process, socket) = debug();
    let mut first = connect(&socket).await;
    first.shutdown().await;
    first.stop().await;
    assert!(first.stopped().await);
    let (operation, held) = creating(&process, &first, "hold").await;
    leave(first, operation).await;

    let mut second = connect(&socket).await;
    assert!(second.configure("hello").await.is_empty());
    assert!(
        !second.stopped().await,
        "a stop ends with the run that it was asked of"
    );
    drop(held);
}

#[tokio::test]
async fn a_developer_ends_it_with_a_signal() {
    for signal in ["INT", "TERM"] {
        let (mut process, socket) = debug();
        let mut client = connect(&socket).await;
        let (operation, _) = creating(&process, &client, "stop").await;
        process.signal(signal);
        let answer = soon(operation).await.unwrap();
        assert_eq!(errors(&answer.diagnostics), ["stopped"]);
        process.gate.hears("shutdown Signal false").await;
        assert!(process.exit().await.success());
        assert!(
            client
                .rpc
                .get_metadata(wire::get_metadata::Request {})
                .await
                .is_err()
        );
    }
}
