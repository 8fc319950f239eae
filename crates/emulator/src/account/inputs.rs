//! What a write asks of the account, in the account's own terms: a dialect turns its input into one of these.

use super::{
    enums::{Compliance, FlashBootType, TemplateCategory},
    rows::EnvVar,
};

/// What a write says of a field: left out, null, or a value.
pub(crate) type Sent<T> = Option<Option<T>>;

/// A whole endpoint to save, never a patch (API facts 2.2).
#[derive(Clone, Debug)]
pub(crate) struct EndpointSave {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) template_id: Option<String>,
    /// A template written along with the endpoint.
    pub(crate) template: Option<InlineTemplate>,
    pub(crate) gpu_ids: Option<String>,
    pub(crate) gpu_count: i32,
    pub(crate) instance_ids: Vec<String>,
    pub(crate) workers_min: i32,
    pub(crate) workers_max: i32,
    pub(crate) workers_pfb_target: i32,
    pub(crate) idle_timeout: i32,
    pub(crate) scaler_type: Option<String>,
    pub(crate) scaler_value: i32,
    pub(crate) locations: Option<String>,
    pub(crate) data_center_ids: Sent<Vec<String>>,
    pub(crate) network_volume_id: Sent<String>,
    pub(crate) network_volume_ids: Option<Vec<String>>,
    pub(crate) execution_timeout_ms: Sent<i32>,
    pub(crate) request_ttl: Sent<i32>,
    pub(crate) allowed_cuda_versions: Sent<String>,
    pub(crate) min_cuda_version: Sent<String>,
    pub(crate) flash_boot_type: Sent<FlashBootType>,
    pub(crate) kind: Option<String>,
    pub(crate) env: Sent<Vec<EnvVar>>,
    /// Whether a template written along belongs to this endpoint alone.
    pub(crate) bind_endpoint: bool,
    pub(crate) model_references: Option<Vec<String>>,
    pub(crate) compliance: Sent<Vec<Compliance>>,
    /// Whether the key `repo` is there at all, which a template must then accompany.
    pub(crate) names_repo: bool,
    pub(crate) hub_release_id: Option<String>,
    pub(crate) flash_environment_id: Option<String>,
}

/// A template written along with an endpoint.
#[derive(Clone, Debug)]
pub(crate) struct InlineTemplate {
    pub(crate) name: String,
    pub(crate) image_name: Option<String>,
    pub(crate) container_disk_in_gb: i32,
    pub(crate) docker_args: String,
    pub(crate) env: Vec<EnvVar>,
    pub(crate) container_registry_auth_id: Option<String>,
    pub(crate) ports: Option<String>,
    pub(crate) start_script: Option<String>,
    pub(crate) start_jupyter: bool,
    pub(crate) start_ssh: bool,
    pub(crate) advanced_start: bool,
    pub(crate) readme: Option<String>,
    pub(crate) config: Option<serde_json::Value>,
}

/// A whole template to save, never a patch (API facts 1.5).
#[derive(Clone, Debug)]
pub(crate) struct TemplateSave {
    pub(crate) id: Option<String>,
    /// What it shares with a template written along with an endpoint.
    pub(crate) inline: InlineTemplate,
    pub(crate) volume_in_gb: i32,
    pub(crate) volume_mount_path: Option<String>,
    /// Labelled ports, as (port, name).
    pub(crate) ports_config: Vec<(String, String)>,
    pub(crate) is_serverless: bool,
    pub(crate) is_public: bool,
    pub(crate) category: Option<TemplateCategory>,
}
