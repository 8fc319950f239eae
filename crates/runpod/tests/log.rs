//! What the client's log tells of each call, and what it never does. It is alone in its process: whether an event is
//! seen is settled for the whole process by the thread that reaches it first.
#![allow(clippy::unwrap_used)]

use std::{
    fmt::{Debug, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use runpod::{Api, Call, Client, Settings};
use runpod_emulator::{Effect, Emulator, EnvVar, Fault, Options, Root, StoredEndpoint};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tracing::field::{Field, Visit};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt};

const KEY: &str = "rpa_LOG0SECRET0KEY";

/// Every event of the provider as a line of its level and fields.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<String>>);

impl<S: tracing::Subscriber> Layer<S> for Written {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target().starts_with("runpod::") {
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
    let written = Written::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(written.clone()));
    let emulator = Emulator::with(Options {
        keys: vec![KEY.to_owned()],
        ..Options::default()
    })
    .unwrap();
    let id = emulator.add_endpoint(StoredEndpoint {
        env: vec![EnvVar::new("HF_TOKEN", "hf_secret")],
        ..StoredEndpoint::named("sdxl")
    });
    let url = emulator.url();
    let client = Client::new(Settings {
        graphql_url: url.parse().unwrap(),
        rest_url: url.parse().unwrap(),
        jobs_url: url.parse().unwrap(),
        key: KEY.into(),
        user_agent: "terraform-provider-runpod/0.0.0 (+terraform 1.0.0)".to_owned(),
        request_timeout: Duration::from_secs(30),
        max_retries: 1,
    })
    .unwrap();
    let client = client.endpoints(Api::GraphQl);
    let call = Call::within(Duration::from_secs(60), CancellationToken::new());

    assert!(client.find(&call, &id).await.unwrap().is_some());
    let echo = json!({"the key": KEY}).to_string();
    emulator.fault(Fault::on(Root::Any).then(Effect::http(502, echo)));
    emulator.fault(Fault::on(Root::Any).then(Effect::error(format!("{KEY} is wrong"), KEY)));
    assert!(client.list(&call).await.is_err());

    let text = written.0.lock().unwrap().clone();
    let calls: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("Runpod API call"))
        .collect();
    let expected = [
        ["\"myself.endpoint\"", "attempt=1", "status=200", "outcome=\"ok\""],
        [
            "\"myself.endpoints\"",
            "attempt=1",
            "status=502",
            "outcome=\"Unavailable",
        ],
        [
            "\"myself.endpoints\"",
            "attempt=2",
            "status=200",
            "outcome=\"Incomplete\"",
        ],
    ];
    assert_eq!(calls.len(), expected.len(), "{text}");
    for (line, expected) in calls.iter().zip(expected) {
        for part in expected.into_iter().chain(["DEBUG", "duration_ms="]) {
            assert!(line.contains(part), "{part} is not in {line}");
        }
    }
    let bodies: String = text.lines().filter(|line| line.starts_with("TRACE")).collect();
    for shown in ["sdxl", "HF_TOKEN", "(hidden) is wrong"] {
        assert!(bodies.contains(shown), "{shown} is not in {bodies}");
    }
    for secret in [KEY, "hf_secret"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}
