//! An endpoint as REST v2 shows it (V2 2.1), read leniently: what is missing is none, and a new word is kept.

use serde::Deserialize;

use super::container::ContainerRow;
use crate::Endpoint;

/// An endpoint in the API's JSON (V2 2.1); all but id and name may be missing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    id: String,
    name: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    gpu: Option<Gpu>,
    cpu: Option<Vec<Cpu>>,
    workers: Option<WorkersRow>,
    scaling: Option<Scaling>,
    data_center_ids: Option<Vec<String>>,
    network_volumes: Option<Vec<String>>,
    timeout: Option<i64>,
    flashboot: Option<String>,
    created_at: Option<String>,
    request_urls: Option<RequestUrls>,
    #[serde(flatten)]
    container: ContainerRow,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RequestUrls {
    purge_queue: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Gpu {
    pools: Option<Vec<String>>,
    excluded_types: Option<Vec<String>>,
    count: Option<i64>,
    allowed_cuda_versions: Option<Vec<String>>,
    min_cuda_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cpu {
    id: String,
    vcpu_count: Option<i64>,
    memory: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WorkersRow {
    min: Option<i64>,
    max: Option<i64>,
    idle_timeout: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Scaling {
    #[serde(rename = "type")]
    kind: Option<String>,
    queue_delay: Option<f64>,
    request_count: Option<f64>,
}

impl From<Row> for Endpoint {
    fn from(row: Row) -> Self {
        let some = |text: Option<String>| text.filter(|text| !text.is_empty());
        let gpu = row.gpu.unwrap_or_default();
        let (workers, scaling) = (row.workers.unwrap_or_default(), row.scaling.unwrap_or_default());
        let excluded = gpu.excluded_types.unwrap_or_default();
        let mut gpu_ids = gpu.pools.unwrap_or_default();
        gpu_ids.extend(excluded.into_iter().map(|id| format!("-{id}")));
        Self {
            id: row.id,
            name: row.name,
            container: row.container.into(),
            gpu_ids,
            gpu_count: gpu.count,
            instance_ids: row.cpu.iter().flatten().map(instance_id).collect(),
            kind: row.kind.map(|kind| match kind.as_str() {
                "QUEUE" => "QB".to_owned(),
                "LOAD_BALANCER" => "LB".to_owned(),
                _ => kind,
            }),
            workers_min: workers.min,
            workers_max: workers.max,
            idle_timeout: workers.idle_timeout,
            // The union is read whatever its word: GraphQL can hold what the union does not say (V2 10.21).
            scaler_value: match scaling.kind.as_deref() {
                Some("REQUEST_COUNT") => scaling.request_count.or(scaling.queue_delay),
                _ => scaling.queue_delay.or(scaling.request_count),
            },
            scaler_type: scaling.kind,
            execution_timeout_ms: row.timeout,
            flashboot: row.flashboot,
            locations: row.data_center_ids.unwrap_or_default(),
            network_volume_ids: row.network_volumes.unwrap_or_default(),
            allowed_cuda_versions: gpu.allowed_cuda_versions.unwrap_or_default(),
            min_cuda_version: some(gpu.min_cuda_version),
            created_at: row.created_at,
            purge_queue_url: row.request_urls.and_then(|urls| urls.purge_queue),
            ..Self::default()
        }
    }
}

/// `cpu3c-2-4`: flavour, vCPUs, GB of memory.
fn instance_id(cpu: &Cpu) -> String {
    let vcpus = cpu.vcpu_count.unwrap_or_default();
    match cpu.memory.or_else(|| memory(&cpu.id, vcpus)) {
        Some(memory) => format!("{}-{vcpus}-{memory}", cpu.id),
        None => format!("{}-{vcpus}", cpu.id),
    }
}

/// The memory of an instance in GB, by the last letter of its flavour (API facts 2.5), where the API does not tell.
fn memory(flavour: &str, vcpus: i64) -> Option<i64> {
    let factor = match flavour.chars().last()? {
        'c' => 2,
        'g' => 4,
        'm' => 8,
        _ => return None,
    };
    vcpus.checked_mul(factor)
}
