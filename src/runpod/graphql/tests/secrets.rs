//! What errors and the log tell, and what they never do.

use std::{
    fmt::{Debug, Write},
    sync::{Arc, Mutex},
};

use runpod_emulator::{Effect, EnvVar, Fault, Root, StoredEndpoint};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt};

use super::{KEY, client, emulator, failure, json};
use crate::runpod::{EndpointsApi, Lookup, Operation, fake::call};

#[tokio::test]
async fn no_error_shows_the_key_even_if_the_api_echoes_it() {
    let echo = format!("the key {KEY} is wrong");
    let body = json!({"errors": [{"message": echo, "extensions": {"code": KEY}}]}).to_string();
    let mut effects: Vec<Effect> = [400, 401, 403, 404, 429, 500]
        .map(|status| Effect::http(status, &*body))
        .into();
    effects.extend([400, 401, 403, 404, 429, 500, 200].map(|status| Effect::http(status, &*echo)));
    effects.push(Effect::error(&echo, KEY));
    effects.push(json(
        &json!({"data": {"myself": {"endpoints": KEY}, "saveEndpoint": KEY}}),
    ));
    for effect in effects {
        for operation in [Operation::ListEndpoints, Operation::CreateEndpoint] {
            let failure = failure(operation, effect.clone()).await;
            let shown = format!("{failure} {failure:?}");
            assert!(!shown.contains(KEY), "{shown} after {effect:?}");
        }
    }
    let told = failure(Operation::CreateEndpoint, Effect::error(&echo, KEY)).await;
    assert_eq!(told.message, "the key (hidden) is wrong");
}

#[tokio::test]
async fn a_message_is_one_line_and_never_a_raw_body() {
    let failure = failure(Operation::ListEndpoints, Effect::html(200)).await;
    assert!(!failure.message.contains('<'), "{failure}");
    let message = "all\nis\nlost ".repeat(1000);
    let long = self::failure(Operation::CreateEndpoint, Effect::error(message, "RUNPOD"))
        .await
        .message;
    assert!(!long.contains('\n') && long.chars().count() < 400, "{long}");
}

/// Every event as a line of its level and fields.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<String>>);

impl<S: tracing::Subscriber> Layer<S> for Written {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target().starts_with("terraform_provider_runpod") {
            let mut text = self.0.lock().unwrap();
            write!(text, "{}", event.metadata().level()).unwrap();
            event.record(&mut Fields(&mut text));
            text.push('\n');
        }
    }
}

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

#[tokio::test]
async fn the_log_tells_each_call_and_no_secret() {
    let emulator = emulator();
    let id = emulator.add_endpoint(StoredEndpoint {
        env: vec![EnvVar::new("HF_TOKEN", "hf_secret")],
        ..StoredEndpoint::named("sdxl")
    });
    let client = client(&emulator);
    // Events that another test's thread is the first to reach are not seen: all are reached once before.
    client.account(&call()).await.unwrap();
    let written = Written::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(written.clone()));
    assert!(matches!(
        client.find(&call(), &id).await.unwrap(),
        Lookup::Found(_)
    ));
    emulator.fault(Fault::on(Root::Any).then(Effect::error(format!("{KEY} is wrong"), KEY)));
    assert!(client.account(&call()).await.is_err());
    emulator.fault(Fault::on(Root::Any).then(Effect::http(502, json!({"not": KEY}).to_string())));
    assert!(client.account(&call()).await.is_err());

    let text = written.0.lock().unwrap().clone();
    let calls: Vec<&str> = text.lines().filter(|line| line.starts_with("DEBUG")).collect();
    let expected = [
        ("ReadEndpoint", "status=200", "outcome=\"ok\""),
        ("ListEndpoints", "status=200", "outcome=\"GraphQL errors\""),
        ("ListEndpoints", "status=502", "outcome=\"Unavailable"),
    ];
    assert_eq!(calls.len(), expected.len(), "{text}");
    for (line, (operation, status, outcome)) in calls.iter().zip(expected) {
        for part in [operation, "attempt=1", status, "duration_ms=", outcome] {
            assert!(line.contains(part), "{part} is not in {line}");
        }
    }
    assert!(
        text.contains("TRACE") && text.contains("sdxl") && text.contains("HF_TOKEN"),
        "{text}"
    );
    for secret in [KEY, "hf_secret"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}
