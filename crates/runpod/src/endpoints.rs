//! Serverless endpoints: what one is and what can be asked of it, whichever API is asked.
//!
//! Both APIs show the same rows under the same ids (V2 8.1). [`crate::graphql::endpoints`] and
//! [`crate::rest::endpoints`] say how each of them spells what stands here.

use std::{collections::BTreeMap, fmt, sync::Arc};

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{Call, Collection, Env, Error, KnownRefusal, Object, Refusal, graphql};

/// The sum of `workers_max` over the account would exceed its quota.
pub const WORKER_QUOTA: Refusal = Refusal("worker quota");
/// The template does not exist.
pub const TEMPLATE_NOT_FOUND: Refusal = Refusal("template not found");
/// The template is one for pods.
pub const POD_TEMPLATE: Refusal = Refusal("pod template");
/// A network volume does not exist.
pub const VOLUME_NOT_FOUND: Refusal = Refusal("volume not found");
/// The API misses GPU pools; on a CPU endpoint that is a fault of Runpod's (V2 3.3).
pub const GPU_IDS_MISSING: Refusal = Refusal("gpu ids missing");
/// The name of the template that an endpoint brings along is taken.
pub const TEMPLATE_NAME_TAKEN: Refusal = Refusal("template name taken");

/// The refusals of writes to endpoints that are known (API facts 2.11).
pub const REFUSALS: &[KnownRefusal] = &[
    refusal(&["worker quota"], WORKER_QUOTA),
    refusal(&["workers quota"], WORKER_QUOTA),
    refusal(&["unable to find template"], TEMPLATE_NOT_FOUND),
    refusal(&["cannot use pod templates"], POD_TEMPLATE),
    refusal(&["network volume", "not found"], VOLUME_NOT_FOUND),
    refusal(&["gpuid(s) is required"], GPU_IDS_MISSING),
    refusal(&["you must have at least", "balance"], Refusal::BALANCE),
    refusal(&["template name", "must be unique"], TEMPLATE_NAME_TAKEN),
];

const fn refusal(says: &'static [&'static str], means: Refusal) -> KnownRefusal {
    KnownRefusal { says, means }
}

/// An endpoint as a read shows it. What the API does not tell is `None`, or empty where empty means none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Endpoint {
    /// 14 lower-case letters and digits, never empty.
    pub id: String,
    /// Names are not unique.
    pub name: String,
    /// The template that it is linked to; GraphQL alone tells (V2 2.5).
    pub template_id: Option<String>,
    /// Whether GraphQL shows that template to be bound to this endpoint: then it may be the private copy that REST v2 keeps
    /// of the template that was applied last (V2 2.5).
    pub template_is_own: bool,
    /// The container's image; this and what follows to [`Endpoint::registry_id`] REST v2 alone tells.
    pub image: Option<String>,
    /// Arguments of the container as one text; none where empty.
    pub args: Option<String>,
    /// The container's entrypoint.
    pub entrypoint: Vec<String>,
    /// The container's command.
    pub cmd: Vec<String>,
    /// The container's disk in GB.
    pub disk: Option<i64>,
    /// Open ports, such as `8080/http`.
    pub ports: Vec<String>,
    /// The container's environment; the platform may add keys of its own.
    pub env: Env,
    /// The credential for the image's registry.
    pub registry_id: Option<String>,
    /// GPU pools in order of priority and exclusions such as `-NVIDIA RTX A4500`; empty on a CPU endpoint.
    pub gpu_ids: Vec<String>,
    /// GPUs for each worker; none on a CPU endpoint.
    pub gpu_count: Option<i64>,
    /// CPU instances in order of priority, such as `cpu3c-2-4`; empty on a GPU endpoint.
    pub instance_ids: Vec<String>,
    /// `QB` or `LB`, or a word that the API has learnt since.
    pub kind: Option<String>,
    /// Workers that are always on.
    pub workers_min: Option<i64>,
    /// Most workers at a time.
    pub workers_max: Option<i64>,
    /// Seconds that a worker stays on; REST v2 hides it for queue endpoints that scale on requests (V2 2.1).
    pub idle_timeout: Option<i64>,
    /// `QUEUE_DELAY` or `REQUEST_COUNT`, or a word that the API has learnt since.
    pub scaler_type: Option<String>,
    /// Seconds, which may have a fraction on REST v2, or requests.
    pub scaler_value: Option<f64>,
    /// Milliseconds that a request may run; 0 is no limit.
    pub execution_timeout_ms: Option<i64>,
    /// `OFF`, `FLASHBOOT` or `PRIORITY_FLASHBOOT`, or a word that the API has learnt since.
    pub flashboot: Option<String>,
    /// Where workers may run: country codes (GraphQL alone) or data centre ids; empty is anywhere.
    pub locations: Vec<String>,
    /// The volume in GraphQL's legacy field; none on REST v2.
    pub network_volume_id: Option<String>,
    /// The volumes in the API's list. See [`Endpoint::volume_ids`].
    pub network_volume_ids: Vec<String>,
    /// CUDA versions that a machine may have, `major.minor`; empty is any.
    pub allowed_cuda_versions: Vec<String>,
    /// Lowest CUDA version that a machine may have.
    pub min_cuda_version: Option<String>,
    /// When it was created, as ISO 8601.
    pub created_at: Option<String>,
    /// What a save over GraphQL must send again; in what a read by id over GraphQL gives.
    pub resave: Resave,
}

impl Endpoint {
    /// Whether its workers are CPU instances.
    pub fn is_cpu(&self) -> bool {
        !self.instance_ids.is_empty()
    }

    /// The ids of all volumes attached, through whichever field they are read.
    pub fn volume_ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.network_volume_ids.iter().map(String::as_str).collect();
        let single = self.network_volume_id.as_deref().filter(|id| !ids.contains(id));
        ids.extend(single);
        ids
    }
}

impl Object for Endpoint {
    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn created_at(&self) -> Option<i64> {
        let created: jiff::Timestamp = self.created_at.as_deref()?.parse().ok()?;
        Some(created.as_millisecond())
    }
}

/// GraphQL's part of an endpoint, which is nobody else's business; it is no part of what makes two endpoints equal.
#[derive(Clone, Default)]
pub struct Resave(pub(crate) Option<Arc<graphql::saved::Saved>>);

impl PartialEq for Resave {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Resave {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "kept" } else { "none" })
    }
}

/// What a create asks for, or what an update changes: `None` is left to the API or as it is; an empty text, list or
/// map clears.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EndpointWrite {
    /// Required at creation.
    pub name: Option<String>,
    /// The template to link to (GraphQL), or to apply once, even if it was applied before (REST v2).
    pub template_id: Option<String>,
    /// The container's image; this and what follows to [`EndpointWrite::registry_id`] REST v2 alone takes.
    pub image: Option<String>,
    /// Arguments of the container as one text; excludes the two that follow.
    pub args: Option<String>,
    /// The container's entrypoint.
    pub entrypoint: Option<Vec<String>>,
    /// The container's command.
    pub cmd: Option<Vec<String>>,
    /// The container's disk in GB.
    pub disk: Option<i64>,
    /// Open ports, such as `8080/http`.
    pub ports: Option<Vec<String>>,
    /// The whole environment.
    pub env: Option<Env>,
    /// The credential for the image's registry.
    pub registry_id: Option<String>,
    /// GPU pools in order of priority and exclusions such as `-NVIDIA RTX A4500`, in any order.
    pub gpu_ids: Option<Vec<String>>,
    /// GPUs for each worker.
    pub gpu_count: Option<i64>,
    /// CPU instances in order of priority, such as `cpu3c-2-4`.
    pub instance_ids: Option<Vec<String>>,
    /// `QB` or `LB`; at creation alone.
    pub kind: Option<String>,
    /// Workers that are always on.
    pub workers_min: Option<i64>,
    /// Most workers at a time.
    pub workers_max: Option<i64>,
    /// Seconds that a worker stays on.
    pub idle_timeout: Option<i64>,
    /// `QUEUE_DELAY` or `REQUEST_COUNT`.
    pub scaler_type: Option<String>,
    /// Seconds or requests.
    pub scaler_value: Option<f64>,
    /// Milliseconds that a request may run; 0 is no limit.
    pub execution_timeout_ms: Option<i64>,
    /// `OFF`, `FLASHBOOT` or `PRIORITY_FLASHBOOT`.
    pub flashboot: Option<String>,
    /// Where workers may run.
    pub locations: Option<Vec<String>>,
    /// The one volume to attach; empty detaches. With [`EndpointWrite::network_volume_ids`] it says which volumes
    /// there are in all: the one that is not empty counts.
    pub network_volume_id: Option<String>,
    /// The volumes to attach.
    pub network_volume_ids: Option<Vec<String>>,
    /// CUDA versions that a machine may have.
    pub allowed_cuda_versions: Option<Vec<String>>,
    /// Lowest CUDA version that a machine may have.
    pub min_cuda_version: Option<String>,
}

impl EndpointWrite {
    /// All volumes that it asks for; `None` where it leaves them.
    pub fn volume_ids(&self) -> Option<Vec<&str>> {
        if self.network_volume_id.is_none() && self.network_volume_ids.is_none() {
            return None;
        }
        let many: Vec<&str> = self
            .network_volume_ids
            .iter()
            .flatten()
            .map(String::as_str)
            .collect();
        let single = self.network_volume_id.as_deref().filter(|id| !id.is_empty());
        Some(if many.is_empty() {
            single.into_iter().collect()
        } else {
            many
        })
    }
}

/// A worker of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    /// What it is doing, or is meant to be doing, in the API's own word.
    pub status: String,
}

/// An account's discount.
#[derive(Clone, Debug, PartialEq)]
pub struct Discount {
    /// The factor on the price.
    pub factor: Option<f64>,
    /// What it applies to, such as `SERVERLESS`.
    pub kind: Option<String>,
    /// When it ends, as ISO 8601.
    pub expiration_date: Option<String>,
}

/// The endpoints of an account, through either API.
#[async_trait]
pub trait Endpoints: Collection<Object = Endpoint, Write = EndpointWrite> {
    /// The workers of one endpoint, or an empty list where it has none.
    async fn workers(&self, call: &Call, id: &str) -> Result<Vec<Worker>, Error>;

    /// The workers of all endpoints by the endpoints' ids; `None` where the API does not tell them in one call.
    async fn all_workers(&self, call: &Call) -> Result<Option<BTreeMap<String, Vec<Worker>>>, Error>;

    /// The account's discount on serverless; always `None` on REST v2, which has no such thing.
    async fn serverless_discount(&self, call: &Call) -> Result<Option<Discount>, Error>;
}

/// [`Collection::asked`] of endpoints.
pub(crate) fn asked(write: &EndpointWrite) -> Value {
    let list = |list: &Option<Vec<String>>| json!(list);
    let all = json!({
        "name": write.name, "templateId": write.template_id, "image": write.image, "args": write.args,
        "entrypoint": list(&write.entrypoint), "cmd": list(&write.cmd), "disk": write.disk,
        "ports": list(&write.ports), "env": write.env.as_ref().map(Env::digests), "registry": write.registry_id,
        "gpuIds": list(&write.gpu_ids), "gpuCount": write.gpu_count, "instanceIds": list(&write.instance_ids),
        "type": write.kind, "workersMin": write.workers_min, "workersMax": write.workers_max,
        "idleTimeout": write.idle_timeout, "scalerType": write.scaler_type, "scalerValue": write.scaler_value,
        "executionTimeoutMs": write.execution_timeout_ms, "flashBootType": write.flashboot,
        "locations": list(&write.locations), "networkVolumeIds": write.volume_ids(),
        "allowedCudaVersions": list(&write.allowed_cuda_versions), "minCudaVersion": write.min_cuda_version,
    });
    without_nulls(all)
}

/// The object without the fields that are null.
pub(crate) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        other => other,
    }
}

/// [`Collection::is_as_asked`] of endpoints: lists are compared as sets, and more variables than were asked for may
/// be there, since the platform adds some.
pub(crate) fn is_as_asked(asked: &Value, endpoint: &Endpoint) -> bool {
    let some = |list: &[String]| (!list.is_empty()).then(|| json!(list));
    let found = |field: &str| -> Option<Value> {
        let text = |text: &Option<String>| text.as_ref().map(|text| json!(text));
        let number = |number: Option<i64>| number.map(|number| json!(number));
        match field {
            "templateId" => text(&endpoint.template_id),
            "image" => text(&endpoint.image),
            "args" => text(&endpoint.args),
            "entrypoint" => some(&endpoint.entrypoint),
            "cmd" => some(&endpoint.cmd),
            "disk" => number(endpoint.disk),
            "ports" => some(&endpoint.ports),
            "registry" => text(&endpoint.registry_id),
            "gpuIds" => some(&endpoint.gpu_ids),
            "gpuCount" => number(endpoint.gpu_count),
            "instanceIds" => some(&endpoint.instance_ids),
            "type" => text(&endpoint.kind),
            "workersMin" => number(endpoint.workers_min),
            "workersMax" => number(endpoint.workers_max),
            "idleTimeout" => number(endpoint.idle_timeout),
            "scalerType" => text(&endpoint.scaler_type),
            "scalerValue" => endpoint.scaler_value.map(|value| json!(value)),
            "executionTimeoutMs" => number(endpoint.execution_timeout_ms),
            "flashBootType" => text(&endpoint.flashboot),
            "locations" => some(&endpoint.locations),
            "networkVolumeIds" => Some(json!(endpoint.volume_ids())),
            "allowedCudaVersions" => some(&endpoint.allowed_cuda_versions),
            "minCudaVersion" => text(&endpoint.min_cuda_version),
            _ => None,
        }
    };
    let asked = asked.as_object().into_iter().flatten();
    asked.into_iter().all(|(field, asked)| match field.as_str() {
        "name" => true,
        "env" => endpoint.image.is_none() || has_variables(asked, &endpoint.env),
        _ => found(field).is_none_or(|found| unordered(asked) == unordered(&found)),
    })
}

/// Whether all variables are there that were asked for, given as digests.
pub(crate) fn has_variables(asked: &Value, env: &Env) -> bool {
    let found = env.digests();
    let asked = asked.as_object().into_iter().flatten();
    asked
        .into_iter()
        .all(|(name, digest)| found.get(name) == Some(digest))
}

/// A value as a sorted list of parts: a list's items, or a single part. Numbers are compared as numbers.
pub(crate) fn unordered(value: &Value) -> Vec<String> {
    let part = |value: &Value| match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number
            .as_f64()
            .map_or_else(|| number.to_string(), |number| number.to_string()),
        other => other.to_string(),
    };
    let mut parts: Vec<String> = match value {
        Value::Array(items) => items.iter().map(part).collect(),
        other => vec![part(other)],
    };
    parts.retain(|part| !part.is_empty());
    parts.sort();
    parts.dedup();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_is_known_in_each_of_its_wordings() {
        let rows = [
            (
                "Max workers across all endpoints must not exceed your workers quota (30). Reduce the max workers.",
                WORKER_QUOTA,
            ),
            (
                "create endpoint: create endpoint: graphql: This will exceed your worker quota of 10. Reduce to at most 9",
                WORKER_QUOTA,
            ),
            ("Unable to find template", TEMPLATE_NOT_FOUND),
            (
                "Serverless endpoints cannot use pod templates. Please use a serverless template.",
                POD_TEMPLATE,
            ),
            ("Network volume \"agv6w2qcg7\" not found", VOLUME_NOT_FOUND),
            ("gpuId(s) is required for a gpu endpoint", GPU_IDS_MISSING),
            (
                "You must have at least $0.01 in your account balance to create an endpoint.",
                Refusal::BALANCE,
            ),
            ("endpoint template names must be unique", TEMPLATE_NAME_TAKEN),
        ];
        for (text, refusal) in rows {
            assert_eq!(KnownRefusal::find(REFUSALS, text), Some(refusal), "{text}");
        }
        assert_eq!(KnownRefusal::find(REFUSALS, "The stars are not right"), None);
    }

    #[test]
    fn what_was_asked_for_holds_no_value_of_a_variable_and_nothing_that_was_not_asked() {
        let write = EndpointWrite {
            name: Some("sdxl".to_owned()),
            env: Some(Env::from([("HF_TOKEN", "hf_secret")])),
            ..EndpointWrite::default()
        };
        let asked = asked(&write);
        assert!(!asked.to_string().contains("hf_secret"), "{asked}");
        let fields: Vec<&String> = asked
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(fields, ["env", "name"]);
    }

    #[test]
    fn an_endpoint_is_as_asked_in_any_order_and_with_more_variables() {
        let write = EndpointWrite {
            name: Some("sdxl".to_owned()),
            gpu_ids: Some(vec!["ADA_24".to_owned(), "-NVIDIA L4".to_owned()]),
            scaler_value: Some(4.0),
            env: Some(Env::from([("A", "1")])),
            network_volume_id: Some("agv6w2qcg7".to_owned()),
            ..EndpointWrite::default()
        };
        let endpoint = Endpoint {
            image: Some("a".to_owned()),
            gpu_ids: vec!["-NVIDIA L4".to_owned(), "ADA_24".to_owned()],
            scaler_value: Some(4.0),
            env: Env::from([("A", "1"), ("RUNPOD", "x")]),
            network_volume_ids: vec!["agv6w2qcg7".to_owned()],
            ..Endpoint::default()
        };
        let asked = asked(&write);
        assert!(is_as_asked(&asked, &endpoint));
        let others = [
            Endpoint {
                gpu_ids: vec!["ADA_24".to_owned()],
                ..endpoint.clone()
            },
            Endpoint {
                scaler_value: Some(4.5),
                ..endpoint.clone()
            },
            Endpoint {
                env: Env::from([("A", "2")]),
                ..endpoint.clone()
            },
            Endpoint {
                network_volume_ids: vec![],
                ..endpoint.clone()
            },
        ];
        for other in others {
            assert!(!is_as_asked(&asked, &other), "{other:?}");
        }
    }
}
