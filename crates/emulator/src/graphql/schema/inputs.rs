//! The input types of the API, and what they ask of the account; a key left out, `null` and a value stay apart
//! where the API tells them apart (API facts 1.3, 1.5, 1.6, 2.2).

use async_graphql::{ID, InputObject, Json, MaybeUndefined};
use serde_json::Value;

use super::enums::{Compliance, FlashBootType, TemplateCategory};
use crate::account::{
    inputs::{EndpointSave, InlineTemplate, TemplateSave},
    rows::EnvVar,
};

/// One environment variable.
#[derive(InputObject, Clone, Debug)]
pub(crate) struct EnvironmentVariableInput {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// The stored form of a list of variables, without its null entries.
fn env_rows(list: &[Option<EnvironmentVariableInput>]) -> Vec<EnvVar> {
    list.iter()
        .flatten()
        .map(|item| EnvVar::new(&item.key, &item.value))
        .collect()
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct NetworkVolumeIdsInput {
    pub(crate) network_volume_id: String,
}

/// What `saveEndpoint` takes: a whole endpoint, never a patch.
#[derive(InputObject, Clone, Debug)]
pub(crate) struct EndpointInput {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) template_id: Option<String>,
    pub(crate) template: Option<EndpointTemplateInput>,
    pub(crate) gpu_ids: Option<String>,
    #[graphql(default = 1)]
    pub(crate) gpu_count: Option<i32>,
    pub(crate) instance_ids: Option<Vec<Option<String>>>,
    #[graphql(default = 0)]
    pub(crate) workers_min: Option<i32>,
    #[graphql(default = 3)]
    pub(crate) workers_max: Option<i32>,
    #[graphql(name = "workersPFBTarget", default = 0)]
    pub(crate) workers_pfb_target: Option<i32>,
    #[graphql(default = 10)]
    pub(crate) idle_timeout: Option<i32>,
    pub(crate) scaler_type: Option<String>,
    #[graphql(default = 4)]
    pub(crate) scaler_value: Option<i32>,
    pub(crate) locations: Option<String>,
    pub(crate) data_center_ids: MaybeUndefined<Vec<Option<String>>>,
    pub(crate) network_volume_id: MaybeUndefined<String>,
    pub(crate) network_volume_ids: Option<Vec<Option<NetworkVolumeIdsInput>>>,
    pub(crate) execution_timeout_ms: MaybeUndefined<i32>,
    #[graphql(name = "requestTTL")]
    pub(crate) request_ttl: MaybeUndefined<i32>,
    pub(crate) allowed_cuda_versions: MaybeUndefined<String>,
    pub(crate) min_cuda_version: MaybeUndefined<String>,
    pub(crate) flash_boot_type: MaybeUndefined<FlashBootType>,
    #[graphql(name = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) env: MaybeUndefined<Vec<Option<EnvironmentVariableInput>>>,
    #[graphql(default_with = "Some(true)")]
    pub(crate) bind_endpoint: Option<bool>,
    pub(crate) model_references: Option<Vec<Option<String>>>,
    pub(crate) model_name: Option<String>,
    pub(crate) compliance: MaybeUndefined<Vec<Option<Compliance>>>,
    pub(crate) repo: MaybeUndefined<EndpointRepoInput>,
    pub(crate) hub_release_id: Option<String>,
    pub(crate) flash_environment_id: Option<String>,
    pub(crate) cloud_storage_config: Option<CloudStorageConfigInput>,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct EndpointTemplateInput {
    pub(crate) name: String,
    pub(crate) image_name: Option<String>,
    pub(crate) container_disk_in_gb: i32,
    pub(crate) docker_args: String,
    pub(crate) env: Vec<Option<EnvironmentVariableInput>>,
    pub(crate) container_registry_auth_id: Option<String>,
    pub(crate) ports: Option<String>,
    pub(crate) start_script: Option<String>,
    pub(crate) start_jupyter: Option<bool>,
    pub(crate) start_ssh: Option<bool>,
    pub(crate) advanced_start: Option<bool>,
    pub(crate) readme: Option<String>,
    pub(crate) config: Option<Json<Value>>,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct EndpointRepoInput {
    pub(crate) repo_name: String,
    pub(crate) branch: Option<String>,
    pub(crate) docker_file_path: Option<String>,
    pub(crate) build_context: Option<String>,
    pub(crate) docker_args: Option<String>,
    pub(crate) container_registry_auth_id: Option<String>,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct CloudStorageConfigInput {
    pub(crate) provider: String,
    pub(crate) region: String,
    pub(crate) bucket_name: String,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct UpdateEndpointTemplateInput {
    pub(crate) endpoint_id: String,
    pub(crate) template_id: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct PortConfigInput {
    pub(crate) port: String,
    pub(crate) name: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct SaveTemplateInput {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) image_name: Option<String>,
    pub(crate) container_disk_in_gb: i32,
    pub(crate) volume_in_gb: i32,
    pub(crate) docker_args: String,
    pub(crate) env: Vec<Option<EnvironmentVariableInput>>,
    pub(crate) is_serverless: Option<bool>,
    pub(crate) is_public: Option<bool>,
    pub(crate) ports: Option<String>,
    pub(crate) ports_config: Option<Vec<Option<PortConfigInput>>>,
    pub(crate) volume_mount_path: Option<String>,
    pub(crate) container_registry_auth_id: Option<String>,
    pub(crate) start_ssh: Option<bool>,
    pub(crate) start_jupyter: Option<bool>,
    pub(crate) start_script: Option<String>,
    pub(crate) advanced_start: Option<bool>,
    pub(crate) readme: Option<String>,
    pub(crate) config: Option<Json<Value>>,
    pub(crate) category: Option<TemplateCategory>,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct CreateNetworkVolumeInput {
    pub(crate) name: Option<String>,
    pub(crate) size: Option<i32>,
    pub(crate) data_center_id: String,
    pub(crate) user_id: Option<String>,
    pub(crate) is_next_gen_storage: Option<bool>,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct UpdateNetworkVolumeInput {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) size: Option<i32>,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct DeleteNetworkVolumeInput {
    pub(crate) id: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct SaveRegistryAuthInput {
    pub(crate) name: String,
    pub(crate) username: String,
    pub(crate) password: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct UpdateRegistryAuthInput {
    pub(crate) id: String,
    pub(crate) username: String,
    pub(crate) password: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct SecretCreateInput {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) description: Option<String>,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct SecretValueUpdateInput {
    pub(crate) id: ID,
    pub(crate) value: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct SecretDescriptionUpdateInput {
    pub(crate) id: ID,
    pub(crate) description: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct UpdateUserSettingsInput {
    pub(crate) pub_key: Option<String>,
}

impl From<EndpointInput> for EndpointSave {
    fn from(input: EndpointInput) -> Self {
        let lists = |list: Option<Vec<Option<String>>>| list.into_iter().flatten().flatten().collect();
        let env = |list: Vec<Option<EnvironmentVariableInput>>| env_rows(&list);
        let compliance = |list: Vec<Option<Compliance>>| list.into_iter().flatten().map(Into::into).collect();
        let volumes = |list: Vec<Option<NetworkVolumeIdsInput>>| {
            let items = list.into_iter().flatten();
            items.map(|item| item.network_volume_id).collect()
        };
        Self {
            id: input.id,
            name: input.name,
            template_id: input.template_id,
            template: input.template.map(Into::into),
            gpu_ids: input.gpu_ids,
            gpu_count: input.gpu_count.unwrap_or(1),
            instance_ids: lists(input.instance_ids),
            workers_min: input.workers_min.unwrap_or(0),
            workers_max: input.workers_max.unwrap_or(3),
            workers_pfb_target: input.workers_pfb_target.unwrap_or(0),
            idle_timeout: input.idle_timeout.unwrap_or(10),
            scaler_type: input.scaler_type,
            scaler_value: input.scaler_value.unwrap_or(4),
            locations: input.locations,
            data_center_ids: sent(input.data_center_ids).map(|ids| ids.map(|ids| lists(Some(ids)))),
            network_volume_id: sent(input.network_volume_id),
            network_volume_ids: input.network_volume_ids.map(volumes),
            execution_timeout_ms: sent(input.execution_timeout_ms),
            request_ttl: sent(input.request_ttl),
            allowed_cuda_versions: sent(input.allowed_cuda_versions),
            min_cuda_version: sent(input.min_cuda_version),
            flash_boot_type: sent(input.flash_boot_type).map(|kind| kind.map(Into::into)),
            kind: input.kind,
            env: sent(input.env).map(|list| list.map(env)),
            bind_endpoint: input.bind_endpoint.unwrap_or(true),
            model_references: input.model_references.map(|list| lists(Some(list))),
            compliance: sent(input.compliance).map(|list| list.map(compliance)),
            names_repo: !input.repo.is_undefined(),
            hub_release_id: input.hub_release_id,
            flash_environment_id: input.flash_environment_id,
        }
    }
}

fn sent<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

impl From<EndpointTemplateInput> for InlineTemplate {
    fn from(input: EndpointTemplateInput) -> Self {
        Self {
            name: input.name,
            image_name: input.image_name,
            container_disk_in_gb: input.container_disk_in_gb,
            docker_args: input.docker_args,
            env: env_rows(&input.env),
            container_registry_auth_id: input.container_registry_auth_id,
            ports: input.ports,
            start_script: input.start_script,
            start_jupyter: input.start_jupyter.unwrap_or(false),
            start_ssh: input.start_ssh.unwrap_or(false),
            advanced_start: input.advanced_start.unwrap_or(false),
            readme: input.readme,
            config: input.config.map(|json| json.0),
        }
    }
}

impl From<SaveTemplateInput> for TemplateSave {
    fn from(input: SaveTemplateInput) -> Self {
        let ports = input.ports_config.into_iter().flatten().flatten();
        Self {
            id: input.id,
            volume_in_gb: input.volume_in_gb,
            volume_mount_path: input.volume_mount_path,
            ports_config: ports.map(|item| (item.port, item.name)).collect(),
            is_serverless: input.is_serverless.unwrap_or(false),
            is_public: input.is_public.unwrap_or(false),
            category: input.category.map(Into::into),
            inline: InlineTemplate {
                name: input.name,
                image_name: input.image_name,
                container_disk_in_gb: input.container_disk_in_gb,
                docker_args: input.docker_args,
                env: env_rows(&input.env),
                container_registry_auth_id: input.container_registry_auth_id,
                ports: input.ports,
                start_script: input.start_script,
                start_jupyter: input.start_jupyter.unwrap_or(false),
                start_ssh: input.start_ssh.unwrap_or(false),
                advanced_start: input.advanced_start.unwrap_or(false),
                readme: input.readme,
                config: input.config.map(|json| json.0),
            },
        }
    }
}
