//! The transport against the emulator: what it sends, and what it makes of each answer.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod answers;
mod outcomes;
mod requests;
mod secrets;

use std::time::Duration;

use runpod_emulator::{Effect, Emulator, Fault, Options, Root};
use secrecy::SecretString;

use super::{GraphQl, Settings};
use crate::{Error, Operation, fake::call, scripted::perform};

/// A key that nothing may show.
const KEY: &str = "rpa_TRANSPORT0SECRET0KEY";

const AGENT: &str = "terraform-provider-runpod/0.0.0 (+terraform 1.0.0)";

fn emulator() -> Emulator {
    Emulator::with(Options {
        keys: vec![KEY.to_owned()],
        ..Options::default()
    })
    .unwrap()
}

fn settings(url: &str) -> Settings {
    Settings {
        url: url.parse().unwrap(),
        key: SecretString::from(KEY),
        user_agent: AGENT.to_owned(),
        request_timeout: Duration::from_secs(30),
    }
}

fn client(emulator: &Emulator) -> GraphQl {
    GraphQl::new(settings(&emulator.url())).unwrap()
}

/// What the operation makes of an answer that must be a failure.
async fn failure(operation: Operation, effect: Effect) -> Error {
    let emulator = emulator();
    emulator.fault(Fault::on(Root::Any).then(effect));
    perform(&client(&emulator), &call(), operation).await.unwrap_err()
}

/// HTTP 200 with this JSON.
fn json(body: &serde_json::Value) -> Effect {
    Effect::http(200, body.to_string())
}
