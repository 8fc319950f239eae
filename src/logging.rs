//! `tracing` events as the structured lines on stderr that `TF_LOG` understands.
//!
//! Terraform reads a provider's stderr line by line: a JSON object with `@level`, `@message`, `@module` and
//! `@timestamp` (go-hclog's format) arrives in its log at that level, anything else as plain debug text. Only this
//! workspace's own events are written: those of the libraries below it tell of frames and buffers, and could show what
//! is in them.

use std::{env, fmt::Debug, io::Write};

use jiff::Timestamp;
use serde_json::{Map, Value};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
};
use tracing_subscriber::{
    Layer,
    filter::Targets,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
    util::SubscriberInitExt,
};

/// Where the level is looked for, the most specific first, as Terraform itself does.
const VARIABLES: [&str; 3] = ["TF_LOG_PROVIDER_RUNPOD", "TF_LOG_PROVIDER", "TF_LOG"];

/// Starts writing events, if any of Terraform's variables asks for them.
pub fn start() {
    let asked = VARIABLES
        .iter()
        .find_map(|name| env::var(name).ok().filter(|level| !level.is_empty()));
    let level = asked.map_or(LevelFilter::OFF, |level| parse(&level));
    if level != LevelFilter::OFF {
        // It fails only if a subscriber is set already, and then that one is wanted.
        let _ = tracing_subscriber::registry()
            .with(
                Lines.with_filter(
                    Targets::new()
                        .with_target(env!("CARGO_CRATE_NAME"), level)
                        .with_target("plugin", level)
                        .with_target("runpod", level),
                ),
            )
            .try_init();
    }
}

/// The level of a `TF_LOG` value; Terraform takes an unknown one for `TRACE`.
fn parse(level: &str) -> LevelFilter {
    match level.to_ascii_uppercase().as_str() {
        "OFF" => LevelFilter::OFF,
        "ERROR" => LevelFilter::ERROR,
        "WARN" => LevelFilter::WARN,
        "INFO" => LevelFilter::INFO,
        "DEBUG" => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    }
}

struct Lines;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = line(event.metadata());
        event.record(&mut Fields(&mut line));
        // There is nowhere to tell that stderr is gone.
        let _ = writeln!(std::io::stderr().lock(), "{}", Value::Object(line));
    }
}

fn line(metadata: &Metadata<'_>) -> Map<String, Value> {
    let level = match *metadata.level() {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    };
    // The crate that speaks: `plugin`, `runpod`, or the provider itself.
    let speaker = metadata.target().split("::").next().unwrap_or_default();
    let speaker = if speaker == env!("CARGO_CRATE_NAME") {
        "main"
    } else {
        speaker
    };
    let mut line = Map::new();
    line.insert("@level".to_owned(), level.into());
    line.insert("@module".to_owned(), format!("provider.{speaker}").into());
    line.insert("@timestamp".to_owned(), format!("{:.6}", Timestamp::now()).into());
    line
}

struct Fields<'a>(&'a mut Map<String, Value>);

impl Fields<'_> {
    fn put(&mut self, field: &Field, value: Value) {
        let name = if field.name() == "message" {
            "@message"
        } else {
            field.name()
        };
        self.0.insert(name.to_owned(), value);
    }
}

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, format!("{value:?}").into());
    }
}
