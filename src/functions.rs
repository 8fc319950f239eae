//! Functions of the provider, pure tables: `endpoint_url`, `parse_instance_id`, `secret_reference`.
//!
//! Terraform calls them on a provider that is not configured, so that they ask nobody.

use std::collections::HashMap;

use async_trait::async_trait;
use plugin::Registration;
use tf_provider::{
    Diagnostics, Function,
    schema::{Description, FunctionSchema, Parameter, Type},
    value::Value,
};

use crate::{
    endpoint::{self, rules},
    managed::value::{Attributes, Datum, integer, text},
    secret,
};

/// Registers the functions.
pub fn register(registration: &mut Registration) {
    registration.function("endpoint_url", EndpointUrl);
    registration.function("parse_instance_id", ParseInstanceId);
    registration.function("secret_reference", SecretReference);
}

fn string(name: &str, description: &str) -> Parameter {
    Parameter {
        name: name.to_owned(),
        param_type: Type::String,
        allow_null: false,
        allow_unknown: false,
        description: Description::markdown(description),
    }
}

/// `endpoint_url(id, type)`.
struct EndpointUrl;

#[async_trait]
impl Function for EndpointUrl {
    type Input<'a> = (String, String);
    type Output<'a> = String;

    fn schema(&self, _: &mut Diagnostics) -> Option<FunctionSchema> {
        Some(FunctionSchema {
            parameters: vec![
                string("id", "The endpoint's id."),
                string("type", "The endpoint's type: `QB` or `LB`."),
            ],
            return_type: Type::String,
            summary: "Where an endpoint's jobs go".to_owned(),
            description: Description::markdown(
                "The address of an endpoint: `https://api.runpod.ai/v2/<id>` for one with a queue (`QB`), \
                 `https://<id>.api.runpod.ai` for one behind a load balancer (`LB`).",
            ),
            ..FunctionSchema::default()
        })
    }

    async fn call<'a>(&self, diags: &mut Diagnostics, (id, kind): (String, String)) -> Option<String> {
        if id.is_empty()
            || !id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        {
            let problem = format!("an endpoint's id has letters and digits alone; {id:?} was given");
            diags.function_error(0, problem);
        }
        if !["QB", "LB"].contains(&kind.as_str()) {
            diags.function_error(
                1,
                format!("the type must be \"QB\" or \"LB\"; {kind:?} was given"),
            );
        }
        diags.errors.is_empty().then(|| endpoint::url(&id, &kind))
    }
}

/// `parse_instance_id(instance_id)`.
struct ParseInstanceId;

#[async_trait]
impl Function for ParseInstanceId {
    type Input<'a> = (String,);
    type Output<'a> = Value<Datum>;

    fn schema(&self, _: &mut Diagnostics) -> Option<FunctionSchema> {
        let parts = HashMap::from([
            ("flavor".to_owned(), Type::String),
            ("vcpus".to_owned(), Type::Number),
            ("memory_gb".to_owned(), Type::Number),
        ]);
        Some(FunctionSchema {
            parameters: vec![string("instance_id", "A CPU instance, such as `cpu3c-2-4`.")],
            return_type: Type::Object(parts),
            summary: "The parts of a CPU instance's id".to_owned(),
            description: Description::markdown(
                "Takes the id of a CPU instance apart: `cpu3c-2-4` is `{ flavor = \"cpu3c\", vcpus = 2, memory_gb = 4 }`.",
            ),
            ..FunctionSchema::default()
        })
    }

    async fn call<'a>(&self, diags: &mut Diagnostics, (id,): (String,)) -> Option<Value<Datum>> {
        let Some((flavor, vcpus, memory)) = rules::instance(&id) else {
            let problem = format!(
                "an instance id has a flavour, vCPUs and GB of memory, such as \"cpu3c-2-4\"; {id:?} was given"
            );
            diags.function_error(0, problem);
            return None;
        };
        let mut parts = Attributes::default();
        parts.set("flavor", text(Some(flavor)));
        parts.set("vcpus", integer(Some(vcpus)));
        parts.set("memory_gb", integer(Some(memory)));
        Some(Value::Value(Datum::Object(parts)))
    }
}

/// `secret_reference(name)`.
struct SecretReference;

#[async_trait]
impl Function for SecretReference {
    type Input<'a> = (String,);
    type Output<'a> = String;

    fn schema(&self, _: &mut Diagnostics) -> Option<FunctionSchema> {
        Some(FunctionSchema {
            parameters: vec![string("name", "The secret's name.")],
            return_type: Type::String,
            summary: "What an environment has for a secret".to_owned(),
            description: Description::markdown(
                "The value of a variable in `env` that gets the value of a secret: `{{ RUNPOD_SECRET_<name> }}`. For a secret \
                 that the configuration makes, `runpod_secret.x.reference` is better: it says that the secret comes first.",
            ),
            ..FunctionSchema::default()
        })
    }

    async fn call<'a>(&self, diags: &mut Diagnostics, (name,): (String,)) -> Option<String> {
        if let Err(problem) = secret::name(&name) {
            diags.function_error(0, format!("{problem}; {name:?} was given"));
            return None;
        }
        Some(secret::reference(&name))
    }
}
