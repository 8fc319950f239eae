//! Endpoints over REST v2 (V2 2 and 3): the spelling of what [`crate::endpoints`] says.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    collection::{Noun, RestCollection},
    container,
    endpoint_row::Row,
};
use crate::{
    Action, Api, Call, Container, Error, Operation,
    asked::{Asked, without_nulls},
    endpoints::{self, Discount, Endpoint, EndpointWrite, Endpoints, REFUSALS, Rollout, Worker},
};

/// What a scaler's value is where none is asked for: the API demands one, and this is GraphQL's default.
const SCALER_VALUE: f64 = 4.0;

const fn operation(action: Action, name: &'static str, does: &'static str) -> Operation {
    Operation::new(Api::Rest, action, name, does).knowing(REFUSALS)
}

const WORKERS: Operation = operation(
    Action::Read,
    "GET /v2/serverless/{id}/workers",
    "read the endpoint's workers",
);

const RELEASES: Operation = operation(
    Action::Read,
    "GET /v2/serverless/{id}/releases",
    "read the endpoint's releases",
);

/// Endpoints as a noun of REST v2.
pub struct EndpointNoun;

/// The endpoints of an account over REST v2.
pub type RestEndpoints = RestCollection<EndpointNoun>;

/// What `cpu3c-2-4` is on REST v2, which has the memory from the flavour.
fn cpu(instance_id: &str) -> Value {
    let mut parts = instance_id.trim().splitn(3, '-');
    let flavour = parts.next().unwrap_or_default();
    let vcpus: Option<i64> = parts.next().and_then(|vcpus| vcpus.parse().ok());
    json!({"id": flavour, "vcpuCount": vcpus.unwrap_or_default()})
}

/// Pools in their order, and exclusions.
fn pools(gpu_ids: &[String]) -> (Vec<&str>, Vec<&str>) {
    let ids = gpu_ids.iter().map(|id| id.trim()).filter(|id| !id.is_empty());
    let (excluded, pools): (Vec<&str>, Vec<&str>) = ids.partition(|id| id.starts_with('-'));
    let excluded = excluded.into_iter().map(|id| id.trim_start_matches('-').trim());
    (pools, excluded.collect())
}

/// Pools, exclusions and count go together: pools alone would clear the exclusions (V2 3.1).
fn put_gpus(gpu: &mut Map<String, Value>, gpu_ids: &[String], count: Option<i64>) {
    let (pools, excluded) = pools(gpu_ids);
    gpu.insert("pools".to_owned(), json!(pools));
    if !excluded.is_empty() {
        gpu.insert("excludedTypes".to_owned(), json!(excluded));
    }
    gpu.insert("count".to_owned(), json!(count.unwrap_or(1)));
}

fn scaling(kind: &str, value: f64) -> Value {
    match kind {
        "REQUEST_COUNT" => json!({"type": kind, "requestCount": number(value.round())}),
        _ => json!({"type": kind, "queueDelay": number(value)}),
    }
}

/// A number without a fraction where it has none.
fn number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        json!(number as i64)
    } else {
        json!(number)
    }
}

fn same_set<A: AsRef<str>, B: AsRef<str>>(a: &[A], b: &[B]) -> bool {
    let mut a: Vec<&str> = a.iter().map(AsRef::as_ref).collect();
    let mut b: Vec<&str> = b.iter().map(AsRef::as_ref).collect();
    a.sort_unstable();
    b.sort_unstable();
    a == b
}

impl Noun for EndpointNoun {
    type Object = Endpoint;
    type Row = Row;
    type Write = EndpointWrite;

    const NAME: &'static str = "endpoint";
    const PATH: &'static [&'static str] = &["serverless"];
    const FIELD: &'static str = "endpoints";
    const HAS_PAGES: bool = true;
    const LIST: Operation = operation(Action::List, "GET /v2/serverless", "list the account's endpoints");
    const READ: Operation = operation(Action::Read, "GET /v2/serverless/{id}", "read the endpoint");
    const CREATE: Operation = operation(Action::Create, "POST /v2/serverless", "create the endpoint");
    const UPDATE: Operation = operation(Action::Update, "PATCH /v2/serverless/{id}", "update the endpoint");
    const DELETE: Operation = operation(
        Action::Delete,
        "DELETE /v2/serverless/{id}",
        "delete the endpoint",
    );

    fn create(write: &EndpointWrite) -> Value {
        let mut body = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                body.insert(name.to_owned(), value);
            }
        };
        let some = |list: &Option<Vec<String>>| list.clone().filter(|list| !list.is_empty());
        let is_balanced = write.kind.as_deref() == Some("LB");
        put("name", write.name.as_ref().map(|name| json!(name)));
        let kind = match write.kind.as_deref() {
            None | Some("QB") => "QUEUE",
            Some("LB") => "LOAD_BALANCER",
            Some(other) => other,
        };
        put("type", Some(json!(kind)));
        let template = write.template_id.as_ref().filter(|id| !id.is_empty());
        put("templateId", template.map(|id| json!(id)));
        if let Some(instance_ids) = some(&write.instance_ids) {
            put("cpu", Some(instance_ids.iter().map(|id| cpu(id)).collect()));
        } else {
            let mut gpu = Map::new();
            put_gpus(
                &mut gpu,
                write.gpu_ids.as_deref().unwrap_or_default(),
                write.gpu_count,
            );
            if let Some(versions) = some(&write.allowed_cuda_versions) {
                gpu.insert("allowedCudaVersions".to_owned(), json!(versions));
            }
            if let Some(version) = write.min_cuda_version.as_ref().filter(|text| !text.is_empty()) {
                gpu.insert("minCudaVersion".to_owned(), json!(version));
            }
            put("gpu", Some(Value::Object(gpu)));
        }
        let workers = json!({
            "min": write.workers_min, "max": write.workers_max, "idleTimeout": write.idle_timeout,
        });
        let workers = without_nulls(workers);
        put("workers", Some(workers).filter(|workers| *workers != json!({})));
        let scaler = write.scaler_type.as_deref();
        let scaler = scaler.unwrap_or(if is_balanced {
            "REQUEST_COUNT"
        } else {
            "QUEUE_DELAY"
        });
        put(
            "scaling",
            Some(scaling(scaler, write.scaler_value.unwrap_or(SCALER_VALUE))),
        );
        put("dataCenterIds", some(&write.locations).map(|ids| json!(ids)));
        let volumes = write.volume_ids().filter(|ids| !ids.is_empty());
        put("networkVolumes", volumes.map(|ids| json!(ids)));
        // Documented and observed defaults differ (V2 10.1).
        put(
            "timeout",
            Some(json!(write.execution_timeout_ms.unwrap_or_default())),
        );
        put("flashboot", write.flashboot.as_ref().map(|kind| json!(kind)));
        container::put(&write.container, &Container::default(), &mut body);
        Value::Object(body)
    }

    fn update(fresh: &Endpoint, write: &EndpointWrite) -> Map<String, Value> {
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| {
            body.insert(name.to_owned(), value);
        };
        if let Some(name) = write.name.as_ref().filter(|name| **name != fresh.name) {
            put("name", json!(name));
        }
        if let Some(template) = write.template_id.as_ref().filter(|id| !id.is_empty()) {
            put("templateId", json!(template));
        }
        let mut gpu = Map::new();
        if !fresh.is_cpu() {
            let wanted = write.gpu_ids.as_deref().unwrap_or(&fresh.gpu_ids);
            let ((pools_now, excluded_now), (pools, excluded)) = (pools(&fresh.gpu_ids), pools(wanted));
            let count = write.gpu_count.or(fresh.gpu_count);
            let differs =
                pools != pools_now || !same_set(&excluded, &excluded_now) || count != fresh.gpu_count;
            if differs {
                put_gpus(&mut gpu, wanted, count);
            }
        }
        if let Some(versions) = &write.allowed_cuda_versions
            && !same_set(versions, &fresh.allowed_cuda_versions)
        {
            gpu.insert("allowedCudaVersions".to_owned(), json!(versions));
        }
        if let Some(version) = &write.min_cuda_version
            && version.as_str() != fresh.min_cuda_version.as_deref().unwrap_or_default()
        {
            gpu.insert("minCudaVersion".to_owned(), json!(version));
        }
        if !gpu.is_empty() {
            put("gpu", Value::Object(gpu));
        }
        let instances = write.instance_ids.as_ref().filter(|ids| !ids.is_empty());
        if let Some(ids) = instances.filter(|ids| **ids != fresh.instance_ids) {
            put("cpu", ids.iter().map(|id| cpu(id)).collect());
        }
        let differing = |wanted: Option<i64>, has: Option<i64>| wanted.filter(|_| wanted != has);
        let workers = without_nulls(json!({
            "min": differing(write.workers_min, fresh.workers_min),
            "max": differing(write.workers_max, fresh.workers_max),
            "idleTimeout": differing(write.idle_timeout, fresh.idle_timeout),
        }));
        if workers != json!({}) {
            put("workers", workers);
        }
        let scaler = write.scaler_type.as_ref().or(fresh.scaler_type.as_ref());
        let value = write.scaler_value.or(fresh.scaler_value);
        if scaler != fresh.scaler_type.as_ref() || value != fresh.scaler_value {
            let scaler = scaler.map_or("QUEUE_DELAY", String::as_str);
            put("scaling", scaling(scaler, value.unwrap_or(SCALER_VALUE)));
        }
        // Countries, which GraphQL alone takes, may not show here (V2 10.18): none is asked for whatever shows.
        if let Some(ids) = write
            .locations
            .as_ref()
            .filter(|ids| ids.is_empty() || !same_set(ids, &fresh.locations))
        {
            put("dataCenterIds", json!(ids));
        }
        if let Some(ids) = write
            .volume_ids()
            .filter(|ids| !same_set(ids, &fresh.volume_ids()))
        {
            put("networkVolumes", json!(ids));
        }
        let limit = fresh.execution_timeout_ms.unwrap_or_default();
        if let Some(wanted) = write.execution_timeout_ms.filter(|wanted| *wanted != limit) {
            put("timeout", json!(wanted));
        }
        if let Some(kind) = write
            .flashboot
            .as_ref()
            .filter(|kind| Some(*kind) != fresh.flashboot.as_ref())
        {
            put("flashboot", json!(kind));
        }
        container::put(&write.container, &fresh.container, &mut body);
        body
    }

    fn hidden(write: &EndpointWrite) -> Vec<String> {
        write.container.hidden()
    }

    const ASKED: &'static [Asked<EndpointWrite, Endpoint>] = endpoints::ASKED;
}

#[derive(Deserialize)]
struct WorkersAnswer {
    workers: Vec<WorkerRow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WorkerRow {
    status: Option<String>,
    is_stale: Option<bool>,
}

#[derive(Deserialize)]
struct ReleasesAnswer {
    rollout: Option<RolloutRow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RolloutRow {
    in_progress: Option<bool>,
    workers_on_latest: Option<i64>,
    workers_total: Option<i64>,
}

#[async_trait]
impl Endpoints for RestEndpoints {
    async fn workers(&self, call: &Call, id: &str) -> Result<Vec<Worker>, Error> {
        let path = ["serverless", id, "workers"];
        let answer: WorkersAnswer = self.rest.get(WORKERS, call, &path, &[]).await?;
        let workers = answer.workers.into_iter().map(|worker| Worker {
            status: worker.status.unwrap_or_default(),
            is_stale: worker.is_stale,
        });
        Ok(workers.collect())
    }

    async fn rollout(&self, call: &Call, id: &str) -> Result<Option<Rollout>, Error> {
        let path = ["serverless", id, "releases"];
        let answer: ReleasesAnswer = self.rest.get(RELEASES, call, &path, &[]).await?;
        Ok(answer.rollout.map(|rollout| Rollout {
            is_in_progress: rollout.in_progress.unwrap_or_default(),
            workers_on_latest: rollout.workers_on_latest,
            workers_total: rollout.workers_total,
        }))
    }

    async fn all_workers(&self, _: &Call) -> Result<Option<BTreeMap<String, Vec<Worker>>>, Error> {
        Ok(None)
    }

    async fn serverless_discount(&self, _: &Call) -> Result<Option<Discount>, Error> {
        Ok(None)
    }
}

#[cfg(test)]
#[path = "endpoints_tests.rs"]
mod tests;
