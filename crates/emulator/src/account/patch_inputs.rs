//! What a create or a patch field by field asks of the account: a field that is `None` was left out.

use super::{
    enums::{FlashBootType, TemplateCategory},
    inputs::Sent,
    rows::EnvVar,
};

/// What a container is made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct ContainerWrite {
    pub(crate) image: Option<String>,
    pub(crate) args: Option<String>,
    pub(crate) entrypoint: Option<Vec<String>>,
    pub(crate) cmd: Option<Vec<String>>,
    /// In GB.
    pub(crate) disk: Option<i32>,
    pub(crate) ports: Option<Vec<String>>,
    pub(crate) env: Option<Vec<EnvVar>>,
    pub(crate) registry: Sent<String>,
}

impl ContainerWrite {
    /// Whether any of it was given.
    pub(crate) fn is_given(&self) -> bool {
        let command = self.args.is_some() || self.entrypoint.is_some() || self.cmd.is_some();
        let rest = self.disk.is_some() || self.ports.is_some() || self.env.is_some();
        self.image.is_some() || command || rest || self.registry.is_some()
    }
}

/// Which GPUs a worker gets.
#[derive(Clone, Debug, Default)]
pub(crate) struct GpuWrite {
    pub(crate) pools: Option<Vec<String>>,
    pub(crate) excluded_types: Option<Vec<String>>,
    pub(crate) count: Option<i32>,
    pub(crate) allowed_cuda_versions: Option<Vec<String>>,
    /// Empty for none.
    pub(crate) min_cuda_version: Option<String>,
}

/// How workers are scaled.
#[derive(Clone, Debug)]
pub(crate) struct ScalingWrite {
    /// `QUEUE_DELAY` or `REQUEST_COUNT`.
    pub(crate) kind: String,
    /// Seconds or requests.
    pub(crate) value: f64,
}

/// An endpoint to create or to patch.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndpointWrite {
    pub(crate) name: Option<String>,
    /// `QB` or `LB`; only a create has it.
    pub(crate) kind: Option<String>,
    pub(crate) template_id: Option<String>,
    pub(crate) container: ContainerWrite,
    pub(crate) gpu: Option<GpuWrite>,
    /// CPU instances as (flavour, vCPUs).
    pub(crate) cpu: Option<Vec<(String, i32)>>,
    pub(crate) workers_min: Option<i32>,
    pub(crate) workers_max: Option<i32>,
    /// In seconds.
    pub(crate) idle_timeout: Option<i32>,
    pub(crate) scaling: Option<ScalingWrite>,
    pub(crate) data_center_ids: Option<Vec<String>>,
    pub(crate) network_volumes: Option<Vec<String>>,
    /// In milliseconds.
    pub(crate) timeout: Option<i32>,
    pub(crate) flashboot: Option<FlashBootType>,
}

/// A template to create or to patch.
#[derive(Clone, Debug, Default)]
pub(crate) struct TemplateWrite {
    pub(crate) name: Option<String>,
    pub(crate) container: ContainerWrite,
    /// The volume of a pod, as (GB, mount path).
    pub(crate) persistent: Option<(i32, String)>,
    pub(crate) serverless: Option<bool>,
    pub(crate) public: Option<bool>,
    pub(crate) category: Option<TemplateCategory>,
    pub(crate) start_ssh: Option<bool>,
    pub(crate) start_jupyter: Option<bool>,
    pub(crate) allowed_cuda_versions: Option<Vec<String>>,
}
