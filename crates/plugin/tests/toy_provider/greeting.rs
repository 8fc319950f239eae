//! A function and an action, which do as their arguments tell them.

use async_trait::async_trait;
use plugin::{Action, Progress, Stop};
use serde::Deserialize;
use tf_provider::{
    Diagnostics, Function, map,
    schema::{
        AttributeConstraint, AttributeType, Block, Description, FunctionSchema, Parameter, Schema, Type,
    },
    value::Value,
};

use crate::{account::said, attribute, gate, plain_error, tell};

/// `greet(name, title, others...)`
pub struct Greet;

#[async_trait]
impl Function for Greet {
    type Input<'a> = (String, Value<String>, Vec<String>);
    type Output<'a> = String;

    fn schema(&self, _: &mut Diagnostics) -> Option<FunctionSchema> {
        let parameter = |name: &str| Parameter {
            name: name.to_owned(),
            param_type: Type::String,
            description: Description::markdown(format!("The {name}.")),
            ..Default::default()
        };
        Some(FunctionSchema {
            parameters: vec![
                parameter("name"),
                Parameter {
                    allow_null: true,
                    ..parameter("title")
                },
            ],
            variadic: Some(parameter("others")),
            return_type: Type::String,
            summary: "Greets".to_owned(),
            description: Description::markdown("Greets everybody."),
            deprecated: Some("Wave instead.".to_owned()),
        })
    }

    async fn call<'a>(
        &self,
        diags: &mut Diagnostics,
        (name, title, others): (String, Value<String>, Vec<String>),
    ) -> Option<String> {
        match name.as_str() {
            "panic" => panic!("as told, with hunter2"),
            "none" => return None,
            "nobody" => {
                diags.function_error(0, "nobody is there.");
                return None;
            }
            _ => {}
        }
        if let Some(index) = others.iter().position(|other| other == "nobody") {
            diags.function_error(2 + index as i64, "nobody is there");
        }
        Some(format!("{} {name} {}", said(&title), others.join(" ")))
    }
}

/// An action with a target.
pub struct Ring {
    pub stop: Stop,
}

#[derive(Deserialize)]
pub struct Bell {
    target: Value<String>,
    token_wo: Value<String>,
    on: Value<String>,
}

#[async_trait]
impl Action for Ring {
    type Config<'a> = Bell;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        use AttributeConstraint::{Computed, Optional};
        Some(Schema {
            version: 1,
            block: Block {
                attributes: map! {
                    "target" => attribute(AttributeType::String, Optional),
                    "token_wo" => attribute(AttributeType::String, Optional),
                    "on" => attribute(AttributeType::String, Optional),
                    "result" => attribute(AttributeType::String, Computed),
                },
                ..Default::default()
            },
        })
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Bell) -> Option<()> {
        if said(&config.on) == "forbidden" {
            diags.add_error(plain_error("no such bell"));
        }
        Some(())
    }

    async fn plan<'a>(&self, diags: &mut Diagnostics, config: Bell) -> Option<()> {
        if said(&config.on) == "forbidden" {
            diags.add_error(plain_error("no such bell"));
        }
        diags.add_warning(plain_error(match said(&config.target) {
            "unknown" => "it is not known yet",
            "null" => "it is nobody",
            _ => "it is somebody",
        }));
        Some(())
    }

    async fn invoke<'a>(&self, diags: &mut Diagnostics, config: Bell, progress: &Progress) -> Option<()> {
        progress
            .send(format!(
                "ringing {} {}",
                said(&config.target),
                said(&config.token_wo)
            ))
            .await;
        match said(&config.on) {
            "many" => {
                for ring in 0..100 {
                    progress.send(format!("ring {ring}")).await;
                }
            }
            "error" => diags.add_error(plain_error("as told")),
            "panic" => panic!("as told, with hunter2"),
            "none" => return None,
            "hold" => {
                gate("ringing").await;
                progress.send("rung").await;
                tell("rung");
            }
            "stop" => {
                self.stop.cancelled().await;
                diags.add_error(plain_error("stopped"));
            }
            _ => {}
        }
        Some(())
    }
}
