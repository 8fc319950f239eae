//! The output types around an endpoint, and how a stored row reads through them (API facts 1.3, 1.6, 1.8).

use async_graphql::{Enum, SimpleObject};

use super::{
    catalogue::DataCenter,
    enums::{Compliance, FlashBootType, StorageType},
    scalars::{DateTime, Port},
    template::{EnvironmentVariable, PodTemplate, variables},
};
use crate::account::{
    delete::draining_pods,
    rows::{EnvVar, StoredEndpoint, StoredTemplate, StoredVolume},
    store::Store,
    switches::{Blank, VolumeOrder},
};

#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct NetworkVolumeIds {
    network_volume_id: Option<String>,
    data_center_id: Option<String>,
}

#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PodStatus {
    #[graphql(name = "CREATED")]
    Created,
    #[graphql(name = "RUNNING")]
    Running,
    #[graphql(name = "RESTARTING")]
    Restarting,
    #[graphql(name = "EXITED")]
    Exited,
    #[graphql(name = "PAUSED")]
    Paused,
    #[graphql(name = "DEAD")]
    Dead,
    #[graphql(name = "TERMINATED")]
    Terminated,
}

#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PodType {
    #[graphql(name = "INTERRUPTABLE")]
    Interruptable,
    #[graphql(name = "RESERVED")]
    Reserved,
    #[graphql(name = "BID")]
    Bid,
    #[graphql(name = "BACKGROUND")]
    Background,
}

#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct Pod {
    id: String,
    name: String,
    machine_id: String,
    image_name: Option<String>,
    docker_args: Option<String>,
    gpu_count: i32,
    vcpu_count: f64,
    memory_in_gb: f64,
    container_disk_in_gb: Option<i32>,
    volume_in_gb: Option<f64>,
    volume_mount_path: Option<String>,
    desired_status: PodStatus,
    cost_per_hr: f64,
    env: Option<Vec<Option<String>>>,
    ports: Option<String>,
    template_id: Option<String>,
    network_volume_id: Option<String>,
    container_registry_auth_id: Option<String>,
    pod_type: Option<PodType>,
    port: Option<Port>,
}

#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct NetworkVolume {
    id: Option<String>,
    name: Option<String>,
    size: Option<i32>,
    data_center_id: Option<String>,
    storage_cluster_id: Option<String>,
    storage_type: Option<StorageType>,
    data_center: Option<DataCenter>,
}

impl From<&StoredVolume> for NetworkVolume {
    fn from(row: &StoredVolume) -> Self {
        Self {
            id: Some(row.id.clone()),
            name: Some(row.name.clone()),
            size: Some(row.size),
            data_center_id: Some(row.data_center_id.clone()),
            storage_cluster_id: Some(format!("{}-storage", row.data_center_id)),
            storage_type: row.storage_type.map(Into::into),
            data_center: DataCenter::find(&row.data_center_id),
        }
    }
}

#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct Endpoint {
    id: Option<String>,
    name: Option<String>,
    template_id: Option<String>,
    template: Option<PodTemplate>,
    gpu_ids: Option<String>,
    gpu_count: Option<i32>,
    instance_ids: Option<Vec<Option<String>>>,
    compute_type: Option<String>,
    workers_min: Option<i32>,
    workers_max: Option<i32>,
    workers_standby: Option<i32>,
    #[graphql(name = "workersPFBTarget")]
    workers_pfb_target: Option<i32>,
    idle_timeout: Option<i32>,
    scaler_type: Option<String>,
    scaler_value: Option<i32>,
    locations: Option<String>,
    network_volume_id: Option<String>,
    network_volume_ids: Option<Vec<Option<NetworkVolumeIds>>>,
    network_volume: Option<NetworkVolume>,
    execution_timeout_ms: Option<i32>,
    #[graphql(name = "requestTTL")]
    request_ttl: Option<i32>,
    allowed_cuda_versions: Option<String>,
    min_cuda_version: Option<String>,
    flash_boot_type: Option<FlashBootType>,
    #[graphql(name = "type")]
    kind: Option<String>,
    env: Option<Vec<Option<EnvironmentVariable>>>,
    model_references: Option<Vec<Option<String>>>,
    compliance: Option<Vec<Option<Compliance>>>,
    flash_environment_id: Option<String>,
    ai_key: Option<String>,
    user_id: Option<String>,
    created_at: Option<DateTime>,
    version: Option<i32>,
    pods: Option<Vec<Option<Pod>>>,
    active_buildid: Option<String>,
    ide_pod_id: Option<String>,
}

impl Endpoint {
    /// What the API shows of a row.
    pub(crate) fn read(store: &Store, row: &StoredEndpoint) -> Self {
        let template = row.template_id.as_deref().and_then(|id| store.template(id));
        let volume_id = single_volume(store, row);
        Self {
            id: Some(row.id.clone()),
            name: Some(row.name.clone()),
            template_id: row.template_id.clone(),
            template: template.map(|template| PodTemplate::read(store, template)),
            gpu_ids: row.gpu_ids.clone(),
            gpu_count: Some(row.gpu_count),
            instance_ids: Some(row.instance_ids.iter().cloned().map(Some).collect()),
            compute_type: Some(row.compute_type.as_str().into()),
            workers_min: Some(row.workers_min),
            workers_max: Some(row.workers_max),
            workers_standby: Some(row.workers_standby),
            workers_pfb_target: Some(row.workers_pfb_target),
            idle_timeout: Some(row.idle_timeout),
            scaler_type: Some(row.scaler_type.clone()),
            scaler_value: Some(row.scaler_value),
            locations: blank(store, &row.locations),
            network_volume: volume_id
                .as_deref()
                .and_then(|id| store.volume(id))
                .map(NetworkVolume::from),
            network_volume_id: volume_id,
            network_volume_ids: Some(volume_list(store, row)),
            execution_timeout_ms: row.execution_timeout_ms,
            request_ttl: row.request_ttl,
            allowed_cuda_versions: blank(store, &row.allowed_cuda_versions),
            min_cuda_version: blank(store, &row.min_cuda_version),
            flash_boot_type: row.flash_boot_type.map(Into::into),
            kind: Some(row.kind.clone()),
            env: variables(&effective_env(store, row, template)),
            model_references: Some(row.model_references.iter().cloned().map(Some).collect()),
            compliance: Some(row.compliance.iter().map(|item| Some((*item).into())).collect()),
            flash_environment_id: row.flash_environment_id.clone(),
            ai_key: row.ai_key.clone(),
            user_id: Some(row.user_id.clone()),
            created_at: Some(DateTime(row.created_at.clone())),
            version: Some(row.version),
            pods: Some(pods(row, template)),
            active_buildid: None,
            ide_pod_id: None,
        }
    }
}

fn blank(store: &Store, text: &Option<String>) -> Option<String> {
    match (text, store.switches.blank) {
        (None, Blank::Empty) => Some(String::new()),
        (text, _) => text.clone(),
    }
}

fn single_volume(store: &Store, row: &StoredEndpoint) -> Option<String> {
    let only = match row.network_volume_ids.as_slice() {
        [only] if store.switches.single_volume_shown => Some(only.clone()),
        _ => None,
    };
    row.network_volume_id.clone().or(only)
}

fn volume_list(store: &Store, row: &StoredEndpoint) -> Vec<Option<NetworkVolumeIds>> {
    let mut ids = row.network_volume_ids.clone();
    if let (true, true, Some(id)) = (
        store.switches.legacy_volume_listed,
        ids.is_empty(),
        &row.network_volume_id,
    ) {
        ids.push(id.clone());
    }
    match store.switches.volume_order {
        VolumeOrder::Kept => {}
        VolumeOrder::Shuffled if ids.is_empty() => {}
        VolumeOrder::Shuffled => ids.rotate_right(1),
        VolumeOrder::Sorted => ids.sort(),
    }
    let read = |id: String| NetworkVolumeIds {
        data_center_id: store.volume(&id).map(|volume| volume.data_center_id.clone()),
        network_volume_id: Some(id),
    };
    ids.into_iter().map(|id| Some(read(id))).collect()
}

/// The template's variables, the endpoint's over them, the platform's last.
fn effective_env(store: &Store, row: &StoredEndpoint, template: Option<&StoredTemplate>) -> Vec<EnvVar> {
    let mut env = template.map(|template| template.env.clone()).unwrap_or_default();
    for item in row.env.iter().chain(&store.switches.injected_env) {
        match env.iter_mut().find(|kept| kept.key == item.key) {
            Some(kept) => kept.value.clone_from(&item.value),
            None => env.push(item.clone()),
        }
    }
    env
}

fn pods(row: &StoredEndpoint, template: Option<&StoredTemplate>) -> Vec<Option<Pod>> {
    let running = usize::try_from(row.workers_min).unwrap_or(0);
    let stopping = usize::try_from(draining_pods(row)).unwrap_or(0);
    let states = std::iter::repeat_n(PodStatus::Running, running)
        .chain(std::iter::repeat_n(PodStatus::Exited, stopping));
    let pod = |(number, desired_status): (usize, PodStatus)| Pod {
        id: format!("{}w{number}", row.id),
        name: row.name.clone(),
        machine_id: format!("machine{number}"),
        image_name: template.and_then(|template| template.image_name.clone()),
        docker_args: template.map(|template| template.docker_args.clone()),
        gpu_count: row.gpu_count,
        vcpu_count: 8.0,
        memory_in_gb: 32.0,
        container_disk_in_gb: template.map(|template| template.container_disk_in_gb),
        volume_in_gb: Some(0.0),
        volume_mount_path: None,
        desired_status,
        cost_per_hr: 0.2,
        env: Some(
            row.env
                .iter()
                .map(|item| Some(format!("{}={}", item.key, item.value)))
                .collect(),
        ),
        ports: template.and_then(|template| template.ports.clone()),
        template_id: row.template_id.clone(),
        network_volume_id: row.network_volume_id.clone(),
        container_registry_auth_id: None,
        pod_type: Some(PodType::Reserved),
        port: None,
    };
    states.enumerate().map(|item| Some(pod(item))).collect()
}
