//! A provider that does what the tests of the plugin server tell it to, above all what no provider should do.
//!
//! `on_create` and its like choose what an operation does; see [`Behaviour`]. Where an operation holds, it connects to
//! the unix socket that TOY_GATE names, says so in a line, and goes on when the other side closes.

#![allow(clippy::panic)]

mod account;
mod account_list;
mod greeting;
mod object;
mod plain;

use std::{io::Write, time::Duration};

use async_trait::async_trait;
use plugin::{self, About, Plugin, Registration, Shutdown, Stop, Timeouts};
use serde::{Deserialize, Serialize};
use tf_provider::{
    AttributePath, Diagnostic, Diagnostics, Provider, map,
    schema::{Attribute, AttributeConstraint, AttributeType, Block, Schema},
    value::{Value, ValueString},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const ABOUT: About = About {
    name: "terraform-provider-toy",
    version: "1.2.3",
    address: "example-org/toy",
    docs: "https://example.org/toy",
    summary: "does what tests tell it to",
};

struct Toy {
    stop: Stop,
}

#[derive(Serialize, Deserialize)]
struct Config<'a> {
    #[serde(borrow)]
    greeting: ValueString<'a>,
    #[serde(borrow)]
    token: ValueString<'a>,
    #[serde(borrow)]
    session: ValueString<'a>,
}

#[async_trait]
impl Provider for Toy {
    type Config<'a> = Config<'a>;
    type MetaState<'a> = Value<()>;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(Schema {
            version: 1,
            block: Block {
                attributes: map! {
                    "greeting" => attribute(AttributeType::String, AttributeConstraint::Optional),
                    "session" => attribute(AttributeType::String, AttributeConstraint::Computed),
                    "token" => Attribute {
                        sensitive: true,
                        ..attribute(AttributeType::String, AttributeConstraint::Optional)
                    },
                },
                ..Default::default()
            },
        })
    }

    async fn configure<'a>(&self, diags: &mut Diagnostics, _: String, config: Config<'a>) -> Option<()> {
        match config.greeting.as_str() {
            "panic" => panic!("at the configuration with hunter2"),
            "none" => return None,
            "refuse" => diags.add_error(Diagnostic {
                summary: "no such greeting".into(),
                detail: "".into(),
                attribute: AttributePath::new("greeting"),
            }),
            _ => {}
        }
        Some(())
    }
}

impl Plugin for Toy {
    fn register(&self, registration: &mut Registration) {
        let object = object::Object {
            stop: self.stop.clone(),
        };
        registration
            .resource("toy_object", object)
            .with_upgrade()
            .with_move();
        registration
            .resource("toy_account", account::Account)
            .with_upgrade()
            .with_move()
            .with_list()
            .with_generated_config()
            .write_only(["password_wo", "login.key_wo"])
            .deprecated("email", "Use name instead.");
        registration.function("greet", greeting::Greet);
        registration
            .action(
                "toy_ring",
                greeting::Ring {
                    stop: self.stop.clone(),
                },
            )
            .write_only(["token_wo"])
            .deprecated("on", "Do not.");
        registration.provider().deprecated("token", "Use greeting.");
        registration.resource("toy_plain", plain::Plain);
        registration
            .data_source(
                "toy_status",
                plain::Status {
                    stop: self.stop.clone(),
                },
            )
            .deprecated("", "Ask the toy itself.");
    }

    fn on_shutdown(&self, shutdown: &Shutdown) {
        tell(&format!("shutdown {:?} {}", shutdown.cause, shutdown.delivered));
    }
}

/// What an operation does.
#[derive(PartialEq)]
enum Behaviour {
    Fine,
    Panic,
    None,
    /// Holds until it is let go.
    Hold,
    /// Holds until the work should stop, then answers with what there is, and an error.
    Stop,
    /// Holds until the work should stop, and then on until it is let go.
    Stubborn,
    /// Answers, and adds an error.
    Error,
    /// Saves a checkpoint, and then…
    SavedPanic,
    SavedNone,
    SavedHold,
}

impl Behaviour {
    fn of(text: &str) -> Self {
        match text {
            "panic" => Self::Panic,
            "none" => Self::None,
            "hold" => Self::Hold,
            "stop" => Self::Stop,
            "stubborn" => Self::Stubborn,
            "error" => Self::Error,
            "saved-panic" => Self::SavedPanic,
            "saved-none" => Self::SavedNone,
            "saved-hold" => Self::SavedHold,
            _ => Self::Fine,
        }
    }

    /// Does it. `None` means that the operation answers `None`.
    async fn act(&self, name: &str, stop: &Stop, diags: &mut Diagnostics, save: impl Fn()) -> Option<()> {
        if matches!(self, Self::SavedPanic | Self::SavedNone | Self::SavedHold) {
            save();
        }
        match self {
            Self::Fine => {}
            Self::Panic | Self::SavedPanic => panic!("as told, with hunter2"),
            Self::None | Self::SavedNone => return None,
            Self::Hold | Self::SavedHold => gate(name).await,
            Self::Stop => {
                tell(name);
                stop.cancelled().await;
                diags.add_error(plain_error("stopped"));
            }
            Self::Stubborn => {
                tell(name);
                stop.cancelled().await;
                gate("stubborn").await;
                tell("done");
            }
            Self::Error => diags.add_error(plain_error("as told")),
        }
        Some(())
    }
}

fn plain_error(summary: &'static str) -> Diagnostic {
    Diagnostic {
        summary: summary.into(),
        detail: "".into(),
        attribute: AttributePath::default(),
    }
}

fn attribute(attr_type: AttributeType, constraint: AttributeConstraint) -> Attribute {
    Attribute {
        attr_type,
        constraint,
        description: "".into(),
        ..Default::default()
    }
}

/// Says `line` to the test, and goes on.
fn tell(line: &str) {
    let Some(path) = std::env::var_os("TOY_GATE") else {
        return;
    };
    if let Ok(mut gate) = std::os::unix::net::UnixStream::connect(path) {
        let _ = gate.write_all(format!("{line}\n").as_bytes());
    }
}

/// Says `line` to the test, and goes on when the test lets it.
async fn gate(line: &str) {
    let Some(path) = std::env::var_os("TOY_GATE") else {
        return;
    };
    if let Ok(mut gate) = tokio::net::UnixStream::connect(path).await {
        let _ = gate.write_all(format!("{line}\n").as_bytes()).await;
        let _ = gate.read_u8().await;
    }
}

/// A wait of the process's, if the test has one of its own.
fn wait(name: &str, usual: Duration) -> Duration {
    let set = std::env::var(name).ok().and_then(|millis| millis.parse().ok());
    set.map_or(usual, Duration::from_millis)
}

fn main() -> std::process::ExitCode {
    if let Some(socket) = std::env::var_os("TOY_CHECK_ACCESS") {
        let open = std::os::unix::net::UnixStream::connect(socket).is_ok();
        return if open { 10 } else { 11 }.into();
    }
    let usual = Timeouts::default();
    let timeouts = Timeouts {
        connect: wait("TOY_CONNECT", usual.connect),
        reconnect: wait("TOY_RECONNECT", usual.reconnect),
        finish: wait("TOY_FINISH", usual.finish),
        shutdown: wait("TOY_SHUTDOWN", usual.shutdown),
    };
    plugin::run_with_timeouts(ABOUT, timeouts, |stop| Toy { stop })
}
