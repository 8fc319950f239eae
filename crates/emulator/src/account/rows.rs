//! The rows the emulator stores: what the real API keeps in its database, shown or not.

use serde::{Deserialize, Serialize};

use super::enums::{Compliance, ComputeKind, FlashBootType, StorageType, TemplateCategory, VolumeType};

/// The id of the first endpoint an account creates through the API, so that the page's samples follow on.
pub const SAMPLE_ENDPOINT: &str = "i02xupws21hp6i";
/// The id of the serverless template every emulator starts with; the samples of the API page use it.
pub const SAMPLE_TEMPLATE: &str = "xkhgg72fuo";
/// The id of the pod template every emulator starts with; endpoints must not use it.
pub const SAMPLE_POD_TEMPLATE: &str = "pod8template";
/// The network volumes every emulator starts with, as (id, data centre).
pub const SAMPLE_VOLUMES: [(&str, &str); 3] = [
    ("agv6w2qcg7", "EU-RO-1"),
    ("us2ks7vol0", "US-KS-2"),
    ("eur1is3vol", "EUR-IS-1"),
];

/// One environment variable of an endpoint or a template.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct EnvVar {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
}

impl EnvVar {
    /// A variable of this name and value.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            value: value.into(),
        }
    }
}

/// A stored endpoint: the whole row, including what `Endpoint` does not show (`data_center_ids`).
///
/// The default is a valid GPU endpoint on the sample template, without an id: `add_endpoint` gives it one.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[allow(missing_docs)]
pub struct StoredEndpoint {
    pub id: String,
    pub name: String,
    pub template_id: Option<String>,
    pub compute_type: ComputeKind,
    pub gpu_ids: Option<String>,
    pub gpu_count: i32,
    pub instance_ids: Vec<String>,
    #[serde(rename = "type")]
    pub kind: String,
    pub workers_min: i32,
    pub workers_max: i32,
    pub workers_standby: i32,
    #[serde(rename = "workersPFBTarget")]
    pub workers_pfb_target: i32,
    pub idle_timeout: i32,
    pub scaler_type: String,
    pub scaler_value: i32,
    pub execution_timeout_ms: Option<i32>,
    #[serde(rename = "requestTTL")]
    pub request_ttl: Option<i32>,
    pub locations: Option<String>,
    /// Written through `EndpointInput.dataCenterIds`; no field of `Endpoint` reads it back.
    pub data_center_ids: Vec<String>,
    /// The single volume of the older form.
    pub network_volume_id: Option<String>,
    /// The volumes of the newer form, in the order they were written.
    pub network_volume_ids: Vec<String>,
    pub allowed_cuda_versions: Option<String>,
    pub min_cuda_version: Option<String>,
    pub flash_boot_type: Option<FlashBootType>,
    /// The endpoint's own variables; what `Endpoint.env` reads is these over the template's.
    pub env: Vec<EnvVar>,
    pub model_references: Vec<String>,
    pub compliance: Vec<Compliance>,
    pub flash_environment_id: Option<String>,
    pub hub_release_id: Option<String>,
    pub ai_key: Option<String>,
    pub user_id: String,
    pub created_at: String,
    /// Counts the saves that make every worker start anew (API facts 2.3).
    pub version: i32,
    /// Workers that still stop after the endpoint was scaled to zero.
    pub draining: Option<Draining>,
    /// How many more reads pass before this new endpoint shows.
    pub hidden_reads: u32,
    /// The queue delay in seconds where it is a fraction; GraphQL shows its whole part as `scaler_value`.
    pub queue_delay: Option<f64>,
    /// How many jobs wait in its queue.
    pub queued_jobs: u32,
    /// Its workers as they are to be shown; none derives them from `workers_min`.
    pub workers: Option<Vec<StoredWorker>>,
    /// How many more reads show the workers of `workers_min` as not ready.
    pub rollout_reads: u32,
}

impl Default for StoredEndpoint {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: "endpoint".into(),
            template_id: Some(SAMPLE_TEMPLATE.into()),
            compute_type: ComputeKind::Gpu,
            gpu_ids: Some("AMPERE_16".into()),
            gpu_count: 1,
            instance_ids: Vec::new(),
            kind: "QB".into(),
            workers_min: 0,
            workers_max: 3,
            workers_standby: 3,
            workers_pfb_target: 0,
            idle_timeout: 10,
            scaler_type: "QUEUE_DELAY".into(),
            scaler_value: 4,
            execution_timeout_ms: Some(0),
            request_ttl: None,
            locations: None,
            data_center_ids: Vec::new(),
            network_volume_id: None,
            network_volume_ids: Vec::new(),
            allowed_cuda_versions: None,
            min_cuda_version: None,
            flash_boot_type: Some(FlashBootType::Off),
            env: Vec::new(),
            model_references: Vec::new(),
            compliance: Vec::new(),
            flash_environment_id: None,
            hub_release_id: None,
            ai_key: None,
            user_id: String::new(),
            created_at: String::new(),
            version: 1,
            draining: None,
            hidden_reads: 0,
            queue_delay: None,
            queued_jobs: 0,
            workers: None,
            rollout_reads: 0,
        }
    }
}

impl StoredEndpoint {
    /// A valid GPU endpoint of this name.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// A valid CPU endpoint of this name.
    pub fn cpu(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            compute_type: ComputeKind::Cpu,
            gpu_ids: None,
            instance_ids: vec!["cpu3c-2-4".into()],
            ..Self::default()
        }
    }
}

/// A worker of an endpoint as REST v2 shows it.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct StoredWorker {
    /// Its id.
    pub id: String,
    /// `RUNNING`, `IDLE`, `INITIALIZING`, `THROTTLED` or `UNHEALTHY`.
    pub status: String,
    /// Whether it runs an older release than the newest.
    pub is_stale: bool,
    /// The release it runs.
    pub version: Option<i32>,
}

impl Default for StoredWorker {
    fn default() -> Self {
        Self {
            id: "worker".into(),
            status: "RUNNING".into(),
            is_stale: false,
            version: Some(1),
        }
    }
}

/// Workers on their way out; while there are any, `deleteEndpoint` refuses.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Draining {
    /// How many pods still show.
    pub pods: u32,
    /// How many more attempts to delete are refused.
    pub attempts: Option<u32>,
    /// Until when they show, in milliseconds since 1970.
    pub until_ms: Option<i64>,
}

/// A stored template, serverless or not.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[allow(missing_docs)]
pub struct StoredTemplate {
    pub id: String,
    pub name: String,
    pub image_name: Option<String>,
    pub docker_args: String,
    pub env: Vec<EnvVar>,
    pub ports: Option<String>,
    /// Labelled ports, as (port, name).
    pub ports_config: Vec<(String, String)>,
    pub container_disk_in_gb: i32,
    pub volume_in_gb: i32,
    pub volume_mount_path: Option<String>,
    pub container_registry_auth_id: Option<String>,
    pub is_serverless: bool,
    pub is_public: bool,
    pub is_runpod: bool,
    pub start_ssh: bool,
    pub start_jupyter: bool,
    pub start_script: Option<String>,
    pub advanced_start: bool,
    pub readme: Option<String>,
    pub category: Option<TemplateCategory>,
    pub config: Option<serde_json::Value>,
    /// The endpoint that it belongs to and is deleted with.
    pub bound_endpoint_id: Option<String>,
    /// Only REST v2 writes and reads it.
    pub allowed_cuda_versions: Vec<String>,
}

impl Default for StoredTemplate {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: "template".into(),
            image_name: Some("runpod/serverless-hello-world:latest".into()),
            docker_args: String::new(),
            env: Vec::new(),
            ports: None,
            ports_config: Vec::new(),
            container_disk_in_gb: 5,
            volume_in_gb: 0,
            volume_mount_path: None,
            container_registry_auth_id: None,
            is_serverless: true,
            is_public: false,
            is_runpod: false,
            start_ssh: true,
            start_jupyter: false,
            start_script: None,
            advanced_start: false,
            readme: None,
            category: None,
            config: None,
            bound_endpoint_id: None,
            allowed_cuda_versions: Vec::new(),
        }
    }
}

/// A stored network volume.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[allow(missing_docs)]
pub struct StoredVolume {
    pub id: String,
    pub name: String,
    pub size: i32,
    pub data_center_id: String,
    pub storage_type: Option<StorageType>,
    /// What REST v2 shows as `type`.
    pub volume_type: VolumeType,
}

impl Default for StoredVolume {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: "volume".into(),
            size: 10,
            data_center_id: "EU-RO-1".into(),
            storage_type: Some(StorageType::MooseFs),
            volume_type: VolumeType::Standard,
        }
    }
}

/// A stored container registry credential; the API never reads the user name and password back.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[allow(missing_docs)]
pub struct StoredRegistryAuth {
    pub id: String,
    pub name: String,
    pub username: String,
    pub password: String,
}

/// A stored secret; the API never reads the value back.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[allow(missing_docs)]
pub struct StoredSecret {
    pub id: String,
    pub name: String,
    pub value: String,
    pub description: Option<String>,
    pub created_at: String,
    pub updated_at: Option<String>,
    /// When the value was last written; REST v2 shows it.
    pub value_updated_at: Option<String>,
}

/// The account's discount on serverless.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StoredDiscount {
    /// The factor on the price.
    pub discount_factor: f64,
    /// When it ends, as ISO 8601.
    pub expiration_date: String,
}
