//! Serverless endpoints: what one is and what can be asked of it, whichever API is asked.
//!
//! Both APIs show the same rows under the same ids (V2 8.1). `graphql::endpoints` and
//! `rest::endpoints` say how each of them spells what stands here.

use std::{collections::BTreeMap, fmt, sync::Arc};

use async_trait::async_trait;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Call, Collection, Container, ContainerWrite, Error, KnownRefusal, Object, Refusal,
    asked::{Asked, same},
    container, graphql,
};

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
    /// The container, which REST v2 alone tells.
    pub container: Container,
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
    /// Where its queue is purged, as REST v2 tells it.
    pub purge_queue_url: Option<String>,
    /// What a save over GraphQL must send again; in what a read by id over GraphQL gives.
    pub resave: Resave,
}

impl Endpoint {
    /// Whether its workers are CPU instances.
    pub fn is_cpu(&self) -> bool {
        !self.instance_ids.is_empty()
    }

    /// Whether the API told what its workers run on: it is GPUs or CPUs, and REST v2 may leave both out (V2 2.1).
    pub fn tells_hardware(&self) -> bool {
        self.is_cpu() || !self.gpu_ids.is_empty()
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
    /// The container, which REST v2 alone takes.
    pub container: ContainerWrite,
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

/// What an endpoint is recognised by.
pub(crate) const ASKED: &[Asked<EndpointWrite, Endpoint>] = &[
    Asked {
        name: "name",
        asked: |write| json!(write.name),
        has: |asked, endpoint| asked.as_str().map(bare) == Some(bare(&endpoint.name)),
    },
    Asked {
        name: "templateId",
        asked: |write| json!(write.template_id),
        // REST v2 does not tell, and what is bound to the endpoint may be the copy that REST v2 made of it.
        has: |asked, endpoint| {
            let linked = endpoint.template_id.as_ref();
            endpoint.template_is_own || linked.is_none_or(|id| same(asked, id))
        },
    },
    Asked {
        name: "container",
        asked: |write| container::asked(&write.container),
        // GraphQL does not tell.
        has: |asked, endpoint| {
            endpoint.container.image.is_none() || container::is_as_asked(asked, &endpoint.container)
        },
    },
    Asked {
        name: "gpuIds",
        asked: |write| json!(write.gpu_ids),
        has: |asked, endpoint| same(asked, &endpoint.gpu_ids),
    },
    Asked {
        name: "gpuCount",
        asked: |write| json!(write.gpu_count),
        has: |asked, endpoint| is_or_untold(asked, endpoint.gpu_count),
    },
    Asked {
        name: "instanceIds",
        asked: |write| json!(write.instance_ids),
        has: |asked, endpoint| same(asked, &endpoint.instance_ids),
    },
    Asked {
        name: "type",
        asked: |write| json!(write.kind),
        has: |asked, endpoint| is_or_untold(asked, endpoint.kind.as_ref()),
    },
    Asked {
        name: "workersMin",
        asked: |write| json!(write.workers_min),
        has: |asked, endpoint| is_or_untold(asked, endpoint.workers_min),
    },
    Asked {
        name: "workersMax",
        asked: |write| json!(write.workers_max),
        has: |asked, endpoint| is_or_untold(asked, endpoint.workers_max),
    },
    Asked {
        name: "idleTimeout",
        asked: |write| json!(write.idle_timeout),
        has: |asked, endpoint| is_or_untold(asked, endpoint.idle_timeout),
    },
    Asked {
        name: "scalerType",
        asked: |write| json!(write.scaler_type),
        has: |asked, endpoint| is_or_untold(asked, endpoint.scaler_type.as_ref()),
    },
    Asked {
        name: "scalerValue",
        asked: |write| json!(write.scaler_value),
        has: |asked, endpoint| is_or_untold(asked, endpoint.scaler_value),
    },
    Asked {
        name: "executionTimeoutMs",
        asked: |write| json!(write.execution_timeout_ms),
        has: |asked, endpoint| same(asked, endpoint.execution_timeout_ms.unwrap_or_default()),
    },
    Asked {
        name: "flashBootType",
        asked: |write| json!(write.flashboot),
        has: |asked, endpoint| is_or_untold(asked, endpoint.flashboot.as_ref()),
    },
    Asked {
        name: "locations",
        asked: |write| json!(write.locations),
        has: |asked, endpoint| same(asked, &endpoint.locations),
    },
    Asked {
        name: "networkVolumeIds",
        asked: |write| json!(write.volume_ids()),
        has: |asked, endpoint| same(asked, endpoint.volume_ids()),
    },
    Asked {
        name: "allowedCudaVersions",
        asked: |write| json!(write.allowed_cuda_versions),
        has: |asked, endpoint| same(asked, &endpoint.allowed_cuda_versions),
    },
    Asked {
        name: "minCudaVersion",
        asked: |write| json!(write.min_cuda_version),
        has: |asked, endpoint| same(asked, endpoint.min_cuda_version.as_deref().unwrap_or_default()),
    },
];

/// Whether the endpoint has the value, or the API does not tell.
fn is_or_untold(asked: &Value, found: Option<impl Serialize>) -> bool {
    found.is_none_or(|found| same(asked, found))
}

/// A name without the suffix that the API may add or drop (API facts 4.6).
fn bare(name: &str) -> &str {
    let name = name.trim();
    name.strip_suffix(" -fb").unwrap_or(name)
}

/// A worker of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    /// What it is doing (REST v2), or is meant to be doing (GraphQL), in the API's own word.
    pub status: String,
    /// Whether it still runs an older release; REST v2 alone tells.
    pub is_stale: Option<bool>,
}

/// How far the newest release of an endpoint has got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollout {
    /// Whether workers are still being replaced.
    pub is_in_progress: bool,
    /// Workers that run the newest release.
    pub workers_on_latest: Option<i64>,
    /// All workers.
    pub workers_total: Option<i64>,
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

    /// How far the newest release has got; always `None` on GraphQL, which does not tell.
    async fn rollout(&self, call: &Call, id: &str) -> Result<Option<Rollout>, Error>;

    /// The workers of all endpoints by the endpoints' ids; `None` where the API does not tell them in one call.
    async fn all_workers(&self, call: &Call) -> Result<Option<BTreeMap<String, Vec<Worker>>>, Error>;

    /// The account's discount on serverless; always `None` on REST v2, which has no such thing.
    async fn serverless_discount(&self, call: &Call) -> Result<Option<Discount>, Error>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Env, asked};

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
            container: ContainerWrite {
                env: Some(Env::from([("HF_TOKEN", "hf_secret")])),
                ..ContainerWrite::default()
            },
            ..EndpointWrite::default()
        };
        let asked = asked::asked(ASKED, &write);
        assert!(!asked.to_string().contains("hf_secret"), "{asked}");
        let fields: Vec<&String> = asked
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(fields, ["container", "name"]);
    }

    #[test]
    fn a_template_is_compared_where_an_endpoint_is_linked_to_one() {
        let write = EndpointWrite {
            template_id: Some("xkhgg72fuo".to_owned()),
            ..EndpointWrite::default()
        };
        let asked = asked::asked(ASKED, &write);
        for (template, is_own, expected) in [
            (Some("xkhgg72fuo"), false, true),
            (Some("another"), false, false),
            (Some("its0copy00"), true, true),
            (None, false, true),
        ] {
            let endpoint = Endpoint {
                template_id: template.map(str::to_owned),
                template_is_own: is_own,
                ..Endpoint::default()
            };
            assert_eq!(
                asked::is_as_asked(ASKED, &asked, &endpoint),
                expected,
                "{template:?}"
            );
        }
    }

    #[test]
    fn an_endpoint_is_as_asked_in_any_order_and_with_more_variables() {
        let write = EndpointWrite {
            name: Some("sdxl".to_owned()),
            gpu_ids: Some(vec!["ADA_24".to_owned(), "-NVIDIA L4".to_owned()]),
            scaler_value: Some(4.0),
            min_cuda_version: Some(String::new()),
            container: ContainerWrite {
                env: Some(Env::from([("A", "1")])),
                ..ContainerWrite::default()
            },
            network_volume_id: Some("agv6w2qcg7".to_owned()),
            ..EndpointWrite::default()
        };
        let endpoint = Endpoint {
            name: "sdxl -fb".to_owned(),
            container: Container {
                image: Some("a".to_owned()),
                env: Env::from([("A", "1"), ("RUNPOD", "x")]),
                ..Container::default()
            },
            gpu_ids: vec!["-NVIDIA L4".to_owned(), "ADA_24".to_owned()],
            scaler_value: Some(4.0),
            network_volume_ids: vec!["agv6w2qcg7".to_owned()],
            ..Endpoint::default()
        };
        let asked = asked::asked(ASKED, &write);
        assert!(asked::is_as_asked(ASKED, &asked, &endpoint));
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
                container: Container {
                    env: Env::from([("A", "2")]),
                    ..endpoint.container.clone()
                },
                ..endpoint.clone()
            },
            Endpoint {
                min_cuda_version: Some("12.4".to_owned()),
                ..endpoint.clone()
            },
            Endpoint {
                network_volume_ids: vec![],
                ..endpoint.clone()
            },
        ];
        for other in others {
            assert!(!asked::is_as_asked(ASKED, &asked, &other), "{other:?}");
        }
    }
}
