//! A client of the toy provider: Terraform's calls, with states as JSON.

use serde_json::{Value as Json, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tonic::{Response, Status};
use tower_service::Service;

use crate::{connection::Http, support::soon};

/// Generated from `proto/tfplugin6.proto`.
#[allow(clippy::all, missing_docs, dead_code, deprecated)]
pub mod wire {
    include!(concat!(env!("OUT_DIR"), "/client/tfplugin6.rs"));
}

/// Generated from `proto/go_plugin.proto`.
#[allow(clippy::all, missing_docs, dead_code)]
pub mod go_plugin {
    include!(concat!(env!("OUT_DIR"), "/client/plugin.rs"));
}

use go_plugin::grpc_controller_client::GrpcControllerClient;
use wire::provider_client::ProviderClient;

/// The largest message that a client takes: more than any server sends.
const UNLIMITED: usize = 1 << 30;

/// A connection; it is closed when the client and its clones are dropped.
#[derive(Clone)]
pub struct Client {
    pub rpc: ProviderClient<Http>,
    controller: GrpcControllerClient<Http>,
    http: Http,
    /// The resource type that calls are about.
    type_name: &'static str,
}

/// What the toy's objects have.
const ATTRIBUTES: &[&str] = &[
    "id",
    "name",
    "size",
    "blob",
    "secret",
    "disk",
    "ports",
    "on_plan",
    "on_create",
    "on_read",
    "on_update",
    "on_destroy",
];

/// A whole object: what is not given is null.
pub fn object(given: Json) -> Json {
    whole(ATTRIBUTES, given)
}

/// What the toy's accounts have.
const ACCOUNT: &[&str] = &[
    "id",
    "name",
    "zone",
    "password_wo",
    "login",
    "email",
    "size",
    "seen",
    "on",
];

/// A whole account: what is not given is null.
pub fn account(given: Json) -> Json {
    whole(ACCOUNT, given)
}

fn whole(attributes: &[&str], given: Json) -> Json {
    let mut whole: serde_json::Map<_, _> = attributes
        .iter()
        .map(|name| ((*name).to_owned(), Json::Null))
        .collect();
    whole.extend(given.as_object().unwrap().clone());
    Json::Object(whole)
}

/// A value as Terraform sends it.
pub fn pack(value: &Json) -> Option<wire::DynamicValue> {
    Some(wire::DynamicValue {
        msgpack: rmp_serde::to_vec_named(value).unwrap(),
        json: Vec::new(),
    })
}

/// A value as the provider sends it.
pub fn unpack(value: &Option<wire::DynamicValue>) -> Json {
    match value {
        Some(value) if !value.json.is_empty() => serde_json::from_slice(&value.json).unwrap(),
        Some(value) => rmp_serde::from_slice(&value.msgpack).unwrap(),
        None => Json::Null,
    }
}

/// In msgpack, the value that is not known yet, as Terraform writes it and as tf-provider does; Terraform takes
/// either.
const UNKNOWN: [&[u8]; 2] = [&[0xd4, 0, 0], &[0xc7, 0, 0]];

/// The string that a test writes in its place.
const PLACEHOLDER: &[u8] = b"\xa9<unknown>";

/// Replaces every occurrence of some bytes.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut result = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(from.len()).position(|window| window == from) {
        result.extend_from_slice(&rest[..at]);
        result.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    result.extend_from_slice(rest);
    result
}

/// A value in which the string `<unknown>` stands for what is not known yet.
pub fn pack_unknown(value: &Json) -> Option<wire::DynamicValue> {
    let msgpack = replaced(&pack(value)?.msgpack, PLACEHOLDER, UNKNOWN[0]);
    Some(wire::DynamicValue {
        msgpack,
        ..Default::default()
    })
}

/// A value as the provider sends it, in which the string `<unknown>` stands for what is not known yet.
pub fn unpack_unknown(value: &Option<wire::DynamicValue>) -> Json {
    let mut value = value.clone().unwrap();
    value.msgpack = replaced(&value.msgpack, UNKNOWN[1], PLACEHOLDER);
    unpack(&Some(value))
}

/// The summaries of the errors.
pub fn errors(diagnostics: &[wire::Diagnostic]) -> Vec<&str> {
    let errors = diagnostics.iter().filter(|diag| diag.severity == 1);
    errors.map(|diag| diag.summary.as_str()).collect()
}

/// The name of the attribute that a diagnostic is about.
pub fn about(diagnostic: &wire::Diagnostic) -> Option<&str> {
    use wire::attribute_path::step::Selector;
    match diagnostic.attribute.as_ref()?.steps.first()?.selector.as_ref()? {
        Selector::AttributeName(name) => Some(name),
        _ => None,
    }
}

/// What the provider answers to a call.
pub async fn answer<T>(call: impl Future<Output = Result<Response<T>, Status>>) -> T {
    soon(call).await.unwrap().into_inner()
}

impl Client {
    /// A client that speaks over `stream`, unless it is turned away.
    pub async fn over(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Option<Self> {
        let http = Http::over(stream).await?;
        let origin: http::Uri = "http://localhost".parse().unwrap();
        let rpc = ProviderClient::with_origin(http.clone(), origin.clone())
            .max_decoding_message_size(UNLIMITED)
            .max_encoding_message_size(UNLIMITED);
        let mut client = Self {
            rpc,
            controller: GrpcControllerClient::with_origin(http.clone(), origin),
            http,
            type_name: "toy_object",
        };
        // With TLS 1.3 a client learns only now that it is not wanted.
        client
            .rpc
            .get_metadata(wire::get_metadata::Request {})
            .await
            .ok()?;
        Some(client)
    }

    /// The same connection for calls about another resource type.
    pub fn about(&self, type_name: &'static str) -> Self {
        Self {
            type_name,
            ..self.clone()
        }
    }

    /// Calls an RPC by its path with a message of one's own making; gives its status, as far as it is known
    /// before the answer's body.
    pub async fn status(&mut self, path: &str, message: &'static str) -> Option<String> {
        let request = http::Request::post(format!("http://localhost{path}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(tonic::body::Body::new(message.to_owned()))
            .unwrap();
        let answer = soon(self.http.call(request)).await.unwrap();
        let status = answer.headers().get("grpc-status")?;
        Some(status.to_str().unwrap().to_owned())
    }

    /// Asks the process to end.
    pub async fn shutdown(&mut self) {
        answer(self.controller.shutdown(go_plugin::Empty {})).await;
    }

    /// Tells the operations to stop.
    pub async fn stop(&mut self) {
        answer(self.rpc.stop_provider(wire::stop_provider::Request {})).await;
    }

    pub async fn schema(&mut self) -> wire::get_provider_schema::Response {
        answer(
            self.rpc
                .get_provider_schema(wire::get_provider_schema::Request {}),
        )
        .await
    }

    pub async fn configure(&mut self, greeting: &str) -> Vec<wire::Diagnostic> {
        let request = wire::configure_provider::Request {
            config: pack(&json!({ "greeting": greeting, "token": null, "session": null })),
            ..Default::default()
        };
        answer(self.rpc.configure_provider(request)).await.diagnostics
    }

    pub async fn validate_provider(&mut self, config: &Json) -> Vec<wire::Diagnostic> {
        let request = wire::validate_provider_config::Request { config: pack(config) };
        answer(self.rpc.validate_provider_config(request))
            .await
            .diagnostics
    }

    pub async fn validate_data_source(&mut self, type_name: &str, config: &Json) -> Vec<wire::Diagnostic> {
        let request = wire::validate_data_resource_config::Request {
            type_name: type_name.to_owned(),
            config: pack(config),
        };
        answer(self.rpc.validate_data_resource_config(request))
            .await
            .diagnostics
    }

    /// Reads a data source.
    pub async fn read_data_source(
        &mut self,
        type_name: &str,
        config: &Json,
    ) -> wire::read_data_source::Response {
        let request = wire::read_data_source::Request {
            type_name: type_name.to_owned(),
            config: pack(config),
            ..Default::default()
        };
        answer(self.rpc.read_data_source(request)).await
    }

    /// Whether operations are told to stop.
    pub async fn stopped(&mut self) -> bool {
        let config = json!({ "behaviour": null, "stopped": null });
        let answer = self.read_data_source("toy_status", &config).await;
        unpack(&answer.state)["stopped"].as_bool().unwrap()
    }

    pub async fn validate(&mut self, config: &Json) -> Vec<wire::Diagnostic> {
        let request = wire::validate_resource_config::Request {
            type_name: self.type_name.to_owned(),
            config: pack(config),
            ..Default::default()
        };
        answer(self.rpc.validate_resource_config(request))
            .await
            .diagnostics
    }

    /// Applies a change; null is no object.
    pub async fn apply(
        &mut self,
        prior: &Json,
        planned: &Json,
        private: &[u8],
    ) -> wire::apply_resource_change::Response {
        let request = wire::apply_resource_change::Request {
            type_name: self.type_name.to_owned(),
            prior_state: pack(prior),
            planned_state: pack(planned),
            config: pack(planned),
            planned_private: private.to_vec(),
            ..Default::default()
        };
        answer(self.rpc.apply_resource_change(request)).await
    }

    /// Creates an object with what is given.
    pub async fn create(&mut self, given: Json) -> wire::apply_resource_change::Response {
        self.apply(&Json::Null, &object(given), &[]).await
    }

    pub async fn read(&mut self, state: &Json, private: &[u8]) -> wire::read_resource::Response {
        let request = wire::read_resource::Request {
            type_name: self.type_name.to_owned(),
            current_state: pack(state),
            private: private.to_vec(),
            ..Default::default()
        };
        answer(self.rpc.read_resource(request)).await
    }

    pub async fn plan(
        &mut self,
        prior: &Json,
        proposed: &Json,
        private: &[u8],
    ) -> wire::plan_resource_change::Response {
        let request = wire::plan_resource_change::Request {
            type_name: self.type_name.to_owned(),
            prior_state: pack(prior),
            proposed_new_state: pack(proposed),
            config: pack(proposed),
            prior_private: private.to_vec(),
            ..Default::default()
        };
        answer(self.rpc.plan_resource_change(request)).await
    }

    /// Upgrades a stored state, as the text in which it is stored.
    pub async fn upgrade(&mut self, version: i64, state: &str) -> wire::upgrade_resource_state::Response {
        let raw = wire::RawState {
            json: state.as_bytes().to_vec(),
            ..Default::default()
        };
        let request = wire::upgrade_resource_state::Request {
            type_name: self.type_name.to_owned(),
            version,
            raw_state: Some(raw),
        };
        answer(self.rpc.upgrade_resource_state(request)).await
    }

    /// Moves a state that another provider's resource type has stored, as the text in which it is stored.
    pub async fn move_state(&mut self, from: &str, state: &str) -> wire::move_resource_state::Response {
        let raw = wire::RawState {
            json: state.as_bytes().to_vec(),
            ..Default::default()
        };
        let request = wire::move_resource_state::Request {
            source_provider_address: "registry.terraform.io/example-org/other".to_owned(),
            source_type_name: from.to_owned(),
            source_state: Some(raw),
            target_type_name: self.type_name.to_owned(),
            ..Default::default()
        };
        answer(self.rpc.move_resource_state(request)).await
    }

    pub async fn import(&mut self, id: &str) -> wire::import_resource_state::Response {
        let request = wire::import_resource_state::Request {
            type_name: self.type_name.to_owned(),
            id: id.to_owned(),
            ..Default::default()
        };
        answer(self.rpc.import_resource_state(request)).await
    }
}
