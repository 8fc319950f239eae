//! The transport against the emulator: what it sends, and what it makes of each answer.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod answers;
mod compound;
mod outcomes;
mod requests;
mod secrets;

use std::{sync::Arc, time::Duration};

use runpod_emulator::{Effect, Emulator, Fault, Options, Root};
use secrecy::SecretString;

use super::{
    GraphQl,
    calls::{CREATE, DELETE, EndpointCalls, LIST, READ, SWITCH_TEMPLATE, UPDATE},
    fake::call,
    input::EndpointInput,
};
use crate::{Call, Error, Operation, Settings, transport::Transport};

/// Every operation of an endpoint's life, reads first.
const OPERATIONS: [Operation; 6] = [LIST, READ, CREATE, UPDATE, SWITCH_TEMPLATE, DELETE];

/// Does the operation, whatever it answers.
async fn perform(api: &GraphQl, call: &Call, operation: Operation) -> Result<(), Error> {
    let input = EndpointInput::default();
    match operation {
        LIST => api.list(call).await.map(drop),
        READ => api.look_up(call, "made").await.map(drop),
        SWITCH_TEMPLATE => api.switch_template(call, "made", "xkhgg72fuo").await,
        DELETE => api.delete(call, "made").await,
        _ => api.save(operation, call, &input).await.map(drop),
    }
}

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

/// Every attempt is told: nothing is tried again.
fn settings(url: &str) -> Settings {
    Settings {
        graphql_url: url.parse().unwrap(),
        rest_url: url.parse().unwrap(),
        jobs_url: url.parse().unwrap(),
        key: SecretString::from(KEY),
        user_agent: AGENT.to_owned(),
        request_timeout: Duration::from_secs(30),
        max_retries: 0,
    }
}

fn connect(settings: Settings) -> GraphQl {
    let transport = Transport::new(&settings).unwrap();
    GraphQl::new(Arc::new(transport), settings.graphql_url)
}

fn client(emulator: &Emulator) -> GraphQl {
    connect(settings(&emulator.url()))
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
